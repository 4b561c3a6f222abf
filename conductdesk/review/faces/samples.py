"""The samples of a scheme: every draw by its number, and one's own with the cases drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from conductdesk.cases.models import Sample
from conductdesk.policy import Viewer
from conductdesk.review.actions.sampling import population_of
from conductdesk.review.queries.samples import cases_drawn, draws_of, own_papers
from conductdesk.review.rules import METHODS, RECIPE, Method, seed_of
from conductdesk.review.sheets import Row


@dataclass(frozen=True)
class DrawRow:
    """One draw in the list of all draws."""

    scheme: str
    number: int
    id: UUID | None
    """None for a draw that somebody else made: its list is theirs."""
    by: str
    announced_at: datetime
    method: str
    size: int
    drawn: bool


@dataclass(frozen=True)
class DrawnCase:
    """One case that was drawn."""

    pseudonym: str
    stratum: str
    id: UUID | None
    """None where the viewer may not review it any more."""
    name: str
    paper: str
    """How far the viewer's own working paper has come."""


@dataclass(frozen=True)
class SampleFace:
    """One draw, with all that is needed to make it again."""

    id: UUID
    scheme: str
    number: int
    method: str
    words: str
    size: int
    population: int
    population_sha256: str
    announced_at: datetime
    announced_in: int
    drawn_at: datetime | None
    checkpoint_size: int | None
    root: str
    seed: str
    cases: tuple[DrawnCase, ...]
    file: str
    """What its JSON export is called."""
    recipe: str


def draws_shown(db: Session, viewer: Viewer) -> tuple[DrawRow, ...]:
    """Return every draw of the schemes that *viewer* audits, the newest first."""
    return tuple(
        DrawRow(
            scheme=sample.scheme,
            number=sample.number,
            id=sample.id if sample.account_id == viewer.account_id else None,
            by=name,
            announced_at=sample.announced_at,
            method=_method(sample),
            size=sample.size,
            drawn=sample.drawn_at is not None,
        )
        for sample, name in draws_of(db, viewer)
    )


def sample_shown(db: Session, viewer: Viewer, sample: Sample) -> SampleFace:
    """Return one draw of *viewer*'s own."""
    file = f"sample-{sample.scheme}-{sample.number}.json"
    return SampleFace(
        id=sample.id,
        scheme=sample.scheme,
        number=sample.number,
        method=_method(sample),
        words=sample.words,
        size=sample.size,
        population=sample.population.count("\n"),
        population_sha256=sample.population_sha256,
        announced_at=sample.announced_at,
        announced_in=sample.announced_in,
        drawn_at=sample.drawn_at,
        checkpoint_size=sample.checkpoint_size,
        root=sample.root or "",
        seed=seed_of(sample.root, sample.number, sample.words) if sample.root else "",
        cases=_cases(db, viewer, sample),
        file=file,
        recipe=RECIPE.format(file=file),
    )


def sample_rows(shown: SampleFace) -> list[Row]:
    """Return the cases of a draw as lines of a list."""
    return [
        {"place": place, "case": one.name, "pseudonym": one.pseudonym, "stratum": one.stratum}
        for place, one in enumerate(shown.cases, 1)
    ]


def sample_as_json(shown: SampleFace, sample: Sample) -> dict[str, object]:
    """Return all of a draw, as the recipe wants it."""
    return {
        "scheme": shown.scheme,
        "number": shown.number,
        "method": sample.method,
        "words": shown.words,
        "size": shown.size,
        "announced_in": shown.announced_in,
        "checkpoint_size": shown.checkpoint_size,
        "root": shown.root,
        "seed": shown.seed,
        "population_sha256": shown.population_sha256,
        "population": sample.population.splitlines(),
        "cases": [one.pseudonym for one in shown.cases],
    }


def _cases(db: Session, viewer: Viewer, sample: Sample) -> tuple[DrawnCase, ...]:
    known, strata = cases_drawn(db, viewer, sample), population_of(sample)
    papers = own_papers(db, viewer, known.values())
    return tuple(
        DrawnCase(
            pseudonym=one,
            stratum=strata[one],
            id=known[one].id if one in known else None,
            name=known[one].code_name if one in known else "",
            paper=papers.get(one, "Not begun"),
        )
        for one in (sample.cases or "").splitlines()
    )


def _method(sample: Sample) -> str:
    return METHODS[Method(sample.method)].partition(":")[0]

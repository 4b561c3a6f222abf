"""Draw a sample in two steps, so that nobody can try seeds until a draw pleases.

First the draw is announced: population, method, size and number stand in the log. The seed is the
root of the first checkpoint signed over that entry; its row's salt makes it unknown before.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.checkpoints import SigningKeys, sign_checkpoint
from conductdesk.audit.note import parse_checkpoint
from conductdesk.audit.record import Event, Pub, append, lock_head
from conductdesk.cases.models import Sample
from conductdesk.policy import Viewer
from conductdesk.refusal import Refused
from conductdesk.review.actions.reviewing import need_auditor
from conductdesk.review.queries.lines import CaseLine
from conductdesk.review.queries.samples import first_checkpoint_after
from conductdesk.review.rules import Method, draw, hash_of_list, seed_of

SIGNED_FOR = "sample"
"""The purpose of a checkpoint that is signed for a draw."""


@dataclass(frozen=True)
class Planned:
    """What an auditor decides before a draw."""

    scheme: str
    method: Method
    size: int
    words: str = ""
    """Theirs to mix into the seed, such as a number drawn in public; nobody needs to give any."""


def announce_sample(
    db: Session, *, actor: Viewer, planned: Planned, lines: Sequence[CaseLine]
) -> Sample:
    """Announce a draw out of the population in *lines*; from now on it has its number."""
    need_auditor(actor, planned.scheme)
    population = strata_of(lines, planned.method)
    if not population:
        raise Refused("There is no closed case to draw from. Choose other days or another method.")
    head = lock_head(db, planned.scheme)
    sample = Sample(
        scheme=planned.scheme,
        number=_last_number(db, planned.scheme) + 1,
        account_id=actor.account_id,
        announced_at=clock.now(),
        announced_in=head.size,
        method=planned.method.value,
        words=planned.words,
        size=planned.size,
        population="".join(f"{case} {of}\n" for case, of in sorted(population.items())),
        population_sha256=hash_of_list(population),
    )
    db.add(sample)
    words: dict[str, Pub] = {"words_sha256": sha256(planned.words.encode()).hexdigest()}
    _record(db, actor, sample, "sample.announced", words)
    return sample


def draw_sample(db: Session, keystore: SigningKeys, *, actor: Viewer, sample: Sample) -> None:
    """Draw an announced sample; whatever is waited for, the seed stays the same."""
    need_auditor(actor, sample.scheme)
    if sample.account_id != actor.account_id:
        raise Refused("Only whoever announced a draw can make it.")
    if sample.drawn_at is not None:
        raise Refused("This sample has been drawn already. A new draw gets a number of its own.")
    checkpoint = first_checkpoint_after(db, sample.scheme, sample.announced_in)
    checkpoint = checkpoint or sign_checkpoint(db, keystore, sample.scheme, SIGNED_FOR)
    sample.checkpoint_size = checkpoint.size
    sample.root = base64.b64encode(parse_checkpoint(checkpoint.note).root).decode()
    seed = seed_of(sample.root, sample.number, sample.words)
    drawn = draw(population_of(sample), seed, sample.size)
    sample.cases, sample.drawn_at = "\n".join(drawn), clock.now()
    facts: dict[str, Pub] = {
        "seed": seed,
        "checkpoint": checkpoint.size,
        "cases_sha256": sha256(sample.cases.encode()).hexdigest(),
    }
    _record(db, actor, sample, "sample.drawn", facts)


def strata_of(lines: Sequence[CaseLine], method: Method) -> dict[str, str]:
    """Return the stratum of each case, by its pseudonym; cases that the method leaves out are not."""
    stratum = _STRATA[method]
    found = {line.pseudonym: stratum(line) for line in lines}
    return {case: of for case, of in found.items() if of or method is not Method.RISK}


def population_of(sample: Sample) -> dict[str, str]:
    """Return the list that was announced, as `rules.draw` wants it."""
    lines = (line.partition(" ") for line in sample.population.splitlines())
    return {case: stratum for case, _space, stratum in lines}


_STRATA: Mapping[Method, Callable[[CaseLine], str]] = {
    Method.RANDOM: lambda _line: "",
    Method.OUTCOME: lambda line: "+".join(line.outcomes) or "none",
    Method.HANDLER: lambda line: line.handler or "nobody",
    Method.RISK: lambda line: line.marks[0] if line.marks else "",
}


def _last_number(db: Session, scheme: str) -> int:
    return db.scalar(select(func.max(Sample.number)).where(Sample.scheme == scheme)) or 0


def _record(
    db: Session, actor: Viewer, sample: Sample, event: str, more: Mapping[str, Pub]
) -> None:
    facts: dict[str, Pub] = {
        "number": sample.number,
        "method": sample.method,
        "size": sample.size,
        "population": sample.population.count("\n"),
        "population_sha256": sample.population_sha256,
        **more,
    }
    append(db, sample.scheme, [Event(event, actor.pseudonym, facts)])

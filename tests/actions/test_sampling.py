"""A draw is announced before anybody knows its seed, and made once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from conductdesk.audit.checkpoints import sign_checkpoint
from conductdesk.audit.queries import Entry
from conductdesk.audit.record import read_head
from conductdesk.cases.models import Barrier
from conductdesk.people.actions.offices import appoint_auditor
from conductdesk.refusal import Refused
from conductdesk.review.actions.exporting import Taken, note_export
from conductdesk.review.actions.sampling import (
    population_of,
    strata_of,
)
from conductdesk.review.faces.samples import draws_shown, sample_shown
from conductdesk.review.purposes import Purpose
from conductdesk.review.queries.lines import lines_of_population
from conductdesk.review.queries.population import Wanted
from conductdesk.review.queries.samples import own_sample
from conductdesk.review.rules import Method, draw, hash_of_list, seed_of
from conductdesk.review.sheets import Format
from tests.actions.closing_steps import closed, verified
from tests.actions.sampling_steps import announced, drawn
from tests.cast import Cast, add_bare_case, note_looked
from tests.log_reading import entry_at


def last_entries(cast: Cast, count: int) -> list[Entry]:
    size = read_head(cast.db, "wcc").size
    found = [entry_at(cast.db, "wcc", index) for index in range(size - count, size)]
    return [one for one in found if one is not None]


def test_a_draw_leaves_its_announcement_and_its_seed_and_the_log_verifies(cast: Cast) -> None:
    cases = [closed(cast) for _ in range(3)]
    sample = drawn(cast, announced(cast))
    first, second = last_entries(cast, 2)
    told: dict[str, Any] = {
        "number": 1,
        "method": "random",
        "size": 2,
        "population": 3,
        "population_sha256": hash_of_list(dict.fromkeys((one.pseudonym for one in cases), "")),
    }
    assert (first.type, second.type) == ("sample.announced", "sample.drawn")
    assert {**first.pub, **told} == first.pub
    assert {**second.pub, **told} == second.pub
    assert first.idx == sample.announced_in
    assert second.pub["seed"] == seed_of(str(sample.root), 1, "a public number")
    again = draw(population_of(sample), str(second.pub["seed"]), 2)
    assert tuple(str(sample.cases).splitlines()) == again
    assert verified(cast).problem is None


def test_the_seed_comes_from_the_first_checkpoint_after_the_announcement(cast: Cast) -> None:
    closed(cast)
    before = sign_checkpoint(cast.db, cast.keystore, "wcc", "hourly").size
    sample = announced(cast)
    for purpose in ("receipt", "hourly"):  # a reporter's own does not count
        sign_checkpoint(cast.db, cast.keystore, "wcc", purpose)
        cast.db.commit()
    waited_for = read_head(cast.db, "wcc").size
    closed(cast)  # with a checkpoint of its own: waiting changes nothing
    drawn(cast, sample)
    assert sample.checkpoint_size == waited_for > before


def test_every_draw_has_a_number_and_is_made_once_by_whoever_announced_it(cast: Cast) -> None:
    closed(cast)
    first = drawn(cast, announced(cast))
    second = announced(cast)
    assert (first.number, second.number) == (1, 2)
    appoint_auditor(cast.db, cast["outsider"].account, scheme="wcc", actor="system")
    cast.db.commit()
    with pytest.raises(Refused, match="drawn already"):
        drawn(cast, first)
    with pytest.raises(Refused, match="Only whoever announced"):
        drawn(cast, second, "outsider")
    for viewer in (cast.viewer("liaison"), cast.viewer("outsider")):
        assert own_sample(cast.db, viewer, first.id) is None
    shown = draws_shown(cast.db, cast.viewer("outsider"))
    assert [(one.number, one.drawn, one.id) for one in shown] == [(2, False, None), (1, True, None)]


def test_nobody_draws_or_takes_away_what_they_do_not_audit(cast: Cast) -> None:
    closed(cast)
    with pytest.raises(Refused, match="no closed case"):
        announced(cast, Method.RISK)
    taken = Taken("population", Purpose.REPORT, Format.CSV)
    for who in ("liaison", "outsider", "administrator"):
        with pytest.raises(Refused, match="do not audit"):
            announced(cast, who=who)
        with pytest.raises(Refused, match="do not audit"):
            note_export(cast.db, actor=cast.viewer(who), scheme="wcc", taken=taken, cases=())


def test_a_case_that_an_auditor_may_not_know_of_is_in_no_list_of_theirs(cast: Cast) -> None:
    case, other = closed(cast), closed(cast)
    viewer = cast.viewer("auditor")
    sample = drawn(cast, announced(cast))
    now = datetime.now(UTC)
    cast.db.add(Barrier(case_id=case.id, account_id=viewer.account_id, since=now, why=b"x"))
    cast.db.flush()
    lines = lines_of_population(cast.db, viewer, Wanted("wcc"))
    assert [line.pseudonym for line in lines] == [other.pseudonym]
    shown = {one.pseudonym: one for one in sample_shown(cast.db, viewer, sample).cases}
    assert (shown[case.pseudonym].name, shown[case.pseudonym].id) == ("", None)
    assert shown[other.pseudonym].name == other.code_name
    cast.db.rollback()


def test_strata_are_what_the_method_says(cast: Cast) -> None:
    case = closed(cast)
    case.at_risk = True
    plain = add_bare_case(cast.db, "wcc", "closed", datetime(2026, 3, 1, tzinfo=UTC))
    note_looked(cast.db, plain)
    lines = lines_of_population(cast.db, cast.viewer("auditor"), Wanted("wcc"))
    liaison = cast.viewer("liaison").pseudonym
    mine, bare = case.pseudonym, plain.pseudonym
    assert strata_of(lines, Method.RANDOM) == {mine: "", bare: ""}
    assert strata_of(lines, Method.HANDLER) == {mine: liaison, bare: "nobody"}
    assert strata_of(lines, Method.OUTCOME) == {mine: "none", bare: "none"}
    assert strata_of(lines, Method.RISK) == {mine: "safeguarding"}
    cast.db.rollback()

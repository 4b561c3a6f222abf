"""The long ways through the desk's pages: an investigation to its decision, and the closing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from conductdesk import clock
from conductdesk.cases.models import Case, CaseClock
from tests.scenarios.scheme import Scheme
from tests.web.whole_course import let_time_to_appeal_end

ID = "[0-9a-f-]{36}"


@dataclass(frozen=True)
class Team:
    """Who handles a case, finds the facts, decides on them, and agrees to close it."""

    handler: str
    finder: str
    decider: str
    second: str


def ids_on(scheme: Scheme, who: str, case: Case, page: str, pattern: str) -> list[str]:
    """Return the ids in the addresses of a page that look like *pattern* (`respondents/ID`)."""
    shown = scheme.desk(who).get(f"/cases/{case.id}/{page}").text
    return list(dict.fromkeys(re.findall(pattern.replace("ID", f"({ID})"), shown)))


def ids_in(text: str) -> list[str]:
    """Return the ids in the addresses of a page, each once."""
    return list(dict.fromkeys(re.findall(ID, text)))


def appoint(scheme: Scheme, case: Case, handler: str, capacity: str, who: str) -> None:
    """Let the handler appoint somebody, who attests."""
    chosen = str(scheme.cast[who].id)
    scheme.do(handler, case, f"appointments/{capacity}", account_id=chosen)
    scheme.attest(who, case)


def respondents_of(scheme: Scheme, case: Case, handler: str) -> dict[str, str]:
    """Return each respondent's id by the name under which the terms offer them."""
    shown = scheme.desk(handler).get(f"/cases/{case.id}/terms").text
    options = re.findall(rf'<option value="({ID})"[^>]*>([^<]+)<', shown)
    return {name.strip(): party_id for party_id, name in options}


def investigate(scheme: Scheme, case: Case, team: Team, said: Mapping[str, str]) -> None:
    """Set the terms (*said* has the clause for each respondent), serve, hear, weigh and report."""
    offered, chosen = respondents_of(scheme, case, team.handler), {"rows": str(len(said))}
    for row, (name, clause) in enumerate(said.items()):
        party = next(party_id for shown, party_id in offered.items() if name in shown)
        account = "What was said in confidence was passed on."
        chosen |= {f"party_{row}": party, f"clause_{row}": clause, f"account_{row}": account}
    scheme.do(team.handler, case, "terms", **chosen)
    appoint(scheme, case, team.handler, "investigator", team.finder)
    appoint(scheme, case, team.handler, "decision_maker", team.decider)
    scheme.do(team.handler, case, "inquiry", "/investigation")
    for party in ids_on(scheme, team.finder, case, "inquiry", "respondents/ID"):
        scheme.do(team.finder, case, f"respondents/{party}/notice")
        scheme.do(team.finder, case, f"respondents/{party}/reply")
    scheme.do(team.finder, case, "evidence/new", "/evidence")
    for item in ids_on(scheme, team.finder, case, "evidence", "evidence/ID"):
        scheme.do(team.finder, case, f"evidence/{item}", "/consideration")
    scheme.do(team.finder, case, "report", **{f"answer_{one}": "yes" for one in "ABC"[: len(said)]})


def decide(scheme: Scheme, case: Case, team: Team, **chosen: str) -> None:
    """Let the decision maker find and order, and the handler tell both sides."""
    scheme.do(team.decider, case, "decision", hours_0=chosen.pop("hours_0", ""), **chosen)
    tell_both_sides(scheme, case, team.handler)


def tell_both_sides(scheme: Scheme, case: Case, handler: str) -> None:
    """Let the handler tell both sides, nobody appeal, and the handler begin to carry it out."""
    scheme.do(handler, case, "outcomes/letters")
    let_time_to_appeal_end(scheme.cast)
    scheme.do(handler, case, "outcomes", "/beginning")


def prove_all(scheme: Scheme, case: Case, handler: str) -> None:
    """Let the handler show that everything that must be done was done."""
    for outcome in ids_on(scheme, handler, case, "outcomes", "outcomes/ID/proof"):
        scheme.do(handler, case, f"outcomes/{outcome}/proof")


def tell_everybody(scheme: Scheme, case: Case, handler: str) -> int:
    """Let the handler record that each of those who take part was told, and count them."""
    count = 0
    while left := ids_on(scheme, handler, case, "outcomes", "outcomes/ID/telling"):
        scheme.do(handler, case, f"outcomes/{left[0]}/telling")
        count += 1
    return count


def close(scheme: Scheme, case: Case, handler: str, second: str, kept: str) -> None:
    """Do what is left, and let a second person agree to close."""
    prepare_closing(scheme, case, handler, kept)
    scheme.do(second, case, "closing/proposals/close", agrees="yes")


def prepare_closing(scheme: Scheme, case: Case, handler: str, kept: str) -> None:
    """Do what is left, and propose to close."""
    if "Feedback to the reporter" in scheme.see(handler, case, "closing"):
        scheme.do(handler, case, "closing/feedback")
    scheme.do(handler, case, "closing/learning")
    scheme.do(handler, case, "closing/retention", chosen=kept)
    scheme.do(handler, case, "closing/copy")
    scheme.do(handler, case, "closing/proposal")


@contextmanager
def in_days(scheme: Scheme, days: int) -> Iterator[None]:
    """Let so many days have gone by; everybody signs in anew."""
    with clock.at(clock.now() + timedelta(days=days)):
        scheme.officers.clear()
        yield


def clock_of(scheme: Scheme, case: Case, name: str) -> CaseClock:
    """Return one clock of a case."""
    scheme.cast.db.rollback()
    wanted = select(CaseClock).where(CaseClock.case_id == case.id, CaseClock.name == name)
    return scheme.cast.db.scalars(wanted).one()

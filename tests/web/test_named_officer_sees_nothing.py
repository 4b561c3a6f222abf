"""WB-26: somebody named in a case sees neither the case nor that there is one.

Each test first makes what could leak, and shows that somebody else does see it. Time is not
measured: docs/threat-model.md says what it may tell.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from conductdesk.audit.models import INSTALLATION, LogEntry
from conductdesk.cases.actions.rerouting import find_conflict
from conductdesk.cases.concern import Answer, Concern, Part, PersonNamed
from conductdesk.cases.jobs import case_jobs
from conductdesk.notices.models import OutboxRow
from conductdesk.vault.models import Compartment
from conductdesk.web.state import Services
from tests.actions.closing_steps import closed
from tests.cast import OFFICERS, Cast, a_concern
from tests.conftest import Faces
from tests.web.desk_visitor import SITE, AtTheDesk
from tests.web.robot import links_on

CHANGING = re.compile(
    rb'nonce="[^"]+"|name="csrf_token" value="[^"]+"|X-CSRFToken[^}]+|[?]v=[0-9a-f]+'
)
"""What differs between two answers with the same words."""

NAMED = ("liaison", "chair", "lead", "outside")


def naming(who: str) -> Concern:
    """Return a concern about a member of the cast that would otherwise reach everybody."""
    office, name = OFFICERS[who]
    about = PersonNamed(name, Part.RESPONDENT, (office,))
    return a_concern(people=(about,), at_risk=Answer.YES)


@dataclass(frozen=True)
class Answered:
    """An answer as somebody can compare it with another."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def as_seen(sent: TestResponse) -> Answered:
    """Return everything of an answer but nonces, tokens and the length that follows from them."""
    kept = {
        key: value for key, value in sent.headers if key not in ("Content-Length", "Set-Cookie")
    }
    kept["Content-Security-Policy"] = re.sub(
        r"nonce-[^']+", "", kept.get("Content-Security-Policy", "")
    )
    return Answered(sent.status_code, tuple(sorted(kept.items())), CHANGING.sub(b"", sent.data))


def everything_seen(desk: AtTheDesk) -> dict[str, Answered]:
    """Follow every link from the desk's front page; also ask for every list and filter of it."""
    desk.get("/help")  # ends what the test has open
    queue = ["/", "/cases", "/account", "/review", "/people", "/help", "/stepped-away"]
    queue += [f"/cases?show={show}" for show in ("open", "mine", "new", "closed")]
    queue += [f"/cases?state={state}&scheme=wcc" for state in ("received", "closed")]
    queue += [f"/cases?clock={clock}" for clock in ("overdue", "soon")]
    seen: dict[str, Answered] = {}
    for place in queue:
        part = desk.client.get(place, base_url=SITE, headers={"HX-Request": "true"})
        seen[f"{place} in part"] = as_seen(part)
    while queue:
        place = queue.pop(0)
        if place in seen or "sign-out" in place or place.startswith("/static"):
            continue
        page = desk.get(place)
        seen[place] = as_seen(page)
        if page.mimetype == "text/html":
            queue += [link.partition("#")[0] for link in links_on(page.text) if link[:1] == "/"]
    return seen


def log_of(cast: Cast, log_id: str) -> list[dict[str, object]]:
    cast.db.expire_all()
    rows = select(LogEntry).where(LogEntry.log_id == log_id).order_by(LogEntry.idx)
    return [json.loads(row.entry) for row in cast.db.scalars(rows)]


def case_addresses(app: Flask, case_id: UUID, other_id: UUID) -> list[tuple[str, str]]:
    """Return each address of a case with each method, all other ids being *other_id*."""
    bound, found = app.url_map.bind("localhost"), []
    for rule in app.url_map.iter_rules():
        if "case_id" not in rule.arguments:
            continue
        given: dict[str, object] = {
            name: "investigator" if name in ("capacity", "which", "kind") else other_id
            for name in rule.arguments
        }
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            path = bound.build(rule.endpoint, {**given, "case_id": case_id}, method=method)
            found.append((method, path))
    return found


@pytest.mark.parametrize("who", NAMED)
def test_every_page_is_the_same_with_the_case_and_without(
    faces: Faces, cast: Cast, who: str, services: Services
) -> None:
    cast.acknowledged()
    named = AtTheDesk(faces.desk, cast, who)
    everything_seen(named)  # leaves the entries of a first read, which the history shows
    before = everything_seen(named)
    hidden = cast.received(naming(who)).code_name
    cast.db.commit()
    for job in case_jobs(services.database, services.keystore):
        job.run()
    after = everything_seen(named)
    assert before.keys() == after.keys()
    assert [place for place in before if before[place] != after[place]] == []
    assert hidden.encode() not in b"".join(one.body for one in after.values())
    in_charge = next(one for one in ("chair", "liaison") if one != who)
    page = AtTheDesk(faces.desk, cast, in_charge).get("/cases")
    assert hidden in page.text  # there was something to leak


def test_a_conflict_found_later_takes_the_case_out_of_every_page(faces: Faces, cast: Cast) -> None:
    cast.acknowledged()
    officer = AtTheDesk(faces.desk, cast, "liaison")
    everything_seen(officer)
    before = everything_seen(officer)
    case = cast.attested()
    assert case.code_name in officer.get("/cases").text
    assert officer.get(f"/cases/{case.id}").status_code == 200
    cast.let("chair", case, find_conflict, leaving=cast["liaison"].account)
    after = everything_seen(officer)
    assert [place for place in before if before[place] != after[place]] == []
    assert officer.get(f"/cases/{case.id}").status_code == 404


@pytest.mark.parametrize("who", ["liaison", "lead"])
def test_a_case_that_names_somebody_answers_like_an_invented_one(
    faces: Faces, cast: Cast, who: str
) -> None:
    case = cast.received(naming(who))
    case_id, chair = case.id, cast["chair"].id
    named = AtTheDesk(faces.desk, cast, who)
    named.get("/help")
    token = named.token
    different = []
    for (method, real), (_same, none) in zip(
        case_addresses(faces.desk, case_id, chair),
        case_addresses(faces.desk, uuid4(), chair),
        strict=True,
    ):
        for headers in ({}, {"HX-Request": "true"}) if method == "GET" else ({},):
            both = [
                as_seen(
                    named.client.open(
                        path,
                        method=method,
                        data={"csrf_token": token} if method == "POST" else None,
                        headers=headers,
                        base_url=SITE,
                    )
                )
                for path in (real, none)
            ]
            if both[0] != both[1] or both[0].status != 404:
                different.append((method, real.partition(str(case_id))[2], both[0].status))
    assert different == []


def test_a_refusal_and_an_invention_leave_entries_of_one_shape(faces: Faces, cast: Cast) -> None:
    case = cast.received(naming("liaison"))
    named = AtTheDesk(faces.desk, cast, "liaison")
    before, scheme = log_of(cast, INSTALLATION), log_of(cast, cast.pack.key)
    named.get("/help")
    real = case.id
    cast.db.commit()
    for method, path in (("GET", ""), ("GET", "/names"), ("POST", "/messages")):
        for case_id in (real, uuid4()):
            sent = named.client.open(
                f"/cases/{case_id}{path}",
                method=method,
                data={"csrf_token": named.token},
                base_url=SITE,
            )
            assert sent.status_code == 404
    left = log_of(cast, INSTALLATION)[len(before) :]
    assert len(left) == 6
    assert {tuple(sorted(entry)) for entry in left} == {("actor", "t", "type", "v")}
    assert {(entry["type"], entry["actor"]) for entry in left} == {
        ("access.refused", cast["liaison"].account.pseudonym)
    }
    assert log_of(cast, cast.pack.key) == scheme


def test_refusals_are_noted_up_to_a_limit_that_both_share(faces: Faces, cast: Cast) -> None:
    case = cast.received(naming("liaison"))
    named = AtTheDesk(faces.desk, cast, "liaison")
    before, real = len(log_of(cast, INSTALLATION)), case.id
    cast.db.commit()
    for turn in range(40):
        case_id = real if turn % 2 else uuid4()
        assert named.client.get(f"/cases/{case_id}", base_url=SITE).status_code == 404
    assert len(log_of(cast, INSTALLATION)) - before == 30


@pytest.mark.parametrize("who", NAMED)
def test_no_mail_waits_for_whoever_is_named(cast: Cast, who: str) -> None:
    before = _waiting(cast, who)
    case = cast.received(naming(who))
    assert _waiting(cast, who) == before
    assert any(_waiting(cast, other) > 0 for other in OFFICERS if other != who)
    assert cast.db.scalars(select(OutboxRow).where(OutboxRow.case_id == case.id)).all()


def test_an_auditor_in_conflict_sees_nothing_of_a_closed_case(faces: Faces, cast: Cast) -> None:
    closed(cast)
    auditor = AtTheDesk(faces.desk, cast, "auditor")
    before = _listed(auditor)
    case = closed(cast)
    assert case.code_name in auditor.get("/review").text
    assert auditor.get(f"/review/cases/{case.id}").status_code == 200
    cast.let("liaison", case, find_conflict, leaving=cast["auditor"].account)
    assert _listed(auditor) == before
    refused, none = (auditor.get(f"/review/cases/{one}") for one in (case.id, uuid4()))
    assert refused.status_code == none.status_code == 404
    assert as_seen(refused) == as_seen(none)
    assert not cast.keys(case, "auditor").holds(Compartment.RECORD)


def _listed(auditor: AtTheDesk) -> list[bytes]:
    """Return the auditor's list without the size of the log.

    It counts the entries of every case, of this one too: it tells volume to auditors.
    """
    lines = as_seen(auditor.get("/review")).body.splitlines()
    return [line for line in lines if b"Last signed" not in line]


def _waiting(cast: Cast, who: str) -> int:
    return cast.db.query(OutboxRow).filter_by(account_id=cast[who].id).count()

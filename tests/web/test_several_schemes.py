"""Two schemes in one installation see nothing of each other: no page, count, mail or log entry.

Each test first makes in one scheme what could leak into the other.
"""

from __future__ import annotations

import json
import re
from uuid import uuid4

import pytest
from sqlalchemy import select

from conductdesk.audit.models import LogEntry
from conductdesk.cases.concern import Answer
from conductdesk.cases.jobs import case_jobs
from conductdesk.cases.queries import seats_of
from conductdesk.notices.models import OutboxRow
from conductdesk.people.actions.offices import end_office, give_office
from conductdesk.people.queries import offices_of
from conductdesk.vault.models import KeyGrant, Principal
from conductdesk.web.state import Services
from tests.actions.closing_steps import closed
from tests.actions.inquiry_steps import decided
from tests.cast import Cast, a_concern
from tests.changed_packs import Values, put_in_force
from tests.conftest import Faces
from tests.web.desk_visitor import SITE, AtTheDesk
from tests.web.second_scheme import KEY, NAME, WORDS, second_scheme
from tests.web.test_named_officer_sees_nothing import as_seen, case_addresses, everything_seen
from tests.web.visitor import Visitor

OFFICERS = ("liaison", "investigator", "auditor", "outsider")
SCHEME_CHOICE = re.compile(r'<select class="govuk-select" id="scheme".*?</select>', re.DOTALL)


@pytest.fixture
def other(cast: Cast) -> Cast:
    """The people of the second scheme."""
    return second_scheme(cast)


def a_full_life(scheme: Cast) -> list[str]:
    """Let much happen in a scheme, and return the code names of its cases."""
    cases = [
        scheme.received(a_concern(at_risk=Answer.YES)),
        scheme.acknowledged(),
        decided(scheme),
        closed(scheme),
    ]
    return [case.code_name for case in cases]


def run_jobs(cast: Cast, services: Services) -> None:
    """Do what the worker does, for both schemes."""
    cast.db.commit()
    for job in case_jobs(services.database, services.keystore):
        job.run()


@pytest.mark.parametrize("who", OFFICERS)
def test_nobody_sees_anything_of_the_other_scheme(
    faces: Faces, cast: Cast, other: Cast, who: str, services: Services
) -> None:
    a_full_life(cast)
    here = AtTheDesk(faces.desk, cast, who)
    everything_seen(here)  # leaves the entries of a first read, which the history shows
    run_jobs(cast, services)
    before = everything_seen(here)
    hidden = a_full_life(other)
    run_jobs(cast, services)
    after = everything_seen(here)
    assert before.keys() == after.keys()
    assert [place for place in before if before[place] != after[place]] == []
    shown = b"".join(answer.body for answer in after.values())
    assert [word for word in (*WORDS, *hidden) if word.encode() in shown] == []
    there = AtTheDesk(faces.desk, other, "liaison").get("/cases").text
    assert all(name in there for name in hidden[:3])  # there was something to leak
    assert NAME in there


@pytest.mark.parametrize("who", OFFICERS)
def test_a_case_of_the_other_scheme_answers_like_an_invented_one(
    faces: Faces, cast: Cast, other: Cast, who: str
) -> None:
    case_id, somebody = closed(other).id, other["chair"].id
    here = AtTheDesk(faces.desk, cast, who)
    here.get("/help")
    token = here.token
    different = []
    for (method, real), (_same, none) in zip(
        case_addresses(faces.desk, case_id, somebody),
        case_addresses(faces.desk, uuid4(), somebody),
        strict=True,
    ):
        data = {"csrf_token": token} if method == "POST" else None
        both = [
            as_seen(here.client.open(path, method=method, data=data, base_url=SITE))
            for path in (real, none)
        ]
        if both[0] != both[1] or both[0].status != 404:
            different.append((method, real.partition(str(case_id))[2], both[0].status))
    assert different == []


def test_a_scheme_that_is_not_listed_is_found_by_its_address_alone(
    faces: Faces, cast: Cast, other: Cast
) -> None:
    visitor = Visitor(faces.public)
    assert NAME in visitor.get("/").text
    put_in_force(other, the_other, unlisted)
    first = visitor.get("/")
    assert first.headers["Location"] == "/wcc/"
    landing = visitor.get(f"/{KEY}/")
    assert landing.status_code == 200
    assert "noindex" in landing.headers["X-Robots-Tag"]
    put_in_force(cast, unlisted)
    assert "Use the address that your mentoring gave you" in visitor.get("/").text


def the_other(values: Values) -> None:
    """Turn the first scheme's pack into the second's."""
    values |= {"key": KEY, "name": NAME}


def unlisted(values: Values) -> None:
    """Keep a scheme off the first page."""
    values["unlisted"] = True


def test_the_choice_of_schemes_has_only_those_of_an_office_or_a_seat(
    faces: Faces, cast: Cast, other: Cast
) -> None:
    a_full_life(other)
    for who in ("liaison", "outsider"):
        found = SCHEME_CHOICE.search(AtTheDesk(faces.desk, cast, who).get("/cases").text)
        assert found is not None
        assert NAME not in found[0]
        assert ("WCC UK" in found[0]) == (who == "liaison")


def test_a_seat_is_enough_to_be_offered_its_scheme(faces: Faces, cast: Cast, other: Cast) -> None:
    case = other.attested()
    for held in offices_of(cast.db, other["chair"].account):
        end_office(cast.db, held, actor="system")  # nobody ends the seats that came with it
    cast.db.commit()
    desk = AtTheDesk(faces.desk, other, "chair")
    found = SCHEME_CHOICE.search(desk.get("/cases").text)
    assert found is not None
    assert NAME in found[0]
    assert "WCC UK" not in found[0]
    assert case.code_name in desk.get(f"/cases?scheme={KEY}").text


def test_whoever_serves_both_schemes_is_offered_both(faces: Faces, cast: Cast, other: Cast) -> None:
    outsider = cast["outsider"].account
    for scheme in ("wcc", KEY):
        give_office(cast.db, outsider, scheme=scheme, office="committee", actor="system")
    cast.db.commit()
    found = SCHEME_CHOICE.search(AtTheDesk(faces.desk, cast, "outsider").get("/cases").text)
    assert found is not None
    assert NAME in found[0]
    assert "WCC UK" in found[0]


def test_to_ask_for_the_other_scheme_is_to_ask_for_none(
    faces: Faces, cast: Cast, other: Cast
) -> None:
    a_full_life(other)
    officer, auditor = (AtTheDesk(faces.desk, cast, who) for who in ("liaison", "auditor"))
    for browser, place in (
        (officer, "/cases?scheme={}"),
        (auditor, "/review?scheme={}"),
        (auditor, "/review/verification?scheme={}"),
        (auditor, "/review/checkpoints/{}"),
    ):
        real, none = (as_seen(browser.get(place.format(key))) for key in (KEY, "nowhere"))
        assert real == none, place


def test_no_mail_and_no_key_of_one_scheme_reaches_the_other(cast: Cast, other: Cast) -> None:
    mail = {row.id for row in cast.db.scalars(select(OutboxRow))}
    grants = {row.id for row in cast.db.scalars(select(KeyGrant))}
    case = decided(other)
    assert {seat.account_id for seat in seats_of(cast.db, case)} <= {
        member.id for member in other.members.values()
    }
    sent = [row for row in cast.db.scalars(select(OutboxRow)) if row.id not in mail]
    given = [row for row in cast.db.scalars(select(KeyGrant)) if row.id not in grants]
    here = {member.id for member in cast.members.values()}
    keys = {member.account.principal_id for member in cast.members.values()}
    assert sent
    assert given
    assert not here & {row.account_id for row in sent}
    assert not keys & {row.principal_id for row in given}
    assert cast.db.query(Principal).filter(Principal.id.in_(keys)).count() == len(cast.members)


def test_the_log_of_one_scheme_says_nothing_of_the_other(cast: Cast, other: Cast) -> None:
    def log_of(key: str) -> list[bytes]:
        rows = select(LogEntry.entry).where(LogEntry.log_id == key).order_by(LogEntry.idx)
        return list(cast.db.scalars(rows))

    a_full_life(cast)
    before, theirs = log_of("wcc"), len(log_of(KEY))
    pseudonyms = [member.account.pseudonym for member in other.members.values()]
    a_full_life(other)
    assert log_of("wcc") == before
    assert len(log_of(KEY)) > theirs
    said = json.dumps([json.loads(entry) for entry in before])
    assert not any(pseudonym in said for pseudonym in pseudonyms)


def test_nobody_of_the_other_scheme_can_be_appointed(faces: Faces, cast: Cast, other: Cast) -> None:
    case = cast.triaged()
    assert other["investigator"].account.name in WORDS
    handler = AtTheDesk(faces.desk, cast, "liaison")
    for capacity in ("investigator", "decision_maker", "appeal_body", "second"):
        page = handler.get(f"/cases/{case.id}/appointments/{capacity}")
        assert page.status_code == 200
        assert not any(word in page.text for word in WORDS)


def test_a_receipt_opens_nothing_at_the_other_scheme(faces: Faces, cast: Cast, other: Cast) -> None:
    code = cast.receipts[cast.received().id].code
    cast.db.commit()
    for scheme, status in ((KEY, 422), ("wcc", 303)):
        visitor = Visitor(faces.public)
        visitor.get(f"/{scheme}/messages")
        assert visitor.post(f"/{scheme}/messages/open", {"receipt": code}).status_code == status
    assert other.pack.key == KEY


def test_a_reporter_of_one_scheme_reads_nothing_of_the_other(
    faces: Faces, cast: Cast, other: Cast
) -> None:
    assert other.members
    cast.db.commit()
    visitor = Visitor(faces.public)
    for page in ("", "code", "privacy", "people-outside", "fair-hearing", "safety", "messages"):
        shown = visitor.get(f"/wcc/{page}").text
        assert not any(word in shown for word in WORDS), page

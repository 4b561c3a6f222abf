"""The administrator's pages: people, offices, audits, trouble with the mail, schemes."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from conductdesk import clock
from conductdesk.audit.models import WitnessState
from conductdesk.notices.models import OutboxRow
from conductdesk.people.models import Account, AccountState
from conductdesk.people.queries import account_by_email, audits_of, offices_of
from tests.actions.tending_steps import lose_key
from tests.cast import Cast
from tests.conftest import Faces
from tests.web.desk_visitor import AtTheDesk, words_of

PAGES = ("/people", "/people/invitation", "/people/custodian", "/schemes")


@pytest.fixture
def desk(cast: Cast, faces: Faces) -> AtTheDesk:
    visitor = AtTheDesk(faces.desk, cast, "administrator")
    visitor.get("/people")
    return visitor


def place_of(cast: Cast, who: str) -> str:
    place = f"/people/{cast[who].id}"
    cast.db.commit()
    return place


def found(cast: Cast, email: str) -> Account:
    cast.db.expire_all()
    account = account_by_email(cast.db, email)
    assert account is not None
    cast.db.refresh(account)
    return account


@pytest.mark.parametrize("who", ["liaison", "auditor", "outsider"])
def test_nobody_else_finds_the_pages_of_an_administrator(
    cast: Cast, faces: Faces, who: str
) -> None:
    visitor = AtTheDesk(faces.desk, cast, who)
    person = place_of(cast, "liaison")
    for place in (*PAGES, person, f"{person}/reset", f"{person}/end"):
        assert visitor.get(place).status_code == 404, place
    visitor.get("/account")
    for place in ("/people", "/people/custodians", f"{person}/offices", f"{person}/reset"):
        assert visitor.post(place, {"name": "X", "email": "x@y.example"}).status_code == 404


def test_everybody_and_what_they_do_is_on_the_list(cast: Cast, desk: AtTheDesk) -> None:
    said = words_of(desk.get("/people"))
    for member in cast.members.values():
        assert member.account.name in said
    cast.db.commit()
    assert "Custodian of the recovery key" in said
    assert "Auditor, WCC UK mentoring" in said
    assert "Nothing yet" in said


def test_an_invitation_makes_an_account_and_a_mail(cast: Cast, desk: AtTheDesk) -> None:
    done = desk.post("/people", {"name": "Newton Personne", "email": "Newton@Cast.example "})
    assert "works once, for 72 hours" in words_of(desk.get(done.headers["Location"]))
    account = found(cast, "newton@cast.example")
    assert account.state == AccountState.INVITED
    assert not account.administrator
    assert cast.db.query(OutboxRow).filter_by(account_id=account.id).count() == 1


@pytest.mark.parametrize(
    ("name", "email", "words"),
    [
        ("", "a@b.example", "Enter the person’s name"),
        ("A", "", "Enter the person’s e-mail address"),
        ("A", "not an address", "name@example.org"),
        ("A", "LIAISON@cast.example", "has an account already"),
        ("x" * 500, "a@b.example", "120 characters"),
        ("two\nlines", "a@b.example", "on one line"),
        ("A\u202eb", "a@b.example", "on one line"),
    ],
)
def test_a_bad_invitation_is_refused_in_place_with_its_answers(
    desk: AtTheDesk, name: str, email: str, words: str
) -> None:
    desk.get("/people/invitation")
    values = {"name": name, "email": email, "administrator": "y"}
    refused = desk.post("/people", values)
    assert refused.status_code == 422
    assert words in words_of(refused)
    assert "checked" in refused.text
    assert f'value="{email}"' in refused.text or not email


def test_an_office_is_given_and_ended(cast: Cast, desk: AtTheDesk) -> None:
    place = place_of(cast, "outsider")
    desk.get(place)
    done = desk.post(f"{place}/offices", {"office-chosen": "wcc/committee"})
    page = desk.get(done.headers["Location"])
    assert "The office is given" in words_of(page)
    held = offices_of(cast.db, cast["outsider"].account)[0]
    told = cast.db.query(OutboxRow.account_id).filter_by(notice="office_given").all()
    assert (cast["liaison"].id,) in told
    assert not {(cast["outsider"].id,), (cast["auditor"].id,)} & set(told)
    end = f"{place}/offices/{held.id}/end"
    cast.db.commit()
    assert end in page.text
    assert desk.post(end).status_code == 303
    cast.db.expire_all()
    assert offices_of(cast.db, cast["outsider"].account) == []


def test_an_auditor_is_appointed_and_ended(cast: Cast, desk: AtTheDesk) -> None:
    place = place_of(cast, "outsider")
    desk.get(place)
    assert desk.post(f"{place}/audits", {"audit-chosen": "wcc"}).status_code == 303
    appointed = audits_of(cast.db, cast["outsider"].account)[0]
    end = f"{place}/audits/{appointed.id}/end"
    cast.db.commit()
    assert desk.post(end).status_code == 303
    cast.db.expire_all()
    assert audits_of(cast.db, cast["outsider"].account) == []


@pytest.mark.parametrize(
    ("act", "values", "words"),
    [
        ("offices", {}, "Choose an office"),
        ("offices", {"office-chosen": "wcc/emperor"}, "Choose an office"),
        ("offices", {"office-chosen": "wcc/liaison"}, "holds this office already"),
        ("audits", {}, "Choose a scheme"),
        ("audits", {"audit-chosen": "wcc"}, "cannot hold its offices"),
    ],
)
def test_what_cannot_be_given_is_refused_in_place(
    cast: Cast, desk: AtTheDesk, act: str, values: dict[str, str], words: str
) -> None:
    place = place_of(cast, "liaison")
    desk.get(place)
    refused = desk.post(f"{place}/{act}", values)
    assert refused.status_code == 422
    assert words in words_of(refused)


def test_a_forged_id_finds_nothing(cast: Cast, desk: AtTheDesk) -> None:
    place, nobody = place_of(cast, "liaison"), uuid4()
    held = offices_of(cast.db, cast["chair"].account)[0].id
    cast.db.commit()
    assert desk.get(f"/people/{nobody}").status_code == 404
    for forged in (
        f"/people/{nobody}/reset",
        f"/people/{nobody}/end",
        f"{place}/offices/{nobody}/end",
        f"{place}/offices/{held}/end",
        f"{place}/audits/{nobody}/end",
    ):
        assert desk.post(forged).status_code == 404, forged
    assert desk.post(f"/people/mail/{nobody}/again").status_code == 303


def test_an_officer_whom_a_case_needs_stays_and_no_case_is_named(
    cast: Cast, desk: AtTheDesk
) -> None:
    case = cast.attested()
    lose_key(cast, "chair")
    place, name = place_of(cast, "liaison"), case.code_name
    held = offices_of(cast.db, cast["liaison"].account)[0].id
    cast.db.commit()
    for act in (f"{place}/end", f"{place}/offices/{held}/end"):
        refused = desk.post(act)
        assert refused.status_code == 422
        assert "They alone hold a key that is needed" in words_of(refused)
        assert name not in refused.text
    assert found(cast, "liaison@cast.example").state == AccountState.ACTIVE


def test_an_account_ends(cast: Cast, faces: Faces, desk: AtTheDesk) -> None:
    other = AtTheDesk(faces.desk, cast, "outsider")
    place = place_of(cast, "outsider")
    assert "cannot be undone" in words_of(desk.get(f"{place}/end"))
    done = desk.post(f"{place}/end")
    assert "The account is ended" in words_of(desk.get(done.headers["Location"]))
    assert other.get("/account").headers["Location"].startswith("/sign-in")


def test_the_last_administrator_cannot_end_their_own_account(cast: Cast, desk: AtTheDesk) -> None:
    refused = desk.post(f"{place_of(cast, 'administrator')}/end")
    assert refused.status_code == 422
    assert "last administrator" in words_of(refused)


def test_a_reset_says_what_is_lost_and_sends_a_link(cast: Cast, desk: AtTheDesk) -> None:
    place = place_of(cast, "liaison")
    assert "Without it their key is lost" in words_of(desk.get(f"{place}/reset"))
    desk.post(f"{place}/reset")
    account = found(cast, "liaison@cast.example")
    assert account.state == AccountState.INVITED
    waiting = cast.db.query(OutboxRow).filter_by(account_id=account.id, notice="activation")
    assert waiting.count() == 1


def test_a_custodian_is_added_and_never_gets_a_link(cast: Cast, desk: AtTheDesk) -> None:
    desk.get("/people/custodian")
    desk.post("/people/custodians", {"name": "Fourth One", "email": "four@cast.example"})
    account = found(cast, "four@cast.example")
    assert account.custodian
    assert cast.db.query(OutboxRow).filter_by(account_id=account.id).count() == 0
    cast.db.commit()
    refused = desk.post(f"/people/{account.id}/reset")
    assert "no sign-in to reset" in words_of(refused)


def test_a_mail_that_was_given_up_and_a_witness_that_refuses_are_shown(
    cast: Cast, desk: AtTheDesk
) -> None:
    row = OutboxRow(
        notice="update",
        account_id=cast["liaison"].id,
        made_at=clock.now(),
        due_at=clock.now(),
        attempts=8,
        given_up_at=clock.now(),
        last_error="SMTPRecipientsRefused 550",
    )
    cast.db.add(row)
    later = clock.now() + timedelta(hours=2)
    cast.db.add(
        OutboxRow(
            notice="urgent",
            account_id=cast["chair"].id,
            made_at=clock.now(),
            due_at=later,
            attempts=3,
            last_error="gaierror",
        )
    )
    cast.db.flush()
    problem = "The witness witness.example.net refuses the log wcc."
    cast.db.add(WitnessState(log_id="wcc", witness="witness.example.net", problem=problem))
    again = f"/people/mail/{row.id}/again"
    cast.db.commit()
    said = words_of(desk.get("/people"))
    assert "1 e-mail could not be delivered" in said
    assert "SMTPRecipientsRefused 550" in said
    assert "1 e-mail could not be sent yet: gaierror" in said
    assert "No worker is running" in said
    assert problem in said
    assert desk.post(again).status_code == 303
    cast.db.refresh(row)
    assert row.given_up_at is None
    cast.db.commit()
    refused = desk.post(again)
    assert refused.status_code == 422
    assert "still being sent" in words_of(refused)


def test_the_schemes_page_says_who_holds_what_and_what_is_missing(
    cast: Cast, desk: AtTheDesk
) -> None:
    said = words_of(desk.get("/schemes"))
    assert "WCC UK mentoring" in said
    assert "Nobody" not in said
    for who in ("chair", "lead"):
        place = place_of(cast, who)
        held = offices_of(cast.db, cast[who].account)[0].id
        cast.db.commit()
        desk.post(f"{place}/offices/{held}/end")
    said = words_of(desk.get("/schemes"))
    assert "Nobody holds the office Chair" in said

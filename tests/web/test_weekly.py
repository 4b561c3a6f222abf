"""The weekly record: a link without an account, used once, that can become a concern."""

from __future__ import annotations

import json
import re

import pytest
from sqlalchemy import select

from conductdesk import clock
from conductdesk.audit.models import LogEntry
from conductdesk.cases.models import Case
from conductdesk.checkins.actions import Asked, ask_for_check_ins
from conductdesk.checkins.models import CheckInLink
from conductdesk.checkins.rules import About, Filled, Form
from conductdesk.notices.actions import open_address, open_link
from conductdesk.notices.models import OutboxRow
from conductdesk.refusal import Refused
from tests.actions.register_steps import THISTLEWOOD, Kept, begun
from tests.cast import Cast
from tests.conftest import Faces
from tests.web.desk_visitor import AtTheDesk, words_of
from tests.web.visitor import Visitor

THE_MENTOR = About("Barnaby Thistlewood", "barnaby@members.example", ("Clementine Quill",))


@pytest.fixture
def kept(cast: Cast) -> Kept:
    """A register with one mentor in it."""
    return begun(cast)


def ask(kept: Kept, form: Form = Form.WEEKLY) -> str:
    """Send the mentor a link, and return its path."""
    mentor = kept.add(THISTLEWOOD)
    ask_for_check_ins(
        kept.cast.db,
        kept.register,
        kept.keys(),
        **kept.by(),
        form=form,
        week=3,
        people=[Asked(mentor, THE_MENTOR)],
    )
    kept.cast.db.commit()
    path = f"/{open_link(kept.cast.keystore, the_mail(kept))}"
    kept.cast.db.rollback()  # the visitor's requests write, too
    return path


def entries(kept: Kept) -> int:
    """Return how many entries the log has."""
    count = len(kept.cast.db.scalars(select(LogEntry)).all())
    kept.cast.db.rollback()
    return count


def the_mail(kept: Kept) -> OutboxRow:
    """Return the mail with the link."""
    return kept.cast.db.scalars(select(OutboxRow).where(OutboxRow.notice == "check_in")).one()


def fill(visitor: Visitor, path: str, **answers: str) -> str:
    """Open the link, fill in the form, and return where it leads."""
    visitor.get(path)
    visitor.post(path)
    visitor.get("/wcc/weekly")
    return visitor.post("/wcc/weekly", {"how": "", "worry": "no", **answers}).headers["Location"]


def test_the_link_goes_to_the_address_in_the_register_and_nothing_in_clear_says_to_whom(
    kept: Kept,
) -> None:
    path = ask(kept)
    assert re.fullmatch(r"/wcc/weekly/[\w-]{22}", path)
    row = the_mail(kept)
    assert open_address(kept.cast.keystore, row) == "barnaby@members.example"
    link = kept.cast.db.scalars(select(CheckInLink)).one()
    for blob in (row.to_sealed, row.link_sealed, link.about):
        assert blob is not None
        assert b"barnaby" not in blob.lower()
        assert path.rpartition("/")[2].encode() not in blob


def test_looking_at_the_link_uses_nothing_up(kept: Kept, visitor: Visitor) -> None:
    path = ask(kept)
    before = entries(kept)
    for _scanner in range(3):
        page = visitor.get(path)
        assert page.status_code == 200
        assert "Clementine" not in page.text
    assert entries(kept) == before
    assert fill(visitor, path, took_place="yes") == "/wcc/weekly/done"


def test_what_is_filled_in_is_sealed_to_those_who_keep_the_register(
    kept: Kept, visitor: Visitor
) -> None:
    fill(visitor, ask(kept), took_place="no", why_not="no_show", how="Third time this month")
    kept.cast.db.expire_all()
    link = kept.cast.db.scalars(select(CheckInLink)).one()
    assert link.filled_at is not None
    assert link.answers is not None
    assert b"Third" not in link.answers
    said = Filled.from_json(kept.keys().open(CheckInLink.answers, link))
    assert said == Filled(False, "no_show", "Third time this month", "no")
    of_scheme = select(LogEntry.entry).where(LogEntry.log_id == "wcc").order_by(LogEntry.idx)
    entry = json.loads(kept.cast.db.scalars(of_scheme).all()[-1])
    assert (entry["type"], entry["actor"]) == ("check_in.filled", "participant")


def test_why_it_did_not_take_place_is_asked_where_it_did_not(kept: Kept, visitor: Visitor) -> None:
    path = ask(kept)
    visitor.get(path)
    visitor.post(path)
    visitor.get("/wcc/weekly")
    page = visitor.post("/wcc/weekly", {"took_place": "no", "worry": "no", "how": "Kept text"})
    assert page.status_code == 422
    assert "Choose why it did not take place" in page.text
    assert "Kept text" in page.text


def test_the_link_works_once_and_an_invented_one_looks_the_same(
    kept: Kept, visitor: Visitor
) -> None:
    path = ask(kept)
    fill(visitor, path, took_place="yes")
    visitor.get(path)
    used, invented = visitor.post(path), visitor.post("/wcc/weekly/" + "A" * 22)
    assert used.status_code == invented.status_code == 422
    assert "This link is over" in used.text
    assert "This link is over" in invented.text


def test_a_link_runs_out(kept: Kept, visitor: Visitor) -> None:
    path = ask(kept)
    expires = kept.cast.db.scalars(select(CheckInLink.expires)).one()
    kept.cast.db.rollback()
    with clock.at(expires):
        assert visitor.post(path).status_code == 422


def test_a_worry_becomes_a_concern_with_nothing_asked_twice(kept: Kept, visitor: Visitor) -> None:
    place = fill(visitor, ask(kept), took_place="yes", how="She shouted at me", worry="worry")
    assert place == "/wcc/check"
    kept.cast.db.expire_all()
    link = kept.cast.db.scalars(select(CheckInLink)).one()
    assert link.answers is not None
    kept_of_it = Filled.from_json(kept.keys().open(CheckInLink.answers, link))
    assert kept_of_it == Filled(
        took_place=True
    )  # a keeper of the register may be kept away from it
    kept.cast.db.rollback()
    asked = []
    while (place := visitor.get(place).headers.get("Location", place)) != "/wcc/check":
        page = visitor.get(place).text
        asked.append(re.sub(r"\s+", " ", page.partition("<h1")[2])[:400])
        answers = dict.fromkeys(("danger", "at_risk", "outside"), "no")
        answers |= {"mode": "named", "happened": "", "sharing": "", "wish": ""}
        place = visitor.post(place, answers).headers["Location"].partition("#")[0]
    everything = " ".join(asked)
    assert "What happened?" not in everything
    assert "Who was involved" not in everything
    assert "Your name" not in everything
    check = visitor.get("/wcc/check").text
    for said in ("She shouted at me", "Clementine Quill", "Barnaby Thistlewood", "week 3"):
        assert said in check
    assert visitor.post("/wcc/concern").headers["Location"] == "/wcc/receipt"
    kept.cast.db.expire_all()
    assert kept.cast.db.scalars(select(Case)).one().kind == "concern"


def test_nobody_is_asked_who_has_no_address(kept: Kept) -> None:
    mentor = kept.add(THISTLEWOOD)
    with pytest.raises(Refused, match="e-mail address"):
        ask_for_check_ins(
            kept.cast.db,
            kept.register,
            kept.keys(),
            **kept.by(),
            form=Form.WEEKLY,
            week=1,
            people=[Asked(mentor, About("Barnaby Thistlewood", "", ()))],
        )


def test_an_officer_asks_every_mentor_and_reads_what_came_back(
    kept: Kept, visitor: Visitor, faces: Faces
) -> None:
    kept.add(THISTLEWOOD)
    officer = AtTheDesk(faces.desk, kept.cast, "liaison")
    officer.get("/check-ins/wcc")
    sent = officer.post("/check-ins/wcc", {"which": "weekly", "week": "3", "role": "mentor"})
    assert sent.headers["Location"].endswith("/check-ins/wcc?done=1")
    path = f"/{open_link(kept.cast.keystore, the_mail(kept))}"
    kept.cast.db.rollback()
    again = officer.post("/check-ins/wcc", {"which": "weekly", "week": "3", "role": "mentor"})
    assert again.status_code == 422
    fill(visitor, path, took_place="no", why_not="no_show", how="He was not there")
    words = words_of(officer.get("/check-ins/wcc"))
    assert "Barnaby Thistlewood" in words
    assert "No: The other person did not come, or came very late" in words
    assert "He was not there" in words


@pytest.mark.parametrize("who", ["administrator", "auditor", "outsider", "investigator"])
def test_nobody_else_sees_the_check_ins(kept: Kept, faces: Faces, who: str) -> None:
    kept.add(THISTLEWOOD)
    assert AtTheDesk(faces.desk, kept.cast, who).get("/check-ins/wcc").status_code == 404

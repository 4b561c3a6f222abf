"""The public face does not tell who takes part: a member's name and an invented one look the same.

Every answer, every byte of every page and every statement that the database gets are compared, from
the first question to the mailbox afterwards. The member is tied to the officer in charge, and under
age: whatever the register can bring about, it brings about here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import event
from werkzeug.test import TestResponse

from conductdesk import clock
from conductdesk.cases.models import Appointment, Barrier, Case
from conductdesk.faces import public_face
from conductdesk.participants.rules import Age, TieKind
from conductdesk.web.state import Services
from tests.actions.register_steps import THISTLEWOOD, begun
from tests.cast import Cast
from tests.web.visitor import CONCERN, Visitor, words_of

INVENTED = "Zebedee Whistlewood"
MEMBER = THISTLEWOOD.name
CHANGES = (
    re.compile(r'(name="csrf_token" value=")[^"]+'),
    re.compile(r"(X-CSRFToken&#34;: &#34;|X-CSRFToken\": \")[^\"&]+"),
    re.compile(r'(nonce=")[^"]+'),
    re.compile(r'(<p class="cd-receipt__code">).*?(?=</p>)', re.DOTALL),
    re.compile(r'(<p class="cd-receipt__words">).*?(?=</p>)', re.DOTALL),
    re.compile(r'(<strong class="cd-mono">).*?(?=</strong>)'),
)
"""What is drawn by lot on every page."""


@dataclass
class Seen:
    """What one visitor saw, and what their requests asked of the database."""

    answers: list[tuple[str, int, str, str]]
    statements: list[list[str]]

    def add(self, path: str, response: TestResponse, name: str, sent: list[str]) -> None:
        """Remember an answer, without what is drawn by lot and without the name itself."""
        text = response.text.replace(name, "NAME")
        for pattern in CHANGES:
            text = pattern.sub(r"\1", text)
        place = response.headers.get("Location", "")
        self.answers.append((path, response.status_code, place, text))
        self.statements.append(sent)


@contextmanager
def statements(services: Services) -> Iterator[list[str]]:
    """Collect every statement that is sent to the main database."""
    sent: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    engine = services.database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def tell(services: Services, name: str) -> Seen:
    """Tell of somebody called *name*, look at everything, and come back to the mailbox."""
    visitor, seen = Visitor(public_face(services)), Seen([], [])

    def ask(path: str, values: dict[str, str] | None = None) -> str:
        with statements(services) as sent:
            answer = visitor.get(path) if values is None else visitor.post(path, values)
        seen.add(path, answer, name, sent)
        return answer.headers.get("Location", "").partition("#")[0]

    ask("/wcc/start", {})
    place = "/wcc/question/1"
    for values in CONCERN:
        ask(place)
        place = ask(place, {**values, "name_0": name} if "name_0" in values else values)
    assert place == "/wcc/check"
    ask("/wcc/check")
    assert ask("/wcc/concern", {}) == "/wcc/receipt"
    for path in ("/wcc/receipt", "/wcc/receipt/print", "/wcc/messages"):
        ask(path)
    ask("/wcc/messages", {"text": "One more thing."})
    ask("/wcc/messages")
    return seen


@pytest.fixture
def register(cast: Cast) -> None:
    """A register with a member who is under age, and tied to the liaison officer."""
    kept = begun(cast)
    member = kept.add(replace(THISTLEWOOD, age=Age.UNDER_18))
    kept.tie(member, TieKind.FAMILY, "liaison")
    cast.db.commit()


def test_no_page_of_a_concern_tells_a_member_from_an_invented_name(
    web_services: Services, cast: Cast, register: None
) -> None:
    assert len(INVENTED) == len(MEMBER)
    with clock.at(clock.now()):
        tell(web_services, "Somebody To-Warm-Up")
        invented, member = tell(web_services, INVENTED), tell(web_services, MEMBER)
    cast.db.expire_all()
    barred = {row.account_id for row in cast.db.query(Barrier)}
    assert barred == {cast["liaison"].id}  # the register did its work
    assert cast.db.query(Appointment).filter_by(capacity="safeguarding").count() == 1
    assert [answer[:3] for answer in member.answers] == [answer[:3] for answer in invented.answers]
    for one, other in zip(member.answers, invented.answers, strict=True):
        assert one == other, one[0]


def test_a_concern_about_a_member_asks_the_database_as_often_as_any_other(
    web_services: Services, cast: Cast
) -> None:
    begun(cast).add(THISTLEWOOD)
    cast.db.commit()
    with clock.at(clock.now()):
        tell(web_services, "Somebody To-Warm-Up")
        invented, member = tell(web_services, INVENTED), tell(web_services, MEMBER)
    assert [len(sent) for sent in member.statements] == [len(sent) for sent in invented.statements]


def test_ties_and_age_change_nothing_before_the_concern_is_sent(
    web_services: Services, cast: Cast, register: None
) -> None:
    with clock.at(clock.now()):
        tell(web_services, "Somebody To-Warm-Up")
        invented, member = tell(web_services, INVENTED), tell(web_services, MEMBER)
    sending = [answer[0] for answer in member.answers].index("/wcc/concern")
    assert member.statements[:sending] == invented.statements[:sending]
    more = len(member.statements[sending]) - len(invented.statements[sending])
    assert abs(more) <= 1  # the row that keeps an officer away


def test_the_mailbox_says_who_reads_once_somebody_has_taken_the_case(
    web_services: Services, cast: Cast, register: None
) -> None:
    visitor = Visitor(public_face(web_services))
    visitor.send(*CONCERN[:5], {**CONCERN[5], "name_0": MEMBER}, *CONCERN[6:])
    before = words_of(visitor.get("/wcc/messages"))
    assert "The mentoring liaison officer Reads all of it" in before
    assert "safeguarding lead Reads" not in before
    case = cast.db.query(Case).one()
    cast.let_attest(case, "chair")
    after = words_of(visitor.get("/wcc/messages"))
    assert "liaison officer Reads" not in after
    assert "safeguarding lead Reads" not in after

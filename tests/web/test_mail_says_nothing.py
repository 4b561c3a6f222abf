"""EM-02: a case with a marker in every field goes its way, and no mail shows one of them.

Every notice is rendered alone in tests/actions/test_notices.py; here the mails are those that the
actions of a whole case really queue (EM-01, EM-03 to EM-05, EM-08, EM-10).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from sqlalchemy import select

from conductdesk.cases.concern import Answer, Concern, Identity, Part, PersonNamed
from conductdesk.cases.models import Case
from conductdesk.cases.needs import Route
from conductdesk.db import Database
from conductdesk.demo.environment import free_port
from conductdesk.demo.sink import mail_sink
from conductdesk.notices.jobs import send_due
from conductdesk.notices.models import OutboxRow
from conductdesk.settings import Settings, load_settings
from tests.actions.closing_steps import closed
from tests.actions.inquiry_steps import carried
from tests.cast import OFFICERS, Cast, a_concern

MARKS = {
    "account": "Zqaccount",
    "happened": "Zqwhen",
    "sharing": "Zqsharing",
    "wish": "Zqwish",
}
NAME, CONTACT, RESPONDENT = "Zqreporter Zqsurname", "zqcontact@elsewhere.example", "Zqrespondent"
GIVES_AWAY = (
    "concern",
    "allegation",
    "misconduct",
    "respondent",
    "reporter",
    "investigat",
    "decision",
    "decided",
    "safeguard",
    "liaison",
    "closed",
    "appeal",
    "wcc",
)
"""Words that say what it is about: of kinds, states, roles and offices (EM-01)."""


@dataclass(frozen=True)
class Sent:
    """One mail as it came to its server."""

    raw: str
    mail: EmailMessage


def poisoned() -> Concern:
    person = PersonNamed(RESPONDENT, Part.RESPONDENT)
    return a_concern(
        **MARKS, people=(person,), identity=Identity(NAME, CONTACT, "Zqtimes"), at_risk=Answer.YES
    )


@pytest.fixture
def mailing(settings: Settings, tmp_path: Path) -> Iterator[tuple[Settings, Path]]:
    """Settings whose mail goes to a real server, and the folder in which it arrives."""
    port, folder = free_port(), tmp_path / "mail"
    changed = load_settings(
        {
            "CONDUCTDESK_DATA": str(tmp_path),
            "CONDUCTDESK_URL": settings.url,
            "CONDUCTDESK_PUBLIC_SECRET": settings.public_secret,
            "CONDUCTDESK_DESK_SECRET": settings.desk_secret,
            "CONDUCTDESK_NAME": "Quiet Post",
            "MAIL_SENDER": "post@example.org",
            "MAIL_SERVER": "127.0.0.1",
            "MAIL_PORT": str(port),
            "MAIL_TLS": "no",
        }
    )
    with mail_sink(folder, port):
        yield changed, folder


def send(cast: Cast, mailing: tuple[Settings, Path]) -> list[Sent]:
    """Send everything that waits, and return what arrived."""
    settings, folder = mailing
    cast.db.commit()
    database = Database(str(cast.db.get_bind().engine.url))
    send_due(database, cast.keystore, settings, lambda *_any: True)
    database.engine.dispose()
    found = []
    for path in sorted(folder.glob("*.eml")):
        raw = path.read_bytes()
        mail = message_from_bytes(raw, policy=default)
        found.append(Sent(raw.decode("utf-8"), mail))
    return found


def whole(sent: Sent) -> str:
    """Return a mail as it was sent and as it is read."""
    body = sent.mail.get_body()
    assert body is not None
    return f"{sent.raw}{sent.mail}{body.get_content()}"


def forbidden(cast: Cast, case: Case) -> set[str]:
    """Return everything that would tell which case it is, or whose."""
    hints = {case.code_name, case.pseudonym, case.id.hex, str(case.id), case.scheme}
    people = {member.account.name for member in cast.members.values()}
    return {*hints, *people, "Zq", CONTACT}


@pytest.mark.parametrize("course", ["carried out", "closed"])
def test_no_mail_of_a_whole_case_shows_a_word_of_it(
    cast: Cast, mailing: tuple[Settings, Path], monkeypatch: pytest.MonkeyPatch, course: str
) -> None:
    invitations = len(send(cast, mailing))
    if course == "closed":
        case = closed(cast, poisoned())
    else:
        monkeypatch.setattr(cast, "triaged", _with(poisoned(), cast))
        case = carried(cast, "apology", "removal")
    mails = send(cast, mailing)[invitations:]
    assert len(mails) >= 4  # there was something to say
    for sent in mails:
        text = whole(sent)
        assert [word for word in forbidden(cast, case) if word in text] == []
        shown = re.sub(r"[\w.-]+@\S+", "", text).lower()
        assert [word for word in GIVES_AWAY if word in shown] == []


def _with(concern: Concern, cast: Cast) -> Callable[[Route, object], Case]:
    plain = cast.triaged
    return lambda route, _none: plain(route, concern)


def test_every_mail_has_one_recipient_one_subject_and_one_link(
    cast: Cast, mailing: tuple[Settings, Path]
) -> None:
    invitations = len(send(cast, mailing))
    cast.acknowledged(poisoned())
    mails = send(cast, mailing)[invitations:]
    assert len({sent.mail["Subject"] for sent in mails}) == 1  # urgent ones have it too (EM-09)
    for sent in mails:
        assert len(sent.mail["To"].addresses) == 1
        assert not {"Cc", "Bcc", "Reply-To", "X-Mailer", "Received"} & set(sent.mail.keys())
        links = set(re.findall(r"https?://[^\s<>]+", whole(sent)))
        assert {link.rstrip("/.") for link in links} <= {
            "https://conduct.example.org/desk/sign-in",
            "https://conduct.example.org/desk",
        }
        assert not list(sent.mail.iter_attachments())


def test_the_outbox_keeps_no_text_of_a_mail(cast: Cast) -> None:
    cast.triaged(concern=poisoned())
    for row in cast.db.scalars(select(OutboxRow)):
        cells = [str(getattr(row, column.name)) for column in OutboxRow.__table__.columns]
        assert "Zq" not in " ".join(cells)
        assert not any(cell.startswith("There is") for cell in cells)


@pytest.mark.parametrize("who", ["liaison", "chair", "lead"])
def test_nobody_named_gets_a_mail_and_neither_does_the_reporter(
    cast: Cast, mailing: tuple[Settings, Path], who: str
) -> None:
    invitations = len(send(cast, mailing))
    office, name = OFFICERS[who]
    about = PersonNamed(name, Part.RESPONDENT, (office,))
    cast.received(a_concern(people=(about,), at_risk=Answer.YES, identity=Identity(NAME, CONTACT)))
    mails = send(cast, mailing)[invitations:]
    told = {str(sent.mail["To"]) for sent in mails}
    assert told
    assert not [address for address in told if cast[who].account.email in address]
    assert not [address for address in told if CONTACT in address]

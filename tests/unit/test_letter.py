"""What a letter looks like on the wire."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from conductdesk.notice import Notice
from conductdesk.notices.mail import TEMPLATES, Letter, compose
from conductdesk.notices.rules import BACK_OFF, MOST_ATTEMPTS, wait_after
from conductdesk.settings import Settings, load_settings

MOMENT = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
TOKEN = "4f1d2c3b4a5968778695a4b3c2d1e0ff"


def settings_with(**changes: str) -> Settings:
    """Return settings whose mail needs no encryption."""
    return load_settings(
        {
            "CONDUCTDESK_DATA": "data",
            "CONDUCTDESK_URL": "https://desk.example.org",
            "CONDUCTDESK_PUBLIC_SECRET": "p" * 32,
            "CONDUCTDESK_DESK_SECRET": "d" * 32,
            "CONDUCTDESK_NAME": "Quiet Post",
            "MAIL_SENDER": "post@example.org",
            "MAIL_TLS": "no",
            **changes,
        }
    )


def parsed(letter: Letter) -> EmailMessage:
    """Return what a mail program reads out of the letter."""
    message: Any = message_from_bytes(letter.as_bytes(), policy=default)
    assert isinstance(message, EmailMessage)
    return message


@pytest.mark.parametrize("notice", Notice)
def test_every_notice_has_the_same_subject(notice: Notice) -> None:
    letter = compose(settings_with(), notice, "ada@example.org", MOMENT, TOKEN)
    assert parsed(letter)["Subject"] == "You have a message in Quiet Post"


@pytest.mark.parametrize("notice", Notice)
def test_every_folder_of_templates_belongs_to_a_notice(notice: Notice) -> None:
    loader: Any = TEMPLATES.loader
    folders = {path.name for path in Path(loader.searchpath[0]).iterdir()}
    assert folders == {each.value for each in Notice}
    assert len({each.words for each in Notice}) == len(folders)


WITH_A_LINK = {Notice.ACTIVATION, Notice.CHECK_IN}
TO_THOSE_WITHOUT_A_DESK = {Notice.CHECKPOINT, Notice.CUSTODIANS}


@pytest.mark.parametrize("notice", sorted(set(Notice) - WITH_A_LINK - TO_THOSE_WITHOUT_A_DESK))
def test_only_an_activation_and_a_check_in_carry_a_token(notice: Notice) -> None:
    body = parsed(compose(settings_with(), notice, "ada@example.org", MOMENT, TOKEN)).get_content()
    assert TOKEN not in body
    assert "https://desk.example.org/desk/" in body.splitlines()


def test_a_custodian_who_never_signs_in_gets_no_link() -> None:
    letter = compose(settings_with(), Notice.CUSTODIANS, "ada@example.org", MOMENT, TOKEN)
    assert "https:" not in parsed(letter).get_content()


def test_the_activation_mail_links_to_the_activation_page() -> None:
    letter = compose(settings_with(), Notice.ACTIVATION, "ada@example.org", MOMENT, TOKEN)
    link = f"https://desk.example.org/desk/activate/{TOKEN}"
    assert link in parsed(letter).get_content().splitlines()


def test_a_checkpoint_mail_carries_the_checkpoint_and_no_link() -> None:
    note = "desk.example.org/log/wcc\n1\nq83v\n\n— desk.example.org/log/wcc AAAA\n"
    letter = compose(settings_with(), Notice.CHECKPOINT, "ada@example.org", MOMENT, note)
    body = parsed(letter).get_content().replace("\r\n", "\n")
    assert note in body
    assert "https:" not in body


def test_a_check_in_links_to_its_own_page_and_to_nothing_at_the_desk() -> None:
    letter = compose(
        settings_with(), Notice.CHECK_IN, "ada@example.org", MOMENT, f"wcc/weekly/{TOKEN}"
    )
    body = parsed(letter).get_content()
    assert f"https://desk.example.org/wcc/weekly/{TOKEN}" in body.splitlines()
    assert "/desk/" not in body


def test_a_letter_has_one_recipient_and_says_that_a_machine_wrote_it() -> None:
    message = parsed(compose(settings_with(), Notice.UPDATE, "ada@example.org", MOMENT, None))
    assert message["To"] == "ada@example.org"
    assert message["From"] == "Quiet Post <post@example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert {"Cc", "Bcc", "Reply-To", "X-Mailer"}.isdisjoint(message.keys())


def test_a_letter_is_plain_text_without_parts() -> None:
    message = parsed(compose(settings_with(), Notice.UPDATE, "ada@example.org", MOMENT, None))
    assert message.get_content_type() == "text/plain"
    assert message["Content-Transfer-Encoding"] == "quoted-printable"


def test_the_message_id_tells_neither_machine_nor_time() -> None:
    first = Letter(settings_with(), "ada@example.org", "s", "b").msgId
    second = Letter(settings_with(), "ada@example.org", "s", "b").msgId
    assert first != second
    left, _, domain = first.strip("<>").partition("@")
    assert domain == "example.org"
    assert UUID(hex=left)


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\u2028", "\x0b", "\x85"])
def test_a_line_break_in_the_service_name_makes_no_header(end: str) -> None:
    settings = settings_with(CONDUCTDESK_NAME=f"Quiet{end}Bcc: eve@example.net{end}{end}Body")
    raw = compose(settings, Notice.UPDATE, "ada@example.org", MOMENT, None).as_bytes()
    assert message_from_bytes(raw, policy=default)["Bcc"] is None
    assert b"\nBcc" not in raw
    assert b"\rBcc" not in raw


def test_long_lines_and_every_script_arrive_as_they_were() -> None:
    body = "Größe ✓ رسالة 漢字 🕊 " * 200 + "\n"
    letter = Letter(settings_with(CONDUCTDESK_NAME="Stille Größe 漢"), "ada@example.org", "ü", body)
    assert max(len(line) for line in letter.as_bytes().split(b"\r\n")) <= 78
    assert parsed(letter).get_content().replace("\r\n", "\n") == body
    assert "Stille Größe 漢" in parsed(letter)["From"]


def test_a_sender_with_a_name_of_its_own_is_named_after_the_service() -> None:
    letter = Letter(settings_with(MAIL_SENDER="Conduct <post@example.org>"), "a@b.org", "s", "b")
    assert parsed(letter)["From"] == "Quiet Post <post@example.org>"


def test_the_pauses_grow_and_the_eighth_failure_is_the_last() -> None:
    waits = [wait_after(number) for number in range(1, MOST_ATTEMPTS + 1)]
    assert waits == [*BACK_OFF, None]
    assert list(BACK_OFF) == sorted(BACK_OFF)

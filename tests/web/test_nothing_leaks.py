"""The dump test: words typed into every form are nowhere but in the browser that may read them.

A real server process takes a whole case, from the public form to the auditor's desk, and a file of
25 MB; then everything that it left is searched, in every usual encoding (vault-and-log.md §4;
LG-03; V14.2.4; V16.2.5).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from conductdesk.db import Database
from conductdesk.demo.environment import free_port
from conductdesk.demo.sink import mail_sink
from conductdesk.notices.jobs import send_due
from conductdesk.settings import Settings
from tests.cast import PASSWORD, Cast
from tests.web.left_behind import (
    Planted,
    everything_left,
    hits,
    words_found,
)
from tests.web.whole_course import ADDRESS, AGENT, Course
from tests.web.wire import served


@pytest.fixture
def real_settings(web_settings: Settings, database_url: str, keystore_url: str) -> Settings:
    """The settings of an installation in this test's own folder."""
    assert str(web_settings.data) in database_url
    assert str(web_settings.data) in keystore_url
    return web_settings


def test_no_word_of_a_case_lies_anywhere_in_the_clear(
    real_settings: Settings,
    database_url: str,
    keystore_url: str,
    cast: Cast,
    database: Database,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    settings = replace(
        real_settings,
        database_url=database_url,
        keystore_url=keystore_url,
        mail_server="127.0.0.1",
        mail_port=free_port(),
        mail_tls=False,
    )
    cast.db.commit()
    planted, copies = Planted(), tmp_path_factory.mktemp
    temporary = copies("temporary")
    plant_secrets(cast, planted)
    with served(settings, tmp_path / "server.log", temporary) as server:
        course = Course(cast, server, planted, temporary)
        course.run()
        running = everything_left([tmp_path, temporary], copies("running"))
    with mail_sink(tmp_path / "mail", settings.mail_port):
        assert send_due(database, cast.keystore, settings, lambda *_any: True) > 3
    left = everything_left([tmp_path, temporary], copies("stopped"))
    left |= {f"{path} (running)": text for path, text in running.items()}

    assert len(planted.words) > 60
    assert [one.hits for one in course.sampled] == [set(), set()]
    assert all(one.rounds > 3 and one.files for one in course.sampled)
    assert any(path.endswith("-wal (running)") for path in left)
    assert any(path.endswith(".eml") for path in left)
    names = list(real_names(cast))
    assert any(name in left["conductdesk.db: cells of account"] for name in names)
    assert words_found({"a name": names[0].decode()}, left)  # the search does find
    assert hits(planted, left) == []


def plant_secrets(cast: Cast, planted: Planted) -> None:
    """Remember what the cast's members know, and who the reporter's browser says it is."""
    planted.secret("a password", PASSWORD)
    for who, member in cast.members.items():
        planted.secret(f"{who}'s authenticator", member.totp_secret)
        planted.secret(f"{who}'s recovery code", member.recovery_code.code)
        planted.secret(f"{who}'s key", member.keyring.private_key.decode("latin-1"))
    planted.secret("the reporter's address", ADDRESS)
    planted.secret("the reporter's browser", AGENT)


def real_names(cast: Cast) -> Iterator[bytes]:
    """Yield what is stored in the clear, by design: officers' names."""
    yield from (member.account.name.encode() for member in cast.members.values())

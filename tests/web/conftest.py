"""The small face, a browser before the public one, and the command line, on a fresh database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest

from conductdesk import clock, services_for
from conductdesk.cases.actions.recording import record
from conductdesk.cases.models import Case, CheckIn
from conductdesk.db import Database
from conductdesk.faces import public_face
from conductdesk.policy import SYSTEM
from conductdesk.settings import Settings, load_settings
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.receipts import Receipt
from conductdesk.web.state import Services
from tests.cast import Cast
from tests.conftest import Faces
from tests.web.case_pages import SignIn
from tests.web.command_line import CommandLine, environ_of
from tests.web.desk_visitor import AtTheDesk
from tests.web.visitor import Visitor


@pytest.fixture
def web_settings(tmp_path: Path) -> Settings:
    """Settings of an installation that is not in production."""
    return load_settings(
        {
            "CONDUCTDESK_DATA": str(tmp_path),
            "CONDUCTDESK_URL": "https://localhost",
            "CONDUCTDESK_PUBLIC_SECRET": "p" * 40,
            "CONDUCTDESK_DESK_SECRET": "d" * 40,
            "MAIL_SENDER": "desk@example.org",
        }
    )


@pytest.fixture
def web_services(web_settings: Settings, database: Database, keystore: Keystore) -> Services:
    """What a face stands on."""
    return Services(web_settings, database, keystore)


@pytest.fixture
def sign_in(faces: Faces, cast: Cast) -> SignIn:
    """Sign an officer in at the desk, by their name in the cast."""
    return lambda who: AtTheDesk(faces.desk, cast, who)


@pytest.fixture
def visitor(web_services: Services, cast: Cast) -> Visitor:
    """A browser in front of an installation with the `wcc` scheme."""
    cast.db.commit()
    return Visitor(public_face(web_services))


@pytest.fixture
def new_line(settings: Settings) -> Iterator[Callable[..., CommandLine]]:
    """Make the command line of an installation, with some settings changed."""
    made: list[dict[str, str]] = []

    def make(**changes: str) -> CommandLine:
        made.append(environ_of(settings, **changes))
        return CommandLine(made[-1])

    yield make
    for environ in made:
        opened = services_for(load_settings(environ))
        opened.database.engine.dispose()
        opened.keystore.close()
    services_for.cache_clear()


@pytest.fixture
def line(new_line: Callable[..., CommandLine]) -> CommandLine:
    """The command line of this test's installation."""
    return new_line()


@pytest.fixture
def empty(new_line: Callable[..., CommandLine], tmp_path: Path) -> CommandLine:
    """The command line of an installation of which nothing exists yet."""
    return new_line(CONDUCTDESK_DATA=str(tmp_path / "new"), DATABASE_URL="", KEYSTORE_URL="")


@pytest.fixture
def case_id(cast: Cast) -> UUID:
    """A case whose handler has written to the reporter."""
    case_id = cast.acknowledged().id
    cast.db.rollback()  # the browser's requests must find the write lock free
    return case_id


@pytest.fixture
def receipt(cast: Cast, case_id: UUID) -> Receipt:
    """The receipt of that case."""
    return cast.receipts[case_id]


@pytest.fixture
def stranger(web_services: Services, case_id: UUID) -> Visitor:
    """A browser that has shown nothing."""
    return Visitor(public_face(web_services))


@pytest.fixture
def reporter(stranger: Visitor, receipt: Receipt) -> Visitor:
    """A browser in which the mailbox is open."""
    opened = stranger.post("/wcc/messages/open", {"receipt": receipt.code})
    assert opened.headers["Location"] == "/wcc/messages"
    stranger.get("/wcc/messages")
    return stranger


@pytest.fixture
def asked(cast: Cast, case_id: UUID, reporter: Visitor) -> Visitor:
    """A mailbox in which a check-in waits for an answer."""
    case = cast.db.get_one(Case, case_id)
    cast.db.add(CheckIn(case_id=case_id, days=14, due_at=clock.now()))
    record(cast.db, case, cast.keys(case), actor=SYSTEM, event="aftercare.begun")
    cast.db.commit()
    reporter.get("/wcc/messages")
    return reporter

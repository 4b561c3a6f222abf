"""What every test may ask for: a database, a keystore, a session, on real engines."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from flask import Flask
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from conductdesk import create_app, services_for
from conductdesk import db as db_module
from conductdesk.db import Database
from conductdesk.schema import migrate
from conductdesk.settings import Settings
from conductdesk.vault.keystore import Keystore
from conductdesk.web.state import Services
from tests.cast import Cast, make_cast
from tests.postgres import PostgresServer
from tests.remembering import PostgresRows, SqliteFiles, Stores, remembered_cast
from tests.sharing import Sharing

BACKENDS = ("sqlite", "postgresql")
BROWSER = "tests/browser/"
LONG = (
    BROWSER,
    "tests/scenarios/",
    "tests/web/test_no_500",
    "tests/web/test_register_takes_anything",
    "tests/actions/test_demo",
    "tests/actions/test_tampering",
    "tests/actions/test_audit_",
)
"""How the names of those files begin that take long for the number of their tests."""
TESTS = Path(__file__).parent


class Faces(NamedTuple):
    """Both applications of one installation."""

    public: Flask
    desk: Flask


class ByFile(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Shares the files of tests among the workers, in the order in which they were collected."""

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(nodeid)


def unit_of(nodeid: str) -> str:
    """Return what one worker runs as a whole: a file, or everything that needs a browser."""
    # Two Chromiums at once starve each other, so one worker has all that need one.
    return BROWSER if nodeid.startswith(BROWSER) else nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    """Let several workers share the tests as `ByFile` says."""
    config.option.loadscopereorder = False
    return ByFile(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where workers share the tests, begin with what takes long, so that all end together."""
    if hasattr(config, "workerinput"):
        sizes = Counter(unit_of(item.nodeid) for item in items)
        items.sort(key=lambda item: _turn(unit_of(item.nodeid), sizes))


def _turn(unit: str, sizes: Counter[str]) -> tuple[int, int, str]:
    first = [place for place, long in enumerate(LONG) if unit.startswith(long)]
    return min(first, default=len(LONG)), -sizes[unit], unit


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test on both engines when it is marked `both_backends` or asks for `any_database`."""
    marked = metafunc.definition.get_closest_marker("both_backends") is not None
    if "backend" in metafunc.fixturenames and (marked or "any_database" in metafunc.fixturenames):
        metafunc.parametrize("backend", BACKENDS, indirect=True)


@pytest.fixture(scope="session", autouse=True)
def sharing() -> Iterator[None]:
    """Let all engines of this worker share what they have in common."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("conductdesk.db._make_engine", Sharing(db_module._make_engine))
        yield


@pytest.fixture
def backend(request: pytest.FixtureRequest) -> str:
    """The engine of this test: `sqlite`, or `postgresql`."""
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file that holds the schema and nothing else; tests copy it."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    fill(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server with a template database; one for each worker, made when first asked."""
    server = PostgresServer()
    try:
        server.prepare(fill, fill_keystore)
        yield server
    finally:
        server.stop()


def fill(url: str) -> None:
    """Make the schema in an empty database, by the migrations that users run."""
    engine = Database(url).engine
    try:
        migrate(engine)
    finally:
        engine.dispose()


def fill_keystore(url: str) -> None:
    """Make the tables and the pepper of a keystore in an empty database."""
    keystore = Keystore(url)
    keystore.create()
    keystore.close()


@pytest.fixture
def database_url(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh database with the schema."""
    if backend == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "conductdesk.db")
        yield f"sqlite:///{tmp_path / 'conductdesk.db'}"
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        url = server.databases.lend()
        yield url
        server.databases.take_back(url)


@pytest.fixture
def new_empty_url(
    backend: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[[str], str]]:
    """Make a database without any table by a name, and return its address."""
    if backend == "sqlite":
        yield lambda name: f"sqlite:///{tmp_path / name}.db"
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        made: list[str] = []

        def make(_name: str) -> str:
            made.append(server.new_empty_database())
            return made[-1]

        yield make
        for url in made:
            server.drop(url)


@pytest.fixture
def keystore_url(backend: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a database for the keystore; empty, unless the test asks for `keystore`."""
    if backend == "sqlite" or "keystore" not in request.fixturenames:
        yield request.getfixturevalue("new_empty_url")("keystore")
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        url = server.keystores.lend()
        yield url
        server.keystores.take_back(url)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A fresh database with the schema."""
    database = Database(database_url)
    yield database
    database.engine.dispose()


@pytest.fixture
def any_database(database: Database) -> Database:
    """The same, once on SQLite and once on PostgreSQL; so are `db` and `keystore` beside it."""
    return database


@pytest.fixture(scope="session")
def keystore_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The SQLite file of a keystore that holds the pepper and nothing else; tests copy it."""
    path = tmp_path_factory.mktemp("keystore") / "keystore.db"
    fill_keystore(f"sqlite:///{path}")
    return path


@pytest.fixture
def keystore(backend: str, keystore_url: str, keystore_template: Path) -> Iterator[Keystore]:
    """A fresh keystore."""
    if backend == "sqlite":
        shutil.copy(keystore_template, _file_of(keystore_url))
    keystore = Keystore(keystore_url)
    keystore.create()
    yield keystore
    keystore.close()


@pytest.fixture
def db(database: Database) -> Iterator[Session]:
    """A writing session on `database`; what the test does not commit is rolled back."""
    with database.writing() as session:
        yield session


@pytest.fixture
def settings(tmp_path: Path, database_url: str, keystore_url: str) -> Settings:
    """The settings of an installation that keeps everything in this test's own folder."""
    return settings_in(tmp_path, database_url, keystore_url)


def settings_in(folder: Path, database_url: str, keystore_url: str) -> Settings:
    """Return the settings of an installation that keeps everything in *folder*."""
    return Settings(
        data=folder,
        database_url=database_url,
        keystore_url=keystore_url,
        url="https://conduct.example.org",
        public_secret="p" * 64,
        desk_secret="d" * 64,
        service_name="ConductDesk",
        mail_server="127.0.0.1",
        mail_port=1,
        mail_sender="conduct@example.org",
        mail_username=None,
        mail_password=None,
        mail_tls=False,
        proxies=0,
        demo=False,
        production=False,
    )


@pytest.fixture
def services(settings: Settings, database: Database, keystore: Keystore) -> Services:
    """What an application is made of: `settings`, `database` and `keystore` of this test."""
    return Services(settings, database, keystore)


@pytest.fixture
def faces(settings: Settings, database: Database, keystore: Keystore) -> Iterator[Faces]:
    """The two real applications on this test's `database` and `keystore`."""
    yield Faces(public=create_app("public", settings), desk=create_app("desk", settings))
    opened = services_for(settings)
    opened.database.engine.dispose()
    opened.keystore.close()
    services_for.cache_clear()


@pytest.fixture
def stores(
    backend: str, request: pytest.FixtureRequest, database_url: str, keystore_url: str
) -> Stores:
    """The two databases of this test, as they are copied and put back."""
    if backend == "sqlite":
        return SqliteFiles(_file_of(database_url), _file_of(keystore_url))
    server: PostgresServer = request.getfixturevalue("postgres")
    return PostgresRows(server.databases.hand(database_url), server.keystores.hand(keystore_url))


def _file_of(url: str) -> Path:
    return Path(str(make_url(url).database))


@pytest.fixture
def cast(db: Session, keystore: Keystore, stores: Stores) -> Iterator[Cast]:
    """The fixed cast, with real keys, in the offices of the `wcc` pack."""
    with remembered_cast(db, keystore, stores, make_cast) as cast:
        yield cast

"""The installation that is measured: a temporary folder, a small cast, and its own server."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.bare import make_table
from bench.client import Browser
from conductdesk import clock, schema
from conductdesk.db import Database
from conductdesk.demo.cast import PASSWORD, person_of
from conductdesk.demo.environment import Place, free_port, new_secrets, settings_for
from conductdesk.demo.schedule import Story, live_through
from conductdesk.demo.stories import Receipts
from conductdesk.demo.world import World, founding
from conductdesk.settings import Settings, load_settings
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.recovery import keygen

CLOCK_TICK = os.sysconf("SC_CLK_TCK")
PATIENCE = 30
WORKERS = 2


@dataclass(frozen=True)
class House:
    """What the measurements share."""

    world: World
    settings: Settings
    environ: Mapping[str, str]

    def live(self, story: Callable[[World], Story]) -> None:
        """Let a story happen."""
        list(live_through([story(self.world)], self.world.resume))


@contextmanager
def house() -> Iterator[House]:
    """Found an installation in a temporary folder, which is deleted at the end."""
    with tempfile.TemporaryDirectory(prefix="conductdesk-bench-") as name:
        folder, port = Path(name), free_port()
        kept = new_secrets(Receipts())
        environ = settings_for(Place(folder, port), folder, kept, free_port())
        settings = load_settings(environ)
        schema.import_all_models()
        database, keystore = Database(settings.database_url), Keystore(settings.keystore_url)
        keystore.create()
        schema.create_schema(database.engine)
        built = House(World(settings, database, keystore, keygen()), settings, environ)
        built.live(founding)
        try:
            yield built
        finally:
            keystore.close()
            database.engine.dispose()


@dataclass(frozen=True)
class Served:
    """A server that this bench started."""

    port: int
    pid: int

    @property
    def workers(self) -> list[int]:
        """The worker processes under it."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return [int(child) for child in children]

    @property
    def cpu(self) -> float:
        """Seconds of processor time that it and its workers have used."""
        return sum(_cpu_of(pid) for pid in (self.pid, *self.workers))


@contextmanager
def served(environ: Mapping[str, str], *command: str, port: int) -> Iterator[Served]:
    """Run a server of ours while the block runs."""
    words = [sys.executable, "-m", *command]
    with subprocess.Popen(words, env=dict(environ), stdout=subprocess.DEVNULL) as child:
        try:
            _wait(port, child)
            yield Served(port, child.pid)
        finally:
            child.terminate()
            child.wait(PATIENCE)


@contextmanager
def conductdesk(built: House) -> Iterator[Served]:
    """Serve both faces."""
    port = int(built.settings.url.rpartition(":")[2])
    command = ("conductdesk", "serve", "--port", str(port), "--workers", str(WORKERS))
    with served(built.environ, *command, port=port) as server:
        yield server


@contextmanager
def bare(built: House) -> Iterator[Served]:
    """Serve the view that commits one row."""
    port = free_port()
    database = f"sqlite:///{built.settings.data / 'bare.db'}"
    make_table(database)
    environ = {**built.environ, "BARE_DATABASE": database, "BARE_PORT": str(port)}
    with served(environ, "bench.bare", port=port) as server:
        yield server


def signed_in(port: int, email: str) -> Browser:
    """Return a browser in which somebody of the cast is signed in at the desk."""
    browser, person = Browser(port), person_of(email)
    if person is None:
        raise LookupError(email)
    values = {"email": email, "password": PASSWORD, "code": person.code_at(clock.now())}
    browser.expect(browser.get("/desk/sign-in"), 200)
    browser.expect(browser.post("/desk/sign-in", values), 303)
    return browser


def _wait(port: int, child: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and child.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server does not answer")


def _cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / CLOCK_TICK

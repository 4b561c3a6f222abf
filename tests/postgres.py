"""A PostgreSQL server of the tests' own: thrown away afterwards, reached by a private socket."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg.sql import SQL
from sqlalchemy.engine import URL, make_url

from tests.lending import Hand, Shelf

TEMPLATE = "conductdesk_template"
KEYS = "keystore_template"
START_LIMIT = 30
"""Seconds within which the server must answer."""

SETTINGS = {
    "listen_addresses": "",  # the socket's folder is ours alone, a port would be everybody's
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "32MB",
    "max_connections": "60",
    "autovacuum": "off",
}


class PostgresMissingError(Exception):
    """There is no PostgreSQL server to start; the message says what to install."""


class PostgresServer:
    """One cluster in a temporary folder, with a template that every new database copies."""

    def __init__(self) -> None:
        self._programs = _find_programs()
        self._folder = Path(tempfile.mkdtemp(prefix="conductdesk-pg-"))
        if _is_root():
            shutil.chown(self._folder, "postgres", "postgres")
        self._initialise()
        self._process = self._start()
        self._clerk = self._connect("postgres")
        self.databases = self._shelf(TEMPLATE)
        """Databases with the schema and nothing else."""
        self.keystores = self._shelf(KEYS)
        """Keystores that hold one and the same pepper and nothing else."""

    def prepare(self, fill: Callable[[str], None], fill_keys: Callable[[str], None]) -> None:
        """Make the template databases, and let each be filled at its URL."""
        for name, filled in ((TEMPLATE, fill), (KEYS, fill_keys)):
            self._administer(f'CREATE DATABASE "{name}"')
            filled(self._url(name))

    def copy_of(self, url: str) -> str:
        """Copy a database that nobody is connected to, and return the URL of the copy."""
        for shelf in (self.databases, self.keystores):
            shelf.let_go(url)
        return self._copy(url.rpartition("/")[2].partition("?")[0])

    def new_empty_database(self) -> str:
        """Make a database without any table, and return its URL."""
        return self._copy("template1")

    def drop(self, url: str) -> None:
        """Remove a database, whoever is still connected to it."""
        name = url.rpartition("/")[2].partition("?")[0]
        self._administer(f'DROP DATABASE "{name}" WITH (FORCE)')

    def stop(self) -> None:
        """Stop the server at once and remove everything it kept."""
        self.databases.close()
        self.keystores.close()
        self._clerk.close()
        self._run("pg_ctl", "stop", "--mode=immediate", "--wait")
        self._process.wait(START_LIMIT)
        shutil.rmtree(self._folder)

    def _initialise(self) -> None:
        self._run("initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-sync")

    def _start(self) -> subprocess.Popen[bytes]:
        settings = [f"--{name}={value}" for name, value in SETTINGS.items()]
        with (self._folder / "log").open("wb") as log:
            process = subprocess.Popen(
                self._command("postgres", "-k", str(self._folder), *settings),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self._folder,
            )
        self._wait(process)
        return process

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_LIMIT
        while self._is_silent():
            if process.poll() is not None or time.monotonic() > deadline:
                log = (self._folder / "log").read_text(encoding="utf-8", errors="replace")
                raise RuntimeError(f"PostgreSQL did not start:\n{log}")
            time.sleep(0.05)

    def _is_silent(self) -> bool:
        asked = [str(self._programs / "pg_isready"), "--quiet", "--host", str(self._folder)]
        return subprocess.run(asked, check=False).returncode != 0

    def _run(self, program: str, *arguments: str) -> None:
        command = self._command(program, *arguments)
        done = subprocess.run(
            command, check=False, capture_output=True, text=True, cwd=self._folder
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed:\n{done.stdout}{done.stderr}")

    def _command(self, program: str, *arguments: str) -> list[str]:
        as_postgres = ["runuser", "-u", "postgres", "--"] if _is_root() else []
        data = str(self._folder / "data")
        return [*as_postgres, str(self._programs / program), "-D", data, *arguments]

    def _shelf(self, template: str) -> Shelf:
        return Shelf(
            make=lambda: self._copy(template),
            reach=lambda url: Hand(self._connect(make_url(url).database or "")),
            drop=self.drop,
        )

    def _copy(self, template: str) -> str:
        name = f"test_{uuid4().hex}"
        self._administer(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
        return self._url(name)

    def _administer(self, statement: str) -> None:
        self._clerk.execute(SQL(statement))

    def _connect(self, name: str) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self._folder), user="postgres", dbname=name, autocommit=True
        )

    def _url(self, name: str) -> str:
        url = URL.create(
            "postgresql+psycopg",
            username="postgres",
            database=name,
            query={"host": str(self._folder)},
        )
        return url.render_as_string()


def _is_root() -> bool:
    return os.geteuid() == 0


def _find_programs() -> Path:
    """Return the folder of the newest server's programs."""
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name)
    )
    for folder in reversed(folders):
        if (folder / "initdb").exists():
            return folder
    on_path = shutil.which("initdb")
    if on_path is None:
        raise PostgresMissingError(
            "These tests start a PostgreSQL server of their own, and none is installed. "
            "Install it: apt-get install --no-install-recommends postgresql"
        )
    return Path(on_path).resolve().parent

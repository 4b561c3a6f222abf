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

from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool

TEMPLATE = "conductdesk_template"
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

    def prepare(self, fill: Callable[[str], None]) -> None:
        """Make the template database, and have *fill* make the schema at its URL."""
        self._administer(f'CREATE DATABASE "{TEMPLATE}"')
        fill(self._url(TEMPLATE))

    def new_database(self) -> str:
        """Copy the template, and return the URL of the copy."""
        name = f"test_{uuid4().hex}"
        self._administer(f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}" STRATEGY file_copy')
        return self._url(name)

    def copy_of(self, url: str) -> str:
        """Copy a database that nobody is connected to, and return the URL of the copy."""
        name, source = f"test_{uuid4().hex}", url.rpartition("/")[2].partition("?")[0]
        self._administer(f'CREATE DATABASE "{name}" TEMPLATE "{source}" STRATEGY file_copy')
        return self._url(name)

    def new_empty_database(self) -> str:
        """Make a database without any table, and return its URL."""
        name = f"test_{uuid4().hex}"
        self._administer(f'CREATE DATABASE "{name}" STRATEGY file_copy')
        return self._url(name)

    def drop(self, url: str) -> None:
        """Remove a database, whoever is still connected to it."""
        name = url.rpartition("/")[2].partition("?")[0]
        self._administer(f'DROP DATABASE "{name}" WITH (FORCE)')

    def stop(self) -> None:
        """Stop the server at once and remove everything it kept."""
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

    def _administer(self, statement: str) -> None:
        engine = create_engine(
            self._url("postgres"), poolclass=NullPool, isolation_level="AUTOCOMMIT"
        )
        with engine.connect() as connection:
            connection.execute(text(statement))

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

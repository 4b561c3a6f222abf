"""The server and the worker as real processes."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from conductdesk import clock
from conductdesk.audit.jobs import ask_witnesses
from conductdesk.audit.queries import log_ids
from conductdesk.cases.jobs import sign_checkpoints
from conductdesk.db import Database
from conductdesk.jobs import may_still_know, worker_jobs
from conductdesk.notices.models import OutboxRow, WorkerBeat
from conductdesk.notices.queries import last_beat
from conductdesk.settings import Settings
from conductdesk.vault.keystore import Keystore
from conductdesk.web.state import Services
from tests.cast import Cast
from tests.conftest import TESTS
from tests.web.command_line import CommandLine, environ_of

MARK = "zz-marked-agent-zz"
PATIENCE = 20.0


@contextmanager
def running(settings: Settings, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command until the test is over; what it says goes to a file."""
    environ = {**environ_of(settings), "PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1"}
    with (settings.data / "said.txt").open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "conductdesk", *words],
            cwd=TESTS.parent,
            env=environ,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)


def answer(address: str, path: str) -> tuple[int, str]:
    """Ask until the server answers."""
    request = urllib.request.Request(address + path, headers={"User-Agent": MARK})  # noqa: S310 - our own server
    end = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(request, timeout=5) as got:  # noqa: S310 - our own server
                return got.status, got.read().decode()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def broken(port: int, chunk: bytes) -> bytes:
    """Send a form whose chunks are no chunks, and return the answer."""
    head = (
        b"POST /wcc/messages/open HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port)) as sender:
        sender.sendall(head + chunk)
        return b"".join(iter(lambda: sender.recv(65536), b""))


def said(settings: Settings) -> str:
    return (settings.data / "said.txt").read_text("utf-8")


def test_the_server_answers_for_both_faces_and_notes_no_visitor(
    cast: Cast, settings: Settings
) -> None:
    cast.db.commit()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with running(settings, "serve", "--port", str(port), "--workers", "1"):
        address = f"http://127.0.0.1:{port}"
        assert answer(address, "/healthz") == (200, '{"status":"ok"}\n')
        assert "Sign in" in answer(address, "/desk/sign-in")[1]
        with socket.create_connection(("127.0.0.1", port)) as rude:
            rude.sendall(b"NONSENSE\r\n\r\n")
            rude.recv(100)
        for chunk in (b"ZZZ\r\n", b"4\r\na=b&XX\r\n"):
            assert broken(port, chunk).startswith(b"HTTP/1.1 400 "), chunk
        assert b"We could not read that" in broken(port, b"ZZZ\r\n")
    words = said(settings)
    assert f"Serving on {address}" in words
    for trace in (MARK, "healthz", "sign-in", "ip="):
        assert trace not in words


def test_the_worker_runs_and_stops_when_told(cast: Cast, settings: Settings) -> None:
    cast.db.commit()
    with running(settings, "worker") as process:
        end = time.monotonic() + PATIENCE
        while last_beat(cast.db) is None and time.monotonic() < end:
            cast.db.rollback()
            time.sleep(0.2)
        assert cast.db.query(WorkerBeat).count() == 1
        cast.db.rollback()
    assert process.returncode == 0
    assert "The worker is running" in said(settings)


def test_a_witness_on_another_machine_cosigns_and_doctor_says_whether_it_does(
    cast: Cast, settings: Settings, keystore: Keystore, database: Database, tmp_path: Path
) -> None:
    cast.db.commit()
    here, folder = CommandLine(environ_of(settings)), ("--folder", str(tmp_path / "witness"))
    elsewhere = CommandLine({})
    key = elsewhere.said("witness", "keygen", "witness.example.net", *folder).split()[-1]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    witnesses = ((f"http://127.0.0.1:{port}", key),)
    here.environ["CONDUCTDESK_WITNESSES"] = " ".join(witnesses[0])
    assert "it was not asked yet" in here.run("doctor").output
    for line in here.said("audit", "keys").splitlines():
        elsewhere.said("witness", "trust", line, *folder)
    sign_checkpoints(database, keystore)
    serve = ("witness", "serve", *folder, "--contact", "Robin Example", "--port", str(port))
    with running(settings, *serve):
        wait_for_port(port)
        ask_witnesses(database, witnesses)
    said_there = elsewhere.said("witness", "show", *folder)
    assert said_there.count("entries, cosigned on") == len(witnessed := log_ids(cast.db))
    assert "wcc" in witnessed
    assert "0 heads contradict what was cosigned; 0 are doubtful" in said_there
    elsewhere.said("witness", "checkpoints", *folder, "--out", str(tmp_path / "kept"))
    (kept,) = (tmp_path / "kept").glob("*-wcc-1-*.checkpoint")
    assert "wcc: VERIFIED (" in here.said("audit", "verify", "--checkpoint", str(kept))
    assert "ok     witness witness.example.net of log wcc" in here.run("doctor").output
    elsewhere.refused("witness", "keygen", "witness.example.net", *folder)


def wait_for_port(port: int) -> None:
    """Wait until somebody listens there."""
    end = time.monotonic() + PATIENCE
    while True:
        with socket.socket() as door:
            if door.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert time.monotonic() < end
        time.sleep(0.1)


def test_each_job_of_the_worker_runs_on_an_empty_installation(
    cast: Cast, services: Services
) -> None:
    cast.db.commit()
    names = [job.name for job in worker_jobs(services)]
    assert len(names) == len(set(names))
    for job in worker_jobs(services):
        job.run()


@pytest.mark.parametrize(
    ("who", "knows"), [("liaison", True), ("outsider", False), ("administrator", False)]
)
def test_mail_about_a_case_goes_to_those_alone_who_may_know_of_it(
    cast: Cast, who: str, knows: bool
) -> None:
    case = cast.received()
    moment = clock.now()
    row = OutboxRow(
        notice="update",
        account_id=cast[who].id,
        case_id=case.id,
        made_at=moment,
        due_at=moment,
    )
    assert may_still_know(cast.db, row) is knows
    row.case_id = None
    assert may_still_know(cast.db, row)

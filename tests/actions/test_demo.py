"""The demo: that its stories leave what a visitor is promised, and that it starts and stops."""

from __future__ import annotations

import json
import os
import signal
import smtplib
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.checkpoints import verifier_key
from conductdesk.audit.models import INSTALLATION, LogEntry
from conductdesk.audit.verify import Status, verify_log
from conductdesk.cases.actions.receiving import case_of_receipt
from conductdesk.cases.models import Case, CaseClock, Message
from conductdesk.cases.queries import visible_cases
from conductdesk.cases.workflow import State
from conductdesk.db import Database
from conductdesk.demo.cast import ADMINISTRATOR, CUSTODIANS, OFFICERS, PASSWORD, SCHEME, person_of
from conductdesk.demo.environment import (
    Place,
    free_port,
    is_loaded,
    keep,
    kept_in,
    new_secrets,
    settings_for,
)
from conductdesk.demo.loading import Loaded, load, parts_of
from conductdesk.demo.others import OTHERS
from conductdesk.demo.schedule import OutOfTimeError, Story, live_through
from conductdesk.demo.sink import mail_sink
from conductdesk.demo.stories import Receipts
from conductdesk.intake.queries import keyring_of
from conductdesk.people.actions import Attempt, SignedIn, sign_in
from conductdesk.people.queries import account_by_email, auditors, names_by_post, viewer_of
from conductdesk.review.controls.trying import try_all
from conductdesk.review.queries.population import Wanted
from conductdesk.schemes.queries import packs_in_force
from conductdesk.settings import load_settings
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.receipts import Receipt
from conductdesk.vault.recovery import combine
from tests.cast import CHEAP

pytestmark = pytest.mark.xdist_group("demo")


@dataclass
class Demo:
    folder: Path
    loaded: Loaded
    receipts: Receipts
    database: Database
    keystore: Keystore


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("demo")
    receipts = Receipts()
    kept = new_secrets(receipts)
    settings = load_settings(settings_for(Place(folder, 8000), folder, kept, free_port()))
    loaded = load(settings, receipts, progress=lambda _month: None, cost=CHEAP)
    keep(folder, kept, "http://localhost:8000", free_port())
    database, keystore = Database(settings.database_url), Keystore(settings.keystore_url)
    yield Demo(folder, loaded, receipts, database, keystore)
    keystore.close()
    database.engine.dispose()


@pytest.fixture
def db(demo: Demo) -> Iterator[Session]:
    with demo.database.reading() as session:
        yield session


def entries(db: Session) -> list[dict[str, object]]:
    rows = db.scalars(select(LogEntry).where(LogEntry.log_id == SCHEME).order_by(LogEntry.idx))
    return [json.loads(row.entry) for row in rows]


def test_there_is_a_case_in_every_state(demo: Demo, db: Session) -> None:
    states = {State(state) for state in db.scalars(select(Case.state))}
    assert states == set(State) - {State.DRAFT, State.DESTROYED}
    assert demo.loaded.destroyed == 1
    assert "case.destroyed" in {entry["type"] for entry in entries(db)}


def test_the_scheme_s_log_has_six_hundred_entries_or_more(demo: Demo, db: Session) -> None:
    assert len(entries(db)) == demo.loaded.entries >= 600


def test_all_five_codes_are_there_and_somebody_holds_every_post(db: Session) -> None:
    packs = packs_in_force(db)
    assert {pack.key for pack in packs} == {SCHEME, *OTHERS}
    for pack in packs:
        held = names_by_post(db, pack.key)
        assert set(held) == set(pack.posts)
        assert all(len(held[office]) > 1 for office in pack.safeguarding[:1])


@pytest.mark.parametrize("log_id", [SCHEME, INSTALLATION, *OTHERS])
def test_the_logs_verify_with_every_row(demo: Demo, db: Session, log_id: str) -> None:
    verdict = verify_log(db, log_id, verifier_key(db, demo.keystore, log_id))
    assert verdict.status is Status.UNANCHORED, verdict.problem


def test_the_log_never_runs_backwards_nor_ahead(db: Session) -> None:
    times = [str(entry["t"]) for entry in entries(db)]
    assert times == sorted(times)
    assert times[-1] <= clock.now().isoformat()


def test_the_control_tests_pass_on_what_the_stories_did(db: Session) -> None:
    auditor = viewer_of(db, auditors(db, SCHEME)[0])
    results = try_all(db, auditor, Wanted(SCHEME))
    assert {key: result.exceptions for key, result in results.items() if result.failed} == {}
    assert {key for key, result in results.items() if not result.tested} == {"measures"}


@pytest.mark.parametrize(
    "event",
    [
        "hold.begun",
        "officer.recused",
        "conflict.found",
        "reporter.withdrew",
        "withdrawal.answered",
        "case.reopened",
        "appeal.lodged",
        "appeal.concluded",
        "reply.recorded",
        "reply.none",
        "override.recorded",
        "referral.answered",
        "measure.reviewed",
        "check_in.answered",
        "treatment.reported",
        "receipt.reissued",
        "identity.revealed",
        "case.read",
        "case.reviewed",
        "reporter.wrote",
        "message.sent",
    ],
)
def test_what_a_visitor_wants_to_see_happened(db: Session, event: str) -> None:
    assert event in {entry["type"] for entry in entries(db)}


def test_some_case_was_asked_to_be_called_and_some_is_overdue(db: Session) -> None:
    late = select(CaseClock).where(
        CaseClock.due_at < clock.now(), CaseClock.met_at.is_(None), CaseClock.dropped_at.is_(None)
    )
    assert db.scalars(select(Case).where(Case.kind == "call_me")).all()
    assert db.scalars(late).all()
    assert db.scalars(select(Case).where(Case.safeguarding_hold_since.is_not(None))).all()


def test_the_liaison_officer_cannot_see_the_case_in_which_she_is_named(db: Session) -> None:
    seen = {}
    for who in ("liaison@wcc.example", "chair@wcc.example"):
        account = account_by_email(db, who)
        assert account
        seen[who] = set(db.scalars(visible_cases(viewer_of(db, account))))

    hidden = seen["chair@wcc.example"] - seen["liaison@wcc.example"]
    assert State.INVESTIGATING in {case.state for case in hidden}


@pytest.mark.parametrize("mode", ["named", "anonymous"])
def test_a_printed_receipt_opens_its_mailbox(demo: Demo, db: Session, mode: str) -> None:
    receipt: Receipt = getattr(demo.receipts, mode)
    case = case_of_receipt(db, receipt)
    assert case
    keys = CaseKeys.load(db, demo.keystore, case.id, keyring_of(db, receipt))
    thread = db.scalars(select(Message).where(Message.case_id == case.id)).all()
    assert case.reporter_mode == mode
    assert {message.from_reporter for message in thread} == {True, False}
    assert all(keys.open(Message.body, message) for message in thread)


def test_everybody_signs_in_with_the_printed_password_and_code(demo: Demo) -> None:
    for person in (ADMINISTRATOR, OFFICERS[0]):
        attempt = Attempt(person.email, PASSWORD, person.code_at(clock.now()))
        with demo.database.writing() as db:
            assert isinstance(sign_in(db, demo.keystore, attempt), SignedIn)
            db.rollback()


def test_two_of_the_printed_parts_open_the_recovery_key(demo: Demo) -> None:
    parts = parts_of(demo.folder)
    assert combine(parts[0].read_text(), parts[2].read_text())
    assert all(part.stat().st_mode & 0o777 == 0o600 for part in parts)


def test_the_secrets_are_kept_for_the_next_start(demo: Demo) -> None:
    assert is_loaded(demo.folder)
    assert kept_in(demo.folder).named == demo.receipts.named
    assert (demo.folder / "settings.env").stat().st_mode & 0o777 == 0o600


def test_every_address_is_invented() -> None:
    assert all(one.email.endswith(".example") for one in (*OFFICERS, *CUSTODIANS))
    assert person_of("Liaison@WCC.example ") == OFFICERS[0]
    assert person_of("nobody@wcc.example") is None


def test_a_story_cannot_act_before_its_last_act() -> None:
    def backwards() -> Story:
        yield datetime(2026, 2, 2, tzinfo=UTC)
        yield datetime(2026, 1, 1, tzinfo=UTC)

    with pytest.raises(OutOfTimeError):
        list(live_through([backwards()], lambda story: next(story, None)))


def test_a_mail_becomes_a_file(tmp_path: Path) -> None:
    port = free_port()
    with mail_sink(tmp_path / "mail", port), smtplib.SMTP("127.0.0.1", port) as server:
        server.sendmail("a@wcc.example", ["b/c@wcc.example"], b"Subject: Hello\r\n\r\nThere\r\n")

    (mail,) = (tmp_path / "mail").iterdir()
    assert b"There" in mail.read_bytes()


def test_it_starts_answers_and_leaves_nothing_running(demo: Demo) -> None:
    port = free_port()
    environ = {**os.environ, "CONDUCTDESK_DATA": str(demo.folder), "PORT": str(port)}
    command = [sys.executable, "-u", "-m", "conductdesk.demo"]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        said = ""
        for line in process.stdout:
            said += line
            if "Stop everything" in line:
                break
        children = children_of(process.pid)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/{SCHEME}/") as answer:
            assert answer.status == 200
        beside = load_settings({"CONDUCTDESK_DATA": str(demo.folder)})
        assert beside.url == f"http://localhost:{port}"
        with smtplib.SMTP(beside.mail_server, beside.mail_port, timeout=5) as mail:
            assert mail.noop()[0] == 250  # the sink of this run
        process.send_signal(signal.SIGINT)
        said += process.stdout.read()
        assert process.wait(30) == 0
    assert PASSWORD in said
    assert demo.receipts.named.code in said
    assert "Nothing keeps running" in said
    assert len(children) >= 2
    assert not [child for child in children if Path(f"/proc/{child}").exists()]
    assert list((demo.folder / "mail").iterdir())


def children_of(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()

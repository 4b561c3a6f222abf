"""`conductdesk doctor`: whether everything that an installation needs is there."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from email.utils import parseaddr

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk import services_for
from conductdesk.audit.checkpoints import signing_problem, verifier_key
from conductdesk.audit.models import WitnessState
from conductdesk.audit.queries import log_ids
from conductdesk.audit.verify import Status, verify_log
from conductdesk.audit.witnessing import addresses
from conductdesk.cases.queries import waiting_for_recovery
from conductdesk.cli.check_result import CheckResult
from conductdesk.cli.faults import in_words
from conductdesk.cli.machine import check_files, check_mail_server, check_time
from conductdesk.cli.opening import refuse_where_missing
from conductdesk.notices.complaints import complaints
from conductdesk.notices.queries import mail_health
from conductdesk.participants.manifest import unaccounted_rows
from conductdesk.participants.queries import registers
from conductdesk.people.queries import (
    administrators,
    custodians,
    invited_administrators,
    names_by_post,
)
from conductdesk.schema import is_current
from conductdesk.schemes.queries import packs_in_force
from conductdesk.schemes.staffing import gaps
from conductdesk.settings import load_settings
from conductdesk.vault.principals import check_published
from conductdesk.vault.queries import recovery_key
from conductdesk.vault.renewal import waiting_for_recovery_key
from conductdesk.vault.scanning import MalwareFound, NotScanned, scanner_at
from conductdesk.web.state import Services

FEWEST_CUSTODIANS = 3
NO_PROXY = (
    "set CONDUCTDESK_PROXIES to how many stand in front, usually 1; `serve` speaks no TLS itself"
)
NO_ANSWER = (
    "it gives no good answer, so no file is taken from anybody; start clamd and look into its "
    "log, or unset CLAMAV_SOCKET"
)


@click.command("doctor")
@click.pass_context
def command(ctx: click.Context) -> None:
    """Check everything; each line is `ok`, or says what to do. Exits with 1 if anything is wrong."""
    results = list(examine())
    for result in results:
        click.echo(result.line())
    if any(result.remedy for result in results):
        ctx.exit(1)


def examine() -> Iterator[CheckResult]:
    """Yield every result; where nothing further can be looked at, it ends."""
    try:
        services = services_for(load_settings(os.environ))
    except Exception as error:
        yield CheckResult("settings", _words(error))
        return
    yield from _settings(services)
    for what, check in CHECKS:
        try:
            yield from check(services)
        except Exception as error:
            yield CheckResult(what, _words(error))
            return


def _words(error: Exception) -> str:
    words = in_words(error)
    if words is None:
        raise error
    return words


def _settings(services: Services) -> Iterator[CheckResult]:
    settings = services.settings
    yield CheckResult("settings")
    if not settings.production and not settings.demo:
        yield CheckResult("production", "set CONDUCTDESK_PRODUCTION=yes once people use it")
    if settings.production and not settings.proxies:
        yield CheckResult("proxy", NO_PROXY)
    if "@" not in parseaddr(settings.mail_sender)[1]:
        yield CheckResult("sender of mail", "set MAIL_SENDER to an e-mail address")


def _database(services: Services) -> Iterator[CheckResult]:
    refuse_where_missing(services.settings)
    current = is_current(services.database.engine)
    yield CheckResult(
        "database", "" if current else "it has an older form; run: conductdesk upgrade"
    )


def _keys(services: Services) -> Iterator[CheckResult]:
    services.keystore.pepper()
    yield CheckResult("keystore")
    with services.database.reading() as db:
        in_force = recovery_key(db)
        for key in in_force:
            check_published(key, services.keystore)
            yield CheckResult(f"recovery key {key.fingerprint}", unknown=_followers(db))
        if not in_force:
            yield CheckResult("recovery key", "there is none; run: conductdesk init")
        yield _administrators(len(administrators(db)), len(invited_administrators(db)))
        yield _enough(
            "custodians", len(custodians(db)), FEWEST_CUSTODIANS, "people add --custodian"
        )


def _followers(db: Session) -> str:
    count = len(waiting_for_recovery_key(db))
    if not count:
        return ""
    what = "1 case or register waits" if count == 1 else f"{count} cases and registers wait"
    return f"{what} for it until a holder signs in; keep the parts of the old key until then"


def _administrators(active: int, invited: int) -> CheckResult:
    what = f"administrators: {active} active" + (f", {invited} invited" if invited else "")
    if active:
        return CheckResult(what)
    if invited:
        return CheckResult(
            f"{what}; next, they open their activation link and set up their account"
        )
    return CheckResult(
        "administrators",
        "none is active or invited; use: conductdesk people reset EMAIL --print, for a new link, "
        "or: conductdesk people add EMAIL NAME --administrator",
    )


def _enough(what: str, count: int, fewest: int, remedy: str) -> CheckResult:
    lacking = f"there are {count}, and {fewest} are needed; use: conductdesk {remedy}"
    return CheckResult(what, "" if count >= fewest else lacking)


def _mail(services: Services) -> Iterator[CheckResult]:
    with services.database.reading() as db:
        health = mail_health(db)
    for what, wrong in complaints(health).items():
        yield CheckResult(what, wrong)
    yield from check_mail_server(services)


def _virus_scan(services: Services) -> Iterator[CheckResult]:
    scanner = scanner_at(services.settings.scanner)
    if scanner is None:
        yield CheckResult("virus scan, not in use (CLAMAV_SOCKET)")
        return
    try:
        scanner.scan([b"conductdesk doctor"])
        yield CheckResult(f"virus scan at {scanner.address}")
    except (NotScanned, MalwareFound):
        yield CheckResult(f"virus scan at {scanner.address}", NO_ANSWER)


def _offices(services: Services) -> Iterator[CheckResult]:
    with services.database.reading() as db:
        packs = packs_in_force(db)
        if not packs:
            yield CheckResult("schemes", "none is in force; run: conductdesk schemes load FILE")
        for pack in packs:
            lacking = gaps(pack, names_by_post(db, pack.key))
            yield CheckResult(f"offices of {pack.key}", " ".join(lacking))


def _recovery(services: Services) -> Iterator[CheckResult]:
    with services.database.reading() as db:
        count = len(waiting_for_recovery(db))
    remedy = "two custodians open them; see which: conductdesk recovery waiting"
    yield CheckResult(f"cases that wait for a recovery: {count}", remedy if count else "")


def _logs(services: Services) -> Iterator[CheckResult]:
    with services.database.reading() as db:
        keys = {name: verifier_key(db, services.keystore, name) for name in log_ids(db)}
        problems = {name: signing_problem(db, services.keystore, name) for name in keys}
    for name, key in keys.items():
        with services.database.reading() as db:
            verdict = verify_log(db, name, key)
        failed = verdict.problem if verdict.status is Status.FAILED else None
        yield CheckResult(f"log {name}, {verdict.size} entries", failed or problems[name] or "")


def _witnesses(services: Services) -> Iterator[CheckResult]:
    with services.database.reading() as db:
        states = {
            (state.witness, state.log_id): state for state in db.scalars(select(WitnessState))
        }
        names = log_ids(db)
    for witness in addresses(services.settings.witnesses):
        for name in names:
            state = states.get((witness.name, name))
            lacking = "it was not asked yet; look again when the worker has run"
            problem = lacking if state is None else state.problem or ""
            yield CheckResult(f"witness {witness.name} of log {name}", problem)


def _registers(services: Services) -> Iterator[CheckResult]:
    with services.database.reading() as db:
        for register in registers(db):
            faults = unaccounted_rows(db, register)
            count = "1 row" if len(faults) == 1 else f"{len(faults)} rows"
            lacking = f"the log does not account for {count}, such as {faults[0]}" if faults else ""
            yield CheckResult(f"register of {register.scheme}", lacking)


CHECKS: tuple[tuple[str, Callable[[Services], Iterator[CheckResult]]], ...] = (
    ("database", _database),
    ("keystore", _keys),
    ("files", check_files),
    ("clock", check_time),
    ("mail", _mail),
    ("virus scan", _virus_scan),
    ("offices", _offices),
    ("recovery", _recovery),
    ("logs", _logs),
    ("witnesses", _witnesses),
    ("registers", _registers),
)
"""In the order in which each needs the ones before."""

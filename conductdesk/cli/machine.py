"""What `conductdesk doctor` asks of the machine: its clock, its files, its way to the mail server."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cli.check_result import CheckResult
from conductdesk.cli.sqlite_files import file_of
from conductdesk.notices.mail import knock, named
from conductdesk.settings import SETTINGS_FILE, Settings
from conductdesk.web.state import Services

WORST_SKEW = timedelta(seconds=30)
"""One step of a one-time code."""
NOW = {"sqlite": "SELECT strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now')"}
NOW_ELSEWHERE = "SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"+00:00\"')"
SAYS = 5
"""Seconds to wait for what the machine says of its clock."""
NOT_SET = (
    "nothing sets this machine’s clock, and one-time codes and deadlines need it; run: timedatectl "
    "set-ntp true (where it says that NTP is not supported, install systemd-timesyncd or chrony)"
)
NOBODY_KNOWS = "this machine does not say whether its clock is set by NTP; compare `date -u` with another clock"
OTHERS = 0o077
ENTER = 0o011


def check_time(services: Services) -> Iterator[CheckResult]:
    """Ask whether the clock is set, and whether the database’s is the same."""
    with services.database.reading() as db:
        yield skew_result(clock.now() - _database_time(db))
    yield ntp_result(_ntp())


def skew_result(skew: timedelta) -> CheckResult:
    """Return the line about the difference between the two clocks."""
    wrong = f"it differs by {abs(skew).total_seconds():.0f} seconds; set both by NTP"
    return CheckResult("clock of the database", wrong if abs(skew) > WORST_SKEW else "")


def ntp_result(said: str) -> CheckResult:
    """Return the line about what the kernel *said* when asked whether NTP sets its clock."""
    if said == "yes":
        return CheckResult("clock")
    return (
        CheckResult("clock", NOT_SET)
        if said == "no"
        else CheckResult("clock", unknown=NOBODY_KNOWS)
    )


def check_files(services: Services) -> Iterator[CheckResult]:
    """Look for files of ours that other users of the machine may read."""
    settings = services.settings
    ours = (file_of(settings.database_url), file_of(settings.keystore_url))
    found = [file for file in (*ours, settings.data / SETTINGS_FILE) if file and _is_open(file)]
    for file in found:
        yield CheckResult(
            f"{file}", f"other users of this machine may read it; run: chmod 600 {file}*"
        )
    if not found:
        yield CheckResult("files, for their owner alone")


def check_mail_server(services: Services) -> Iterator[CheckResult]:
    """Connect to the mail server as for a mail, and send none."""
    settings = services.settings
    what = f"mail server {settings.mail_server}:{settings.mail_port}"
    try:
        knock(settings)
        yield CheckResult(what)
    except (OSError, ValueError) as error:  # a name that can be none is a ValueError
        yield CheckResult(what, f"it cannot be used ({named(error)}); {_mail_remedy(settings)}")


def _mail_remedy(settings: Settings) -> str:
    encrypted = "MAIL_TLS" if settings.mail_tls else "MAIL_TLS (which is off)"
    return f"check MAIL_SERVER, MAIL_PORT, {encrypted}, MAIL_USERNAME and MAIL_PASSWORD"


def _database_time(db: Session) -> datetime:
    query = NOW.get(db.get_bind().dialect.name, NOW_ELSEWHERE)
    return datetime.fromisoformat(db.scalar(text(query)) or "")


def _ntp() -> str:
    """Return `yes`, `no`, or nothing where the machine has nobody who knows."""
    program = shutil.which("timedatectl")
    if program is None:
        return ""
    command = [program, "show", "--property=NTPSynchronized", "--value"]
    try:
        asked = subprocess.run(  # noqa: S603 - a program of the system, with fixed arguments
            command, capture_output=True, text=True, timeout=SAYS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return asked.stdout.strip()


def _is_open(file: Path) -> bool:
    """Say whether somebody else may read *file*, whose folder they may enter."""
    if not file.is_file():
        return False
    return bool(file.stat().st_mode & OTHERS and file.parent.stat().st_mode & ENTER)

"""`conductdesk doctor`: what it says of the machine, of the mail and of forgotten settings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from conductdesk import clock
from conductdesk.cli.machine import ntp_result, skew_result
from conductdesk.notices.models import OutboxRow
from tests.cast import Cast
from tests.web.command_line import CommandLine


def test_mail_that_fails_is_said_with_its_error_although_it_is_not_due(
    new_line: Callable[..., CommandLine], cast: Cast
) -> None:
    moment = clock.now()
    cast.db.add(
        OutboxRow(
            notice="update",
            account_id=cast["liaison"].id,
            made_at=moment,
            due_at=moment + timedelta(hours=2),
            attempts=3,
            last_error="gaierror",
        )
    )
    cast.db.commit()
    said = new_line(MAIL_PORT="1").refused("doctor")
    assert "TO DO  mail waiting: 1 e-mail could not be sent yet: gaierror." in said
    assert "TO DO  mail server 127.0.0.1:1: it cannot be used (ConnectionRefusedError)" in said
    assert "ok     mail delivered" in said


def test_files_that_others_may_read_are_named(line: CommandLine, cast: Cast) -> None:
    cast.db.commit()
    keystore = Path(line.environ["KEYSTORE_URL"].removeprefix("sqlite:///"))
    keystore.chmod(0o640)
    assert "ok     files" in line.refused("doctor")  # the folder lets nobody in
    keystore.parent.chmod(0o755)
    assert f"TO DO  {keystore}: other users of this machine may read it" in line.refused("doctor")


def test_production_without_a_proxy_is_said(
    new_line: Callable[..., CommandLine], cast: Cast
) -> None:
    cast.db.commit()
    production = {"CONDUCTDESK_PRODUCTION": "yes", "CONDUCTDESK_URL": "https://c.example.org"}
    assert "TO DO  proxy: set CONDUCTDESK_PROXIES" in new_line(**production).refused("doctor")
    assert "proxy" not in new_line(**production, CONDUCTDESK_PROXIES="1").refused("doctor")


def test_a_clock_is_well_only_if_the_kernel_says_that_it_is_set() -> None:
    assert ntp_result("yes").line() == "ok     clock"
    assert "TO DO  clock: nothing sets" in ntp_result("no").line()
    unknown = ntp_result("")
    assert "LOOK   clock" in unknown.line()
    assert "date -u" in unknown.line()
    assert unknown.remedy == ""


def test_a_clock_that_is_days_wrong_is_said_in_full() -> None:
    assert "172810 seconds" in skew_result(-timedelta(days=2, seconds=10)).line()
    assert skew_result(timedelta(seconds=29)).remedy == ""

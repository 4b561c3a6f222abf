"""People on the command line: added, listed, given offices, reset."""

from __future__ import annotations

import pytest

from conductdesk.notices.models import OutboxRow
from conductdesk.people.models import Account, AccountState
from conductdesk.people.queries import account_by_email
from tests.cast import Cast
from tests.web.command_line import CommandLine


def test_people_are_added_listed_and_given_offices(line: CommandLine, cast: Cast) -> None:
    cast.db.commit()
    assert "/desk/activate/" in line.said("people", "add", "n@cast.example", "Nora", "--print")
    assert "/desk/activate/" not in line.said("people", "add", "m@cast.example", "Mo")
    line.said("people", "add", "c@cast.example", "Cus", "--custodian")
    line.said("people", "office", "outsider@cast.example", "wcc", "committee", "--place", "2")
    listed = line.said("people", "list")
    assert "n@cast.example\tNora\tinvited\t-" in listed
    assert "c@cast.example\tCus\tactive\tcustodian" in listed
    assert "wcc/committee" in _row(listed, "outsider@cast.example")
    line.said("people", "office", "outsider@cast.example", "wcc", "committee", "--end")
    line.said("people", "auditor", "outsider@cast.example", "wcc")
    assert "wcc/auditor" in _row(line.said("people", "list"), "outsider@cast.example")
    line.said("people", "auditor", "outsider@cast.example", "wcc", "--end")
    assert cast.db.query(OutboxRow).filter_by(notice="activation").count() == 1


def test_a_reset_by_the_command_line_ends_the_sign_in(line: CommandLine, cast: Cast) -> None:
    cast.db.commit()
    assert "/desk/activate/" in line.said("people", "reset", "liaison@cast.example", "--print")
    cast.db.expire_all()
    account: Account | None = account_by_email(cast.db, "liaison@cast.example")
    assert account is not None
    assert account.state == AccountState.INVITED


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["add", "nonsense", "N"], "name@example.org"),
        (["add", "n@cast.example", "N", "--administrator", "--custodian"], "never signs in"),
        (["add", "liaison@cast.example", "N"], "has an account already"),
        (["office", "x@cast.example", "wcc", "chair"], "Nobody has an account"),
        (["office", "outsider@cast.example", "abc", "chair"], "no scheme"),
        (["office", "outsider@cast.example", "wcc", "emperor"], "There are: liaison"),
        (["office", "outsider@cast.example", "wcc", "chair", "--end"], "does not hold"),
        (["auditor", "outsider@cast.example", "wcc", "--end"], "does not audit"),
        (["auditor", "chair@cast.example", "wcc"], "cannot hold its offices"),
    ],
)
def test_what_cannot_be_done_about_people_is_refused(
    line: CommandLine, cast: Cast, words: list[str], said: str
) -> None:
    cast.db.commit()
    assert said in line.refused("people", *words)


def _row(listed: str, email: str) -> str:
    return next(row for row in listed.splitlines() if row.startswith(email))

"""What whoever starts the demo gets to read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from conductdesk.demo.cast import CODE_LASTS, CUSTODIANS, PASSWORD, WHO_SIGN_IN, Person
from conductdesk.demo.environment import Kept, Place
from conductdesk.demo.loading import Loaded, parts_of
from conductdesk.vault.receipts import Receipt

RULE = "─" * 92


def loaded_words(loaded: Loaded, folder: Path, seconds: float) -> str:
    """Return what was made, after loading."""
    return "\n".join(
        [
            f"Made in {seconds:.0f} seconds: {loaded.cases} cases and the tombstone of "
            f"{loaded.destroyed} that was destroyed,",
            f"{loaded.entries} entries in the scheme’s log. It lies in {folder}",
            "The recovery key’s three parts lie there too, which they never do outside a demo:",
            *(f"  {path}" for path in parts_of(folder)),
        ]
    )


def welcome(place: Place, kept: Kept, moment: datetime) -> str:
    """Return everything that one needs to look around."""
    return "\n".join(
        [
            RULE,
            "ConductDesk: this is a DEMO. Everybody in it is invented, and its passwords are known.",
            "Never tell it anything that is real.",
            RULE,
            f"  For whoever is worried   {place.url}/",
            f"  The desk                 {place.url}/desk/",
            f"  The mail that is sent    {place.folder / 'mail'}",
            "",
            f"  Everybody’s password     {PASSWORD}",
            f"  A code is good for one sign-in; these for {left_of(moment)} seconds more. The next:",
            "                           .venv/bin/python -m conductdesk.demo code liaison@wcc.example",
            "",
            *_people(moment),
            "",
            *_receipt("Receipt, given by name; the case is being investigated", kept.named),
            *_receipt("Receipt, anonymous; the handler has answered", kept.anonymous),
            "",
            f"  Verify the logs          {verify_command(place.folder)}",
            "",
            "Safari keeps no secure cookie without TLS: use Firefox, Chrome or another one.",
            "Stop everything with Ctrl-C. `make demo` starts again where this stops.",
            f"To begin anew, delete {place.folder}",
            RULE,
        ]
    )


def verify_command(folder: Path) -> str:
    """Return how to verify the logs of this demo, also while it runs."""
    return f"CONDUCTDESK_DATA={folder} .venv/bin/conductdesk audit verify"


def code_words(person: Person, moment: datetime) -> str:
    """Return a person's present code, and for how long."""
    return f"{person.code_at(moment)}  ({left_of(moment)} seconds)  {person.email}"


def left_of(moment: datetime) -> int:
    """Return for how many seconds the code of *moment* is shown."""
    return CODE_LASTS - int(moment.timestamp()) % CODE_LASTS


def _people(moment: datetime) -> Iterator[str]:
    yield f"  {'':36}{'E-mail':28}{'Name':24}Code"
    for one in WHO_SIGN_IN:
        yield f"  {one.what:36}{one.email:28}{one.name:24}{one.code_at(moment)}"
    yield f"  The custodians never sign in: {', '.join(one.name for one in CUSTODIANS)}."


def _receipt(what: str, receipt: Receipt) -> Iterator[str]:
    yield f"  {what}:"
    yield f"    {receipt.code}"
    yield f"    {' '.join(receipt.words)}"

"""What the public application asks of this capability: the words around a page, and who visits."""

from __future__ import annotations

from flask import request, url_for

from conductdesk.cases.actions.receiving import case_id_of_receipt
from conductdesk.intake.views.blueprint import known_pack
from conductdesk.intake.views.draft import shown_receipt
from conductdesk.policy import NOBODY, Viewer
from conductdesk.schemes.pack import Pack
from conductdesk.web.state import looking, settings
from conductdesk.web.surroundings import HelpLine, Link, Surroundings

FOOTER = (
    ("Your rights", "intake.rights"),
    ("Stay safe online", "intake.safety"),
    ("Privacy", "intake.privacy"),
    ("Accessibility", "intake.accessibility"),
    ("Our code of conduct", "intake.code"),
    ("Check a proof", "intake.proof_page"),
)


def load_reporter() -> Viewer:
    """Return who visits: a reporter when a receipt was shown that still opens a case."""
    receipt = shown_receipt()
    if receipt is None:
        return NOBODY
    # Only looked up: a file that arrives slowly must not hold the write lock.
    case_id = case_id_of_receipt(looking(), receipt)
    return Viewer(pseudonym="reporter", name="The reporter", reporter_of=case_id)


def public_surroundings() -> Surroundings:
    """Return the words and links around a public page."""
    pack = known_pack(str((request.view_args or {}).get("scheme", "")))
    if pack is None:
        return Surroundings(settings().service_name, url_for("intake.schemes"))
    return Surroundings(
        label=pack.name,
        home=url_for("intake.landing", scheme=pack.key),
        exit=url_for("intake.leave", scheme=pack.key),
        help=_help_lines(pack),
        footer=tuple(Link(text, url_for(page, scheme=pack.key)) for text, page in FOOTER),
    )


def _help_lines(pack: Pack) -> tuple[HelpLine, ...]:
    return tuple(
        HelpLine(
            f"{line.who}: call" if line.number.startswith("999") else f"{line.who},",
            line.number,
            f". {line.words}",
        )
        for line in pack.wording.help_lines
    )

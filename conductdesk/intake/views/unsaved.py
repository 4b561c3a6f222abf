"""Nothing goes without a word: what a step would take away, and what came too late to be kept."""

from __future__ import annotations

from typing import NamedTuple

from flask import Response, url_for

from conductdesk.intake.views.draft import draft_of, drafted, exchanged, sent_to, unsaved
from conductdesk.schemes.pack import Pack
from conductdesk.vault.receipts import Receipt
from conductdesk.web.giving_back import typed_words
from conductdesk.web.page import page


class AtStake(NamedTuple):
    """Something that lies in this browser's session alone, and the page on which it is saved."""

    what: str
    link: str
    address: str


def at_stake(*, but: Receipt | None = None) -> list[AtStake]:
    """Return what is lost when the session ends; *but* is a receipt that was just typed."""
    return [*_receipts(but), *_drafts()]


def form_ended(pack: Pack) -> Response:
    """Say that there is no form any more to which the answer belongs, and give back the words."""
    return page(
        "intake/ended.html",
        status=422,
        pack=pack,
        words=typed_words(),
        sent=sent_to(pack.key) is not None,
        begun=draft_of(pack.key) is not None,
    )


def _receipts(but: Receipt | None) -> list[AtStake]:
    schemes = dict.fromkeys(sent.scheme for sent in unsaved() if sent.receipt != but)
    pages = [url_for("intake.receipt", scheme=scheme) for scheme in schemes]
    new = exchanged()
    if new is not None and new[1] != but:
        pages.append(url_for("intake.exchanged_receipt", scheme=new[0]))
    return [AtStake("A receipt that you have not saved.", "Show the receipt", one) for one in pages]


def _drafts() -> list[AtStake]:
    pages = [url_for("intake.start", scheme=scheme) for scheme in drafted()]
    return [AtStake("Answers that you have not sent.", "Go on with them", one) for one in pages]

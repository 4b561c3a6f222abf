"""Checking a proof, for whoever brings one; and the proofs that a reporter can take away."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, abort

from conductdesk.audit.checking import CheckedProof, check_signatures, look_for, proof_checker
from conductdesk.audit.checkpoints import SigningStopped, proof_for, verifier_key
from conductdesk.audit.queries import entries_of_case, newest_of_case
from conductdesk.audit.witnessing import addresses
from conductdesk.cases.rules import FEEDBACK_EVENTS
from conductdesk.intake.forms.proof import BringForm
from conductdesk.intake.views.blueprint import bp, pack_or_404
from conductdesk.intake.views.mailbox import messages, my_case
from conductdesk.policy import Permission
from conductdesk.refusal import Refused
from conductdesk.schemes.pack import Pack
from conductdesk.web.gate import gate, without_token
from conductdesk.web.limits import allow
from conductdesk.web.page import download, page
from conductdesk.web.refusing import or_show
from conductdesk.web.state import db, keystore, looking, settings

TRIES = 300
"""How many proofs all visitors together may have checked in each window; it spares the server."""
TRIES_OF_ONE_HEAD = 30
"""How many of them may be proofs of one and the same head of the log."""
TRY_AGAIN_AFTER = timedelta(minutes=10)
TOO_MANY = "Too many proofs were checked just now. Try again in 10 minutes."

LATER = "The proof cannot be made just now. What you told us is safe. Try again tomorrow."


@bp.get("/<scheme>/proof")
@gate(Permission.VISIT)
def proof_page(scheme: str) -> Response:
    return _proof_page(pack_or_404(scheme), BringForm(formdata=None))


@bp.get("/<scheme>/proof/program")
@gate(Permission.VISIT)
def proof_program(scheme: str) -> Response:
    """Hand out the program that checks a proof offline."""
    pack_or_404(scheme)
    return download(proof_checker(), "proof.py", "text/x-python")


@bp.post("/<scheme>/proof")
@without_token
@gate(Permission.VISIT)
def check_brought(scheme: str) -> Response:
    """Say whether the proof is ours, and whether the log of now contains what it shows."""
    pack, form = pack_or_404(scheme), BringForm()
    if not form.validate():
        return _proof_page(pack, form, status=422)
    witnesses = [witness.key for witness in addresses(settings().witnesses)]
    try:
        brought = check_signatures(looking(), keystore(), pack.log_id, form.brought, witnesses)
    except Refused as error:
        form.proof.errors = [str(error)]
        return _proof_page(pack, form, status=422)
    if brought.checkpoint is not None and not _may_look(pack.log_id, brought.size):
        form.proof.errors = [TOO_MANY]
        return _proof_page(pack, form, status=429)
    return _proof_page(pack, form, checked=look_for(looking(), brought))


@bp.post("/<scheme>/messages/proof/received")
@gate(Permission.CORRESPOND)
@or_show(messages)
def proof_received(scheme: str) -> Response:
    """Let the reporter keep a proof that their concern is on record."""
    case, _keys = my_case(scheme)
    first = entries_of_case(db(), case.scheme, case.pseudonym, limit=1)[0]
    return _proof_of(case.scheme, first.idx)


@bp.post("/<scheme>/messages/proof/told")
@gate(Permission.CORRESPOND)
@or_show(messages)
def proof_told(scheme: str) -> Response:
    """Let the reporter keep a proof that they were told how it went."""
    case, _keys = my_case(scheme)
    told = newest_of_case(db(), case.scheme, case.pseudonym, FEEDBACK_EVENTS)
    if told is None:
        abort(404)
    return _proof_of(case.scheme, told.idx)


def _may_look(log_id: str, size: int) -> bool:
    """Count a look into the log, which is what costs: what we did not sign costs nobody a try.

    First by the head that was signed, so that whoever has one proof cannot use up the tries of all.
    """
    one_head = allow(
        db(), f"proof:{log_id}:{size}", limit=TRIES_OF_ONE_HEAD, window=TRY_AGAIN_AFTER
    )
    return one_head and allow(db(), "proof", limit=TRIES, window=TRY_AGAIN_AFTER)


def _proof_of(log_id: str, idx: int) -> Response:
    try:
        proof = proof_for(db(), keystore(), log_id, idx, "receipt")
    except SigningStopped as error:
        raise Refused(LATER) from error
    db().commit()
    return download(proof.encode(), "proof.txt", "application/octet-stream")


def _proof_page(
    pack: Pack, form: BringForm, *, checked: CheckedProof | None = None, status: int = 200
) -> Response:
    key = verifier_key(looking(), keystore(), pack.log_id)
    return page("intake/proof.html", status=status, pack=pack, form=form, checked=checked, key=key)

"""What the reporter agreed to have shared, and taking it back, in the mailbox."""

from __future__ import annotations

from uuid import UUID

from flask import Response, url_for

from conductdesk.cases.actions.consenting import take_back_consent
from conductdesk.cases.faces.consents import consents_of
from conductdesk.intake.views.blueprint import bp, pack_or_404
from conductdesk.intake.views.mailbox import my_case
from conductdesk.policy import Permission
from conductdesk.web.form import PageForm
from conductdesk.web.gate import gate
from conductdesk.web.page import page, see_other
from conductdesk.web.refusing import or_show
from conductdesk.web.state import db


@bp.get("/<scheme>/messages/consents")
@gate(Permission.CORRESPOND)
def consents(scheme: str, refusal: str = "", form: PageForm | None = None) -> Response:
    """Show what may be shared, and what was taken back."""
    del form  # nothing is typed here
    pack, (case, keys) = pack_or_404(scheme), my_case(scheme)
    return page(
        "intake/consents.html",
        pack=pack,
        consents=consents_of(db(), case, keys) or (),
        refusal=refusal,
        back_url=url_for("intake.messages", scheme=scheme),
    )


@bp.post("/<scheme>/messages/consents/<uuid:consent_id>/end")
@gate(Permission.CORRESPOND)
@or_show(lambda scheme, consent_id, **shown: consents(scheme, **shown))
def consent_taken_back(scheme: str, consent_id: UUID) -> Response:
    """Take a consent back."""
    case, keys = my_case(scheme)
    take_back_consent(db(), case, keys, consent_id=consent_id)
    db().commit()
    return see_other("intake.consents", scheme=scheme)

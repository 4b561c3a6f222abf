"""The page that a mentor can show their mentee, and the picture that leads to it."""

from __future__ import annotations

import io

import segno
from flask import Response, url_for

from conductdesk.intake.readers import readers_in_general
from conductdesk.intake.rights import rights_of
from conductdesk.intake.views.blueprint import bp, pack_or_404
from conductdesk.policy import Permission
from conductdesk.web.gate import gate
from conductdesk.web.page import page
from conductdesk.web.state import settings

SCALE = 5
"""Pixels of one module of the picture."""


@bp.get("/<scheme>/rights")
@gate(Permission.VISIT)
def rights(scheme: str) -> Response:
    """Show rights, steps, who receives and how long it takes."""
    pack = pack_or_404(scheme)
    return page(
        "intake/rights.html",
        pack=pack,
        rights=rights_of(pack),
        people=readers_in_general(pack),
        address=_address(scheme),
    )


@bp.get("/<scheme>/rights.svg")
@gate(Permission.VISIT)
def rights_picture(scheme: str) -> Response:
    """Answer with the QR code of the page's own address."""
    pack_or_404(scheme)
    picture = io.BytesIO()
    segno.make(_address(scheme), error="m", micro=False).save(
        picture, kind="svg", scale=SCALE, light="#fff", dark="#000", nl=False
    )
    return Response(picture.getvalue(), mimetype="image/svg+xml")


def _address(scheme: str) -> str:
    return settings().url.rstrip("/") + url_for("intake.rights", scheme=scheme)

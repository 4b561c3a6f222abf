"""A form during whose arrival the same browser does something else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conductdesk.web.state import Services
from tests.web.slow_body import SlowBody
from tests.web.visitor import SITE, Visitor


class OverlappingBody(SlowBody):
    """The body of a request whose session was loaded before *meanwhile* happens."""

    meanwhile: Callable[[], object] | None = None

    def readinto(self, buffer: Any, /) -> int:
        act, self.meanwhile = self.meanwhile, None
        if act is not None:
            act()
        return super().readinto(buffer)


def overlapping(
    services: Services, values: dict[str, Any], meanwhile: Callable[[], object]
) -> dict[str, Any]:
    """Return what a test client sends a form with, while *meanwhile* happens."""
    body = OverlappingBody.holding(values, services.database)
    assert isinstance(body, OverlappingBody)
    body.meanwhile = meanwhile
    return {"base_url": SITE, **body.as_request()}


def twin_of(visitor: Visitor) -> Visitor:
    """Return another page of the same browser."""
    twin = Visitor(visitor.client.application)
    twin.client.set_cookie(
        "__Host-cd_public", visitor.cookie() or "", domain="localhost", secure=True
    )
    twin.token = visitor.token
    return twin

"""The headers of every response, whatever its status (HD-01 to HD-12)."""

from __future__ import annotations

import secrets

from flask import Flask, Response, g, request

from conductdesk.settings import Settings

CONTENT_POLICY = (
    "default-src 'none'",
    "script-src 'nonce-{nonce}'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
)
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "accelerometer=(), autoplay=(), camera=(), display-capture=(), geolocation=(), "
        "gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()"
    ),
}
TRANSPORT = "max-age=31536000; includeSubDomains"
FOREVER = "public, max-age=31536000, immutable"


def csp_nonce() -> str:
    """Return the nonce of this response's scripts: 128 random bits."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


def allow_indexing() -> None:
    """Let search engines find this page; all others tell them not to."""
    g.indexed = True


def forget_everything(response: Response) -> Response:
    """Make the browser drop what it kept of the site, except cookies: those end one by one.

    `"cookies"` would also sign the officer out who opened the public face in the same browser.
    """
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def install_headers(app: Flask, settings: Settings) -> None:
    """Put the headers on every response of *app*."""
    policy = "; ".join(
        (*CONTENT_POLICY, *(("upgrade-insecure-requests",) if settings.production else ()))
    )

    def add(response: Response) -> Response:
        headers = response.headers
        headers.update(FIXED)
        headers.setdefault("Content-Security-Policy", policy.format(nonce=csp_nonce()))
        headers["Cache-Control"] = FOREVER if _is_asset(response) else "no-store"
        # In production whether or not we are told of the TLS in front: CONDUCTDESK_PROXIES may be
        # forgotten, and browsers take no notice of the header over plain HTTP (RFC 6797 §8.1).
        if settings.production or request.is_secure:
            headers["Strict-Transport-Security"] = TRANSPORT
        if not g.get("indexed", False):
            headers["X-Robots-Tag"] = "noindex, noarchive"
        return response

    app.after_request(add)


def _is_asset(response: Response) -> bool:
    return request.endpoint == "static" and response.status_code in (200, 206, 304)

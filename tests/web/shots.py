"""Hostile requests: what a form, an address or a header can hold that nobody should send."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote_from_bytes, urlencode

from tests.web.robot import FormSeen, Pairs, well_filled

ODD = "\x00\x01\x07\x1b[31m\u202e\u2066\u200bا\ufdd0\U000fffff👩🏽‍🚀{{7*7}}<script>'\";--\r\n%00../"
"""NUL, controls, both directions, what no standard assigns, emoji, and other people's syntax."""

NOT_UTF8 = b"\xff\xfe\xc0\x80\xed\xa0\x80\xf8"
LONGER_THAN_A_FIELD = "a" * 1_100_000
MANY_DIGITS = "9" * 5_000
BEYOND_64_BITS = str(10**30)
NOBODY = "00000000-0000-4000-8000-000000000000"

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=xyz"


@dataclass(frozen=True)
class Shot:
    """One request's body, and how it says that it is to be read."""

    name: str
    body: bytes
    content_type: str = URLENCODED
    headers: dict[str, str] = field(default_factory=dict)


def shots_at(form: FormSeen, token: str) -> Iterator[Shot]:
    """Yield every hostile way to send *form*."""
    yield from (
        _plain("nothing", [], token),
        _plain("blanks", [(name, "") for name in form.names], token),
        _plain("odd signs everywhere", [(name, ODD) for name in form.names], token),
        _plain("odd signs in the texts", well_filled(form, lambda _name: ODD), token),
        _plain("a wrong version", _forged(form, "version", BEYOND_64_BITS), token),
        _plain("many digits", [(name, MANY_DIGITS) for name in form.names], token),
        _plain("ids of nobody", [(name, NOBODY) for name in form.names], token),
        _plain("below zero", [(name, "-1") for name in form.names], token),
        _plain("everything twice", well_filled(form, str) + well_filled(form, ascii), token),
        Shot("no UTF-8", _token(token) + _raw(form), URLENCODED),
        Shot("a file in place of a text", _as_files(form, token), MULTIPART),
        Shot("JSON", b'{"text": [1, {"a": null}]}', "application/json", {"X-CSRFToken": token}),
        Shot("a form without its end", b"--xyz\r\nContent-Disp", MULTIPART, {"X-CSRFToken": token}),
        Shot("a form without a boundary", b"x", "multipart/form-data", {"X-CSRFToken": token}),
        _plain("a thousand fields", [(f"text_{n}", "a") for n in range(1_000)], token),
    )


def huge(form: FormSeen, token: str) -> Shot:
    """Return the form with more than a megabyte in its first text."""
    texts = [name for name, seen in form.fields.items() if seen.kind in ("text", "textarea")]
    return _plain("a megabyte", [((texts or ["text"])[0], LONGER_THAN_A_FIELD)], token)


def large(form: FormSeen, token: str) -> Shot:
    """Return the form with as much in each text as a request may just hold."""
    texts = [name for name, seen in form.fields.items() if seen.kind in ("text", "textarea")]
    each = "é" * (150_000 // max(len(texts), 1))
    return _plain("large texts", well_filled(form, lambda _name: each), token)


QUERIES = (
    "?before=999999999999999999999999999999&page=-1",
    "?before=-999999999999999999999999999999",
    "?before=1&before=x&after=x",
    "?show=%00&scheme=%00&state=%00&clock=%ff&after=%00",
    "?show=open&after=MjAyNi0wMS0wMXwwMDAwMDAwMDAwMDA0MDAwODAwMDAwMDAwMDAwMDAwMA==",
    "?after=MDAwMS0wMS0wMVQwMDowMDowMCsyMzowMHwwMDAwMDAwMDAwMDA0MDAwODAwMDAwMDAwMDAwMDAwMA==",
    "?back=/%09/[&done=%00&because=%f0%9f%a6%8a&scheme=nobody",
    "?closed_from=1&closed_from=2&closed_from=99999&closed_to=0&closed_to=0&closed_to=0",
    "?scheme=" + "a" * 20_000,
)
"""Hostile queries; the two marks of a page are moments without a zone, and before the year 1."""

HEADERS: tuple[dict[str, str], ...] = (
    {"Origin": "http://["},
    {"Origin": "\u00ff"},
    {"Origin": "https://elsewhere.example"},
    {"Sec-Fetch-Site": "cross-site"},
    {"HX-Request": "true", "HX-Current-URL": "http://[", "HX-Target": "\u00ff"},
    {"HX-Request": "true; x=%00", "HX-History-Restore-Request": "maybe"},
    {"Content-Length": "-1"},
    {"Cookie": "__Host-cd_public=\u00ff; __Host-cd_desk=====; __Host-cd_unlock=a"},
    {"Accept-Language": "\u00ff", "Range": "bytes=9-1", "If-None-Match": "\u00ff"},
)


def _plain(name: str, pairs: Pairs, token: str) -> Shot:
    kept = [(key, value) for key, value in pairs if key != "csrf_token"]
    return Shot(name, urlencode([("csrf_token", token), *kept]).encode())


def _forged(form: FormSeen, name: str, value: str) -> Pairs:
    return well_filled(form, lambda key: f"Something about {key}", {name: value})


def _token(token: str) -> bytes:
    return urlencode([("csrf_token", token)]).encode()


def _raw(form: FormSeen) -> bytes:
    sent = quote_from_bytes(NOT_UTF8).encode()
    return b"".join(b"&" + name.encode() + b"=" + sent + NOT_UTF8 for name in form.names)


def _as_files(form: FormSeen, token: str) -> bytes:
    parts = [
        ("csrf_token", "", token),
        *((name, 'filename="a\x01.txt"', "x") for name in form.names),
    ]
    return b"".join(_part(*part) for part in parts) + b"--xyz--\r\n"


def _part(name: str, more: str, text: str) -> bytes:
    disposition = f'form-data; name="{name}"' + (f"; {more}" if more else "")
    return f"--xyz\r\nContent-Disposition: {disposition}\r\n\r\n{text}\r\n".encode()

"""How values read on a page: days, moments, sizes, and plain text as paragraphs."""

from __future__ import annotations

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import Flask
from markupsafe import Markup, escape

HERE = ZoneInfo("Europe/London")
"""The zone in which people read the time; the database keeps UTC."""

THOUSAND = 1000


def day(value: date) -> str:
    """Return “Thursday 5 November 2026”."""
    local = _local(value)
    return f"{local:%A} {local.day} {local:%B %Y}"


def short_day(value: date) -> str:
    """Return “Thu 5 Nov”."""
    local = _local(value)
    return f"{local:%a} {local.day} {local:%b}"


def hour(value: datetime) -> str:
    """Return “4:12pm”."""
    local = value.astimezone(HERE)
    return f"{local.hour % 12 or 12}:{local:%M}{'am' if local.hour < 12 else 'pm'}"


def moment(value: datetime) -> str:
    """Return “Tuesday 10 November 2026 at 4:12pm”."""
    return f"{day(value)} at {hour(value)}"


def iso(value: date) -> str:
    """Return “2026-11-05”, for a machine."""
    return f"{_local(value):%Y-%m-%d}"


def paragraphs(text: str) -> Markup:
    """Return plain *text* as paragraphs; a single line break stays one, and a long word breaks."""
    paragraph = Markup('<p class="govuk-body govuk-!-text-break-word">{}</p>')
    blocks = [block.strip("\n") for block in text.replace("\r\n", "\n").split("\n\n")]
    return Markup("").join(paragraph.format(_lines(block)) for block in blocks if block)


def slug(text: str) -> str:
    """Return *text* as an id: lower-case letters and digits, joined by hyphens."""
    return "-".join(re.findall(r"[a-z0-9]+", text.lower()))


def size(length: int) -> str:
    """Return a number of bytes as “340 KB” or “2.4 MB”."""
    if length < THOUSAND:
        return f"{length} bytes"
    if length < THOUSAND**2:
        return f"{length / THOUSAND:.0f} KB"
    return f"{length / THOUSAND**2:.1f} MB"


def install_words(app: Flask) -> None:
    """Make the functions above filters of the templates of *app*."""
    for words in (day, short_day, hour, moment, iso, paragraphs, size, slug):
        app.jinja_env.filters[words.__name__] = words


def _lines(block: str) -> Markup:
    return Markup("<br>").join(escape(line) for line in block.split("\n"))


def _local(value: date) -> date:
    return value.astimezone(HERE) if isinstance(value, datetime) else value

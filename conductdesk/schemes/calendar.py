"""When a clock runs out: calendar months, and working days that know the nation's holidays."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from conductdesk.schemes.pack import Span, Unit

ZONE = ZoneInfo("Europe/London")
SATURDAY = 5


def due(start: datetime, span: Span, nation: str) -> datetime:
    """Return the last moment of the day on which *span*, counted from *start*, runs out.

    The day of *start* itself does not count. A month ends on the same day of the later month, or
    on its last day where that does not exist (`WB-05`: 30 November and 3 months is 28 February).
    """
    day = start.astimezone(ZONE).date()
    return datetime.combine(last_day(day, span, nation), time(23, 59, 59), ZONE).astimezone(UTC)


def local_day(moment: datetime) -> date:
    """Return the day that *moment* falls on for the people who read it."""
    return moment.astimezone(ZONE).date()


def day_in_words(day: date) -> str:
    """Return a day as a person writes it, such as `4 December 2026`."""
    return f"{day.day} {day:%B %Y}"


def iso_day(moment: datetime | None) -> str | None:
    """Return the day of *moment* as an entry of the log has it, such as `2026-12-04`."""
    return None if moment is None else local_day(moment).isoformat()


def last_day(day: date, span: Span, nation: str) -> date:
    """Return the day on which *span*, begun on *day*, runs out."""
    if span.unit is Unit.DAYS:
        return day + timedelta(days=span.amount)
    if span.unit is Unit.MONTHS:
        return _add_months(day, span.amount)
    if span.unit is Unit.YEARS:
        return _add_months(day, 12 * span.amount)
    left = span.amount
    while left:
        day += timedelta(days=1)
        left -= is_working_day(day, nation)
    return day


def _add_months(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def is_working_day(day: date, nation: str) -> bool:
    """Answer whether *day* is neither at a week-end nor a public holiday of *nation*."""
    return day.weekday() < SATURDAY and day not in _holidays(nation, day.year)


@lru_cache(maxsize=64)
def _holidays(nation: str, year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("GB", subdiv=nation, years=year))

"""Days as people give them, and moments as the database keeps them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from conductdesk import clock
from conductdesk.refusal import Refused
from conductdesk.schemes.calendar import ZONE, day_in_words, local_day


def noon_of(day: date) -> datetime:
    """Return the moment that stands for *day* where the hour was not recorded."""
    return datetime.combine(day, time(12), ZONE).astimezone(UTC)


def end_of(day: date) -> datetime:
    """Return the last moment of *day*, when something that is due on it is due."""
    return datetime.combine(day, time(23, 59, 59), ZONE).astimezone(UTC)


def in_words(moment: datetime) -> str:
    """Return the day of *moment* as a refusal names it, such as `4 December 2026`."""
    return day_in_words(local_day(moment))


def hours_in_words(minutes: int) -> str:
    """Return a number of hours as a person writes it: `7`, or `7.5`."""
    return f"{minutes / 60:.2f}".rstrip("0").rstrip(".")


def today() -> date:
    """Return the day that it is for the people who read it."""
    return local_day(clock.now())


def refuse_future(day: date) -> None:
    """Refuse a day on which something cannot have happened yet."""
    if day > today():
        raise Refused("This day has not come yet. Give the day on which it happened.")


def refuse_past(day: date) -> None:
    """Refuse a day by which nothing can be done any more."""
    if day < today():
        raise Refused("This day is over. Give a day by which it can still be done.")

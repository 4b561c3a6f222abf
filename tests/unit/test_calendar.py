"""Clocks run out on the right day: calendar months, working days, the nation's holidays."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from conductdesk.schemes.calendar import due, is_working_day, local_day
from conductdesk.schemes.pack import Span, Unit


def day_due(start: date, span: Span, nation: str = "ENG") -> date:
    """Return the day on which a clock started at noon runs out."""
    return local_day(
        due(datetime(start.year, start.month, start.day, 12, tzinfo=UTC), span, nation)
    )


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 8, 15), 3, date(2026, 11, 15)),
    ],
)
def test_a_month_is_a_calendar_month_wb_05(start: date, months: int, end: date) -> None:
    assert day_due(start, Span(months, Unit.MONTHS)) == end


def test_seven_days_from_a_monday_end_on_the_next_monday_wb_02() -> None:
    assert day_due(date(2026, 11, 23), Span(7, Unit.DAYS)) == date(2026, 11, 30)


def test_one_working_day_over_a_bank_holiday_week_end_sg_08() -> None:
    good_friday_eve = date(2026, 4, 2)
    assert day_due(good_friday_eve, Span(1, Unit.WORKING_DAYS)) == date(2026, 4, 7)


def test_easter_monday_is_a_working_day_in_scotland_alone() -> None:
    assert not is_working_day(date(2026, 4, 6), "ENG")
    assert is_working_day(date(2026, 4, 6), "SCT")


def test_a_clock_runs_to_the_end_of_its_last_day_where_people_live() -> None:
    ends = due(datetime(2026, 6, 1, 12, tzinfo=UTC), Span(1, Unit.DAYS), "ENG")
    assert ends == datetime(2026, 6, 2, 22, 59, 59, tzinfo=UTC)


def test_a_concern_sent_just_before_midnight_in_summer_counts_from_the_local_day() -> None:
    late = datetime(2026, 6, 1, 23, 30, tzinfo=UTC)
    assert local_day(due(late, Span(1, Unit.DAYS), "ENG")) == date(2026, 6, 3)

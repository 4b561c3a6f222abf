"""Stories that happen side by side: each act at its moment, in the order of time.

A story is a generator. It yields the moment of its next act, and is resumed when that moment has
come; so the log, which all stories share, never runs backwards.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import TypeAlias

from conductdesk import clock

Story: TypeAlias = Iterator[datetime]
Act: TypeAlias = Callable[[Story], datetime | None]


class OutOfTimeError(Exception):
    """A story wants to act before its last act, or after the present."""


def live_through(stories: Iterable[Story], act: Act) -> Iterator[datetime]:
    """Run every act of all stories, the earliest first; yield each moment when it is over.

    *act* resumes a story and returns the moment of its next act, or None at its end.
    """
    latest = clock.now()
    waiting = [
        (moment, place, story)
        for place, story in enumerate(stories)
        if (moment := next(story, None)) is not None
    ]
    heapq.heapify(waiting)
    while waiting:
        moment, place, story = heapq.heappop(waiting)
        with clock.at(moment):
            following = act(story)
        if following is not None:
            if not moment <= following <= latest:
                raise OutOfTimeError(f"story {place} wants to go from {moment} to {following}")
            heapq.heappush(waiting, (following, place, story))
        yield moment

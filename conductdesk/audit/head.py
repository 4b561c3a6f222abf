"""Where a log ends, and whether the clock was put back since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from conductdesk import clock

SET_BACK = timedelta(seconds=300)
"""How far the clock may stand before the last entry without a word: servers differ a little."""


@dataclass(frozen=True)
class Head:
    """Where a log ends, as it was read."""

    log_id: str
    origin: str
    size: int
    frontier: tuple[bytes, ...]
    newest: datetime | None
    """The newest moment that entries carry since the clock was last put back, in whole seconds."""
    restored: bool

    def set_back(self) -> int:
        """Return by how many seconds the clock was put back, if by so many that the log says so."""
        late = timedelta() if self.newest is None else self.newest - this_second()
        return int(late.total_seconds()) if late > SET_BACK else 0

    def next_index(self) -> int:
        """Return the index of the next entry, behind one that says that the clock was put back."""
        return self.size + (self.set_back() > 0)


def this_second() -> datetime:
    """Return the moment that an entry written now carries."""
    return clock.now().replace(microsecond=0)

"""How long to wait between attempts to mail, and how long to keep what was mailed; pure."""

from __future__ import annotations

from datetime import timedelta

BACK_OFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
)
"""How long to wait after the first, second … failure; after the eighth nobody tries again."""

MOST_ATTEMPTS = len(BACK_OFF) + 1

LEASE = timedelta(minutes=5)
"""How long a worker may hold a claimed row before another takes it for crashed."""

DAILY = timedelta(hours=23)
"""How long after checkpoints were mailed the next may be; a little less, so that no day is missed."""

KEPT_AFTER_SENDING = timedelta(days=30)


def wait_after(attempts: int) -> timedelta | None:
    """Return how long to wait after *attempts* failures; None means: give up."""
    return BACK_OFF[attempts - 1] if attempts <= len(BACK_OFF) else None

"""What is wrong with the mail, in sentences: for `doctor` and for the administrator's page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from conductdesk import clock
from conductdesk.notices.queries import MailHealth
from conductdesk.notices.rules import LEASE

NO_WORKER = "No worker is running, so no e-mail goes out. Start it: conductdesk worker"
CHECK_SERVER = "Check MAIL_SERVER and the other settings of mail: conductdesk doctor connects to it"


def complaints(health: MailHealth) -> Mapping[str, str]:
    """Return a sentence for each thing that was looked at; an empty one means that it is well."""
    return {
        "worker": NO_WORKER if _late(health.worker_seen) else "",
        "mail waiting": _waiting(health),
        "mail delivered": _lost(health.given_up),
        "jobs": _crashed(health.troubled_jobs),
    }


def _waiting(health: MailHealth) -> str:
    if health.failing:
        return (
            f"{_mails(health.failing)} could not be sent yet: {health.last_failure}. "
            f"It is tried again for about two days. {CHECK_SERVER}."
        )
    if health.oldest_due is not None and _late(health.oldest_due):
        return (
            f"{_mails(health.waiting)} wait longer than they should, the oldest since "
            f"{health.oldest_due:%d %B %H:%M} UTC. Check the worker."
        )
    return ""


def _lost(given_up: int) -> str:
    if not given_up:
        return ""
    return f"{_mails(given_up)} could not be delivered, and nobody tries any more. See People."


def _crashed(jobs: tuple[str, ...]) -> str:
    return f"These jobs crash: {', '.join(jobs)}. The worker’s log says where." if jobs else ""


def _late(moment: datetime | None) -> bool:
    return moment is None or moment < clock.now() - LEASE


def _mails(count: int) -> str:
    return "1 e-mail" if count == 1 else f"{count} e-mails"

"""The logs that an auditor may check, and what the checks of this sign-in found."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from flask import session

from conductdesk.cases.models import Case
from conductdesk.cases.queries import reviewable_cases
from conductdesk.review.queries.checking import LogCheck, newest_checkpoint
from conductdesk.schemes.queries import packs_in_force
from conductdesk.web.gate import viewer
from conductdesk.web.state import db

CHECKS = "log_checks"
"""Where the session keeps what the checks of this sign-in found."""


def log_shown(scheme: str) -> dict[str, object]:
    """Return what the panel says about the log of *scheme*."""
    scheme = chosen_scheme(scheme)
    return {
        "scheme": scheme,
        "name": schemes_audited().get(scheme, scheme),
        "check": checks_kept().get(scheme),
        "checkpoint": newest_checkpoint(db(), scheme),
    }


def schemes_audited() -> dict[str, str]:
    """Return the schemes that the viewer audits, with their names."""
    names = {pack.key: pack.name for pack in packs_in_force(db())}
    return {key: names.get(key, key) for key in sorted(viewer().audits)}


def schemes_with_cases_first() -> dict[str, str]:
    """Return the schemes that the viewer audits; those with something to review come first."""
    schemes = schemes_audited()
    full = db().scalars(reviewable_cases(viewer()).with_only_columns(Case.scheme).distinct()).all()
    return {key: schemes[key] for key in sorted(schemes, key=lambda one: (one not in full, one))}


def chosen_scheme(scheme: str | None) -> str:
    """Return *scheme* where the viewer audits it, or else the first that has something to review."""
    return scheme if scheme in viewer().audits else next(iter(schemes_with_cases_first()))


def keep_check(found: LogCheck) -> None:
    # A session holds no moments.
    kept = {**asdict(found), "at": found.at.isoformat()}
    session[CHECKS] = {**session.get(CHECKS, {}), found.scheme: kept}


def checks_kept() -> dict[str, LogCheck]:
    return {
        scheme: LogCheck(**{**kept, "at": datetime.fromisoformat(kept["at"])})
        for scheme, kept in session.get(CHECKS, {}).items()
    }

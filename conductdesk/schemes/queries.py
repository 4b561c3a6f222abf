"""Read the schemes of this installation."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from conductdesk.schemes.models import SchemeVersion
from conductdesk.schemes.pack import Pack
from conductdesk.schemes.reading import read_stored


def pack_in_force(db: Session, scheme: str) -> Pack | None:
    """Return the newest pack of *scheme*, or None where there is no such scheme."""
    source = db.connection().scalar(_NEWEST_SOURCE, {"scheme": scheme})
    return _parsed(source) if source else None


_NEWEST_SOURCE = (
    select(SchemeVersion.source)
    .where(SchemeVersion.scheme == bindparam("scheme"))
    .order_by(SchemeVersion.version.desc())
    .limit(1)
)


def pack_version(db: Session, scheme: str, version: int) -> Pack:
    """Return the pack of *scheme* under which a case began."""
    found = db.scalars(
        select(SchemeVersion).where(
            SchemeVersion.scheme == scheme, SchemeVersion.version == version
        )
    ).one()
    return _parsed(found.source)


def packs_in_force(db: Session) -> list[Pack]:
    """Return the newest pack of every scheme, by key."""
    newest = (
        select(SchemeVersion.scheme, func.max(SchemeVersion.version).label("version"))
        .group_by(SchemeVersion.scheme)
        .subquery()
    )
    found = db.scalars(
        select(SchemeVersion)
        .join(
            newest,
            (SchemeVersion.scheme == newest.c.scheme) & (SchemeVersion.version == newest.c.version),
        )
        .order_by(SchemeVersion.scheme)
    )
    return [_parsed(version.source) for version in found]


@lru_cache(maxsize=64)
def _parsed(source: str) -> Pack:
    return read_stored(source, "scheme_version")

"""Load a scheme pack."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.record import Event, append, create_log, lock_head
from conductdesk.refusal import Refused
from conductdesk.schemes.models import SchemeVersion
from conductdesk.schemes.pack import Pack
from conductdesk.schemes.queries import pack_in_force
from conductdesk.schemes.reading import Check, read_pack


def load_scheme(
    db: Session, source: str, *, file_name: str, actor: str, host: str, kernel: Check
) -> Pack:
    """Put the pack in *source* in force, and open the scheme's log if it has none.

    Raises `PackError` with every mistake of the pack, and `Refused` where its version is not newer
    than the one in force. Two who load at once wait for each other at the scheme's log.
    """
    pack = read_pack(source, file_name, kernel)
    if pack_in_force(db, pack.key) is None:
        _begin_log(db, pack, host)
    else:
        lock_head(db, pack.log_id)
    present = pack_in_force(db, pack.key)
    if present is not None and pack.version <= present.version:
        raise Refused(
            f"Version {present.version} of {pack.key} is in force. Give the new pack a higher one."
        )
    db.add(
        SchemeVersion(scheme=pack.key, version=pack.version, source=source, loaded_at=clock.now())
    )
    loaded = Event(type="scheme.loaded", actor=actor, pub={"version": pack.version})
    append(db, pack.log_id, [loaded])
    return pack


def _begin_log(db: Session, pack: Pack, host: str) -> None:
    try:
        create_log(db, pack.log_id, f"{host}/{pack.key}/1")
    except IntegrityError as error:
        raise Refused(
            f"Somebody else has put {pack.key} in force just now. Look at it first."
        ) from error

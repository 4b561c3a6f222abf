"""Load a scheme pack."""

from __future__ import annotations

from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.record import Event, append, create_log
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
    than the one in force.
    """
    pack = read_pack(source, file_name, kernel)
    present = pack_in_force(db, pack.key)
    if present is None:
        create_log(db, pack.log_id, f"{host}/{pack.key}/1")
    elif pack.version <= present.version:
        raise Refused(
            f"Version {present.version} of {pack.key} is in force. Give the new pack a higher one."
        )
    db.add(
        SchemeVersion(scheme=pack.key, version=pack.version, source=source, loaded_at=clock.now())
    )
    loaded = Event(type="scheme.loaded", actor=actor, pub={"version": pack.version})
    append(db, pack.log_id, [loaded])
    return pack

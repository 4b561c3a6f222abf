"""`python -m bench.participants`: import 50,000 participants, again and changed; time and memory.

Every person is invented. Takes about a minute, in a temporary folder, in this one process.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from bench.house import House, house
from bench.memory import KIB_IN_MB, kib
from bench.table import Row, at_most, shown
from conductdesk.demo.cast import SCHEME
from conductdesk.demo.world import World
from conductdesk.participants.actions.beginning import begin_register
from conductdesk.participants.actions.drawing_up import DrawnImport, draw_up_import, preview_import
from conductdesk.participants.actions.importing import take_in_import
from conductdesk.participants.actions.uploading import (
    Upload,
    drop_upload,
    keep_upload,
    need_upload,
    sheet_of,
)
from conductdesk.participants.index import index_facts
from conductdesk.participants.manifest import unaccounted_rows
from conductdesk.participants.models import Register
from conductdesk.participants.plan import Plan
from conductdesk.participants.queries import keys_of_register, open_people, register_of
from conductdesk.vault.cleaning import FILE_LIMIT
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.streams import FileSealer

ROWS = 50_000
OFFICER = "liaison"
HEADINGS = "ref,name,role,email,organisation,age_band,code_version,accepted_on\n"
FIRST = ("Ada", "Bo", "Cy", "Dee", "Eno", "Fay", "Gil", "Hal", "Ivy", "Jo", "Kit", "Lou")
SYLLABLES = ("ash", "bel", "cor", "dun", "elm", "fen", "gar", "hol", "ing", "kel", "lor", "mar")

Result = TypeVar("Result")


def main() -> None:
    """Measure, and print a table."""
    with house() as built:
        rows = list(measured(built))
    print(shown(rows))


def measured(built: House) -> Iterator[Row]:
    """Yield the times of each step, then the peak of memory."""
    world = built.world
    _begin(world)
    _forget_peak()
    before = _peak()
    yield Row("memory before (RSS)", f"{before:,.0f} MB")
    for what, changed in (("first import", 0), ("the same file again", 0), ("1 in 10 changed", 10)):
        yield from _import(world, what, changed)
    took, found = _timed(lambda: _count_people(world))
    yield Row(f"open all {ROWS:,}, and find {found:,} by name", f"{took:,.1f} s")
    yield Row("a name looked up at intake", f"{_look_up(world) * 1000:,.2f} ms")
    took, faults = _timed(lambda: _faults(world))
    yield Row(f"check every row against the log ({faults} faults)", f"{took:,.1f} s")
    yield Row("memory at the end (peak RSS)", f"{_peak():,.0f} MB")
    yield at_most("memory that all of it added to the peak", _peak() - before, 250, "MB")


def _begin(world: World) -> None:
    with world.database.writing() as db:
        begin_register(db, world.keystore, pack=world.pack, actor=_Hands(world, db).viewer)
        db.commit()


class _Hands:
    """The register in the hands of one officer."""

    def __init__(self, world: World, db: Session) -> None:
        self.world, self.db = world, db
        world._db = db  # noqa: SLF001 - a measurement acts outside the stories
        self.viewer = world.viewer(OFFICER)

    @property
    def register(self) -> Register:
        found = register_of(self.db, SCHEME)
        if found is None:
            raise LookupError(SCHEME)
        return found

    @property
    def keys(self) -> CaseKeys:
        keyring = self.world.members[OFFICER].keyring
        return keys_of_register(self.db, self.world.keystore, self.register, keyring)

    def upload(self, upload_id: UUID) -> Upload:
        return need_upload(
            self.db, self.register, self.keys, actor=self.viewer, upload_id=upload_id
        )


def _import(world: World, what: str, changed: int) -> Iterator[Row]:
    took, upload_id = _timed(lambda: _upload(world, changed))
    yield Row(f"{what}: upload, sealed", f"{took:,.1f} s")
    took, plan = _timed(lambda: _preview(world, upload_id))
    counts = f"{plan.added:,} new, {plan.changed:,} changed, {plan.unchanged:,} as they were"
    yield Row(f"{what}: preview ({counts})", f"{took:,.1f} s")
    if plan.changes_something:
        took, drawn = _timed(lambda: _draw_up(world, upload_id))
        yield Row(f"{what}: sealed, without a lock", f"{took:,.1f} s")
        took, _nothing = _timed(lambda: _take_in(world, upload_id, drawn))
        yield at_most(f"{what}: written, under the lock", took, 8, "s")
    with world.database.writing() as db:
        drop_upload(db, upload_id)
        db.commit()


def _upload(world: World, changed: int) -> UUID:
    file = FileSealer(FILE_LIMIT)
    for line in _lines(changed):
        file.write(line.encode())
    with world.database.writing() as db:
        here = _Hands(world, db)
        about = {"pack": world.pack, "actor": here.viewer}
        kept = keep_upload(db, here.register, here.keys, file=file, **about)  # type: ignore[arg-type]  # two values by name
        db.commit()
    file.close()
    return kept


def _preview(world: World, upload_id: UUID) -> Plan:
    with world.database.reading() as db:
        here = _Hands(world, db)
        sheet = sheet_of(db, here.upload(upload_id))
        return preview_import(
            db, here.register, here.keys, pack=world.pack, actor=here.viewer, sheet=sheet
        )


def _draw_up(world: World, upload_id: UUID) -> DrawnImport:
    with world.database.reading() as db:
        here = _Hands(world, db)
        return draw_up_import(
            db,
            here.register,
            here.keys,
            pack=world.pack,
            actor=here.viewer,
            sheet=sheet_of(db, here.upload(upload_id)),
            progress=lambda _rows: None,
        )


def _take_in(world: World, upload_id: UUID, drawn: DrawnImport) -> None:
    with world.database.writing() as db:
        here = _Hands(world, db)
        take_in_import(
            db,
            here.register,
            here.keys,
            pack=world.pack,
            actor=here.viewer,
            drawn=drawn,
            sha256=here.upload(upload_id).sha256,
        )
        db.commit()


def _count_people(world: World) -> int:
    with world.database.reading() as db:
        here = _Hands(world, db)
        found = open_people(db, here.keys, here.register)
        return sum(1 for _id, person in found if "ash" in person.name)


def _look_up(world: World) -> float:
    with world.database.reading() as db:
        took, _facts = _timed(
            lambda: [index_facts(db, world.keystore, SCHEME, ["Ada Ashbel"]) for _one in range(100)]
        )
    return took / 100


def _faults(world: World) -> int:
    with world.database.reading() as db:
        return len(unaccounted_rows(db, _Hands(world, db).register))


def _lines(changed: int) -> Iterator[str]:
    yield HEADINGS
    drawn = random.Random(50)
    for number in range(ROWS):
        family = "".join(drawn.choice(SYLLABLES) for _one in range(4)).capitalize()
        name = f"{drawn.choice(FIRST)} {family}"
        role = "mentor" if number % 2 else "mentee"
        age = drawn.choice(("18+", "under 18", ""))
        organisation = "moved" if changed and number % changed == 0 else f"org-{number % 40}"
        email = f"person{number}@members.example"
        yield f"M-{number},{name},{role},{email},{organisation},{age},2024,2026-01-01\n"


def _timed(act: Callable[[], Result]) -> tuple[float, Result]:
    began = time.perf_counter()
    result = act()
    return time.perf_counter() - began, result


def _forget_peak() -> None:
    """Let the kernel count the peak anew: the founding hashed passwords, 64 MiB each."""
    Path("/proc/self/clear_refs").write_text("5")


def _peak() -> float:
    return kib("self", "status", "VmHWM:") * KIB_IN_MB


if __name__ == "__main__":
    main()

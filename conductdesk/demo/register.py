"""How the scheme of the demo came to its register of participants: a file, a triad, and a tie."""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID

from conductdesk.demo.cast import SCHEME
from conductdesk.demo.schedule import Story
from conductdesk.demo.world import BEGAN, World
from conductdesk.participants.actions.beginning import begin_register
from conductdesk.participants.actions.drawing_up import draw_up_import
from conductdesk.participants.actions.grouping import begin_group
from conductdesk.participants.actions.importing import take_in_import
from conductdesk.participants.actions.tying import tie
from conductdesk.participants.kept import Kept, kept_by
from conductdesk.participants.queries import open_people
from conductdesk.participants.rules import Bond, Group, GroupKind, TieKind
from conductdesk.participants.spreadsheet import read_sheet

KEEPER = "liaison"
TOGETHER = ("M-011", "M-012", "M-013")
TIED_TO_THE_CHAIR = "M-014"
FILE = """ref,name,role,organisation,age_band,code_version,accepted_on
M-001,Thaddeus Wetherby,mentor,Larkfield Trust,18+,2024,2024-09-02
M-002,Georgette Millhaven,mentor,Larkfield Trust,18+,2024,2024-09-02
M-003,Roderick Plumtree,mentor,Hollow Lane Centre,18+,2024,2024-09-05
M-004,Tabitha Quickthorn,mentee,Hollow Lane Centre,18+,2024,2024-09-05
M-005,Ottilie Brambleworth,mentee,,18+,,
M-011,Persephone Whitlock,co-mentor,Larkfield Trust,18+,2024,2024-09-09
M-012,Balthazar Nettlecombe,co-mentor,Larkfield Trust,18+,2024,2024-09-09
M-013,Cordelia Thornapple,co-mentor,Hollow Lane Centre,18+,2024,2024-09-10
M-014,Ignatius Underhollow,mentor,Hollow Lane Centre,18+,2024,2024-09-10
M-015,Florence Appledore,mentee,,under 18,2024,2024-09-12
"""
"""Invented people. None of those who are in a case is under age or tied to an officer."""


def registering(world: World) -> Story:
    """Tell how the liaison officer began the register, and what she put into it."""
    yield world.days_ago(BEGAN - 4, "14:00")
    begin_register(world.db, world.keystore, pack=world.pack, actor=world.viewer(KEEPER))
    yield world.days_ago(BEGAN - 4, "14:20")
    _import_file(world)
    yield world.days_ago(BEGAN - 4, "14:30")
    _put_together(world)
    yield world.days_ago(BEGAN - 4, "14:35")
    _tie_to_the_chair(world)


def _import_file(world: World) -> None:
    kept, actor = _kept(world), world.viewer(KEEPER)
    drawn = draw_up_import(
        world.db,
        kept.register,
        kept.keys,
        pack=kept.pack,
        actor=actor,
        sheet=read_sheet([FILE.encode()]),
        progress=lambda _rows: None,
    )
    take_in_import(
        world.db,
        kept.register,
        kept.keys,
        pack=kept.pack,
        actor=actor,
        drawn=drawn,
        sha256=sha256(FILE.encode()).hexdigest(),
    )


def _put_together(world: World) -> None:
    kept, ids = _kept(world), _ids(world)
    begin_group(
        world.db,
        kept.register,
        kept.keys,
        pack=kept.pack,
        actor=world.viewer(KEEPER),
        group=Group(GroupKind.TRIAD, "T-1"),
        members=[ids[ref] for ref in TOGETHER],
        since=None,
    )


def _tie_to_the_chair(world: World) -> None:
    kept, chair = _kept(world), world.members["chair"].account_id
    bond = Bond(_ids(world)[TIED_TO_THE_CHAIR], TieKind.FAMILY, account_id=chair)
    actor = world.viewer(KEEPER)
    tie(world.db, kept.register, kept.keys, pack=kept.pack, actor=actor, bond=bond)


def _ids(world: World) -> dict[str, UUID]:
    kept = _kept(world)
    return {person.ref: one for one, person in open_people(world.db, kept.keys, kept.register)}


def _kept(world: World) -> Kept:
    keyring, viewer = world.members[KEEPER].keyring, world.viewer(KEEPER)
    kept = kept_by(world.db, world.keystore, world.pack, viewer, keyring)
    if kept is None:
        raise LookupError(SCHEME)
    return kept

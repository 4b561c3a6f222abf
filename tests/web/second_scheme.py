"""A second scheme in the same installation: a copy of the first under another key, other people."""

from __future__ import annotations

from collections.abc import Mapping

from conductdesk.cases.packs import kernel_problems
from conductdesk.people.actions.offices import appoint_auditor, give_office
from conductdesk.schemes.actions import load_scheme
from tests.cast import HOST, Cast, _join
from tests.unit.packs import changed

KEY = "quill"
NAME = "Quillfeather"
PEOPLE: Mapping[str, tuple[str, str]] = {
    "liaison": ("liaison", "Araminta Vexley"),
    "chair": ("chair", "Bartholomew Ickworth"),
    "lead": ("safeguarding", "Clementine Oxbarrow"),
    "deputy": ("safeguarding", "Dunstan Pellworth"),
    "investigator": ("committee", "Evadne Quarles"),
    "decision_maker": ("committee", "Fitzroy Ravensdale"),
    "appeal_body": ("committee", "Griselda Stainmore"),
    "outside": ("outside", "Hezekiah Trundle"),
}
AUDITOR = "Isadora Umberleigh"
WORDS = (NAME, KEY, *(name for _office, name in PEOPLE.values()), AUDITOR)
"""Words that stand nowhere but in this scheme."""


def second_scheme(cast: Cast) -> Cast:
    """Load the second scheme into the installation of *cast*, and return its people."""
    pack = load_scheme(
        cast.db,
        changed(('key = "wcc"', f'key = "{KEY}"')).replace("WCC UK", NAME),
        file_name="quill.toml",
        actor="system",
        host=HOST,
        kernel=kernel_problems,
    )
    other = Cast(cast.db, cast.keystore, pack, cast.recovery)
    for who, (office, name) in PEOPLE.items():
        member = _join(cast.db, cast.keystore, f"q_{who}", name)
        give_office(cast.db, member.account, scheme=KEY, office=office, actor="system")
        other.members[who] = member
    other.members["auditor"] = _join(cast.db, cast.keystore, "q_auditor", AUDITOR)
    appoint_auditor(cast.db, other["auditor"].account, scheme=KEY, actor="system")
    cast.db.commit()
    return other

"""What `schemes check` says of ten broken packs.

The run leaves the packs and the output in `build/packs-broken`; to see it again:
`conductdesk schemes check build/packs-broken/*.toml`.
"""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from conductdesk.cli import main
from tests.unit.broken_packs import BROKEN

LEFT = Path(__file__).parents[2] / "build" / "packs-broken"

EXPECTED = {
    "01-unknown-office": ["routing.chain", "offices.chair.reports_to"],
    "02-unknown-clause": ["wording.limit_clause", "confidentiality.law.clause"],
    "03-unknown-move": ["left_out", "stricter.decide.office", "stricter.approve"],
    "04-no-way-to-closed": ["left_out"],
    "05-nobody-left": ["routing.safeguarding", "routing.chain"],
    "06-kernel-relaxed": ["left_out", "child_age", "wording.limit"],
    "07-clocks": [
        "clocks.triage",
        "clocks.feedback",
        "clocks.acknowledge",
        "clocks.reply",
        "clocks.repairing",
    ],
    "08-two-clauses-with-one-number": ["clauses"],
    "09-questions-for-nothing": ["questions.orientation.used_for", "questions.met_online.used_for"],
    "10-badly-written": [
        "participants",
        "participant",
        "nation",
        "clauses[1].from",
        "clocks.letters",
        "confidentiality.law.told",
        "decision.members",
        "decision.majority",
    ],
}


def test_check_says_everything_that_is_wrong_with_ten_packs_at_once() -> None:
    LEFT.mkdir(parents=True, exist_ok=True)
    files = [LEFT / f"{name}.toml" for name in BROKEN]
    for file, source in zip(files, BROKEN.values(), strict=True):
        file.write_text(source, "utf-8")
    done = CliRunner().invoke(main, ["schemes", "check", *map(str, files)])
    (LEFT / "output.txt").write_text(done.output, "utf-8")
    assert done.exit_code == 1
    assert len(BROKEN) == 10
    for name, keys in EXPECTED.items():
        lines = [line for line in done.output.splitlines() if line.startswith(f"{name}.toml: ")]
        assert {line.split(": ")[1] for line in lines} == set(keys), lines


def test_a_good_pack_among_them_is_said_to_be_good(tmp_path: Path) -> None:
    good = Path(__file__).parents[2] / "conductdesk" / "schemes" / "packs" / "wcc.toml"
    bad = tmp_path / "bad.toml"
    bad.write_bytes(b"\xff\xfe")
    done = CliRunner().invoke(main, ["schemes", "check", str(bad), str(good)])
    assert done.exit_code == 1
    assert "wcc.toml is a good pack" in done.output
    assert "bad.toml: this is not a text file in UTF-8" in done.output

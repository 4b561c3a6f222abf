"""The command line: what an operator types, and what it says."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
from click.testing import CliRunner

from conductdesk.cli import COMMANDS, main
from tests.conftest import TESTS
from tests.web.command_line import CommandLine

ROOT = TESTS.parent
PRINTED = re.compile(r"( {4})?(conductdesk|/opt/conductdesk/venv/bin/conductdesk) [a-z]")
"""A line of a block; prose speaks of commands between backticks."""


def test_every_command_says_what_it_is_for() -> None:
    for name in COMMANDS:
        result = CliRunner().invoke(main, [name, "--help"])
        assert result.exit_code == 0
        assert "Usage:" in result.output


def test_every_option_and_command_has_a_help_text() -> None:
    context = click.Context(main)
    bare = [
        f"{name}.{command.name} {option.name}"
        for name in COMMANDS
        for command in _leaves(main.get_command(context, name))
        for option in command.params
        if isinstance(option, click.Option) and not option.help and option.prompt is None
    ]
    assert [entry for entry in bare if not entry.endswith(("port", "workers", "threads"))] == []


def _leaves(command: click.Command | None) -> list[click.Command]:
    if isinstance(command, click.Group):
        return list(command.commands.values())
    return [command] if command else []


def test_every_command_that_the_documents_print_is_one_with_options_that_it_has() -> None:
    printed = [
        (page.name, line.strip())
        for page in sorted((ROOT / "docs").glob("*.md"))
        for line in page.read_text("utf-8").replace("\\\n", " ").splitlines()
        if PRINTED.match(line)
    ]
    assert len(printed) > 20
    assert [entry for entry in printed if not _parses(entry[1])] == []


def _parses(line: str) -> bool:
    command: click.Command | None = main
    context, words = click.Context(main), shlex.split(line, comments=True)[1:]
    try:
        while isinstance(command, click.Group):
            command, context = command.get_command(context, words.pop(0)), click.Context(main)
        if command is None:
            return False
        command.make_parser(click.Context(command)).parse_args(words)
    except (IndexError, click.UsageError):
        return False
    return True


def test_without_settings_it_says_what_to_set() -> None:
    result = CliRunner().invoke(main, ["people", "list"], env={"CONDUCTDESK_DATA": ""})
    assert result.exit_code == 1
    assert "Set CONDUCTDESK_DATA to the folder" in result.output


def test_a_port_that_is_none_is_refused_before_anything_starts() -> None:
    for words in (["serve"], ["witness", "serve"]):
        for port in ("99999", "0", "eighty"):
            result = CliRunner().invoke(main, [*words, "--port", port])
            assert result.exit_code == 2
            assert "--port" in result.output


def test_before_init_it_says_to_begin_with_it(empty: CommandLine) -> None:
    for words in (["people", "list"], ["audit", "verify"], ["schemes", "list"]):
        assert "conductdesk init" in empty.refused(*words)


def test_making_the_recovery_key_needs_neither_database_nor_web_server(tmp_path: Path) -> None:
    script = (
        "import sys; from conductdesk.cli import main\n"
        "main(['recovery', 'keygen'], standalone_mode=False)\n"
        "print([name for name in ('flask', 'gunicorn', 'alembic') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.rstrip().endswith("[]")

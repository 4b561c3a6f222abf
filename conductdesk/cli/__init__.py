"""The command line, `conductdesk`: one file for each group of commands."""

from __future__ import annotations

import os
from functools import partial
from importlib import import_module
from typing import Any

import click

from conductdesk.cli.faults import in_words

COMMANDS = {
    "audit": "conductdesk.cli.audit",
    "backup": "conductdesk.cli.backup",
    "doctor": "conductdesk.cli.doctor",
    "init": "conductdesk.cli.init",
    "people": "conductdesk.cli.people",
    "recovery": "conductdesk.cli.recovery",
    "restore": "conductdesk.cli.restore",
    "schemes": "conductdesk.cli.schemes",
    "serve": "conductdesk.cli.serve",
    "upgrade": "conductdesk.cli.upgrade",
    "witness": "conductdesk.cli.witness",
    "worker": "conductdesk.cli.worker",
}
"""The module that holds each command, as `command`; loaded when it is called.

`recovery keygen` runs offline, and must not need a database driver or a web server.
"""


OTHERS_READ_NOTHING = 0o077
"""Whatever a command writes, databases above all, is for the user alone who runs it."""


class Commands(click.Group):
    """The commands by name; expected faults become a sentence and exit 1."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, in the order of the help text."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command, or return None where there is none of this name."""
        module = COMMANDS.get(cmd_name)
        if module is None:
            return None
        command: click.Command = import_module(module).command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; whatever is not a fault that we expect keeps its traceback."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            words = in_words(error)
            if words is None:
                raise
            raise click.ClickException(words) from error


@click.command(cls=Commands)
@click.pass_context
def main(ctx: click.Context) -> None:
    """ConductDesk: takes a conduct concern in confidence, on the record.

    Settings come from the environment; `conductdesk doctor` says what is missing.
    """
    ctx.call_on_close(partial(os.umask, os.umask(OTHERS_READ_NOTHING)))

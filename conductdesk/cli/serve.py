"""`conductdesk serve`: both faces, by gunicorn, without an access log (LG-01)."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from conductdesk import create_app
from conductdesk.cli.opening import open_services
from conductdesk.web.mount import mount

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


class QuietLogger(Logger):  # type: ignore[misc]  # gunicorn has no types
    """Says when the server starts and fails; never an address, of a person or of a page."""

    def warning(self, msg: str, *args: object, **kwargs: Any) -> None:
        """Log a warning, unless it holds the address of whoever sent a request."""
        if not msg.startswith("Invalid request from"):
            super().warning(msg, *args, **kwargs)

    def exception(self, _msg: str, *_args: object, **_kwargs: Any) -> None:
        """Log the kind of a failure alone: its text can hold what somebody wrote."""
        kind = sys.exc_info()[0]
        super().error("a request failed: %s", kind.__name__ if kind else "unknown")


PORT = click.IntRange(1, 65535)

QUIET: dict[str, object] = {
    "accesslog": None,
    "errorlog": "-",
    "loglevel": "warning",
    "logger_class": QuietLogger,
    "proc_name": "conductdesk",
    "control_socket_disable": True,
}


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn with an application that is made anew in each worker process."""

    def __init__(self, options: dict[str, object], make: Callable[[], WSGIApplication]) -> None:
        self.options, self.make = {**QUIET, **options}, make
        super().__init__()

    def load_config(self) -> None:
        """Set the options; the environment and files of gunicorn's own do not count."""
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Return what answers, in the worker: connections are not shared across a fork."""
        return self.make()


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", default=8000, show_default=True, envvar="PORT", type=PORT)
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64))
@click.option("--threads", default=4, show_default=True, type=click.IntRange(1, 64))
def command(host: str, port: int, workers: int, threads: int) -> None:
    """Answer the web. A proxy with TLS stands in front; see docs/set-up.md."""
    open_services()  # the settings are checked before any process is started
    click.echo(f"Serving on http://{host}:{port} with {workers} processes of {threads} threads.")
    Server(
        {
            "bind": f"{host}:{port}",
            "workers": workers,
            "threads": threads,
            "worker_class": "gthread",
        },
        lambda: mount(create_app("public"), create_app("desk")),
    ).run()

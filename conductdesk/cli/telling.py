"""What a command that runs for days says of its work."""

from __future__ import annotations

import logging


def tell_on_stderr() -> None:
    """Write our own messages to standard error, and of the libraries only their warnings."""
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("conductdesk").setLevel(logging.INFO)

"""A process of its own that writes to the log: `python -m tests.actions.audit_writer URL COUNT`.

With `die` as a third word it kills itself after the last append and before its commit.
"""

from __future__ import annotations

import os
import signal
import sys

from conductdesk.db import Database
from tests.actions.audit_rows import publish_key


def write(url: str, count: int, ending: str) -> None:
    """Publish *count* keys, each in a transaction of its own."""
    database = Database(url)
    for number in range(count):
        with database.writing() as db:
            publish_key(db)
            if ending == "die" and number == count - 1:
                os.kill(os.getpid(), signal.SIGKILL)
            db.commit()


if __name__ == "__main__":
    write(sys.argv[1], int(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else "")

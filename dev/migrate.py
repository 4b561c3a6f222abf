"""Write the migration that takes the newest schema to the models as they are now."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command
from alembic.script import Script, ScriptDirectory

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from conductdesk.db import Database
from conductdesk.schema import MIGRATIONS, migrate, migration_config

FORMATTER = str(Path(sys.executable).with_name("ruff"))


def write_migration(message: str) -> None:
    """Compare an empty, migrated SQLite database with the models, and pin the new head."""
    with TemporaryDirectory() as folder:
        engine = Database(f"sqlite:///{folder}/scratch.db").engine
        migrate(engine)
        config = migration_config(engine)
        written = command.revision(config, message, autogenerate=True)
        engine.dispose()
    if isinstance(written, Script):
        subprocess.run([FORMATTER, "format", "--quiet", written.path], check=True)
    head = ScriptDirectory.from_config(config).get_current_head()
    (MIGRATIONS / "HEAD").write_text(f"{head}\n", encoding="ascii")


if __name__ == "__main__":
    write_migration(sys.argv[1])

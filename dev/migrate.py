"""Write the migration that takes the newest schema to the models as they are now."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command
from alembic.script import ScriptDirectory

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from conductdesk.db import Database
from conductdesk.schema import MIGRATIONS, migrate, migration_config


def write_migration(message: str) -> None:
    """Compare an empty, migrated SQLite database with the models, and pin the new head."""
    with TemporaryDirectory() as folder:
        engine = Database(f"sqlite:///{folder}/scratch.db").engine
        migrate(engine)
        config = migration_config(engine)
        command.revision(config, message, autogenerate=True)
        engine.dispose()
    head = ScriptDirectory.from_config(config).get_current_head()
    (MIGRATIONS / "HEAD").write_text(f"{head}\n", encoding="ascii")


if __name__ == "__main__":
    write_migration(sys.argv[1])

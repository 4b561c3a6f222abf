"""What everything is compared with: a Flask view that commits one row, on the same server."""

from __future__ import annotations

import os
import secrets
from uuid import uuid4

from flask import Flask
from sqlalchemy import Column, LargeBinary, MetaData, Table, Uuid, insert

from conductdesk.cli.serve import Server
from conductdesk.db import Database

METADATA = MetaData()
NOTES = Table("note", METADATA, Column("id", Uuid, primary_key=True), Column("body", LargeBinary))
BODY = secrets.token_bytes(1000)


def make_table(url: str) -> None:
    """Make the one table, before the workers start."""
    engine = Database(url).engine
    METADATA.create_all(engine)
    engine.dispose()


def make_app() -> Flask:
    """Return the bare application, on a database of the same kind and pragmas."""
    app, database = Flask("bare"), Database(os.environ["BARE_DATABASE"])

    @app.post("/note")
    def note() -> tuple[str, int]:
        with database.writing() as db:
            db.execute(insert(NOTES), {"id": uuid4(), "body": BODY})
            db.commit()
        return "", 204

    @app.get("/healthz")
    def healthz() -> str:
        return "ok"

    return app


def main() -> None:
    """Serve, as `conductdesk serve` does."""
    bind = f"127.0.0.1:{os.environ['BARE_PORT']}"
    Server({"bind": bind, "workers": 2, "threads": 4, "worker_class": "gthread"}, make_app).run()


if __name__ == "__main__":
    main()

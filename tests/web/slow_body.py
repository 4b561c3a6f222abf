"""A form that arrives slowly: while it is read, somebody else writes to the database."""

from __future__ import annotations

from io import SEEK_END, RawIOBase
from typing import Any

from werkzeug.test import EnvironBuilder

from conductdesk.db import Database


class SlowBody(RawIOBase):
    """The body of a request, and how often others wrote meanwhile."""

    def __init__(self, body: bytes, content_type: str, database: Database) -> None:
        self.body, self.at = body, 0
        self.content_type = content_type
        self.database, self.written = database, 0

    @classmethod
    def holding(cls, values: dict[str, Any], database: Database) -> SlowBody:
        """Return the body of a form with these values."""
        form = EnvironBuilder(method="POST", data=values)
        environ = form.get_environ()
        form.close()
        return cls(environ["wsgi.input"].read(), environ["CONTENT_TYPE"], database)

    def as_request(self) -> dict[str, Any]:
        """Return what a test client sends it with."""
        length = str(len(self.body))
        return {
            "input_stream": self,
            "content_type": self.content_type,
            "content_length": length,
        }

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.at

    def seek(self, offset: int, whence: int = 0, /) -> int:
        self.at = len(self.body) if whence == SEEK_END else offset
        return self.at

    def readinto(self, buffer: Any, /) -> int:
        with self.database.writing() as other:
            other.connection()
            self.written += 1
        piece = self.body[self.at : self.at + len(buffer)]
        buffer[: len(piece)] = piece
        self.at += len(piece)
        return len(piece)

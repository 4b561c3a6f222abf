"""What SQLAlchemy works out anew for each engine, shared by all engines of a worker.

Every test has engines of its own, and would compile every statement again: a fifth of its time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Dialect, Engine, event
from sqlalchemy.util import LRUCache

STATEMENTS = 3_000
"""How many compiled statements are kept for each kind of database."""


@dataclass
class Sharing:
    """Makes engines that have their dialect and their compiled statements in common."""

    make: Callable[[str], Engine]
    _dialects: dict[str, Dialect] = field(default_factory=dict)
    """The dialect of the first engine of each kind that was connected."""
    _compiled: dict[str, LRUCache[Any, Any]] = field(default_factory=dict)

    def __call__(self, url: str) -> Engine:
        """Make the engine for *url* as `conductdesk.db` does, and let it share."""
        engine = self.make(url)
        name = engine.dialect.name
        event.listen(engine, "connect", self._connected(engine.dialect))
        engine.dialect = self._dialects.get(name, engine.dialect)
        engine._compiled_cache = self._compiled.setdefault(name, LRUCache(STATEMENTS))
        return engine

    def _connected(self, dialect: Dialect) -> Callable[[Any, Any], None]:
        def connected(connection: Any, _record: Any) -> None:
            self._dialects.setdefault(dialect.name, dialect)
            if dialect.name == "sqlite":
                connection.execute("PRAGMA synchronous=OFF")  # no test cuts the power

        return connected

"""What a witness keeps, in a folder of its own: its key, the logs it knows, and the evidence."""

from __future__ import annotations

import os
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from sqlalchemy import BigInteger, LargeBinary, MetaData, Uuid
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from conductdesk import clock
from conductdesk.db import NAMING, Database, UtcDateTime
from conductdesk.refusal import Refused
from conductdesk.witness.rules import PrivateKey, Submission

OWNER_ONLY = 0o600
MOST_DOUBTFUL = 1_000
"""How many heads are kept whose proof shows nothing; anybody who was sent a head can post one."""


class WitnessBase(DeclarativeBase):
    """Every table of a witness."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UtcDateTime(), UUID: Uuid(), bytes: LargeBinary()}


class KnownLog(WitnessBase):
    """A log that the witness cosigns, and the checkpoint that it cosigned last."""

    __tablename__ = "known_log"

    origin: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str]
    """The log's verifier key."""
    size: Mapped[int | None] = mapped_column(BigInteger)
    """None until something was cosigned."""
    root: Mapped[bytes | None]
    note: Mapped[str | None]
    cosigned_at: Mapped[datetime | None]


class Folder:
    """The folder of one witness."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.evidence = path / "evidence"
        self.doubtful = path / "doubtful"
        self._key_file = path / "witness.key"
        self._memory = path / "witness.db"
        self._database: Database | None = None

    def make_key(self, name: str) -> PrivateKey:
        """Make the witness's key, or raise `Refused` where there is one."""
        self.path.mkdir(parents=True, exist_ok=True)
        if self._key_file.exists():
            raise Refused(f"{self._key_file} is there already. A witness keeps its key for ever.")
        key = PrivateKey.new(name)
        with os.fdopen(os.open(self._key_file, _NEW, OWNER_ONLY), "w", encoding="utf-8") as file:
            file.write(f"{key}\n")
            file.flush()
            os.fsync(file.fileno())
        WitnessBase.metadata.create_all(self.database.engine)
        return key

    def key(self) -> PrivateKey:
        """Return the witness's key, or raise `Refused` where there is none or its memory is gone."""
        if not self._key_file.exists():
            raise Refused(f"There is no witness in {self.path}. Run: conductdesk witness keygen")
        if not self._memory.exists():
            raise Refused(
                f"{self._memory} is gone, and with it what this witness has seen. It must not sign "
                "again. Make a new one, with another name, in another folder."
            )
        return PrivateKey.parse(self._key_file.read_text("utf-8"))

    @property
    def database(self) -> Database:
        """What the witness remembers. Losing it ends the witness: it must not sign from memory."""
        if self._database is None:
            self._database = Database(f"sqlite:///{self._memory}")
        return self._database

    def close(self) -> None:
        """Close every connection."""
        if self._database is not None:
            self._database.engine.dispose()

    def keep_evidence(self, request: Submission, cosigned: str | None) -> None:
        """Keep a request that contradicts *cosigned*, each head once; OSError if it cannot be.

        There is no limit to them: only whoever holds the key of the log can make one.
        """
        _keep(self.evidence, request, cosigned)

    def keep_doubtful(self, request: Submission, cosigned: str | None) -> bool:
        """Keep a head whose proof shows nothing, each once, and answer whether it is kept."""
        if _is_kept(self.doubtful, request):
            return True
        if sum(1 for _file in self.doubtful.glob("*.txt")) >= MOST_DOUBTFUL:
            return False
        _keep(self.doubtful, request, cosigned)
        return True


def _is_kept(folder: Path, request: Submission) -> bool:
    return any(folder.glob(f"*-{_code(request)}.txt"))


def _code(request: Submission) -> str:
    """Name a head by what its log signed, for anybody can add signature lines to it."""
    return sha256(request.signed_text.encode()).hexdigest()


def _keep(folder: Path, request: Submission, cosigned: str | None) -> None:
    """Write to the disk what was refused, whole or not at all."""
    folder.mkdir(exist_ok=True)
    if _is_kept(folder, request):
        return
    part = folder / "part"
    with part.open("wb") as out:
        out.write(f"{request}\nwas refused after this was cosigned:\n\n".encode())
        out.write((cosigned or "nothing\n").encode())
        out.flush()
        os.fsync(out.fileno())
    part.rename(folder / f"{clock.now():%Y%m%dT%H%M%SZ}-{_code(request)}.txt")
    _sync(folder)


def _sync(folder: Path) -> None:
    """Bring to the disk which files *folder* has."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL

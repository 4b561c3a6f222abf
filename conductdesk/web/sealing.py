"""How a session lies in the database: sealed under the token in the browser's cookie."""

from __future__ import annotations

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Any

from conductdesk.vault.seal import SealBrokenError, bound_to, decrypt, derive, encrypt, pad, unpad
from conductdesk.web.face import Face

TOKEN_LENGTH = 32
EMPTY = b"{}"
"""What a session that holds nothing looks like before it is sealed."""
BYTES = " b"
"""The one key of what stands for bytes; no other key in a session begins with a space."""


def new_token() -> bytes:
    """Return the secret of a new session."""
    return secrets.token_bytes(TOKEN_LENGTH)


def token_text(token: bytes) -> str:
    """Return *token* as it lies in a cookie."""
    return urlsafe_b64encode(token).rstrip(b"=").decode("ascii")


def parse_token(text: str | None) -> bytes | None:
    """Undo `token_text`; None for anything that is not a token."""
    try:
        token = _from_text(text or "")
    except ValueError:
        return None
    return token if len(token) == TOKEN_LENGTH else None


def _from_text(text: str) -> bytes:
    return urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))


@dataclass(frozen=True)
class Sealer:
    """Seals the sessions of one face; the face's secret and the token are both needed to open."""

    face: Face
    secret: bytes

    def id_hash(self, token: bytes) -> bytes:
        """Return the name under which the session of *token* is stored."""
        return hashlib.sha256(bound_to("conductdesk session id", self.face, token)).digest()

    def seal(self, token: bytes, clear: bytes) -> bytes:
        """Return the content of a session as padded ciphertext."""
        return encrypt(self._key(token), pad(clear), self.id_hash(token))

    def open(self, token: bytes, sealed: bytes) -> bytes:
        """Undo `seal`; a session that does not open is an empty one."""
        try:
            return unpad(decrypt(self._key(token), sealed, self.id_hash(token)))
        except SealBrokenError:
            return EMPTY

    def _key(self, token: bytes) -> bytes:
        return derive(token, bound_to("conductdesk session", self.face), salt=self.secret)


def to_bytes(content: dict[str, Any]) -> bytes:
    """Return *content* as JSON: texts, numbers, lists and mappings of them, and bytes."""
    return _JSON.encode(content).encode()


def from_bytes(clear: bytes) -> dict[str, Any]:
    """Undo `to_bytes`."""
    content: dict[str, Any] = json.loads(clear, object_hook=_unmarked)
    return content


def _marked(value: object) -> dict[str, str]:
    if not isinstance(value, bytes):
        raise TypeError(f"a session cannot hold a {type(value).__name__}")
    return {BYTES: token_text(value)}


def _unmarked(value: dict[str, Any]) -> Any:
    return _from_text(value[BYTES]) if BYTES in value else value


_JSON = json.JSONEncoder(separators=(",", ":"), default=_marked)

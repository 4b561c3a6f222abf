"""The two faces, and everything in which they differ."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import cast

from flask import Flask, current_app


class Face(StrEnum):
    """The side of the house that an application shows."""

    PUBLIC = "public"
    DESK = "desk"


@dataclass(frozen=True)
class Manner:
    """How one face keeps its sessions."""

    cookie: str
    same_site: str
    idle: timedelta
    """How long a session lives without a request."""
    absolute: timedelta
    """How long a session lives at most."""


MANNERS = {
    Face.PUBLIC: Manner("__Host-cd_public", "Strict", timedelta(hours=1), timedelta(hours=4)),
    Face.DESK: Manner("__Host-cd_desk", "Lax", timedelta(minutes=30), timedelta(hours=8)),
}

UNLOCK_COOKIE = "__Host-cd_unlock"


def face_of(app: Flask) -> Face:
    """Return the face that *app* was made for."""
    return cast(Face, app.config["FACE"])


def this_face() -> Face:
    """Return the face that answers this request."""
    return face_of(current_app)

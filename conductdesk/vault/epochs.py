"""What belongs to one compartment of a case in one epoch, and how its keys follow. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from uuid import UUID

from conductdesk.vault.models import Compartment
from conductdesk.vault.seal import bound_to, derive, wrap

PLACES_KEPT = 64
"""A case's keys are made or opened together, each time at the same few places."""


@dataclass(frozen=True, slots=True)
class EpochKey:
    """A data key as the viewer sees it: its place, its public half, their wrap if they have one."""

    data_key_id: UUID
    compartment: Compartment
    epoch: int
    public_key: bytes
    ended: bool
    wrapped: bytes | None = None


@dataclass(frozen=True, slots=True)
class Secrets:
    """What follows from a data key and the case's shred key."""

    data_key: bytes = field(repr=False)
    content_key: bytes = field(repr=False)
    private_key: bytes = field(repr=False)


def secrets_of(data_key: bytes, shred_key: bytes, place: bytes) -> Secrets:
    """Derive the content key and the private key of a compartment's epoch (its *place*)."""
    both = data_key + shred_key
    return Secrets(
        data_key,
        content_key=derive(both, b"conductdesk/content/v1" + place),
        private_key=derive(both, b"conductdesk/epoch-key/v1" + place),
    )


@lru_cache(PLACES_KEPT)
def place_of(case_id: UUID, compartment: Compartment, epoch: int) -> bytes:
    """Return case, compartment and epoch as one text, to which their keys are bound."""
    return bound_to("conductdesk/place/v1", case_id, compartment, epoch)


def grant_context(place: bytes, data_key_id: UUID, fingerprint: str) -> bytes:
    """Return the HPKE info of a wrapped data key."""
    return bound_to("conductdesk/key-grant/v1", place, data_key_id, fingerprint)


def wrap_for(
    public_key: bytes, fingerprint: str, key: EpochKey, place: bytes, data_key: bytes
) -> bytes:
    """Wrap *data_key* to the principal who has *public_key*."""
    return wrap(public_key, data_key, grant_context(place, key.data_key_id, fingerprint))

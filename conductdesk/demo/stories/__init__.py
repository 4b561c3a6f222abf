"""What happened at WCC UK, all of it invented."""

from __future__ import annotations

from conductdesk.demo.schedule import Story
from conductdesk.demo.stories import (
    ended,
    finished,
    formal,
    gentle,
    judged,
    kept_safe,
    new,
    unusual,
    varied,
)
from conductdesk.demo.stories.receipts import Receipts
from conductdesk.demo.world import World

__all__ = ["Receipts", "all_stories"]


def all_stories(world: World, receipts: Receipts) -> list[Story]:
    """Return every story; two of them leave the receipts that the demo prints."""
    return [
        *new.stories(world, receipts),
        *gentle.stories(world),
        *formal.stories(world, receipts),
        *judged.stories(world),
        *varied.stories(world),
        *finished.stories(world),
        *ended.stories(world),
        *kept_safe.stories(world),
        *unusual.stories(world),
    ]

"""A scheme pack as an administrator reads it: sections of items, each with its facts in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Fact:
    """One thing that a pack says; *label* is empty where there is but one."""

    label: str
    words: str


@dataclass(frozen=True)
class Item:
    """One thing that a pack has, such as an office."""

    key: str
    name: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Section:
    """One part of a pack."""

    title: str
    items: tuple[Item, ...]


def item(key: str, name: str, *facts: tuple[str, str]) -> Item:
    """Return an item with those of its *facts* (label, words) that say something."""
    return Item(key, name, tuple(Fact(label, words) for label, words in facts if words))


def listed(words: Iterable[str]) -> str:
    """Return words one after the other: “a, b, c”."""
    return ", ".join(words)


def where(holds: object, words: str) -> str:
    """Return *words* where something holds, else nothing."""
    return words if holds else ""


def capital(words: str) -> str:
    """Return *words* with a capital first letter, and the rest as it is."""
    return words[:1].upper() + words[1:]


def told_apart(people: Sequence[str]) -> list[str]:
    """Return what each of *people* is called; of two who are called the same, the second says so."""
    return [
        f"{name}, another person" if name in people[:at] else name for at, name in enumerate(people)
    ]

"""What changes from one version of a pack to the next, field by field and in words; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conductdesk.schemes.describing import sections
from conductdesk.schemes.pack import Pack
from conductdesk.schemes.plain import Item, Section, listed


@dataclass(frozen=True)
class Change:
    """What changes in one section, a sentence for each thing."""

    title: str
    sentences: tuple[str, ...]


def changes(before: Pack, after: Pack) -> tuple[Change, ...]:
    """Return what *after* says otherwise than *before*; only sections with a change."""
    pairs = zip(sections(before), sections(after), strict=True)
    found = (Change(new.title, tuple(_of_section(old, new))) for old, new in pairs)
    return tuple(change for change in found if change.sentences)


def _of_section(old: Section, new: Section) -> Iterator[str]:
    before = {item.key: item for item in old.items}
    after = {item.key: item for item in new.items}
    for key, item in after.items():
        if key in before:
            yield from _of_item(before[key], item)
        else:
            yield f"New: {_whole(item)}"
    for key, item in before.items():
        if key not in after:
            yield f"Gone: {_whole(item)}"
    yield from _of_order([key for key in before if key in after], after)


def _of_item(old: Item, new: Item) -> Iterator[str]:
    if old.name != new.name:
        yield f"“{old.name}” becomes “{new.name}”."
    before = {fact.label: fact.words for fact in old.facts}
    after = {fact.label: fact.words for fact in new.facts}
    for label in dict.fromkeys((*before, *after)):
        was, becomes = before.get(label), after.get(label)
        if was != becomes:
            about = f"{new.name}, {label.lower()}" if label else new.name
            yield f"{about}: {_from(was)}{_to(becomes)}."


def _from(was: str | None) -> str:
    return f"“{was}” " if was else "nothing "


def _to(becomes: str | None) -> str:
    return f"becomes “{becomes}”" if becomes else "is said any more"


def _of_order(before: Sequence[str], after: dict[str, Item]) -> Iterator[str]:
    now = [key for key in after if key in set(before)]
    if now != list(before):
        yield f"The order becomes: {listed(after[key].name for key in now)}."


def _whole(item: Item) -> str:
    facts = (
        f"{fact.label.lower()}: {fact.words}" if fact.label else fact.words for fact in item.facts
    )
    said = "; ".join(facts)
    return f"{item.name} ({said})." if said else f"{item.name}."

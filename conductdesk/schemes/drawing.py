"""Draw who receives what: boxes, their lines of text, and arrows, in pixels; pure.

The same lanes are drawn twice: across for a wide page, down for a narrow one. Nothing is known of
the reader's font, so a line is broken as if its letters were wide.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from conductdesk.schemes.lanes import Lane, Stop

LETTER = 9
BOLD_LETTER = 10
"""The width that a letter of a text of 16 pixels is given."""
BOLD = frozenset({"begin", "name"})
LINE = 22
PADDING = 12
HEAD = 8
"""The length of the head of an arrow."""


@dataclass(frozen=True)
class Line:
    """One line of text in a box; *look* is `begin`, `name`, `plain` or `quiet`."""

    x: int
    y: int
    text: str
    look: str


@dataclass(frozen=True)
class Box:
    """A box with its text; *look* is `begin`, `office`, `outside` or `empty`."""

    x: int
    y: int
    width: int
    height: int
    look: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Arrow:
    """An arrow: the path of its shaft, and the corners of its head."""

    shaft: str
    head: str
    dashed: bool
    """True where the way is taken only when somebody is kept away."""


@dataclass(frozen=True)
class Measures:
    """How large the boxes are, and how far apart."""

    begin: int
    office: int
    gap: int
    between: int
    """The distance of two lanes."""
    across: bool


WIDE = Measures(begin=230, office=220, gap=40, between=28, across=True)
NARROW = Measures(begin=272, office=248, gap=30, between=36, across=False)


@dataclass
class Drawing:
    """A picture of lanes; its size is that of what is drawn."""

    measures: Measures
    width: int = 0
    height: int = 0
    boxes: list[Box] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)


def draw(lanes: Sequence[Lane], measures: Measures) -> Drawing:
    """Return the picture of *lanes*."""
    drawing = Drawing(measures)
    top = 1
    for lane in lanes:
        boxes = tuple(_boxes(lane, measures, top))
        drawing.boxes += boxes
        drawing.arrows += _arrows(lane, boxes, measures)
        top = max(box.y + box.height for box in boxes) + measures.between
    drawing.width = max(box.x + box.width for box in drawing.boxes) + 1
    drawing.height = top - measures.between + 1
    return drawing


def _boxes(lane: Lane, measures: Measures, top: int) -> Iterator[Box]:
    texts = [_begin_text(lane, measures), *(_stop_text(stop, measures) for stop in lane.stops)]
    looks = ["begin", *(_look(stop) for stop in lane.stops)]
    tallest = max(len(text) for text in texts)
    x, y = 1, top
    for place, (text, look) in enumerate(zip(texts, looks, strict=True)):
        width = measures.office if place else measures.begin
        height = _height(tallest if measures.across else len(text))
        indent = 0 if measures.across or not place else measures.begin - measures.office
        yield Box(x + indent, y, width, height, look, _placed(text, x + indent, y))
        if measures.across:
            x += width + measures.gap
        else:
            y += height + measures.gap


def _height(lines: int) -> int:
    return 2 * PADDING + lines * LINE


def _placed(text: Sequence[tuple[str, str]], x: int, y: int) -> tuple[Line, ...]:
    below = y + PADDING + LINE - 6
    return tuple(
        Line(x + PADDING, below + place * LINE, words, look)
        for place, (words, look) in enumerate(text)
    )


def _look(stop: Stop) -> str:
    if not stop.held_by:
        return "empty"
    return "outside" if stop.outside else "office"


def _begin_text(lane: Lane, measures: Measures) -> list[tuple[str, str]]:
    return [(line, "begin") for line in _wrapped(lane.begins, measures.begin, "begin")]


def _stop_text(stop: Stop, measures: Measures) -> list[tuple[str, str]]:
    held = ((name, "plain") for name in stop.holders)
    parts = ((stop.office, "name"), *held, (stop.does, "quiet"))
    return [
        (line, look) for words, look in parts for line in _wrapped(words, measures.office, look)
    ]


def _wrapped(words: str, width: int, look: str) -> list[str]:
    letter = BOLD_LETTER if look in BOLD else LETTER
    return textwrap.wrap(words, (width - 2 * PADDING) // letter)


def _arrows(lane: Lane, boxes: Sequence[Box], measures: Measures) -> Iterator[Arrow]:
    draw_one = _arrow_across if measures.across else _arrow_down
    for stop, (one, other) in zip(lane.stops, pairwise(boxes), strict=True):
        yield draw_one(one, other, dashed=not stop.at_once)


def _arrow_across(one: Box, other: Box, *, dashed: bool) -> Arrow:
    y = one.y + one.height // 2
    end = other.x - 2
    shaft = f"M{one.x + one.width} {y}H{end - HEAD}"
    return Arrow(shaft, f"M{end} {y}l-{HEAD} -5v10z", dashed)


def _arrow_down(one: Box, other: Box, *, dashed: bool) -> Arrow:
    x = other.x + other.width // 2
    end = other.y - 2
    shaft = f"M{x} {one.y + one.height}V{end - HEAD}"
    return Arrow(shaft, f"M{x} {end}l-5 -{HEAD}h10z", dashed)

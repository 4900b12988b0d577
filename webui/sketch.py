"""A community's relay as lines and dots: from steps and lanes to places on a drawing. Pure; the templates write the SVG."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from archive.relay.lineage import Drawing, Node

LANES_SHOWN_SMALL, LANES_SHOWN = 4, 12  # the longest lines have the first lanes
DOTS_SHOWN = 42  # more is a thicket, and heavy
STEPS_SHOWN_SMALL = 10  # the last ones
STEPS_SHOWN = 7  # as many as fit beside each other with their titles
STEP_LEAST, STEP_MOST = 150.0, 330.0  # from year to year, in pixels
EDGE, ELSEWHERE = 90, 110
LABEL_CHARS, LABEL_LINES = 18, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """A project. `elsewhere_before` and `elsewhere_after`: a project of another community."""

    project: str
    title: str
    x: float
    y: float
    label: tuple[str, ...] = ()
    elsewhere_before: str | None = None
    elsewhere_after: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class YearMark:
    year: int | None
    x: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """What to draw, in pixels from the top left. `complete` is false where short lines or early years were left out."""

    width: int
    height: int
    dots: tuple[Dot, ...]
    lines: tuple[str, ...]  # path data
    years: tuple[YearMark, ...]
    complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """The sizes of a drawing, in pixels."""

    left: float
    right: float
    top: float
    bottom: float
    lane: float
    step: float


def small(drawing: Drawing, *, width: int = 288) -> Sketch:
    """A drawing without words, for a card."""
    steps = min(drawing.steps, STEPS_SHOWN_SMALL)
    step = min(96.0, (width - 28) / max(1, steps - 1))
    sizes = Measures(left=14, right=14, top=14, bottom=14, lane=24, step=step)
    return _sketch(drawing, sizes, lanes=LANES_SHOWN_SMALL, last=STEPS_SHOWN_SMALL, labelled=False, width=width)


def large(drawing: Drawing) -> Sketch:
    """A drawing with years above and titles below the dots."""
    steps = min(drawing.steps, STEPS_SHOWN)
    step = max(STEP_LEAST, min(STEP_MOST, 900 / max(1, steps - 1)))
    # Where the relay comes from elsewhere or goes on there, the other community's name stands at the side.
    left = EDGE + (ELSEWHERE if any(node.elsewhere_before and not node.x for node in drawing.nodes) else 0)
    right = EDGE + (ELSEWHERE if any(node.elsewhere_after for node in drawing.nodes) else 0)
    sizes = Measures(left=left, right=right, top=70, bottom=84, lane=116, step=step)
    lanes = min(LANES_SHOWN, max(2, DOTS_SHOWN // max(1, steps)))
    return _sketch(drawing, sizes, lanes=lanes, last=steps, labelled=True)


def _sketch(
    drawing: Drawing, sizes: Measures, *, lanes: int, last: int, labelled: bool, width: int | None = None
) -> Sketch:
    first = max(0, drawing.steps - last)
    nodes = [node for node in drawing.nodes if node.lane < lanes and node.x >= first]
    kept = {node.project.id for node in nodes}
    edges = [(a, b) for a, b in drawing.edges if a.project.id in kept and b.project.id in kept]
    deepest = max((node.lane for node in nodes), default=0)

    def x(step: int) -> float:
        return round(sizes.left + (step - first) * sizes.step, 1)

    def y(lane: int) -> float:
        return round(sizes.top + lane * sizes.lane, 1)

    steps = max(1, drawing.steps - first)
    return Sketch(
        width=width or round(sizes.left + (steps - 1) * sizes.step + sizes.right),
        height=round(sizes.top + deepest * sizes.lane + sizes.bottom),
        dots=tuple(
            Dot(
                project=node.project.id,
                title=node.project.title,
                x=x(node.x),
                y=y(node.lane),
                label=_label(node) if labelled else (),
                elsewhere_before=next(iter(node.elsewhere_before), None),
                elsewhere_after=next(iter(node.elsewhere_after), None),
            )
            for node in nodes
        ),
        lines=tuple(_path(x(a.x), y(a.lane), x(b.x), y(b.lane)) for a, b in edges),
        years=tuple(YearMark(year=column.year, x=x(column.x)) for column in drawing.columns if column.x >= first),
        complete=len(nodes) == len(drawing.nodes),
    )


def _path(x1: float, y1: float, x2: float, y2: float) -> str:
    """From dot to dot: straight along a lane, an S between lanes.

    >>> _path(0, 10, 80, 10), _path(0, 10, 80, 50)
    ('M0 10H80', 'M0 10C40 10 40 50 80 50')
    """
    if y1 == y2:
        return f"M{x1:g} {y1:g}H{x2:g}"
    middle = (x1 + x2) / 2
    return f"M{x1:g} {y1:g}C{middle:g} {y1:g} {middle:g} {y2:g} {x2:g} {y2:g}"


def _label(node: Node) -> tuple[str, ...]:
    return tuple(
        textwrap.wrap(node.project.title, LABEL_CHARS, max_lines=LABEL_LINES, placeholder=" …") or [node.project.id]
    )

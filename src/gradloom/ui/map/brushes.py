"""The brushes that one draws with: what each is called, its key, its stroke."""

from __future__ import annotations

from dataclasses import dataclass

from gradloom.ui.map.strokes import GRAB, Beads, Dot, Erase, Move, Recolour, Spray, Stroke


@dataclass(frozen=True)
class Brush:
    """One tool of the drawing bar. `radius` is its first size in px; `sized`: it can be set.

    `held`: it works while the pointer stands still, so many points a second.
    """

    name: str
    label: str
    tip: str
    key: str
    icon: str
    stroke: type[Stroke]
    radius: float = 6.0
    sized: bool = True
    held: bool = False


BRUSHES = (
    Brush(
        "brush",
        "Brush",
        "Points along your line; with Shift along a straight one.",
        "B",
        "brush",
        Beads,
        7.0,
    ),
    Brush(
        "spray",
        "Spray",
        "Points at random in the circle while you hold the button.",
        "S",
        "spray-can",
        Spray,
        26.0,
        held=True,
    ),
    Brush(
        "point",
        "Single point",
        "One point a click; drag it before you let go.",
        "P",
        "circle-dot",
        Dot,
        sized=False,
    ),
    Brush(
        "erase",
        "Eraser",
        "Takes points away; the right button does with any tool.",
        "E",
        "eraser",
        Erase,
        14.0,
    ),
    Brush(
        "move",
        "Move",
        "Drags the nearest point, or all selected ones.",
        "M",
        "move",
        Move,
        GRAB,
        sized=False,
    ),
    Brush(
        "recolour",
        "Recolour",
        "Gives points the class or value that is chosen.",
        "R",
        "palette",
        Recolour,
        14.0,
    ),
)
ERASER = next(brush for brush in BRUSHES if brush.stroke is Erase)

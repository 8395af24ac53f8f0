"""What a gesture of the hand is, and what it needs of the board.

It has a start, moves, an end, or is cancelled. While it lasts only the scene shows it; its end
makes one edit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import Qt

from gradloom.document import Document
from gradloom.ui.canvas.changes import Joint
from gradloom.ui.canvas.geometry import Box, Point
from gradloom.ui.canvas.scene import Scene
from gradloom.ui.view import View


class Desk(Protocol):
    """What gestures need of the board."""

    @property
    def sheet(self) -> Scene:
        """The items."""

    @property
    def document(self) -> Document:
        """What is edited."""

    @property
    def view(self) -> View:
        """What is selected."""

    @property
    def slack(self) -> float:
        """Scene units per pixel, at least 1."""

    def tell(self, text: str, *, bad: bool = False) -> None:
        """Show a tip by the pointer; "" takes it away."""

    def ask_kind(
        self, at: Point, joint: Joint | None = None, closed: Callable[[], None] | None = None
    ) -> None:
        """Open the search menu at a point of the scene; `closed` is called when it goes."""

    def show_band(self, band: Box | None) -> None:
        """Draw the rubber band."""


class Gesture:
    """Base: nothing happens."""

    cursor = Qt.CursorShape.ArrowCursor

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def move(self, at: Point) -> None:
        """The pointer is here now, in scene units."""

    def end(self, at: Point) -> None:
        """The button was let go."""

    def cancel(self) -> None:
        """As if it had never begun."""

"""What the board asks of the canvas, beyond gestures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QPoint, Qt

from gradloom.graph import Edge
from gradloom.ui.canvas.changes import Joint
from gradloom.ui.canvas.geometry import Point
from gradloom.ui.canvas.hits import Hit


class Commands(Protocol):
    """What the board can't do alone."""

    def ask_kind(
        self, at: Point, joint: Joint | None = None, closed: Callable[[], None] | None = None
    ) -> None:
        """Open the search menu; `closed` is called when it goes."""

    def rename(self, layer: str) -> None:
        """Edit a name in place."""

    def toggle_open_of(self, layer: str) -> None:
        """Open a layer into its neurons, or close it."""

    def go_to(self, layer: str) -> bool:
        """Go to a layer in the step that is walked through; False if there is none."""

    def edit_number(self, layer: str, parameter: str, index: tuple[int, ...]) -> None:
        """Edit a weight or a bias in place."""

    def menu_for(self, hit: Hit, at: Point, where: QPoint) -> None:
        """Open the context menu of what is there."""

    def hovered(self, hit: Hit) -> None:
        """The pointer is over something else now."""

    def drop_kind(self, kind: str, at: Point, edge: Edge | None) -> None:
        """A layer from the palette was dropped, on a cable if `edge` is one."""

    def key(self, key: int, modifiers: Qt.KeyboardModifier) -> bool:
        """Whether a key was taken."""

    def focus_next(self, step: int) -> bool:
        """Move the focus to another card; False at either end."""

    def focus_changed(self, *, by_key: bool = True) -> None:
        """The focus came or went; `by_key`: the ring is wanted."""

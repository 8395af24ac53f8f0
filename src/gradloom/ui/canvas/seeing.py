"""What part of the network is seen: all of it, its start, or what is selected."""

from __future__ import annotations

from PySide6.QtCore import QRectF

from gradloom.ui.canvas.board import Board
from gradloom.ui.canvas.geometry import Box, around
from gradloom.ui.view import View

_READABLE = 0.68  # zoom; the first network is whole beside the panels of a window of 1280 px


class Seeing:
    """Points the board at cards."""

    def __init__(self, board: Board, view: View) -> None:
        self._board, self._view = board, view

    def fit(self) -> None:
        """Show the whole network."""
        hull = around(self._board.sheet.boxes().values())
        if hull is not None:
            self._board.show_box(hull)

    def show_start(self) -> None:
        """The whole network if its cards can be read then, else as much of its start as fits."""
        hull = around(self._board.sheet.boxes().values())
        if hull is not None:
            self._board.show_box(hull)
            self._board.show_from(hull, _READABLE)

    def fit_selection(self) -> None:
        """Show the selected layers, large."""
        hull = self._selected()
        if hull is not None:
            self._board.show_box(hull, most=2.0)

    def reveal_selection(self) -> None:
        """Bring the selected layers into view."""
        hull = self._selected()
        if hull is not None:
            self._board.ensureVisible(QRectF(*hull), 24, 24)

    def _selected(self) -> Box | None:
        return around(self._board.sheet.boxes(self._view.selection.layers).values())

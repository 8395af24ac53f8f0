"""What keys mean on the canvas. Those of the actions table work here too, without a menu."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from gradloom.ui.canvas.geometry import GRID
from gradloom.ui.canvas.walk import move_of
from gradloom.ui.view import Selection

if TYPE_CHECKING:
    from gradloom.ui.canvas.canvas import Canvas

_ARROWS: Mapping[int, tuple[int, int]] = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


def press(canvas: Canvas, key: int, modifiers: Qt.KeyboardModifier) -> bool:
    """Whether a key was taken; while a step is walked through, its moves come first."""
    move = move_of(key, modifiers) if canvas.walk.on else None
    if move is not None:
        canvas.step_asked.emit(move)
        return True
    step = _ARROWS.get(key)
    if step is not None:
        far = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        return canvas.placing.nudge(step, GRID * (5 if far else 1))
    plain = modifiers in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
    do = _simple(canvas).get(key) if plain else None
    if do is None:
        return False
    do()
    return True


def _simple(canvas: Canvas) -> Mapping[int, Callable[[], object]]:
    """Keys without modifiers."""

    def with_single(do: Callable[[str], object]) -> None:
        single = canvas.view.selection.single
        if single is not None:
            do(single)

    return {
        Qt.Key.Key_Delete: canvas.delete,
        Qt.Key.Key_Backspace: canvas.delete,
        Qt.Key.Key_O: canvas.toggle_open,
        Qt.Key.Key_A: lambda: canvas.ask_kind(canvas.board.here()),
        Qt.Key.Key_F2: lambda: with_single(canvas.rename),
        Qt.Key.Key_Return: lambda: with_single(canvas.go_to),
        Qt.Key.Key_Enter: lambda: with_single(canvas.go_to),
        Qt.Key.Key_Escape: lambda: canvas.view.select(Selection()),
    }

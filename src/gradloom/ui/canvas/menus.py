"""Context menus of a card, a cable and the empty canvas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu

from gradloom.ui.canvas.geometry import Point
from gradloom.ui.canvas.hits import Hit, Part
from gradloom.ui.help.subjects import subject_of
from gradloom.ui.view import Selection

if TYPE_CHECKING:
    from gradloom.ui.canvas.canvas import Canvas

Row = tuple[str, str, Callable[[], object]] | None  # text, icon, what to do; None: a line


_KEYS = {
    "Open into Neurons": "O",
    "Close Neurons": "O",
    "Rename": "F2",
    "Cut": "Ctrl+X",
    "Copy": "Ctrl+C",
    "Paste": "Ctrl+V",
    "Duplicate": "Ctrl+D",
    "Delete": "Del",
    "Delete Cable": "Del",
    "Add a Layer…": "A",
    "Select All": "Ctrl+A",
    "Arrange": "Ctrl+Shift+A",
    "Fit Network": "F",
}


def rows_for(canvas: Canvas, hit: Hit, at: Point) -> Sequence[Row]:
    """What can be done with what is under the pointer."""
    if hit.edge is not None:
        edge = hit.edge
        return (
            ("Insert a Layer…", "plus", lambda: canvas.adding.ask_into(at, edge)),
            None,
            ("Delete Cable", "trash-2", canvas.delete),
        )
    if hit.layer:
        return _card_rows(canvas, hit)
    return (
        ("Add a Layer…", "plus", lambda: canvas.ask_kind(at)),
        ("Paste", "clipboard", lambda: canvas.paste(at)),
        None,
        ("Select All", "scan", canvas.select_all),
        ("Arrange", "workflow", canvas.arrange),
        ("Fit Network", "maximize", canvas.fit),
    )


def open_menu(canvas: Canvas, hit: Hit, at: Point, where: QPoint) -> None:
    """Select what is under the pointer and open its menu."""
    chosen = canvas.view.selection
    if hit.edge is not None and hit.edge not in chosen.edges:
        canvas.view.select(Selection(frozenset(), frozenset((hit.edge,))))
    elif hit.layer and hit.layer not in chosen.layers:
        canvas.view.select(Selection(frozenset((hit.layer,))))
    menu = QMenu(canvas)
    menu.aboutToHide.connect(menu.deleteLater)
    for row in rows_for(canvas, hit, at):
        if row is None:
            menu.addSeparator()
        else:
            text, icon, do = row
            # What follows a tab is painted like a shortcut, but answers to no key a second time.
            action = menu.addAction(canvas.theme.icon(icon), f"{text}\t{_KEYS.get(text, '')}")
            # After the menu has gone: what opens next (a popup, a name field) needs the focus.
            action.triggered.connect(_later(canvas, do))
    menu.popup(where)


def _later(canvas: Canvas, do: Callable[[], object]) -> Callable[[], None]:
    from PySide6.QtCore import QTimer

    return lambda: QTimer.singleShot(0, canvas, do)


def _card_rows(canvas: Canvas, hit: Hit) -> Sequence[Row]:
    layer = hit.layer
    card = canvas.sheet.cards[layer]
    several = len(canvas.view.selection.layers) > 1
    found: list[Row] = []
    if card.face.problems and not several:
        ask = partial(canvas.view.ask_trouble, layer)
        found += [("What Is Wrong Here…", "triangle-alert", ask), None]
    if card.face.frame.openable:
        opened = card.face.frame.neurons is not None
        text = "Close Neurons" if opened else "Open into Neurons"
        found.append((text, "shrink" if opened else "expand", canvas.toggle_open))
    if canvas.walk.on:
        found.append(("Go Here in the Step", "waypoints", lambda: canvas.go_to(layer)))
    if hit.part is Part.BIAS:
        found.append(
            (
                "Set Bias…",
                "sliders-horizontal",
                lambda: canvas.edit_number(layer, "b", (hit.index,)),
            )
        )
    if not several:
        found.append(("Rename", "file", lambda: canvas.rename(layer)))
    found += [
        None,
        ("Cut", "scissors", canvas.cut),
        ("Copy", "copy", canvas.copy),
        ("Duplicate", "layers", canvas.duplicate),
    ]
    if several:
        found += [
            None,
            ("Align Left", "align-start-vertical", lambda: canvas.align("left")),
            ("Align Top", "align-start-horizontal", lambda: canvas.align("top")),
            ("Spread Across", "columns-3", lambda: canvas.align("across")),
            ("Spread Down", "rows-3", lambda: canvas.align("down")),
        ]
    found.append(None)
    if not several:
        kind = canvas.document.state.graph[layer].kind
        ask = partial(canvas.view.ask_help, subject_of(kind))
        found.append((f"Help on {kind.label}", "circle-question-mark", ask))
        found.append(None)
    if not several and canvas.copying.can_bypass(layer):
        found.append(("Delete and Rejoin", "git-merge", lambda: canvas.bypass(layer)))
    found.append(("Delete", "trash-2", canvas.delete))
    return found

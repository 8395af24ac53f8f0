"""The canvas as the rest of the program sees it: a widget with one method per action."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QPoint, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gradloom.core.errors import UserError
from gradloom.core.problem import Problem
from gradloom.document import Document, State
from gradloom.graph import Edge, edits
from gradloom.graph.arrange import arrange
from gradloom.layers import LAYERS
from gradloom.session.marks import StepMark
from gradloom.ui.canvas import changes, clipboard, menus
from gradloom.ui.canvas.access import install
from gradloom.ui.canvas.board import Board
from gradloom.ui.canvas.changes import Change, Joint
from gradloom.ui.canvas.editors import Editors
from gradloom.ui.canvas.face import opened_box
from gradloom.ui.canvas.fitting import kind_splices, offers
from gradloom.ui.canvas.geometry import (
    CARD_HEIGHT,
    CARD_WIDTH,
    GRID,
    Box,
    Frame,
    Point,
    aligned,
    around,
    free_spot,
    making_room,
    snap,
    spread,
)
from gradloom.ui.canvas.hint import Hint
from gradloom.ui.canvas.hits import Hit
from gradloom.ui.canvas.ink import Ink
from gradloom.ui.canvas.live import Live
from gradloom.ui.canvas.pointing import Pointing
from gradloom.ui.canvas.ring import Ring
from gradloom.ui.canvas.scene import Scene, complete
from gradloom.ui.canvas.walk import Walk, move_of
from gradloom.ui.theme import Theme
from gradloom.ui.view import Selection, View

_PASTE_BY = 3.0 * GRID
_READABLE = 0.75  # zoom


class Canvas(QWidget):
    """Shows the network of a document and edits it; `bridge` and `maps` may be None."""

    layer_activated = Signal(str)  # while a step is walked through: go to this layer in it
    step_asked = Signal(str)  # a key of the walk: the name of the move, as `Stepping` has it
    samples_asked = Signal()  # from the empty canvas

    def __init__(
        self,
        document: Document,
        view: View,
        theme: Theme,
        bridge: Any = None,
        maps: Any = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        install()
        self.document, self.view, self.theme = document, view, theme
        self.sheet = Scene(Ink(theme.tokens))
        self.board = Board(self.sheet, document, view, self, self)
        self.board.setAccessibleName("Canvas")
        self.board.setAccessibleDescription("The network: layers and the cables between them")
        self.setFocusProxy(self.board)
        self.live = Live(self.sheet, bridge, maps)
        self.walk = Walk(self.sheet, self.board.reveal)
        self.pointing = Pointing(self.sheet, document, view, self.live, self.walk, self.board.tell)
        self.ring = Ring(self.sheet, self.board)
        self.editors = Editors(self.board, theme, self.live, self.pointing, bridge)
        self._hint = Hint(self.board.viewport())
        self._hint.asked.connect(self.samples_asked)
        self._pasted = 0
        self._fitted = False
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.board)
        self.sheet.follow(document.state)
        self.live.all()
        self._disconnect = document.changed.connect(self._follow)
        self.destroyed.connect(self._disconnect)
        view.selection_changed.connect(self._selected)
        view.lit_changed.connect(self.walk.light)
        theme.changed.connect(self._redress)
        if bridge is not None:
            bridge.progressed.connect(self._progressed)
        if maps is not None:
            maps.updated.connect(self._mapped)
        self._redress()
        self._show_hint()

    # adding

    def add_kind(self, kind: str, at: Point | None = None) -> None:
        """Add a layer: at a point, or beside the selected one and joined to it."""
        state, single = self.document.state, self.view.selection.single
        made = changes.made(kind)
        taken = list(self.sheet.boxes().values())
        joint = None
        if at is not None:
            corner = _centred(at)
        elif single in self.sheet.cards and single is not None:
            box = self.sheet.cards[single].box()
            corner = (box.right + 6 * GRID, box.y)
            free = not state.graph.outgoing(single) and state.graph[single].kind.has_output
            joint = Joint(single) if free and made.most_inputs != 0 else None
        else:
            x, y = self.board.at(self.board.viewport().rect().center())
            corner = _centred((x, y))
        corner = (snap(corner[0]), snap(corner[1]))
        frame = Frame(made.least_inputs, made.has_output)
        spot = free_spot(Box(*corner, frame.width, frame.height), taken)
        self._add(kind, changes.add(made, spot, joint))
        self._reveal()

    def drop_kind(self, kind: str, at: Point, edge: Edge | None) -> None:
        """A layer from the palette was dropped, on a cable if `edge` is one."""
        made = changes.made(kind)
        if edge is None:
            self._add(kind, changes.add(made, _centred(at)))
        else:
            self._add(kind, changes.add_into(made, _centred(at), edge))

    def ask_kind(
        self, at: Point, joint: Joint | None = None, closed: Callable[[], None] | None = None
    ) -> None:
        """Search a layer to add at a point, joined to the loose end of a cable if there is one."""
        found = offers(self.document.state, joint)

        def take(kind: str) -> None:
            corner = _centred(at)
            if joint is not None:
                left = at[0] if joint.at_output else at[0] - CARD_WIDTH
                corner = (snap(left), snap(at[1] - CARD_HEIGHT / 2))
            self._add(kind, changes.add(changes.made(kind), corner, joint))

        self.editors.search(at, found, take, closed)

    def ask_into(self, at: Point, edge: Edge) -> None:
        """Search a layer to set into a cable."""
        found = tuple(
            o for o in offers(self.document.state, Joint(edge.source)) if kind_splices(o.kind)
        )
        self.editors.search(at, found, lambda kind: self.drop_kind(kind, at, edge))

    # clipboard

    def copy(self) -> None:
        """Put the selected layers on the clipboard as JSON text."""
        layers = self.view.selection.layers
        if layers:
            QGuiApplication.clipboard().setText(clipboard.to_text(self.document.state, layers))
            self._pasted = 0
            self.view.say(f"Copied {_count(len(layers))}.")

    def cut(self) -> None:
        """Copy and delete the selected layers."""
        layers = self.view.selection.layers
        if layers:
            self.copy()
            self.document.edit(f"Cut {_count(len(layers))}", changes.remove(layers, ()))

    def paste(self, at: Point | None = None) -> None:
        """Put layers from the clipboard down, a little beside the last ones or at a point."""
        try:
            part, places = clipboard.from_text(QGuiApplication.clipboard().text())
        except UserError as error:
            self.view.say(f"Nothing was pasted. {error}")
            return
        self._pasted += 1
        by = (self._pasted * _PASTE_BY, self._pasted * _PASTE_BY)
        if at is not None:
            left, top = min(p.x for p in places.values()), min(p.y for p in places.values())
            by = (snap(at[0] - left), snap(at[1] - top))
        self._put("Paste", changes.paste(part, places, by))

    def duplicate(self) -> None:
        """A copy of the selected layers beside them; the clipboard stays as it is."""
        layers = self.view.selection.layers
        if layers:
            state = self.document.state
            part, places = edits.part_of(state.graph, layers), complete(state)
            inside = {la.id: places[la.id] for la in part}
            self._put("Duplicate", changes.paste(part, inside, (_PASTE_BY, _PASTE_BY)))

    def delete(self) -> None:
        """Delete the selected layers and cables."""
        chosen = self.view.selection
        if chosen:
            names = [self.document.state.graph[i].name for i in chosen.layers]
            what = names[0] if len(names) == 1 else _count(len(names)) if names else "Cable"
            self.document.edit(f"Delete {what}", changes.remove(chosen.layers, chosen.edges))

    def bypass(self, layer: str) -> None:
        """Delete a layer and join what it stood between."""
        name = self.document.state.graph[layer].name
        self.document.edit(f"Delete and Rejoin {name}", changes.bypass(layer))

    def can_bypass(self, layer: str) -> bool:
        """Whether a layer stands between others."""
        graph = self.document.state.graph
        return bool(graph.incoming(layer) and graph.outgoing(layer))

    # places

    def select_all(self) -> None:
        """Select every layer."""
        graph = self.document.state.graph
        self.view.select(Selection(frozenset(la.id for la in graph), frozenset(graph.edges)))

    def align(self, how: str) -> None:
        """Line the selected cards up (see `geometry.ALIGNMENTS`), or spread them across or down."""
        boxes = self.sheet.boxes(self.view.selection.layers)
        found = spread(boxes, how) if how in ("across", "down") else aligned(boxes, how)
        corners = {i: (float(round(x)), float(round(y))) for i, (x, y) in found.items()}
        if corners:
            self.document.edit("Align", changes.move(corners))

    def arrange(self) -> None:
        """Lay the whole network out from left to right."""
        boxes = self.sheet.boxes()
        hull = around(boxes.values())
        if hull is not None:
            sizes = {i: (b.width, b.height) for i, b in boxes.items()}
            corner = (snap(hull.x), snap(hull.y))
            graph = self.document.state.graph
            levels = {i: c.face.frame.header / 2 for i, c in self.sheet.cards.items()}
            self.document.edit("Arrange", changes.move(arrange(graph, sizes, corner, levels)))
            self.fit()

    def toggle_open(self) -> None:
        """Open the selected layers into their neurons; close them if all are open."""
        self._toggle(self.view.selection.layers)

    def toggle_open_of(self, layer: str) -> None:
        """Open or close one layer."""
        self._toggle({layer})

    # seeing

    def fit(self) -> None:
        """Show the whole network."""
        hull = around(self.sheet.boxes().values())
        if hull is not None:
            self.board.show_box(hull)

    def show_start(self) -> None:
        """The whole network if its cards can be read then, else as much of its start as fits."""
        hull = around(self.sheet.boxes().values())
        if hull is not None:
            self.board.show_box(hull)
            self.board.show_from(hull, _READABLE)

    def fit_selection(self) -> None:
        """Show the selected layers, large."""
        hull = around(self.sheet.boxes(self.view.selection.layers).values())
        if hull is not None:
            self.board.show_box(hull, most=2.0)

    def zoom_in(self) -> None:
        """A step closer."""
        self.board.zoom_by(1.25)

    def zoom_out(self) -> None:
        """A step away."""
        self.board.zoom_by(0.8)

    def zoom_actual(self) -> None:
        """One scene unit is one pixel."""
        self.board.zoom_by(1 / self.board.zoom)

    def focus(self) -> None:
        """Take the keyboard."""
        self.board.setFocus(Qt.FocusReason.OtherFocusReason)

    # a step that is walked through

    def show_step(self, mark: StepMark | None) -> None:
        """Light what is at work in a step and mark what is passed; None: no step, no trace."""
        self.walk.show(mark)
        self.pointing.again()

    def show_findings(self, findings: Mapping[str, tuple[Problem, ...]]) -> None:
        """Badges on the cards for what a diagnosis found, by layer."""
        self.sheet.show_findings(findings)

    def go_to(self, layer: str) -> bool:
        """Ask to go to a layer in the step; False if none is walked through."""
        if self.walk.on:
            self.layer_activated.emit(layer)
        return self.walk.on

    # editors on the canvas

    def rename(self, layer: str) -> None:
        """Edit a card's name in place."""
        self.editors.rename(layer)

    def edit_number(self, layer: str, parameter: str, index: tuple[int, ...]) -> None:
        """Edit a weight or a bias in place, live."""
        self.editors.edit_number(layer, parameter, index)

    def menu_for(self, hit: Hit, at: Point, where: QPoint) -> None:
        """Open the context menu of what is there."""
        menus.open_menu(self, hit, at, where)

    def hovered(self, hit: Hit) -> None:
        """The pointer is over something else now."""
        self.pointing.to(hit)

    # keys

    def key(self, key: int, modifiers: Qt.KeyboardModifier) -> bool:
        """Whether a key was taken. Keys of the actions table work here too, without a menu."""
        plain = modifiers in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        move = move_of(key, modifiers) if self.walk.on else None
        if move is not None:
            self.step_asked.emit(move)
            return True
        step = _ARROWS.get(key)
        if step is not None:
            far = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
            return self._nudge(step, GRID * (5 if far else 1))
        simple: Mapping[int, Callable[[], object]] = {
            Qt.Key.Key_Delete: self.delete,
            Qt.Key.Key_Backspace: self.delete,
            Qt.Key.Key_O: self.toggle_open,
            Qt.Key.Key_A: lambda: self.ask_kind(self.board.here()),
            Qt.Key.Key_F2: self._rename_single,
            Qt.Key.Key_Return: self._go_to_single,
            Qt.Key.Key_Enter: self._go_to_single,
            Qt.Key.Key_Escape: lambda: self.view.select(Selection()),
        }
        if not plain or key not in simple:
            return False
        simple[key]()
        return True

    def focus_next(self, step: int) -> bool:
        """Move the focus to the next card in the order of the data; False at either end."""
        layer = self.ring.next(step, self.document.state.analysis.order)
        if layer:
            self.view.select(Selection(frozenset((layer,))))
            self._reveal()
        return bool(layer)

    def focus_changed(self, *, by_key: bool = True) -> None:
        """The focus came or went; the ring is shown while the keyboard is in use."""
        self.ring.show(by_key=by_key)

    # following

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._fitted:
            # Once the window has given the canvas its size.
            QTimer.singleShot(0, self, self.show_start)
            self._fitted = True

    def _follow(self, before: State, after: State) -> None:
        same = before.graph is after.graph and before.places is after.places
        if same and before.data is after.data and before.plan is after.plan:
            return
        self.board.cancel()
        self.editors.close()
        self.sheet.follow(after)
        self.live.all()
        self.walk.again()
        self._prune(after)
        self.sheet.show_selection(self.view.selection)
        self.pointing.forget()
        self._show_hint()
        if not self.document.undo_label and not self.document.redo_label:
            self.show_start()  # another project was opened

    def _prune(self, state: State) -> None:
        chosen, graph = self.view.selection, state.graph
        layers = frozenset(i for i in chosen.layers if i in graph)
        edges = chosen.edges & frozenset(graph.edges)
        self.view.select(Selection(layers, edges))

    def _selected(self, selection: Selection) -> None:
        self.sheet.show_selection(selection)
        if selection.single is not None:
            self.ring.follow(selection.single)

    def _redress(self) -> None:
        if self.sheet.ink.tokens is not self.theme.tokens:
            self.board.set_ink(Ink(self.theme.tokens))
            self.live.all()
            self.walk.again()
        self._hint.paint(self.theme.tokens.quiet)

    def _progressed(self, _: object) -> None:
        self.live.weights()
        self.pointing.again()

    def _mapped(self, _: object) -> None:
        self.live.pictures()

    # small steps

    def _add(self, kind: str, change: Change) -> None:
        self._put(f"Add {LAYERS[kind].label}", change)

    def _put(self, label: str, change: Change) -> None:
        """Edit, and select the layers that came with it."""
        before = {la.id for la in self.document.state.graph}
        self.document.edit(label, change)
        new = frozenset(la.id for la in self.document.state.graph if la.id not in before)
        if new:
            self.view.select(Selection(new))

    def _toggle(self, layers: frozenset[str] | set[str]) -> None:
        able = [
            i for i in layers if i in self.sheet.cards and self.sheet.cards[i].face.frame.openable
        ]
        if not able:
            self.view.say("Only layers whose output is a flat row of units can be opened.")
            return
        opened = not all(self.sheet.cards[i].face.frame.neurons for i in able)
        boxes = self.sheet.boxes()
        corners = {i: (boxes[i].x, boxes[i].y) for i in able}
        if opened:
            state = self.document.state
            corners |= making_room(boxes, {i: opened_box(state, i, boxes[i]) for i in able})
        name = self.document.state.graph[able[0]].name if len(able) == 1 else _count(len(able))
        label = f"{'Open' if opened else 'Close'} {name}"
        self.document.edit(label, changes.set_open(able, corners, opened=opened))

    def _nudge(self, step: tuple[int, int], by: float) -> bool:
        layers = self.view.selection.layers
        if not layers:
            return False
        corners = {
            i: (b.x + step[0] * by, b.y + step[1] * by) for i, b in self.sheet.boxes(layers).items()
        }
        self.document.edit("Move", changes.move(corners), merge=("nudge", layers))
        return True

    def _rename_single(self) -> None:
        single = self.view.selection.single
        if single is not None:
            self.rename(single)

    def _go_to_single(self) -> None:
        single = self.view.selection.single
        if single is not None:
            self.go_to(single)

    def _reveal(self) -> None:
        """Bring the selected layers into view."""
        hull = around(self.sheet.boxes(self.view.selection.layers).values())
        if hull is not None:
            self.board.ensureVisible(QRectF(*hull), 24, 24)

    def _show_hint(self) -> None:
        self._hint.show(empty=not self.document.state.graph.layers)


_ARROWS: Mapping[int, tuple[int, int]] = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


def _centred(at: Point) -> Point:
    return snap(at[0] - CARD_WIDTH / 2), snap(at[1] - CARD_HEIGHT / 2)


def _count(layers: int) -> str:
    return "1 layer" if layers == 1 else f"{layers} layers"

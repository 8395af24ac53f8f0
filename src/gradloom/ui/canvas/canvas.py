"""The canvas as the rest of the program sees it: a widget with one method per action."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gradloom.core.problem import Problem
from gradloom.document import Document, State
from gradloom.graph import Edge
from gradloom.session.marks import StepMark
from gradloom.ui.canvas import keys, menus
from gradloom.ui.canvas.access import install
from gradloom.ui.canvas.adding import Adding
from gradloom.ui.canvas.board import Board
from gradloom.ui.canvas.changes import Joint
from gradloom.ui.canvas.copying import Copying
from gradloom.ui.canvas.editors import Editors
from gradloom.ui.canvas.geometry import Point
from gradloom.ui.canvas.hint import Hint
from gradloom.ui.canvas.hits import Hit
from gradloom.ui.canvas.ink import Ink
from gradloom.ui.canvas.live import Live
from gradloom.ui.canvas.placing import Placing
from gradloom.ui.canvas.pointing import Pointing
from gradloom.ui.canvas.ring import Ring
from gradloom.ui.canvas.scene import Scene
from gradloom.ui.canvas.seeing import Seeing
from gradloom.ui.canvas.walk import Walk
from gradloom.ui.theme import Theme
from gradloom.ui.view import Selection, View


class Canvas(QWidget):
    """Shows the network of a document and edits it; the services may be None.

    What `adding`, `copying`, `placing` and `seeing` do is documented there.
    """

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
        features: Any = None,
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
        self.live = Live(self.sheet, bridge, maps, features)
        self.walk = Walk(self.sheet, self.board.reveal)
        self.pointing = Pointing(self.sheet, document, view, self.live, self.walk, self.board.tell)
        self.ring = Ring(self.sheet, self.board)
        self.editors = Editors(self.board, theme, self.live, self.pointing, bridge)
        self._hint = Hint(self.board.viewport())
        self._hint.asked.connect(self.samples_asked)
        self.adding = Adding(document, view, self.board, self.editors)
        self.copying = Copying(document, view)
        self.placing = Placing(document, view, self.sheet)
        self.seeing = Seeing(self.board, view)
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
        self.adding.add(kind, at)
        self.seeing.reveal_selection()

    def drop_kind(self, kind: str, at: Point, edge: Edge | None) -> None:
        self.adding.drop(kind, at, edge)

    def ask_kind(
        self, at: Point, joint: Joint | None = None, closed: Callable[[], None] | None = None
    ) -> None:
        self.adding.ask(at, joint, closed)

    # what is selected

    def select_all(self) -> None:
        """Select every layer."""
        graph = self.document.state.graph
        self.view.select(Selection(frozenset(la.id for la in graph), frozenset(graph.edges)))

    def copy(self) -> None:
        self.copying.copy()

    def cut(self) -> None:
        self.copying.cut()

    def paste(self, at: Point | None = None) -> None:
        self.copying.paste(at)

    def duplicate(self) -> None:
        self.copying.duplicate()

    def delete(self) -> None:
        self.copying.delete()

    def bypass(self, layer: str) -> None:
        self.copying.bypass(layer)

    def align(self, how: str) -> None:
        self.placing.align(how)

    def arrange(self) -> None:
        """Lay the whole network out from left to right, and show it."""
        self.placing.arrange()
        self.seeing.fit()

    def toggle_open(self) -> None:
        """Open the selected layers into their neurons; close them if all are open."""
        self.placing.toggle(self.view.selection.layers)

    def toggle_open_of(self, layer: str) -> None:
        self.placing.toggle({layer})

    # seeing

    def fit(self) -> None:
        self.seeing.fit()

    def show_start(self) -> None:
        self.seeing.show_start()

    def fit_selection(self) -> None:
        self.seeing.fit_selection()

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
        """Whether a key was taken."""
        return keys.press(self, key, modifiers)

    def focus_next(self, step: int) -> bool:
        """Move the focus to the next card in the order of the data; False at either end."""
        layer = self.ring.next(step, self.document.state.analysis.order)
        if layer:
            self.view.select(Selection(frozenset((layer,))))
            self.seeing.reveal_selection()
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
        opened = not self.document.undo_label and not self.document.redo_label
        begun = not before.graph.layers and len(after.graph.layers) > 1
        if opened or begun:  # another project, or a whole network where nothing was
            self.show_start()

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

    def _show_hint(self) -> None:
        self._hint.show(empty=not self.document.state.graph.layers)

"""Drawing data on the map: what the pencil, its bar and the document have to do with each other."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial

import numpy as np
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QVBoxLayout, QWidget

from gradloom.core.counting import counted
from gradloom.data import Drawing
from gradloom.data.drawing import (
    MOST_POINTS,
    emptied,
    erase,
    room_of,
    same_form,
    taken_over,
    why_not,
)
from gradloom.document import Document, State
from gradloom.session.mapping import why_no_map
from gradloom.session.planes import Look, ground_of
from gradloom.session.runs import rows_stay
from gradloom.session.training import Status
from gradloom.ui.map.brushes import BRUSHES, ERASER
from gradloom.ui.map.controls import Controls
from gradloom.ui.map.drawbar import DrawBar, OfferBar
from gradloom.ui.map.field import Field
from gradloom.ui.map.pen import Pen
from gradloom.ui.map.shown import Shown
from gradloom.ui.map.sketch import Sketch
from gradloom.ui.map.strokes import Erase, Move, Stroke, grabbable
from gradloom.ui.map.tools import Touch
from gradloom.ui.theme import Theme
from gradloom.ui.view import View
from gradloom.ui.worker import TrainingBridge

_EMPTY = "Draw points here"
_NO_COLOURS = "Colours appear when the network is ready to train; see the problems."
_KEYS = {getattr(Qt.Key, f"Key_{brush.key}"): brush.name for brush in BRUSHES}
_SIZES = {Qt.Key.Key_BracketLeft: -1, Qt.Key.Key_BracketRight: 1}
_AROUND = 8.0  # px of the ring around a point that can be dragged
_PRESSES = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)
_DELETES = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


class DrawMode(QObject):
    """The pencil of one map. A stroke is one edit, made when it ends; Esc leaves it out."""

    asked = Signal(str)  # the map should take this tool in hand

    def __init__(
        self,
        document: Document,
        bridge: TrainingBridge,
        view: View,
        theme: Theme,
        controls: Controls,
        field: Field,
        shown: Shown,
    ) -> None:
        super().__init__(field)
        self._controls = controls
        self._document, self._bridge, self._view = document, bridge, view
        self._field, self._shown = field, shown
        self._touch: Touch | None = None
        self._in_hand = self._offered = False
        self.sketch = Sketch(field, shown, theme)
        self.pen = Pen(self, self.sketch, self._begin, self._end, self._over)
        self.tools = DrawBar(theme, self.edit)
        self.tools.changed.connect(self._ring)
        self.tools.cleared.connect(self._clear)
        self.offer = OfferBar()
        self.offer.edit.clicked.connect(self.take_over)
        self.offer.blank.clicked.connect(self.start_blank)
        self.bar = QWidget()
        column = QVBoxLayout(self.bar)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tools)
        column.addWidget(self.offer)
        self.bar.hide()
        field.left.connect(self._leave)
        controls.draw_with(self.tools.brushes)

    def serve(self, owner: QWidget) -> None:
        """Take the keys of the map itself."""
        owner.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or (do := self.key(event)) is None:
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # else the window's own action of that key is meant
        elif event.type() == QEvent.Type.KeyPress:
            do()
        return True

    @property
    def on(self) -> bool:
        """Whether the pencil is in hand."""
        return self._in_hand

    @property
    def source(self) -> Drawing | None:
        """The drawing that the map shows, or None while it shows other data."""
        source = self._document.state.data.source
        return source if isinstance(source, Drawing) else None

    @property
    def refusal(self) -> str:
        """Why nothing can be drawn into the data that is shown, or ""."""
        state = self._document.state
        return why_not(state.data.source, state.prepared.dataset)

    @property
    def hint(self) -> str:
        """What the brush in hand does, or why there are points but no colours; else ""."""
        source, why = self.source, why_no_map(self._document.state)
        if source is None:
            return why
        if why and (len(source.content) or not self._in_hand):
            return _NO_COLOURS
        return self.tools.brush.tip if self._in_hand else ""

    def follow(self, before: State, after: State) -> None:
        """The document changed: other data takes the pencil out of the hand, a blank puts it in."""
        old, new = before.data.source, after.data.source
        if old is new:
            return
        self.pen.cancel()
        if not isinstance(new, Drawing):
            if self._in_hand and (isinstance(old, Drawing) or self.refusal):
                self.asked.emit("pointer")
            return
        if not rows_stay(before, after):
            self._view.select_rows(frozenset())
        if not len(new.content) and not (isinstance(old, Drawing) and same_form(old, new)):
            self.asked.emit("pencil")

    def show_state(self) -> None:
        """Show what can be drawn with now; the map has placed its points already."""
        source = self.source
        if source is not None:
            self.tools.show_drawing(source, self._shown.levels)
        else:
            self.offer.words.setText(self._offer_words())
        drawable = self._in_hand and source is not None
        self._controls.offer_pencil(self.refusal)
        if drawable != self._offered:
            self._offered = drawable
            self._controls.drawing(on=drawable)
        self.tools.setVisible(source is not None)
        self.offer.setVisible(source is None)
        self.bar.setVisible(self._in_hand)
        empty = source is not None and not len(source.content)
        self.sketch.say(_EMPTY if empty else "")

    def in_hand(self, *, on: bool) -> None:
        """The pencil was taken in hand or laid down."""
        self._in_hand = on
        self.show_state()
        if on:
            first = self.offer.edit if self.source is None else self._field.sheet
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def take_over(self) -> None:
        """Make the points that are shown a drawing, as one edit; a training goes on with them."""
        state = self._document.state
        content = state.prepared.dataset
        if self.source is None and not self.refusal:
            room = room_of(content, ground_of(state, Look()).extent)
            shown = not self._field.notice  # then the plane stays just as it is
            whole = {"train": 100, "validation": 0, "test": 0}  # a truth table is not split
            shares = whole if state.data.source.task == "gate" else {}
            source = taken_over(content, self._field.extent if shown else room)
            self._replace("Edit these points", source, **shares)

    def start_blank(self) -> None:
        """An empty plane with the classes and columns of the data that is shown."""
        state = self._document.state
        self._replace("Start an empty plane", emptied(state.prepared.dataset))

    def edit(self, label: str, change: Callable[[Drawing], Drawing]) -> bool:
        """Change the drawing, as one step of undo; False if it changed nothing."""

        def changed(state: State) -> State:
            source = state.data.source
            assert isinstance(source, Drawing)
            after = change(source)
            if after is source:
                return state
            return dataclasses.replace(state, data=state.data.replace(source=after))

        return self.source is not None and self._document.edit(label, changed)

    def key(self, event: QKeyEvent) -> Callable[[], object] | None:
        """What a key does while the pencil is in hand; None: nothing."""
        plain = event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        )
        key = Qt.Key(event.key())
        if not self._in_hand or not plain:
            return None
        if key == Qt.Key.Key_Escape:
            return partial(self.asked.emit, "pointer")
        focus = QApplication.focusWidget()
        if key in _PRESSES and isinstance(focus, QAbstractButton):
            return focus.click
        if self.source is None:
            return None
        number = int(key) - int(Qt.Key.Key_1)
        if 0 <= number < len(self.tools.swatches) and number < 9:
            return partial(self.tools.choose, number)
        if key in _SIZES:
            return partial(self.tools.resize_brush, _SIZES[key])
        if key in _KEYS and not self.tools.buttons[_KEYS[key]].isHidden():
            return partial(self.tools.take, _KEYS[key])
        if key in _DELETES and self._view.rows:
            return self._delete
        return None

    # strokes

    def _begin(self, touch: Touch) -> Stroke | None:
        source = self.source
        if source is None:
            self._view.say(self._offer_words())
            return None
        brush = ERASER if touch.button is Qt.MouseButton.RightButton else self.tools.brush
        ink = self.tools.ink
        if brush is ERASER:
            ink = dataclasses.replace(ink, radius=self.tools.radius_of(ERASER))
        stroke = brush.stroke(source, ink, self._field.extent)
        if isinstance(stroke, Move):
            stroke.chosen = self._view.rows
        return stroke

    def _end(self, stroke: Stroke) -> None:
        after = stroke.after()
        if after is not stroke.before:
            self.edit(stroke.label, lambda _: after)
        if stroke.full:
            self._view.say(f"A drawing holds {MOST_POINTS:,} points; erase some to draw more.")

    def _over(self, touch: Touch) -> None:
        self._touch = touch
        self._ring()

    def _leave(self) -> None:
        self._touch = None
        self.sketch.ring(None)

    def _ring(self) -> None:
        touch, source, stroke = self._touch, self.source, self.pen.stroke
        if touch is None or source is None or not self._in_hand:
            self.sketch.ring(None)
            return
        brush = ERASER if isinstance(stroke, Erase) else self.tools.brush
        if brush.stroke is Move and stroke is None:
            grabbed = grabbable(source, touch)
            self.sketch.ring(*((None,) if grabbed is None else (grabbed, _AROUND)))
        else:
            radius = self.tools.radius_of(brush) if brush.sized else 0.0
            self.sketch.ring((touch.x, touch.y), radius)

    # edits

    def _clear(self) -> None:
        self.edit("Erase all points", lambda s: erase(s, np.arange(len(s.content))))

    def _delete(self) -> None:
        rows = np.array(sorted(self._view.rows))
        self.edit(f"Erase {counted(len(rows), 'point')}", lambda s: erase(s, rows))

    def _replace(self, label: str, source: Drawing, **shares: int) -> None:
        running = self._bridge.status is Status.RUNNING
        self._document.edit(
            label,
            lambda s: dataclasses.replace(s, data=s.data.replace(source=source, **shares)),
        )
        self.asked.emit("pencil")
        if running and self._document.state.ready:
            self._bridge.start()

    def _offer_words(self) -> str:
        state = self._document.state
        count, name = len(state.prepared.dataset), state.prepared.dataset.name
        return (
            f"These {counted(count, 'point')} come from {name}. To draw among them, make them"
            " your own; undo brings the original back."
        )

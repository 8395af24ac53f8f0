"""Hidden space: the rows of the data as a layer sees them, moving while it trains."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gradloom.core.counting import counted
from gradloom.document import Document, State
from gradloom.layers.shapes import Array, size
from gradloom.session.hidden import (
    Hidden,
    HiddenStudy,
    HiddenWish,
    layers_of,
    shown_for,
    units_for,
)
from gradloom.ui.hidden.controls import Controls
from gradloom.ui.hidden.glide import Glide
from gradloom.ui.hidden.picture import picture_of, table_of, words_of
from gradloom.ui.hidden.scene import Scene
from gradloom.ui.hidden.service import HiddenService
from gradloom.ui.hidden.trail import Walk
from gradloom.ui.map.field import Field
from gradloom.ui.map.reading import Reading
from gradloom.ui.map.subject import Subject, subjects_of
from gradloom.ui.map.tools import Grip, Lasso
from gradloom.ui.plots.export import Columns
from gradloom.ui.plots.points import PART_NAMES
from gradloom.ui.theme import Theme, small_buttons
from gradloom.ui.view import Selection, View
from gradloom.ui.worker import TrainingBridge

_HINT = "Point at a dot to read its row; click it to select the row everywhere."


class HiddenPanel(QWidget):
    """Follows the layer that is selected on the canvas, unless it is pinned."""

    def __init__(
        self, document: Document, view: View, theme: Theme, bridge: TrainingBridge
    ) -> None:
        super().__init__()
        self.setObjectName("hidden_space")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._document, self._view, self._theme = document, view, theme
        self.service = HiddenService(document, bridge, self)
        self._layer = ""  # what is wished for
        self._axes: dict[str, tuple[int, int] | None] = {}  # as chosen
        self._subject: Subject | None = None
        self._hidden: Hidden | None = None
        self._at: tuple[float, float] | None = None
        self.controls = Controls(theme)
        self.field = Field(theme)
        self.field.setAccessibleName("Hidden space")
        self.field.sheet.setAccessibleName("Hidden space")
        self.field.setMinimumSize(120, 90)
        self.field.file = "hidden-space"
        self.field.table = self.columns
        self.scene = Scene(self.field, theme)
        self.glide = Glide(self)
        self.reading = Reading(theme)
        self.grip = Grip(self.field)
        self.lasso = Lasso(self.field, self._lassoed)
        self.walk = Walk(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 2)
        column.setSpacing(2)
        column.addWidget(self.controls)
        column.addWidget(self.field, 1)
        column.addWidget(self.reading)
        self._listen()
        self._repaint()

    def _listen(self) -> None:
        self.controls.layer_chosen.connect(self._choose)
        self.controls.axes_chosen.connect(self._choose_axes)
        self.controls.tool_chosen.connect(self.take)
        self.controls.parts_chosen.connect(self._draw)
        self.controls.play_asked.connect(self._play)
        self.walk.stepped.connect(self._walked)
        self.walk.changed.connect(lambda on: self.controls.playing(on=on))
        self.glide.moved.connect(self._draw)
        self.field.hovered.connect(self._hover)
        self.field.left.connect(self._leave)
        self.field.clicked.connect(self._click)
        self.service.updated.connect(self._show)
        self._view.selection_changed.connect(self._selected)
        self._view.rows_selected.connect(self._mark)
        self._disconnect = self._document.changed.connect(self._changed)
        self._theme.changed.connect(self._repaint)

    def shutdown(self) -> None:
        """End the thread that computes; for closeEvent."""
        self._disconnect()
        self.walk.stop()
        self.service.shutdown()

    def sizeHint(self) -> QSize:
        return QSize(520, 400)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._prepare()
        self.service.watch(on=True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.walk.stop()
        self.service.watch(on=False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.controls.arrange(self.width(), self.height())
        self._make_room()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._view.rows:
            self._view.select_rows(frozenset())
        else:
            super().keyPressEvent(event)

    @property
    def layer(self) -> str:
        """The layer that is looked at, or "" while there is none."""
        return shown_for(self._document.state, self._layer)

    @property
    def hidden(self) -> Hidden | None:
        """The numbers that are shown, or None while there are none of this network."""
        return self._hidden

    def look_at(self, layer: str) -> None:
        """Look at a layer by its id."""
        self._layer = layer
        self._ask()

    def take(self, tool: str) -> None:
        """Take a tool in hand, "pointer" or "lasso"."""
        self.grip.take(self.lasso if tool == "lasso" else None)
        self.controls.tools[tool].setChecked(True)

    def columns(self) -> Columns:
        """What is shown as a table: a row for each point."""
        picture = self.glide.end
        return {} if picture is None or self._hidden is None else table_of(picture)

    # choosing

    @Slot(int)
    def _choose(self, at: int) -> None:
        self.walk.stop()
        self.look_at(layers_of(self._document.state)[at])

    @Slot(object)
    def _choose_axes(self, units: tuple[int, int] | None) -> None:
        self._axes[self.layer] = units
        self._ask()

    @Slot(object)
    def _selected(self, selection: Selection) -> None:
        state, layer = self._document.state, selection.single
        if self.controls.pin.isChecked() or layer is None:
            return
        if layer in layers_of(state) or layer in state.analysis.codings:
            self.walk.stop()
            self.look_at(layer)

    @Slot()
    def _play(self) -> None:
        """Walk from the input on, or stop."""
        layers = layers_of(self._document.state)
        if self.walk.goes_on or not layers:
            self.walk.stop()
        else:
            self.walk.start(len(layers))
        self.controls.playing(on=self.walk.goes_on)

    @Slot(int)
    def _walked(self, at: int) -> None:
        layers = layers_of(self._document.state)
        if at < len(layers):
            self.look_at(layers[at])
        else:
            self.walk.stop()

    def _ask(self) -> None:
        """Ask for what is wished, and say it in the controls."""
        state, layer = self._document.state, self.layer
        if not layer:
            return
        count = size(state.analysis.shapes[layer])
        units = units_for(count, self._axes.get(layer, (0, 1) if count == 2 else None))
        self.controls.show_layer(layers_of(state).index(layer), count, units)
        self.service.look_at(HiddenWish(layer, units))

    # listening

    def _changed(self, before: State, after: State) -> None:
        if not after.asks_the_same(before) and self.isVisible():
            self._prepare()

    @Slot()
    def _repaint(self) -> None:
        """Read every colour again."""
        t = self._theme.tokens
        self.controls.repaint_icons()
        self.setStyleSheet(
            f"QWidget#hidden_space {{ background: {t.surface}; }}" + small_buttons(t, 5, t.quiet)
        )
        self._draw()

    def _prepare(self) -> None:
        """Another document: its layers, parts and answers."""
        state = self._document.state
        self._hidden = None
        sentence = HiddenStudy().why_not(state)
        ready = not sentence
        subjects = subjects_of(state) if ready else ()
        self._subject = subjects[0] if subjects else None
        split = state.prepared.split
        layers = [state.graph[id_].name for id_ in layers_of(state)] if ready else []
        rows = [len(getattr(split, name)) if ready else 0 for name in PART_NAMES]
        self.controls.offer(layers, rows)
        self.field.notice = sentence
        self._make_room()
        self._leave()
        if ready:
            self._ask()

    @Slot(object)
    def _show(self, hidden: Hidden) -> None:
        state, subject = self._document.state, self._subject
        if hidden.sentence != self.field.notice:
            self.field.notice = hidden.sentence
        late = HiddenWish(hidden.layer, hidden.units) != self.service.wish
        if hidden.sentence or subject is None or late:
            return
        self._hidden = hidden
        self.controls.show_share(hidden.share)
        self.glide.show(picture_of(state, subject, hidden, self.glide.end))

    @Slot()
    def _draw(self) -> None:
        picture = self.glide.picture
        if picture is not None and self._subject is not None:
            parts = self.controls.parts.shown
            self.scene.draw(picture, self._subject, parts, resting=not self.glide.under_way)
            self._mark()
            self._read()

    @Slot()
    def _mark(self) -> None:
        self.scene.choose(self._view.rows)

    def _make_room(self) -> None:
        classes = self._subject.classes if self._subject else ()
        self.reading.make_room(classes, self.width() - 16, told=True)

    # reading

    @Slot(float, float)
    def _hover(self, x: float, y: float) -> None:
        self._at = (x, y)
        self._read()

    @Slot()
    def _leave(self) -> None:
        self._at = None
        self._read()

    def _read(self) -> None:
        hidden, subject, scene = self._hidden, self._subject, self.scene
        point = None if self._at is None else scene.nearest(*self._at)
        scene.point_out(point)
        if hidden is None or subject is None or point is None or scene.points is None:
            self.reading.setText("" if self.field.notice else _HINT)
            return
        part = int(scene.points.part[point])
        self.reading.setText(words_of(self._document.state, subject, hidden, point, part))

    @Slot(float, float)
    def _click(self, x: float, y: float) -> None:
        point, points = self.scene.nearest(x, y), self.scene.points
        if points is not None and self._hidden is not None:
            rows = [] if point is None else [int(points.rows[point])]
            self._view.select_rows(frozenset(rows))

    def _lassoed(self, polygon: Array, adding: bool) -> None:
        rows = self.scene.within(polygon)
        self._view.select_rows(self._view.rows | rows if adding else rows)
        chosen = len(self._view.rows)
        self._view.say(f"{counted(chosen, 'row is', 'rows are')} selected." if chosen else "")

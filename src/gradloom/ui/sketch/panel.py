"""The panel to draw in: paper, what the network is given, what it tells of it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QHideEvent, QPixmap, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from gradloom.document import Document, State
from gradloom.layers.shapes import Array
from gradloom.session.answering import Rest
from gradloom.session.featuring import Specimen
from gradloom.session.sketching import Sketch, manner_of
from gradloom.session.telling import RowStudy, Told
from gradloom.ui.answers import AnswerService
from gradloom.ui.forms.choice import Combo
from gradloom.ui.forms.flow import FlowLayout
from gradloom.ui.forms.number import RateSlider
from gradloom.ui.forms.parts import ElidedLabel, Switch, small_button
from gradloom.ui.pictures import picture_pixmap
from gradloom.ui.sketch.paper import Paper
from gradloom.ui.sketch.shares import SharesView
from gradloom.ui.theme import NORMAL, SMALL, Theme, font
from gradloom.ui.view import View
from gradloom.ui.worker import TrainingBridge

NO_PICTURES = (
    "Drawing needs data that are pictures: choose the digits in the Data panel, or open pictures of"
    " your own there."
)
_REST = Rest(interval=1 / 60, idle=1)
_SEEN = 72  # px of what the network is given
_BRUSHES = (0.5, 0.6, 0.7, 0.85, 1.0, 1.2, 1.4, 1.7, 2.0)  # times the data's own


class SketchPanel(QWidget):
    """Follows the document's data and the run; nothing is computed while it is out of sight."""

    def __init__(
        self, document: Document, view: View, theme: Theme, bridge: TrainingBridge
    ) -> None:
        super().__init__()
        self._document, self._view, self._theme = document, view, theme
        self.service = AnswerService(document, bridge, RowStudy(), _REST, self)
        self._shown: object = None  # the data that the paper is for
        self._raw: Array | None = None  # what the network is given; None while nothing is drawn
        self._row: int | None = None  # of the data, as long as it is on the paper as it is
        self._told: Told | None = None
        self.paper = Paper(theme)
        self.paper.drawn.connect(self._drawn)
        self.centre = Switch()
        self.centre.setChecked(True)
        self.centre.setAccessibleName("Centre")
        self.centre.setToolTip(
            "What is drawn is moved and sized as the data's own pictures are: its longer side like"
            " theirs, its centre of mass where theirs is."
        )
        self.centre.toggled.connect(lambda _: self._drawn())
        self.brush = RateSlider(len(_BRUSHES))
        self.brush.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.brush.setValue(_BRUSHES.index(1.0))
        self.brush.setFixedWidth(72)
        self.brush.setAccessibleName("Brush")
        self.brush.setToolTip("How wide the brush is; in the middle lines come out as the data's.")
        self.brush.valueChanged.connect(lambda _: self._set_brush())
        self.clear = small_button("Clear", "Takes everything off the paper.")
        self.clear.clicked.connect(self.paper.clear)
        self.load = small_button("Load row", "Puts the selected row of the data on the paper.")
        self.load.clicked.connect(self._load)
        self.outputs = Combo()
        self.outputs.setAccessibleName("Output")
        self.outputs.currentIndexChanged.connect(lambda _: self._show_told())
        self.seen = QLabel()
        self.seen.setFixedSize(_SEEN, _SEEN)
        self.seen.setFrameShape(QFrame.Shape.StyledPanel)
        self.seen.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.seen.setAccessibleName("What the network is given")
        self.seen.setToolTip("The picture as the network is given it, cell by cell.")
        self.caption = ElidedLabel("As the network sees it", SMALL)
        self.caption.set_quiet()
        self.shares = SharesView(theme)
        self.sentence = QLabel()
        self.sentence.setWordWrap(True)
        self.sentence.setFont(font(NORMAL))
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.sentence.setForegroundRole(self.sentence.palette().ColorRole.PlaceholderText)
        self.setAccessibleName("Sketch")
        self._lay_out()
        self.service.updated.connect(self._answered)
        view.rows_selected.connect(lambda _: self._enable())
        disconnect = document.changed.connect(self._follow)
        self.destroyed.connect(lambda *_: disconnect())
        theme.changed.connect(self._show_seen)

    def _lay_out(self) -> None:
        controls = FlowLayout(spacing=8)
        switches = _named("Centre", self.centre), _named("Brush", self.brush)
        for switch in switches:
            switch.setFixedHeight(self.clear.sizeHint().height())
        for widget in (self.clear, self.load, *switches):
            controls.addWidget(widget)
        right = QVBoxLayout()
        right.setSpacing(4)
        right.addWidget(self.seen)
        right.addWidget(self.caption)
        right.addWidget(self.outputs)
        right.addWidget(self.shares, 1)
        both = QHBoxLayout()
        both.setSpacing(12)
        both.addWidget(self.paper, 3)
        both.addLayout(right, 2)
        self.desk = QWidget()
        column = QVBoxLayout(self.desk)
        column.setContentsMargins(8, 6, 8, 8)
        column.setSpacing(6)
        column.addLayout(controls)
        column.addLayout(both, 1)
        self.stack = QStackedLayout(self)
        self.stack.addWidget(self.desk)
        self.stack.addWidget(self.sentence)

    def sizeHint(self) -> QSize:
        return QSize(480, 300)

    def shutdown(self) -> None:
        """End the thread; for closeEvent."""
        self.service.shutdown()

    # follow

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._look()
        self.service.watch(on=True)
        self._drawn()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.service.watch(on=False)
        self._view.show_specimen(None)

    def _follow(self, before: State, after: State) -> None:
        if self.isVisible():
            self._look()

    def _look(self) -> None:
        """Paper for the data as it is; what was drawn stays if it fits there."""
        data = self._document.state.prepared.dataset
        if data is not self._shown:
            self._shown = data
            self._row = None
            before = self.paper.sketch
            if data.feature_shape is None:
                self.paper.set_sketch(None)
            else:
                manner = manner_of(data)
                self.paper.set_sketch(
                    Sketch(manner) if before is None else before.for_manner(manner)
                )
            self._drawn()
        self._enable()

    def _enable(self) -> None:
        pictures = self.paper.sketch is not None
        self.sentence.setText("" if pictures else NO_PICTURES)
        self.stack.setCurrentWidget(self.desk if pictures else self.sentence)
        row = self._selected()
        self.load.setEnabled(row is not None)
        self.load.setText("Load row" if row is None else f"Load row {row + 1}")
        self.clear.setEnabled(self._raw is not None)

    def _selected(self) -> int | None:
        """The one selected row, if it is one of the data."""
        rows = self._view.rows
        row = next(iter(rows)) if len(rows) == 1 else -1
        return row if 0 <= row < len(self._document.state.prepared.dataset) else None

    # draw

    def _set_brush(self) -> None:
        self.paper.brush = _BRUSHES[self.brush.value()]
        self.paper.update()

    def _load(self) -> None:
        row = self._selected()
        if row is not None:
            self._row = row
            self.paper.load(self._document.state.prepared.dataset.features[row])

    def _drawn(self) -> None:
        sketch = self.paper.sketch
        if sketch is None or sketch.loaded is None:
            self._row = None
        self._raw = None
        if sketch is not None and not sketch.blank:
            self._raw = sketch.raw(centred=self.centre.isChecked())
        self._show_seen()
        self._show_told()
        self._enable()
        self.service.wish_for(self._raw)
        if self.isVisible():
            raw = self._raw
            self._view.show_specimen(None if raw is None else Specimen(raw, self._row))

    def _show_seen(self) -> None:
        sketch = self.paper.sketch
        if sketch is None or self._raw is None:
            self.seen.setPixmap(QPixmap())
            return
        picture = self._raw.reshape(sketch.manner.shape)
        ratio = self.devicePixelRatioF()
        self.seen.setPixmap(
            picture_pixmap(picture, sketch.manner.ink, self._theme.tokens, _SEEN - 4, ratio)
        )

    # what is told

    def _answered(self, told: Told) -> None:
        self._told = told
        names = [answer.label for answer in told.answers]
        if names and names != [self.outputs.itemText(i) for i in range(self.outputs.count())]:
            self.outputs.clear()
            self.outputs.addItems(names)
        self.outputs.setVisible(self.outputs.count() > 1)
        self._show_told()

    def _show_told(self) -> None:
        told, at = self._told, max(self.outputs.currentIndex(), 0)
        telling = told.answers[at] if told is not None and at < len(told.answers) else None
        true = -1
        data = self._document.state.prepared.dataset
        if self._row is not None and data.target_columns and data.target_columns[0].classes:
            true = int(data.targets[self._row, 0])
        self.shares.show_telling(telling, true)
        self.caption.set_text(self._words(told, true))

    def _words(self, told: Told | None, true: int) -> str:
        if told is not None and told.sentence:
            return told.sentence
        if self._row is not None:
            name = self._document.state.prepared.dataset.target_columns[0].classes[true]
            return f"Row {self._row + 1}: {name}" if true >= 0 else f"Row {self._row + 1}"
        return "As the network sees it"


def _named(name: str, widget: QWidget) -> QWidget:
    both = QWidget()
    line = QHBoxLayout(both)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(4)
    label = QLabel(name)
    label.setFont(font(SMALL))
    line.addWidget(label)
    line.addWidget(widget)
    return both

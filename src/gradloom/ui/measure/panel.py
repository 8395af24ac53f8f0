"""The panel of measures: training, validation and test rows side by side where there is room."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QHideEvent, QKeyEvent, QPalette, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from gradloom.document import Document, State
from gradloom.session.measuring import PARTS, Answer, Measures, Part, RealPart
from gradloom.session.runs import rows_stay
from gradloom.ui.forms.choice import Combo, Segmented
from gradloom.ui.forms.parts import StillText, sentence
from gradloom.ui.measure import words
from gradloom.ui.measure.confusion import ConfusionFace
from gradloom.ui.measure.curves import CalibrationFace, PrecisionFace, RocFace
from gradloom.ui.measure.face import NOTHING, Face, Rows
from gradloom.ui.measure.face import Words as Figures
from gradloom.ui.measure.fits import PredictedFace, ResidualFace, range_of, reach_of
from gradloom.ui.measure.numbers import numbers_of
from gradloom.ui.measure.pane import Pane
from gradloom.ui.measure.scores import ScoresFace
from gradloom.ui.measures import MeasureService
from gradloom.ui.theme import NORMAL, Theme, font
from gradloom.ui.view import View
from gradloom.ui.worker import TrainingBridge

_SEGMENTS = 420  # px, the widest row of buttons
_SIDE_BY_SIDE = 205  # px that a pane needs beside others
_WAITING = "Measures appear here as soon as there is a run: press Space to train."
_HINT = "Point at a number to see where it comes from; click a cell, dot or bar to select its rows."


@dataclass(frozen=True)
class _Page:
    name: str
    label: str
    help: str


_CLASSES = (
    _Page("matrix", "Matrix", "Confusion matrix: which classes are taken for which."),
    _Page("scores", "Scores", "Precision, recall and F1 of each class."),
    _Page("roc", "ROC", "True against false positive rate at every threshold, and the area."),
    _Page("pr", "PR", "Precision against recall at every threshold."),
    _Page("calibration", "Calibration", "Whether probabilities are as often right as they say."),
)
_REAL = (
    _Page("predicted", "Predicted", "The network's numbers against the true ones."),
    _Page("residuals", "Residuals", "How far off the network is, and how often."),
)


class MeasuresPanel(QWidget):
    """Measures of each Output, renewed twice a second while it trains and somebody looks."""

    def __init__(
        self, document: Document, view: View, theme: Theme, bridge: TrainingBridge
    ) -> None:
        super().__init__()
        self._document, self._view, self._theme = document, view, theme
        self.service = MeasureService(document, bridge, self)
        self._measures: Measures | None = None
        self._key: tuple[str, str] | None = None
        self._page = {True: "matrix", False: "predicted"}  # by whether there are classes
        self._part = "validation"
        self._labels: tuple[str, ...] = ()
        self._wide = False
        self.outputs = Combo()
        self.outputs.setAccessibleName("Output to measure")
        self.outputs.currentIndexChanged.connect(self._choose)
        self.pages = {
            classes: self._segments(pages) for classes, pages in ((True, _CLASSES), (False, _REAL))
        }
        self.parts = Segmented(list(PARTS))
        self.parts.group.idClicked.connect(self._show_part)
        for button, name in zip(self.parts.buttons, PARTS, strict=True):
            button.setToolTip(f"Measure the {name} rows.")
        self.message = sentence(_WAITING)
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.message.setFont(font(NORMAL))
        self.message.setMargin(16)
        self.line = StillText()
        self.panes = {name: Pane(theme, name) for name in PARTS}
        for pane in self.panes.values():
            pane.pointed.connect(self._said)
            pane.picked.connect(self._pick)
        self._build()
        self.service.updated.connect(self.show_measures)
        view.rows_selected.connect(self._refresh)
        theme.changed.connect(self._refresh)
        self._disconnect = document.changed.connect(self._changed)
        self._refresh()

    def shutdown(self) -> None:
        """End the thread that measures; for closeEvent."""
        self._disconnect()
        self.service.shutdown()

    @property
    def page(self) -> str:
        """What is shown: "matrix", "roc", "predicted" ..."""
        answer = self._answer()
        return self._page[answer is None or bool(answer.classes)]

    def open_page(self, name: str) -> None:
        """Show a page by its name."""
        self._page[any(page.name == name for page in _CLASSES)] = name
        self._refresh()

    @Slot(object)
    def show_measures(self, measures: Measures) -> None:
        """Show these numbers."""
        self._measures = measures
        self._refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.service.watch(on=True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.service.watch(on=False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        answer = self._answer()
        if answer is not None and self._fits(answer) != self._wide:
            self._refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._view.rows:
            self._view.select_rows(NOTHING)
            return
        super().keyPressEvent(event)

    def _build(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(6, 6, 6, 0)
        top.setSpacing(6)
        top.addWidget(self.outputs)
        for segments in self.pages.values():
            segments.setMaximumWidth(_SEGMENTS)
            top.addWidget(segments, 1)
        top.addStretch()
        second = QHBoxLayout()
        second.setContentsMargins(6, 0, 6, 0)
        self.parts.setMaximumWidth(_SEGMENTS)
        second.addWidget(self.parts, 1)
        second.addStretch()
        body = QWidget()
        side = QHBoxLayout(body)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(0)
        for pane in self.panes.values():
            side.addWidget(pane, 1)
        self.area = QScrollArea()
        self.area.setWidget(body)
        self.area.setWidgetResizable(True)
        body.setAutoFillBackground(False)
        self.area.viewport().setAutoFillBackground(False)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 4)
        column.setSpacing(4)
        column.addLayout(top)
        column.addLayout(second)
        column.addWidget(self.area, 1)
        column.addWidget(self.message, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(8, 0, 8, 0)
        foot.addWidget(self.line)
        column.addLayout(foot)
        self.setAutoFillBackground(True)
        self.setAccessibleName("Measures")

    def _segments(self, pages: tuple[_Page, ...]) -> Segmented:
        made = Segmented([page.label for page in pages])
        for button, page in zip(made.buttons, pages, strict=True):
            button.setToolTip(page.help)
        made.group.idClicked.connect(lambda number: self.open_page(pages[number].name))
        return made

    def _answer(self) -> Answer | None:
        answers = self._measures.answers if self._measures is not None else ()
        return next((a for a in answers if a.key == self._key), answers[0] if answers else None)

    def _changed(self, before: State, after: State) -> None:
        if self._view.rows and not rows_stay(before, after):
            self._view.select_rows(NOTHING)

    @Slot(int)
    def _choose(self, number: int) -> None:
        if self._measures is not None and 0 <= number < len(self._measures.answers):
            self._key = self._measures.answers[number].key
            self._refresh()

    @Slot(int)
    def _show_part(self, number: int) -> None:
        self._part = PARTS[number]
        self._refresh()

    @Slot(str)
    def _said(self, said: str) -> None:
        self.line.setText(said or _HINT)

    @Slot(object, str, bool)
    def _pick(self, rows: Rows, said: str, added: bool) -> None:
        again = rows == self._view.rows and not added
        self._view.select_rows(self._view.rows | rows if added else NOTHING if again else rows)
        if said and not again:
            self._view.say(said)

    @Slot()
    def _refresh(self) -> None:
        """Show the newest numbers in every pane."""
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Window, self._theme.colour("surface"))
        self.setPalette(palette)
        answer, measures = self._answer(), self._measures
        shown = answer is not None
        self.area.setVisible(shown)
        self.line.setVisible(shown)
        self.message.setVisible(not shown)
        said = measures.sentence if measures is not None else ""
        self.message.setText(said or _WAITING)
        self._offer(measures.answers if measures is not None else ())
        for classes, segments in self.pages.items():
            segments.setVisible(answer is not None and bool(answer.classes) == classes)
        if answer is None:
            self.parts.hide()
            return
        classes = bool(answer.classes)
        pages = _CLASSES if classes else _REAL
        for button, page in zip(self.pages[classes].buttons, pages, strict=True):
            button.setChecked(page.name == self._page[classes])
        wide = self._fits(answer)
        for name, part in answer.parts.items():
            numbers, count = numbers_of(self.page, answer, part), words.rows(len(part.rows))
            if not wide:
                numbers.append((f"{len(part.rows)}", "rows", f"{count} in the {name} part"))
            face, figures = self._face(answer, name, part), Figures(self._theme, numbers)
            self.panes[name].show_face(face, figures, count if wide else "")
        if not self.line.text():
            self.line.setText(_HINT)
        self._arrange()

    def _offer(self, answers: tuple[Answer, ...]) -> None:
        labels = tuple(answer.label for answer in answers)
        if labels != self._labels:
            self._labels = labels
            self.outputs.blockSignals(True)  # noqa: FBT003 - Qt's
            self.outputs.clear()
            self.outputs.addItems(labels)
            self.outputs.blockSignals(False)  # noqa: FBT003 - Qt's
            keys = [answer.key for answer in answers]
            self.outputs.setCurrentIndex(keys.index(self._key) if self._key in keys else 0)
        self.outputs.setVisible(len(answers) > 1)

    def _arrange(self) -> None:
        """All parts side by side, or one of them and a chooser."""
        answer = self._answer()
        if answer is None:
            return
        there, wide = [name for name in PARTS if name in answer.parts], self._fits(answer)
        self._wide = wide
        if self._part not in there:
            self._part = there[0]
        for name, pane in self.panes.items():
            pane.setVisible(name in there and (wide or name == self._part))
        self.parts.setVisible(not wide)
        for button, name in zip(self.parts.buttons, PARTS, strict=True):
            button.setVisible(name in there)
            button.setChecked(name == self._part)

    def _fits(self, answer: Answer) -> bool:
        """Whether all parts have room beside each other."""
        return self.width() >= _SIDE_BY_SIDE * len(answer.parts)

    def _face(self, answer: Answer, name: str, part: Part) -> Face:
        theme, selected = self._theme, self._view.rows
        if isinstance(part, RealPart):
            parts = [p for p in answer.parts.values() if isinstance(p, RealPart)]
            if self.page == "residuals":
                return ResidualFace(theme, selected, name, part, reach_of(parts))
            return PredictedFace(theme, selected, name, answer, part, range_of(parts))
        if self.page == "matrix":
            return ConfusionFace(theme, selected, name, answer, part)
        made: dict[str, Callable[..., Face]] = {
            "scores": ScoresFace,
            "roc": RocFace,
            "pr": PrecisionFace,
            "calibration": CalibrationFace,
        }
        return made[self.page](theme, selected, answer, part)

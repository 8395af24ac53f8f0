"""What one chooses above the landscape: directions, and by buttons all else."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from gradloom.document import State
from gradloom.session.slices import GRADIENT, PATH, RANDOM, WEIGHTS, Wish
from gradloom.ui.forms.choice import Combo, Segmented
from gradloom.ui.forms.flow import FlowLayout
from gradloom.ui.jobs import JobProgress, JobService
from gradloom.ui.landscape.options import OptionsPopup
from gradloom.ui.landscape.weights import WeightsPopup
from gradloom.ui.theme import Theme


@dataclass(frozen=True)
class _Way:
    along: str
    label: str
    tip: str


_WAYS = (
    _Way(PATH, "Path", "The directions in which this run has moved most."),
    _Way(
        RANDOM,
        "Random",
        "Two random directions, in which each unit's weights change by their own size.",
    ),
    _Way(GRADIENT, "Gradient", "Straight down the slope of the loss: a line."),
    _Way(WEIGHTS, "Two weights", "Two single weights of one unit, all others as they are."),
)


class Controls(QWidget):
    """One line of controls; `chosen` says that another landscape is wanted."""

    chosen = Signal()
    asked = Signal()  # compute now

    def __init__(self, theme: Theme, jobs: JobService) -> None:
        super().__init__()
        self._theme, self._draw = theme, 0
        self.along = Combo()
        self.along.setAccessibleName("Directions")
        self.along.setFixedWidth(112)
        for way in _WAYS:
            self.along.addItem(way.label)
            place = self.along.count() - 1
            self.along.setItemData(place, way.tip, Qt.ItemDataRole.ToolTipRole)
        self.shape = Segmented(["Plane", "Line"])
        for button, tip in zip(
            self.shape.buttons,
            ("The loss over two directions.", "The loss along the first direction."),
            strict=True,
        ):
            button.setToolTip(tip)
        self.shape.buttons[0].setChecked(True)
        self.shape.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.dice = _button("Draw other random directions.", "Other directions")
        self.pick = _button("Choose the two weights.", "Choose weights")
        self.weights = WeightsPopup(theme, self.pick)
        self.more = _button("Range, scale, and when it is drawn.", "Options of the landscape")
        self.options = OptionsPopup(theme, self.more)
        self.compute = _button("Draw the landscape around the run as it is now.", "Compute")
        self.compute.setText("Compute")
        self.progress = JobProgress(
            jobs, "Cancel computing", "Stops computing; what is drawn so far stays."
        )
        self.progress.words.hide()
        self.progress.bar.setFixedWidth(64)
        jobs.changed.connect(self._show_progress)
        flow = FlowLayout(self)
        for widget in (
            *(self.along, self.shape, self.dice, self.pick, self.more),
            *(self.compute, self.progress),
        ):
            widget.setFixedHeight(self.along.sizeHint().height())
            flow.addWidget(widget)
        self.along.activated.connect(self._chosen)
        self.shape.group.idClicked.connect(self._chosen)
        self.weights.chosen.connect(self._chosen)
        self.options.ranged.connect(self._chosen)
        self.dice.clicked.connect(self._draw_others)
        self.compute.clicked.connect(self.asked)
        theme.changed.connect(self._paint)
        self._arrange()
        self._paint()

    @property
    def wish(self) -> Wish:
        """What is chosen."""
        way = _WAYS[self.along.currentIndex()]
        return Wish(
            way.along,
            self.shape.buttons[1].isChecked(),
            self.options.reach,
            self._draw,
            self.weights.weights if way.along == WEIGHTS else (),
        )

    def show_state(self, state: State) -> None:
        """The weights there are to choose from."""
        self.weights.offer(state)

    def _chosen(self) -> None:
        self._arrange()
        self.chosen.emit()

    def _draw_others(self) -> None:
        self._draw += 1
        self.chosen.emit()

    def _show_progress(self) -> None:
        """The bar stands in the button's place."""
        self.compute.setVisible(self.progress.isHidden())

    def _arrange(self) -> None:
        """Show what makes sense for the directions that are chosen."""
        way = _WAYS[self.along.currentIndex()]
        self.along.setToolTip(way.tip)
        self.shape.setVisible(way.along != GRADIENT)
        self.dice.setVisible(way.along == RANDOM)
        self.pick.setVisible(way.along == WEIGHTS)

    def _paint(self) -> None:
        icons = {self.dice: "dices", self.pick: "share-2", self.more: "sliders-horizontal"}
        for button, icon in icons.items():
            button.setIcon(self._theme.icon(icon))


def _button(tip: str, name: str) -> QToolButton:
    button = QToolButton()
    button.setToolTip(tip)
    button.setAccessibleName(name)
    button.setIconSize(QSize(14, 14))
    return button

"""What one chooses above the map: Output, shading, tool, options, points."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QToolButton, QWidget

from gradloom.ui.forms.choice import Combo
from gradloom.ui.forms.parts import ElidedLabel
from gradloom.ui.map.options import Options, OptionsPopup
from gradloom.ui.plots.part_buttons import PartButtons
from gradloom.ui.plots.points import PART_NAMES
from gradloom.ui.theme import Theme

_PENCIL = "Draw points of your own, erase and move them (D)."
_LEAST_CHOICE, _CHOICE = 64, 118  # px, in a narrow panel and a wide one
_WIDE = 560  # px from which the points' buttons have words beside their markers
_SHADINGS = {
    "share": ("Probability", "Shaded by how sure the network is."),
    "class": ("Class", "The likeliest class everywhere."),
    "value": ("Value", "Shaded by what the network answers."),
    "doubt": ("Uncertainty", "The darker, the less sure the network is."),
}


class Controls(QWidget):
    """One row; the buttons of the points are their legend."""

    subject_chosen = Signal()
    shading_chosen = Signal()
    points_chosen = Signal()
    tool_chosen = Signal(str)  # "pointer" or the name of another tool
    options_changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._shadings: tuple[str, ...] = ()
        self._shaded, self._drawing = True, False
        self._brushes: QWidget | None = None
        self.title = ElidedLabel(strong=True)
        # nothing stands there but while a neuron is looked at
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.title.setMinimumWidth(0)
        self.subject = Combo()
        self.subject.setAccessibleName("Output shown in the map")
        self.subject.setToolTip("Which answer of the network the map shows.")
        self.subject.currentIndexChanged.connect(self.subject_chosen)
        self.shading = Combo()
        self.shading.setAccessibleName("What the map is shaded by")
        self.shading.currentIndexChanged.connect(self._shading_chosen)
        self._tool_group = QButtonGroup(self)
        self._tool_group.setExclusive(True)
        self.tools = {
            "pointer": self._tool("pointer", "Point, click and zoom.", "mouse-pointer"),
            "lasso": self._tool(
                "lasso", "Draw around points to select their rows; Shift adds.", "lasso"
            ),
        }
        pencil = self._tool("pencil", _PENCIL, "pencil")
        pencil.setAccessibleName("Draw points")
        self.tools["pencil"] = pencil
        self.tools["pointer"].setChecked(True)
        self.more = QToolButton()
        self.more.setIconSize(QSize(14, 14))  # as the tools have it: the row is as high without
        self.more.setToolTip("More to show: wrong points, lines of equal value, a veil.")
        self.more.setAccessibleName("Show on the map")
        self.popup = OptionsPopup(theme, self.more)
        self.popup.changed.connect(self.options_changed)
        self.parts = PartButtons(theme)
        self.parts.chosen.connect(self.points_chosen)
        self.row = row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(3)
        row.addWidget(self.title, 1)
        for choice in (self.subject, self.shading):
            choice.setMinimumWidth(_LEAST_CHOICE)
            choice.setMaximumWidth(_CHOICE)
            row.addWidget(choice, 100)  # before the title, which is empty beside them
        for button in (*self.tools.values(), self.more):
            row.addWidget(button)
        row.addSpacing(4)
        row.addWidget(self.parts)
        row.addStrut(self.subject.sizeHint().height())  # whatever is offered: the plane stays

    @property
    def shown_parts(self) -> list[int]:
        """Indices of the parts whose points are shown: all while one draws."""
        return [*range(len(PART_NAMES))] if self._drawing else self.parts.shown

    def draw_with(self, brushes: QWidget) -> None:
        """The brushes that take the room of the choices while one draws."""
        self._brushes = brushes
        self.row.insertWidget(0, brushes)
        brushes.hide()

    def drawing(self, *, on: bool) -> None:
        """Offer the brushes in place of what one chooses to look at."""
        self._drawing = on
        if self._brushes is not None:
            self._brushes.setVisible(on)
        self._show_choices()
        self.points_chosen.emit()

    @property
    def shaded_by(self) -> str:
        """What the map is shaded by; see `Style`."""
        index = self.shading.currentIndex()
        return self._shadings[index] if 0 <= index < len(self._shadings) else "share"

    @property
    def options(self) -> Options:
        """What is added to the map."""
        return self.popup.options

    def offer(self, labels: list[str], rows: Sequence[int]) -> None:
        """What there is to choose: answers, and parts of so many rows."""
        if labels != [self.subject.itemText(i) for i in range(self.subject.count())]:
            kept = max(0, self.subject.currentIndex())
            self.subject.clear()
            self.subject.addItems(labels)
            self.subject.setCurrentIndex(min(kept, len(labels) - 1))
        self.parts.offer(rows if labels else (0, 0, 0))
        self._show_choices()
        for widget in (self.more, self.tools["pointer"], self.tools["lasso"]):
            widget.setVisible(bool(labels))

    def offer_options(self, *, classes: bool, whole: bool, plane: bool) -> None:
        """What can be added to the map: nothing to the curve of a number."""
        self.popup.offer(classes=classes, whole=whole, plane=plane)
        self.more.setVisible(classes or plane)

    def offer_pencil(self, refusal: str) -> None:
        """Whether points can be drawn: why not, or ""."""
        self.tools["pencil"].setEnabled(not refusal)
        self.tools["pencil"].setToolTip(refusal or _PENCIL)

    def offer_shading(self, shadings: tuple[str, ...], *, shown: bool = True) -> None:
        """What the map can be shaded by now; one way is no choice."""
        if shadings != self._shadings:
            before = self.shaded_by
            self._shadings = shadings
            self.shading.clear()
            for name in shadings:
                text, tip = _SHADINGS[name]
                self.shading.addItem(text)
                place = self.shading.count() - 1
                self.shading.setItemData(place, tip, Qt.ItemDataRole.ToolTipRole)
            if before in shadings:
                self.shading.setCurrentIndex(shadings.index(before))
        self._shaded = shown
        self._show_choices()

    def _show_choices(self) -> None:
        free = not self._drawing
        self.title.setVisible(free)
        self.subject.setVisible(free and self.subject.count() > 1)
        self.shading.setVisible(free and self._shaded and len(self._shadings) > 1)
        self.parts.setVisible(free)

    def repaint_icons(self) -> None:
        """Markers and icons in the colours of the theme."""
        self.parts.repaint_icons()
        for button in self.tools.values():
            button.setIcon(self._theme.icon(button.property("icon_name"), "text"))
        self.more.setIcon(self._theme.icon("eye", "text"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.parts.widen(wide=self.width() >= _WIDE)

    def _shading_chosen(self) -> None:
        if self.shading.currentIndex() >= 0:
            self.shading.setToolTip(_SHADINGS[self.shaded_by][1])
            self.shading_chosen.emit()

    def _tool(self, name: str, tip: str, icon: str) -> QToolButton:
        button = _switch("", tip)
        button.setProperty("icon_name", icon)
        button.setIconSize(QSize(14, 14))
        button.clicked.connect(lambda: self.tool_chosen.emit(name))
        self._tool_group.addButton(button)
        return button


def _switch(text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setAccessibleName(tip.rstrip("."))
    button.setCheckable(True)
    return button

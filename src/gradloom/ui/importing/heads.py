"""The head of a table: a column's name, and below it what the column is."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QHeaderView, QStyleOptionHeader

from gradloom.ui.theme import SMALL, font

_BESIDE = 12  # px, the padding of a section on both sides


class ColumnHeads(QHeaderView):
    """Two small lines, each shortened with … where it does not fit."""

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setFixedHeight(2 * QFontMetrics(font(SMALL)).lineSpacing() + 12)
        self.setSectionsClickable(True)
        self.setHighlightSections(True)

    def initStyleOptionForIndex(self, option: QStyleOptionHeader, logicalIndex: int) -> None:
        super().initStyleOptionForIndex(option, logicalIndex)
        room = self.sectionSize(logicalIndex) - _BESIDE
        option.text = shortened(option.text, option.fontMetrics, room)


def shortened(text: str, metrics: QFontMetrics, room: int) -> str:
    """Lines of text, each in `room` px."""
    right = Qt.TextElideMode.ElideRight
    return "\n".join(metrics.elidedText(line, right, room) for line in text.split("\n"))

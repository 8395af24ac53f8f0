"""What an empty canvas says: how to begin, and a way to a ready network."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

_EMPTY = (
    "Drag a layer here from the list, or double-click to search for one.\n"
    "Or start from a project that is ready."
)
_MARGIN, _GAP = 24, 12  # px


class Hint(QObject):
    """A sentence in the middle that lets the mouse through, and a button below it."""

    asked = Signal()  # for the samples

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self.label = QLabel(_EMPTY, over)
        self.label.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom)
        self.label.setWordWrap(True)
        self.label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.button = QPushButton("Samples…", over)
        self.button.setToolTip("Choose among ready projects")
        self.button.setCursor(Qt.CursorShape.PointingHandCursor)
        self.button.clicked.connect(self.asked)
        over.installEventFilter(self)
        self.show(empty=False)

    def show(self, *, empty: bool) -> None:
        """On an empty canvas, or not at all."""
        for widget in (self.label, self.button):
            widget.setVisible(empty)
        self._place()

    def paint(self, colour: str) -> None:
        """In the theme's quiet colour."""
        self.label.setStyleSheet(f"color: {colour};")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        room = self._over.rect()
        middle = room.center()
        room.adjust(_MARGIN, _MARGIN, -_MARGIN, 0)
        room.setBottom(middle.y() - _GAP)
        self.label.setGeometry(room)
        self.button.adjustSize()
        self.button.move(middle.x() - self.button.width() // 2, middle.y())

"""The search menu of layer kinds: type, arrow keys, Enter; opens on a dropped cable."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt
from PySide6.QtGui import QColor, QHideEvent, QIcon, QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from gradloom.ui.canvas.fitting import Offer, search
from gradloom.ui.theme import Theme, icon_pixmap


class QuickMenu(QFrame):
    """A popup; `chosen` is called with a kind's name, `closed` in any case."""

    def __init__(
        self,
        parent: QWidget,
        theme: Theme,
        found: tuple[Offer, ...],
        chosen: Callable[[str], None],
        closed: Callable[[], None],
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("quickmenu")
        self._theme, self._offers = theme, found
        self._chosen, self._closed = chosen, closed
        self.field = QLineEdit(self)
        self.field.setPlaceholderText("Search a layer")
        self.field.setAccessibleName("Search a layer to add")
        self.field.setClearButtonEnabled(True)
        self.list = QListWidget(self)
        self.list.setAccessibleName("Layers that fit here")
        self.list.setIconSize(QSize(18, 18))
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        layout.addWidget(self.field)
        layout.addWidget(self.list)
        self.field.textChanged.connect(self._fill)
        self.field.installEventFilter(self)
        self.list.itemClicked.connect(self._take)
        t = theme.tokens
        self.setStyleSheet(
            f"#quickmenu {{ background: {t.raised}; border: 1px solid {t.hairline}; }}"
            f"QListView {{ border: none; background: {t.raised}; }}"
            "QListView::item { padding: 4px; border-radius: 4px; }"
            f"QListView::item:selected {{ background: {t.accent}; color: {t.on_accent}; }}"
        )
        self._fill("")

    def open_at(self, where: QPoint) -> None:
        """Show with its corner at this global point, inside the screen."""
        em = self.fontMetrics().height()
        size = QSize(18 * em, 20 * em)
        screen = self.screen().availableGeometry()
        x = min(where.x(), screen.right() - size.width())
        y = min(where.y(), screen.bottom() - size.height())
        self.setGeometry(max(x, screen.left()), max(y, screen.top()), size.width(), size.height())
        self.show()
        self.field.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        pressed = watched is self.field and event.type() == QEvent.Type.KeyPress
        if pressed and isinstance(event, QKeyEvent) and self._key(event.key()):
            return True
        return super().eventFilter(watched, event)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        closed, self._closed = self._closed, lambda: None
        closed()

    def _key(self, key: int) -> bool:
        row, rows = self.list.currentRow(), self.list.count()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and rows:
            self.list.setCurrentRow((row + (1 if key == Qt.Key.Key_Down else -1)) % rows)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take(self.list.currentItem())
        elif key == Qt.Key.Key_Escape:
            self.close()
        else:
            return False
        return True

    def _fill(self, text: str) -> None:
        self.list.clear()
        t = self._theme.tokens
        for offer in search(self._offers, text):
            item = QListWidgetItem(offer.kind.label)
            item.setData(Qt.ItemDataRole.UserRole, offer.kind.kind)
            item.setToolTip(offer.why_not or offer.kind.help)
            colour = t.quiet if offer.why_not else t.text
            item.setForeground(QColor(colour))
            if offer.why_not:
                item.setText(f"{offer.kind.label} (would clash)")
            item.setIcon(_icon(offer.kind.icon, colour, t.on_accent))
            self.list.addItem(item)
        if self.list.count():
            self.list.setCurrentRow(0)
        else:
            item = QListWidgetItem("No layer has these words; try fewer.")
            item.setFlags(Qt.ItemFlag.NoItemFlags)
            self.list.addItem(item)

    def _take(self, item: QListWidgetItem | None) -> None:
        kind = item.data(Qt.ItemDataRole.UserRole) if item is not None else None
        if kind is not None:
            chosen = self._chosen
            self.close()
            chosen(kind)


def _icon(name: str, colour: str, selected: str) -> QIcon:
    """A kind's icon; a plain box where it names one that is not bundled."""
    icon = QIcon()
    for tint, mode in ((colour, QIcon.Mode.Normal), (selected, QIcon.Mode.Selected)):
        try:
            icon.addPixmap(icon_pixmap(name, tint, 18), mode)
        except OSError:
            icon.addPixmap(icon_pixmap("box", tint, 18), mode)
    return icon

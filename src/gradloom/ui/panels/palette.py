"""The kinds of layers: found by typing, dragged to the canvas, or added by Enter."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QEvent, QMimeData, QObject, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QDrag, QKeyEvent, QPainter, QPen, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gradloom.layers import LAYERS, Kind
from gradloom.ui.forms.parts import sentence
from gradloom.ui.theme import NORMAL, RADIUS, SMALL, Theme, font, icon_pixmap

MIME = "application/x-gradloom-kind"
_FIRST = ("Ends", "Layers")
_KIND = Qt.ItemDataRole.UserRole


def categories() -> dict[str, list[type[Kind]]]:
    """The kinds by category: Ends, Layers, then the others by first appearance."""
    found: dict[str, list[type[Kind]]] = {name: [] for name in _FIRST}
    for kind in LAYERS.kinds():
        found.setdefault(kind.category, []).append(kind)
    return {name: kinds for name, kinds in found.items() if kinds}


def matches(kind: type[Kind], query: str) -> bool:
    """Whether every word of the query is in what can be said about a kind."""
    settings = " ".join(f"{s.label} {s.help}" for s in kind.settings())
    said = f"{kind.label} {kind.kind} {kind.category} {kind.help} {settings}".lower()
    return all(word in said for word in query.lower().split())


def rank(kind: type[Kind], query: str) -> int:
    """How near the query is to the kind's name: 0 its start, 1 inside it, 2 elsewhere."""
    name = kind.label.lower()
    return 0 if name.startswith(query.lower()) else 1 if query.lower() in name else 2


def drag_picture(kind: type[Kind], theme: Theme, ratio: float = 1.0) -> QPixmap:
    """A small card of a kind, to be held under the pointer."""
    size = QSize(150, 40)
    pixmap = QPixmap(size * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, 40))
    painter.drawRoundedRect(QRectF(2, 4, size.width() - 4, size.height() - 5), RADIUS, RADIUS)
    painter.setPen(QPen(theme.colour("accent"), 1))
    painter.setBrush(theme.colour("raised"))
    painter.drawRoundedRect(QRectF(1.5, 1.5, size.width() - 3, size.height() - 6), RADIUS, RADIUS)
    painter.drawPixmap(12, 10, icon_pixmap(kind.icon, theme.tokens.text, 18, ratio))
    painter.setFont(font(NORMAL, strong=True))
    painter.setPen(theme.colour("text"))
    room = QRectF(38, 0, size.width() - 46, size.height() - 3)
    words = painter.fontMetrics().elidedText(
        kind.label, Qt.TextElideMode.ElideRight, int(room.width())
    )
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)
    painter.end()
    return pixmap


class KindTree(QTreeWidget):
    """Categories and their kinds; a kind can be dragged out."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setIndentation(12)
        self.setUniformRowHeights(False)
        self.setIconSize(QSize(16, 16))
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setExpandsOnDoubleClick(True)
        self.setAccessibleName("Layer kinds")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys pass the headings by."""
        super().keyPressEvent(event)
        up = event.key() in (Qt.Key.Key_Up, Qt.Key.Key_PageUp)
        item = self.currentItem()
        if item is not None and not item.data(0, _KIND):
            beside = self.itemAbove(item) if up else self.itemBelow(item)
            other = beside or self.itemBelow(item)
            if other is not None:
                self.setCurrentItem(other)

    def mimeTypes(self) -> list[str]:
        return [MIME]

    def mimeData(self, items: object) -> QMimeData:
        """The name of the dragged kind."""
        data = QMimeData()
        names = [item.data(0, _KIND) for item in items if item.data(0, _KIND)]  # type: ignore[attr-defined]
        if names:
            data.setData(MIME, QByteArray(names[0].encode()))
        return data

    def startDrag(self, actions: Qt.DropAction) -> None:
        item = self.currentItem()
        name = item.data(0, _KIND) if item is not None else None
        if not name:
            return
        drag = QDrag(self)
        drag.setMimeData(self.mimeData([item]))
        drag.setPixmap(drag_picture(LAYERS[name], self._theme, self.devicePixelRatioF()))
        drag.setHotSpot(QPoint(20, 18))
        drag.exec(Qt.DropAction.CopyAction)


class Palette(QWidget):
    """Every kind of layer. Enter or a double click chooses; dragging carries MIME."""

    chosen = Signal(str)  # the kind's name

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search layers")
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName("Search layers")
        self.search.setToolTip(
            "Type a name, a category or a setting; Down goes to the list, Enter adds the first."
        )
        self.search.textChanged.connect(self._fill)
        self.search.installEventFilter(self)
        self.tree = KindTree(theme)
        self.tree.installEventFilter(self)
        self.tree.itemDoubleClicked.connect(self._choose)
        self.nothing = sentence()
        self.nothing.setVisible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        column.addWidget(self.search)
        column.addWidget(self.nothing)
        column.addWidget(self.tree, 1)
        self.setFocusProxy(self.search)
        theme.changed.connect(self._repaint)
        self._fill("")

    def kinds_shown(self) -> list[str]:
        """Names of the kinds in the list, in order."""
        return [item.data(0, _KIND) for item in self._kind_items()]

    def focus_search(self) -> None:
        """Put the keyboard into the search field, what stands there selected."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _repaint(self) -> None:
        self._fill(self.search.text())

    def _kind_items(self) -> list[QTreeWidgetItem]:
        heads = [self.tree.topLevelItem(i) for i in range(self.tree.topLevelItemCount())]
        found = [head.child(i) for head in heads if head for i in range(head.childCount())]
        return [item for item in found if item is not None]

    def _fill(self, query: str) -> None:
        current = self.tree.currentItem()
        kept = current.data(0, _KIND) if current is not None else None
        self.tree.clear()
        for category, kinds in categories().items():
            found = [kind for kind in kinds if matches(kind, query)]
            if not found:
                continue
            head = QTreeWidgetItem([category])
            head.setFont(0, font(SMALL, strong=True))
            head.setForeground(0, self._theme.colour("quiet"))
            head.setFlags(Qt.ItemFlag.ItemIsEnabled)
            head.setSizeHint(0, QSize(0, 26))
            self.tree.addTopLevelItem(head)
            for kind in found:
                item = QTreeWidgetItem([kind.label])
                item.setIcon(0, self._theme.icon(kind.icon))
                item.setToolTip(0, f"{kind.help}\nDrag it to the canvas, or press Enter.")
                item.setData(0, _KIND, kind.kind)
                item.setData(0, Qt.ItemDataRole.AccessibleDescriptionRole, kind.help)
                item.setSizeHint(0, QSize(0, 26))
                head.addChild(item)
            head.setExpanded(True)
        items = self._kind_items()
        by_name = {item.data(0, _KIND): item for item in items}
        if query and items:
            best = min(items, key=lambda item: rank(LAYERS[item.data(0, _KIND)], query))
            self.tree.setCurrentItem(best)
        elif kept in by_name:
            self.tree.setCurrentItem(by_name[kept])
        self.nothing.setText(f"No layer is called “{query}”. Try another word, or press Esc.")
        self.nothing.setVisible(not items)
        self.tree.setVisible(bool(items))

    def _choose(self, item: QTreeWidgetItem | None) -> None:
        name = item.data(0, _KIND) if item is not None else None
        if name:
            self.chosen.emit(name)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            key = event.key()
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._choose(self.tree.currentItem())
                return True
            if watched is self.search:
                return self._search_key(Qt.Key(key))
            if watched is self.tree and key == Qt.Key.Key_Up and self._at_top():
                self.focus_search()
                return True
        return super().eventFilter(watched, event)

    def _search_key(self, key: Qt.Key) -> bool:
        if key == Qt.Key.Key_Escape and self.search.text():
            self.search.clear()
            return True
        if key == Qt.Key.Key_Down and self._kind_items():
            item = self.tree.currentItem()
            if item is None or not item.data(0, _KIND):
                self.tree.setCurrentItem(self._kind_items()[0])
            self.tree.setFocus(Qt.FocusReason.TabFocusReason)
            return True
        return False

    def _at_top(self) -> bool:
        item = self.tree.currentItem()
        return item is not None and item.data(0, _KIND) in self.kinds_shown()[:1]

"""The command palette: search every action, sample, layer and topic of the help."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gradloom.document.samples import GROUPS
from gradloom.layers import LAYERS
from gradloom.ui.actions import ACTIONS
from gradloom.ui.help.topics import topics
from gradloom.ui.parts import Parts

_MOVES: dict[int, int] = {
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_PageDown: 8,
    Qt.Key.Key_PageUp: -8,
}


@dataclass(frozen=True)
class Command:
    """One line of the palette."""

    text: str
    detail: str
    icon: str
    run: Callable[[], object]

    def score(self, wanted: str) -> int:
        """How well the words fit: 0 not at all, more is better; every word must be there."""
        text, detail = self.text.lower(), self.detail.lower()
        score = 1
        for word in wanted.lower().split():
            if text.startswith(word):
                score += 4
            elif word in text:
                score += 2
            elif word in detail:
                score += 1
            else:
                return 0
        return score


def commands(parts: Parts) -> list[Command]:
    """Everything that makes sense now."""
    found = [
        Command(
            action.words(parts) if action.words else action.text,
            f"{action.menu.replace('/', ' › ')}   {_keys(action.keys)}".rstrip(),
            action.icon,
            lambda action=action: action.do(parts),  # type: ignore[misc]
        )
        for action in ACTIONS
        if action.name != "commands" and action.when(parts)
    ]
    found += [
        Command(
            f"Open sample {sample.title}",
            f"Samples › {group.title}",
            "book-open",
            lambda sample=sample: parts.window.open_sample(sample),  # type: ignore[misc]
        )
        for group in GROUPS
        for sample in group.samples
    ]
    found += [
        Command(
            f"Help: {topic.title}",
            f"Help › {topic.group}",
            "circle-question-mark",
            lambda name=topic.name: parts.window.guide.show(name),  # type: ignore[misc]
        )
        for topic in topics().values()
    ]
    found += [
        Command(
            f"Add {kind.label}",
            kind.category,
            kind.icon,
            lambda name=kind.kind: parts.canvas.add_kind(name),  # type: ignore[misc]
        )
        for kind in LAYERS.kinds()
    ]
    return found


class CommandPalette(QDialog):
    """A search field over a list; arrows choose, Enter runs, Esc leaves."""

    def __init__(self, parts: Parts, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Find an action")
        self.setObjectName("commands")
        tokens = parts.theme.tokens
        self.setStyleSheet(
            f"#commands {{ background: {tokens.raised}; border: 1px solid {tokens.hairline}; }}"
        )
        self.resize(520, 420)
        self._theme = parts.theme
        self._commands = commands(parts)
        self._items: list[QTreeWidgetItem] = []
        self.search = QLineEdit()
        self.search.setPlaceholderText("What do you want to do?")
        self.search.setAccessibleName("Search actions")
        self.list = QTreeWidget()
        self.list.setColumnCount(2)
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.setIconSize(QSize(16, 16))
        self.list.header().setStretchLastSection(False)
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.list.setAccessibleName("Actions")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._nothing = QLabel("Nothing is called that; try another word.")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout = QVBoxLayout(self)
        layout.addWidget(self.search)
        layout.addWidget(self.list, 1)
        layout.addWidget(self._nothing, 1)
        self.search.textChanged.connect(self._fill)
        self.search.installEventFilter(self)
        self.list.itemClicked.connect(self._run)
        self._fill("")
        middle = parent.geometry().center().x() - self.width() // 2
        self.move(middle, parent.geometry().top() + 96)

    def _fill(self, wanted: str) -> None:
        self.list.clear()
        self._items.clear()
        scored = [(c.score(wanted), i, c) for i, c in enumerate(self._commands)]
        for _, _, command in sorted((s for s in scored if s[0]), key=lambda s: (-s[0], s[1])):
            item = QTreeWidgetItem([command.text, command.detail])
            item.setForeground(1, self._theme.colour("quiet"))
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            if command.icon:
                item.setIcon(0, self._theme.icon(command.icon))
            item.setData(0, Qt.ItemDataRole.UserRole, command)
            self.list.addTopLevelItem(item)
            self._items.append(item)
        if self._items:
            self.list.setCurrentItem(self._items[0])
        self.list.setVisible(bool(self._items))
        self._nothing.setVisible(not self._items)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            item = self.list.currentItem()
            if event.key() in _MOVES and item is not None:
                row = self._items.index(item) + _MOVES[event.key()]
                self.list.setCurrentItem(self._items[max(0, min(len(self._items) - 1, row))])
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                if item is not None:
                    self._run(item)
                return True
        return super().eventFilter(watched, event)

    def _run(self, item: QTreeWidgetItem) -> None:
        command = item.data(0, Qt.ItemDataRole.UserRole)
        self.accept()
        command.run()


def _keys(keys: tuple[str, ...]) -> str:
    return QKeySequence(keys[0]).toString(QKeySequence.SequenceFormat.NativeText) if keys else ""

"""The command palette: search every action, and every layer that can be added."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gradloom.layers import LAYERS
from gradloom.ui.actions import ACTIONS
from gradloom.ui.menus import Menus
from gradloom.ui.parts import Parts


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

    def __init__(self, parts: Parts, menus: Menus, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Find an action")
        self.setMinimumSize(460, 380)
        self._theme = parts.theme
        self._commands = commands(parts)
        self.search = QLineEdit()
        self.search.setPlaceholderText("What do you want to do?")
        self.search.setAccessibleName("Search actions")
        self.list = QListWidget()
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
        self.list.itemActivated.connect(self._run)
        self.list.itemClicked.connect(self._run)
        self._fill("")

    def _fill(self, wanted: str) -> None:
        self.list.clear()
        scored = [(c.score(wanted), i, c) for i, c in enumerate(self._commands)]
        for _, _, command in sorted((s for s in scored if s[0]), key=lambda s: (-s[0], s[1])):
            item = QListWidgetItem(f"{command.text}    {command.detail}")
            if command.icon:
                item.setIcon(self._theme.icon(command.icon))
            item.setData(Qt.ItemDataRole.UserRole, command)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.list.setVisible(self.list.count() > 0)
        self._nothing.setVisible(self.list.count() == 0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            row, last = self.list.currentRow(), self.list.count() - 1
            moves = {
                Qt.Key.Key_Down: 1,
                Qt.Key.Key_Up: -1,
                Qt.Key.Key_PageDown: 8,
                Qt.Key.Key_PageUp: -8,
            }
            if event.key() in moves:
                self.list.setCurrentRow(max(0, min(last, row + moves[Qt.Key(event.key())])))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                if self.list.currentItem() is not None:
                    self._run(self.list.currentItem())
                return True
        return super().eventFilter(watched, event)

    def _run(self, item: QListWidgetItem) -> None:
        command = item.data(Qt.ItemDataRole.UserRole)
        self.accept()
        command.run()


def _keys(keys: tuple[str, ...]) -> str:
    return QKeySequence(keys[0]).toString(QKeySequence.SequenceFormat.NativeText) if keys else ""

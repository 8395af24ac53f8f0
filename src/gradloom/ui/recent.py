"""The projects that were open last, in a menu, and the folder they were in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QMenu, QWidget

_RECENT, _MOST, _FOLDER = "files/recent", 10, "files/folder"


def last_folder() -> str:
    """Where a project was opened or saved last; at first the person's own folder."""
    return str(QSettings().value(_FOLDER, "", type=str) or Path.home())


def remember(path: Path) -> None:
    """This project was opened or saved just now."""
    settings = QSettings()
    recent = [str(path), *(p for p in _recent() if p != str(path))]
    settings.setValue(_RECENT, recent[:_MOST])
    settings.setValue(_FOLDER, str(path.parent))


class RecentMenu(QMenu):
    """Newest first; filled when it is opened. `opened` is given the one that is chosen."""

    def __init__(self, parent: QWidget, opened: Callable[[Path], object]) -> None:
        super().__init__("Open Recent", parent)
        self._opened = opened
        self.aboutToShow.connect(self.fill)

    def fill(self) -> None:
        """List what was open last."""
        self.clear()
        paths = [Path(p) for p in _recent()]
        for path in paths:
            action = self.addAction(path.name)
            action.setToolTip(str(path))
            action.setEnabled(path.exists())
            action.triggered.connect(lambda _=False, p=path: self._opened(p))
        if not paths:
            self.addAction("Nothing opened yet").setEnabled(False)


def _recent() -> list[str]:
    stored = QSettings().value(_RECENT, [], type=list)
    return [str(p) for p in stored] if isinstance(stored, list) else []

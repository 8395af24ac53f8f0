"""A picture of the whole window, taken offscreen."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QDeadlineTimer, QEventLoop, QSettings, QStandardPaths

from gradloom.core.errors import UserError
from gradloom.ui.app import application, build


def save_picture(project: Path, out: Path, size: tuple[int, int], theme: str) -> None:
    """Open `project`, paint the window at `size` pixels and write `out`; raises UserError."""
    app = application()
    QStandardPaths.setTestModeEnabled(True)  # neither read nor write the person's own settings
    QSettings().clear()
    parts = build(theme)
    window = parts.window
    try:
        parts.files.load(project)
        window.resize(*size)
        window.show()
        window.docks.place()
        window.add_plots()
        app.processEvents()
        parts.canvas.fit()
        wait = QDeadlineTimer(5000)
        while not wait.hasExpired():
            app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)
            if parts.maps.latest is not None and wait.remainingTime() < 4400:
                break
        if not window.grab().save(str(out)):
            raise UserError(
                f"The picture could not be written to {out}; check the folder and ending."
            )
    finally:
        parts.document.mark_saved(parts.document.state)
        window.close()
        window.deleteLater()

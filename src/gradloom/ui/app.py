"""The one place that constructs: application, document, session, window."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

from PySide6.QtCore import QMessageLogContext, QSettings, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMessageBox

from gradloom.core.errors import UserError
from gradloom.document import Document
from gradloom.document.samples import first_project
from gradloom.ui.canvas import Canvas
from gradloom.ui.featuremaps import FeatureService
from gradloom.ui.files import Files
from gradloom.ui.health import HealthService
from gradloom.ui.maps import MapService
from gradloom.ui.parts import Parts
from gradloom.ui.theme import Theme, icon_pixmap
from gradloom.ui.view import View
from gradloom.ui.window import Window
from gradloom.ui.worker import TrainingBridge

_QT_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def _log_qt(kind: QtMsgType, _: QMessageLogContext, text: str) -> None:
    if not text.startswith("This plugin does not support"):  # offscreen has no window hints
        logging.getLogger("qt").log(_QT_LEVELS[kind], text)


def application() -> QApplication:
    """The QApplication, made once."""
    app = QApplication.instance()
    if isinstance(app, QApplication):
        return app
    QGuiApplication.setDesktopFileName("gradloom")
    app = QApplication(sys.argv[:1])
    app.setApplicationName("Gradloom")
    app.setOrganizationName("Gradloom")
    app.setApplicationDisplayName("Gradloom")
    qInstallMessageHandler(_log_qt)
    return app


def build(theme_mode: str | None = None) -> Parts:
    """A whole window around the first project, not shown yet."""
    theme = Theme()
    stored = QSettings().value("theme", "system", type=str)
    theme.set_mode(theme_mode or str(stored))
    document = Document(first_project())
    window = Window()
    window.setWindowIcon(icon_pixmap("brain-circuit", theme.tokens.accent, 64))
    view = View(window)
    bridge = TrainingBridge(document)
    bridge.setParent(window)
    maps = MapService(document, bridge)
    maps.setParent(window)
    theme.setParent(window)
    health = HealthService(document, bridge)
    health.setParent(window)
    features = FeatureService(document, bridge, view)
    features.setParent(window)
    bridge.said.connect(view.say)
    canvas = Canvas(document, view, theme, bridge, maps, features)
    files = Files(document, bridge, view, window)
    parts = Parts(document, view, theme, bridge, maps, health, features, canvas, window, files)
    window.furnish(parts)
    files.changed.connect(window.show_title)
    files.add_menus(window.menus)
    return parts


def run_window(path: str | Path | None = None) -> int:
    """Open the window, with a project if a path is given; the exit code when it is closed."""
    app = application()
    parts = build()
    parts.window.docks.place()
    parts.window.docks.restore(QSettings())
    parts.window.show()
    parts.window.raise_()

    def after_first_paint() -> None:
        parts.window.add_plots()
        parts.canvas.show_start()
        parts.canvas.setFocus()
        if path is not None:
            try:
                parts.files.load(Path(path))
            except UserError as error:
                QMessageBox.warning(parts.window, "This project can't be opened", str(error))
        else:
            parts.files.offer_recovery()

    QTimer.singleShot(0, after_first_paint)
    return app.exec()

"""What comes to the window from elsewhere: a project that is dropped, rows that are pasted."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gradloom.document.files import save_project


def test_rows_are_pasted_from_anywhere(window_parts, qtbot) -> None:
    window = window_parts.window
    QGuiApplication.clipboard().setText("a\tb\n1\t2\n3\t4\n5\t6\n")
    keys = Qt.KeyboardModifier
    QTest.keyClick(window, Qt.Key.Key_V, keys.ControlModifier | keys.ShiftModifier)
    qtbot.waitUntil(lambda: not window.tables.busy)
    assert window.importer.dialog.windowTitle() == "Open table"
    window.importer.dialog.reject()


def test_a_project_that_is_dropped_is_opened(window_parts, qtbot, tmp_path) -> None:
    window, files = window_parts.window, window_parts.files
    path = tmp_path / "dropped.gradloom"
    save_project(path, window_parts.document.state)
    files.new()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    left, plain = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    args = (Qt.DropAction.CopyAction, data, left, plain)
    enter = QDragEnterEvent(QPoint(9, 9), *args)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(window, QDropEvent(QPointF(9, 9), *args))
    qtbot.waitUntil(lambda: files.path == path)
    assert len(window_parts.document.state.graph.layers) == 5

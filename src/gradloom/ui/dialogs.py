"""Small windows of the Help menu."""

from __future__ import annotations

import platform

import numpy as np
from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

import gradloom
from gradloom.data import SOURCES
from gradloom.ui.actions import ACTIONS
from gradloom.ui.theme import LARGE, font

_GESTURES = (
    ("Drag a layer from the palette", "adds it; on a cable: sets it in between"),
    ("Drag from port to port", "connects; drop on nothing: choose what comes next"),
    ("Double-click the empty canvas", "search a layer to add"),
    ("Mouse wheel", "zooms at the pointer"),
    ("Middle button, or Alt and drag", "moves the canvas"),
    ("Drag on the empty canvas", "selects what is inside; Shift adds"),
    ("Esc", "cancels what the mouse is doing"),
)


class ShortcutsDialog(QDialog):
    """All keys and mouse gestures in one list."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Keyboard shortcuts")
        self.resize(560, 560)
        tree = QTreeWidget()
        tree.setColumnCount(2)
        tree.setHeaderHidden(True)
        tree.setRootIsDecorated(False)
        tree.setAccessibleName("Keyboard shortcuts")
        for menu in dict.fromkeys(action.menu.split("/")[0] for action in ACTIONS):
            top = _group(tree, menu)
            for action in ACTIONS:
                if action.menu.split("/")[0] == menu and action.keys:
                    keys = [
                        QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
                        for key in action.keys
                    ]
                    top.addChild(QTreeWidgetItem([action.text, "  or  ".join(keys)]))
        for heading, lines in (("Drawing points", _drawing()), ("Mouse", _GESTURES)):
            top = _group(tree, heading)
            for line in lines:
                top.addChild(QTreeWidgetItem([*line]))
        tree.expandAll()
        tree.resizeColumnToContents(0)
        _finish(self, [tree])


def _group(tree: QTreeWidget, heading: str) -> QTreeWidgetItem:
    top = QTreeWidgetItem([heading])
    top.setFont(0, font(strong=True))
    tree.addTopLevelItem(top)
    return top


class AboutDialog(QDialog):
    """Version, and what the program is built on."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("About Gradloom")
        name = QLabel(f"Gradloom {gradloom.__version__}")
        name.setFont(font(LARGE, strong=True))
        text = QLabel(
            "A desktop laboratory for neural networks:"
            " draw, train, watch, take the weights out.\n\n"
            f"Python {platform.python_version()} · NumPy {np.__version__} · Qt {qVersion()}\n"
            "MIT licence. Icons: Lucide (ISC licence).\n"
            f"Data: {', '.join(kind.label for kind in SOURCES.kinds() if kind.shipped)};"
            " sources and licences are in resources/data/README.md."
        )
        text.setWordWrap(True)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        _finish(self, [name, text])


def _drawing() -> tuple[tuple[str, str], ...]:
    """Keys and gestures of the map's pencil."""
    from gradloom.ui.map.brushes import BRUSHES  # the map is imported behind the first paint

    brushes = tuple((brush.label, brush.key) for brush in BRUSHES)
    return (
        *brushes,
        ("Class to draw", "1 to 9"),
        ("Smaller or larger brush", "[  or  ]"),
        ("Erase with any tool", "right button"),
        ("Straight line with the brush", "Shift and drag"),
        ("Erase selected points", "Del"),
    )


def _finish(dialog: QDialog, widgets: list[QWidget]) -> None:
    layout = QVBoxLayout(dialog)
    layout.setContentsMargins(16, 16, 16, 16)
    for widget in widgets:
        layout.addWidget(widget)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.reject)
    layout.addWidget(buttons)

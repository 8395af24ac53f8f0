"""How a widget leaves a panel."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget


def take_away(widget: QWidget) -> None:
    """Hide a widget and delete it, not at once: the click that mended may come from inside it.

    The keyboard stays in its panel: Qt would give it to whatever comes next in the window, and
    the next key would press that.
    """
    focus = QApplication.focusWidget()
    if focus is not None and (focus is widget or widget.isAncestorOf(focus)):
        panel = widget.parentWidget()
        while panel is not None and not isinstance(panel, QScrollArea):
            panel = panel.parentWidget()
        if panel is not None:
            panel.setFocus(Qt.FocusReason.OtherFocusReason)
    widget.hide()
    widget.deleteLater()

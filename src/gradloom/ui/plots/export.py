"""What one takes out of a plot: a picture of it, or its numbers; and the menu that offers them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import QPoint, QRect, QSettings, QSize, QStandardPaths
from PySide6.QtGui import QGuiApplication, QPainter, QPixmap
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QFileDialog, QMenu, QMessageBox, QWidget

from gradloom.layers.shapes import Array

Columns = Mapping[str, Array]  # columns of one length, by name
_FINER = 2  # pixels of a PNG per pixel of the screen
_FOLDER = "plots/folder"


def menu_of(
    widget: QWidget, name: str, fit: Callable[[], None], columns: Callable[[], Columns]
) -> QMenu:
    """The menu of a plot; `widget` is what is exported, `name` proposes the name of the file."""
    menu = QMenu(widget)
    menu.addAction("View All", fit)
    menu.addSeparator()
    for kind in ("png", "svg"):
        menu.addAction(f"Export as {kind.upper()}…", partial(_export, widget, name, kind))
    copy = menu.addAction("Copy Data", lambda: copy_data(columns()))
    copy.setToolTip("As a table that a spreadsheet takes: columns apart by tabs.")
    copy.setEnabled(bool(columns()))
    return menu


def tab_separated(columns: Columns) -> str:
    """A table with a line of names; numbers exact, nothing where there is none."""
    lines = ["\t".join(name.replace("\t", " ") for name in columns)]
    told = [
        ["" if isinstance(v, float) and np.isnan(v) else str(v) for v in np.asarray(array).tolist()]
        for array in columns.values()
    ]
    lines += ["\t".join(row) for row in zip(*told, strict=True)]
    return "\n".join(lines) + "\n"


def copy_data(columns: Columns) -> None:
    """Put the table into the clipboard."""
    QGuiApplication.clipboard().setText(tab_separated(columns))


def save_picture(widget: QWidget, path: Path) -> None:
    """Write the widget as it stands, as SVG or PNG by the name's ending; OSError if it can't be."""
    try:
        path.open("wb").close()
    except OSError as error:
        raise OSError(f"{path} could not be written: {error.strerror}") from error
    if path.suffix.lower() == ".svg":
        _draw_svg(widget, path)
    else:
        pixmap = QPixmap(widget.size() * _FINER)
        pixmap.setDevicePixelRatio(_FINER)
        widget.render(pixmap)
        if not pixmap.save(str(path)):
            raise OSError(f"{path} could not be written")


def _draw_svg(widget: QWidget, path: Path) -> None:
    generator = QSvgGenerator()
    generator.setFileName(str(path))
    generator.setSize(QSize(widget.width(), widget.height()))
    generator.setViewBox(QRect(0, 0, widget.width(), widget.height()))
    generator.setTitle(widget.accessibleName() or widget.windowTitle())
    generator.setDescription("A plot of Gradloom")
    painter = QPainter()
    if not painter.begin(generator):
        raise OSError(f"{path} could not be written")
    widget.render(painter, QPoint(0, 0))
    painter.end()


def _export(widget: QWidget, name: str, kind: str) -> None:
    pictures = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
    folder = QSettings().value(_FOLDER, pictures, type=str)
    chosen, _ = QFileDialog.getSaveFileName(
        widget.window(),
        f"Export as {kind.upper()}",
        str(Path(str(folder)) / f"{name}.{kind}"),
        f"{kind.upper()} pictures (*.{kind})",
    )
    if not chosen:
        return
    path = Path(chosen)
    path = path if path.suffix.lower() == f".{kind}" else path.with_name(f"{path.name}.{kind}")
    QSettings().setValue(_FOLDER, str(path.parent))
    try:
        save_picture(widget, path)
    except OSError as error:
        QMessageBox.warning(widget.window(), "The picture was not written", f"{error}.")

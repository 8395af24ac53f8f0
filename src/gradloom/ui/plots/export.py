"""What one takes out of a plot: a picture of it, or its numbers; and the menu that offers them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPoint, QSettings, QStandardPaths
from PySide6.QtGui import QGuiApplication, QPainter, QPixmap, QRegion
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QFileDialog, QGraphicsItem, QMenu, QMessageBox, QWidget

from gradloom.layers.shapes import Array
from gradloom.ui.plots.chart import KEPT, Sheet

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
    with _bare(widget):
        if path.suffix.lower() == ".svg":
            _draw_svg(widget, path)
        else:
            pixmap = QPixmap(widget.size() * _FINER)
            pixmap.setDevicePixelRatio(_FINER)
            painter = QPainter(pixmap)
            _draw(widget, painter)
            painter.end()
            if not pixmap.save(str(path)):
                raise OSError(f"{path} could not be written")


@contextmanager
def _bare(widget: QWidget) -> Iterator[None]:
    """Without the button to fit, and drawn anew: what is kept has the screen's resolution."""
    sheets = widget.findChildren(Sheet)
    shown = [sheet.fit_button for sheet in sheets if sheet.fit_button.isVisible()]
    items = [item for sheet in sheets for item in sheet.scene().items()]
    kept = [item for item in items if item.cacheMode() == KEPT]
    dots = [item for item in items if isinstance(item, pg.ScatterPlotItem)]
    for button in shown:
        button.hide()
    for item in kept:
        item.setCacheMode(QGraphicsItem.CacheMode.NoCache)
    for item in dots:
        item.setExportMode(
            export=True, opts={"antialias": True}
        )  # as shapes, not as pieces of a picture
    try:
        yield
    finally:
        for button in shown:
            button.show()
        for item in dots:
            item.setExportMode(export=False)
        for item in kept:
            item.setCacheMode(KEPT)


def _draw(widget: QWidget, painter: QPainter) -> None:
    sheet = widget.findChild(Sheet)
    if isinstance(sheet, Sheet):
        painter.fillRect(widget.rect(), sheet.backgroundBrush())
    widget.render(painter, QPoint(0, 0), QRegion(), QWidget.RenderFlag.DrawChildren)


def _draw_svg(widget: QWidget, path: Path) -> None:
    generator = QSvgGenerator()
    generator.setFileName(str(path))
    generator.setSize(widget.size())
    generator.setViewBox(widget.rect())
    generator.setTitle(widget.accessibleName())
    generator.setDescription("A plot of Gradloom")
    painter = QPainter()
    if not painter.begin(generator):
        raise OSError(f"{path} could not be written")
    with ExitStack() as stack:  # whole: what is cut off in the window would not be in the file
        for sheet in widget.findChildren(Sheet):
            stack.enter_context(sheet.whole())
        _draw(widget, painter)
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

"""What a layer makes of the picture that is looked at, in the panel of its settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtGui import (
    QFontMetrics,
    QHideEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from gradloom.document import Document
from gradloom.layers.shapes import Array
from gradloom.session.featuring import FeatureMaps, picture_shape
from gradloom.ui.forms.parts import ElidedLabel, StillText
from gradloom.ui.panels.kernels import paint_tile, still_fits
from gradloom.ui.panels.scales import TALLEST, limit_of, short
from gradloom.ui.theme import NORMAL, SMALL, Theme, font
from gradloom.ui.tiling import Tiling, tiled

if TYPE_CHECKING:
    from gradloom.ui.featuremaps import FeatureService

_HINT = "Select a row in the data table or draw in the Sketch panel to see what becomes of it."


class MapsView(QWidget):
    """The feature maps (channels, height, width) of one row."""

    pointed = Signal(str)  # what is under the pointer, in words, or ""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._maps: Array = np.zeros((1, 1, 1))
        self.tiling = Tiling(1, 1, 1, 1, 3)
        self._fitted: tuple[tuple[int, ...], int] = ((), 0)  # what the tiling is for, its width
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFont(font(SMALL))
        self.setAccessibleName("Feature maps")
        theme.changed.connect(self.update)

    def show_maps(self, maps: Array) -> None:
        """Show these."""
        reshaped = maps.shape != self._maps.shape
        self._maps = maps
        if reshaped:
            self._arrange()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()
        super().resizeEvent(event)

    def _arrange(self) -> None:
        channels, rows, columns = self._maps.shape
        same = (channels, rows, columns) == self._fitted[0]
        if same and still_fits(self.tiling, self._fitted[1], self.width()):
            return
        self._fitted = self._maps.shape, self.width()
        head = QFontMetrics(font(SMALL)).height() if channels > 1 else 0
        like = Tiling(channels, rows, columns, 1, 3, head)
        self.tiling = tiled(like, self.width(), round(TALLEST), flowing=True)
        self.setFixedHeight(self.tiling.size[1] + 2)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        found = self.tiling.at(int(event.position().x()), int(event.position().y()))
        if found is None:
            self.pointed.emit("")
            return
        tile, row, column = found
        number = short(float(self._maps[found]), 6)
        self.pointed.emit(f"Map {tile + 1} [{row + 1}, {column + 1}] = {number}")

    def leaveEvent(self, event: QEvent) -> None:
        self.pointed.emit("")

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self.font())
        limit = limit_of(self._maps)
        for tile, picture in enumerate(self._maps):
            paint_tile(painter, self.tiling, tile, picture, limit, self._theme.tokens)


class LayerMaps(QWidget):
    """The feature maps of one layer under what they are of; hidden where there are none."""

    def __init__(self, document: Document, theme: Theme, features: FeatureService | None) -> None:
        super().__init__()
        self._document, self._features = document, features
        self._layer = ""
        self.title = ElidedLabel("", NORMAL, strong=True)
        self.maps = MapsView(theme)
        self.line = StillText()
        self.maps.pointed.connect(lambda said: self.line.setText(said or _HINT))
        self.line.setText(_HINT)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(3)
        for widget in (self.title, self.maps, self.line):
            column.addWidget(widget)
        if features is not None:
            features.updated.connect(self._show)
        self.hide()

    def show_layer(self, layer: str) -> None:
        """Show the maps of this layer of the document's network."""
        self._layer = layer
        state = self._document.state
        known = self._features is not None and layer in state.graph
        self.setVisible(known and picture_shape(state, state.graph[layer]) is not None)
        if self._features is not None and self._features.latest is not None:
            self._show(self._features.latest)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._features is not None:
            self._features.look(self, on=True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self._features is not None:
            self._features.look(self, on=False)

    def _show(self, found: FeatureMaps) -> None:
        maps = found.maps.get(self._layer)
        self.maps.setVisible(maps is not None)
        if maps is None:
            self.title.set_text(found.sentence or "Feature maps")
            return
        self.maps.show_maps(maps)
        what = "Picture" if len(maps) == 1 else f"{len(maps)} feature maps"
        self.title.set_text(f"{what} of {found.words}")

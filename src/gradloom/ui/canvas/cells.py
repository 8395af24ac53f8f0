"""The units of an opened layer: pictures of their functions, or discs, with dots for biases."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QTransform

from gradloom.layers.shapes import Array
from gradloom.session.marks import Strip
from gradloom.ui.canvas.face import Face
from gradloom.ui.canvas.geometry import Box, Frame
from gradloom.ui.canvas.heat import colours_of
from gradloom.ui.canvas.ink import Ink, elided
from gradloom.ui.canvas.kernels import kernel_images, paint_kernel
from gradloom.ui.canvas.neurons import scale_of, shades

_BAR, _BAR_GAP = 5.0, 3.0
_DIM = 0.35  # opacity of units that a step is not about


class Cells:
    """One image holds the pictures of all units, one below the other."""

    def __init__(self) -> None:
        self.bias: Array | None = None
        self.image: QImage | None = None
        self.lit: frozenset[int] | None = None  # the units a step is about; None: all alike
        self.strips: tuple[Strip | None, Strip | None] = (None, None)
        self._bars: list[tuple[float, list[QColor]]] = []  # how far right, a colour per unit
        self._pixels: Array | None = None  # the memory that the image shows
        self._kernels: list[QImage] = []
        self._count = 1

    def clear(self) -> None:
        """Forget the pictures."""
        self.image = self._pixels = None

    def set_values(self, values: Array | None, face: Face, ink: Ink) -> bool:
        """Make the pictures from (units, ny, nx), y ascending; whether something changed."""
        neurons = face.frame.neurons
        if values is None or neurons is None or len(values) < neurons.shown:
            had = self.image is not None
            self.clear()
            return had
        values = values[: neurons.shown]
        pixels = shades(values, scale_of(values, face.span), ink.table)
        if self._pixels is not None and self._pixels.tobytes() == pixels.tobytes():
            return False
        height, width = pixels.shape
        self.image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32)
        self._pixels, self._count = pixels, len(values)
        return True

    def set_kernels(self, kernels: Array | None, face: Face, ink: Ink) -> bool:
        """Pictures of kernels (units, channels, height, width) beside those of the units."""
        neurons = face.frame.neurons
        had = bool(self._kernels)
        self._kernels = []
        if kernels is None or neurons is None or kernels.ndim != 4 or len(kernels) < neurons.shown:
            return had
        self._kernels = kernel_images(kernels[: neurons.shown], ink)
        return True

    def set_strips(self, output: Strip | None, slope: Strip | None, face: Face, ink: Ink) -> None:
        """Each unit's number in a step, and the loss's slope by it, as bars at its right."""
        self.strips = (output, slope)
        self._bars = []
        units = 0 if face.frame.neurons is None else face.frame.neurons.units
        for place, strip in enumerate(self.strips):
            if strip is not None and len(strip.cells) == units and strip.shape == (units,):
                colours = [QColor.fromRgb(c) for c in colours_of(strip.cells, ink).tolist()]
                self._bars.append((_BAR_GAP + place * (_BAR + 1), colours))

    def paint(
        self, painter: QPainter, face: Face, ink: Ink, hot: int | None, *, texts: bool
    ) -> None:
        """Paint every unit that is shown; `hot` is the one under the pointer."""
        frame = face.frame
        neurons = frame.neurons
        assert neurons is not None
        if face.pictured:  # cells of a picture stay what they are
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)  # noqa: FBT003
        top = 0.0 if self.bias is None else float(abs(self.bias).max(initial=0.0)) or 1.0
        for unit, kernel in enumerate(self._kernels):
            place = frame.neuron(unit)
            if place is not None:
                paint_kernel(painter, kernel, place)
        for unit in range(neurons.shown):
            box = frame.neuron(unit)
            assert box is not None
            painter.setPen(ink.selected if unit == hot else ink.hairline)
            dim = self.lit is not None and unit not in self.lit
            if dim:
                painter.setOpacity(_DIM)
            self._paint_unit(painter, ink, unit, box, top, pictured=face.pictured)
            if dim:
                painter.setOpacity(1.0)
            elif self.lit is not None:
                painter.setPen(ink.lit_unit)
                painter.setBrush(ink.no_brush)
                around = QRectF(*box).adjusted(-1, -1, 1, 1)
                radius = 4.0 if self.image is not None else around.width() / 2
                painter.drawRoundedRect(around, radius, radius)
            for right, colours in self._bars:
                bar = QRectF(box.right + right, box.y, _BAR, box.height)
                painter.fillRect(bar, colours[unit])
        if texts:
            self._paint_texts(painter, face, ink)

    def _paint_unit(
        self, painter: QPainter, ink: Ink, unit: int, box: Box, top: float, *, pictured: bool
    ) -> None:
        bias = None if self.bias is None else float(self.bias[unit])
        if self.image is not None and pictured:  # quicker than a brush, where corners are square
            high = self.image.height() / self._count
            part = QRectF(0, unit * high, self.image.width(), high)
            painter.drawImage(QRectF(*box), self.image, part)
            painter.setBrush(ink.no_brush)
            painter.drawRect(QRectF(*box))
        elif self.image is not None:
            radius = 4.0 if box.width >= 28 else 3.0
            painter.setBrush(self._thumbnail(unit, box))
            painter.drawRoundedRect(QRectF(*box), radius, radius)
        else:
            painter.setBrush(ink.surface if bias is None else ink.value(bias / top))
            painter.drawEllipse(QRectF(*box))
        if bias is not None:
            painter.setPen(ink.hovered)
            painter.setBrush(ink.value(bias / top))
            painter.drawEllipse(QRectF(*bias_dot(box)))

    def _thumbnail(self, unit: int, box: Box) -> QBrush:
        assert self.image is not None
        brush = QBrush(self.image)
        across = box.width / self.image.width()
        down = box.height * self._count / self.image.height()
        brush.setTransform(
            QTransform.fromTranslate(box.x, box.y - unit * box.height).scale(across, down)
        )
        return brush

    def _paint_texts(self, painter: QPainter, face: Face, ink: Ink) -> None:
        frame, neurons = face.frame, face.frame.neurons
        assert neurons is not None
        painter.setFont(ink.small_font)
        painter.setPen(ink.quiet)
        for unit, name in enumerate(face.units[: neurons.shown]):
            box = frame.neuron(unit)
            assert box is not None
            place = QRectF(12, box.y, box.x - 20, box.height)
            side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(place, side, elided(ink.small_metrics, name, place.width()))
        if neurons.hidden:
            place = QRectF(0, frame.height - 26, frame.width, 20)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, f"+{neurons.hidden:,} more")


def bias_dot(box: Box) -> Box:
    """The dot at a picture's corner that stands for the unit's bias."""
    side = 9.0 if box.width >= 28 else 7.0
    return Box(box.x - side / 2, box.bottom - side, side, side)


def bias_at(frame: Frame, unit: int) -> Box | None:
    """The bias dot of a unit, if the unit is shown."""
    box = frame.neuron(unit)
    return None if box is None else bias_dot(box)

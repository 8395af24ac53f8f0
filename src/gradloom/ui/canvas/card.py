"""A layer on the canvas: one item, one paint."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt, QVariantAnimation
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QBrush,
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QPainter,
    QPainterPath,
    QPen,
    QStaticText,
    QTransform,
)
from PySide6.QtWidgets import QGraphicsObject, QStyleOptionGraphicsItem, QWidget

from gradloom.core.problem import Severity
from gradloom.layers.shapes import Array
from gradloom.ui.canvas.face import Face, counted
from gradloom.ui.canvas.geometry import Box
from gradloom.ui.canvas.ink import Ink, reduced_motion, static
from gradloom.ui.canvas.neurons import scale_of, shades
from gradloom.ui.theme import RADIUS

TEXT_FROM = 0.35  # zoom below which texts are left out
MARGIN = 14.0  # for ports, badge, ring and shadow
PORT_RADIUS = 4.5
PADDING = 12.0


class Card(QGraphicsObject):
    """Paints a `Face`. Knows nothing of the document; the scene tells it everything."""

    def __init__(self, layer: str, face: Face, ink: Ink) -> None:
        super().__init__()
        self.layer = layer
        self.face = face
        self.ink = ink
        self.selected = self.hovered = self.focused = self.dragged = False
        self.dimmed_ports: str = ""  # "in", "out" or "both" while a cable is pulled
        self.hot_port: tuple[str, int] | None = None
        self.hot_unit: int | None = None
        self.hot_toggle = False
        self._still = True
        self._image: QImage | None = None
        self._pixels: Array | None = None
        self._bias: Array | None = None
        self._ping = 0.0
        self._animation: QVariantAnimation | None = None
        self.setZValue(1)
        self._prepare()

    def set_face(self, face: Face) -> None:
        """Say something else."""
        if face.frame != self.face.frame:
            self.prepareGeometryChange()
        if face.frame.neurons != self.face.frame.neurons:
            self._image = self._pixels = None
        self.face = face
        self._prepare()

    def set_ink(self, ink: Ink) -> None:
        """Another theme."""
        self.ink = ink
        self._image = self._pixels = None
        self._prepare()

    def set_still(self, *, still: bool) -> None:
        """Whether the zoom rests; while it changes, a kept picture would never be used again."""
        self._still = still
        self._keep_picture()

    def set_values(self, values: Array) -> None:
        """Pictures of the units: (units, ny, nx), y ascending."""
        neurons = self.face.frame.neurons
        if neurons is None or len(values) < neurons.shown:
            return
        values = values[: neurons.shown]
        self._pixels = shades(values, scale_of(values, self.face.span), self.ink.table)
        height, width = self._pixels.shape
        self._image = QImage(
            self._pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32
        )
        self.update(self._column())

    def clear_values(self) -> None:
        """No pictures: units are discs in the colour of their bias."""
        if self._image is not None:
            self._image = self._pixels = None
            self.update(self._column())

    def set_bias(self, bias: Array | None) -> None:
        """The biases of the units, shown as dots beside their pictures."""
        self._bias = bias
        self.update(self._column())

    def set_state(self, **flags: object) -> None:
        """Set `selected`, `hovered`, `focused`, `dragged`, ports; repaints only on a difference."""
        differs = False
        for name, value in flags.items():
            if getattr(self, name) != value:
                setattr(self, name, value)
                differs = True
        if differs:
            self.update()

    def box(self) -> Box:
        """Where the card stands."""
        return Box(self.x(), self.y(), self.face.frame.width, self.face.frame.height)

    def ping(self) -> None:
        """A ring that says: here I am."""
        if reduced_motion():
            return
        self._animation = QVariantAnimation(self)
        self._animation.setDuration(220)
        self._animation.setStartValue(1.0)
        self._animation.setEndValue(0.0)
        self._animation.valueChanged.connect(self._fade)
        self._animation.start()

    def announce(self) -> None:
        """Tell a screen reader that the focus is here."""
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Focus))

    def boundingRect(self) -> QRectF:
        return self._rect.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)

    def shape(self) -> QPainterPath:
        path = QPainterPath()
        path.addRect(self._rect)
        return path

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        zoom = option.levelOfDetailFromTransform(painter.worldTransform())
        ink, rect = self.ink, self._rect
        if self.dragged:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink.shadow)
            for grow in (1, 3, 5):
                painter.drawRoundedRect(
                    rect.adjusted(-grow, 3 - grow, grow, 5 + grow), RADIUS + grow, RADIUS + grow
                )
        border = ink.selected if self.selected else ink.hovered if self.hovered else ink.hairline
        painter.setPen(border)
        painter.setBrush(ink.raised)
        painter.drawRoundedRect(rect, RADIUS, RADIUS)
        painter.fillPath(self._stripe, self._stripe_brush)
        if self._ping > 0:
            self._paint_ping(painter)
        if self.focused:
            painter.setPen(ink.focus)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect.adjusted(-4, -4, 4, 4), RADIUS + 4, RADIUS + 4)
        if zoom < TEXT_FROM:
            painter.drawPixmap(
                QRectF(46, rect.height() / 2 - 18, 36, 36), self._icon, QRectF(self._icon.rect())
            )
        else:
            self._paint_texts(painter)
            self._paint_ports(painter)
        if self.face.frame.neurons is not None:
            self._paint_neurons(painter, zoom)
        if self.face.problems:
            self._paint_badge(painter)

    def _prepare(self) -> None:
        """Lay out texts and paths once, so that `paint` only draws."""
        face, ink, frame = self.face, self.ink, self.face.frame
        self._rect = QRectF(0, 0, frame.width, frame.height)
        self._keep_picture()
        outer = QPainterPath()
        outer.addRoundedRect(self._rect.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS - 0.5, RADIUS - 0.5)
        strip = QPainterPath()
        strip.addRect(QRectF(0, 0, 4, frame.header if frame.neurons else frame.height))
        self._stripe = outer.intersected(strip)
        self._stripe_brush = QBrush(ink.stripe(face.category))
        self._icon = ink.icon(face.icon, "text", 18)
        metrics, middle = ink.small_metrics, frame.header / 2
        left, right = PADDING, frame.width - PADDING
        name = _elided(ink.name_metrics, face.name, right - frame.name.x)
        after = frame.name.x + ink.name_metrics.horizontalAdvance(name) + 6
        count = counted(face.count)
        if metrics.horizontalAdvance(face.shape + count) > right - left - 8:
            count = f"{face.count:,}" if face.count else ""
        count_width = metrics.horizontalAdvance(count)
        shape = _elided(metrics, face.shape, right - left - count_width - 8)
        self._name = (QPointF(frame.name.x, middle - 21), static(name, ink.name_font))
        self._texts = [
            (QPointF(left, middle + 4), static(shape, ink.small_font)),
            (QPointF(right - count_width, middle + 4), static(count, ink.small_font)),
        ]
        # Beside the button there is less room for the summary than without it.
        self._summaries = [
            _right(metrics, face.summary, after, edge, middle - 19, ink.small_font)
            for edge in (right, right if frame.toggle is None else frame.toggle.x)
        ]
        self._labels = [
            (
                QPointF(-8 - ink.small_metrics.horizontalAdvance(text), frame.input_at(i)[1] - 16),
                static(text, ink.small_font),
            )
            for i, text in enumerate(face.labels)
            if text
        ]
        self.update()

    def _keep_picture(self) -> None:
        """A closed card is painted once, then copied (300 cards: 7 ms per frame, not 21)."""
        kept = self._still and self.face.frame.neurons is None
        mode = self.CacheMode.DeviceCoordinateCache if kept else self.CacheMode.NoCache
        if mode != self.cacheMode():
            self.setCacheMode(mode)

    def _paint_texts(self, painter: QPainter) -> None:
        frame, ink = self.face.frame, self.ink
        painter.drawPixmap(QPointF(PADDING, frame.header / 2 - 22), self._icon)
        painter.setFont(ink.name_font)
        painter.setPen(ink.text)
        painter.drawStaticText(*self._name)
        toggle = frame.toggle
        button = toggle is not None and (self.hovered or self.selected or frame.neurons is not None)
        painter.setFont(ink.small_font)
        painter.setPen(ink.quiet)
        for at, text in (*self._texts, self._summaries[button]):
            painter.drawStaticText(at, text)
        if toggle is not None and button:
            name = "minimize-2" if frame.neurons else "maximize-2"
            icon = ink.icon(name, "text" if self.hot_toggle else "quiet", 14)
            painter.drawPixmap(QPointF(toggle.x + 5, toggle.y + 4), icon)

    def _paint_ports(self, painter: QPainter) -> None:
        face, ink = self.face, self.ink
        empty, full = ink.raised, QBrush(ink.quiet.color())
        for port in range(face.frame.inputs):
            at = QPointF(*face.frame.input_at(port))
            self._paint_port(painter, at, full if port in face.filled else empty, ("in", port))
        if face.frame.has_output:
            at = QPointF(*face.frame.output_at())
            self._paint_port(painter, at, full if face.leads else empty, ("out", 0))
        if self._labels:
            painter.setFont(ink.small_font)
            painter.setPen(ink.quiet)
            for at, text in self._labels:
                painter.drawStaticText(at, text)

    def _paint_port(
        self, painter: QPainter, at: QPointF, brush: QBrush, port: tuple[str, int]
    ) -> None:
        dim = self.dimmed_ports in ("both", port[0])
        hot = port == self.hot_port and not dim
        painter.setPen(self.ink.selected if hot else self.ink.hairline if dim else self.ink.hovered)
        painter.setBrush(self.ink.raised if dim else brush)
        radius = PORT_RADIUS + (2.5 if hot else -1.5 if dim else 0)
        painter.drawEllipse(at, radius, radius)

    def _paint_badge(self, painter: QPainter) -> None:
        error = any(p.severity is Severity.ERROR for p in self.face.problems)
        box = self.face.frame.badge
        painter.setPen(QPen(self.ink.window, 1.5))
        painter.setBrush(self.ink.error if error else self.ink.warning)
        painter.drawEllipse(QRectF(*box))
        painter.setFont(self.ink.small_font)
        painter.setPen(self.ink.on_accent)
        painter.drawText(QRectF(*box), Qt.AlignmentFlag.AlignCenter, "!")

    def _paint_ping(self, painter: QPainter) -> None:
        colour = QColor(self.ink.accent)
        colour.setAlphaF(self._ping)
        grow = (1 - self._ping) * (MARGIN - 2)
        painter.setPen(QPen(colour, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(
            self._rect.adjusted(-grow, -grow, grow, grow), RADIUS + grow, RADIUS + grow
        )

    def _paint_neurons(self, painter: QPainter, zoom: float) -> None:
        frame, ink = self.face.frame, self.ink
        neurons = frame.neurons
        assert neurons is not None
        radius = 4.0 if neurons.cell >= 28 else 3.0
        top = 0.0 if self._bias is None else float(abs(self._bias).max(initial=0.0)) or 1.0
        for unit in range(neurons.shown):
            box = frame.neuron(unit)
            assert box is not None
            rect = QRectF(*box)
            painter.setPen(ink.selected if unit == self.hot_unit else ink.hairline)
            if self._image is not None:
                painter.setBrush(self._thumbnail(unit, box))
                painter.drawRoundedRect(rect, radius, radius)
            else:
                bias = 0.0 if self._bias is None else float(self._bias[unit])
                painter.setBrush(ink.value(bias / top) if top else ink.surface)
                painter.drawEllipse(rect)
            if self._bias is not None:
                self._paint_bias(painter, unit, top)
        if zoom < TEXT_FROM:
            return
        painter.setFont(ink.small_font)
        painter.setPen(ink.quiet)
        for unit, name in enumerate(self.face.units[: neurons.shown]):
            box = frame.neuron(unit)
            assert box is not None
            place = QRectF(12, box.y, box.x - 20, box.height)
            side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(place, side, _elided(ink.small_metrics, name, place.width()))
        if neurons.hidden:
            place = QRectF(0, frame.height - 26, frame.width, 20)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, f"+{neurons.hidden:,} more")

    def _thumbnail(self, unit: int, box: Box) -> QBrush:
        assert self._image is not None
        neurons = self.face.frame.neurons
        assert neurons is not None
        across = box.width / self._image.width()
        down = box.height * neurons.shown / self._image.height()
        brush = QBrush(self._image)
        brush.setTransform(
            QTransform.fromTranslate(box.x, box.y - unit * box.height).scale(across, down)
        )
        return brush

    def _paint_bias(self, painter: QPainter, unit: int, top: float) -> None:
        dot = self.bias_box(unit)
        assert self._bias is not None
        if dot is not None and unit < len(self._bias):
            painter.setPen(self.ink.hovered)
            painter.setBrush(self.ink.value(float(self._bias[unit]) / top))
            painter.drawEllipse(QRectF(*dot))

    def bias_box(self, unit: int) -> Box | None:
        """The dot beside a unit's picture that stands for its bias."""
        box = self.face.frame.neuron(unit)
        if box is None:
            return None
        side = 9.0 if box.width >= 28 else 7.0
        return Box(box.x - side / 2, box.bottom - side, side, side)

    @property
    def has_bias(self) -> bool:
        """Whether bias dots are shown."""
        return self._bias is not None

    @property
    def pictured(self) -> bool:
        """Whether units are shown as pictures."""
        return self._image is not None

    def _column(self) -> QRectF:
        frame = self.face.frame
        return QRectF(0, frame.header, frame.width, frame.height - frame.header)

    def _fade(self, value: object) -> None:
        self._ping = float(value)  # type: ignore[arg-type]
        self.update()


def _right(
    metrics: QFontMetricsF, text: str, left: float, right: float, y: float, font: QFont
) -> tuple[QPointF, QStaticText]:
    """A text against a right edge; nothing if it has hardly any room."""
    room = right - left
    shown = _elided(metrics, text, room) if room > 20 else ""
    return QPointF(right - metrics.horizontalAdvance(shown), y), static(shown, font)


def _elided(metrics: QFontMetricsF, text: str, width: float) -> str:
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)

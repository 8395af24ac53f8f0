"""A layer on the canvas: one item, one paint."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt, QVariantAnimation
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QBrush,
    QColor,
    QPainter,
    QPainterPath,
    QPen,
)
from PySide6.QtWidgets import QGraphicsObject, QStyleOptionGraphicsItem, QWidget

from gradloom.core.problem import Severity
from gradloom.layers.shapes import Array
from gradloom.layers.site import Phase
from gradloom.session.marks import Strip
from gradloom.ui.canvas.cells import Cells
from gradloom.ui.canvas.face import Face
from gradloom.ui.canvas.geometry import Box
from gradloom.ui.canvas.ink import Ink, elided, reduced_motion, static
from gradloom.ui.canvas.tag import Tag
from gradloom.ui.canvas.texts import right_text, second_line
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
        self.phase: Phase | None = None  # of a step that is at work here
        self.tag: Tag | None = None  # what it gave in that step
        self._still = True
        self.cells = Cells()
        self._ping = 0.0
        self._animation: QVariantAnimation | None = None
        self.setZValue(1)
        self._prepare()

    def set_face(self, face: Face) -> None:
        """Say something else."""
        if (face.frame, face.labels) != (self.face.frame, self.face.labels):
            self.prepareGeometryChange()
        if face.frame.neurons != self.face.frame.neurons:
            self.cells = Cells()
        self.face = face
        self._prepare()

    def set_ink(self, ink: Ink) -> None:
        """Another theme."""
        self.ink = ink
        self.cells.clear()
        self.cells.set_kernels(None, self.face, ink)
        self.cells.set_strips(*self.cells.strips, self.face, ink)
        self._prepare()

    def set_still(self, *, still: bool) -> None:
        """Whether the zoom rests; while it changes, a kept picture would never be used again."""
        self._still = still
        self._keep_picture()

    def set_values(self, values: Array | None) -> None:
        """Pictures of the units, (units, ny, nx), y ascending; None: discs instead."""
        if self.cells.set_values(values, self.face, self.ink):
            self.update(self._column())

    def set_kernels(self, kernels: Array | None) -> None:
        """What each feature map is found with, (maps, channels, height, width)."""
        if self.cells.set_kernels(kernels, self.face, self.ink):
            self.update(self._column())

    def set_bias(self, bias: Array | None) -> None:
        """The biases of the units, shown as dots beside their pictures."""
        self.cells.bias = bias
        self.update(self._column())

    def set_strips(self, output: Strip | None, slope: Strip | None) -> None:
        """What the units gave in a step."""
        had = self.cells.strips
        if had[0] is not output or had[1] is not slope:
            self.cells.set_strips(output, slope, self.face, self.ink)
            if self.face.frame.neurons is not None:
                self.update(self._column())

    def set_lit_units(self, units: frozenset[int] | None) -> None:
        """The units that a step is about; None: all alike."""
        if units != self.cells.lit:
            self.cells.lit = units
            if self.face.frame.neurons is not None:
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
        left = max((-at.x() for at, _ in self._labels), default=0.0)
        return self._rect.adjusted(-MARGIN - left, -MARGIN, MARGIN, MARGIN)

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
        if self.phase is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink.halos[self.phase])
            painter.drawRoundedRect(rect.adjusted(-5, -5, 5, 5), RADIUS + 5, RADIUS + 5)
        border = ink.selected if self.selected else ink.hovered if self.hovered else ink.hairline
        if self.phase is not None and not self.selected:
            border = ink.phases[self.phase]
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
            self.cells.paint(painter, self.face, ink, self.hot_unit, texts=zoom >= TEXT_FROM)
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
        name = elided(ink.name_metrics, face.name, right - frame.name.x)
        after = frame.name.x + ink.name_metrics.horizontalAdvance(name) + 6
        edge = right if frame.toggle is None else frame.toggle.x
        at_rest = right if frame.neurons is None else edge  # then a closed card has no button
        beside = metrics.horizontalAdvance(face.summary) <= at_rest - after
        shape, count = second_line(metrics, face, right - left, lower=not beside)
        count_width = metrics.horizontalAdvance(count)
        self._name = (QPointF(frame.name.x, middle - 21), static(name, ink.name_font))
        self._texts = [
            (QPointF(left, middle + 4), static(shape, ink.small_font)),
            (QPointF(right - count_width, middle + 4), static(count, ink.small_font)),
        ]
        # Beside the button there is less room for the summary than without it.
        self._summaries = [
            right_text(
                metrics, face.summary if beside else "", after, end, middle - 19, ink.small_font
            )
            for end in (right, edge)
        ]
        self._labels = [
            (
                QPointF(-10 - ink.small_metrics.horizontalAdvance(text), frame.input_at(i)[1] - 16),
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

    def _column(self) -> QRectF:
        frame = self.face.frame
        return QRectF(0, frame.header, frame.width, frame.height - frame.header)

    def _fade(self, value: object) -> None:
        self._ping = float(value)  # type: ignore[arg-type]
        self.update()

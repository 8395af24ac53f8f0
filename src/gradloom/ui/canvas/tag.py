"""What a layer gave in a step: its values and the loss's slope by them, under its output port."""

from __future__ import annotations

import math

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QImage, QPainter, QStaticText
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from gradloom.layers.shapes import words
from gradloom.session.marks import Passed, Strip
from gradloom.ui.canvas.face import numbers_of
from gradloom.ui.canvas.geometry import CARD_WIDTH, Box
from gradloom.ui.canvas.heat import colours_of
from gradloom.ui.canvas.ink import Ink, static

ROW = 13.0  # height of one strip with its text
_TOP = 6.0  # clear of the halo of a card at work
TAG_HEIGHT = _TOP + 2 * ROW
_WIDEST, _CELL = 64, 12  # of a strip, of a number in it
_CUT_FROM = 4  # width of numbers that are told apart by lines
_TEXT_FROM = 0.35  # zoom
SLOPE = "‖∂L/∂a‖"


class Heat:
    """A strip as one image, a pixel per number, and its text."""

    def __init__(self, strip: Strip, text: str, ink: Ink) -> None:
        self.strip = strip
        self.colours = colours_of(strip.cells, ink)
        count = len(strip.cells)
        cell = max(1, min(_CELL, _WIDEST // max(count, 1)))
        self.width = float(cell * count)
        self.cuts = [cell * k for k in range(1, count)] if cell >= _CUT_FROM else []
        self.text: QStaticText = static(text, ink.small_font)
        self.image = QImage(self.colours.data, count, 1, 4 * count, QImage.Format.Format_RGB32)


class Tag(QGraphicsItem):
    """One item under a card. The first row is the output, the second its gradient."""

    def __init__(self, card: QGraphicsItem, ink: Ink) -> None:
        super().__init__(card)
        self.passed = Passed()
        self.current = False
        self._ink = ink
        self._rows: list[Heat | None] = [None, None]

    def mark(self, passed: Passed, ink: Ink, *, current: bool) -> None:
        """Show these strips; a layer that is passed and not current is painted quietly."""
        redo = ink is not self._ink
        self._ink = ink
        strips = (passed.output, passed.gradient)
        for row, strip in enumerate(strips):
            old = self._rows[row]
            if strip is None:
                self._rows[row] = None
            elif redo or old is None or old.strip is not strip:
                self._rows[row] = Heat(strip, _text(strip, slope=row == 1, ink=ink), ink)
        differs = passed.output is not self.passed.output or (
            passed.gradient is not self.passed.gradient
        )
        if redo or differs or current != self.current:
            self.passed, self.current = passed, current
            self.update()

    def row_at(self, x: float, y: float) -> int | None:
        """Which strip is at a point of the card's own coordinates."""
        row = int((y - self.y() - _TOP) // ROW)
        inside = 0 <= x <= CARD_WIDTH and row in (0, 1)
        return row if inside and self._rows[row] is not None else None

    def spoken(self, name: str) -> str:
        """For a screen reader."""
        rows = (row for row, heat in enumerate(self._rows) if heat is not None)
        return " ".join(_said(self.passed, row, name).replace("\n", ", ") + "." for row in rows)

    def box(self) -> Box:
        """Where it stands in the scene."""
        at = self.scenePos()
        return Box(at.x(), at.y(), CARD_WIDTH, TAG_HEIGHT)

    def boundingRect(self) -> QRectF:
        return QRectF(-1, 0, CARD_WIDTH + 2, TAG_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        texts = option.levelOfDetailFromTransform(painter.worldTransform()) >= _TEXT_FROM
        ink = self._ink
        height = 9.0 if self.current else 6.0
        painter.setFont(ink.small_font)
        for row, heat in enumerate(self._rows):
            if heat is None:
                continue
            top = _TOP + row * ROW
            if texts:
                painter.setPen(ink.text if self.current else ink.quiet)
                painter.drawStaticText(QPointF(2, top), heat.text)
            place = QRectF(
                CARD_WIDTH - heat.width - 2, top + (ROW - height) / 2, heat.width, height
            )
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=False)
            painter.drawImage(place, heat.image)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            if heat.cuts and texts:
                painter.setPen(ink.paper)
                left, low = place.left(), place.bottom()
                painter.drawLines([QLineF(left + x, place.top(), left + x, low) for x in heat.cuts])
            painter.setPen(ink.hovered if self.current else ink.hairline)
            painter.setBrush(ink.no_brush)
            painter.drawRect(place.adjusted(-0.5, -0.5, 0.5, 0.5))


def tip_of(passed: Passed, row: int, name: str) -> str:
    """A strip in words."""
    said = _said(passed, row, name)
    more = "The strip shows the first row.\nClick to go to this layer."
    return f"{said}\n{more}" if said else ""


def _said(passed: Passed, row: int, name: str) -> str:
    strip = passed.gradient if row else passed.output
    if strip is None:
        return ""
    what = f"Slope of the loss by the output of {name}" if row else f"Output of {name}"
    norm, low, high, mean = (short(v, 4) for v in (strip.norm, strip.low, strip.high, strip.mean))
    return (
        f"{what}: {numbers_of(strip.shape)} per row\n"
        f"norm {norm}, mean {mean}\nmin {low}, max {high}"
    )


def short(number: float, digits: int = 2) -> str:
    """A number in few characters, with a proper minus: 0.031, −1.2e4."""
    if not math.isfinite(number):
        return str(number).replace("-", "−")
    mantissa, e, power = f"{number:#.{digits}g}".partition("e")
    mantissa = mantissa.rstrip(".")
    return f"{mantissa}{e}{int(power) if e else ''}".replace("-", "−")


def _text(strip: Strip, *, slope: bool, ink: Ink) -> str:
    if slope:
        return f"{SLOPE} {short(strip.norm)}"
    whole = f"a: {numbers_of(strip.shape)}"
    room = CARD_WIDTH - _WIDEST - 10
    fits = ink.small_metrics.horizontalAdvance(whole) <= room
    return whole if fits else f"a: {words(strip.shape)}"

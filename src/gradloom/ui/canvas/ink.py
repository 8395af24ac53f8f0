"""Pens, brushes and fonts of the canvas, made once per theme so that painting makes none."""

from __future__ import annotations

import os
from functools import lru_cache

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPen, QPixmap, QStaticText

from gradloom.layers.shapes import Array
from gradloom.layers.site import Phase
from gradloom.ui.canvas.neurons import LEVELS, width_of
from gradloom.ui.theme import NORMAL, SMALL, Tokens, diverging, font, icon_pixmap, phase_colour


class Ink:
    """Everything a card, cable or line is painted with."""

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.surface = QBrush(QColor(tokens.surface))
        self.raised = QBrush(QColor(tokens.raised))
        self.window = QColor(tokens.window)
        self.text = QPen(QColor(tokens.text))
        self.quiet = QPen(QColor(tokens.quiet))
        self.on_accent = QPen(QColor(tokens.on_accent))
        self.accent = QColor(tokens.accent)
        self.hairline = line(tokens.hairline)
        self.hovered = line(tokens.quiet)
        self.selected = line(tokens.accent, 2)
        self.band_edge = line(tokens.accent)
        self.focus = line(tokens.accent, 1, Qt.PenStyle.DotLine)
        self.error = QColor(tokens.error)
        self.warning = QColor(tokens.warning)
        self.cable = line(_mixed(tokens.quiet, tokens.window, 0.75))
        self.cable_hot = line(tokens.accent, 2)
        self.cable_held = line(tokens.accent, 2, Qt.PenStyle.DashLine)
        self.cable_bad = line(tokens.error, 2, Qt.PenStyle.DashLine)
        self.dot = QColor(_mixed(tokens.hairline, tokens.window, 0.9))
        self.paper = line(tokens.window)
        self.lit_unit = line(tokens.text, 1.5)
        self.no_brush = QBrush(Qt.BrushStyle.NoBrush)
        colours = {phase: phase_colour(tokens, phase) for phase in Phase}
        self.phases = {phase: line(colour, 2) for phase, colour in colours.items()}
        self.flows = {phase: line(colour, 2.5) for phase, colour in colours.items()}
        self.halos = {p: QBrush(_translucent(colour, 48)) for p, colour in colours.items()}
        shade = QColor("#000000")
        shade.setAlpha(18)
        self.shadow = QBrush(shade)
        self.band = QColor(tokens.accent)
        self.band.setAlpha(28)
        self.name_font, self.small_font = font(NORMAL, strong=True), font(SMALL)
        self.tiny_font = font(SMALL)
        self.tiny_font.setPixelSize(10)
        self.name_metrics = QFontMetricsF(self.name_font)
        self.small_metrics = QFontMetricsF(self.small_font)
        self.table = pixels(tokens)
        self._stripes = {
            "Ends": tokens.quiet,
            "Layers": tokens.classes[1],
            "Activations": tokens.classes[4],
            "Merging": tokens.classes[0],
            "Images": tokens.positive,
            "Regularising": tokens.classes[3],
        }
        every = range(-LEVELS, LEVELS + 1)
        self.weights = {level: _weight_pen(tokens, level) for level in every}
        self.pale_weights = {level: _weight_pen(tokens, level, 0.3) for level in every}

    def stripe(self, category: str) -> QColor:
        """The colour of a category's stripe."""
        return QColor(self._stripes.get(category, self.tokens.classes[2]))

    def icon(self, name: str, colour: str = "text", size: int = 18) -> QPixmap:
        """A bundled icon; a plain box where the kind names one that is not bundled."""
        try:
            return icon_pixmap(name, getattr(self.tokens, colour), size)
        except OSError:
            return icon_pixmap("box", getattr(self.tokens, colour), size)

    def value(self, share: float) -> QColor:
        """The colour of a number from -1 to 1."""
        red, green, blue, _ = diverging(self.tokens)[int(np.clip(share, -1, 1) * 127.5 + 127.5)]
        return QColor(int(red), int(green), int(blue))


def line(colour: str, width: float = 1, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    """A pen whose width does not zoom."""
    pen = QPen(QColor(colour), width, style)
    pen.setCosmetic(True)
    return pen


def static(text: str, with_font: QFont) -> QStaticText:
    """A text whose glyphs are laid out once."""
    made = QStaticText(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
    made.prepare(font=with_font)
    return made


def elided(metrics: QFontMetricsF, text: str, width: float) -> str:
    """A text cut to a width, with an ellipsis."""
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)


def reduced_motion() -> bool:
    """Whether animations are unwanted."""
    return os.environ.get("GRADLOOM_REDUCED_MOTION", "") not in ("", "0")


@lru_cache(maxsize=4)
def pixels(tokens: Tokens) -> Array:
    """(256,) uint32 0xffRRGGBB from the negative to the positive colour."""
    c = diverging(tokens).astype(np.uint32)
    return np.asarray(0xFF000000 | (c[:, 0] << 16) | (c[:, 1] << 8) | c[:, 2], np.uint32)


def _weight_pen(tokens: Tokens, level: int, strength: float = 1.0) -> QPen:
    if level == 0:
        return line(tokens.hairline)
    # Mixed, not transparent: Qt paints opaque wide lines twice as fast.
    strong = tokens.positive if level > 0 else tokens.negative
    share = strength * (0.35 + 0.65 * abs(level) / LEVELS)
    pen = QPen(QColor(_mixed(strong, tokens.raised, share)), width_of(level))
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


def _translucent(colour: str, alpha: int) -> QColor:
    made = QColor(colour)
    made.setAlpha(alpha)
    return made


def _mixed(colour: str, other: str, share: float) -> str:
    a, b = QColor(colour), QColor(other)
    red, green, blue = (
        round(x * share + y * (1 - share))
        for x, y in ((a.red(), b.red()), (a.green(), b.green()), (a.blue(), b.blue()))
    )
    return QColor(red, green, blue).name()

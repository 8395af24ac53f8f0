"""What of a card's texts fits where. No widget."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QFont, QFontMetricsF, QStaticText

from gradloom.ui.canvas.face import Face, counted
from gradloom.ui.canvas.ink import elided, static


def second_line(metrics: QFontMetricsF, face: Face, room: float, *, lower: bool) -> tuple[str, str]:
    """The shape, and what stands at the right: with `lower` the summary, then parameters.

    The count goes first where room lacks, then what enters, then the end of the shape.
    """
    summary = face.summary if lower else ""
    counts = (counted(face.count), f"{face.count:,}" if face.count else "", "")
    leaving = face.shape[max(face.shape.find("→"), 0) :].replace(" × ", "×")
    for shape, beside in ((face.shape, summary), (leaving, summary.replace(" × ", "×"))):
        shape_width = metrics.horizontalAdvance(shape)
        for count in counts if beside else counts[:2]:
            text = " · ".join(part for part in (beside, count) if part)
            if shape_width + 8 + metrics.horizontalAdvance(text) <= room:
                return shape, text
    if "×" in shape:  # where a picture goes, its size is worth more than a setting
        return shape, elided(metrics, text, room - shape_width - 8)
    text = elided(metrics, text, room)
    return elided(metrics, face.shape, room - metrics.horizontalAdvance(text) - 8), text


def right_text(
    metrics: QFontMetricsF, text: str, left: float, right: float, y: float, font: QFont
) -> tuple[QPointF, QStaticText]:
    """A text against a right edge; nothing if it has hardly any room."""
    room = right - left
    shown = elided(metrics, text, room) if room > 20 else ""
    return QPointF(right - metrics.horizontalAdvance(shown), y), static(shown, font)

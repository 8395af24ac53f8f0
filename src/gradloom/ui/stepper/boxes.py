"""Expressions with their numbers as boxes on a painter: quick to lay out, and each can be hit.

ziamath typesets the equation; the same equation with numbers changes with every cell under the
pointer, so it is laid out here in microseconds, and every number knows where it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from gradloom.layers.compound import Call, Fraction, LogSum, Product, Sum
from gradloom.layers.expression import Expression, Number, Read, Reference

_GAP = 3.0
_INNER = 5  # terms that are shown of a sum inside another one
# what stands before, between and after the arguments of a function
_FENCES = {
    "log": ("log(", "", ")"),
    "ylog": ("", " log(", ")"),
    "tanh": ("tanh(", "", ")"),
    "sigmoid": ("σ(", "", ")"),
    "log_sigmoid": ("log σ(", "", ")"),
    "log_rest": ("log(1 − σ(", "", "))"),
    "normal": ("Φ(", "", ")"),
    "abs": ("|", "", "|"),
    "sign": ("sign(", "", ")"),
    "heaviside": ("H(", "", ")"),
    "greater": ("[", " > ", "]"),
    "less": ("[", " < ", "]"),
    "at_most": ("[", " ≤ ", "]"),
    "max": ("max(", ", ", ")"),
    "min": ("min(", ", ", ")"),
}


@dataclass
class Box:
    """A piece of a line: `above` and `below` its baseline. `tag` is the expression it shows."""

    width: float = 0.0
    above: float = 0.0
    below: float = 0.0
    x: float = 0.0  # relative to its parent
    y: float = 0.0  # of its baseline, relative to its parent's
    parts: list[Box] = field(default_factory=list)
    tag: Expression | None = None
    term: int | None = None  # which term of the walked sum it is
    place: QRectF = field(default_factory=QRectF)  # where it was painted last

    def paint(self, painter: QPainter, at: QPointF, colour: QColor) -> None:
        """Paint with the baseline's left end at `at`."""
        here = QPointF(at.x() + self.x, at.y() + self.y)
        self.place = QRectF(here.x(), here.y() - self.above, self.width, self.above + self.below)
        self.own(painter, here, colour)
        for part in self.parts:
            part.paint(painter, here, colour)

    def own(self, painter: QPainter, at: QPointF, colour: QColor) -> None:
        """Paint what is not in the parts."""

    def all(self) -> Iterator[Box]:
        """This box and everything inside it."""
        yield self
        for part in self.parts:
            yield from part.all()


@dataclass
class _Text(Box):
    text: str = ""
    font: QFont = field(default_factory=QFont)

    def own(self, painter: QPainter, at: QPointF, colour: QColor) -> None:
        painter.setFont(self.font)
        painter.setPen(colour)
        painter.drawText(at, self.text)


@dataclass
class _Bar(Box):
    """A fraction's line, or the line over a root."""

    def own(self, painter: QPainter, at: QPointF, colour: QColor) -> None:
        painter.setPen(QPen(colour, 1))
        painter.drawLine(QPointF(at.x(), at.y()), QPointF(at.x() + self.width, at.y()))


@dataclass
class _Hook(Box):
    """The sign of a square root."""

    def own(self, painter: QPainter, at: QPointF, colour: QColor) -> None:
        painter.setPen(QPen(colour, 1.2))
        low, top = at.y() + self.below, at.y() - self.above
        x = at.x()
        painter.drawLine(QPointF(x, low - 5), QPointF(x + 3, low))
        painter.drawLine(QPointF(x + 3, low), QPointF(x + self.width, top))


class Setter:
    """Makes boxes in one font. `digits` are significant figures, `most` the terms of a sum."""

    def __init__(self, base: QFont, read: Read, digits: int = 4, most: int = 12) -> None:
        self._font = base
        small = QFont(base)
        small.setPixelSize(max(8, round(base.pixelSize() * 0.78)))
        self._small = small
        self._metrics: dict[int, QFontMetricsF] = {}
        self._read = read
        self._digits = digits
        self._most = most
        self.focus: Expression | None = None  # a sum whose terms are never all left out
        self.term: int | None = None  # the term of that sum that must be seen

    def text(self, text: str, font: QFont | None = None, tag: Expression | None = None) -> Box:
        """A run of text."""
        font = font or self._font
        metrics = self._of(font)
        return _Text(
            metrics.horizontalAdvance(text),
            metrics.ascent(),
            metrics.descent(),
            tag=tag,
            text=text,
            font=font,
        )

    def number(self, number: float, tag: Expression | None = None, digits: int = 0) -> Box:
        """A number, with so many digits if they are given; powers of ten are raised."""
        text = f"{number:.{digits or self._digits}g}".replace("-", "−")
        if "e" not in text:
            return self.text(text, tag=tag)
        mantissa, exponent = text.split("e")
        power = exponent.replace("+", "").replace("−0", "−").lstrip("0")
        return self.row(
            [self.text(f"{mantissa}·10"), self._raised(self.text(power, self._small))], tag
        )

    def row(self, boxes: list[Box], tag: Expression | None = None) -> Box:
        """Boxes beside each other on one baseline."""
        x = 0.0
        for box in boxes:
            box.x = x
            x += box.width
        above = max((box.above - box.y for box in boxes), default=0.0)
        below = max((box.below + box.y for box in boxes), default=0.0)
        return Box(x, above, below, parts=boxes, tag=tag)

    def of(self, expression: Expression) -> Box:
        """An expression with its numbers put in."""
        match expression:
            case Reference():
                return self.number(self._read(expression), expression)
            case Number():
                return self.number(expression.number, expression)
            case Sum():
                pieces = self.terms(expression)
                return self.row([box for piece in pieces for box in piece], expression)
            case Product():
                return self._product(expression)
            case Fraction():
                return self._fraction(expression)
            case Call():
                return self._call(expression)
            case LogSum():
                inner = self.brackets(self.of(expression.total))
                return self.row([self.text("log "), inner], expression)
        return self.number(expression.evaluate(self._read), expression)

    def terms(self, whole: Sum) -> list[list[Box]]:
        """Each term with the sign before it; terms left out are three dots."""
        shown = self._chosen(whole)
        pieces: list[list[Box]] = []
        last = -1
        for number in shown:
            if number != last + 1:
                pieces.append([self.text(" + ⋯")])
            last = number
            term = whole.terms[number]
            minus, inner = _sign(term)
            bare = self.of(inner)
            if isinstance(inner, Sum) and len(inner.terms) > 1:
                bare = self.brackets(bare)
            elif (pieces or minus) and self._starts_negative(inner):
                bare = self._guarded(bare, inner)
            sign = ("−" if minus else "") if not pieces else (" − " if minus else " + ")
            held = Box(bare.width, bare.above, bare.below, parts=[bare], tag=term)
            held.term = number if whole is self.focus else None
            pieces.append([self.text(sign), held])
        return pieces or [[self.text("0")]]

    def brackets(self, inner: Box, left: str = "(", right: str = ")") -> Box:
        """Something in brackets."""
        return self.row([self.text(left), inner, self.text(right)])

    def _starts_negative(self, item: Expression) -> bool:
        """Whether the first thing one reads of it is a minus."""
        first = item
        while isinstance(first, Product):
            first = first.factors[0]
        return isinstance(first, Reference | Number) and first.evaluate(self._read) < 0

    def _guarded(self, box: Box, item: Expression) -> Box:
        """The same with brackets around the number that starts it."""
        if not isinstance(item, Product) or not box.parts:
            return self.brackets(box)
        parts = [self.brackets(box.parts[0]), *box.parts[1:]]
        return self.row(parts, box.tag)

    def _chosen(self, whole: Sum) -> list[int]:
        count = len(whole.terms)
        most = self._most if whole is self.focus else min(self._most, _INNER)
        if count <= most:
            return list(range(count))
        wanted = self.term if whole is self.focus and self.term is not None else 0
        first = min(max(wanted - most // 2, 0), count - most + 1)
        return sorted({0, *range(first, min(first + most - 2, count)), count - 1})

    def _product(self, product: Product) -> Box:
        minus, inner = _sign(product)
        factors = inner.factors if isinstance(inner, Product) else (inner,)
        boxes = [self.text("−")] if minus else []
        for place, factor in enumerate(factors):
            box = self.of(factor)
            negative = isinstance(factor, Reference | Number) and factor.evaluate(self._read) < 0
            if (isinstance(factor, Sum) and len(factor.terms) > 1) or (
                negative and (place or minus)
            ):
                box = self.brackets(box)
            airy = place and isinstance(factor, Fraction) | isinstance(factors[place - 1], Fraction)
            boxes += [self.text(" · " if airy else "·"), box] if place else [box]
        return self.row(boxes, product)

    def _fraction(self, fraction: Fraction) -> Box:
        top, bottom = self.of(fraction.top), self.of(fraction.bottom)
        width = max(top.width, bottom.width) + 2 * _GAP
        axis = self._of(self._font).xHeight() / 2 + 1
        bar = _Bar(width, 0, 0, y=-axis)
        top.x, top.y = (width - top.width) / 2, -axis - top.below - 2
        bottom.x, bottom.y = (width - bottom.width) / 2, -axis + bottom.above + 2
        return Box(
            width,
            top.above - top.y,
            bottom.below + bottom.y,
            parts=[top, bar, bottom],
            tag=fraction,
        )

    def _call(self, call: Call) -> Box:
        inner = [self.of(argument) for argument in call.arguments]
        if call.name in _FENCES:
            left, between, right = _FENCES[call.name]
            boxes = [self.text(left)]
            for place, box in enumerate(inner):
                boxes += [self.text(between), box] if place else [box]
            return self.row([*boxes, self.text(right)], call)
        match call.name:
            case "sqrt":
                return self._root(inner[0], call)
            case "exp":
                return self.row([self.text("e"), self._raised(inner[0])], call)
            case "expm1":
                power = [self.text("e"), self._raised(inner[0]), self.text(" − 1")]
                return self.brackets(self.row(power, call))
            case "softplus":
                power = [self.text("1 + e"), self._raised(inner[0])]
                return self.row([self.text("log"), self.brackets(self.row(power))], call)
            case "power":
                base, argument = inner[0], call.arguments[0]
                single = isinstance(argument, Reference | Number)
                if not single or argument.evaluate(self._read) < 0:
                    base = self.brackets(base)
                return self.row([base, self._raised(inner[1])], call)
        boxes = [inner[0]]
        for more in inner[1:]:
            boxes += [self.text(", "), more]
        return self.row([self.text(call.name), self.brackets(self.row(boxes))], call)

    def _root(self, inner: Box, tag: Expression) -> Box:
        hook = _Hook(9.0, inner.above + 2, inner.below)
        bar = _Bar(inner.width + 2, 0, 0, x=9.0, y=-inner.above - 2)
        inner.x = 10.0
        return Box(
            inner.width + 12, inner.above + 3, inner.below, parts=[hook, bar, inner], tag=tag
        )

    def _raised(self, box: Box) -> Box:
        box.y = -self._of(self._font).ascent() * 0.45 - box.below * 0.3
        return self.row([box])

    def _of(self, font: QFont) -> QFontMetricsF:
        size = font.pixelSize()
        if size not in self._metrics:
            self._metrics[size] = QFontMetricsF(font)
        return self._metrics[size]


def _sign(term: Expression) -> tuple[bool, Expression]:
    """Whether a term is taken off (starts with the factor −1), and the rest of it."""
    if isinstance(term, Product) and len(term.factors) > 1:
        first = term.factors[0]
        if isinstance(first, Number) and first.number == -1:
            rest = term.factors[1:]
            return True, rest[0] if len(rest) == 1 else Product(rest)
    return False, term

"""Expressions made of others: sums, products, fractions and functions.

Sums may be long: they make their terms when asked for them, and renderers shorten.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import overload

from gradloom.layers.expression import (
    Expression,
    Number,
    Read,
    Reference,
    is_plain,
    is_sign,
    live,
)
from gradloom.layers.functions import FUNCTIONS, exponential, quotient


class Terms(Sequence[Expression]):
    """Terms that are made when they are asked for."""

    def __init__(self, count: int, make: Callable[[int], Expression]) -> None:
        self._count, self._make = count, make

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, which: int) -> Expression: ...
    @overload
    def __getitem__(self, which: slice) -> tuple[Expression, ...]: ...
    def __getitem__(self, which: int | slice) -> Expression | tuple[Expression, ...]:
        numbers = range(self._count)[which]
        return self._make(numbers) if isinstance(numbers, int) else tuple(map(self._make, numbers))


@dataclass(frozen=True)
class Sum(Expression):
    """Terms added up, in order."""

    terms: Sequence[Expression]

    def evaluate(self, read: Read = live) -> float:
        numbers = [term.evaluate(read) for term in self.terms]
        try:
            return math.fsum(numbers)
        except (OverflowError, ValueError):  # infinities
            return sum(numbers)

    def latex(self, *, read: Read | None = None, digits: int = 4, most: int = 8) -> str:
        shown = self.terms if len(self.terms) <= most else self.terms[: most - 1]
        said = [term.latex(read=read, digits=digits, most=most) for term in shown]
        if len(shown) < len(self.terms):
            said += [r"\cdots", self.terms[-1].latex(read=read, digits=digits, most=most)]
        text = said[0] if said else "0"
        for term in said[1:]:
            text += f" - {term[1:].lstrip()}" if term.startswith("-") else f" + {term}"
        return text

    def code(self, read: Read = live) -> str:
        terms = self.terms
        pairs = [t.factors for t in terms if isinstance(t, Product) and len(t.factors) == 2]
        if len(pairs) == len(terms) > 3:
            left, right = (", ".join(pair[side].code(read) for pair in pairs) for side in (0, 1))
            return f"np.dot([{left}], [{right}])"
        if len(terms) > 3:
            return f"np.sum([{', '.join(term.code(read) for term in terms)}])"
        said = " + ".join(term.code(read) for term in terms) or "0.0"
        return f"({said.replace('+ -', '- ')})"

    def parts(self) -> Sequence[Expression]:
        return self.terms


@dataclass(frozen=True)
class Product(Expression):
    """Factors multiplied, in order."""

    factors: tuple[Expression, ...]

    def evaluate(self, read: Read = live) -> float:
        return math.prod(factor.evaluate(read) for factor in self.factors)

    def latex(self, *, read: Read | None = None, digits: int = 4, most: int = 8) -> str:
        sign, factors = self._turned()
        text, before = sign, None
        for factor in factors:
            said = factor.latex(read=read, digits=digits, most=most)
            inner = isinstance(factor, Sum) and len(factor.terms) > 1
            if inner or (said.startswith("-") and text):
                said = rf"\left({said}\right)"
            if before is not None:
                numbers = is_plain(before) and is_plain(factor)
                text += r" \cdot " if read is not None or numbers else r"\, "
            text, before = text + said, factor
        return text

    def code(self, read: Read = live) -> str:
        sign, factors = self._turned()
        said = " * ".join(factor.code(read) for factor in factors)
        return f"{sign}({said})" if len(factors) > 1 else f"{sign}{said}".replace("--", "")

    def parts(self) -> Sequence[Expression]:
        return self.factors

    def _turned(self) -> tuple[str, tuple[Expression, ...]]:
        """A factor -1 at the start as a sign, and the others."""
        if len(self.factors) > 1 and is_sign(self.factors[0]):
            return "-", self.factors[1:]
        return "", self.factors


@dataclass(frozen=True)
class Fraction(Expression):
    """One over the other."""

    top: Expression
    bottom: Expression

    def evaluate(self, read: Read = live) -> float:
        return quotient(self.top.evaluate(read), self.bottom.evaluate(read))

    def latex(self, *, read: Read | None = None, digits: int = 4, most: int = 8) -> str:
        top = self.top.latex(read=read, digits=digits, most=most)
        bottom = self.bottom.latex(read=read, digits=digits, most=most)
        if top.startswith("-") and not isinstance(self.top, Sum):
            return rf"-\frac{{{top[1:]}}}{{{bottom}}}"
        return rf"\frac{{{top}}}{{{bottom}}}"

    def code(self, read: Read = live) -> str:
        return f"({self.top.code(read)} / {self.bottom.code(read)})"

    def parts(self) -> Sequence[Expression]:
        return (self.top, self.bottom)


@dataclass(frozen=True)
class Share(Fraction):
    """An exponential over a sum of exponentials, computed without overflow."""

    def evaluate(self, read: Read = live) -> float:
        (own,) = (power.evaluate(read) for power in _powers(self.top))
        others = [power.evaluate(read) for power in _powers(self.bottom)]
        return quotient(1.0, sum(exponential(other - own) for other in others))

    def code(self, read: Read = live) -> str:
        (own,) = _powers(self.top)
        others = ", ".join(power.code(read) for power in _powers(self.bottom))
        return f"(1 / np.sum(np.exp(np.array([{others}]) - ({own.code(read)}))))"


@dataclass(frozen=True)
class LogSum(Expression):
    """The logarithm of a sum of exponentials, computed without overflow."""

    total: Expression

    def evaluate(self, read: Read = live) -> float:
        powers = [power.evaluate(read) for power in self._powers()]
        top = max(powers)
        return top + math.log(math.fsum(exponential(z - top) for z in powers))

    def latex(self, *, read: Read | None = None, digits: int = 4, most: int = 8) -> str:
        total = self.total.latex(read=read, digits=digits, most=most)
        return rf"\log\left({total}\right)"

    def code(self, read: Read = live) -> str:
        powers = ", ".join(power.code(read) for power in self._powers())
        return f"np.logaddexp.reduce([{powers}])"

    def parts(self) -> Sequence[Expression]:
        return (self.total,)

    def _powers(self) -> list[Expression]:
        return _powers(self.total)


@dataclass(frozen=True)
class Call(Expression):
    """A function of `FUNCTIONS` of some expressions."""

    name: str
    arguments: tuple[Expression, ...]

    def evaluate(self, read: Read = live) -> float:
        return float(FUNCTIONS[self.name].of(*(a.evaluate(read) for a in self.arguments)))

    def latex(self, *, read: Read | None = None, digits: int = 4, most: int = 8) -> str:
        said = [a.latex(read=read, digits=digits, most=most) for a in self.arguments]
        if self.name == "power" and not _stands_alone(self.arguments[0], said[0]):
            said[0] = rf"{{\left({said[0]}\right)}}"
        elif self.name == "ylog" and said[0].startswith("-"):
            said[0] = rf"\left({said[0]}\right)"
        return FUNCTIONS[self.name].template.format(*said, all=r",\, ".join(said))

    def code(self, read: Read = live) -> str:
        said = [a.code(read) for a in self.arguments]
        return FUNCTIONS[self.name].code.format(*said, all=", ".join(said))

    def parts(self) -> Sequence[Expression]:
        return self.arguments


def _powers(total: Expression) -> list[Expression]:
    """What the exponentials in a sum (or the only one) are taken of."""
    terms = total.terms if isinstance(total, Sum) else (total,)
    return [term.parts()[0] for term in terms]


def _stands_alone(base: Expression, text: str) -> bool:
    """Whether it may be raised to a power without brackets."""
    simple = isinstance(base, Reference | Number)
    return simple and not text.startswith("-") and not any(s in text for s in ("^", r"\frac"))

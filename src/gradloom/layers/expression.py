"""How one number of an operation's result comes from others: a small algebra of expressions.

An operation explains an element of what it wrote as an `Expression` over elements of what it
read. The same expression is evaluated (and tested against the array), shown as an equation with
symbols or with the numbers put in, walked term by term, turned into NumPy code, and followed back
to the operation that made a number. Sums may be long: they make their terms when asked for them,
and renderers shorten.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import overload

from gradloom.layers.functions import (
    FUNCTIONS,
    exponential,
    number_code,
    number_latex,
    quotient,
)
from gradloom.layers.site import Tensor, Value

_SLOPE = r"\frac{\partial L}{\partial "


def live(reference: Reference) -> float:
    """The element as it is in the array now."""
    return float(reference.value.array[reference.index])


Read = Callable[["Reference"], float]


@dataclass(frozen=True)
class Expression:
    """Base of all expressions."""

    def evaluate(self, read: Read = live) -> float:
        """Its value in float64; `read` says what an element is (now, unless told otherwise)."""
        raise NotImplementedError

    def latex(self, *, read: Read | None = None, digits: int = 4, most: int = 8) -> str:
        """As LaTeX: with symbols, or with the numbers that `read` gives to `digits` figures.

        A sum shows at most `most` terms.
        """
        raise NotImplementedError

    def code(self, read: Read = live) -> str:
        """As a Python expression with `np`, `math` and the numbers in full."""
        raise NotImplementedError

    def parts(self) -> Sequence[Expression]:
        """The expressions it is made of."""
        return ()

    def references(self) -> Iterator[Reference]:
        """Every element it reads."""
        for part in self.parts():
            yield from part.references()


@dataclass(frozen=True, eq=False)
class Reference(Expression):
    """One element of a named array, as people see the array (batch first)."""

    value: Value
    index: tuple[int, ...]
    before: bool = False  # as it was before the operation that writes over it

    @property
    def key(self) -> tuple[str, tuple[int, ...], bool]:
        """What makes it this element and no other."""
        return self.value.name, self.index, self.before

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Reference) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    def evaluate(self, read: Read = live) -> float:
        return float(read(self))

    def latex(self, *, read: Read | None = None, digits: int = 4, most: int = 8) -> str:
        if read is not None:
            return number_latex(read(self), digits)
        symbol = self.value.symbol
        if symbol.startswith(_SLOPE):  # the index belongs to what the slope is taken for
            text = rf"{_SLOPE}{_indexed(symbol[len(_SLOPE) : -1], self.index)}}}"
            return rf"{{\left({text}\right)}}^{{\mathrm{{old}}}}" if self.before else text
        return _indexed(symbol, self.index) + (r"^{\mathrm{old}}" if self.before else "")

    def code(self, read: Read = live) -> str:
        return number_code(read(self))

    def references(self) -> Iterator[Reference]:
        yield self


@dataclass(frozen=True, eq=False)
class Drawn(Reference):
    """An element that is drawn at random: it comes from no other number."""

    how: str = r"\mathrm{random}(0, 1)"

    def latex(self, *, read: Read | None = None, digits: int = 4, most: int = 8) -> str:
        return self.how if read is None else super().latex(read=read, digits=digits, most=most)

    def references(self) -> Iterator[Reference]:
        return iter(())


@dataclass(frozen=True)
class Number(Expression):
    r"""A constant; `symbol` is what it is called ("\eta"), if it has a name."""

    number: float
    symbol: str = ""

    def evaluate(self, read: Read = live) -> float:
        return self.number

    def latex(self, *, read: Read | None = None, digits: int = 4, most: int = 8) -> str:
        return self.symbol if self.symbol and read is None else number_latex(self.number, digits)

    def code(self, read: Read = live) -> str:
        return number_code(self.number)


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
                numbers = _is_plain(before) and _is_plain(factor)
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
        if len(self.factors) > 1 and _is_sign(self.factors[0]):
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


Explain = Callable[[str, tuple[int, ...]], Expression]  # (name of a written value, index)
Item = Expression | float


def at(value: Value | Tensor, *index: int) -> Reference:
    """One element."""
    return Reference(value.value if isinstance(value, Tensor) else value, index)


def was(value: Value | Tensor, *index: int) -> Reference:
    """One element as it was before the operation that writes over it."""
    return Reference(value.value if isinstance(value, Tensor) else value, index, before=True)


def add(*terms: Item) -> Expression:
    """A sum; numbers become constants, sums in it are opened."""
    made = [_made(t) for t in terms]
    flat = tuple(chain.from_iterable(t.terms if isinstance(t, Sum) else (t,) for t in made))
    return flat[0] if len(flat) == 1 else Sum(flat)


def summed(count: int, make: Callable[[int], Expression]) -> Expression:
    """A sum of `count` terms, which are made when they are asked for."""
    return make(0) if count == 1 else Sum(Terms(count, make))


def times(*factors: Item) -> Expression:
    """A product; numbers become constants, plain ones are left out, products in it are opened."""
    made = [_made(f) for f in factors if isinstance(f, Expression) or f != 1]
    flat = tuple(chain.from_iterable(f.factors if isinstance(f, Product) else (f,) for f in made))
    others = tuple(f for f in flat if not _is_sign(f))
    if not others or len(others) == len(flat):
        return flat[0] if len(flat) == 1 else Product(flat or (Number(1.0),))
    if (len(flat) - len(others)) % 2:
        return Product((Number(-1.0), *others))
    return others[0] if len(others) == 1 else Product(others)


def minus(first: Item, second: Item) -> Expression:
    """A difference."""
    return add(first, times(-1.0, second))


def over(top: Item, bottom: Item) -> Expression:
    """A fraction; over a plain 1 nothing changes."""
    return _made(top) if bottom == 1 else Fraction(_made(top), _made(bottom))


def call(name: str, *arguments: Item) -> Expression:
    """A function of `FUNCTIONS`."""
    return Call(name, tuple(_made(a) for a in arguments))


def square(base: Item) -> Expression:
    """Its second power."""
    return call("power", base, 2.0)


def named(number: float, symbol: str) -> Number:
    r"""A constant with a name: `named(0.1, r"\eta")`."""
    return Number(float(number), symbol)


def _made(item: Item) -> Expression:
    return item if isinstance(item, Expression) else Number(float(item))


def _powers(total: Expression) -> list[Expression]:
    """What the exponentials in a sum (or the only one) are taken of."""
    terms = total.terms if isinstance(total, Sum) else (total,)
    return [term.parts()[0] for term in terms]


def _is_plain(item: Expression) -> bool:
    """Whether it is a constant without a name."""
    return isinstance(item, Number) and not item.symbol


def _is_sign(item: Expression) -> bool:
    """Whether it only turns the sign."""
    return isinstance(item, Number) and not item.symbol and item.number == -1


def _stands_alone(base: Expression, text: str) -> bool:
    """Whether it may be raised to a power without brackets."""
    simple = isinstance(base, Reference | Number)
    return simple and not text.startswith("-") and not any(s in text for s in ("^", r"\frac"))


def _indexed(symbol: str, index: tuple[int, ...]) -> str:
    if not index:
        return symbol
    places = ",".join(str(i + 1) for i in index)
    return rf"{symbol}_{{{places}}}" if "_" not in symbol else rf"({symbol})_{{{places}}}"

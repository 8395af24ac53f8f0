"""How one number of an operation's result comes from others: a small algebra of expressions.

An operation explains an element of what it wrote as an `Expression` over elements of what it
read. The same expression is evaluated (and tested against the array), shown as an equation with
symbols or with the numbers put in, walked term by term, turned into NumPy code, and followed back
to the operation that made a number. Here are the elements and constants; `compound` has what is
made of others, `algebra` the words kinds write expressions with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from gradloom.layers.functions import number_code, number_latex
from gradloom.layers.site import Value

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


Explain = Callable[[str, tuple[int, ...]], Expression]  # (name of a written value, index)


def is_plain(item: Expression) -> bool:
    """Whether it is a constant without a name."""
    return isinstance(item, Number) and not item.symbol


def is_sign(item: Expression) -> bool:
    """Whether it only turns the sign."""
    return isinstance(item, Number) and not item.symbol and item.number == -1


def _indexed(symbol: str, index: tuple[int, ...]) -> str:
    if not index:
        return symbol
    places = ",".join(str(i + 1) for i in index)
    return rf"{symbol}_{{{places}}}" if "_" not in symbol else rf"({symbol})_{{{places}}}"

"""How one number of an operation's result comes from others: a small algebra of expressions.

An operation explains an element of what it wrote as an `Expression` over elements of what it
read. The same expression is evaluated (and tested against the array), shown as an equation with
symbols or with the numbers put in, walked term by term, turned into NumPy code, and followed back
to the operation that made a number. Sums may be long: `Sum` keeps its terms, renderers shorten.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gradloom.layers.site import Value


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
        """As a Python expression with `np` and the numbers in full."""
        raise NotImplementedError

    def parts(self) -> tuple[Expression, ...]:
        """The expressions it is made of."""
        return ()

    def references(self) -> Iterator[Reference]:
        """Every element it reads."""
        for part in self.parts():
            yield from part.references()


@dataclass(frozen=True)
class Reference(Expression):
    """One element of a named array, as people see the array (batch first)."""

    value: Value
    index: tuple[int, ...]
    before: bool = False  # as it was before the operation that writes over it

    def evaluate(self, read: Read = live) -> float:
        return read(self)

    def latex(self, *, read: Read | None = None, digits: int = 4, most: int = 8) -> str:
        if read is not None:
            return number_latex(read(self), digits)
        if not self.index:
            return self.value.symbol
        places = ",".join(str(i + 1) for i in self.index)
        symbol = self.value.symbol
        return f"{symbol}_{{{places}}}" if "_" not in symbol else f"({symbol})_{{{places}}}"

    def code(self, read: Read = live) -> str:
        return repr(read(self))

    def references(self) -> Iterator[Reference]:
        yield self


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
        return repr(self.number)


@dataclass(frozen=True)
class Sum(Expression):
    """Terms added up, in order."""

    terms: tuple[Expression, ...]

    def evaluate(self, read: Read = live) -> float:
        return math.fsum(term.evaluate(read) for term in self.terms)

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
        return "(" + (" + ".join(term.code(read) for term in self.terms) or "0.0") + ")"

    def parts(self) -> tuple[Expression, ...]:
        return self.terms


@dataclass(frozen=True)
class Product(Expression):
    """Factors multiplied, in order."""

    factors: tuple[Expression, ...]

    def evaluate(self, read: Read = live) -> float:
        return math.prod(factor.evaluate(read) for factor in self.factors)

    def latex(self, *, read: Read | None = None, digits: int = 4, most: int = 8) -> str:
        factors, sign = self.factors, ""
        if isinstance(factors[0], Number) and factors[0].number == -1 and len(factors) > 1:
            factors, sign = factors[1:], "-"
        said = []
        for place, factor in enumerate(factors):
            text = factor.latex(read=read, digits=digits, most=most)
            inner = isinstance(factor, Sum) and len(factor.terms) > 1
            signed = text.startswith("-") and (place or sign)
            said.append(rf"\left({text}\right)" if inner or signed else text)
        return sign + (r"\, " if read is None else r" \cdot ").join(said)

    def code(self, read: Read = live) -> str:
        return "(" + " * ".join(factor.code(read) for factor in self.factors) + ")"

    def parts(self) -> tuple[Expression, ...]:
        return self.factors


@dataclass(frozen=True)
class Fraction(Expression):
    """One over the other."""

    top: Expression
    bottom: Expression

    def evaluate(self, read: Read = live) -> float:
        return self.top.evaluate(read) / self.bottom.evaluate(read)

    def latex(self, *, read: Read | None = None, digits: int = 4, most: int = 8) -> str:
        top = self.top.latex(read=read, digits=digits, most=most)
        bottom = self.bottom.latex(read=read, digits=digits, most=most)
        return rf"\frac{{{top}}}{{{bottom}}}"

    def code(self, read: Read = live) -> str:
        return f"({self.top.code(read)} / {self.bottom.code(read)})"

    def parts(self) -> tuple[Expression, ...]:
        return (self.top, self.bottom)


@dataclass(frozen=True)
class Function:
    """A named function: its LaTeX and its Python with {0}, {1} for arguments, and its meaning."""

    template: str
    code: str
    of: Callable[..., float]


def _sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-z)) if z >= 0 else math.exp(z) / (1 + math.exp(z))


def _power(base: float, exponent: float) -> float:
    return math.pow(base, exponent)


FUNCTIONS: dict[str, Function] = {
    "exp": Function(r"e^{{{0}}}", "np.exp({0})", math.exp),
    "log": Function(r"\log\left({0}\right)", "np.log({0})", math.log),
    "log1p": Function(r"\log\left(1 + {0}\right)", "np.log1p({0})", math.log1p),
    "sqrt": Function(r"\sqrt{{{0}}}", "np.sqrt({0})", math.sqrt),
    "tanh": Function(r"\tanh\left({0}\right)", "np.tanh({0})", math.tanh),
    "sigmoid": Function(r"\sigma\left({0}\right)", "(1 / (1 + np.exp(-({0}))))", _sigmoid),
    "erf": Function(r"\mathrm{{erf}}\left({0}\right)", "math.erf({0})", math.erf),
    "abs": Function(r"\left|{0}\right|", "abs({0})", abs),
    "sign": Function(
        r"\mathrm{{sign}}\left({0}\right)",
        "np.sign({0})",
        lambda x: float((x > 0) - (x < 0)),
    ),
    "positive": Function(r"\left[{0} > 0\right]", "float(({0}) > 0)", lambda x: float(x > 0)),
    "max": Function(r"\max\left({0}, {1}\right)", "max({0}, {1})", max),
    "min": Function(r"\min\left({0}, {1}\right)", "min({0}, {1})", min),
    "power": Function(r"{{\left({0}\right)}}^{{{1}}}", "({0}) ** ({1})", _power),
}


@dataclass(frozen=True)
class Call(Expression):
    """A function of `FUNCTIONS` of some expressions."""

    name: str
    arguments: tuple[Expression, ...]

    def evaluate(self, read: Read = live) -> float:
        return float(FUNCTIONS[self.name].of(*(a.evaluate(read) for a in self.arguments)))

    def latex(self, *, read: Read | None = None, digits: int = 4, most: int = 8) -> str:
        said = [a.latex(read=read, digits=digits, most=most) for a in self.arguments]
        return FUNCTIONS[self.name].template.format(*said)

    def code(self, read: Read = live) -> str:
        return FUNCTIONS[self.name].code.format(*(a.code(read) for a in self.arguments))

    def parts(self) -> tuple[Expression, ...]:
        return self.arguments


Explain = Callable[[str, tuple[int, ...]], Expression]  # (name of a written value, index)


def at(value: Value, *index: int) -> Reference:
    """One element."""
    return Reference(value, index)


def was(value: Value, *index: int) -> Reference:
    """One element as it was before the operation that writes over it."""
    return Reference(value, index, before=True)


def add(*terms: Expression | float) -> Expression:
    """A sum; numbers become constants."""
    made = tuple(_made(t) for t in terms)
    return made[0] if len(made) == 1 else Sum(made)


def times(*factors: Expression | float) -> Expression:
    """A product; numbers become constants."""
    made = tuple(_made(f) for f in factors)
    return made[0] if len(made) == 1 else Product(made)


def minus(first: Expression | float, second: Expression | float) -> Expression:
    """A difference."""
    return Sum((_made(first), Product((Number(-1.0), _made(second)))))


def over(top: Expression | float, bottom: Expression | float) -> Expression:
    """A fraction."""
    return Fraction(_made(top), _made(bottom))


def call(name: str, *arguments: Expression | float) -> Expression:
    """A function of `FUNCTIONS`."""
    return Call(name, tuple(_made(a) for a in arguments))


def named(number: float, symbol: str) -> Number:
    r"""A constant with a name: `named(0.1, r"\eta")`."""
    return Number(float(number), symbol)


def number_latex(number: float, digits: int = 4) -> str:
    """A number to so many significant figures, with powers of ten written out."""
    if math.isnan(number):
        return r"\mathrm{NaN}"
    if math.isinf(number):
        return r"\infty" if number > 0 else r"-\infty"
    text = f"{number:.{digits}g}"
    if "e" not in text:
        return text
    mantissa, exponent = text.split("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}"


def _made(item: Expression | float) -> Expression:
    return item if isinstance(item, Expression) else Number(float(item))

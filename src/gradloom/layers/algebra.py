"""The words that kinds, losses and optimisers write expressions with."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain

from gradloom.layers.compound import Call, Fraction, Product, Sum, Terms
from gradloom.layers.expression import Expression, Number, Reference, is_sign
from gradloom.layers.site import Tensor, Value

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
    others = tuple(f for f in flat if not is_sign(f))
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

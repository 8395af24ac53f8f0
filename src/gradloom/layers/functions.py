"""Functions that occur in explanations: how each is written, computed and said in Python.

All are total: where mathematics has no number they give an infinity or NaN, as NumPy does.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Function:
    """Its LaTeX and its Python with {0}, {1} (or {all}) for arguments, and its meaning."""

    template: str
    code: str
    of: Callable[..., float]


def number_latex(number: float, digits: int = 4) -> str:
    """A number to so many significant figures; whole numbers in full, powers of ten written out."""
    if math.isnan(number):
        return r"\mathrm{NaN}"
    if math.isinf(number):
        return r"\infty" if number > 0 else r"-\infty"
    if number == int(number) and abs(number) < 1e7:
        return str(int(number))
    text = f"{number:.{digits}g}"
    if "e" not in text:
        return text
    mantissa, exponent = text.split("e")
    power = rf"10^{{{int(exponent)}}}"
    return power if mantissa == "1" else rf"{mantissa} \times {power}"


def number_code(number: float) -> str:
    """A number in full, as Python."""
    if math.isnan(number):
        return "np.nan"
    if math.isinf(number):
        return "np.inf" if number > 0 else "-np.inf"
    return repr(float(number))


def quotient(top: float, bottom: float) -> float:
    """A division that gives an infinity or NaN where the divisor is 0."""
    if bottom:
        return top / bottom
    return math.nan if top == 0 or math.isnan(top) else math.copysign(math.inf, top)


def exponential(z: float) -> float:
    """e^z, infinity where that is too large."""
    return math.exp(z) if z < 709.78 or math.isnan(z) else math.inf


def _log(x: float) -> float:
    if x == 0:
        return -math.inf
    return math.log(x) if x > 0 else math.nan


def _sqrt(x: float) -> float:
    return math.sqrt(x) if x >= 0 else math.nan


def _expm1(z: float) -> float:
    return math.expm1(z) if z < 709.78 or math.isnan(z) else math.inf


def _softplus(z: float) -> float:
    return max(z, 0.0) + math.log1p(math.exp(-abs(z)))


def _sigmoid(z: float) -> float:
    return 1 / (1 + exponential(-z))


def _power(base: float, exponent: float) -> float:
    try:
        return math.pow(base, exponent)
    except OverflowError:
        return math.inf
    except ValueError:
        return math.nan


def _sign(x: float) -> float:
    return x if math.isnan(x) else float((x > 0) - (x < 0))


def _heaviside(x: float) -> float:
    return 0.5 * (_sign(x) + 1)


def _most(*numbers: float) -> float:
    return math.nan if any(map(math.isnan, numbers)) else max(numbers)


def _least(*numbers: float) -> float:
    return math.nan if any(map(math.isnan, numbers)) else min(numbers)


FUNCTIONS: dict[str, Function] = {
    "exp": Function(r"e^{{{0}}}", "np.exp({0})", exponential),
    "expm1": Function(r"\left(e^{{{0}}} - 1\right)", "np.expm1({0})", _expm1),
    "log": Function(r"\log\left({0}\right)", "np.log({0})", _log),
    "ylog": Function(
        r"{0} \log\left({1}\right)",
        "({0} and {0} * np.log({1}))",
        lambda y, p: y * _log(p) if y else 0.0,  # 0 log 0 is 0
    ),
    "softplus": Function(r"\log\left(1 + e^{{{0}}}\right)", "np.logaddexp(0, {0})", _softplus),
    "sqrt": Function(r"\sqrt{{{0}}}", "np.sqrt({0})", _sqrt),
    "tanh": Function(r"\tanh\left({0}\right)", "np.tanh({0})", math.tanh),
    "sigmoid": Function(r"\sigma\left({0}\right)", "(1 / (1 + np.exp(-({0}))))", _sigmoid),
    "log_sigmoid": Function(
        r"\log \sigma\left({0}\right)", "-np.logaddexp(0, -({0}))", lambda z: -_softplus(-z)
    ),
    "log_rest": Function(
        r"\log\left(1 - \sigma\left({0}\right)\right)",
        "-np.logaddexp(0, {0})",
        lambda z: -_softplus(z),
    ),
    "normal": Function(
        r"\Phi\left({0}\right)",
        "(0.5 * math.erfc(-({0}) / math.sqrt(2)))",
        lambda z: 0.5 * math.erfc(-z / math.sqrt(2)),
    ),
    "abs": Function(r"\left|{0}\right|", "abs({0})", abs),
    "sign": Function(r"\mathrm{{sign}}\left({0}\right)", "np.sign({0})", _sign),
    "heaviside": Function(r"H\left({0}\right)", "np.heaviside({0}, 0.5)", _heaviside),
    "greater": Function(
        r"\left[{0} > {1}\right]", "float(({0}) > ({1}))", lambda x, y: float(x > y)
    ),
    "less": Function(r"\left[{0} < {1}\right]", "float(({0}) < ({1}))", lambda x, y: float(x < y)),
    "at_most": Function(
        r"\left[{0} \le {1}\right]", "float(({0}) <= ({1}))", lambda x, y: float(x <= y)
    ),
    "max": Function(r"\max\left({all}\right)", "max({all})", _most),
    "min": Function(r"\min\left({all}\right)", "min({all})", _least),
    "power": Function(r"{0}^{{{1}}}", "({0}) ** ({1})", _power),
}

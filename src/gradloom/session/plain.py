r"""An equation's LaTeX as one line of plain text: "∂L/∂W = xᵀ ∂L/∂z", for terminals and titles."""

from __future__ import annotations

import re
from functools import lru_cache

_WORDS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε",
    "eta": "η", "theta": "θ", "lambda": "λ", "mu": "μ", "nu": "ν", "pi": "π", "rho": "ρ",
    "sigma": "σ", "tau": "τ", "phi": "φ", "Phi": "Φ", "Delta": "Δ", "Sigma": "Σ",
    "partial": "∂", "sum": "Σ", "prod": "Π", "odot": "⊙", "cdot": "·", "cdots": "⋯", "ldots": "…",
    "times": "×", "infty": "∞", "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥", "neq": "≠",
    "ne": "≠", "approx": "≈", "pm": "±", "in": "∈", "sim": "∼", "to": "→", "leftarrow": "←",
    "lVert": "‖", "rVert": "‖", "lvert": "|", "rvert": "|", "mid": "|", "lfloor": "⌊",
    "rfloor": "⌋", "quad": "  ", "qquad": "   ", "left": "", "right": "", "mathrel": "",
    "big": "", "Big": "", "limits": "", "displaystyle": "",
}  # fmt: skip
_KEPT = {
    "mathrm", "text", "operatorname", "mathbf", "mathit", "boldsymbol", "mathbb", "mathcal",
}  # fmt: skip
_ACCENTS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303", "dot": "\u0307"}
_RAISED = str.maketrans("0123456789+-−=()nTit", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿᵀⁱᵗ")
_LOWERED = str.maketrans("0123456789+-−=()aeijnoktx,", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑᵢⱼₙₒₖₜₓ,")
_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[{}^_]|[^\\{}^_]", re.DOTALL)


@lru_cache(maxsize=2048)
def plain(latex: str) -> str:
    """The text of an equation; LaTeX that it does not know stays readable, without backslashes."""
    text, _ = _Reader(_TOKEN.findall(latex)).group(0)
    return re.sub(r" *([,;]) +", r"\1 ", re.sub(r"\s+", " ", text)).strip()


class _Reader:
    """Reads tokens from left to right; every method gives text and the place after it."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens

    def group(self, at: int) -> tuple[str, int]:
        """Up to the closing brace or the end."""
        text = ""
        while at < len(self.tokens) and self.tokens[at] != "}":
            more, at = self.one(at)
            text += more
        return text, at + 1

    def one(self, at: int) -> tuple[str, int]:
        """One token with its arguments."""
        token = self.tokens[at]
        match token:
            case "{":
                return self.group(at + 1)
            case "^" | "_":
                inner, at = self.argument(at + 1)
                return _script(inner, token), at
            case _ if token.startswith("\\"):
                return self.command(token[1:], at + 1)
            case _:
                return token, at + 1

    def argument(self, at: int) -> tuple[str, int]:
        """The next token or braced group."""
        while at < len(self.tokens) and self.tokens[at].isspace():
            at += 1
        return self.one(at) if at < len(self.tokens) else ("", at)

    def command(self, name: str, at: int) -> tuple[str, int]:
        """A backslash command."""
        if name in ("frac", "dfrac", "tfrac"):
            top, at = self.argument(at)
            bottom, at = self.argument(at)
            return f"{_grouped(top)}/{_grouped(bottom)}", at
        if name == "sqrt":
            inner, at = self.argument(at)
            return f"√({inner})", at
        if name in _ACCENTS:
            inner, at = self.argument(at)
            return inner + _ACCENTS[name], at
        if name in _KEPT:
            return self.argument(at)
        if name == "partial":
            while at < len(self.tokens) and self.tokens[at].isspace():
                at += 1
        if name in (",", ";", ":", "!", " "):
            return ("" if name == "!" else " "), at
        return _WORDS.get(name, name), at


def _grouped(text: str) -> str:
    """In brackets, unless it is one word."""
    return f"({text})" if re.search(r"[ +\-−·/]", text.strip()) else text.strip()


def _script(inner: str, mark: str) -> str:
    """Raised or lowered, if the letters exist; else after the mark."""
    inner = inner.strip()
    table = _RAISED if mark == "^" else _LOWERED
    if inner and all(ord(c) in table for c in inner):
        return inner.translate(table)
    return f"{mark}{inner}" if len(inner) == 1 else f"{mark}({inner})"

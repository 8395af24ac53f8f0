"""Term by term: a cursor that walks through the terms of a sum, with the sum so far."""

from __future__ import annotations

import math

from gradloom.layers.compound import Sum
from gradloom.layers.expression import Expression, Read


class TermWalk:
    """`at` terms of a sum are added so far; both directions. 0: none is."""

    def __init__(self, whole: Sum, read: Read) -> None:
        self.whole = whole
        self.at = 0
        self._read = read
        self._numbers: list[float] | None = None

    def __len__(self) -> int:
        """How many terms there are."""
        return len(self.whole.terms)

    @property
    def term(self) -> Expression | None:
        """The term that was added last."""
        return self.whole.terms[self.at - 1] if self.at else None

    def move(self, terms: int) -> None:
        """Add the next terms, or take some back."""
        self.at = max(0, min(len(self), self.at + terms))

    def number(self) -> float:
        """The term that was added last."""
        return self._all()[self.at - 1] if self.at else 0.0

    def partial(self, at: int | None = None) -> float:
        """The sum of the first terms."""
        numbers = self._all()[: self.at if at is None else at]
        try:
            return math.fsum(numbers)
        except (OverflowError, ValueError):  # infinities
            return sum(numbers)

    def said(self) -> str:
        """In words: "term 2 of 5: 0.3 + 0.1 = 0.4"."""
        before, number = self.partial(max(self.at - 1, 0)), self.number()
        sign = "−" if number < 0 else "+"
        shown = f"{before:.4g} {sign} {abs(number):.4g} = {self.partial():.4g}"
        return f"term {self.at} of {len(self)}: {shown}".replace("-", "−")

    def _all(self) -> list[float]:
        if self._numbers is None:
            self._numbers = [term.evaluate(self._read) for term in self.whole.terms]
        return self._numbers

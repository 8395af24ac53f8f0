"""How the numbers of pictures are to be seen: what is paper, and what is ink."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradloom.layers.shapes import Array

_LOOKED_AT = 500  # pictures
_NEAR = 0.15  # of the range: as good as bare paper
_BARE = 0.3  # the share of bare cells from which a picture is a drawing


@dataclass(frozen=True, slots=True)
class Ink:
    """Numbers lie between `low` and `high`.

    In a drawing `paper` is the one of these that stands where nothing is drawn, `ink` the other;
    else (photographs) `paper` is the darkest, `low`.
    """

    low: float = 0.0
    high: float = 1.0
    dark_paper: bool = True
    drawn: bool = True

    @property
    def paper(self) -> float:
        """The number of a bare cell."""
        return self.low if self.dark_paper else self.high

    @property
    def ink(self) -> float:
        """The number of a cell that is wholly inked."""
        return self.high if self.dark_paper else self.low

    def shares(self, numbers: Array) -> Array:
        """How much ink is where, 0 to 1."""
        across = self.ink - self.paper
        return np.clip((numbers - self.paper) / (across or 1.0), 0.0, 1.0)

    def numbers(self, shares: Array) -> Array:
        """The numbers of so much ink."""
        return np.asarray(self.paper + (self.ink - self.paper) * shares)


def ink_of(pictures: Array) -> Ink:
    """The ink of pictures (n, channels, height, width), judged by some of them evenly chosen."""
    some = pictures[:: max(len(pictures) // _LOOKED_AT, 1)]
    if not some.size:
        return Ink()
    low, high = float(some.min()), float(some.max())
    if some.shape[1] != 1 or high <= low:
        return Ink(low, high, drawn=False)
    edge = np.concatenate(
        [some[..., 0, :], some[..., -1, :], some[..., :, 0], some[..., :, -1]], axis=-1
    )
    dark = float(np.median(edge)) <= (low + high) / 2
    found = Ink(low, high, dark)
    bare = float((found.shares(some.astype(np.float64)) < _NEAR).mean())
    return found if bare >= _BARE else Ink(low, high, drawn=False)

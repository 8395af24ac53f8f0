"""Where pictures stand that are laid out side by side, and their cells. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace

SIZES = (36, 28, 22, 18, 14, 12, 10, 8, 7, 6, 5, 4, 3)  # px of a cell
LONGEST = 112  # px of a picture's longer side


@dataclass(frozen=True, slots=True)
class Tiling:
    """`count` pictures of `rows` × `columns` cells, `across` in a line, `cell` px a cell.

    `head` px above each picture are for its name, `gap` px lie between two.
    """

    count: int
    rows: int
    columns: int
    across: int
    cell: int
    head: int = 0
    gap: int = 6

    @property
    def step(self) -> tuple[int, int]:
        """From one picture to the next, down and across."""
        return self.rows * self.cell + self.head + self.gap, self.columns * self.cell + self.gap

    @property
    def lines(self) -> int:
        """How many lines of pictures there are."""
        return -(-self.count // self.across)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of all of them."""
        down, along = self.step
        return self.across * along - self.gap + 2, self.lines * down - self.gap + 2

    def corner(self, number: int) -> tuple[int, int]:
        """(x, y) of a picture's first cell."""
        line, place = divmod(number, self.across)
        down, along = self.step
        return 1 + place * along, 1 + line * down + self.head

    def at(self, x: int, y: int) -> tuple[int, int, int] | None:
        """(picture, row, column) of the cell at a point."""
        down, along = self.step
        line, place = (y - 1) // down, (x - 1) // along
        number = line * self.across + place
        inside = 0 <= place < self.across and line >= 0 and number < self.count
        if not inside:
            return None
        left, top = self.corner(number)
        row, column = (y - top) // self.cell, (x - left) // self.cell
        fits = 0 <= row < self.rows and 0 <= column < self.columns
        return (number, row, column) if fits else None


def tiled(like: Tiling, wide: int, high: int, *, flowing: bool) -> Tiling:
    """The largest pictures that all fit into this room; the smallest there are if none do.

    `flowing`: as many stand in a line as fit; else it stays as it is.
    """
    made = like
    for cell in SIZES:
        if cell * max(like.rows, like.columns) > LONGEST and cell > SIZES[-1]:
            continue
        across = like.across
        if flowing:
            across = (wide - 2 + like.gap) // (like.columns * cell + like.gap)
            across = min(max(across, 1), like.count)
            across = -(-like.count // -(-like.count // across))  # evenly over the lines
        made = replace(like, across=across, cell=cell)
        if made.size[0] <= wide and made.size[1] <= high:
            break
    return made

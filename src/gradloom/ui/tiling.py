"""Where pictures stand that are laid out side by side, and their cells. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace

SIZES = (36, 28, 22, 18, 14, 12, 10, 8, 7, 6, 5, 4, 3)  # px of a cell
_BETWEEN = 3  # px between kernels of several channels
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

    def beside(self, tile: int, row: int, column: int) -> tuple[int, int, int]:
        """A place that may lie just outside a picture, as one inside the next picture that way.

        Where there is none it stays at the edge.
        """
        step = (row >= self.rows) * self.across - (row < 0) * self.across
        step += (column >= self.columns) - (column < 0)
        if not 0 <= tile + step < self.count:
            step = 0
            row, column = min(max(row, 0), self.rows - 1), min(max(column, 0), self.columns - 1)
        return tile + step, row % self.rows, column % self.columns


@dataclass(frozen=True, slots=True)
class Kernels:
    """Kernels (filters, channels, rows, columns) as pictures: a line of all filters per channel.

    Cells are (filter, place in channels * rows * columns).
    """

    filters: int
    channels: int
    rows: int
    columns: int

    def fitted(self, wide: int, high: int, head: int) -> Tiling:
        """As large as fits; kernels of one channel flow, with their numbers above them."""
        count = self.filters * self.channels
        if self.channels == 1:
            flow = Tiling(count, self.rows, self.columns, 1, SIZES[-1], head)
            return tiled(flow, wide, high, flowing=True)
        lines = Tiling(count, self.rows, self.columns, self.filters, SIZES[-1], gap=_BETWEEN)
        return tiled(lines, wide, high, flowing=False)

    def cell_of(self, tile: int, row: int, column: int) -> tuple[int, int]:
        """The cell at a place of a picture."""
        channel, kernel = divmod(tile, self.filters)
        return kernel, (channel * self.rows + row) * self.columns + column

    def place_of(self, cell: tuple[int, int]) -> tuple[int, int, int]:
        """(picture, row, column) of a cell."""
        channel, inside = divmod(cell[1], self.rows * self.columns)
        return channel * self.filters + cell[0], *divmod(inside, self.columns)


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

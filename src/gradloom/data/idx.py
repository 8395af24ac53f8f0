"""IDX files, the format of MNIST: a magic number, sizes, then bytes; plain or packed by gzip.

The format: two zero bytes, the type (8: bytes), the number of axes, each size as four bytes, the
most significant first; then the data, last axis quickest. See yann.lecun.com/exdb/mnist.
"""

from __future__ import annotations

import gzip
import zlib
from math import prod
from pathlib import Path
from typing import BinaryIO

import numpy as np

from gradloom.core.counting import counted
from gradloom.core.errors import UserError
from gradloom.core.memory import available_bytes
from gradloom.core.reading import reason
from gradloom.data.dataset import Dataset, frozen
from gradloom.data.waiting import Waiting
from gradloom.layers.shapes import Array
from gradloom.layers.signature import Target

_BYTES = 8
_BLOCK = 1 << 22
_MOST_AXES = 4


def read_idx(
    images: Path | str, labels: Path | str | None = None, waiting: Waiting | None = None
) -> Dataset:
    """The pictures of an IDX file with the classes of another; raises UserError, Cancelled.

    `labels` is looked for beside the pictures unless given (`images-idx3` becomes `labels-idx1`).
    Features are p0_0 .. (row, column), 0..255 as they stand in the file; classes are the label
    numbers that occur.
    """
    images = Path(images)
    waiting = waiting or Waiting()
    other = labels_beside(images) if labels is None else Path(labels)
    if other is None:
        raise UserError(
            f"{images.name} has no file of labels beside it; its name should hold labels-idx1"
            " in place of images-idx3."
        )
    pictures = _array(images, waiting)
    answers = _array(other, waiting)
    if pictures.ndim not in (3, 4):
        raise UserError(
            f"{images.name} holds {_axes(pictures)}, not pictures; a file of images (idx3) is"
            " needed."
        )
    if answers.ndim != 1:
        raise UserError(f"{other.name} holds {_axes(answers)}, not labels; idx1 is needed.")
    if len(pictures) != len(answers):
        raise UserError(
            f"{images.name} has {counted(len(pictures), 'picture')} and {other.name}"
            f" {counted(len(answers), 'label')};"
            " they do not belong together."
        )
    found, targets = np.unique(answers, return_inverse=True)
    classes = tuple(str(number) for number in found.tolist())
    name = images.name.partition("-")[0].partition(".")[0]
    return picture_dataset(name, pictures, targets, classes, "digit")


def picture_dataset(
    name: str, pictures: Array, targets: Array, classes: tuple[str, ...], target: str = "class"
) -> Dataset:
    """A dataset of pictures (rows, height, width) or (rows, channels, height, width)."""
    shape = pictures.shape[1:] if pictures.ndim == 4 else (1, *pictures.shape[1:])
    needed = pictures.size * 8 * 3
    if needed > available_bytes() * 0.8:
        raise UserError(
            f"{name} has {len(pictures):,} pictures of {pictures[0].size:,} numbers; working with"
            f" them needs about {needed / 2**30:.1f} GiB, and {available_bytes() / 2**30:.1f} GiB"
            " are free."
        )
    features = pictures.reshape(len(pictures), prod(shape)).astype(np.float64)
    answers = frozen(np.asarray(targets, dtype=np.float64).reshape(-1, 1))
    columns = (Target(target, classes),)
    return Dataset(name, frozen(features), cell_names(shape), answers, columns, shape)


def cell_names(shape: tuple[int, ...]) -> tuple[str, ...]:
    """Names of the cells of a picture: p<row>_<column>, with c<channel> before it if several."""
    channels, height, width = shape
    return tuple(
        f"c{c}_p{y}_{x}" if channels > 1 else f"p{y}_{x}"
        for c in range(channels)
        for y in range(height)
        for x in range(width)
    )


def labels_beside(images: Path) -> Path | None:
    """The file of labels that goes with a file of pictures, if it is there."""
    name = images.name.replace("images", "labels").replace("idx3", "idx1")
    names = [name, name.removesuffix(".gz"), f"{name}.gz"]
    found = (images.with_name(one) for one in names if one != images.name)
    return next((path for path in found if path.is_file()), None)


def is_idx(path: Path) -> bool:
    """Whether a file is named as IDX files are."""
    return "-idx" in path.name or ".idx" in path.name or "ubyte" in path.name


def _array(path: Path, waiting: Waiting) -> Array:
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            if not packed:
                return _parsed(raw, path.name, waiting)
            with gzip.GzipFile(fileobj=raw) as stream:
                return _parsed(stream, path.name, waiting)
    except (gzip.BadGzipFile, zlib.error, EOFError):
        raise UserError(f"{path.name} is damaged: it can't be unpacked to its end.") from None
    except (OSError, ValueError) as error:
        raise UserError(f"{path.name} can't be read: {reason(error)}.") from error


def _parsed(stream: BinaryIO | gzip.GzipFile, name: str, waiting: Waiting) -> Array:
    read = stream.read
    start = read(4)
    if len(start) < 4 or start[:2] != b"\0\0" or not 1 <= start[3] <= _MOST_AXES:
        raise UserError(
            f"{name} is no IDX file: it starts with {start.hex(' ') or 'nothing'} in place of"
            " 00 00 08 01 or 00 00 08 03."
        )
    if start[2] != _BYTES:
        raise UserError(f"{name} is an IDX file of type {start[2]:#04x}; bytes (0x08) are needed.")
    head = read(4 * start[3])
    if len(head) < 4 * start[3]:
        raise UserError(f"{name} is cut short: its sizes are missing.")
    shape = tuple(int(n) for n in np.frombuffer(head, ">u4"))
    count = prod(shape)
    if not count:
        raise UserError(f"{name} holds no pictures.")
    if count > available_bytes() * 0.5:
        raise UserError(f"{name} claims to hold {count:,} bytes, more than fit into memory.")
    data = bytearray()
    while len(data) <= count:  # one byte more than promised is asked for, to see whether it ends
        block = read(min(_BLOCK, count + 1 - len(data)))
        if not block:
            break
        data += block
        waiting.tell(len(data) / count)
    if len(data) != count:
        what = "is cut short" if len(data) < count else "goes on after its end"
        raise UserError(
            f"{name} {what}: {_times(shape)} = {count:,} bytes are promised,"
            f" {'only ' if len(data) < count else 'more than '}{min(len(data), count):,} are there."
        )
    return np.frombuffer(bytes(data), np.uint8).reshape(shape)


def _times(shape: tuple[int, ...]) -> str:
    return " × ".join(str(n) for n in shape)


def _axes(array: Array) -> str:
    return f"an array of {_times(array.shape)}"

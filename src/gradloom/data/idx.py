"""IDX files, the format of MNIST: a magic number, sizes, then bytes; plain or packed by gzip.

The format: two zero bytes, the type (8: bytes), the number of axes, each size as four bytes, the
most significant first; then the data, last axis quickest. See yann.lecun.com/exdb/mnist.
"""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from math import prod
from pathlib import Path
from typing import BinaryIO

import numpy as np

from gradloom.core.counting import counted
from gradloom.core.errors import UserError
from gradloom.core.memory import available_bytes
from gradloom.core.reading import reason
from gradloom.data.dataset import frozen
from gradloom.data.paths import checked
from gradloom.data.pictures import Look, Pictures, refuse_if_too_large
from gradloom.data.waiting import Waiting
from gradloom.layers.shapes import Array, Shape, words

Stream = BinaryIO | gzip.GzipFile
_BYTES = 8
_BLOCK = 1 << 22
_MOST_AXES = 4
_LOOKED_AT = 1 << 22  # bytes of pictures that a first look reads


def read_idx(images: Path, labels: Path, waiting: Waiting | None = None) -> Pictures:
    """The pictures of an IDX file with the classes of another; raises UserError, Cancelled.

    Classes are the label numbers that occur.
    """
    waiting = waiting or Waiting()
    with _opened(labels) as stream:
        classes, numbers = _classes(stream, labels.name)
    with _opened(images) as stream:
        shape = _picture_sizes(stream, images.name)
        _belong(images, shape[0], labels, len(numbers))
        refuse_if_too_large(shape[0], _with_channels(shape)[1:], images.name)
        pixels = _data(stream, shape, images.name, waiting)
    return Pictures(set_name(images), pixels.reshape(_with_channels(shape)), numbers, classes)


def look_at_idx(images: Path, labels: Path, most: int) -> Look:
    """A first look at such files, with at most so many samples of a class; raises UserError."""
    with _opened(labels) as stream:
        classes, numbers = _classes(stream, labels.name)
    with _opened(images) as stream:
        sizes = _picture_sizes(stream, images.name)
        _belong(images, sizes[0], labels, len(numbers))
        count, *shape = _with_channels(sizes)
        refuse_if_too_large(count, tuple(shape), images.name)
        some = min(count, max(_LOOKED_AT // prod(shape), 1))
        data = stream.read(some * prod(shape))
    got = len(data) // prod(shape)
    if got < some:
        raise _wrong_length(images.name, sizes, len(data))
    pixels = np.frombuffer(data, np.uint8).reshape(got, *shape)
    first = numbers[:got]
    return Look(
        set_name(images),
        tuple(shape),
        classes,
        tuple(np.bincount(numbers, minlength=len(classes)).tolist()),
        tuple(pixels[np.flatnonzero(first == c)[:most]] for c in range(len(classes))),
    )


def set_name(images: Path) -> str:
    """What a set is called by its file: "train" of train-images-idx3-ubyte.gz."""
    name = images.name.partition(".")[0]
    return name.partition("-images")[0].partition("_images")[0] or name


def pair_of(path: Path) -> tuple[Path, Path | None]:
    """The file of pictures and the file of labels beside it, None if there is none.

    `path` may be either of them.
    """
    if "labels" in path.name or "idx1" in path.name:
        images = _beside(path, ("labels", "images"), ("idx1", "idx3"))
        if images is not None:
            return images, path
    return path, _beside(path, ("images", "labels"), ("idx3", "idx1"))


def is_idx(path: Path) -> bool:
    """Whether a file is named as IDX files are."""
    return "-idx" in path.name or ".idx" in path.name or "ubyte" in path.name


def _beside(path: Path, *words: tuple[str, str]) -> Path | None:
    name = path.name
    for old, new in words:
        name = name.replace(old, new)
    names = [name, name.removesuffix(".gz"), f"{name}.gz"]
    found = (path.with_name(one) for one in names if one != path.name)
    return next((other for other in found if other.is_file()), None)


def _belong(images: Path, pictures: int, labels: Path, answers: int) -> None:
    if pictures != answers:
        raise UserError(
            f"{images.name} has {counted(pictures, 'picture')} and {labels.name}"
            f" {counted(answers, 'label')}; they do not belong together."
        )


def _with_channels(sizes: Shape) -> Shape:
    return sizes if len(sizes) == 4 else (sizes[0], 1, *sizes[1:])


@contextmanager
def _opened(path: Path) -> Iterator[Stream]:
    """The bytes of a file, unpacked; what goes wrong while they are read is a UserError."""
    try:
        with checked(path).open("rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            if not packed:
                yield raw
                return
            with gzip.GzipFile(fileobj=raw) as stream:
                yield stream
    except (gzip.BadGzipFile, zlib.error, EOFError):
        raise UserError(f"{path.name} is damaged: it can't be unpacked to its end.") from None
    except (OSError, ValueError) as error:
        raise UserError(f"{path.name} can't be read: {reason(error)}.") from error


def _sizes(stream: Stream, name: str) -> Shape:
    start = stream.read(4)
    if len(start) < 4 or start[:2] != b"\0\0" or not 1 <= start[3] <= _MOST_AXES:
        raise UserError(
            f"{name} is no IDX file: it starts with {start.hex(' ') or 'nothing'} in place of"
            " 00 00 08 01 or 00 00 08 03."
        )
    if start[2] != _BYTES:
        raise UserError(f"{name} is an IDX file of type {start[2]:#04x}; bytes (0x08) are needed.")
    head = stream.read(4 * start[3])
    if len(head) < 4 * start[3]:
        raise UserError(f"{name} is cut short: its sizes are missing.")
    shape = tuple(int(n) for n in np.frombuffer(head, ">u4"))
    if not prod(shape):
        raise UserError(f"{name} is empty: it says that it holds {words(shape)} numbers.")
    if prod(shape) > available_bytes() * 0.5:
        raise UserError(f"{name} claims to hold {prod(shape):,} bytes, more than fit into memory.")
    if not isinstance(stream, gzip.GzipFile):
        there = os.fstat(stream.fileno()).st_size - stream.tell()
        if there != prod(shape):
            raise _wrong_length(name, shape, there)
    return shape


def _picture_sizes(stream: Stream, name: str) -> Shape:
    shape = _sizes(stream, name)
    if len(shape) not in (3, 4):
        raise UserError(
            f"{name} holds an array of {words(shape)}, not pictures; a file of images (idx3) is"
            " needed."
        )
    return shape


def _classes(stream: Stream, name: str) -> tuple[tuple[str, ...], Array]:
    """The classes of a file of labels, and a number of one for each picture."""
    shape = _sizes(stream, name)
    if len(shape) != 1:
        raise UserError(f"{name} holds an array of {words(shape)}, not labels; idx1 is needed.")
    found, numbers = np.unique(_data(stream, shape, name, Waiting()), return_inverse=True)
    return tuple(str(n) for n in found.tolist()), frozen(numbers.astype(np.int32))


def _data(stream: Stream, shape: Shape, name: str, waiting: Waiting) -> Array:
    count = prod(shape)
    data = bytearray()
    while len(data) <= count:  # one byte more than promised is asked for, to see whether it ends
        block = stream.read(min(_BLOCK, count + 1 - len(data)))
        if not block:
            break
        data += block
        waiting.tell(len(data) / count)
    if len(data) != count:
        raise _wrong_length(name, shape, len(data))
    return np.frombuffer(bytes(data), np.uint8).reshape(shape)


def _wrong_length(name: str, shape: Shape, got: int) -> UserError:
    count = prod(shape)
    what = "is cut short" if got < count else "goes on after its end"
    there = f"only {got:,}" if got < count else f"more than {count:,}"
    return UserError(
        f"{name} {what}: {words(shape)} = {count:,} bytes are promised, {there} are there."
    )

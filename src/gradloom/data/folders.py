"""A folder of pictures, one folder inside it for each class."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from gradloom.core.errors import UserError
from gradloom.core.reading import reason
from gradloom.data.dataset import frozen
from gradloom.data.pictures import Look, Pictures, refuse_if_too_large
from gradloom.data.png import decode_picture
from gradloom.data.waiting import Waiting
from gradloom.layers.shapes import Array, Shape, words

SUFFIXES = (".png", ".pgm")
_OTHERS = (".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp")
_LARGEST = 50_000_000  # bytes of one file
_MOST_CLASSES = 1000


def read_folder(folder: Path, waiting: Waiting | None = None) -> Pictures:
    """The PNG and PGM pictures of a folder's folders, whose names are the classes.

    All must be of one size and one number of channels. Raises UserError naming the picture that
    does not fit; Cancelled.
    """
    waiting = waiting or Waiting()
    found = _listed(folder)
    paths = [path for files in found.values() for path in files]
    shape: Shape = ()
    pixels: Array = np.zeros((0,), np.uint8)
    for i, path in enumerate(paths):
        waiting.tell(i / len(paths))
        one = _decoded(path, shape)
        if not shape:
            shape = one.shape
            refuse_if_too_large(len(paths), shape, folder.name)
            pixels = np.empty((len(paths), *shape), np.uint8)
        pixels[i] = one
    labels = np.repeat(np.arange(len(found), dtype=np.int32), [len(f) for f in found.values()])
    return Pictures(folder.name, frozen(pixels), frozen(labels), tuple(found))


def look_at_folder(folder: Path, most: int) -> Look:
    """A first look at such a folder, with at most so many samples of a class; raises UserError."""
    found = _listed(folder)
    shape: Shape = ()
    samples = []
    for files in found.values():
        some = []
        for path in files[:most]:
            some.append(_decoded(path, shape))
            shape = some[0].shape
        samples.append(np.stack(some))
    counts = tuple(len(files) for files in found.values())
    refuse_if_too_large(sum(counts), shape, folder.name)
    return Look(folder.name, shape, tuple(found), counts, tuple(samples))


def _decoded(path: Path, shape: Shape) -> Array:
    """The numbers of a picture, which must have this shape unless it is the first; UserError."""
    place = f"{path.parent.name}/{path.name}"
    try:
        if path.stat().st_size > _LARGEST:
            raise UserError(f"{place} is too large for a picture.")
        one = decode_picture(path.read_bytes(), place)
    except OSError as error:
        raise UserError(f"{place} can't be read: {reason(error)}.") from error
    if shape and one.shape != shape:
        raise UserError(
            f"{place} is {words(one.shape)} (channels × height × width) where the first picture is"
            f" {words(shape)}; all must be alike."
        )
    return one


def _listed(folder: Path) -> dict[str, list[Path]]:
    """The pictures of each class that has some, by class name; raises UserError."""
    loose, others, found = 0, 0, {}
    for path in _inside(folder):
        if path.is_dir():
            inside = _inside(path)
            files = [p for p in inside if p.suffix.lower() in SUFFIXES and p.is_file()]
            others += sum(p.suffix.lower() in _OTHERS for p in inside)
            if files:
                found[path.name] = files
        loose += path.suffix.lower() in (*SUFFIXES, *_OTHERS)
        if len(found) > _MOST_CLASSES:
            raise UserError(
                f"{folder.name} has more than {_MOST_CLASSES:,} folders of pictures; each would be"
                " a class."
            )
    if len(found) >= 2:
        return found
    if others:
        why = "it holds pictures of other kinds: save them as PNG"
    elif loose:
        why = "put its pictures into folders named after their classes"
    elif found:
        why = f"only {next(iter(found))} was found"
    else:
        why = "none was found"
    raise UserError(
        f"{folder.name} needs a folder of PNG or PGM pictures for each of two classes or more;"
        f" {why}."
    )


def _inside(folder: Path) -> list[Path]:
    """What is in a folder, by name, without hidden things; raises UserError."""
    try:
        names = sorted(entry.name for entry in os.scandir(folder))
    except OSError as error:
        raise UserError(f"{folder.name or folder} can't be read: {reason(error)}.") from error
    return [folder / name for name in names if not name.startswith(".")]

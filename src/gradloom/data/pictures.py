"""A folder of pictures, one folder inside it for each class."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gradloom.core.errors import UserError
from gradloom.core.memory import available_bytes
from gradloom.core.reading import reason
from gradloom.data.dataset import Dataset
from gradloom.data.idx import picture_dataset
from gradloom.data.png import decode_picture
from gradloom.data.waiting import Waiting
from gradloom.layers.shapes import Array, words

_SUFFIXES = (".png", ".pgm")
_LARGEST = 50_000_000  # bytes of one file


def read_pictures(folder: Path | str, waiting: Waiting | None = None) -> Dataset:
    """The PNG and PGM pictures of a folder's folders, whose names are the classes.

    All must be of one size and one number of channels. Raises UserError naming the picture that
    does not fit; Cancelled.
    """
    folder, waiting = Path(folder), waiting or Waiting()
    files = _files(folder)
    classes = tuple(sorted({path.parent.name for path in files}))
    if len(classes) < 2:
        raise UserError(
            f"{folder.name} needs a folder of PNG or PGM pictures for each of two classes or more;"
            f" {len(classes) or 'none'} was found."
        )
    pictures: Array = np.zeros((0,), np.uint8)
    for i, path in enumerate(files):
        waiting.tell(i / len(files))
        place = f"{path.parent.name}/{path.name}"
        try:
            if path.stat().st_size > _LARGEST:
                raise UserError(f"{place} is too large for a picture.")
            one = decode_picture(path.read_bytes(), place)
        except OSError as error:
            raise UserError(f"{place} can't be read: {reason(error)}.") from error
        if i == 0:
            if len(files) * one.size * 8 * 3 > available_bytes() * 0.8:
                raise UserError(
                    f"{folder.name} has {len(files):,} pictures of {words(one.shape)}, more than"
                    " fit into memory; use fewer or smaller ones."
                )
            pictures = np.empty((len(files), *one.shape), np.uint8)
        if one.shape != pictures.shape[1:]:
            raise UserError(
                f"{place} is {words(one.shape)} (channels × height × width) where the first picture"
                f" is {words(pictures.shape[1:])}; all must be alike."
            )
        pictures[i] = one
    index = {name: i for i, name in enumerate(classes)}
    targets = np.array([index[path.parent.name] for path in files])
    return picture_dataset(folder.name, pictures, targets, classes)


def _files(folder: Path) -> list[Path]:
    try:
        if not folder.is_dir():
            raise UserError(f"{folder.name} is no folder.")
        return sorted(
            path
            for path in folder.glob("*/*")
            if path.suffix.lower() in _SUFFIXES and path.is_file()
        )
    except OSError as error:
        raise UserError(f"{folder.name} can't be read: {reason(error)}.") from error

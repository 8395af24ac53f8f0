"""Pictures in files: look at them, import them, read again what a project names (see `files`).

A path is a file of IDX pictures, with a file of labels, or a folder with a folder for each class.
Nothing here is quick enough for a window's own thread. `Waiting` tells progress and stops.
"""

from __future__ import annotations

from pathlib import Path

from gradloom.core.errors import UserError
from gradloom.data.folders import SUFFIXES, look_at_folder, read_folder
from gradloom.data.idx import is_idx, look_at_idx, pair_of, read_idx
from gradloom.data.nested import pack, refuse_to_embed, unpack
from gradloom.data.paths import absolute, checked, relative
from gradloom.data.pictures import Look, Pictures
from gradloom.data.sources.file import Imported, changed, damaged
from gradloom.data.sources.pictures import FilePictures
from gradloom.data.store import TABLES
from gradloom.data.waiting import Waiting

SAMPLES = 12  # of each class, in a first look


def holds_pictures(path: Path) -> bool:
    """Whether a path is one to look for pictures at rather than for a table."""
    return path.is_dir() or is_idx(path) or path.suffix.lower() in SUFFIXES


def places_of(path: Path, labels: Path | None = None) -> tuple[Path, Path | None]:
    """Where the pictures are, and their labels (None for a folder).

    The file of labels is looked for beside the pictures unless given, and `path` may be either of
    the two. Raises UserError.
    """
    if path.is_dir():
        return path, None
    if path.suffix.lower() in SUFFIXES:
        raise UserError(
            f"{path.name} is a single picture; choose the folder that holds a folder of pictures"
            " for each class."
        )
    checked(path)
    images, beside = pair_of(path)
    found = labels or beside
    if found is None:
        raise UserError(
            f"{images.name} has no file of labels beside it; choose that file, or give it the name"
            " with labels-idx1 in place of images-idx3."
        )
    return images, found


def look_at(path: Path, labels: Path | None = None) -> Look:
    """A first look at pictures; raises UserError."""
    images, found = places_of(path, labels)
    if found is None:
        return look_at_folder(images, SAMPLES)
    return look_at_idx(images, found, SAMPLES)


def import_pictures(
    path: Path,
    labels: Path | None = None,
    folder: Path | None = None,
    waiting: Waiting | None = None,
    *,
    embed: bool = False,
) -> Imported[FilePictures]:
    """The source for pictures, read and put into the store; raises UserError, Cancelled.

    `folder` is the project's; paths are kept relative to it.
    """
    images, found = places_of(Path(path), labels)
    pictures = _read(images, found, waiting or Waiting())
    packed = b""
    if embed:
        refuse_to_embed(pictures.nbytes, pictures.name)
        packed = pack(pictures.to_bytes())
    source = FilePictures(
        path=relative(images, folder),
        labels="" if found is None else relative(found, folder),
        digest=pictures.digest,
        embedded=packed,
        size=" x ".join(map(str, pictures.shape)),
        classes=pictures.classes,
    )
    for name, sentence in source.problems():
        raise UserError(f"{images.name}: the {name} {sentence}.")
    TABLES.put(source.key, pictures)
    return Imported(source, ())


def read(source: FilePictures, folder: Path | None, waiting: Waiting) -> Pictures:
    """The pictures that a source names; raises UserError also if they are not what they were."""
    pictures = _read(*_places(source, folder), waiting)
    if not source.fits(pictures):
        raise changed(source)
    return pictures


def unpacked(source: FilePictures, waiting: Waiting) -> Pictures:
    """The pictures in the project's copy; raises UserError."""
    waiting.tell(0.0)
    data = unpack(source.embedded)
    pictures = None
    if data is not None:
        pictures = Pictures.from_bytes(data, source.name, source.shape, source.classes)
    if pictures is None or not source.fits(pictures):
        raise damaged(source)
    return pictures


def again(source: FilePictures, folder: Path | None, waiting: Waiting) -> Imported[FilePictures]:
    """The source for what its files hold now."""
    path, labels = _places(source, folder)
    return import_pictures(path, labels, folder, waiting, embed=bool(source.embedded))


def placed(source: FilePictures, path: Path, folder: Path | None) -> FilePictures:
    """The same source with its files somewhere else; raises UserError."""
    images, labels = places_of(path)
    found = "" if labels is None else relative(labels, folder)
    return source.replace(path=relative(images, folder), labels=found)


def _places(source: FilePictures, folder: Path | None) -> tuple[Path, Path | None]:
    labels = absolute(source.labels, folder) if source.labels else None
    return absolute(source.path, folder), labels


def _read(images: Path, labels: Path | None, waiting: Waiting) -> Pictures:
    return read_folder(images, waiting) if labels is None else read_idx(images, labels, waiting)

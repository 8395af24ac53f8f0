"""Pictures in files: a pair of IDX files, or a folder with a folder for each class."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from pathlib import PurePath
from typing import Any, ClassVar

import numpy as np

from gradloom.core.checks import Names, Text
from gradloom.core.settings import param
from gradloom.data.dataset import SOURCES, Dataset
from gradloom.data.pictures import TARGET, Pictures, cell_names
from gradloom.data.sources.file import FileSource
from gradloom.data.store import TABLES
from gradloom.layers.shapes import Shape
from gradloom.layers.signature import Target
from gradloom.layers.sizes import Sizes, sizes_of


def _hidden(_: Any) -> bool:
    return False


@SOURCES.add
@dataclass(frozen=True, eq=True)
class FilePictures(FileSource):
    """Pictures of one size with a class each; every cell is a feature of 0 to 255.

    `path` is a file of IDX pictures (MNIST's format) or a folder; `labels` is the file of labels
    that goes with the former. `digest` is of the pixels and labels, however files are packed.
    """

    kind, label = "file_pictures", "Pictures from files"
    help = "Pictures of your own, from IDX files or a folder for each class."
    paths: ClassVar[tuple[str, ...]] = ("path", "labels")
    change_label: ClassVar[str] = "Pictures…"
    change_help: ClassVar[str] = "What the files hold, and whether the project keeps a copy."
    labels: str = param("", Text(1000), "Labels", "Where the labels are.", live=True, when=_hidden)
    size: str = param("1 x 8 x 8", Sizes(), "Size", "Channels × height × width.", when=_hidden)
    classes: tuple[str, ...] = param(
        ("0", "1"), Names(), "Classes", "What the pictures show.", when=_hidden
    )

    __hash__ = FileSource.__hash__

    def rules(self) -> Iterator[tuple[str, str]]:
        if len(sizes_of(self.size)) != 3:
            yield "size", "must be channels × height × width, like 1 × 28 × 28"

    @cached_property
    def shape(self) -> Shape:
        """(channels, height, width) of one picture."""
        return sizes_of(self.size)

    @cached_property
    def key(self) -> str:
        form = blake2b(repr((self.shape, self.classes)).encode(), digest_size=8).hexdigest()
        return f"{self.kind}:{self.digest}:{form}"

    @property
    def name(self) -> str:
        return PurePath(self.path.replace("\\", "/")).name or "The set of pictures"

    @property
    def feature_names(self) -> tuple[str, ...]:
        return cell_names(self.shape)

    @property
    def target_columns(self) -> tuple[Target, ...]:
        return (Target(TARGET, self.classes),)

    def fits(self, pictures: Pictures) -> bool:
        """Whether these are the pictures that the project was made with."""
        return (pictures.digest, pictures.shape, pictures.classes) == (
            self.digest,
            self.shape,
            self.classes,
        )

    def make(self, seed: int) -> Dataset:
        if TABLES.get(self.key) is None:
            return self._empty
        made: Dataset = TABLES.derived(self.key, "dataset", Pictures.dataset)
        return made

    @cached_property
    def _empty(self) -> Dataset:
        nothing = np.zeros((0, len(self.feature_names))), np.zeros((0, 1))
        stem = PurePath(self.name).stem
        return Dataset(
            stem, nothing[0], self.feature_names, nothing[1], self.target_columns, self.shape
        )

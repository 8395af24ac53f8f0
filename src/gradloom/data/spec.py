"""What a project says about its data; everything else follows from it and the project seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

from gradloom.core.checks import Choice, Flag, Optional, Variant, Whole
from gradloom.core.settings import Declared, param
from gradloom.data.dataset import SOURCES, DataSource
from gradloom.data.transform import Feature

SCALINGS = Choice(("none", "None"), ("standard", "Standardise"), ("minmax", "Min-max, 0 to 1"))
SHARES = ("train", "validation", "test")
_SWITCHES = ("use_x1", "use_x2", "square_x1", "square_x2", "product", "sin_x1", "sin_x2")


def _is_split(spec: DataSpec) -> bool:
    return spec.source.task != "gate"


def _has_classes(spec: DataSpec) -> bool:
    return _is_split(spec) and any(target.classes for target in spec.source.target_columns)


def _has_numbers(spec: DataSpec) -> bool:
    return any(not target.classes for target in spec.source.target_columns)


def _is_plane(spec: DataSpec) -> bool:
    return spec.source.features == 2


def _share(default: int, least: int, label: str, help_: str) -> Any:
    return param(default, Whole(least, 100), label, help_, unit="%", when=_is_split)


def _switch(label: str, help_: str, *, on: bool = False) -> Any:
    return param(on, Flag(), label, help_, when=_is_plane)


@dataclass(frozen=True)
class DataSpec(Declared):
    """Where the data comes from, how rows are split and what of them enters the network.

    Truth tables are not split: every row is trained on. The feature switches matter for data of
    two features only; other data enters column by column.
    """

    label, help = "Data", "The dataset, its split, its scaling and its features."
    source: DataSource = param(
        lambda: SOURCES.make("circles"), Variant(SOURCES), "Dataset", "Where the rows come from."
    )
    train: int = _share(60, 1, "Training", "The share of rows to learn from.")
    validation: int = _share(20, 0, "Validation", "The share that is watched during training.")
    test: int = _share(20, 0, "Test", "The share that is kept aside for the last judgement.")
    stratify: bool = param(
        True,
        Flag(),
        "Stratify",
        "Every part gets its share of each class.",
        advanced=True,
        when=_has_classes,
    )
    balance: bool = param(
        False,
        Flag(),
        "Balance",
        "An epoch takes rows of rare classes several times, so that every class counts alike;"
        " validation and test stay as they are.",
        advanced=True,
        when=_has_classes,
    )
    split_seed: int | None = param(
        None,
        Optional(Whole(0, 2**32 - 1), "Automatic (the plan's seed)"),
        "Data seed",
        "Draws the points and says which rows go to which part.",
        advanced=True,
        when=_is_split,
    )
    scaling: str = param(
        "none",
        SCALINGS,
        "Scaling",
        "Fitted on the training rows only: mean 0 and deviation 1, or smallest 0 and largest 1.",
    )
    target_scaling: str = param(
        "none",
        SCALINGS,
        "Target scaling",
        "What the network learns of a number to predict, fitted on the training rows only. Answers"
        " are shown in the target's own units.",
        when=_has_numbers,
    )
    use_x1: bool = _switch("x₁", "The first feature as it is.", on=True)
    use_x2: bool = _switch("x₂", "The second feature as it is.", on=True)
    square_x1: bool = _switch("x₁²", "The square of the first feature.")
    square_x2: bool = _switch("x₂²", "The square of the second feature.")
    product: bool = _switch("x₁x₂", "The product of both features.")
    sin_x1: bool = _switch("sin x₁", "The sine of the first feature.")
    sin_x2: bool = _switch("sin x₂", "The sine of the second feature.")

    @property
    def shares(self) -> tuple[int, int, int]:
        """Percentages for training, validation and test."""
        return self.train, self.validation, self.test

    def rules(self) -> Iterator[tuple[str, str]]:
        if sum(self.shares) != 100:
            yield "train", f"must make 100 % with validation and test, not {sum(self.shares)} %"
        if _is_plane(self) and not any(getattr(self, name) for name in _SWITCHES):
            yield "use_x1", "can't be off with all other features; at least one must stay on"

    def replace(self, **changes: Any) -> Self:
        """A copy with some settings changed.

        A share that changes takes the difference from the ones that were not given, test first,
        so that a form can change one at a time and they still make 100 %.
        """
        changed = super().replace(**changes)
        given = [name for name in SHARES if name in changes]
        checks = {s.name: s.check for s in self.settings()}
        if not given or any(checks[name].why_not(getattr(changed, name)) for name in SHARES):
            return changed
        excess = sum(changed.shares) - 100
        others = {}
        for name in ("test", "validation", "train"):
            if name not in given:
                share = getattr(changed, name)
                others[name] = min(100, max(int(name == "train"), share - excess))
                excess -= share - others[name]
        return super(DataSpec, changed).replace(**others)

    def chosen_features(self) -> tuple[Feature, ...]:
        """The features that enter the network, by the switches."""
        names = self.source.feature_names
        if len(names) != 2:
            return tuple(Feature(name, "copy", (name,)) for name in names)
        a, b = names
        every = (
            Feature(a, "copy", (a,)),
            Feature(b, "copy", (b,)),
            Feature(f"{a}^2", "square", (a,)),
            Feature(f"{b}^2", "square", (b,)),
            Feature(f"{a}*{b}", "product", (a, b)),
            Feature(f"sin({a})", "sin", (a,)),
            Feature(f"sin({b})", "sin", (b,)),
        )
        chosen: dict[str, Feature] = {}
        for switch, feature in zip(_SWITCHES, every, strict=True):
            if getattr(self, switch):
                name = feature.name
                while name in chosen:  # a column of one's own may be called "a^2" already
                    name += "'"
                chosen[name] = Feature(name, feature.op, feature.of)
        return tuple(chosen.values())

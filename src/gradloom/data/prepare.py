"""From a description of the data to arrays ready for training."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from gradloom.core.counting import counted, listing
from gradloom.core.problem import Problem, Severity
from gradloom.core.streams import stream
from gradloom.data.dataset import Dataset, DataSource, frozen
from gradloom.data.prepared import Cache, Prepared
from gradloom.data.spec import SHARES, DataSpec
from gradloom.data.split import Split, drawn_lots, repeats, split_rows
from gradloom.data.transform import Transform, fit, scales
from gradloom.layers.shapes import Array
from gradloom.layers.signature import Signature, Target

_LARGE_TARGETS = "The targets are too large to be scaled; give them in a larger unit."
_CACHE = Cache(8, 1 << 28)


def prepare(spec: DataSpec, seed: int) -> Prepared:
    """The data of this description under this project seed; cached by value.

    A description with bad settings gives their problems, and data by the defaults. Files are not
    read here: see `store`.
    """
    stamp = None
    if isinstance(spec.source, DataSource):
        stamp = spec.source.stamp
        spec = spec if spec.source.bare is spec.source else spec.replace(source=spec.source.bare)
    key = (spec, seed, stamp)
    made = _CACHE.get(key)
    if made is None:
        made = _prepare(spec, seed)
        _CACHE.put(key, made)
    return made


def _prepare(spec: DataSpec, seed: int) -> Prepared:
    found = _bad_settings(spec)
    if found:
        source = type(spec.source)() if spec.source.problems() else spec.source
        spec = DataSpec(source=source)
    troubles = tuple(spec.source.troubles())
    found += troubles
    own = seed if spec.split_seed is None else spec.split_seed
    dataset = spec.source.make(own)
    split = _split(spec, dataset, own)
    dataset = filled(dataset, split.train, spec.source.groups)
    features = spec.chosen_features()
    shape = dataset.feature_shape
    transform = fit(
        dataset.feature_names, features, dataset.features, spec.scaling, shape, split.train
    )
    values: Array | None = dataset.features
    if not transform.changes_nothing:
        values = _CACHE.features(dataset, transform)
    if values is None:
        values = frozen(transform.apply(dataset.features))
    if len(dataset) or not troubles:
        found += _problems(spec, dataset, split, transform, values)
    targets = _scaled(dataset, split.train, spec.target_scaling)
    if any(not np.isfinite(target.scale) for target in targets):
        found.append(Problem(_LARGE_TARGETS, field="target_scaling"))
        targets = dataset.target_columns
    signature = Signature(transform.names, targets, shape)
    return Prepared(dataset, split, transform, signature, values, dataset.targets, tuple(found))


def filled(dataset: Dataset, train: Array, groups: tuple[slice, ...] = ()) -> Dataset:
    """`dataset` with every missing feature given the mean of the training rows that have it.

    Features of a group (words of one column) are given the word most frequent there.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        gaps = np.isnan(dataset.features.sum(axis=0))  # far quicker than asking every number
    if not gaps.any():
        return dataset
    features = dataset.features.copy()
    learnt = dataset.features[train]
    counts = np.maximum((~np.isnan(learnt)).sum(axis=0), 1)
    value = np.nansum(learnt, axis=0) / counts
    for group in groups:
        place = int(np.argmax(value[group]))
        value[group] = 0.0
        value[group.start + place] = 1.0
    for column in np.flatnonzero(gaps):
        empty = np.isnan(features[:, column])
        features[empty, column] = value[column]
    return replace(dataset, features=frozen(features))


def _scaled(dataset: Dataset, train: Array, scaling: str) -> tuple[Target, ...]:
    """The target columns with the scaling of real ones, fitted on the training rows."""
    offset, scale = scales(dataset.targets[train], scaling)
    return tuple(
        target if target.classes else replace(target, offset=float(o), scale=float(s))
        for target, o, s in zip(dataset.target_columns, offset, scale, strict=True)
    )


def _split(spec: DataSpec, dataset: Dataset, seed: int) -> Split:
    if spec.source.task == "gate":
        return Split.whole(len(dataset))
    classes = [i for i, target in enumerate(dataset.target_columns) if target.classes]
    labels = dataset.targets[:, classes[0]] if classes else None
    dealt, rng = labels if spec.stratify else None, stream(seed, "split")
    lots = drawn_lots(dataset.features, rng) if spec.source.room is not None else None
    split = split_rows(len(dataset), spec.shares, rng, dealt, lots)
    if not spec.balance or labels is None:
        return split
    return replace(split, again=repeats(split.train, labels[split.train]))


def _bad_settings(spec: DataSpec) -> list[Problem]:
    return [
        Problem(f"Data: {_label(spec, name)} {sentence}.", field=name)
        for name, sentence in spec.problems()
    ]


def _problems(
    spec: DataSpec, dataset: Dataset, split: Split, transform: Transform, values: Array
) -> Iterator[Problem]:
    if not len(dataset):
        yield Problem("The dataset has no rows; choose another one.", field="source")
        return
    if not len(split.train):
        yield Problem(
            f"No row is left to train on; raise the training share above {spec.train} %.",
            field="train",
        )
        return
    if spec.source.task != "gate":
        for name in SHARES[1:]:
            if getattr(spec, name) and not len(getattr(split, name)):
                yield Problem(
                    f"{counted(len(dataset), 'row is', 'rows are')} too few for a"
                    f" {_label(spec, name).lower()} share of"
                    f" {getattr(spec, name)} %; raise the share or set it to 0.",
                    field=name,
                    severity=Severity.WARNING,
                )
    yield from _missing_classes(dataset, split)
    scales = np.array(transform.scale), np.array(transform.offset)
    good = _finite(values) & np.isfinite(scales).all(axis=0)
    for column in np.flatnonzero(~good)[:3]:
        yield Problem(
            f"The feature {transform.names[column]} holds numbers too large to compute with;"
            " give it in a larger unit.",
            field="source",
        )


def _finite(values: Array) -> Array:
    """Which columns hold finite numbers alone."""
    with np.errstate(over="ignore", invalid="ignore"):
        good: Array = np.isfinite(values.sum(axis=0))  # far quicker than asking every number
    if not good.all():
        good[~good] = np.isfinite(values[:, ~good]).all(axis=0)
    return good


def _missing_classes(dataset: Dataset, split: Split) -> Iterator[Problem]:
    for i, target in enumerate(dataset.target_columns):
        missing = set(range(len(target.classes))) - set(dataset.targets[split.train, i].tolist())
        nowhere = missing - set(dataset.targets[:, i].tolist())
        for numbers, words in (
            (nowhere, "No row is of {}; a network can't learn {}."),
            (missing - nowhere, "No training row is of {}; raise the training share."),
        ):
            if numbers:
                names = [target.classes[number] for number in sorted(numbers)]
                one = len(names) == 1
                which = f"class {names[0]}" if one else f"the classes {listing(names, 5)}"
                text = words.format(which, "it" if one else "them")
                yield Problem(text, field="train", severity=Severity.WARNING)


def _label(spec: DataSpec, name: str) -> str:
    return next(s.label for s in spec.settings() if s.name == name)

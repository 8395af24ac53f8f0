"""Drawing a dataset by hand: pure edits of the points of a `Drawing`, one for each stroke.

Places are (rows, 2), where a map shows the points: both features, or the one feature and the
target. Over one feature classes lie at a height of their own (see `heights`), which no edit moves.
A disc on the map has a reach (rx, ry) along each axis, as axes may be scaled unlike each other.
"""

from __future__ import annotations

from dataclasses import replace
from string import ascii_uppercase

import numpy as np

from gradloom.core.counting import counted
from gradloom.data.dataset import Dataset, DataSource, Room, frozen
from gradloom.data.sources.drawing import Drawing
from gradloom.data.sources.file import FileSource
from gradloom.layers.shapes import Array
from gradloom.layers.signature import Target

MOST_POINTS = 20_000
Place = tuple[float, float]
Reach = tuple[float, float]


def blank(classes: tuple[str, ...] = ("A", "B"), features: int = 2) -> Drawing:
    """Nothing drawn yet; without classes the target is a real number."""
    names = ("x1", "x2")[:features]
    target = Target("class", classes) if classes else Target("y")
    content = Dataset("Drawing", np.zeros((0, features)), names, np.zeros((0, 1)), (target,))
    return Drawing(content=content)


def why_not(source: DataSource, dataset: Dataset) -> str:
    """Why points can't be drawn into this data (a source and what it makes), or ""."""
    features, targets = len(dataset.feature_names), len(dataset.target_columns)
    if isinstance(source, FileSource) and source.waiting:
        return "Read the file first; then its points can be edited."
    if dataset.feature_shape is not None:
        return "Pictures can't be drawn on the map; choose data of one or two features."
    if features > 2:
        return f"Points are drawn in data of one or two features; this has {features}."
    if targets != 1:
        return f"Points are drawn in data of one target; this has {targets or 'none'}."
    if len(dataset) > MOST_POINTS:
        return f"At most {MOST_POINTS:,} points can be drawn; this has {len(dataset):,} rows."
    return ""


def taken_over(dataset: Dataset, room: Room) -> Drawing:
    """Rows of any data that `why_not` allows, as points of one's own on a plane of this room."""
    name = dataset.name if dataset.name.endswith(_EDITED) else dataset.name + _EDITED
    left, right, bottom, top = room
    return Drawing(replace(dataset, name=name), left, right, bottom, top)


_EDITED = ", edited"


def room_of(dataset: Dataset, extent: Room) -> Room:
    """A plane of this extent, over one feature as high as the targets reach."""
    if len(dataset.feature_names) > 1 or not len(dataset):
        return extent
    targets = dataset.targets[:, 0]
    return (*extent[:2], float(targets.min()), float(targets.max()))


def emptied(dataset: Dataset) -> Drawing:
    """A plane for the columns and classes of any data, with nothing drawn yet."""
    (target,) = dataset.target_columns
    if len(target.classes) == 1:
        target = replace(target, classes=(*target.classes, fresh_class(target.classes)))
    nothing, names = np.zeros((0, len(dataset.feature_names))), dataset.feature_names
    return Drawing(Dataset("Drawing", nothing, names, np.zeros((0, 1)), (target,)))


def same_form(one: Drawing, other: Drawing) -> bool:
    """Whether both have as many features, and both classes or both a real target."""
    return one.features == other.features and bool(_classes(one)) == bool(_classes(other))


def places(source: Drawing) -> Array:
    """Where the points are on the map (rows, 2)."""
    content = source.content
    if content.features.shape[1] == 2:
        return content.features
    height = heights(content.targets[:, 0], content.target_columns[0].classes)
    return np.stack([content.features[:, 0], height], axis=1)


def heights(target: Array, classes: tuple[str, ...]) -> Array:
    """How high a map over one feature shows points: the target, of many classes all alike."""
    return np.ones_like(target) if len(classes) > 2 else target


def add_points(source: Drawing, points: Array, value: float) -> Drawing:
    """With points (n, 2) of this class number or target; a curve has its target in the points.

    No more than MOST_POINTS are kept; what is beyond is not added.
    """
    content = source.content
    points = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    points = points[np.isfinite(points).all(axis=1)][: MOST_POINTS - len(content)]
    if not len(points):
        return source
    width = content.features.shape[1]
    if is_curve(source):
        targets = points[:, 1:]
    else:
        targets = np.full((len(points), 1), _allowed(source, value))
    return _with(
        source,
        np.concatenate([content.features, points[:, :width]]),
        np.concatenate([content.targets, targets]),
    )


def is_curve(source: Drawing) -> bool:
    """Whether it is a real target over one feature: the height of a point is its target."""
    return source.features == 1 and not source.content.target_columns[0].classes


def near(source: Drawing, centre: Place, reach: Reach) -> Array:
    """Row numbers of the points within a disc, the nearest first."""
    distance = np.linalg.norm((places(source) - np.array(centre)) / reach, axis=1)
    order = np.argsort(distance, kind="stable")
    return np.asarray(order[distance[order] <= 1.0])


def swept(source: Drawing, start: Place, end: Place, reach: Reach) -> Array:
    """Which points (rows,) a disc touches on its straight way from `start` to `end`."""
    a, b = np.array(start) / reach, np.array(end) / reach
    way, offset = b - a, places(source) / reach - a
    along = np.clip(offset @ way / (way @ way or 1.0), 0.0, 1.0)
    touched: Array = np.square(offset - along[:, None] * way).sum(axis=1) <= 1.0
    return touched


def erase(source: Drawing, rows: Array) -> Drawing:
    """Without these rows."""
    rows = np.asarray(rows, dtype=np.intp)
    if not len(rows):
        return source
    content = source.content
    keep = np.ones(len(content), bool)
    keep[rows] = False
    return _with(source, content.features[keep], content.targets[keep])


def move(source: Drawing, rows: Array, by: Place) -> Drawing:
    """With these rows moved by (dx, dy) on the map."""
    rows = np.asarray(rows, dtype=np.intp)
    content = source.content
    features, targets = content.features.copy(), content.targets.copy()
    features[rows, 0] += by[0]
    if features.shape[1] == 2:
        features[rows, 1] += by[1]
    elif is_curve(source):
        targets[rows, 0] += by[1]
    if np.array_equal(features, content.features) and np.array_equal(targets, content.targets):
        return source
    return _with(source, features, targets)


def recolour(source: Drawing, rows: Array, value: float) -> Drawing:
    """With another class or target for these rows."""
    rows = np.asarray(rows, dtype=np.intp)
    targets = source.content.targets.copy()
    targets[rows, 0] = _allowed(source, value)
    if np.array_equal(targets, source.content.targets):
        return source
    return _with(source, source.content.features, targets)


def fresh_class(classes: tuple[str, ...]) -> str:
    """A name for one more class: the first letter that is free."""
    names: tuple[str, ...] = (*ascii_uppercase, *(f"class {i}" for i in range(1, len(classes) + 2)))
    return next(name for name in names if name not in classes)


def why_not_class(source: Drawing, number: int, name: str) -> str:
    """Why class `number` can't be called `name`, or ""."""
    if not name.strip():
        return "A class needs a name."
    if any(name.strip() == other for i, other in enumerate(_classes(source)) if i != number):
        return f"There is a class {name.strip()} already."
    return ""


def add_class(source: Drawing) -> Drawing:
    """With one more class, of which nothing is drawn yet."""
    classes = _classes(source)
    return _called(source, (*classes, fresh_class(classes)))


def rename_class(source: Drawing, number: int, name: str) -> Drawing:
    """With another name for a class; ValueError for one that `why_not_class` refuses."""
    sentence = why_not_class(source, number, name)
    if sentence:
        raise ValueError(sentence)
    names = list(_classes(source))
    names[number] = name.strip()
    return _called(source, tuple(names))


def remove_class(source: Drawing, number: int) -> Drawing:
    """Without a class and its points; later classes move up. ValueError for one of the last two."""
    classes = _classes(source)
    if len(classes) <= 2:
        raise ValueError("two classes must stay")
    content = source.content
    keep = content.targets[:, 0] != number
    targets = content.targets[keep]
    targets = np.where(targets > number, targets - 1, targets)
    left = _with(source, content.features[keep], targets)
    return _called(left, classes[:number] + classes[number + 1 :])


def removal_words(source: Drawing, number: int) -> str:
    """What `remove_class` does: "Remove class C and its 12 points"."""
    points = int((source.content.targets[:, 0] == number).sum())
    words = f"Remove class {_classes(source)[number]}"
    return f"{words} and its {counted(points, 'point')}" if points else words


def _classes(source: Drawing) -> tuple[str, ...]:
    (target,) = source.content.target_columns
    return target.classes


def _called(source: Drawing, classes: tuple[str, ...]) -> Drawing:
    target = replace(source.content.target_columns[0], classes=classes)
    return source.replace(content=replace(source.content, target_columns=(target,)))


def _allowed(source: Drawing, value: float) -> float:
    classes = _classes(source)
    if classes and value not in range(len(classes)):
        raise ValueError(f"class {value} of {len(classes)}")
    return float(value)


def _with(source: Drawing, features: Array, targets: Array) -> Drawing:
    content = replace(source.content, features=frozen(features), targets=frozen(targets))
    return source.replace(content=content)

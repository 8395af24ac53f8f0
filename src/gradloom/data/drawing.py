"""Drawing a dataset by hand: pure edits of the points of a `Drawing`, one for each stroke.

Places are (rows, 2): both features, or the feature and the target where there is one feature.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gradloom.core.streams import stream
from gradloom.data.dataset import Dataset, frozen
from gradloom.data.sources.drawing import Drawing
from gradloom.layers.shapes import Array
from gradloom.layers.signature import Target

MOST_POINTS = 20_000


def blank(classes: tuple[str, ...] = ("A", "B"), features: int = 2) -> Drawing:
    """Nothing drawn yet; without classes the target is a real number."""
    names = ("x1", "x2")[:features]
    target = Target("class", classes) if classes else Target("y")
    content = Dataset("Drawing", np.zeros((0, features)), names, np.zeros((0, 1)), (target,))
    return Drawing(content=content)


def places(source: Drawing) -> Array:
    """Where the points are on the map (rows, 2)."""
    content = source.content
    if content.features.shape[1] == 2:
        return content.features
    return np.concatenate([content.features, content.targets], axis=1)


def add_points(source: Drawing, points: Array, value: float) -> Drawing:
    """With points (n, 2) of this class number or target; `value` is not asked with one feature.

    No more than MOST_POINTS are kept; what is beyond is not added.
    """
    content = source.content
    points = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    points = points[np.isfinite(points).all(axis=1)][: MOST_POINTS - len(content)]
    if not len(points):
        return source
    width = content.features.shape[1]
    targets = points[:, 1:] if width == 1 else np.full((len(points), 1), _allowed(source, value))
    return _with(
        source,
        np.concatenate([content.features, points[:, :width]]),
        np.concatenate([content.targets, targets]),
    )


def spray(
    source: Drawing, centre: tuple[float, float], radius: float, count: int, value: float, seed: int
) -> Drawing:
    """With `count` points uniform in a disc; the same seed gives the same points."""
    rng = stream(seed, "spray", len(source.content))
    r = radius * np.sqrt(rng.uniform(size=count))
    angle = rng.uniform(0, 2 * np.pi, count)
    points = np.array(centre) + np.stack([r * np.cos(angle), r * np.sin(angle)], axis=1)
    return add_points(source, points, value)


def near(source: Drawing, centre: tuple[float, float], radius: float) -> Array:
    """Row numbers of the points within a disc, the nearest first."""
    distance = np.linalg.norm(places(source) - np.array(centre), axis=1)
    order = np.argsort(distance, kind="stable")
    return np.asarray(order[distance[order] <= radius])


def erase(source: Drawing, rows: Array) -> Drawing:
    """Without these rows."""
    rows = np.asarray(rows, dtype=np.intp)
    if not len(rows):
        return source
    content = source.content
    keep = np.ones(len(content), bool)
    keep[rows] = False
    return _with(source, content.features[keep], content.targets[keep])


def move(source: Drawing, rows: Array, by: tuple[float, float]) -> Drawing:
    """With these rows moved by (dx, dy) on the map."""
    rows = np.asarray(rows, dtype=np.intp)
    if not len(rows) or by == (0.0, 0.0):
        return source
    content = source.content
    features, targets = content.features.copy(), content.targets.copy()
    features[rows, 0] += by[0]
    if features.shape[1] == 2:
        features[rows, 1] += by[1]
    else:
        targets[rows, 0] += by[1]
    return _with(source, features, targets)


def recolour(source: Drawing, rows: Array, value: float) -> Drawing:
    """With another class or target for these rows."""
    rows = np.asarray(rows, dtype=np.intp)
    if not len(rows):
        return source
    targets = source.content.targets.copy()
    targets[rows, 0] = _allowed(source, value)
    return _with(source, source.content.features, targets)


def _allowed(source: Drawing, value: float) -> float:
    classes = source.content.target_columns[0].classes
    if classes and value not in range(len(classes)):
        raise ValueError(f"class {value} of {len(classes)}")
    return float(value)


def _with(source: Drawing, features: Array, targets: Array) -> Drawing:
    content = replace(source.content, features=frozen(features), targets=frozen(targets))
    return source.replace(content=content)

"""Pictures, biases and weights of opened layers, as the run goes on."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradloom.layers.shapes import Array
from gradloom.ui.canvas.scene import Scene


class Live:
    """Reads the newest maps and parameters; `bridge`, `maps` and `features` may be None."""

    def __init__(self, sheet: Scene, bridge: Any, maps: Any, features: Any = None) -> None:
        self._sheet, self._bridge, self._maps, self._features = sheet, bridge, maps, features
        if features is not None:
            features.updated.connect(lambda _: self.pictures())
        self._neurons: Any = None  # the mapping that was shown last

    def parameter(self, layer: str, name: str) -> Array | None:
        """A parameter as it is now, or None before there is a run."""
        if self._bridge is None:
            return None
        found: Array | None = self._bridge.parameter(layer, name)
        return found

    @property
    def specimen(self) -> str:
        """What the feature maps are of: "row 13", "the drawing", or "" without any."""
        latest = None if self._features is None else self._features.latest
        return "" if latest is None or not latest.maps else str(latest.words)

    def all(self) -> None:
        """After an edit: everything again."""
        if self._features is not None:
            opened = (c.face for c in self._sheet.cards.values() if c.face.frame.neurons)
            self._features.look(self, on=any(face.pictured for face in opened))
        self.weights()
        self.pictures()

    def weights(self) -> None:
        """New lines and bias dots."""
        for id_, card in self._sheet.cards.items():
            if card.face.frame.neurons is None:
                continue
            bias = self.parameter(id_, "b") if card.face.count else None
            if bias is not None and len(bias) != card.face.frame.neurons.units:
                bias = None
            card.set_bias(_finite(bias))
            if card.face.pictured:
                card.set_kernels(_finite(self.parameter(id_, "W")))
        for id_, link in self._sheet.links.items():
            link.set_weights(_finite(self.parameter(id_, "W")))

    def pictures(self) -> None:
        """New thumbnails; units of layers the map says nothing about stay discs."""
        latest = None if self._maps is None else self._maps.latest
        neurons = {} if latest is None else latest.neurons
        drawn = None if self._features is None else self._features.latest
        maps = {} if drawn is None else drawn.maps
        for id_, card in self._sheet.cards.items():
            if card.face.frame.neurons is not None:
                values = maps.get(id_) if card.face.pictured else neurons.get(id_)
                if card.face.pictured and values is not None:
                    values = values[:, ::-1]  # rows of a picture go down
                fits = values is not None and len(values) == card.face.frame.neurons.units
                card.set_values(values if fits else None)


def _finite(array: Array | None) -> Array | None:
    return array if array is not None and np.isfinite(array).all() else None

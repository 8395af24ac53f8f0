"""Input: where the features of a row enter."""

from __future__ import annotations

from dataclasses import dataclass

from gradloom.core.checks import Choice, Names, Optional
from gradloom.core.settings import param
from gradloom.layers.base import LAYERS, Source
from gradloom.layers.shapes import Refusal, Shape
from gradloom.layers.signature import Signature
from gradloom.layers.site import Site, Tensor


@LAYERS.add
@dataclass(frozen=True)
class Input(Source):
    """The features of a row, all of them or chosen columns."""

    kind, label, icon, category = "input", "Input", "log-in", "Ends"
    help = "The features of a row: all columns, or the ones you choose."
    columns: tuple[str, ...] | None = param(
        None, Optional(Names(), "All features"), "Columns", "Which features enter here."
    )
    shape: str = param(
        "flat",
        Choice(("flat", "Flat row"), ("picture", "Picture")),
        "Shape",
        "A picture enters as channels × height × width, as Conv2D needs it.",
        advanced=True,
    )

    def chosen(self, signature: Signature) -> tuple[int, ...] | Refusal:
        if self.columns is None:
            return tuple(range(len(signature.features)))
        index = {name: i for i, name in enumerate(signature.features)}
        missing = [name for name in self.columns if name not in index]
        if missing:
            return Refusal(
                f"the data has no feature {missing[0]!r}; choose among {_some(signature.features)}",
                "all_columns",
            )
        return tuple(index[name] for name in self.columns)

    def shape_of(self, signature: Signature) -> Shape | Refusal:
        if self.shape == "flat":
            return super().shape_of(signature)
        if signature.feature_shape is None:
            return Refusal("the data has no pictures; set the shape to a flat row")
        if self.columns is not None:
            return Refusal("a picture enters whole; choose all features", "all_columns")
        return signature.feature_shape

    def build(self, at: Site) -> Tensor:
        return at.inputs[0]

    def summary(self) -> str:
        return "" if self.columns is None else ", ".join(self.columns)


def _some(names: tuple[str, ...]) -> str:
    return ", ".join(names[:6]) + (" …" if len(names) > 6 else "")

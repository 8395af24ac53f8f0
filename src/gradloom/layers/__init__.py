"""What a layer is: kinds, activations, losses, initialisers. NumPy only, no weights in here.

Recipe, to add a layer kind: write `kinds/<name>.py` with one frozen dataclass that derives from
`Kind` (or `Activation`), declare its settings with `param`, give it `infer`, `blocks`, `build`, and
decorate it with `@LAYERS.add`. Nothing else has to be touched: palette, forms, files, schema,
exporters and the contract tests find it. Add its worked case beside its test.

- `base`: Kind, Parameter, Block, and the registries LAYERS and ACTIVATIONS
- `site`: what `build` is given: tensors, buffers, where operations go
- `shapes`, `signature`, `coding`: shapes of a sample, columns of the data, targets as numbers
- `initialisers`, `losses`: registries of their own
- `expression`, `compound`, `algebra`, `functions`: where one number comes from, as an expression;
  `explaining`: what several kinds say with them
- `pullback`: how a slope goes back to one input; `elementwise`, `merging`, `normalising`,
  `weighted`, `pooled`: what related kinds have in common
- `sliding`, `patches`, `products`: windows over pictures, convolution as one matrix product
- `kinds/`: one file per kind or tight family; kinds never import kinds
"""

import importlib
import pkgutil

from gradloom.layers import kinds as _kinds
from gradloom.layers.base import ACTIVATIONS, LAYERS, Activation, Block, Kind, Parameter
from gradloom.layers.initialisers import INITIALISERS, Initialiser
from gradloom.layers.losses import LOSSES, Loss

for _module in pkgutil.iter_modules(_kinds.__path__):
    importlib.import_module(f"{_kinds.__name__}.{_module.name}")

__all__ = [
    "ACTIVATIONS",
    "INITIALISERS",
    "LAYERS",
    "LOSSES",
    "Activation",
    "Block",
    "Initialiser",
    "Kind",
    "Loss",
    "Parameter",
]

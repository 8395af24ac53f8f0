"""Losses: each a frozen value that puts its forward and backward operation at a site.

Reduction is the mean over rows (and over outputs where the docstring says so), as in PyTorch. To
add one: a file here with a class decorated `@LOSSES.add`; `difference` has what those made of
prediction minus target share.
"""

import importlib
import pkgutil

from gradloom.layers.losses.base import LOSSES, Loss

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")

__all__ = ["LOSSES", "Loss"]

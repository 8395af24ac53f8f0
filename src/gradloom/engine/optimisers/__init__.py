"""Optimisers, each after PyTorch's definition; one file each. To add one: a file here.

`settings` and `parts` are what several of them declare and do alike.
"""

import importlib
import pkgutil

from gradloom.engine.optimisers.base import OPTIMISERS, Optimiser

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")

__all__ = ["OPTIMISERS", "Optimiser"]

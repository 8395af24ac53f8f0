"""Everything that gives a dataset, one file per family; importing this fills SOURCES."""

import importlib
import pkgutil

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")

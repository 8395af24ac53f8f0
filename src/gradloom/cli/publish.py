"""`python -m gradloom.cli.publish`: write the files in `resources` that derive from the code.

These are the schemas and the sample projects. A test fails when they lag behind.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gradloom.core.resources import resource_path
from gradloom.core.writing import json_bytes, write_whole
from gradloom.document.codec import project_to_plain
from gradloom.document.files import SUFFIX
from gradloom.document.samples import samples
from gradloom.document.schema import NAME as PROJECT
from gradloom.document.schema import project_schema
from gradloom.exchange.schema import NAME as WEIGHTS
from gradloom.exchange.schema import weights_schema


def derived() -> Mapping[Path, bytes]:
    """Every derived file with what it should hold."""
    plain: dict[Path, Any] = {
        resource_path("schema", f"{PROJECT}.schema.json"): project_schema(),
        resource_path("schema", f"{WEIGHTS}.schema.json"): weights_schema(),
    }
    for name, state in samples().items():
        plain[resource_path("samples", f"{name}{SUFFIX}")] = project_to_plain(state)
    return {path: json_bytes(content) for path, content in plain.items()}


def main() -> None:
    """Write them."""
    for path, content in derived().items():
        path.parent.mkdir(exist_ok=True)
        write_whole(path, content)
        print(path)


if __name__ == "__main__":
    main()

"""The house rules that can be checked by a machine."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "gradloom"
FILES = sorted(SOURCE.rglob("*.py"))
BELOW_UI = (
    *("core", "layers", "graph", "data", "engine", "document", "exchange", "diagnosis"),
    *("session", "api"),
)


def test_no_file_is_longer_than_500_lines() -> None:
    long = {f.name: n for f in FILES if (n := len(f.read_text("utf-8").splitlines())) > 500}
    assert not long


def test_the_median_file_is_short() -> None:
    lengths = sorted(len(f.read_text("utf-8").splitlines()) for f in FILES)
    assert lengths[len(lengths) // 2] <= 150


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_every_module_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text("utf-8")))


def test_everything_below_the_window_works_without_qt() -> None:
    code = f"""
import sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split('.')[0] in ('PySide6', 'pyqtgraph', 'shiboken6'):
            raise ImportError('no Qt here: ' + name)
sys.meta_path.insert(0, Refuse())
import importlib, pkgutil, gradloom
for package in {BELOW_UI!r}:
    module = importlib.import_module('gradloom.' + package)
    for found in pkgutil.walk_packages(getattr(module, '__path__', []), module.__name__ + '.'):
        importlib.import_module(found.name)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_import_contracts_hold() -> None:
    tool = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([tool], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("core/event.py", "import gradloom.layers"),
        ("data/spec.py", "import gradloom.graph"),
        ("engine/plan.py", "import PySide6.QtCore"),
        ("layers/kinds/tanh.py", "import gradloom.layers.kinds.relu"),
    ],
)
def test_a_broken_contract_is_noticed(tmp_path: Path, module: str, line: str) -> None:
    import shutil

    copy = tmp_path / "src" / "gradloom"
    shutil.copytree(SOURCE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    broken = copy / module
    broken.write_text(broken.read_text("utf-8") + f"\n{line}\n", "utf-8")
    tool = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [tool, "--no-cache"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "src"), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "BROKEN" in done.stdout


def test_every_icon_that_is_named_exists() -> None:
    from gradloom.data import SOURCES
    from gradloom.layers import LAYERS

    icons = ROOT / "resources" / "icons"
    named = {kind.icon for kind in LAYERS.kinds()}
    named |= {getattr(source, "icon", "") for source in SOURCES.kinds()} - {""}
    missing = {name for name in named if not (icons / f"{name}.svg").exists()}
    assert not missing

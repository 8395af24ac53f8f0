"""The small readers that the README shows, against the program's own predictions."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
import types

import numpy as np
import pytest

from gradloom.api import Model, Project
from gradloom.core.resources import resource_path
from gradloom.data import SOURCES, DataSpec
from gradloom.document import State
from gradloom.document.samples import chain, samples
from gradloom.engine.plan import Plan
from gradloom.exchange.weights import export_weights
from gradloom.graph import edits
from gradloom.layers import ACTIVATIONS, LAYERS, LOSSES

READER = resource_path("readers", "reader.py")
SCRIPT = resource_path("readers", "reader.js")
NODE = shutil.which("node")
CROSSED = DataSpec(
    source=SOURCES.make("moons"),
    scaling="minmax",
    square_x1=True,
    square_x2=True,
    product=True,
    sin_x1=True,
    sin_x2=True,
)


def _dense(units: int, activation: str = "identity", **settings):
    return LAYERS.make("dense", units=units, activation=ACTIVATIONS.make(activation), **settings)


def _merged(kind: str) -> State:
    """Two hidden layers that meet."""
    graph = chain([_dense(3, "tanh"), LAYERS.make(kind), _dense(1, "sigmoid")])
    graph = edits.add(graph, _dense(3, "relu"))
    graph = edits.connect(graph, "input_1", "dense_3")
    return _state(edits.connect(graph, "dense_3", f"{kind}_1", 1))


def _state(graph, data: DataSpec = CROSSED) -> State:
    return State(graph, data=data, plan=Plan(precision="float64"))


def _two_ends() -> State:
    """Two inputs of chosen columns and two outputs."""
    graph = chain([_dense(3, "tanh"), _dense(1)])
    graph = edits.set_kind(graph, "input_1", LAYERS.make("input", columns=("x2", "x1^2")))
    graph = edits.add(edits.add(graph, _dense(2, "softmax")), LAYERS.make("output"))
    graph = edits.connect(edits.connect(graph, "dense_1", "dense_3"), "dense_3", "output_2")
    return _state(graph)


def _scaled(scaling: str, loss: str | None = None) -> State:
    """Real targets in hundreds, which the network learns scaled."""
    source = SOURCES.make("linnerud")
    data = DataSpec(source=source, target_scaling=scaling, scaling="standard")
    graph = chain([_dense(4, "tanh"), _dense(6 if loss else 3)])
    if loss:
        graph = edits.set_kind(graph, "output_1", LAYERS.make("output", loss=LOSSES.make(loss)))
    return _state(graph, data)


_INNER = ("dropout", "batch_norm", "flatten", "identity", "step", "sigmoid", "tanh", "relu")
_MORE = ("leaky_relu", "elu", "silu", "softplus", "softmax")
NETWORKS = {
    **{f"layer {k}": _state(chain([_dense(4), LAYERS.make(k), _dense(1)])) for k in _INNER + _MORE},
    **{f"within {k}": _state(chain([_dense(4, k), _dense(1)])) for k in (*_INNER[3:], *_MORE)},
    **{f"merge {k}": _merged(k) for k in ("add", "multiply", "maximum", "average", "concatenate")},
    "no bias": _state(chain([_dense(4, bias=False), _dense(1, bias=False)])),
    "two ends": _two_ends(),
    **{f"scaled targets {scaling}": _scaled(scaling) for scaling in ("standard", "minmax")},
    "scaled log variance": _scaled("standard", "gaussian_nll"),
    "standardised": _state(chain([_dense(3, "softmax")]), DataSpec(source=SOURCES.make("iris"))),
    # the readers stop at convolutions
    **{f"sample {n}": state for n, state in samples().items() if n != "digits_cnn"},
}


@pytest.fixture(scope="module")
def reader():
    spec = importlib.util.spec_from_file_location("gradloom_reader", READER)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """{name: (file, model, rows)}, each network trained for a few epochs."""
    folder = tmp_path_factory.mktemp("weights")
    found = {}
    for number, (name, state) in enumerate(NETWORKS.items()):
        project = Project(state)
        project.train(epochs=3)
        path = folder / f"{number}.json"
        export_weights(path, state, project.run)
        rows = state.prepared.dataset.features[:5].tolist()
        found[name] = (path, project.model(), rows)
    return found


def _expected(model: Model, rows) -> list[dict[str, list[float]]]:
    return [{o: model.predict(row, o)[0].tolist() for o in model.outputs} for row in rows]


def _agree(found, model: Model, rows) -> None:
    expected = _expected(model, rows)
    tolerance = 1e-9 if model.weights.theta.dtype == np.float64 else 2e-5
    assert [row.keys() for row in found] == [row.keys() for row in expected]
    for got, want in zip(found, expected, strict=True):
        for output in want:
            assert got[output] == pytest.approx(want[output], rel=tolerance, abs=tolerance)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_python_reader_agrees(reader, exported, name: str) -> None:
    path, model, rows = exported[name]
    network = json.loads(path.read_text("utf-8"))
    _agree([reader.predict(network, row) for row in rows], model, rows)


def test_scaled_targets_are_answered_in_their_own_units(exported) -> None:
    for name in (name for name in NETWORKS if name.startswith("scaled")):
        _, model, rows = exported[name]
        truth = NETWORKS[name].prepared.targets  # pounds, inches and beats a minute
        away = model.predict(rows)[:, :3].mean(axis=0) - truth.mean(axis=0)
        assert (np.abs(away) < 3 * truth.std(axis=0)).all()


@pytest.mark.skipif(NODE is None, reason="Node.js is not installed")
def test_the_javascript_reader_agrees(exported, tmp_path) -> None:
    jobs = {name: [str(path), rows] for name, (path, _, rows) in exported.items()}
    (tmp_path / "jobs.json").write_text(json.dumps(jobs))
    code = f"""
const fs = require("fs");
const {{ predict }} = require({json.dumps(str(SCRIPT))});
const jobs = JSON.parse(fs.readFileSync(process.argv[1]));
const found = {{}};
for (const [name, [path, rows]] of Object.entries(jobs)) {{
  const network = JSON.parse(fs.readFileSync(path));
  found[name] = rows.map((row) => predict(network, row));
}}
console.log(JSON.stringify(found));
"""
    line = [NODE, "-e", code, str(tmp_path / "jobs.json")]
    done = subprocess.run(line, capture_output=True, text=True, check=True)
    for name, found in json.loads(done.stdout).items():
        _, model, rows = exported[name]
        _agree(found, model, rows)


@pytest.mark.parametrize(
    "program",
    [
        [sys.executable, str(READER)],
        pytest.param(
            [NODE, str(SCRIPT)],
            marks=pytest.mark.skipif(NODE is None, reason="Node.js is not installed"),
        ),
    ],
    ids=["python", "javascript"],
)
def test_the_readers_run_from_the_command_line(exported, program) -> None:
    path, model, rows = exported["sample circles"]
    line = [*program, str(path), *map(str, rows[0])]
    done = subprocess.run(line, capture_output=True, text=True, check=True)
    _agree([json.loads(done.stdout)], model, rows[:1])


@pytest.mark.parametrize("kind", ["gelu", "layer_norm", "subtract"])
def test_a_kind_that_the_reader_does_not_know_is_named(reader, kind: str) -> None:
    with pytest.raises(KeyError, match=kind):
        reader.compute({"kind": kind}, [[1.0], [2.0]], {})


def test_the_readers_need_nothing_but_the_language(reader) -> None:
    modules = {v.__name__ for v in vars(reader).values() if isinstance(v, types.ModuleType)}
    assert modules == {"json", "math", "sys"}
    assert SCRIPT.read_text("utf-8").count("require(") == 1  # the file system
    for path in (READER, SCRIPT):
        assert len(path.read_text("utf-8").splitlines()) <= 75

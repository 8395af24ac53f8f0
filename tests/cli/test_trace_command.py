"""`gradloom trace`: the walk in the terminal, readable as text and complete as JSON."""

from __future__ import annotations

import json

import numpy as np
import pytest

from gradloom.__main__ import main
from gradloom.core.resources import resource_path
from gradloom.document.files import load_project, save_project
from gradloom.document.samples import samples
from gradloom.engine.trainer import Trainer

_CLASSIC = str(resource_path("samples", "classic_step.gradloom"))


def _json(capsys, *line):
    assert main(["trace", *line, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_text_reads_like_the_worked_example(capsys):
    assert main(["trace", _CLASSIC]) == 0
    text = capsys.readouterr().out
    for number in ("0.3775", "0.593269992", "0.75136507", "0.772928465", "0.298371109"):
        assert number in text
    for number in ("0.35891648", "0.149780716", "0.408666186"):
        assert number in text
    assert "1  forward  Dense   z = x W + b" in text
    assert "Each unit sums its inputs times its weights and adds its bias." in text
    assert "reads x (1 × 2), W (2 × 2), b (2)" in text


def test_the_json_is_complete_and_each_equation_can_be_computed_from_it(capsys):
    walk = _json(capsys, _CLASSIC)
    assert (walk["format"], walk["version"], walk["rows"]) == ("gradloom-trace", 1, [1])
    assert walk["learning_rate"] == 0.5
    operations = walk["operations"]
    assert [o["number"] for o in operations] == list(range(1, len(operations) + 1))
    assert {o["phase"] for o in operations} == {"forward", "loss", "backward", "update"}
    for operation in operations:
        assert operation["latex"]
        assert operation["words"].endswith(".")
        for array in operation["reads"] + operation["writes"]:
            assert list(np.shape(array["values"])) == array["shape"]
    first = operations[0]
    x, w, b = (np.array(array["values"]) for array in first["reads"])
    np.testing.assert_allclose(x @ w + b, first["writes"][0]["values"], rtol=1e-15)
    assert first["layer"] == "dense_1"
    assert first["name"] == "Dense"


def test_the_numbers_are_those_of_the_trainer_to_the_bit(capsys, tmp_path):
    state = samples()["iris"]
    trainer = Trainer(state.graph, state.prepared, state.plan)
    trainer.run(steps=7)
    path = tmp_path / "p.gradloom"
    save_project(path, state, trainer.checkpoint())
    walk = _json(capsys, str(path), "--batch")
    trainer.step_batch()
    for layer, arrays in walk["parameters"].items():
        for name, values in arrays.items():
            got = np.array(values, np.float32)
            assert got.tobytes() == np.ascontiguousarray(trainer.parameters[layer, name]).tobytes()


def test_reads_are_as_the_operation_found_them(capsys):
    step = _json(capsys, _CLASSIC)["operations"][-2]
    theta, slope = (
        np.array(next(a["values"] for a in step["reads"] if a["name"] == name))
        for name in ("theta", "gradient")
    )
    after = np.array(next(a["values"] for a in step["writes"] if a["name"] == "theta"))
    np.testing.assert_allclose(after, theta - 0.5 * slope, rtol=1e-15)
    assert not np.array_equal(theta, after)


def test_one_row_and_inference(capsys):
    state, _ = load_project(resource_path("samples", "iris.gradloom"))
    path = str(resource_path("samples", "iris.gradloom"))
    walk = _json(capsys, path, "--row", "3", "--inference")
    assert walk["rows"] == [3]
    assert walk["inference"] is True
    assert {o["phase"] for o in walk["operations"]} == {"forward"}
    entering = np.array(walk["operations"][0]["reads"][0]["values"])
    np.testing.assert_allclose(entering[0], state.prepared.features[2], rtol=1e-6)
    assert main(["trace", path, "--row", "3", "--inference"]) == 0
    assert "Dropout off" in capsys.readouterr().out


@pytest.mark.parametrize("row", ["0", "151", "-1"])
def test_rows_that_are_not_there_are_refused_in_words(capsys, row):
    path = str(resource_path("samples", "iris.gradloom"))
    assert main(["trace", path, "--row", row]) == 2
    assert "rows 1 to 150" in capsys.readouterr().err


def test_the_help_says_what_the_json_holds(capsys):
    with pytest.raises(SystemExit) as end:
        main(["trace", "--help"])
    assert end.value.code == 0
    text = capsys.readouterr().out
    for word in ("gradloom-trace", "reads, writes", "learning_rate", "--inference"):
        assert word in text

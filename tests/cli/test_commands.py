"""The command line inside this process."""

from __future__ import annotations

import csv
import io
import json
import signal

import numpy as np
import pytest

from gradloom.__main__ import main
from gradloom.api import load_project, load_weights
from gradloom.core.resources import resource_path
from gradloom.data import SOURCES, Dataset, DataSpec
from gradloom.document import State
from gradloom.document.files import SUFFIX, save_project
from gradloom.document.samples import SAMPLES, chain, first_project, samples
from gradloom.engine.optimisers import OPTIMISERS
from gradloom.engine.plan import Plan
from gradloom.graph import edits
from gradloom.layers import LAYERS, LOSSES
from gradloom.layers.signature import Target
from single_class import single_class


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a project of every sort; the current one."""
    monkeypatch.chdir(tmp_path)
    save_project(tmp_path / "iris.gradloom", samples()["iris"])
    save_project(tmp_path / "circles.gradloom", first_project())
    save_project(tmp_path / "sine.gradloom", samples()["sine"])
    broken = first_project()
    broken = broken.with_graph(edits.remove(broken.graph, ["dense_2"]))
    save_project(tmp_path / "broken.gradloom", broken)
    wild = samples()["sine"]
    wild = State(
        wild.graph, wild.places, wild.data, Plan(optimiser=OPTIMISERS.make("sgd", rate=1e6))
    )
    save_project(tmp_path / "wild.gradloom", wild)
    return tmp_path


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_train_export_predict(folder, capsys) -> None:
    assert main(["train", "iris.gradloom", "--export", "w.json", "--save", "2.gradloom"]) == 0
    said = capsys.readouterr()
    assert "Accuracy (training)" in said.out
    assert said.err == ""
    dataset = samples()["iris"].prepared.dataset
    lines = [",".join(dataset.feature_names)]
    lines += [",".join(map(str, row)) for row in dataset.features.tolist()]
    (folder / "t.csv").write_text("\n".join(lines))
    assert main(["predict", "w.json", "t.csv"]) == 0
    printed = capsys.readouterr().out
    assert main(["predict", "w.json", "t.csv", "-o", "out.csv"]) == 0
    assert capsys.readouterr().out == ""
    assert (folder / "out.csv").read_text("utf-8") == printed
    rows = _rows(printed)
    assert len(rows) == 150
    target = dataset.target_columns[0]
    truth = [target.classes[int(i)] for i in dataset.targets[:, 0]]
    assert np.mean([r[target.name] == t for r, t in zip(rows, truth, strict=True)]) > 0.95
    shares = [[float(row[f"P({name})"]) for name in target.classes] for row in rows]
    assert np.allclose(np.sum(shares, axis=1), 1, atol=1e-5)
    assert np.allclose(shares, load_weights("w.json").predict(dataset.features))
    again = load_project("2.gradloom")
    assert len(again.history) == samples()["iris"].plan.epochs


def test_columns_are_found_by_name_in_any_order(folder, capsys) -> None:
    main(["train", "circles.gradloom", "--epochs", "5", "--export", "w.json"])
    (folder / "a.csv").write_text("x1,x2\n1,2\n3,4\n")
    (folder / "b.csv").write_text("name;x2;x1\nfirst;2;1\nsecond;4;3\n")
    capsys.readouterr()
    main(["predict", "w.json", "a.csv"])
    one = capsys.readouterr().out
    main(["predict", "w.json", "b.csv"])
    assert capsys.readouterr().out == one


def test_a_real_target_is_one_column(folder, capsys) -> None:
    main(["train", "sine.gradloom", "--epochs", "3", "--export", "w.json"])
    assert "R² (training)" in capsys.readouterr().out
    (folder / "t.csv").write_text("x1\n0.5\n-0.5\n")
    assert main(["predict", "w.json", "t.csv"]) == 0
    rows = _rows(capsys.readouterr().out)
    assert [list(row) for row in rows] == [["y"], ["y"]]
    expected = load_weights("w.json").predict([[0.5], [-0.5]])[:, 0].tolist()
    assert [float(row["y"]) for row in rows] == expected


def test_mean_and_variance_are_two_columns(folder, capsys) -> None:
    graph = chain([LAYERS.make("dense", units=2)])
    output = LAYERS.make("output", loss=LOSSES.make("gaussian_nll"))
    state = State(
        edits.set_kind(graph, "output_1", output), data=DataSpec(source=SOURCES.make("sine"))
    )
    save_project(folder / "nll.gradloom", state)
    main(["train", "nll.gradloom", "--epochs", "2", "--export", "w.json"])
    capsys.readouterr()
    (folder / "t.csv").write_text("x1\n0.5\n")
    main(["predict", "w.json", "t.csv"])
    assert list(_rows(capsys.readouterr().out)[0]) == ["y", "log variance of y"]


def test_train_as_json(folder, capsys) -> None:
    assert main(["train", "circles.gradloom", "--epochs", "20", "--seed", "3", "--json"]) == 0
    first = json.loads(capsys.readouterr().out)
    assert first["epoch"] == 20
    assert first["steps"] == 20 * 15
    assert 0 < first["loss"] < 2
    assert 0 <= first["validation_accuracy"] <= 1
    main(["train", "circles.gradloom", "--epochs", "20", "--seed", "3", "--json"])
    second = json.loads(capsys.readouterr().out)
    assert {**first, "seconds": 0} == {**second, "seconds": 0}


def test_r_squared_is_not_called_accuracy(folder, capsys) -> None:
    save_project(folder / "d.gradloom", SAMPLES["diabetes"].state)
    assert main(["train", "d.gradloom", "--epochs", "2", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["validation_r2"] < 1
    assert "accuracy" not in told


def test_of_several_outputs_the_first_names_the_metric(folder, capsys) -> None:
    rng = np.random.default_rng(0)
    content = Dataset(
        "Fruit",
        rng.normal(size=(30, 2)),
        ("a", "b"),
        np.stack([rng.normal(size=30), np.arange(30) % 2], axis=1),
        (Target("size"), Target("kind", ("apple", "pear"))),
    )
    graph = chain([LAYERS.make("dense", units=1)])
    graph = edits.set_kind(graph, "output_1", LAYERS.make("output", columns=("size",)))
    graph = edits.add(graph, LAYERS.make("output", columns=("kind",), loss=LOSSES.make("mse")))
    graph = edits.connect(graph, "dense_1", "output_2")
    source = SOURCES.make("table", content=content)
    save_project(folder / "two.gradloom", State(graph, data=DataSpec(source=source)))
    assert main(["train", "two.gradloom", "--epochs", "2"]) == 0
    assert "R² (training)" in capsys.readouterr().out


def test_a_single_class_is_predicted_or_not(folder, capsys) -> None:
    save_project(folder / "cats.gradloom", single_class())
    main(["train", "cats.gradloom", "--epochs", "1", "--export", "w.json"])
    capsys.readouterr()
    (folder / "t.csv").write_text("a,b\n0.5,1\n")
    assert main(["predict", "w.json", "t.csv"]) == 0
    (row,) = _rows(capsys.readouterr().out)
    assert list(row) == ["animal", "P(cat)", "P(not cat)"]
    assert float(row["P(cat)"]) + float(row["P(not cat)"]) == pytest.approx(1)


def test_rows_with_gaps_have_no_answer_and_are_counted(folder, capsys) -> None:
    main(["train", "circles.gradloom", "--epochs", "2", "--export", "w.json"])
    capsys.readouterr()
    (folder / "t.csv").write_text("x1,x2\n1,2\n,3\nNA,4\n-1,0\n")
    assert main(["predict", "w.json", "t.csv"]) == 0
    out, err = capsys.readouterr()
    rows = _rows(out)
    assert [bool(row["P(A)"]) for row in rows] == [True, False, False, True]
    assert rows[1]["class"] == ""
    assert "2 rows have gaps and no answer (the first on line 3)" in err
    (folder / "t.csv").write_text("x1,x2\n1,2\n,3\n-1,0\n")
    main(["predict", "w.json", "t.csv"])
    assert "1 row has a gap and no answer (on line 3)" in capsys.readouterr().err
    (folder / "t.csv").write_text("x1,x2\n,3\n,4\n")
    assert main(["predict", "w.json", "t.csv"]) == 2
    assert "every row has a gap" in capsys.readouterr().err


def test_train_goes_on_with_a_saved_run(folder, capsys) -> None:
    for _ in range(2):
        main(["train", "circles.gradloom", "--epochs", "7", "--save", "circles.gradloom"])
    assert len(load_project("circles.gradloom").history) == 14
    main(["train", "circles.gradloom", "--epochs", "7", "--seed", "0", "--save", "c.gradloom"])
    assert len(load_project("c.gradloom").history) == 7


def test_a_bar_on_a_terminal_only(folder, capsys, monkeypatch) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    assert main(["train", "circles.gradloom", "--epochs", "300"]) == 0
    bar = capsys.readouterr().err
    assert "epoch 300" in bar
    assert "█" in bar
    assert bar.endswith("\r\x1b[K")


def test_check_says_shapes_and_counts(folder, capsys) -> None:
    assert main(["check", "iris.gradloom"]) == 0
    said = capsys.readouterr().out
    assert "150 rows (90 training, 30 validation, 30 test)" in said
    assert "4 → 8" in said
    assert "67 parameters, not trained yet" in said
    assert said.endswith("Ready to train.\n")


def test_check_says_problems_and_gives_1(folder, capsys) -> None:
    assert main(["check", "broken.gradloom"]) == 1
    said = capsys.readouterr().out
    assert "error: Dense 3: nothing arrives here; connect a layer to its input." in said
    assert said.endswith("Training can't start until the errors are mended.\n")


@pytest.mark.parametrize(
    ("line", "code", "sentence"),
    [
        (["train", "broken.gradloom"], 1, "The network can't be trained: Dense 3: nothing arrives"),
        (["train", "wild.gradloom", "--epochs", "50"], 1, "learning rate"),
        (["train", "nowhere.gradloom"], 2, "nowhere.gradloom can't be read: no such file"),
        (["check", "."], 2, "is a folder, not a file"),
        (["check", "junk.gradloom"], 2, "junk.gradloom: line 1, column 2: is not JSON"),
        (["predict", "circles.gradloom", "t.csv"], 2, "format: must be 'gradloom-weights'"),
        (
            ["train", "circles.gradloom", "--epochs", "1", "--export", "no/w.json"],
            2,
            "no such file",
        ),
        (["nowhere.gradloom"], 2, "There is no file or command 'nowhere.gradloom'"),
        (["circles.gradloom"], 2, "There is no display"),
        ([], 2, "There is no display"),
    ],
)
def test_what_goes_wrong_is_one_sentence(
    folder, capsys, monkeypatch, line, code: int, sentence: str
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    (folder / "junk.gradloom").write_text("{junk}")
    assert main(line) == code
    said = capsys.readouterr().err
    assert said.startswith("gradloom: ")
    assert sentence in said
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ("x1\n1\n", "t.csv has no column 'x2'"),
        ("x1,x2\n1,two\n", "'two' is not a number"),
        ("x1,x2\n1,2,3\n", "line 2"),
        ("", "empty"),
    ],
)
def test_a_bad_table_is_one_sentence(folder, capsys, table: str, sentence: str) -> None:
    main(["train", "circles.gradloom", "--epochs", "1", "--export", "w.json"])
    capsys.readouterr()
    (folder / "t.csv").write_text(table)
    assert main(["predict", "w.json", "t.csv"]) == 2
    said = capsys.readouterr()
    assert sentence in said.err
    assert said.out == ""


@pytest.mark.parametrize(
    "line",
    [
        ["train"],
        ["train", "circles.gradloom", "--epochs", "0"],
        ["train", "circles.gradloom", "--epochs", "many"],
        ["train", "circles.gradloom", "--seed", "-1"],
        ["train", "circles.gradloom", "--seed", "9" * 5000],
        ["picture", "circles.gradloom", "x.png", "--size", "big"],
        ["picture", "circles.gradloom", "x.png", "--theme", "pink"],
        ["check", "circles.gradloom", "more"],
        ["--nonsense"],
    ],
)
def test_wrong_use_is_2(folder, capsys, line) -> None:
    with pytest.raises(SystemExit) as caught:
        main(line)
    assert caught.value.code == 2
    assert "usage: gradloom" in capsys.readouterr().err


def test_help_and_version(capsys) -> None:
    for line, words in ((["--help"], "exit codes:"), (["--version"], "Gradloom 0.")):
        with pytest.raises(SystemExit) as caught:
            main(line)
        assert caught.value.code == 0
        assert words in capsys.readouterr().out


@pytest.mark.parametrize("option", ["--save", "--export"])
@pytest.mark.parametrize("place", ["no/there", "."])
def test_a_place_that_can_not_be_written_is_said_before_training(
    folder, capsys, monkeypatch, option, place
) -> None:
    monkeypatch.setattr("gradloom.api.Project.train", lambda *_: pytest.fail("it trained"))
    assert main(["train", "circles.gradloom", option, place]) == 2
    assert "can't be written" in capsys.readouterr().err


@pytest.mark.parametrize(
    "line", [["check", ""], [""], ["trace", ""], ["train", "circles.gradloom", "--save", ""]]
)
def test_an_empty_name_is_no_file(folder, capsys, line) -> None:
    with pytest.raises(SystemExit) as caught:
        main(line)
    assert caught.value.code == 2
    assert "there is no such file" in capsys.readouterr().err


def test_one_is_said_as_one(folder, capsys) -> None:
    main(["train", "circles.gradloom", "--epochs", "1", "--save", "one.gradloom"])
    capsys.readouterr()
    assert main(["check", "one.gradloom"]) == 0
    assert "trained for 1 epoch\n" in capsys.readouterr().out


def test_ctrl_c_saves_the_run_where_it_was_asked_to(folder, monkeypatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    def interrupt(_bar, progress) -> None:
        if progress.epoch:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr("gradloom.cli.train._Bar.show", interrupt)
    monkeypatch.setattr("sys.stderr", said := Terminal())
    line = ["train", "circles.gradloom", "--epochs", "1000000", "--save", "s.gradloom"]
    assert main([*line, "--export", "w.json"]) == 130
    run = load_project(folder / "s.gradloom").run
    assert run is not None
    assert 0 < run.epoch < 1_000_000
    assert said.getvalue().startswith(f"gradloom: Interrupted after {run.epoch:,} epoch")
    assert "the run is saved in s.gradloom" in said.getvalue()
    assert not (folder / "w.json").exists()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_interrupt_is_130(folder, capsys, monkeypatch) -> None:
    def interrupt(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr("gradloom.api.Project.train", interrupt)
    assert main(["train", "circles.gradloom", "--export", "w.json"]) == 130
    assert "Interrupted" in capsys.readouterr().err
    assert not (folder / "w.json").exists()


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_trains_from_the_command_line(name, tmp_path, capsys) -> None:
    path = resource_path("samples", f"{name}{SUFFIX}")
    weights = tmp_path / "w.json"
    assert main(["train", str(path), "--epochs", "1", "--json", "--export", str(weights)]) == 0
    assert json.loads(capsys.readouterr().out)["epoch"] == 1
    model = load_weights(weights)
    dataset = SAMPLES[name].state.prepared.dataset
    lines = [model.inputs, *dataset.features[:2].tolist()]
    (tmp_path / "t.csv").write_text("\n".join(",".join(map(str, line)) for line in lines))
    assert main(["predict", str(weights), str(tmp_path / "t.csv")]) == 0
    assert len(_rows(capsys.readouterr().out)) == min(2, len(dataset))


def test_targets_learnt_scaled_are_predicted_in_their_own_units(tmp_path, capsys) -> None:
    path = resource_path("samples", f"diabetes{SUFFIX}")
    main(["train", str(path), "--export", str(tmp_path / "w.json")])
    capsys.readouterr()
    assert (
        main(["predict", str(tmp_path / "w.json"), str(resource_path("data", "diabetes.csv"))]) == 0
    )
    told = np.array([float(row["progression"]) for row in _rows(capsys.readouterr().out)])
    truth = SAMPLES["diabetes"].state.prepared.targets[:, 0]
    assert np.mean(np.abs(told - truth)) < 50

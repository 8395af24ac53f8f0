"""Tables from files in a project: imported, looked up, changed, gone, embedded."""

from __future__ import annotations

import dataclasses
import json
import os

import numpy as np
import pytest

from gradloom.api import load_project
from gradloom.core.errors import UserError
from gradloom.core.problem import Severity
from gradloom.data import SOURCES, Column, DataSpec, FileTable, prepare
from gradloom.data.files import load, moved, read_again
from gradloom.data.sniffing import sniff
from gradloom.data.store import TABLES
from gradloom.data.table_files import (
    import_file,
    import_text,
    preview_file,
    sniff_file,
)
from gradloom.document.files import save_project
from gradloom.document.samples import first_project
from gradloom.layers.signature import Target

TEXT = "a,colour,y\n1,red,0.5\n2,blue,1.5\n3,red,2.5\n4,,3.5\n,blue,4.5\n6,red,5.5\n"


@pytest.fixture(autouse=True)
def empty_store():
    TABLES.clear()
    yield
    TABLES.clear()


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "data" / "points.csv"
    path.parent.mkdir()
    path.write_text(TEXT)
    return path


def whole(source, **changes):
    spec = DataSpec(source=source, train=100, validation=0, test=0, **changes)
    return prepare(spec, 1)


def test_import_gives_a_source_that_prepares(path, tmp_path):
    made = import_file(path, folder=tmp_path)
    source = made.source
    assert source.path == "data/points.csv"
    assert made.notes == (
        "points.csv has missing values: a 1, colour 1; 2 of 6 rows are left out.",
    )
    filled = import_file(path, missing="fill").notes
    assert filled == ("points.csv has missing values: a 1, colour 1.",)
    assert source.columns == (
        Column("a"),
        Column("colour", "feature", "category", ("blue", "red")),
        Column("y", "target"),
    )
    assert source.problems() == []
    assert not source.waiting
    ready = whole(source)
    assert ready.problems == ()
    assert ready.signature.features == ("a", "colour=blue", "colour=red")
    assert ready.features.tolist() == [[1, 0, 1], [2, 1, 0], [3, 0, 1], [6, 0, 1]]
    assert ready.targets[:, 0].tolist() == [0.5, 1.5, 2.5, 5.5]
    assert SOURCES.decode(json.loads(json.dumps(source.encode()))) == source


def test_missing_values_are_filled_by_the_training_part_only(path):
    source = import_file(path, missing="fill").source
    assert whole(source).features[3:5].tolist() == [[4, 0, 1], [16 / 5, 1, 0]]
    ready = prepare(DataSpec(source=source, train=50, validation=0, test=50), 1)
    raw = np.array([1, 2, 3, 4, np.nan, 6])
    assert ready.dataset.features[4, 0] == np.nanmean(raw[ready.split.train])
    assert np.isfinite(ready.features).all()


def test_missing_values_may_be_refused(path):
    (problem,) = whole(import_file(path, missing="refuse").source).problems
    assert problem.stops_training
    assert "points.csv has missing values (a 1, colour 1)" in problem.text


def test_roles_change_without_reading(path):
    source = import_file(path).source
    path.unlink()
    a, colour, y = source.columns
    turned = source.replace(
        columns=(a, Column("colour", "target", "category", colour.categories), Column("y"))
    )
    ready = whole(turned)
    assert ready.signature.features == ("a", "y")
    assert ready.signature.targets == (Target("colour", ("blue", "red")),)
    left = source.replace(columns=(Column("a", "ignore"), colour, y))
    assert len(whole(left).features) == 5
    bad = source.replace(columns=(Column("a", "ignore"), Column("colour", "ignore"), y))
    assert "no feature" in bad.problems()[0][1]


def test_a_project_opened_again_asks_for_reading_and_then_has_its_rows(path, tmp_path):
    source = import_file(path, folder=tmp_path).source
    before = whole(source)
    TABLES.clear()
    again = FileTable.decode(json.loads(json.dumps(source.encode())))
    waiting = whole(again)
    (problem,) = waiting.problems
    assert problem.stops_training
    assert problem.text == "points.csv has not been read yet."
    assert waiting.signature == before.signature
    assert len(waiting.features) == 0
    told = []
    disconnect = TABLES.changed.connect(told.append)
    assert load(again, tmp_path) == ""
    disconnect()
    assert told == [again.key]
    assert np.array_equal(whole(again).features, before.features)


def test_data_that_goes_elsewhere_is_not_prepared_anew(path, tmp_path):
    spec = DataSpec(source=import_file(path, folder=tmp_path).source)
    source = import_file(path, folder=tmp_path, embed=True).source
    (tmp_path / "deep").mkdir()
    for other in (source, moved(source, tmp_path, tmp_path / "deep")):
        assert other != spec.source
        assert prepare(spec.replace(source=other), 1) is prepare(spec, 1)


def test_changed_and_gone_are_problems(path, tmp_path):
    source = import_file(path, folder=tmp_path).source
    TABLES.clear()
    path.write_text(TEXT + "7,red,8\n")
    assert load(source, tmp_path).startswith("points.csv has changed since it was read")
    (problem,) = whole(source).problems
    assert problem.stops_training
    assert problem.text.startswith("points.csv has changed")
    newer = read_again(source, tmp_path).source
    assert newer.digest != source.digest
    assert len(whole(newer).features) == 5
    path.unlink()
    TABLES.clear()
    assert "no such file" in load(newer, tmp_path)
    assert "points.csv can't be read: no such file" in whole(newer).problems[0].text


def test_roles_are_kept_when_read_again(path, tmp_path):
    source = import_file(path, folder=tmp_path).source
    _, colour, y = source.columns
    source = source.replace(columns=(Column("a", "ignore"), colour, y))
    path.write_text(TEXT + "7,green,8\n")
    newer = read_again(source, tmp_path).source
    assert newer.columns[0].role == "ignore"
    assert newer.columns[1].categories == ("blue", "green", "red")


def test_the_copy_in_the_project_is_used_and_said(path, tmp_path):
    source = import_file(path, folder=tmp_path, embed=True).source
    again = FileTable.decode(json.loads(json.dumps(source.encode())))
    TABLES.clear()
    path.unlink()
    assert "no such file" in load(again, tmp_path)
    (problem,) = whole(again).problems
    assert problem.severity is Severity.WARNING
    assert problem.text.endswith("The copy in the project is used.")
    assert len(whole(again).features) == 4
    TABLES.clear()
    broken = again.replace(embedded=again.embedded[:-3])
    load(broken, tmp_path)
    assert whole(broken).problems[0].stops_training


def test_a_project_on_a_file_trains_without_a_window(path, tmp_path):
    state = first_project()
    text = "a,b,class\n" + "".join(f"{i % 7},{i % 5},{'AB'[i % 2]}\n" for i in range(60))
    path.write_text(text)
    source = import_file(path, folder=tmp_path).source
    state = dataclasses.replace(state, data=state.data.replace(source=source))
    save_project(tmp_path / "p.gradloom", state)
    TABLES.clear()
    history = load_project(tmp_path / "p.gradloom").train(epochs=2)
    assert len(history) > 0


def test_pasted_text_lives_in_the_project():
    source = import_text("x\ty\n1\t2\n3\t4\n").source
    TABLES.clear()
    assert load(source) == ""
    assert whole(source).features.tolist() == [[1], [3]]


def test_preview_of_a_file(path):
    shown = preview_file(path, sniff_file(path))
    assert shown.rows[0] == ("1", "red", "0.5")
    assert shown.lines[:2] == (2, 3)
    assert [column.type for column in shown.columns] == ["number", "category", "number"]


@pytest.mark.parametrize("what", ["folder", "gone", "pipe", "zeros"])
def test_what_is_no_file_is_refused_at_once(what, tmp_path):
    path = tmp_path / "thing.csv"
    if what == "folder":
        path.mkdir()
    elif what == "pipe":
        os.mkfifo(path)
    elif what == "zeros":
        path.write_bytes(bytes(1000))
    for ask in (sniff_file, import_file):
        with pytest.raises(UserError) as caught:
            ask(path)
        assert str(caught.value).startswith("thing.csv ")
        assert str(caught.value).endswith(".")


def test_no_permission(path, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", refuse)
    with pytest.raises(UserError, match=r"points\.csv can't be read: permission denied\."):
        import_file(path)


def test_excel(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (("a", "kind", "y"), (1.5, "red", 2), (None, "blue", 0.1), (3, "red", 7)):
        book.active.append(row)
    path = tmp_path / "t.xlsx"
    book.save(path)
    source = import_file(path, missing="fill").source
    assert whole(source).features[1].tolist() == [2.25, 1, 0]
    assert preview_file(path, sniff_file(path)).rows[0] == ("1.5", "red", "2")
    book.create_sheet("Notes", 0).append(["Measured in May."])
    book.save(path)
    preview = preview_file(path, sniff_file(path))
    assert preview.problems[0].endswith("no rows below it; its sheets are Notes, Sheet.")
    assert preview.sheets == ("Notes", "Sheet")
    found = import_file(path, sniff_file(path).replace(sheet="Sheet")).source
    assert whole(found).features.tolist() == [[1.5, 0, 1], [3, 0, 1]]


def test_parquet(tmp_path):
    pyarrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "t.parquet"
    columns = {"a": [1.5, None, 3.0], "kind": ["red", "blue", "red"], "y": [2, 0, 7]}
    parquet.write_table(pyarrow.table(columns), path)
    assert whole(import_file(path, missing="fill").source).features[1].tolist() == [2.25, 1, 0]
    odd = {
        "real": [1 / 3, float("nan"), float("inf"), -0.0],
        "half": pyarrow.array([1, None, -3, 4], pyarrow.int16()),
        "flag": [True, False, None, True],
        "text": ["1.5", "NA", "-2", "1e3"],
        "year": [2021, 2022, 2021, None],
        "y": [1, 2, 3, 4],
    }
    parquet.write_table(pyarrow.table(odd), path)
    names = [
        dataclasses.replace(c, type="category") if c.name == "year" else c
        for c in preview_file(path, sniff_file(path)).columns
    ]
    table = TABLES.get(import_file(path, columns=names).source.key)
    by_name = dict(zip(table.columns, (a.tolist() for a in table.arrays), strict=True))
    assert by_name["real"] == pytest.approx([1 / 3, np.nan, np.nan, 0], nan_ok=True, rel=0, abs=0)
    assert by_name["half"] == pytest.approx([1, np.nan, -3, 4], nan_ok=True)
    assert by_name["flag"] == pytest.approx([1, 0, np.nan, 1], nan_ok=True)
    assert by_name["text"] == pytest.approx([1.5, np.nan, -2, 1000], nan_ok=True)
    assert by_name["year"] == [0, 1, 0, -1]
    assert table.missing == (2, 1, 1, 1, 1, 0)


@pytest.mark.parametrize(("name", "what"), [("t.xlsx", "openpyxl"), ("t.parquet", "pyarrow")])
def test_without_the_extra_a_sentence_names_it(tmp_path, monkeypatch, name, what):
    monkeypatch.setitem(__import__("sys").modules, what, None)
    monkeypatch.setitem(__import__("sys").modules, f"{what}.parquet", None)
    path = tmp_path / name
    path.write_bytes(b"PK\x03\x04")
    with pytest.raises(UserError, match="needs the extra `tables`"):
        import_file(path)


def test_the_store_keeps_a_bounded_number_and_the_newest():
    table = import_text("x,y\n1,2\n").source
    for i in range(10):
        TABLES.put(f"other {i}", TABLES.get(table.key))
    assert not table.waiting
    assert TABLES.get("other 0") is None
    assert sniff(b"x,y\n1,2\n").problems() == []

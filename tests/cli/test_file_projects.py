"""Projects on a table of one's own, from the command line: the file is read first."""

from __future__ import annotations

import dataclasses

import pytest

from gradloom.cli.parser import arguments_of
from gradloom.data import TABLES
from gradloom.data.files import moved
from gradloom.data.table_files import import_file
from gradloom.document.files import save_project
from gradloom.document.samples import first_project


@pytest.fixture
def project(tmp_path):
    table = tmp_path / "points.csv"
    table.write_text("x1,x2,label\n" + "1,2,A\n3,4,B\n5,7,A\n8,9,B\n" * 5, encoding="utf-8")
    source = import_file(table, folder=tmp_path).source
    state = first_project()
    state = dataclasses.replace(state, data=state.data.replace(source=source))
    path = tmp_path / "p.gradloom"
    save_project(path, state)
    TABLES.clear()
    yield path
    TABLES.clear()


def run(command, *line):
    module = __import__(f"gradloom.cli.{command}", fromlist=["run"])
    return module.run(arguments_of([command, *map(str, line)]))


def test_check_reads_the_file(project, capsys):
    assert run("check", project) == 0
    assert "points: 20 rows (" in capsys.readouterr().out


def test_check_says_that_the_file_is_gone(project, capsys):
    (project.parent / "points.csv").unlink()
    assert run("check", project) == 1
    assert "error: points.csv can't be read" in capsys.readouterr().out


def test_trace_reads_the_file(project, capsys):
    assert run("trace", project) == 0
    assert "One training step" in capsys.readouterr().out


def test_a_project_that_moves_still_names_its_file(project, tmp_path):
    source = import_file(tmp_path / "points.csv").source
    assert source.path == str(tmp_path / "points.csv")
    home = moved(source, None, tmp_path)
    assert home.path == "points.csv"
    assert moved(home, tmp_path, tmp_path / "sub").path == "../points.csv"
    assert moved(home, tmp_path, tmp_path) is home

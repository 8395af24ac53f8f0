"""Ugly files are read, or refused in a sentence that names file, line and column."""

from __future__ import annotations

import numpy as np
import pytest

from gradloom.core.errors import UserError
from gradloom.data import numbers, read_csv, read_table
from gradloom.layers.signature import Target


@pytest.fixture
def file(tmp_path):
    def write(content):
        path = tmp_path / "points.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.mark.parametrize(
    "content",
    [
        "a,b,y\n1,2.5,3\n-4,5e-1,6\n",
        "a;b;y\n1;2.5;3\n-4;.5;6\n",
        "a;b;y\n1;2,5;3\n-4;0,5;6\n",
        "a\tb\ty\n1\t2.5\t3\n-4\t0.5\t6",
        "a|b|y\r\n1|2.5|3\r\n-4|0.5|6\r\n",
        "a,b,y\r1,2.5,3\r-4,0.5,6\r",
        "\n a , b ,y\n\n 1, 2.5 ,3\n,,\n-4,+0.5,6\n\n",
        'a,"b",y\n"1",2.5,3\n-4,"0.5",6\n',
        'a,b,y\n1,"2,5",3\n-4,"0,5",6\n',
        "\ufeffa,b,y\n1,2.5,3\n-4,0.5,6\n",
        "a,b,y\n1,2.5,3\n-4,0.5,6\n".encode("utf-16"),
    ],
)
def test_the_same_numbers_in_many_dresses(file, content):
    made = read_csv(file(content))
    assert made.name == "points"
    assert made.feature_names == ("a", "b")
    assert made.features.tolist() == [[1, 2.5], [-4, 0.5]]
    assert made.targets.tolist() == [[3], [6]]
    assert made.target_columns == (Target("y"),)


def test_text_targets_are_classes(file):
    made = read_csv(file("x,kind\n1,rose\n2,aster\n3,rose\n"))
    assert made.target_columns == (Target("kind", ("aster", "rose")),)
    assert made.targets.tolist() == [[1], [0], [1]]


def test_another_column_may_be_the_target(file):
    made = read_csv(file("kind,x\nrose,1\naster,2\n"), target="kind")
    assert made.feature_names == ("x",)
    assert made.target_columns[0].classes == ("aster", "rose")


def test_latin_1(file):
    table = read_table(file("größe,y\n1,2\n".encode("latin-1")))
    assert table.columns == ("größe", "y")


def test_without_a_header(file):
    table = read_table(file("1;2,5\n3;4,5\n"))
    assert table.columns == ("x1", "x2")
    assert numbers(table, ("x2", "x1")).tolist() == [[2.5, 1], [4.5, 3]]


def test_one_column_and_unnamed_column(file):
    assert numbers(read_table(file("x\n1\n2\n")), ("x",)).tolist() == [[1], [2]]
    assert read_table(file(",x\n0,5\n1,6\n")).columns == ("column 1", "x")


def test_cells_may_hold_line_breaks(file):
    table = read_table(file('note,x\n"two\nlines",1\nb,oops\n'))
    assert table.rows[0] == ("two\nlines", "1")
    assert table.lines == (2, 4)
    with pytest.raises(UserError, match="line 4, column 'x': 'oops' is not a number"):
        numbers(table, ("x",))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "points.csv is empty"),
        ("\n\n  \n", "points.csv is empty"),
        ("a,b\n", "has a header but no rows"),
        ("a,b\n1,2\n3\n", "points.csv, line 3 has 1 cell where 2 are needed (a, b)"),
        (b"PK\x03\x04\x00\x00", "points.csv is an archive or an Excel file, not a text file"),
        (b"\xff\xfea\x00,", "points.csv is not the UTF-16 text"),
        (b"\xef\xbb\xbfa,b\n\xff,2\n", "points.csv is not the UTF-8 text"),
        ("é,b\nü,1\nöü,2\nö".encode()[:-1], "line 4 is not text in UTF-8"),
        ("a,b\n" + "x" * 200_000 + ",1\n", "points.csv, line 2: can't be read as a table"),
        ("a\n1\n", "has one column only"),
        ("a,b\n1,2\n,3\n", "points.csv, line 3, column 'a' is empty"),
        ("a,b\n1,2\nabc,3\n", "points.csv, line 3, column 'a': 'abc' is not a number"),
        ("a,b\n1,2\nnan,3\n", "'nan' is not a number"),
        ("a,b\n1_000,2\n", "'1_000' is not a number"),
        ("a,b\n١,2\n", "is not a number"),
        ("a,b\n1e999,2\n", "'1e999' is too large"),
        ("a;b\n1,5;2\n1.5;2\n", "line 3, column 'a': '1.5' has a point where others"),
        ("a,y\n1,2\n2,3\n3,?\n", "points.csv, line 4, column 'y': '?' is not a number"),
        ("a,y\n1,red\n2,\n3,red\n4,red\n", "line 3, column 'y' is empty"),
    ],
)
def test_refusals(file, content, sentence):
    with pytest.raises(UserError) as caught:
        read_csv(file(content))
    assert sentence in str(caught.value)
    assert str(caught.value).endswith(".")


def test_missing_files_and_columns(file, tmp_path):
    with pytest.raises(UserError, match=r"none\.csv can't be read: no such file"):
        read_table(tmp_path / "none.csv")
    with pytest.raises(UserError, match="is a folder"):
        read_table(tmp_path)
    table = read_table(file("a,b\n1,2\n"))
    with pytest.raises(UserError, match="has no column 'x2'; its columns are a, b"):
        numbers(table, ("a", "x2"))
    with pytest.raises(UserError, match="has no column 'z'"):
        read_csv(file("a,b\n1,2\n"), target="z")


def test_numbers_are_read_exactly(file):
    values = np.random.default_rng(3).normal(size=(200, 3)) * 10.0 ** np.arange(-150, 150, 100)
    text = "a,b,c\n" + "\n".join(",".join(repr(float(v)) for v in row) for row in values)
    assert np.array_equal(numbers(read_table(file(text)), ("a", "b", "c")), values)


def test_a_word_that_was_not_learnt_is_refused(file):
    names = ("x", "colour=blue", "colour=red")
    table = read_table(file("x,colour\n1,red\n2,blue\n"))
    assert numbers(table, names).tolist() == [[1, 0, 1], [2, 1, 0]]
    table = read_table(file("x,colour\n1,red\n2,Blue\n"))
    with pytest.raises(UserError, match="line 3, column 'colour': 'Blue' is none of blue, red"):
        numbers(table, names)
    table = read_table(file("x,colour\n1,red\n2,\n"))
    with pytest.raises(UserError, match="line 3, column 'colour' is empty; one of blue, red"):
        numbers(table, names)

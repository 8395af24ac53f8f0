"""The format of a text table is found by evidence; what is not clear is asked, never guessed."""

from __future__ import annotations

import io
import math
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradloom.core.errors import UserError
from gradloom.data.format import TableFormat
from gradloom.data.loading import load_text, preview
from gradloom.data.sniffing import sniff
from gradloom.data.waiting import Cancelled, Waiting


def loaded(data, **changes):
    raw = data.encode() if isinstance(data, str) else data
    form = sniff(raw, "t.csv").replace(**changes)
    table, _, _ = load_text(io.BytesIO(raw), len(raw), form, "t.csv")
    return table


@pytest.mark.parametrize(
    ("text", "delimiter", "decimal", "thousands", "header"),
    [
        ("a,b\n1,2\n", "comma", "point", "none", True),
        ("x\n0,2\n0,5\n1,3\n", "none", "comma", "none", True),
        ("a,b\n0,2\n0,5\n", "comma", "point", "none", True),
        ("0,2\n0,05\n", "none", "comma", "none", False),
        ("0,2\n3\n", "none", "comma", "none", False),
        ("0,2\n0,5\n1,3\n", None, "comma", "none", False),
        ("x;y\n0,2;1,5\n3;4\n", "semicolon", "comma", "none", True),
        ("0,2 1,5 3\n4,5 1 2\n", "space", "comma", "none", False),
        ("a\tb\n1,234\t5\n", "tab", None, "none", True),
        ("a\tb\n1,234\t2.5\n", "tab", "point", "comma", True),
        ("a;b\n1.234;5\n", "semicolon", None, "none", True),
        ("a;b\n1.234,5;2\n", "semicolon", "comma", "point", True),
        ("a;b\n1.234.567;2\n", "semicolon", "comma", "point", True),
        ("a;b\n1 234;2\n5 678,5;7\n", "semicolon", "comma", "space", True),
        ("a;b\n1'234.5;2\n", "semicolon", "point", "apostrophe", True),
        ('a,b\n"1,234.5",2\n', "comma", "point", "comma", True),
        ("a|b\n0.125|2\n", "bar", "point", "none", True),
        ("5.1,3.5,setosa\n4.9,3.0,setosa\n", "comma", "point", "none", False),
        ("name,kind\nbob,x\neve,y\n", "comma", "point", "none", True),
        ("x\n1\n2\n", "none", "point", "none", True),
    ],
)
def test_found(text, delimiter, decimal, thousands, header):
    form = sniff(text.encode())
    assert (form.delimiter, form.decimal) == (delimiter, decimal)
    assert (form.thousands, form.header) == (thousands, header)
    assert bool(form.problems()) is (delimiter is None or decimal is None)


def test_a_question_is_a_problem_of_the_preview_and_stops_reading():
    raw = b"0,2\n0,5\n1,3\n"
    form = sniff(raw)
    shown = preview(raw, form)
    assert shown.problems == (
        "Delimiter is not clear: 0,2 may be two cells or one number; choose Comma or None.",
    )
    with pytest.raises(UserError, match="Delimiter is not clear"):
        load_text(io.BytesIO(raw), len(raw), form, "t.csv")
    assert loaded(raw, delimiter="none").arrays[0].tolist() == [0.2, 0.5, 1.3]
    two = loaded(raw, delimiter="comma")
    assert [a.tolist() for a in two.arrays] == [[0, 0, 1], [2, 5, 3]]
    raw = b"a\tb\n1,234\t5\n"
    assert loaded(raw, decimal="comma").arrays[0].tolist() == [1.234]
    assert loaded(raw, decimal="point", thousands="comma").arrays[0].tolist() == [1234]


@pytest.mark.parametrize(
    ("text", "encoding", "found"),
    [
        ("größe,y\n1,2\n", "utf-8", "utf-8"),
        ("größe,y\n1,2\n", "utf-8-sig", "utf-8"),
        ("größe,y\n1,2\n", "utf-16", "utf-16-le"),
        ("größe,y\n1,2\n", "utf-16-le", "utf-16-le"),
        ("größe,y\n1,2\n", "utf-16-be", "utf-16-be"),
        ("größe,y\n1,2\n", "latin-1", "cp1252"),
        ("Ärger °C,Übel\n1,2\n", "latin-1", "cp1252"),
        ("이름,값\n가나,1\n다라,2\n", "cp949", "cp949"),
        ("이름,값\n가나,1\n다라,2\n", "euc-kr", "cp949"),
        ("이름,값\n가나,1\n다라,2\n", "utf-16-le", "utf-16-le"),
    ],
)
def test_encodings(text, encoding, found):
    raw = text.encode(encoding)
    form = sniff(raw)
    assert form.encoding == found
    names = [column.name for column in preview(raw, form).columns]
    assert names == text.splitlines()[0].split(",")
    assert loaded(raw).columns == tuple(names)


def test_text_broken_late_is_never_read_as_other_letters():
    raw = "이름,a\n".encode() + "홍,1\n".encode() * 60_000 + b"\xff\xfe,2\n" + "길,1\n".encode()
    sentence = "t.csv, line 60002 is not text in UTF-8; mend the file, or choose another encoding."
    form = sniff(raw, "t.csv")
    assert preview(raw, form, name="t.csv").problems == (sentence,)
    with pytest.raises(UserError) as caught:
        loaded(raw)
    assert str(caught.value) == sentence
    assert loaded(raw, encoding="latin-1").rows == 60_002
    start = raw[: raw.index(b"\n", 1000) - 3]  # ends inside a letter
    assert preview(start, form, whole=False).problems == ()


def test_a_table_without_rows_is_told_in_the_preview():
    assert preview(b"a,b\n", TableFormat(), name="t.csv").problems == (
        "t.csv has a header but no rows below it.",
    )


def test_comments_titles_quotes_and_blank_lines():
    table = loaded("# made by hand\na b\n1 2\n# note\n\n3  4\n")
    assert [a.tolist() for a in table.arrays] == [[1, 3], [2, 4]]
    table = loaded("A title\n\na,b\n1,2\n3,4\n")
    assert table.columns == ("a", "b")
    table = loaded("'a','b'\n'1','2'\n'3','4'\n")
    assert [a.tolist() for a in table.arrays] == [[1, 3], [2, 4]]
    table = loaded('a,b\n"two\nlines",1\n"x ""y""",2\n')
    assert table.words[0] == ("two\nlines", 'x "y"')


def test_missing_values_and_words():
    table = loaded("a,b,c\n1,NA,red\n,2,blue\n?,n/a,-\n4,NaN,red\n", missing="? - na n/a nan")
    assert table.missing == (2, 3, 1)
    assert table.words == ((), (), ("blue", "red"))
    assert table.arrays[2].tolist() == [1, 0, -1, 1]
    assert math.isnan(table.arrays[1][0])
    assert not table.arrays[0].flags.writeable


def test_a_column_of_too_many_words_is_left_out():
    text = "id,x\n" + "".join(f"name{i},{i}\n" for i in range(150))
    assert loaded(text).words[0] is None


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "t.csv is empty"),
        (b"a,b\n1,2\n3\n", "t.csv, line 3 has 1 cell where 2 are needed (a, b)"),
        (b"a,b\n1,2\nq,3\n5,6\n", "t.csv, line 3, column 'a': 'q' is not a number"),
        (b"a;b\n1,5;2\n2,5;3\n1.5;2\n", "'1.5' has a point where others have decimal commas"),
        (b"a,b\n1,2\n1e999,3\n", "'1e999' is too large for a number"),
        (b"a,b\n1,2\n2,2\n1_0,3\n", "'1_0' is not a number"),
        (b"a,b\n1,2\n2,2\ninf,3\n", "'inf' is not a number"),
        (b'a,b\n"1,2\n3,4\n', "t.csv, line 2: can't be read as a table, as a quote is never"),
        (b'a,b\n"1"x,2\n', "something follows a closing quote"),
        (b'a,b\n"' + b"x" * 300_000, "a quote is never closed"),
        (b"<!DOCTYPE html><p>a,b</p>", "t.csv is a web page, not a table"),
        (b'{"a": [1, 2]}', "t.csv looks like JSON"),
        (b'<?xml version="1.0"?>\n<a>1</a>', "t.csv is XML, not a table"),
        (b"PK\x03\x04...", "an Excel file"),
        (b"\x1f\x8b\x08", "t.csv is a packed file (gzip), not a text file; unpack it first."),
        (b"\x89PNG\r\n", "a picture"),
        (b"a,b\n1,\0\n2,3\n", "zero bytes"),
        (bytes(range(1, 256)) * 9, "not a text file"),
        (b"a,b\n", "has a header but no rows"),
        (b",".join([b"1"] * 1_000_000) + b"\n", "at most 10000 columns"),
        (b",".join([b"1"] * 50_000) + b"\n1,2\n", "at most 10000 columns"),
        (b" ".join([b"1"] * 1_000_000) + b"\n", "at most 10000 columns"),
        ("이름,a\n홍,1\n김".encode()[:-1], "t.csv, line 3 is not text in UTF-8; mend the file"),
    ],
)
def test_refusals_are_one_sentence_and_quick(content, sentence):
    start = time.perf_counter()
    with pytest.raises(UserError) as caught:
        loaded(content)
    assert time.perf_counter() - start < 1
    assert sentence in str(caught.value)
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


def wide_text(rows, separator=",", comma=False):
    rng = np.random.default_rng(5)
    values = np.round(rng.normal(size=(rows, 20)), 4)
    text = "\n".join(separator.join(map(repr, row)) for row in values.tolist())
    head = separator.join(f"c{i}" for i in range(20))
    return head + "\n" + (text.replace(".", ",") if comma else text) + "\n", values


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(("separator", "comma"), [(",", False), (";", True), (" ", False)])
def test_many_blocks_give_the_numbers_exactly(ending, separator, comma):
    text, values = wide_text(6000, separator, comma)
    table = loaded(text.replace("\n", ending))
    assert np.array_equal(np.stack(table.arrays, axis=1), values)


def test_a_gap_late_in_a_long_file_and_a_slip_are_told_with_their_line():
    text, values = wide_text(6000)
    lines = text.splitlines()
    lines[5000] = lines[5000].partition(",")[2].join(["NA,", ""])
    table = loaded("\n".join(lines))
    assert table.missing == (1,) + (0,) * 19
    assert np.array_equal(table.arrays[3], values[:, 3])
    lines[5500] = "oops" + lines[5500]
    with pytest.raises(UserError, match="line 5501, column 'c0': 'oops"):
        loaded("\n".join(lines))


def test_marks_that_come_late_are_asked_for_as_well():
    rows = [f"{i};{i}\n" for i in range(1, 1300)]
    for late, decimal in (("1.300", None), ("1.3", "point"), ("1,3", "comma"), ("13", "point")):
        form = sniff(f"a;b\n{''.join(rows)}{late};1\n".encode())
        assert form.decimal == decimal


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ("0 1 1 0", "category"),
        ("-1 1 1 -1 ?", "category"),
        ("0 1 2 0 1 2", "number"),
        ("0 1 1", "number"),
        ("0.5 1 1 0.5", "number"),
        ("no yes no", "category"),
    ],
)
def test_a_target_of_two_whole_numbers_is_classes(cells, kind):
    text = "x,y\n" + "".join(f"{i % 2},{cell}\n" for i, cell in enumerate(cells.split()))
    feature, target = preview(text.encode(), TableFormat()).columns
    assert (feature.type, target.role, target.type) == ("number", "target", kind)


@pytest.mark.parametrize(
    ("name", "numbers", "role"),
    [
        ("id", (1, 2, 3, 4), "ignore"),
        ("", (0, 1, 2, 3), "ignore"),
        ("ID", (7, 8, 9, 10), "ignore"),
        ("id", (3, 1, 2, 4), "feature"),
        ("t", (0, 1, 2, 3), "feature"),
    ],
)
def test_a_column_that_counts_the_rows_is_left_out(name, numbers, role):
    text = f"{name},x,y\n" + "".join(f"{n},{n / 3:.2f},{n * n}\n" for n in numbers)
    columns = preview(text.encode(), TableFormat()).columns
    assert [column.role for column in columns] == [role, "feature", "target"]


def test_progress_and_cancel():
    raw = wide_text(6000)[0].encode()
    form, told = sniff(raw), []
    load_text(io.BytesIO(raw), len(raw), form, "t", None, Waiting(told.append))
    assert told == sorted(told)
    assert told[-1] == 1.0
    with pytest.raises(Cancelled):
        load_text(io.BytesIO(raw), len(raw), form, "t", None, Waiting(cancelled=lambda: True))


def test_memory_is_asked_before_it_is_taken(monkeypatch):
    monkeypatch.setattr("gradloom.data.gathering.available_bytes", lambda: 1 << 20)
    with pytest.raises(
        UserError, match=r"t\.csv has about [\d,]+ rows of 20 columns.*GiB are free"
    ):
        loaded(wide_text(6000)[0])


@given(st.binary(max_size=300) | st.text(st.sampled_from("01.,;\t \"'ab\n\r-#"), max_size=200))
def test_anything_is_read_or_refused_in_a_sentence(content):
    raw = content.encode() if isinstance(content, str) else content
    try:
        form = sniff(raw, "t.csv")
    except UserError as error:
        assert str(error).endswith(".")  # noqa: PT017 - a refusal is one of the good ends
        return
    preview(raw, form)
    try:
        table, columns, _ = load_text(io.BytesIO(raw), len(raw), form, "t.csv")
    except UserError as error:
        assert str(error).endswith(".")  # noqa: PT017 - a refusal is one of the good ends
        return
    assert len(columns) == len(table.arrays)
    for array, words in zip(table.arrays, table.words, strict=True):
        assert len(array) == (table.rows if words is not None else 0)


NUMBERS = st.floats(-1e6, 1e6).map(lambda v: round(v, 3))


@given(
    st.lists(st.tuples(NUMBERS, NUMBERS), min_size=2, max_size=8),
    st.sampled_from([(";", "comma"), ("\t", "comma"), (",", "point"), ("|", "point")]),
)
def test_numbers_written_in_a_format_come_back_or_are_asked_for(rows, dress):
    separator, decimal = dress
    text = "a" + separator + "b\n"
    for row in rows:
        line = separator.join(f"{v:.3f}".rstrip("0").rstrip(".") for v in row)
        text += (line.replace(".", ",") if decimal == "comma" else line) + "\n"
    form = sniff(text.encode())
    if form.decimal is None:
        return
    table = loaded(text)
    assert np.array_equal(np.stack(table.arrays, axis=1), np.array(rows))


def test_every_setting_is_declared_and_survives():
    form = TableFormat(delimiter="tab", decimal="comma", skip=3, comment="%")
    assert TableFormat.decode(form.encode()) == form


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_gaps_everywhere_are_read_the_same_by_the_quick_way(separator):
    text, values = wide_text(4000, separator)
    rows = [line.split(separator) for line in text.splitlines()[1:]]
    rng = np.random.default_rng(3)
    for row, column in rng.integers(0, (4000, 20), (6000, 2)):
        rows[row][column] = ("NA", "", "n/a", "NaN", "?")[(row + column) % 5]
        values[row, column] = np.nan
    rows.insert(3000, [""] * 20)  # a blank row is none
    head = separator.join(f"c{i}" for i in range(20))
    table = loaded("\n".join([head, *map(separator.join, rows)]))
    assert np.array_equal(np.stack(table.arrays, axis=1), values, equal_nan=True)


def test_a_column_of_too_many_words_is_left_out_where_it_is_still_to_be_chosen():
    lines = [
        f"{i // 4}. May,{'ab'[i % 2]},{'' if i % 50 else 'n/a'}{i},{i % 2}" for i in range(404)
    ]
    found = preview("\n".join(["day,kind,x,y", *lines]).encode(), TableFormat())
    assert [column.role for column in found.columns] == ["ignore", "feature", "feature", "target"]
    assert found.told[:2] == ("101 different words, too many to use", "2 different words")
    few = preview("\n".join(["day,kind,x,y", *lines[:400]]).encode(), TableFormat())
    assert few.columns[0].role == "feature"


def test_gaps_of_the_first_rows_are_counted():
    found = preview(b"x,word,y\n1,a,0.5\nNA,,1\n-,b,2\n", TableFormat())
    assert found.told == ("2 gaps", "2 different words, 1 gap", "")

from __future__ import annotations

import contextlib
import gc
import json
import math
import os
import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradloom.core.errors import BadValue, UserError
from gradloom.core.reading import parse, read_file
from gradloom.core.writing import json_bytes

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(VALUES)
def test_what_is_written_is_read_again(value) -> None:
    again = parse(json_bytes(value))
    assert again == value
    assert repr(again) == repr(value)  # -0.0, 1 and 1.0 stay what they are


@given(VALUES)
def test_written_text_is_what_the_standard_library_reads(value) -> None:
    assert json.loads(json_bytes(value)) == value


@pytest.mark.parametrize(
    ("data", "place", "words"),
    [
        (b"", "", "is empty"),
        (b" \n ", "", "is empty"),
        (b"<!doctype html><html>", "", "web page"),
        (b"\xff\xfe{\x00}\x00", "", "UTF-16"),
        (b'{"a": "\xff"}', "", "not UTF-8 text (byte 7)"),
        (b"\x89PNG\r\n", "", "not UTF-8 text (byte 0)"),
        (b'{"a": 1', "line 1, column 8", "cut off"),
        (b'{"a": [1,\n 2', "line 2, column 3", "cut off"),
        (b"{'a': 1}", "line 1, column 2", "not JSON"),
        (b"[1, 2,]", "line 1, column 7", "not JSON"),
        (b'{"a": 1} x', "line 1, column 10", "not JSON"),
        (b'{"a": 1, "a": 2}', "a", "stands twice"),
        (b'{"x": [0, {"y": {"a": 1, "b": 2, "a": 3}}]}', "x[1].y.a", "stands twice"),
        (b'{"a": [1, NaN]}', "a[1]", "NaN is not a JSON number"),
        (b'{"a": {"b": Infinity}}', "a.b", "Infinity is not a JSON number"),
        (b"[-Infinity]", "[0]", "-Infinity is not a JSON number"),
        (b'{"a": [0.5, 1e999]}', "a[1]", "too large"),
        (b'{"a": -1e999}', "a", "too large"),
        (b'{"a": ' + b"9" * 5000 + b"}", "a", "5000 digits"),
        (b'{"a": -' + b"9" * 5000 + b"}", "a", "is too large a number"),
        (b'{"a": ' + b"9" * 4000 + b"}", "a", "4000 digits"),
        (b'{"a": [1, true, ' + b"9" * 26 + b"]}", "a[2]", "26 digits"),
        (b'{"a": [1.5, -' + b"9" * 400 + b"]}", "a[1]", "is too large a number"),
        (b"[1, [2], 1" + b"0" * 25 + b"]", "[2]", "26 digits"),
        (b"[1e999, 1]", "[0]", "is too large a number"),
        (b"1" * 26, "", "26 digits"),
        (b"[" * 64 + b"{}" + b"]" * 64, "[0][0]", "nested too deeply"),
        (b"[" * 63 + b'{"a":[]}' + b"]" * 63, "[0][0]", "nested too deeply"),
        (b'{"a": "\\ud800"}', "a", "half a character"),
        (b'{"\\udc00": 1}', "", "half a character"),
        (b"[" * 100_000, "", "nested too deeply"),
        (b"[" * 65 + b"]" * 65, "[0][0]", "nested too deeply"),
        (b'{"a":' * 3000 + b"1" + b"}" * 3000, "", "nested too deeply"),
    ],
)
def test_bad_text_is_refused_with_its_place(data: bytes, place: str, words: str) -> None:
    started = time.perf_counter()
    with pytest.raises(BadValue) as caught:
        parse(data)
    assert time.perf_counter() - started < 1
    assert words in caught.value.sentence
    assert caught.value.path.startswith(place)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


def test_64_levels_are_taken() -> None:
    assert parse(b"[" * 64 + b"]" * 64)


def test_a_byte_order_mark_is_taken() -> None:
    assert parse(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(BadValue):
        parse(data)


def test_numbers_keep_every_bit() -> None:
    numbers = [0.1, 5e-324, 1.7976931348623157e308, -0.0, 1 / 3]
    again = parse(json_bytes(numbers))
    assert [x.hex() for x in again] == [x.hex() for x in numbers]


def test_nan_is_never_written() -> None:
    with pytest.raises(ValueError):
        json_bytes({"a": [math.nan]})


def test_a_folder_a_pipe_and_nothing_are_refused(tmp_path) -> None:
    with pytest.raises(UserError, match="is a folder"):
        read_file(tmp_path)
    with pytest.raises(UserError, match=r"no\.json can't be read: no such file"):
        read_file(tmp_path / "no.json")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(UserError, match="no ordinary file"):
        read_file(pipe)


def test_a_huge_file_is_refused_before_it_is_read(tmp_path) -> None:
    path = tmp_path / "huge.json"
    with path.open("wb") as file:
        file.truncate(3_000_000_000)  # sparse: takes no room
    started = time.perf_counter()
    with pytest.raises(UserError, match=r"huge\.json is too large to read \(3\.0 GB"):
        read_file(path)
    assert time.perf_counter() - started < 1


def test_the_file_is_named_before_the_place(tmp_path) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(b'{"a": NaN}')
    with pytest.raises(BadValue, match=r"^x\.json: a: NaN is not a JSON number$"):
        read_file(path)


def test_long_lists_of_whole_numbers_take_no_more_memory_than_they_must() -> None:
    data = b"[" + b"1," * 99_999 + b"1]"
    tracemalloc.start()
    try:
        parse(data)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < 4_000_000


def test_whole_numbers_of_25_digits_are_taken() -> None:
    for number in (10**25 - 1, 1 - 10**25):
        assert parse(str(number).encode()) == number
        assert parse(f'{{"a": [1, 0.5, {number}]}}'.encode()) == {"a": [1, 0.5, number]}


@pytest.mark.parametrize("collecting", [True, False])
def test_no_garbage_is_looked_for_while_a_file_is_read(collecting: bool) -> None:
    looked: list[str] = []

    def callback(phase: str, info: object) -> None:
        looked.append(phase)

    before = gc.isenabled()
    (gc.enable if collecting else gc.disable)()
    gc.collect()
    gc.callbacks.append(callback)
    try:
        kept = parse(b"[" + b"[1]," * 20_000 + b"[1]]")
        found = list(looked)
        assert gc.isenabled() is collecting
        with pytest.raises(BadValue):
            parse(b"[1")
        assert gc.isenabled() is collecting
    finally:
        gc.callbacks.remove(callback)
        (gc.enable if before else gc.disable)()
    assert len(kept) == 20_001
    assert found.count("start") <= 1  # one may follow as soon as it is on again

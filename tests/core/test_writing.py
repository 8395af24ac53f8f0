from __future__ import annotations

import json
import os
import stat
import threading
import time
from pathlib import Path

import pytest

from gradloom.core import writing
from gradloom.core.errors import UserError
from gradloom.core.writing import json_bytes, json_pieces, write_whole


def test_a_file_is_written_and_nothing_else_is_left(tmp_path) -> None:
    path = tmp_path / "a.txt"
    write_whole(path, b"one")
    write_whole(path, b"two")
    assert path.read_bytes() == b"two"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_write_that_fails_leaves_the_old_file(tmp_path, monkeypatch, step: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")

    def fail(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(*((os, "fsync") if step == "fsync" else (Path, "replace")), fail)
    with pytest.raises(UserError, match=r"a\.txt can't be written to .*no space left on device"):
        write_whole(path, b"new")
    monkeypatch.undo()
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_a_crash_in_the_middle_leaves_the_old_file(tmp_path, monkeypatch) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")

    def crash(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(writing.os, "fsync", crash)
    with pytest.raises(KeyboardInterrupt):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"


def test_a_link_stays_a_link(tmp_path) -> None:
    real, link = tmp_path / "real.txt", tmp_path / "link.txt"
    real.write_bytes(b"old")
    link.symlink_to(real)
    write_whole(link, b"new")
    assert link.is_symlink()
    assert real.read_bytes() == b"new"


def test_permissions_stay_and_new_files_follow_the_umask(tmp_path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    path.chmod(0o640)
    write_whole(path, b"new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    before = os.umask(0o027)
    try:
        write_whole(tmp_path / "b.txt", b"new")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "b.txt").stat().st_mode) == 0o640


def test_a_missing_folder_is_said_in_a_sentence(tmp_path) -> None:
    with pytest.raises(UserError, match=r"can't be written to .*no such file or directory"):
        write_whole(tmp_path / "nowhere" / "a.txt", b"x")


def test_a_name_with_a_null_is_said_in_a_sentence(tmp_path) -> None:
    with pytest.raises(UserError, match="can't be written"):
        write_whole(tmp_path / "a\0b", b"x")


def test_links_in_a_circle_are_said_in_a_sentence(tmp_path) -> None:
    (tmp_path / "one").symlink_to(tmp_path / "two")
    (tmp_path / "two").symlink_to(tmp_path / "one")
    with pytest.raises(UserError, match="one can't be written"):
        write_whole(tmp_path / "one", b"new")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_or_device_is_never_replaced(tmp_path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(UserError, match=r"pipe can't be written .*: it is no ordinary file\."):
        write_whole(pipe, b"new")
    assert pipe.is_fifo()


def _in_one(plain, indent: str = "") -> str:
    """The same text, made in one go."""
    deeper = indent + "  "
    if isinstance(plain, dict) and plain:
        if len(plain) > 4 or any(isinstance(v, dict | list) for v in plain.values()):
            inner = (f"{deeper}{json.dumps(k)}: {_in_one(v, deeper)}" for k, v in plain.items())
            return "{\n" + ",\n".join(inner) + f"\n{indent}}}"
    elif isinstance(plain, list) and any(isinstance(item, dict | list) for item in plain):
        return "[\n" + ",\n".join(deeper + _in_one(v, deeper) for v in plain) + f"\n{indent}]"
    return json.dumps(plain, ensure_ascii=False, allow_nan=False)


@pytest.mark.parametrize("count", [0, 1, 4095, 4096, 4097, 8192, 30_000])
def test_text_made_in_pieces_is_the_same_text(count: int) -> None:
    numbers = [n / 7 for n in range(count)]
    mixed = [(None, True, "ä, [", n, -0.0)[n % 5] for n in range(count)]
    plain = {
        "few": {"a": 1, "b": None},
        "lists": [numbers, [], {}, mixed, [[]], (1, (2, 3))],
        "late": [*numbers, [1], 2],
        "end": {"a": {}, "numbers": numbers},
    }
    for one in (plain, numbers, mixed, [plain], [numbers] * 3, 7, "x", None, {}):
        assert json_bytes(one) == (_in_one(one) + "\n").encode()


def test_pieces_stay_small() -> None:
    numbers = [n / 7 for n in range(200_000)]
    pieces = list(json_pieces({"theta": numbers, "slots": {"m": [numbers]}}))
    assert max(map(len, pieces)) < 300_000
    assert len(pieces) < 1000


def test_other_threads_go_on_while_long_lists_become_text() -> None:
    numbers = [n / 7 for n in range(1_000_000)]
    rounds = 0

    def write() -> None:
        for _ in json_pieces(numbers):
            pass

    worker = threading.Thread(target=write)
    worker.start()
    while worker.is_alive():
        time.sleep(0.001)
        rounds += 1
    assert rounds > 20  # one, when the interpreter is held from the first number to the last


def test_a_write_in_pieces_that_breaks_off_leaves_the_old_file(tmp_path) -> None:
    path = tmp_path / "a.txt"
    write_whole(path, iter([b"one ", b"two"]))
    assert path.read_bytes() == b"one two"

    def pieces():
        yield b"half"
        raise UserError("Enough.")

    with pytest.raises(UserError, match=r"^Enough\.$"):
        write_whole(path, pieces())
    assert path.read_bytes() == b"one two"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]

from __future__ import annotations

import threading

import pytest

from gradloom.core.errors import UserError
from gradloom.document import State
from gradloom.document.files import Autosave, load_project, recoveries
from gradloom.document.samples import first_project, samples
from gradloom.session.copies import Copies


@pytest.fixture
def copies(tmp_path):
    made = Copies(lambda: tmp_path)
    yield made
    assert made.close()
    assert list(tmp_path.iterdir()) == []


def _kept(copies: Copies) -> State:
    return load_project(copies._autosave.path)[0]


def test_a_copy_is_kept_until_the_project_is_safe(copies, tmp_path) -> None:
    copies.keep(first_project(), None, tmp_path / "a.gradloom")
    copies.settle()
    assert _kept(copies) == first_project()
    assert recoveries(tmp_path) == []  # its lock is held
    copies.clear()
    copies.settle()
    assert not copies._autosave.path.exists()


def test_only_the_newest_of_those_that_wait_is_written(copies, monkeypatch) -> None:
    begun, going_on = threading.Event(), threading.Event()
    written: list[State] = []
    write = Autosave.write

    def slow(autosave, state, *rest):
        written.append(state)
        begun.set()
        assert going_on.wait(5)
        write(autosave, state, *rest)

    monkeypatch.setattr(Autosave, "write", slow)
    states = [first_project(), State(), samples()["sine"]]
    copies.keep(states[0], None, None)
    assert begun.wait(5)
    for state in states[1:]:
        copies.keep(state, None, None)
    going_on.set()
    copies.settle()
    assert written == [states[0], states[2]]
    assert _kept(copies) == states[2]


def test_what_waits_is_not_written_once_the_project_is_safe(copies, monkeypatch) -> None:
    begun, going_on = threading.Event(), threading.Event()
    write = Autosave.write

    def slow(*args):
        begun.set()
        assert going_on.wait(5)
        write(*args)

    monkeypatch.setattr(Autosave, "write", slow)
    copies.keep(first_project(), None, None)
    assert begun.wait(5)
    copies.keep(State(), None, None)
    copies.clear()
    going_on.set()
    copies.settle()
    assert not copies._autosave.path.exists()


def test_a_copy_that_can_not_be_kept_is_known_and_tried_again(tmp_path, caplog) -> None:
    caplog.set_level("INFO")
    folder = tmp_path / "folder"
    folder.write_text("not one")
    copies = Copies(lambda: folder)
    copies.keep(first_project(), None, None)
    copies.settle()
    assert copies.failed
    assert "autosave: No copy can be kept" in caplog.text
    with pytest.raises(UserError, match="No copy can be kept"):
        copies.keep_now(first_project(), None, None)
    folder.unlink()
    copies.keep(first_project(), None, None)
    copies.settle()
    assert not copies.failed
    assert copies.close()


def test_the_end_of_the_program_breaks_off_a_long_write(tmp_path, monkeypatch) -> None:
    from gradloom.document import files

    begun = threading.Event()

    def endless(plain):
        while True:
            begun.set()
            yield b" "

    monkeypatch.setattr(files, "json_pieces", endless)
    copies = Copies(lambda: tmp_path)
    copies.keep(first_project(), None, None)
    assert begun.wait(5)
    assert copies.close()
    assert list(tmp_path.iterdir()) == []


def test_without_a_copy_no_thread_is_begun() -> None:
    before = threading.active_count()
    copies = Copies()
    copies.clear()
    assert threading.active_count() == before
    assert copies.close()

"""Widgets in reference cycles die in the GUI thread, whoever allocates."""

from __future__ import annotations

import gc
import threading
import weakref

from PySide6.QtCore import QObject

from gradloom.ui.garbage import Garbage


def _cycle(died):
    leaf = QObject()
    leaf.me = leaf
    weakref.finalize(leaf, lambda: died.append(threading.current_thread()))


def _allocate():
    for _ in range(20_000):
        ring = []
        ring.append(ring)


def test_nothing_is_collected_on_a_worker_thread(qapp):
    garbage, died = Garbage(), []
    try:
        _cycle(died)
        worker = threading.Thread(target=_allocate)
        worker.start()
        worker.join()
        assert died == []
        garbage.collect()
        assert died == [threading.main_thread()]
    finally:
        garbage.stop()
    assert gc.isenabled()


def test_all_generations_have_their_turn(qapp, monkeypatch):
    garbage, collected = Garbage(), []
    with monkeypatch.context() as patch:
        patch.setattr(gc, "collect", collected.append)
        for counts in ((5, 0, 0), (5000, 1, 1), (5000, 50, 1), (5000, 50, 50)):
            patch.setattr(gc, "get_count", lambda counts=counts: counts)
            garbage.collect()
    garbage.stop()
    assert collected == [0, 1, 2]

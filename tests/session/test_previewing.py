from __future__ import annotations

from threading import Event
from time import perf_counter

import numpy as np

from gradloom.document.samples import SAMPLES
from gradloom.session.previewing import preview


def test_a_preview_shows_what_is_learnt_in_a_moment():
    state = SAMPLES["circles"].state
    found = preview(state, Event(), seconds=5)
    (picture,) = found.outputs.values()
    assert found.steps == 100 * 15  # the plan has no end, so there is one
    middle, corner = picture[0, len(picture[0]) // 2, len(picture[0]) // 2], picture[0, 0, 0]
    assert middle < -0.9
    assert corner > 0.9


def test_a_preview_keeps_to_its_time_and_stops_when_asked():
    state = SAMPLES["spiral"].state
    began = perf_counter()
    found = preview(state, Event(), seconds=0.05)
    assert perf_counter() - began < 2
    assert found.steps < 500 * 15
    stop = Event()
    stop.set()
    assert preview(state, stop).steps <= 1


def test_a_project_without_a_map_has_no_preview():
    assert preview(SAMPLES["digits"].state, Event()) is None


def test_a_curve_has_one_row():
    found = preview(SAMPLES["sine"].state, Event(), seconds=0.05)
    (picture,) = found.outputs.values()
    assert picture.shape[:2] == (1, 1)
    assert np.isfinite(picture).all()

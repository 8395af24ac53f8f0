"""The list of problems: sentences, remedies, and the way to the layer."""

from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from gradloom.core.problem import Problem
from gradloom.data import SOURCES
from gradloom.graph import edits
from gradloom.layers import LAYERS
from gradloom.ui.panels.problems import NONE, ProblemsPanel


@pytest.fixture
def panel(bench, qtbot):
    made = ProblemsPanel(bench.document, bench.view, bench.theme)
    qtbot.addWidget(made)
    made.resize(240, 400)
    made.show()
    made.activateWindow()
    return made


def three_classes(bench):
    source = SOURCES.make("spiral", arms=3)
    bench.document.edit(
        "Data", lambda s: dataclasses.replace(s, data=s.data.replace(source=source))
    )


def test_without_problems_it_says_what_to_do(panel):
    assert panel.cards == []
    assert panel.empty.text() == NONE == "No problems: press Space to train."


def test_a_problem_is_told_shown_and_mended(panel, bench, qtbot):
    three_classes(bench)
    (card,) = panel.cards
    assert card.problem in bench.state.problems
    assert card.accessibleName().startswith("Error: Output: ")
    QTest.mouseClick(card.show_button, Qt.MouseButton.LeftButton)
    assert bench.view.selection.single == "output_1"
    card.fix.setFocus()
    qtbot.waitUntil(card.fix.hasFocus)
    QTest.keyClick(card.fix, Qt.Key.Key_Space)
    assert bench.state.ready
    assert panel.cards == []
    assert bench.document.undo_label.startswith("Set the output to 3 units")
    bench.document.undo()
    assert len(panel.cards) == 1


def test_errors_come_before_warnings(panel, bench):
    def change(state):
        graph = edits.add(state.graph, LAYERS.make("dense"), "side")
        graph = edits.connect(graph, "input_1", "side")
        return state.with_graph(edits.remove(graph, (), graph.incoming("output_1")))

    bench.document.edit("x", change)
    severities = [card.problem.stops_training for card in panel.cards]
    assert severities == sorted(severities, reverse=True)
    assert set(severities) == {True, False}
    names = [card.accessibleName().split(":")[0] for card in panel.cards]
    assert names == ["Error" if stops else "Warning" for stops in severities]


def test_bad_plans_are_listed_too(panel, bench):
    bench.document.edit("x", lambda s: dataclasses.replace(s, plan=s.plan.replace(batch_size=0)))
    assert any("Batch size" in card.problem.text for card in panel.cards)
    assert all(card.show_button is None for card in panel.cards if not card.problem.layer)


def test_a_problem_without_a_remedy_has_no_button(panel, bench, theme):
    from gradloom.ui.panels.fixing import ProblemCard

    card = ProblemCard(bench.document, bench.view, theme, Problem("So it is."), show=True)
    assert card.fix is None
    assert card.show_button is None
    card.deleteLater()


def test_remedies_are_readable_at_any_width(panel, bench):
    three_classes(bench)
    (card,) = panel.cards
    for width in (220, 300, 500):
        panel.resize(width, 400)
        assert card.fix.text().replace("\n", " ") == card.fix.words
        room = card.fix.width() - 14
        lines = card.fix.text().split("\n")
        assert all(card.fix.fontMetrics().horizontalAdvance(line) <= room for line in lines)
    assert not panel.horizontalScrollBar().isVisible()


def test_the_list_is_rebuilt_only_when_problems_change(panel, bench):
    three_classes(bench)
    cards = list(panel.cards)
    bench.document.edit("x", lambda s: dataclasses.replace(s, plan=s.plan.replace(l1=0.1)))
    assert panel.cards == cards
    bench.theme.set_mode("dark")
    assert panel.cards != cards
    bench.theme.set_mode("light")


def test_numbers_that_ran_away_are_a_problem_with_a_way_back(bench, qtbot):
    from gradloom.engine.optimisers import OPTIMISERS
    from gradloom.session.status import Status
    from gradloom.ui.help.experiments import experiment

    optimiser = OPTIMISERS.make("sgd", rate=50.0)
    bench.document.edit(
        "x",
        lambda s: dataclasses.replace(
            experiment(s, "data.source=plane&dense_1.activation=relu"),
            plan=s.plan.replace(optimiser=optimiser),
        ),
    )
    bench.document.edit(
        "x", lambda s: experiment(s, "dense_2.activation=relu&dense_3.activation=identity")
    )
    panel = ProblemsPanel(bench.document, bench.view, bench.theme, None, bench.bridge)
    qtbot.addWidget(panel)
    panel.resize(300, 400)
    panel.show()
    counts = []
    panel.counted.connect(counts.append)
    bench.bridge.start()
    qtbot.waitUntil(lambda: bench.bridge.status is Status.BROKEN, timeout=5000)
    qtbot.waitUntil(lambda: len(panel.cards) == 1)
    (card,) = panel.cards
    assert "grew beyond what float32 holds" in card.problem.text
    assert card.fix.words == "Set the learning rate to 5 and go back to good weights"
    assert card.asking.subject == "fix:lower_rate"
    QTest.mouseClick(card.fix, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.cards == [], timeout=3000)
    qtbot.waitUntil(lambda: bench.bridge.latest is not None and bench.bridge.latest.steps == 0)
    assert bench.state.plan.optimiser.rate == 5.0
    assert counts[-2:] == [1, 0]
    bench.document.undo()
    assert bench.state.plan.optimiser.rate == 50.0

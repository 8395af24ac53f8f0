import dataclasses
import threading

import pytest

from gradloom.core.errors import UserError
from gradloom.document.samples import first_project
from gradloom.engine.trainer import Trainer
from gradloom.session.answering import Answering, Derived, Kept, Question, Rest, answered

NONE = Rest()


@pytest.fixture
def make():
    made = []

    def start(answer, rest=NONE):
        made.append(Answering("test", answer, rest))
        return made[-1]

    yield start
    for each in made:
        each.close()
        assert not each.loop.alive


def test_of_questions_that_wait_only_the_newest_is_answered(make):
    got, go, busy = [], threading.Event(), threading.Event()

    def answer(question):
        busy.set()
        go.wait(5)
        got.append(question)

    answering = make(answer)
    answering.ask(1)
    assert busy.wait(5)
    for question in (2, 3, 4):
        answering.ask(question)
    go.set()
    answering.loop.post(lambda: None).result(5)
    assert got == [1, 4]


def test_an_urgent_question_ends_a_rest_and_closing_too(make):
    got = []
    answering = make(got.append, Rest(interval=60.0))
    answering.ask(1)
    answering.loop.post(lambda: None).result(5)
    answering.ask(2)
    answering.ask(3, urgent=True)
    answering.loop.post(lambda: None).result(5)
    assert got == [1, 3]
    answering.ask(4)
    answering.close()
    assert got == [1, 3]


class Refusing:
    name, result = "refusing", Derived

    def why_not(self, state):
        return ""

    def answer(self, question):
        raise UserError("It does not fit into memory.")


def test_what_can_not_be_answered_is_a_sentence_about_that_run():
    state = first_project()
    progress = Trainer(state.graph, state.prepared, state.plan).progress(7)
    answer = answered(Refusing(), Question(state, progress, running=False))
    assert (answer.run, answer.steps) == (7, 0)
    assert answer.sentence == "It does not fit into memory."


def test_what_is_kept_is_made_again_only_for_another_network_or_other_data():
    made = []
    kept = Kept(lambda state: made.append(state) or len(made))
    state = first_project()
    assert kept.of(state) == 1
    same = dataclasses.replace(state, plan=state.plan.replace(batch_size=3))
    assert kept.of(same) == 1
    assert kept.of(dataclasses.replace(state, plan=state.plan.replace(seed=9))) == 2
    assert kept.of(dataclasses.replace(state, data=state.data.replace(scaling="minmax"))) == 3
    graph = state.graph.with_edges(state.graph.edges[1:])
    assert kept.of(dataclasses.replace(state, graph=graph)) == 4

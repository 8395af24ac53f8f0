"""The topics of help: nothing leads nowhere, nothing lacks a page, what they say is true."""

from __future__ import annotations

import re

import numpy as np
import pytest

from gradloom.core.resources import resource_path
from gradloom.diagnosis import RULES
from gradloom.document.fixes import ERRANDS, FIXES
from gradloom.document.samples import SAMPLES
from gradloom.layers import ACTIVATIONS, LAYERS
from gradloom.session.curves import curve
from gradloom.ui.actions import ACTIONS
from gradloom.ui.help import links
from gradloom.ui.help.loss_picture import names_in
from gradloom.ui.help.subjects import REGISTRIES, subject_of
from gradloom.ui.help.topics import GROUPS, index, read, search, spots, topics
from gradloom.ui.help.words import table_path

TOPICS = topics()
EVERY = pytest.mark.parametrize("name", sorted(TOPICS))
MOST_LINES = 70
TRY = "Try it"
FREE = ("commands", "shortcuts", "samples", "open_table", "open_pictures")


def deeds(topic):
    """The links of its last section."""
    return links.links_in(topic.text.partition(f"## {TRY}")[2])


@EVERY
def test_a_topic_is_short_and_ends_in_something_to_do(name):
    topic = TOPICS[name]
    lines = resource_path("help", f"{name}.md").read_text("utf-8").splitlines()
    assert 15 <= len(lines) <= MOST_LINES
    assert topic.group in GROUPS
    assert topic.summary.endswith(".")
    assert topic.headings[-1] == TRY
    assert any(link.scheme in links.DEEDS for link in deeds(topic))
    lists = re.findall(r"\n(?![-\d\s]).+\n\d+\. .*", topic.text)  # a number at the start of a line
    assert lists == []


@EVERY
def test_every_link_leads_somewhere(name):
    targets = {
        links.TOPIC: set(TOPICS),
        links.SAMPLE: set(SAMPLES),
        links.TABLE: {
            link.target for link in TOPICS[name].links if table_path(link.target).exists()
        },
        links.ACTION: {action.name for action in ACTIONS},
        links.ADD: {kind.kind for kind in LAYERS.kinds()},
    }
    found = TOPICS[name].links
    pictures = re.findall(r"!\[[^\]]+\]\((\w+):([\w,]+)\)", TOPICS[name].text)
    assert len(found) == TOPICS[name].text.count("](") - len(pictures)
    for link in found:
        assert link.scheme not in targets or link.target in targets[link.scheme], link
    named = {link.target: re.findall(r"\*(.+?)\*", link.words) for link in found}
    assert all(
        named[link.target] in ([], [SAMPLES[link.target].title])
        for link in found
        if link.scheme == links.SAMPLE
    )
    for scheme, target in pictures:
        if scheme == "curve":
            assert ACTIVATIONS[target].elementwise
        else:
            assert scheme in ("loss", "slope")
            assert names_in(target) == tuple(target.removeprefix("sigmoid,").split(","))
            assert len(names_in(target)) > 1


@EVERY
def test_what_one_tries_does_not_hang_on_what_was_open_before(name):
    """Whatever needs a network or its data comes behind the sample that has them."""
    free = [*("do:" + deed for deed in FREE), "panel:", "topic:"]
    needs = [d for d in deeds(TOPICS[name]) if not d.url.startswith(tuple(free))]
    assert not needs or needs[0].scheme == links.SAMPLE


def test_the_index_leads_to_every_topic():
    assert {link.target for link in links.links_in(index())} == set(TOPICS)
    assert len({topic.title for topic in TOPICS.values()}) == len(TOPICS)
    assert len({(t.group, t.order) for t in TOPICS.values()}) == len(TOPICS)


def subjects():
    """Everything that must have a page."""
    for name, registry in REGISTRIES.items():
        yield from (subject_of(kind) for kind in registry.kinds())
        assert all(subject_of(kind()) == subject_of(kind) for kind in registry.kinds()), name
    yield from (f"rule:{rule.name}" for rule in RULES)
    yield from (f"fix:{name}" for name in (*FIXES, *ERRANDS))


@pytest.mark.parametrize("subject", sorted(set(subjects())))
def test_everything_that_can_be_asked_about_has_a_page(subject):
    spot = spots()[subject]
    assert spot.heading in ("", *TOPICS[spot.topic].headings)


def test_nothing_is_told_of_twice_or_unknown():
    told = [subject for topic in TOPICS.values() for subject in topic.about]
    told = [subject for subject in told if not subject.startswith("panel:")]  # see test_guide
    assert sorted(told) == sorted(set(subjects()))


@pytest.mark.parametrize("kind", ACTIVATIONS.kinds(), ids=lambda kind: kind.kind)
def test_an_activation_has_its_formula_and_its_curve(kind):
    spot = spots()[subject_of(kind)]
    text = TOPICS[spot.topic].text
    section = text.partition(f"### {spot.heading}\n")[2].partition("\n#")[0]
    assert section
    assert "$$" in section or "*a = z*" in section
    assert f"curve:{kind.kind}" in section or not kind.elementwise or kind.kind == "identity"


def numbers(text):
    """The numbers of a cell such as "−0.170 to ∞"."""
    words = {"∞": "inf", "−": "-", "¼": "0.25", "⅙": "0.166667"}
    for word, plain in words.items():
        text = text.replace(word, plain)
    return [float(number) for number in re.findall(r"-?(?:inf|\d+(?:\.\d+)?)", text)]


@pytest.mark.parametrize("kind", ACTIVATIONS.kinds(), ids=lambda kind: kind.kind)
def test_the_table_of_activations_says_what_is_true(kind):
    row = re.search(rf"\n\| {kind.label} \| (.+) \| (.+) \|\n", TOPICS["activations"].text)
    said, slopes = row.groups()
    made = curve(kind(), -30.0, 30.0, 60_001)
    if made is None:
        assert "mixes units" in slopes
        return
    low, high = numbers(said)[:2] if said != "all" else (-np.inf, np.inf)
    if kind.kind != "elu":  # its lower end is a setting
        assert kind.span == pytest.approx((low, high), abs=5e-4)
    assert made.value.min() >= low - 5e-4
    assert made.value.max() <= high + 5e-4
    steep = numbers(slopes)
    ends = made.slope.min(), made.slope.max()
    assert ends == pytest.approx((min(steep), max(steep)), abs=5e-3)


@EVERY
def test_every_formula_can_be_typeset(name, qapp):
    from gradloom.ui.formulas import formula

    for latex in TOPICS[name].formulas:
        assert formula(latex, 15, "#000000") is not None, latex


def test_searching_finds_titles_first_and_shows_the_words_around():
    assert search("dying relu")[0].topic.name == "dying_relu"
    assert search("xavier")[0].topic.name == "initialisation"
    hit = next(hit for hit in search("zigzag") if hit.topic.name == "gradient_descent")
    assert "zigzag" in hit.snippet
    assert search("") == ()
    assert search("qqq") == ()


def test_a_file_without_a_head_is_refused(tmp_path):
    for text in ("# Title\n", "---\ntitle: T\n---\ntext\n"):
        path = tmp_path / "bad.md"
        path.write_text(text, "utf-8")
        with pytest.raises(ValueError, match=r"bad\.md"):
            read(path)

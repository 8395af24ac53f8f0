"""The topics: read from `resources/help`, ordered, found by subject and by words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import count
from pathlib import Path

from gradloom.core.resources import resource_path
from gradloom.session.plain import plain
from gradloom.ui.help.links import Link, links_in, with_links
from gradloom.ui.help.subjects import label_of

GROUPS = (
    "Using Gradloom",
    "From neuron to network",
    "How a network learns",
    "Layers",
    "Data and judgement",
    "When it does not learn",
)
_SUBJECT = re.compile(r"\s*([\w:]+)\s*(?:\(([^)]*)\))?\s*(?:,|$)")
_HEADING = re.compile(r"^#{2,4} +(.+?)\s*$", re.MULTILINE)
_FORMULA = re.compile(r"\$\$(.+?)\$\$", re.DOTALL)
_MARKUP = re.compile(r"!\[[^\]]*\]\([^)]*\)|\|[-|\s]+\||[#*`|]", re.MULTILINE)
_APART = " \u2003"  # a wide space, and a place where a line may end
_AROUND = 70  # letters of a snippet on either side


@dataclass(frozen=True)
class Topic:
    """One file. `text` is Markdown without the lines at its head.

    `about` maps each subject to the heading where it is told of ("" for the top), `words` are
    what people may search it by besides its text.
    """

    name: str
    title: str
    group: str
    order: int
    summary: str
    text: str
    about: Mapping[str, str] = field(default_factory=dict)
    words: str = ""

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """Every link, in order."""
        return links_in(self.text)

    @cached_property
    def headings(self) -> tuple[str, ...]:
        """The headings below the title."""
        return tuple(_HEADING.findall(self.text))

    @cached_property
    def formulas(self) -> tuple[str, ...]:
        r"""The LaTeX of its formulas, in order; what `\qquad` parts may stand in another line."""
        return tuple(part for latex in _FORMULA.findall(self.text) for part in _parts(latex))

    def with_formulas(self, written: Callable[[int, str], str]) -> str:
        """The text with every formula written anew from its number and LaTeX."""
        numbers = count()

        def anew(found: re.Match[str]) -> str:
            return _APART.join(written(next(numbers), part) for part in _parts(found[1]))

        return _FORMULA.sub(anew, self.text)

    @cached_property
    def read(self) -> str:
        """Its words as plain text in one line, without formulas; what a search looks at."""
        return _bare(self.with_formulas(lambda *_: ""))

    @cached_property
    def spoken(self) -> str:
        """Its words with the formulas as words too, for those who do not see them."""
        return _bare(self.with_formulas(lambda _, latex: f"{plain(latex)}."))


@dataclass(frozen=True, slots=True)
class Hit:
    """A topic that a search found, and the words around what was searched, if they are in it."""

    topic: Topic
    snippet: str


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in help: a topic by name, and the heading to go to, or ""."""

    topic: str
    heading: str = ""


@cache
def topics() -> Mapping[str, Topic]:
    """Every topic by name, in the order of the index."""
    found = [read(path) for path in sorted(resource_path("help").glob("*.md"))]
    found.sort(key=lambda topic: (GROUPS.index(topic.group), topic.order, topic.title))
    return {topic.name: topic for topic in found}


@cache
def spots() -> Mapping[str, Spot]:
    """Where each subject is told of."""
    return {
        subject: Spot(topic.name, heading)
        for topic in topics().values()
        for subject, heading in topic.about.items()
    }


def read(path: Path) -> Topic:
    """The topic in a file; ValueError if its head lacks something."""
    mark, _, rest = path.read_text("utf-8").partition("\n")
    head, line, text = rest.partition("\n---\n")
    if mark != "---" or not line:
        raise ValueError(f"{path.name} has no head between lines of ---")
    said = {}
    for row in head.splitlines():
        name, _, value = row.partition(":")
        said[name.strip()] = value.strip()
    try:
        return Topic(
            path.stem,
            said["title"],
            said["group"],
            int(said["order"]),
            said["summary"],
            text.strip() + "\n",
            _about(said.get("about", ""), text),
            said.get("words", ""),
        )
    except KeyError as error:
        raise ValueError(f"{path.name} does not say its {error.args[0]}") from error


def _parts(latex: str) -> list[str]:
    return [part.strip() for part in latex.split(r"\qquad")]


def _bare(text: str) -> str:
    return " ".join(_MARKUP.sub("", with_links(text, lambda link: link.words)).split())


def _about(said: str, text: str) -> dict[str, str]:
    """Subjects with their headings: the one in brackets, or one called as the subject is."""
    headings = _HEADING.findall(text)
    found: dict[str, str] = {}
    for subject, heading in _SUBJECT.findall(said):
        label = label_of(subject)
        found[subject] = heading or (label if label in headings else "")
    return found


def search(wanted: str) -> tuple[Hit, ...]:
    """The topics that hold every word, best first: in the title, the index, the text."""
    words = wanted.lower().split()
    scored = []
    for place, topic in enumerate(topics().values()):
        score = _score(topic, words)
        if words and score:
            scored.append((-score, place, Hit(topic, _snippet(topic, words))))
    return tuple(hit for _, _, hit in sorted(scored, key=lambda one: one[:2]))


def _score(topic: Topic, words: list[str]) -> int:
    title = topic.title.lower()
    near = f"{topic.summary} {topic.words} {' '.join(topic.headings)}".lower()
    text, score = topic.read.lower(), 0
    for word in words:
        if word in title:
            score += 12 + 6 * title.startswith(word)
        elif word in near:
            score += 5
        elif word in text:
            score += 1 + min(text.count(word), 3)
        else:
            return 0
    return score


def _snippet(topic: Topic, words: list[str]) -> str:
    """The text around the first of the words; the summary if none is in the text."""
    text = topic.read
    places = [at for word in words if (at := text.lower().find(word)) >= 0]
    if not places:
        return topic.summary
    start = max(0, min(places) - _AROUND)
    end = min(len(text), min(places) + 2 * _AROUND)
    if start:
        start = text.find(" ", start) + 1
    if end < len(text):
        end = text.rfind(" ", start, end)
    return f"{'… ' if start else ''}{text[start:end]}{' …' if end < len(text) else ''}"


def index() -> str:
    """The index as Markdown: every topic under its group, with its sentence."""
    lines = []
    for group in GROUPS:
        inside = [topic for topic in topics().values() if topic.group == group]
        if inside:
            lines += [f"## {group}", ""]
            lines += [f"- [{topic.title}](topic:{topic.name})" for topic in inside]
            lines.append("")
    return "\n".join(lines)

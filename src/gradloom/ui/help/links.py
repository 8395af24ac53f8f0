"""Links of a topic: `[words](scheme:target)`, what they mean and where they are."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

TOPIC, SAMPLE, TABLE, ACTION, PANEL, ADD, SET = (
    *("topic", "sample", "table", "do", "panel", "add", "set"),
)
SCHEMES = (TOPIC, SAMPLE, TABLE, ACTION, PANEL, ADD, SET)
DEEDS = SCHEMES[1:]  # what one can do

_INNER = r"(?:[^()\s]|\((?:[^()\s]|\([^()\s]*\))*\))*"  # brackets in brackets, twice at most
_LINK = re.compile(rf"(?<!!)\[([^\]]+)\]\(([a-z]+):({_INNER})\)")


@dataclass(frozen=True, slots=True)
class Link:
    """`words` are what is read, `scheme` and `target` where it leads."""

    scheme: str
    target: str
    words: str = ""

    @property
    def url(self) -> str:
        """As it stands in a text."""
        return f"{self.scheme}:{self.target}"


def links_in(text: str) -> tuple[Link, ...]:
    """Every link of a Markdown text, in order."""
    return tuple(Link(scheme, target, words) for words, scheme, target in _LINK.findall(text))


def with_links(text: str, written: Callable[[Link], str]) -> str:
    """A Markdown text with every link written anew."""
    return _LINK.sub(lambda found: written(Link(found[2], found[3], found[1])), text)


def parse(url: str) -> Link | None:
    """The link of a URL; None for one of another world."""
    scheme, _, target = url.partition(":")
    return Link(scheme, target) if scheme in SCHEMES and target else None

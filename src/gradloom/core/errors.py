"""Errors whose text may be shown to a person as it is."""

from __future__ import annotations


class UserError(Exception):
    """Something a person can understand and mend; its text is one or two plain sentences."""


class BadValue(UserError):  # noqa: N818 - it names what is wrong, as UserError's text does
    """A value in a file or a form that can't be taken; `path` names the place inside the file."""

    def __init__(self, path: str, sentence: str) -> None:
        super().__init__(f"{path}: {sentence}" if path else sentence)
        self.path = path
        self.sentence = sentence

"""The document: the state now, its past and its future, and one notice when it changes."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from gradloom.core.event import Event
from gradloom.document.state import State

Change = Callable[[State], State]
_LIMIT = 500


@dataclass(frozen=True, slots=True)
class _Past:
    label: str
    state: State


class Document:
    """Holds one State. Every change goes through `edit`; views listen to `changed(before, after)`.

    Edits with the same `merge` key, one after the other, are one step of undo (spinning a number);
    `seal` ends such a series.
    """

    def __init__(self, state: State) -> None:
        self.changed: Event[[State, State]] = Event()
        self._state = state
        self._saved = state
        self._undo: list[_Past] = []
        self._redo: list[_Past] = []
        self._merge: Hashable = None

    @property
    def state(self) -> State:
        """The state now."""
        return self._state

    @property
    def modified(self) -> bool:
        """Whether there is something that `mark_saved` has not seen."""
        return self._state is not self._saved and self._state != self._saved

    @property
    def undo_label(self) -> str:
        """What undo would take back, or ""."""
        return self._undo[-1].label if self._undo else ""

    @property
    def redo_label(self) -> str:
        """What redo would do again, or ""."""
        return self._redo[-1].label if self._redo else ""

    def edit(self, label: str, change: Change, merge: Hashable = None) -> bool:
        """Apply a pure change; False if it changed nothing. What `change` raises passes through."""
        before = self._state
        after = change(before)
        if after is before or after == before:
            return False
        if merge is None or merge != self._merge:
            self._undo.append(_Past(label, before))
            del self._undo[:-_LIMIT]
        elif after == self._undo[-1].state:  # spun back to where it began: nothing to undo
            after = self._undo.pop().state
            merge = None
        self._merge = merge
        self._redo.clear()
        self._set(after)
        return True

    def seal(self) -> None:
        """The next edit starts a step of its own, whatever its merge key."""
        self._merge = None

    def undo(self) -> bool:
        """Go one step back; False if there is none."""
        return self._step(self._undo, self._redo)

    def redo(self) -> bool:
        """Go one step forward again; False if there is none."""
        return self._step(self._redo, self._undo)

    def replace(self, state: State) -> None:
        """Open another project: no past, no future, nothing to save."""
        self._undo.clear()
        self._redo.clear()
        self._merge = None
        self._saved = state
        self._set(state)

    def refresh(self) -> None:
        """Views look again: a file that the data stands on was read, or read anew.

        The state is equal to the one before, with its data as another object. Nothing is edited:
        no step of undo, nothing to save. Why: what a file holds is no part of a state, and views
        tell by identity what to look at again.
        """
        before = self._state
        after = dataclasses.replace(before, data=before.data.replace())
        if self._saved is before:
            self._saved = after
        self._set(after)

    def mark_saved(self, state: State) -> None:
        """`state` is in a file now."""
        self._saved = state

    def _step(self, source: list[_Past], other: list[_Past]) -> bool:
        if not source:
            return False
        past = source.pop()
        other.append(_Past(past.label, self._state))
        self._merge = None
        self._set(past.state)
        return True

    def _set(self, state: State) -> None:
        before, self._state = self._state, state
        self.changed.emit(before, state)

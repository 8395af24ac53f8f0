"""The best possible error of generated data, worked out off the GUI thread."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from gradloom.document import Document, State
from gradloom.session.answering import Answering, Rest
from gradloom.session.best import SCORE, Bound, bound_of, scale_of
from gradloom.ui.mailbox import Mailbox
from gradloom.ui.plots.scale import figure, percent


class BestPossible(QObject):
    """Follows the data and the loss of a document."""

    changed = Signal(object)  # Bound | None

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bound: Bound | None = None
        self._about: object = None  # what the bound is of, or will be
        self._mailbox = Mailbox(self)
        self._mailbox.arrived.connect(self._deliver)
        self._answering: Answering[State] = Answering("best", self._work, Rest())
        self._disconnect = document.changed.connect(lambda _, after: self._follow(after))
        self._follow(document.state)

    @property
    def bound(self) -> Bound | None:
        """The newest answer."""
        return self._bound

    def shutdown(self) -> None:
        """End the thread; for closeEvent."""
        self._disconnect()
        self._mailbox.close()
        self._answering.close()

    def _follow(self, state: State) -> None:
        scale, source = scale_of(state), state.data.source
        about = scale and (scale, source)
        if about == self._about:
            return
        before, self._about = self._about, about
        if scale is None:
            self._say(None)
            return
        if not isinstance(before, tuple) or type(before[1]) is not type(source):
            self._say(None)  # that of other data says nothing
        self._answering.ask(state)

    def _work(self, state: State) -> None:
        about = scale_of(state), state.data.source
        self._mailbox.put((about, bound_of(state)))

    @Slot(object)
    def _deliver(self, answer: tuple[object, Bound | None]) -> None:
        about, bound = answer
        if about == self._about:
            self._say(bound)

    def _say(self, bound: Bound | None) -> None:
        if bound != self._bound:
            self._bound = bound
            self.changed.emit(bound)


def words_of(bound: Bound) -> str:
    """What the bound says, in one sentence."""
    if bound.column == SCORE and bound.error <= 0:
        return "Best possible: the classes do not overlap, so all new rows can be told right."
    if bound.column == SCORE:
        return (
            f"Best possible: on new rows no network is right more often than"
            f" {percent(bound.value)}, as the noise of the data mixes the classes."
        )
    return (
        f"Best possible: on new rows no network comes below a {bound.scale.error} of"
        f" {figure(bound.value)}, as the noise of the data can't be foretold."
    )

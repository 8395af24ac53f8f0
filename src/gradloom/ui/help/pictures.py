"""The pictures of a page: formulas, curves of activations and losses, icons, in the theme's ink."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPixmap

from gradloom.layers import ACTIVATIONS
from gradloom.session.curves import curve
from gradloom.ui.formulas import cached, formula
from gradloom.ui.help.loss_picture import loss_picture, names_in
from gradloom.ui.panels.plotting import CurveView
from gradloom.ui.theme import Theme, icon_pixmap

_FORMULA_SIZE, _ICON_SIZE = 15, 13  # px
_CURVE = QSize(272, 150)
_REACH = 5.0  # curves are drawn from minus this to this
_WAITING = QSize(1, 40)  # the room of a formula that is not typeset yet


class Pictures:
    """Pictures by what a page names them: "formula:NUMBER", "curve:KIND", "icon:NAME".

    "loss:KIND,KIND" and "slope:KIND,KIND" are losses over the miss and their slopes; with "sigmoid"
    before them, over what enters a sigmoid while the target is 1.
    """

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self.formulas: tuple[str, ...] = ()  # of the page that is shown, as LaTeX

    def of(self, name: str) -> QPixmap:
        """A picture; an empty one for a name that is none, or not ready yet."""
        scheme, _, target = name.partition(":")
        found: QPixmap | None = None
        if scheme == "formula":
            found = self._formula(self.formulas[int(target)]) or _blank(_WAITING)
        elif scheme == "icon":
            found = icon_pixmap(target, self._theme.tokens.accent, _ICON_SIZE)
        elif scheme == "curve" and target in ACTIVATIONS:
            found = self._curve(target)
        elif scheme in ("loss", "slope") and names_in(target):
            found = loss_picture(target, self._theme.tokens, slopes=scheme == "slope")
        return found or _blank(QSize(1, 1))

    @property
    def waiting(self) -> list[str]:
        """Formulas that are not typeset yet."""
        colour = self._theme.tokens.text
        return [latex for latex in self.formulas if not cached(latex, _FORMULA_SIZE, colour)]

    def typeset(self, latex: str) -> None:
        """Typeset a formula, which takes 20 ms."""
        formula(latex, _FORMULA_SIZE, self._theme.tokens.text)

    def _formula(self, latex: str) -> QPixmap | None:
        if latex in self.waiting:
            return None
        return formula(latex, _FORMULA_SIZE, self._theme.tokens.text)

    def _curve(self, name: str) -> QPixmap | None:
        made = curve(ACTIVATIONS.make(name), -_REACH, _REACH)
        if made is None:
            return None
        view = CurveView(self._theme)
        view.resize(_CURVE)
        view.show_curve(made, made.z[:0])
        picture = view.grab()
        view.deleteLater()
        return picture


def _blank(size: QSize) -> QPixmap:
    picture = QPixmap(size)
    picture.fill(Qt.GlobalColor.transparent)
    return picture

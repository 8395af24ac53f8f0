"""How rows are split: three percentages in one control that always makes 100."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from gradloom.core.settings import Setting
from gradloom.data import DataSpec
from gradloom.data.spec import SHARES
from gradloom.ui.forms import Form
from gradloom.ui.forms.make import make_field
from gradloom.ui.forms.parts import ElidedLabel, sentence
from gradloom.ui.theme import SMALL, Theme


class ShareBar(QWidget):
    """Three stretches of a bar; their borders can be dragged."""

    moved = Signal(int, int)  # training share, training + validation share
    released = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._shares = (60, 20, 20)
        self._held: int | None = None
        self.setFixedHeight(20)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip("Drag a border to change the shares, or type them below.")
        self.setAccessibleName("Shares of training, validation and test rows")
        theme.changed.connect(self.update)

    def set_shares(self, shares: tuple[int, int, int]) -> None:
        """Show these percentages."""
        self._shares = shares
        self.update()

    def border(self, which: int) -> float:
        """Where border 0 or 1 stands, in pixels."""
        return self.width() * sum(self._shares[: which + 1]) / 100

    def _near(self, x: float) -> int | None:
        far = {i: abs(self.border(i) - x) for i in (0, 1)}
        which = min(far, key=lambda i: far[i])
        if far[0] == far[1]:  # one on the other: the side of the pointer says which
            which = 0 if x < self.border(0) else 1
        return which if far[which] <= 10 else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._held = self._near(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        if self._held is None:
            near = self._near(x) is not None
            self.setCursor(Qt.CursorShape.SplitHCursor if near else Qt.CursorShape.ArrowCursor)
            return
        percent = round(20 * x / max(self.width(), 1)) * 5
        first, second = self._shares[0], self._shares[0] + self._shares[1]
        if self._held == 0:
            first = max(1, min(percent, 100))
            second = max(first, second)
        else:
            second = max(first, min(percent, 100))
        self.moved.emit(first, second)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._held is not None:
            self._held = None
            self.released.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = self._theme.tokens
        names = (tokens.accent, tokens.quiet, tokens.hairline)
        x = 0.0
        for share, colour in zip(self._shares, names, strict=True):
            wide = self.width() * share / 100
            painter.setPen(Qt.PenStyle.NoPen)
            rect = QRectF(x, 5, max(wide - 2, 0), 10)
            painter.setBrush(QColor(colour))
            if wide > 2:
                painter.drawRoundedRect(rect, 3, 3)
            x += wide
        painter.setPen(QPen(QColor(tokens.text), 2))
        for which in (0, 1):
            at = min(max(self.border(which) - 1, 1), self.width() - 1)
            painter.drawLine(round(at), 3, round(at), 17)


class SharesField(QWidget):
    """The bar and a number for each part. Proposes a whole DataSpec."""

    edited = Signal(object)  # DataSpec
    settled = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._spec = DataSpec()
        self.bar = ShareBar(theme)
        self.bar.moved.connect(self._dragged)
        self.bar.released.connect(self.settled)
        self.trouble = sentence(quiet=False)
        self.trouble.setVisible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.bar)
        grid = QGridLayout()
        grid.setSpacing(4)
        column.addLayout(grid)
        column.addWidget(self.trouble)
        self._theme = theme
        settings: dict[str, Setting] = {s.name: s for s in DataSpec.settings()}
        self.fields = {}
        for i, name in enumerate(SHARES):
            setting = settings[name]
            label = ElidedLabel(setting.label, SMALL)
            label.set_text(setting.label, setting.help)
            label.set_quiet()
            field = make_field(setting, theme, lambda: Form(theme))
            entry = field.focus_widget()
            entry.setAccessibleName(f"{setting.label} (%)")
            entry.setToolTip(setting.help)
            field.proposed.connect(lambda value, _, name=name: self._typed(name, value))
            field.refused.connect(lambda why, name=name: self._refused(name, why))
            field.settled.connect(self.settled)
            field.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            grid.addWidget(label, 0, i)
            grid.addWidget(field, 1, i)
            grid.setColumnStretch(i, 1)
            self.fields[name] = field

    def show_spec(self, spec: DataSpec) -> None:
        """Show the shares of `spec`."""
        self._spec = spec
        self.bar.set_shares(spec.shares)
        for name, field in self.fields.items():
            field.show_value(getattr(spec, name))

    def _typed(self, name: str, value: int) -> None:
        self._offer(self._spec.replace(**{name: value}))

    def _dragged(self, first: int, second: int) -> None:
        shares = dict(zip(SHARES, (first, second - first, 100 - second), strict=True))
        self._offer(self._spec.replace(**shares))

    def _offer(self, after: DataSpec) -> None:
        if after != self._spec and not after.problems():
            self.edited.emit(after)

    def _refused(self, name: str, why: str) -> None:
        label = next(s.label for s in DataSpec.settings() if s.name == name)
        words = f"{label} {why}." if why else ""
        self.trouble.setText(words)
        self.trouble.setVisible(bool(words))
        self.trouble.setStyleSheet(f"color: {self._theme.tokens.error};")

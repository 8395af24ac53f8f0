"""Colours, fonts and icons: each declared once, for light and dark."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QByteArray, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from gradloom.core.resources import resource_path
from gradloom.layers.shapes import Array
from gradloom.layers.site import Phase

SMALL, NORMAL, LARGE = 11, 13, 17  # font sizes in px
GRID = 8  # px
RADIUS = 10  # of cards, px


@dataclass(frozen=True)
class Tokens:
    """The named colours of one theme, as #RRGGBB."""

    window: str
    surface: str
    raised: str
    hairline: str
    text: str
    quiet: str
    accent: str
    on_accent: str
    positive: str
    negative: str
    classes: tuple[str, ...]  # from the third class on
    error: str
    warning: str
    good: str
    neutral: str  # zero, in maps and matrices


LIGHT = Tokens(
    window="#F4F5F7",
    surface="#FFFFFF",
    raised="#FFFFFF",
    hairline="#DADDE2",
    text="#1B1F24",
    quiet="#626A75",
    accent="#3D5AFE",
    on_accent="#FFFFFF",
    positive="#0F6FB8",
    negative="#D9730D",
    classes=(
        *("#2E9E6B", "#8E4EC6", "#C2456F", "#7A7F00", "#00838F"),
        *("#7B4B2A", "#4A5A6A", "#DB6FC0"),
    ),
    error="#C62828",
    warning="#B26A00",
    good="#2E7D32",
    neutral="#F1F2F4",
)
DARK = Tokens(
    window="#17191D",
    surface="#1F2227",
    raised="#272B31",
    hairline="#353A42",
    text="#E8EAED",
    quiet="#9AA3AE",
    accent="#8C9EFF",
    on_accent="#14171C",
    positive="#4FA8E8",
    negative="#F09A4A",
    classes=(
        *("#5CC596", "#B583E3", "#E67C9F", "#B4B93F", "#3FB5C1"),
        *("#B98A66", "#8FA3B5", "#EFA0DB"),
    ),
    error="#EF7A7A",
    warning="#F2B24C",
    good="#7CC47F",
    neutral="#2A2E34",
)
MARKERS = ("o", "s", "t", "d", "star", "p", "h")  # pyqtgraph symbols, one per class


def class_colours(tokens: Tokens, count: int) -> tuple[str, ...]:
    """A colour per class. Class 1 is the positive one: of two, what raises the output."""
    wheel = (tokens.negative, tokens.positive, *tokens.classes)
    return tuple(wheel[i % len(wheel)] for i in range(max(count, 2)))


_PHASES = {Phase.FORWARD: 4, Phase.LOSS: 2, Phase.BACKWARD: 1, Phase.UPDATE: 0}


def phase_colour(tokens: Tokens, phase: Phase) -> str:
    """The colour of a phase of a step; none of them is that of positive or negative."""
    return tokens.classes[_PHASES[phase]]


@lru_cache(maxsize=8)
def diverging(tokens: Tokens, steps: int = 256) -> Array:
    """(steps, 4) uint8: negative, through neutral at the middle, to positive."""
    low, middle, high = (_rgb(c) for c in (tokens.negative, tokens.neutral, tokens.positive))
    t = np.linspace(-1, 1, steps)[:, None]
    colours = np.where(t < 0, middle + (low - middle) * -t, middle + (high - middle) * t)
    alpha = np.full((steps, 1), 255)
    return np.hstack([np.rint(colours), alpha]).astype(np.uint8)


def _rgb(colour: str) -> Array:
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], float)


class Theme(QObject):
    """The theme in force; `changed` says that every colour must be read again."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mode = "system"
        self._dark = False
        self._applied: Tokens | None = None  # what the application looks like by this theme

    @property
    def tokens(self) -> Tokens:
        """The colours now."""
        return DARK if self._dark else LIGHT

    @property
    def dark(self) -> bool:
        """Whether the dark theme is in force."""
        return self._dark

    @property
    def mode(self) -> str:
        """'system', 'light' or 'dark', as chosen."""
        return self._mode

    def set_mode(self, mode: str) -> None:
        """Choose a theme and put it on the application."""
        self._mode = mode
        system = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
        self._dark = mode == "dark" or (mode == "system" and system)
        if self.tokens is self._applied:
            return
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        if self._applied is None:  # once: each of these looks at every widget there is
            app.setStyle("Fusion")
        app.setPalette(_palette(self.tokens))
        app.setStyleSheet(_sheet(self.tokens))
        if self._applied is None:
            app.setFont(font(NORMAL))
        self._applied = self.tokens
        self.changed.emit()

    def colour(self, name: str) -> QColor:
        """A token by name as a QColor."""
        return QColor(getattr(self.tokens, name))

    def icon(self, name: str, colour: str = "text") -> QIcon:
        """A bundled icon in a token's colour."""
        icon = QIcon()
        icon.addPixmap(icon_pixmap(name, getattr(self.tokens, colour), 20))
        icon.addPixmap(icon_pixmap(name, self.tokens.hairline, 20), QIcon.Mode.Disabled)
        return icon


def font(size: int = NORMAL, *, strong: bool = False) -> QFont:
    """The system font at one of the three sizes, with tabular figures."""
    made = QFont(QGuiApplication.font())
    made.setPixelSize(size)
    made.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
    made.setFeature(QFont.Tag("tnum"), 1)
    return made


@lru_cache(maxsize=512)
def icon_pixmap(name: str, colour: str, size: int = 16, ratio: float = 2.0) -> QPixmap:
    """A Lucide icon of `size` logical pixels, painted in `colour`."""
    text = resource_path("icons", f"{name}.svg").read_text(encoding="utf-8")
    renderer = QSvgRenderer(QByteArray(text.replace("currentColor", colour).encode()))
    pixmap = QPixmap(round(size * ratio), round(size * ratio))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(pixmap.rect()))
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def small_buttons(t: Tokens, aside: int, checked: str) -> str:
    """The sheet of buttons above a picture: `aside` px beside their words, `checked` their edge."""
    return (
        f"QToolButton {{ font-size: {SMALL}px; padding: 2px {aside}px;"
        f" border-color: {t.hairline}; }}"
        f"QToolButton:checked {{ border-color: {checked}; }}"
    )


def _palette(t: Tokens) -> QPalette:
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: t.window,
        QPalette.ColorRole.WindowText: t.text,
        QPalette.ColorRole.Base: t.surface,
        QPalette.ColorRole.AlternateBase: t.window,
        QPalette.ColorRole.ToolTipBase: t.raised,
        QPalette.ColorRole.ToolTipText: t.text,
        QPalette.ColorRole.Text: t.text,
        QPalette.ColorRole.PlaceholderText: t.quiet,
        QPalette.ColorRole.Button: t.surface,
        QPalette.ColorRole.ButtonText: t.text,
        QPalette.ColorRole.BrightText: t.error,
        QPalette.ColorRole.Highlight: t.accent,
        QPalette.ColorRole.HighlightedText: t.on_accent,
        QPalette.ColorRole.Link: t.accent,
        QPalette.ColorRole.Light: t.raised,
        QPalette.ColorRole.Midlight: t.hairline,
        QPalette.ColorRole.Mid: t.hairline,
        QPalette.ColorRole.Dark: t.hairline,
        QPalette.ColorRole.Shadow: t.hairline,
    }
    for role, colour in roles.items():
        palette.setColor(role, QColor(colour))
    for role in (
        QPalette.ColorRole.WindowText,
        QPalette.ColorRole.Text,
        QPalette.ColorRole.ButtonText,
    ):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(t.quiet))
    return palette


def _sheet(t: Tokens) -> str:
    """The few things a palette can't say."""
    return f"""
    QToolTip {{ background: {t.raised}; color: {t.text}; border: 1px solid {t.hairline};
        padding: 4px 6px; }}
    QMainWindow::separator {{ background: {t.window}; width: 6px; height: 6px; }}
    QDockWidget {{ font-weight: 600; }}
    QDockWidget::title {{ padding: 6px 8px; background: {t.window}; text-align: left; }}
    QTabBar::tab {{ background: transparent; color: {t.quiet}; padding: 6px 7px;
        border: none; border-bottom: 2px solid transparent; }}
    QTabBar::tab:selected {{ color: {t.text}; border-bottom-color: {t.accent}; }}
    QTabBar::tab:hover {{ color: {t.text}; }}
    QTabBar {{ qproperty-drawBase: 0; font-weight: 600; }}
    QScrollBar {{ background: transparent; border: none; margin: 0; }}
    QScrollBar:vertical {{ width: 10px; }}
    QScrollBar:horizontal {{ height: 10px; }}
    QScrollBar::handle {{ background: {t.hairline}; border-radius: 3px; margin: 2px; }}
    QScrollBar::handle:vertical {{ min-height: 24px; }}
    QScrollBar::handle:horizontal {{ min-width: 24px; }}
    QScrollBar::handle:hover {{ background: {t.quiet}; }}
    QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{
        background: none; border: none; width: 0; height: 0; }}
    QToolBar {{ background: {t.window}; border: none; spacing: 4px; padding: 4px 8px; }}
    QToolButton {{ border: 1px solid transparent; border-radius: 6px; padding: 4px 6px; }}
    QToolButton:hover {{ background: {t.raised}; border-color: {t.hairline}; }}
    QToolButton:focus {{ border-color: {t.accent}; }}
    QToolButton:checked {{ background: {t.raised}; border-color: {t.accent}; }}
    QToolButton#qt_toolbar_ext_button {{ padding: 0; }}
    QPushButton {{ background: {t.surface}; border: 1px solid {t.hairline}; border-radius: 6px;
        padding: 4px 12px; min-height: 18px; }}
    QPushButton:hover {{ border-color: {t.quiet}; }}
    QPushButton:focus {{ border-color: {t.accent}; }}
    QPushButton:default {{ background: {t.accent}; color: {t.on_accent};
        border-color: {t.accent}; }}
    QPushButton:disabled, QPushButton:default:disabled {{ color: {t.quiet};
        background: {t.surface}; border-color: {t.hairline}; }}
    QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
    QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox {{ background: {t.surface};
        border: 1px solid {t.hairline}; border-radius: 6px; padding: 2px 6px; min-height: 20px;
        selection-background-color: {t.accent}; selection-color: {t.on_accent}; }}
    QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus {{
        border-color: {t.accent}; }}
    QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ border: none; width: 16px; }}
    QComboBox::drop-down {{ border: none; width: 20px; }}
    QScrollArea {{ border: none; background: transparent; }}
    QTreeView, QListView, QTableView {{ background: {t.surface}; border: 1px solid {t.hairline};
        border-radius: 6px; outline: none; }}
    QMenu {{ background: {t.raised}; border: 1px solid {t.hairline}; padding: 4px; }}
    QMenu::item {{ padding: 4px 24px 4px 12px; border-radius: 4px; }}
    QMenu::item:selected {{ background: {t.accent}; color: {t.on_accent}; }}
    QMenu::separator {{ height: 1px; background: {t.hairline}; margin: 4px 8px; }}
    QStatusBar {{ color: {t.quiet}; }}
    """

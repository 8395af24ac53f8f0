"""A topic as a page: Markdown as Qt reads it, dressed in the theme."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QResizeEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFrameFormat,
    QTextLength,
    QTextTable,
)
from PySide6.QtWidgets import QTextBrowser, QWidget

from gradloom.session.plain import plain
from gradloom.ui.help.links import Link, parse, with_links
from gradloom.ui.help.pictures import Pictures
from gradloom.ui.help.topics import Topic
from gradloom.ui.help.words import icon_of, keys_of, tip_of
from gradloom.ui.theme import LARGE, NORMAL, SMALL, Theme, font

_MARGIN = 14.0
_BREAK = "\u2028"  # ends a line within a paragraph
_IMAGE = int(QTextDocument.ResourceType.ImageResource)


class HelpPage(QTextBrowser):
    """Shows one topic or the index. Links are not followed here, but told by `followed`."""

    followed = Signal(object)  # Link

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._pictures = Pictures(theme)
        self._topic: Topic | None = None
        self._markdown = ""
        self._heading = ""
        self.setOpenLinks(False)
        self.setAccessibleName("Help")
        self.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(_MARGIN)
        self.document().setIndentWidth(22)
        self.anchorClicked.connect(self._clicked)
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._typeset)
        theme.changed.connect(self._repaint)

    @property
    def topic(self) -> Topic | None:
        """The topic that is shown; None for the index."""
        return self._topic

    def show_topic(self, topic: Topic, heading: str = "") -> None:
        """Show a topic from its top, or from a heading."""
        self._topic, self._heading = topic, heading
        self._pictures.formulas = topic.formulas
        self.setAccessibleDescription(f"{topic.title}. {topic.spoken}")
        body = with_links(topic.with_formulas(_placed), self._written)
        self._show(f"# {topic.title}\n\n{body}")
        self._look_for_formulas()
        self.scroll_to(heading)

    def show_markdown(self, markdown: str, description: str) -> None:
        """Show a page that is no topic."""
        self._topic, self._heading = None, ""
        self._pictures.formulas = ()
        self.setAccessibleDescription(description)
        self._show(markdown)

    def scroll_to(self, heading: str) -> None:
        """Bring a heading to the top; "": the top itself."""
        for block in self._blocks():
            if heading and block.blockFormat().headingLevel() and block.text() == heading:
                top = self.document().documentLayout().blockBoundingRect(block).top()
                self.verticalScrollBar().setValue(round(top - _MARGIN))
                return
        self.verticalScrollBar().setValue(0)

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """The page's own pictures; nothing is read from anywhere else."""
        if kind != _IMAGE:
            return None
        return self._pictures.of(name.toString() if isinstance(name, QUrl) else name)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit_pictures()
            self._keep_icons()

    def _written(self, link: Link) -> str:
        """A link in Markdown: with the sign of what it does, and the key that does it too."""
        icon, keys = icon_of(link), keys_of(link)
        before = f"![{link.scheme}](icon:{icon})\u00a0" if icon else ""
        return f"{before}[{link.words}]({link.url}){f' ({keys})' if keys else ''}"

    def _show(self, markdown: str) -> None:
        self._markdown = markdown
        self.document().setDefaultFont(font(NORMAL))
        self.setMarkdown(markdown)
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        for block in self._blocks():
            self._dress(QTextCursor(block), block)
        cursor.endEditBlock()
        for frame in self.document().rootFrame().childFrames():
            if isinstance(frame, QTextTable):
                self._dress_table(frame)
        self._fit_pictures()
        self._keep_icons()

    def _blocks(self) -> Iterator[QTextBlock]:
        block = self.document().begin()
        while block.isValid():
            yield block
            block = block.next()

    def _dress(self, cursor: QTextCursor, block: QTextBlock) -> None:
        """Fonts, colours and room of one paragraph."""
        level = block.blockFormat().headingLevel()
        room = QTextBlockFormat()
        fragments = _fragments(block)
        tall = any(look.isImageFormat() and not _is_icon(look) for *_, look in fragments)
        lines = QTextBlockFormat.LineHeightTypes
        if tall:
            room.setLineHeight(6, lines.LineDistanceHeight.value)
        else:
            room.setLineHeight(132, lines.ProportionalHeight.value)
        above, below = 0, 4 if block.textList() is not None else 9
        if level:
            above, below = 0 if level == 1 else 12, 6
        elif tall:
            above, below = 2, 12
        elif cursor.currentTable() is not None:
            above, below = 0, 0
        room.setTopMargin(above)
        room.setBottomMargin(below)
        cursor.mergeBlockFormat(room)
        for start, length, look in fragments:
            if level:
                look.clearProperty(QTextFormat.Property.FontSizeAdjustment)
                look.setFont(font(LARGE if level == 1 else NORMAL, strong=True))
            if look.isAnchor():
                link = parse(look.anchorHref())
                look.setForeground(self._theme.colour("accent"))
                look.setToolTip("" if link is None else tip_of(link))
            if cursor.currentTable() is not None:
                size = font(SMALL)
                size.setBold(look.font().bold())
                look.setFont(size)
            if level or look.isAnchor() or cursor.currentTable() is not None:
                self._reformat(start, length, look)

    def _reformat(self, start: int, length: int, look: QTextCharFormat) -> None:
        cursor = QTextCursor(self.document())
        cursor.setPosition(start)
        cursor.setPosition(start + length, QTextCursor.MoveMode.KeepAnchor)
        cursor.setCharFormat(look)

    def _dress_table(self, table: QTextTable) -> None:
        look = table.format()
        look.setBorder(1)
        look.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
        look.setBorderBrush(QBrush(QColor(self._theme.tokens.hairline)))
        look.setBorderCollapse(True)
        look.setCellPadding(4)
        look.setTopMargin(2)
        look.setBottomMargin(12)
        look.setCellSpacing(0)
        look.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
        table.setFormat(look)

    def _fit_pictures(self) -> None:
        """No picture wider than the page; formulas not larger than they are."""
        room = max(self.viewport().width() - 2 * _MARGIN - 4, 60)
        for block in self._blocks():
            for start, length, look in _fragments(block):
                if look.isImageFormat():
                    made = look.toImageFormat()
                    size = self._size_of(made.name())
                    factor = min(1.0, room / size.width())
                    made.setWidth(size.width() * factor)
                    made.setHeight(size.height() * factor)
                    made.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignMiddle)
                    self._reformat(start, length, made)

    def _keep_icons(self) -> None:
        """Break lines before icons that would stand alone at an end, apart from their words."""
        document = self.document()
        text = document.toRawText()
        for at in (i for i, letter in enumerate(text) if letter == _BREAK):
            self._put(at, " ")
        for block in self._blocks():
            for start, _, look in _fragments(block):
                document.size()  # lays out what was changed
                at, layout = start - block.position(), block.layout()
                if at < 1 or not _is_icon(look) or block.text()[at - 1] != " ":
                    continue
                lines = [layout.lineForTextPosition(at + i).lineNumber() for i in (0, 2)]
                if lines[0] != lines[1]:
                    self._put(start - 1, _BREAK)

    def _put(self, at: int, letter: str) -> None:
        """Another character in place of one, which looks the same."""
        cursor = QTextCursor(self.document())
        cursor.setPosition(at)
        cursor.setPosition(at + 1, QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(letter, cursor.charFormat())

    def _size_of(self, name: str) -> QSize:
        return self._pictures.of(name).deviceIndependentSize().toSize()

    def _look_for_formulas(self) -> None:
        if self._pictures.waiting:
            self._timer.start()

    def _typeset(self) -> None:
        """One formula in each turn of the event loop; then all of them are shown."""
        waiting = self._pictures.waiting
        if waiting:
            self._pictures.typeset(waiting[0])
        if len(waiting) > 1:
            self._timer.start()
        elif waiting:
            place = self.verticalScrollBar().value()
            self._show(self._markdown)
            if self._heading and place:
                self.scroll_to(self._heading)
            else:
                self.verticalScrollBar().setValue(place)

    def _clicked(self, url: QUrl) -> None:
        link = parse(url.toString())
        if link is not None:
            self.followed.emit(link)

    def _repaint(self) -> None:
        place = self.verticalScrollBar().value()
        self._show(self._markdown)
        self.verticalScrollBar().setValue(place)
        self._look_for_formulas()


def _placed(number: int, latex: str) -> str:
    """A formula in Markdown."""
    return f"![{plain(latex)}](formula:{number})"


def _fragments(block: QTextBlock) -> list[tuple[int, int, QTextCharFormat]]:
    """Start, length and look of every run of characters of a paragraph."""
    found = []
    at = block.begin()
    while not at.atEnd():
        fragment = at.fragment()
        found.append((fragment.position(), fragment.length(), fragment.charFormat()))
        at += 1
    return found


def _is_icon(look: QTextCharFormat) -> bool:
    return look.isImageFormat() and look.toImageFormat().name().startswith("icon:")

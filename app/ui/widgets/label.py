"""The label that every text of the app is shown with: any mix of scripts, wrapped, in the right order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from kivy.graphics import Color, Line, Rectangle
from kivy.metrics import dp
from kivy.properties import (
    BooleanProperty,
    NumericProperty,
    ObjectProperty,
    OptionProperty,
    StringProperty,
    VariableListProperty,
)

from app.ui.bidi import (
    ELLIPSIS,
    Run,
    base_is_rtl,
    shortened,
    visual_runs,
    with_numbers_whole,
    without_controls,
    wrap,
)
from app.ui.i18n import language
from app.ui.theme import LINE_HEIGHT, STYLES, theme
from app.ui.widgets import text_runs
from app.ui.widgets.live import Live


@dataclass(frozen=True, slots=True)
class PlacedRun:
    """A run and where it is drawn: left edge and width in pixels from the label's left, line from the top."""

    run: Run
    x: float
    width: float
    line: int


class _TextLine(NamedTuple):
    """One line: a range of a paragraph and the paragraph's direction."""

    text: str
    rtl: bool
    start: int
    end: int


class BidiLabel(Live):
    """Text, wrapped to the width it is given; its height follows.

    `style` is one of theme.STYLES, `bold` overrides its weight, `tone` is a colour token. `halign` is
    start, center or end, and start is the right side in Arabic. `fit=True` makes the label as wide as its
    text (up to `max_width`). `shorten=True` keeps one line and ends it with an ellipsis; `max_lines` does so
    after some lines. `strike` draws a line through.
    """

    text = ObjectProperty("")
    style = StringProperty("body")
    bold = ObjectProperty(None, allownone=True)
    tone = StringProperty("ink")
    halign = OptionProperty("start", options=("start", "center", "end"))
    valign = OptionProperty("middle", options=("top", "middle"))
    fit = BooleanProperty(False)
    max_width = NumericProperty(0)
    shorten = BooleanProperty(False)
    max_lines = NumericProperty(0)
    strike = BooleanProperty(False)
    padding = VariableListProperty([0, 0, 0, 0])
    natural_width = NumericProperty(0)
    auto_height = BooleanProperty(True)

    def __init__(self, **options: Any) -> None:
        options.setdefault("size_hint_y", None)
        if options.get("fit"):
            options.setdefault("size_hint_x", None)
        self.width: float
        self.placed: tuple[PlacedRun, ...] = ()
        self.line_count = 0
        self._laid_out_for: tuple[Any, ...] = ()
        super().__init__(**options)
        for name in (
            "text",
            "style",
            "bold",
            "fit",
            "max_width",
            "shorten",
            "max_lines",
            "padding",
            "halign",
        ):
            self.fbind(name, self._lay_out)
        self.fbind("width", self._lay_out)
        for name in ("pos", "height", "tone", "strike", "valign"):
            self.fbind(name, self._draw)
        self._lay_out()

    @property
    def shown_text(self) -> str:
        """The text as a person reads it now, in logical order."""
        return without_controls(str(self.text))

    @property
    def pixels(self) -> int:
        return theme.font_pixels(self.style)

    @property
    def is_bold(self) -> bool:
        return STYLES[self.style].bold if self.bold is None else bool(self.bold)

    @property
    def line_pixels(self) -> float:
        return round(self.pixels * LINE_HEIGHT)

    def language_changed(self) -> None:
        self._lay_out()

    def look_changed(self) -> None:
        self._lay_out()

    def _lay_out(self, *_: Any) -> None:
        text = with_numbers_whole(str(self.text))
        pixels, bold = self.pixels, self.is_bold
        left, top, right, bottom = self.padding
        given = None if self.fit else self.width
        current = (text, pixels, bold, language.rtl, given, self.fit, self.max_width, self.shorten)
        key: tuple[Any, ...] = (*current, self.max_lines, self.halign, left, top, right, bottom)
        if key == self._laid_out_for:
            self._draw()
            return
        self._laid_out_for = key
        paragraphs = [(part, base_is_rtl(part, language.rtl)) for part in text.split("\n")]
        natural = max(text_runs.measure(part, pixels, bold, rtl) for part, rtl in paragraphs) + left + right
        self.natural_width = natural
        if self.fit:
            self.width = min(natural, self.max_width or natural)
        inner = max(1.0, self.width - left - right) + 0.5
        lines = self._lines(paragraphs, inner)
        self._place(lines, inner)
        self.line_count = len(lines)
        if self.auto_height:
            self.height = len(lines) * self.line_pixels + top + bottom
        self._draw()

    def _lines(self, paragraphs: list[tuple[str, bool]], inner: float) -> list[_TextLine]:
        pixels, bold = self.pixels, self.is_bold
        lines: list[_TextLine] = []
        for paragraph, rtl in paragraphs:

            def measure(part: str, rtl: bool = rtl) -> float:
                return text_runs.measure(part, pixels, bold, rtl)

            if self.shorten:
                short = shortened(paragraph, measure, inner)
                return [_TextLine(short, rtl, 0, len(short))]
            lines += [_TextLine(paragraph, rtl, *line) for line in wrap(paragraph, measure, inner)]
            most = int(self.max_lines)
            if most and len(lines) > most:
                last = lines[most - 1]
                rest = (
                    shortened(last.text[last.start :] + ELLIPSIS, measure, inner).rstrip(ELLIPSIS) + ELLIPSIS
                )
                return [*lines[: most - 1], _TextLine(rest, last.rtl, 0, len(rest))]
        return lines

    def _place(self, lines: list[_TextLine], inner: float) -> None:
        placed = []
        for number, line in enumerate(lines):
            runs, widths, free = self._measured(line.text, line.rtl, line.start, line.end, inner)
            x = self.padding[0] + (free / 2 if self.halign == "center" else free if self._at_right else 0)
            for run, width in zip(runs, widths, strict=True):
                if not run.blank:
                    placed.append(PlacedRun(run, x, width, number))
                x += width
        self.placed = tuple(placed)

    @property
    def _at_right(self) -> bool:
        return (self.halign == "end") != language.rtl

    def _measured(
        self, text: str, rtl: bool, start: int, end: int, inner: float
    ) -> tuple[tuple[Run, ...], list[int], float]:
        """The runs of a line from left to right, their widths, and the room that is left."""
        runs = visual_runs(text, rtl, start, end)
        pixels, bold = self.pixels, self.is_bold
        widths = [text_runs.run_width(run.text, pixels, bold, run.rtl, run.script) for run in runs]
        return runs, widths, inner - sum(widths)

    def caret(self, index: int) -> tuple[float, float, float]:
        """Left edge, lower edge and height of a caret before character `index`, in pixels."""
        text = str(self.text)
        before = text[:index].count("\n")
        index -= text.rfind("\n", 0, index) + 1
        paragraphs = [(part, base_is_rtl(part, language.rtl)) for part in text.split("\n")]
        pixels, bold, line = self.pixels, self.is_bold, self.line_pixels
        left, top, right, _ = self.padding
        inner = max(1.0, self.width - left - right) + 0.5
        above = len(self._lines(paragraphs[:before], inner)) if before else 0
        paragraph, rtl = paragraphs[before]
        lines = self._lines([(paragraph, rtl)], inner)
        number = max((n for n, found in enumerate(lines) if found.start <= index), default=0)
        start, end = lines[number].start, max(lines[number].end, index)
        runs, widths, free = self._measured(paragraph, rtl, start, end, inner)
        edge = self.x + left + (free if self._at_right else 0)
        x = edge + (sum(widths) if rtl else 0)
        for run, width in zip(runs, widths, strict=True):
            reached = index - run.start
            if 0 < reached <= len(run.text):
                part = text_runs.run_width(run.text[:reached], pixels, bold, run.rtl, run.script)
                x = edge + (width - part if run.rtl else part)
            edge += width
        y = self.y + self.height - top - (above + number + 1) * line
        return round(x), round(y + line * 0.12), round(line * 0.76)

    def _draw(self, *_: Any) -> None:
        self.canvas.clear()
        if not self.placed:
            return
        pixels, bold = self.pixels, self.is_bold
        line = self.line_pixels
        _, top, _, bottom = self.padding
        block = self.line_count * line
        room = self.height - top - bottom
        first = self.y + self.height - top - (max(0.0, (room - block) / 2) if self.valign == "middle" else 0)
        # The middle of small letters stands in the middle of the line.
        baseline = line / 2 + pixels * 0.34
        to_top = text_runs.ascent(pixels, bold)
        with self.canvas:
            Color(rgba=theme.colour(self.tone))
            for item in self.placed:
                picture = text_runs.texture(item.run, pixels, bold)
                y = first - item.line * line - baseline + to_top - picture.height
                Rectangle(texture=picture, size=picture.size, pos=(round(self.x + item.x), round(y)))
            if self.strike:
                for item in self.placed:
                    y = first - item.line * line - line / 2
                    Line(points=[self.x + item.x, y, self.x + item.x + item.width, y], width=dp(0.7))

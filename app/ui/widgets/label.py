"""The label that every text of the app is shown with: any mix of scripts, wrapped, in the right order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

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

from app.ui.bidi import Run, base_is_rtl, shortened, visual_runs, without_controls, wrap
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
        text = str(self.text)
        pixels, bold = self.pixels, self.is_bold
        left, top, right, bottom = self.padding
        current = (text, pixels, bold, language.rtl, self.width, self.fit, self.max_width, self.shorten)
        current += (self.max_lines, self.halign, left, top, right, bottom)
        if current == self._laid_out_for:
            self._draw()
            return
        self._laid_out_for = current
        rtl = base_is_rtl(text, language.rtl)

        def measure(part: str) -> float:
            return text_runs.measure(part, pixels, bold, rtl)

        natural = max((measure(part) for part in text.split("\n")), default=0) + left + right
        self.natural_width = natural
        limit = self.max_width or float("inf")
        if self.fit:
            self.width = min(natural, limit)
        inner = max(1.0, self.width - left - right) + 0.5
        lines = self._lines(text, measure, inner)
        self._place(lines, rtl, inner)
        self.line_count = len(lines)
        if self.auto_height:
            self.height = len(lines) * self.line_pixels + top + bottom
        self._draw()

    def _lines(self, text: str, measure: Any, inner: float) -> list[str]:
        """The texts of the lines. Each is ordered by itself, which is right as long as no isolate spans two."""
        if self.shorten:
            return [shortened(" ".join(text.split("\n")), measure, inner)]
        lines = [text[a:b] for a, b in wrap(text, measure, inner)]
        most = int(self.max_lines)
        if most and len(lines) > most:
            lines = [*lines[: most - 1], shortened(lines[most - 1] + "……", measure, inner).rstrip("…") + "…"]
        return lines

    def _place(self, lines: list[str], rtl: bool, inner: float) -> None:
        pixels, bold = self.pixels, self.is_bold
        placed = []
        for number, line in enumerate(lines):
            runs = visual_runs(line, rtl)
            widths = [text_runs.run_width(run.text, pixels, bold, run.rtl, run.script) for run in runs]
            free = inner - sum(widths)
            at_right = (self.halign == "end") != language.rtl
            x = self.padding[0] + (free / 2 if self.halign == "center" else free if at_right else 0)
            for run, width in zip(runs, widths, strict=True):
                if not run.blank:
                    placed.append(PlacedRun(run, x, width, number))
                x += width
        self.placed = tuple(placed)

    def caret(self, index: int) -> tuple[float, float, float]:
        """Where a caret before character `index` of the text stands: left edge, lower edge and height in pixels."""
        text = str(self.text)
        rtl = base_is_rtl(text, language.rtl)
        pixels, bold, line = self.pixels, self.is_bold, self.line_pixels
        left, top, right, _ = self.padding
        inner = max(1.0, self.width - left - right) + 0.5
        lines = wrap(text, lambda part: text_runs.measure(part, pixels, bold, rtl), inner)
        number = max((n for n, (start, _) in enumerate(lines) if start <= index), default=0)
        begin = lines[number][0] if lines else 0
        stop = max(lines[number][1] if lines else 0, index)
        runs = visual_runs(text[begin:stop], rtl)
        widths = [text_runs.run_width(run.text, pixels, bold, run.rtl, run.script) for run in runs]
        free = inner - sum(widths)
        at_right = (self.halign == "end") != language.rtl
        edge = self.x + left + (free if at_right else 0)
        x = edge + (0 if not rtl else sum(widths))
        for run, width in zip(runs, widths, strict=True):
            before = index - begin - run.start
            if 0 < before <= len(run.text):
                part = text_runs.run_width(run.text[:before], pixels, bold, run.rtl, run.script)
                x = edge + (width - part if run.rtl else part)
            edge += width
        y = self.y + self.height - top - (number + 1) * line
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

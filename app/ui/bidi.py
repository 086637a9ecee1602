"""The order of a line: which runs stand where, from left to right, by the Unicode bidirectional algorithm.

No Kivy in here, and the only importer of `fpdf.bidi`, which gives the levels. The rules of a line
(L1 and L2 of UAX #9) are applied here, because lines are broken in logical order first.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from fpdf.bidi import BidiParagraph
from fpdf.enums import TextDirection

LEFT_TO_RIGHT_ISOLATE, RIGHT_TO_LEFT_ISOLATE, POP_ISOLATE = "\u2066", "\u2067", "\u2069"
ELLIPSIS = "…"

_CONTROLS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\ufeff\u00ad"
)
_RIGHT = frozenset({"R", "AL", "AN", "RLE", "RLO", "RLI"})
_NOT_PLAIN = _RIGHT | {"LRE", "LRO", "LRI", "FSI", "PDF", "PDI"}
_RESET_AT_END = frozenset({"WS", "FSI", "LRI", "RLI", "PDI", "BN"})

# The scripts whose shaping rules the font knows. Other letters are drawn by the rules of Latin.
_SCRIPTS = (
    (0x0370, 0x03FF, "Grek"),
    (0x0400, 0x052F, "Cyrl"),
    (0x0600, 0x077F, "Arab"),
    (0x08A0, 0x08FF, "Arab"),
    (0x2D30, 0x2D7F, "Tfng"),
    (0xFB50, 0xFDFF, "Arab"),
    (0xFE70, 0xFEFF, "Arab"),
)


@dataclass(frozen=True, slots=True)
class Run:
    """Characters of one direction and script side by side; `start` is where they begin in the text.

    A run is either of blanks only or neither begins nor ends with one: the width of an outer blank is
    then never lost in shaping.
    """

    text: str
    start: int
    rtl: bool
    script: str

    @property
    def blank(self) -> bool:
        return not self.text.strip()


def isolate(text: str, ui_rtl: bool) -> str:
    """`text` fenced off, so that inside a sentence it stands in the order that it has alone.

    Its direction is said outright: a text of nothing but fenced texts has no strong letter to tell it.
    """
    fence = RIGHT_TO_LEFT_ISOLATE if base_is_rtl(text, ui_rtl) else LEFT_TO_RIGHT_ISOLATE
    return f"{fence}{text}{POP_ISOLATE}"


_NUMBER_IN_GROUPS = re.compile(r"(?<![\w+:])\+?\(?\d[\d()]*(?:[ \u00a0\-.][\d()]+)+(?![\w:])", re.ASCII)
_DIGITS_OF_A_PHONE_NUMBER = 7


def with_numbers_whole(text: str) -> str:
    """`text` with every long number in groups fenced off, if it holds a right-to-left letter.

    By the algorithm alone the groups of '+212 612 345 678' come out backwards inside Arabic, and a
    person would dial another number. A year beside a clock time is no such number.
    """
    return _NUMBER_IN_GROUPS.sub(_fenced_number, text) if has_rtl(text) else text


def _fenced_number(found: re.Match[str]) -> str:
    digits = sum(character.isdigit() for character in found[0])
    return isolate(found[0], False) if digits >= _DIGITS_OF_A_PHONE_NUMBER else found[0]


def without_controls(text: str) -> str:
    """`text` as a person reads it, without the marks that only steer its order."""
    return "".join(character for character in text if character not in _CONTROLS)


def has_rtl(text: str) -> bool:
    """Whether any letter of `text` is written from right to left."""
    if text.isascii():
        return False
    return any(unicodedata.bidirectional(character) in ("R", "AL") for character in text)


def base_is_rtl(text: str, ui_rtl: bool) -> bool:
    """The direction of a paragraph.

    Without a right-to-left letter (a code, a phone number, a name in Latin) it is left to right, in every
    language of the app. With one, it is right to left when the app is; else the first strong letter decides.
    """
    if not has_rtl(text):
        return False
    if ui_rtl:
        return True
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in ("R", "AL"):
            return True
        if kind == "L":
            return False
    return False


@lru_cache(maxsize=2048)
def levels(text: str, rtl: bool) -> tuple[int | None, ...]:
    """The embedding level of each character of one paragraph, None for a mark that has no place in the order.

    Isolates keep their level: they are not drawn, but they part what stands at their sides.
    """
    if not rtl and (text.isascii() or not any(unicodedata.bidirectional(c) in _NOT_PLAIN for c in text)):
        return (0,) * len(text)
    found: list[int | None] = [None] * len(text)
    try:
        paragraph = BidiParagraph(text, TextDirection.RTL if rtl else TextDirection.LTR)
        for resolved in paragraph.get_characters():
            found[resolved.character_index] = resolved.embedding_level
    except RecursionError:
        # Several hundred marks or blanks in a row, which nobody reads as text: strong letters keep their
        # direction, all else follows the paragraph.
        base = 1 if rtl else 0
        for index, character in enumerate(text):
            kind = unicodedata.bidirectional(character)
            found[index] = (
                1 if kind in ("R", "AL") else base + base % 2 if kind in ("L", "EN", "AN") else base
            )
    return tuple(found)


def script_of(character: str) -> str | None:
    """The script that shapes a letter, None for digits, marks and blanks, which take their neighbour's."""
    code = ord(character)
    if code < 0x370:
        return "Latn" if character.isalpha() else None
    if unicodedata.category(character)[0] not in "LM":
        return None
    for first, last, script in _SCRIPTS:
        if first <= code <= last:
            return script
    return "Latn"


def line_levels(
    text: str, start: int, end: int, of_paragraph: tuple[int | None, ...], rtl: bool
) -> list[int | None]:
    """The levels of one line: blanks at its end take the paragraph's level (rule L1)."""
    base = 1 if rtl else 0
    line = list(of_paragraph[start:end])
    at_end = True
    for offset in range(end - start - 1, -1, -1):
        kind = unicodedata.bidirectional(text[start + offset])
        if kind in ("S", "B"):
            line[offset], at_end = base, True
        elif kind in _RESET_AT_END:
            if at_end and line[offset] is not None:
                line[offset] = base
        else:
            at_end = False
    return line


@lru_cache(maxsize=8192)
def visual_runs(text: str, rtl: bool, start: int = 0, end: int | None = None) -> tuple[Run, ...]:
    """The runs of the line `text[start:end]` of a paragraph, from left to right as they are drawn."""
    end = len(text) if end is None else end
    of_line = line_levels(text, start, end, levels(text, rtl), rtl)
    pieces = _same_level(text, start, of_line)
    highest = max((level for level, _ in pieces), default=0)
    for level in range(highest, 0, -1):  # rule L2
        position = 0
        while position < len(pieces):
            if pieces[position][0] < level:
                position += 1
                continue
            stop = position
            while stop < len(pieces) and pieces[stop][0] >= level:
                stop += 1
            pieces[position:stop] = pieces[position:stop][::-1]
            position = stop
    return tuple(run for _, run in pieces if run is not None)


def _same_level(text: str, start: int, of_line: list[int | None]) -> list[tuple[int, Run | None]]:
    """The line in logical order, cut where level or script change and around the blanks at the edges.

    None stands for marks that are not drawn, alone at their level.
    """
    pieces: list[tuple[int, Run | None]] = []
    kept: list[tuple[int, str, int]] = [
        (start + offset, text[start + offset], level)
        for offset, level in enumerate(of_line)
        if level is not None and text[start + offset] != "\n"
    ]
    first = 0
    for position in range(1, len(kept) + 1):
        if position < len(kept) and kept[position][2] == kept[first][2]:
            continue
        if kept:
            level = kept[first][2]
            shown = [item for item in kept[first:position] if item[1] not in _CONTROLS]
            runs = _by_script(shown, level % 2 == 1) if shown else [None]
            pieces += [(level, run) for run in runs]
        first = position
    return pieces


def _by_script(characters: list[tuple[int, str, int]], rtl: bool) -> list[Run | None]:
    runs: list[Run | None] = []
    current, script = 0, next((s for _, c, _ in characters if (s := script_of(c))), "Arab" if rtl else "Latn")
    for position, (_, character, _) in enumerate(characters):
        own = script_of(character)
        if own is not None and own != script:
            runs += _trimmed(characters[current:position], rtl, script)
            current, script = position, own
    runs += _trimmed(characters[current:], rtl, script)
    return runs


def _trimmed(characters: list[tuple[int, str, int]], rtl: bool, script: str) -> list[Run]:
    text = "".join(character for _, character, _ in characters)
    lead = len(text) - len(text.lstrip())
    trail = len(text.rstrip())
    parts = [(0, len(text))] if lead >= trail else [(0, lead), (lead, trail), (trail, len(text))]
    return [Run(text[a:b], characters[a][0], rtl, script) for a, b in parts if b > a]


def break_places(text: str) -> list[int]:
    """Where a line may end: after blanks, dashes and slashes before a letter, never inside a code."""
    places = []
    for index, character in enumerate(text[:-1]):
        following = text[index + 1]
        if (character.isspace() and character != "\u00a0" and not following.isspace()) or (
            character in "—–/" and not following.isspace() and following.isalpha()
        ):
            places.append(index + 1)
    return places


def wrap(text: str, measure: Callable[[str], float], width: float) -> list[tuple[int, int]]:
    """The lines of `text` as ranges, in logical order, blanks at their ends left out.

    A word wider than `width` is broken inside. An empty paragraph is an empty line.
    """
    lines: list[tuple[int, int]] = []
    begin = 0
    for paragraph in text.split("\n"):
        lines += [(begin + a, begin + b) for a, b in _wrap_paragraph(paragraph, measure, width)]
        begin += len(paragraph) + 1
    return lines


def _wrap_paragraph(text: str, measure: Callable[[str], float], width: float) -> list[tuple[int, int]]:
    if not text or measure(text.rstrip()) <= width:
        return [(0, len(text.rstrip()))]
    lines: list[tuple[int, int]] = []
    start, used, previous = 0, 0.0, 0
    for place in [*break_places(text), len(text)]:
        word = text[previous:place]
        wide, needed = measure(word), measure(word.rstrip())
        if previous > start and used + needed > width:
            lines.append((start, len(text[:previous].rstrip())))
            start, used = previous, 0.0
        if needed > width:
            for cut in _cut(word.rstrip(), measure, width):
                lines.append((start, previous + cut))
                start = previous + cut
            used = measure(text[start:place])
        else:
            used += wide
        previous = place
    if start < len(text.rstrip()) or not lines:
        lines.append((start, len(text.rstrip())))
    return lines


def _cut(word: str, measure: Callable[[str], float], width: float) -> list[int]:
    """Where a word that is too wide for a line is broken; what is left after the last place fits."""
    cuts: list[int] = []
    start = 0
    while measure(word[start:]) > width and len(word) - start > 1:
        low, high = 1, len(word) - start
        while low < high:
            middle = (low + high + 1) // 2
            if measure(word[start : start + middle]) <= width:
                low = middle
            else:
                high = middle - 1
        start += low
        cuts.append(start)
    return cuts


def shortened(text: str, measure: Callable[[str], float], width: float) -> str:
    """`text` if it fits, else its beginning followed by an ellipsis: the end is lost, in logical order."""
    if measure(text) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if measure(text[:middle].rstrip() + ELLIPSIS) <= width:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + ELLIPSIS

"""The Markdown that forms have in their texts, as styled text: strong, emphasis, headings, lists.

What ODK shows of it (docs.getodk.org, 'Form styling'): `*a*`, `**a**`, `# a`, `- a`, `[a](address)`,
`<span …>` and a few other tags. Colours and typefaces are left out: here every colour has a meaning of
its own. An address is not shown, and nothing leads to it: a tap must not open a browser in a room full
of relatives.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Span:
    """Words of one look."""

    text: str
    strong: bool = False
    emphasis: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line; `heading` is its level, 0 for plain text. `bullet` says that it is an item of a list."""

    spans: tuple[Span, ...]
    heading: int = 0
    bullet: bool = False

    @property
    def text(self) -> str:
        return "".join(span.text for span in self.spans)


_MARKS = re.compile(r"[*_#<\[\\]|^\s*[-+] ", re.MULTILINE)
_MARK = re.compile(r"[\\*_#\[\]<>()+-]")
_BREAK = re.compile(r"<br\s*/?>|</(?:p|div|h[1-6])\s*>", re.IGNORECASE)
_TAG = re.compile(
    r"</?(?:span|b|i|u|em|strong|big|small|font|p|div|sub|sup|h[1-6])(?:\s[^<>]{0,200})?>", re.IGNORECASE
)
_HEADING = re.compile(r"(#{1,6})[ \t]+(\S.*)")
_BULLET = re.compile(r"\s{0,3}[-*+][ \t]+(\S.*)")
_INLINE = re.compile(
    r"\\(?P<escaped>[\\*_#\[\]<>()+-])"
    r"|\*\*(?P<strong>[^\s*](?:[^*]*[^\s*])?)\*\*"
    r"|(?<!\w)__(?P<strong2>[^\s_](?:[^_]*[^\s_])?)__(?!\w)"
    r"|\*(?P<emphasis>[^\s*](?:[^*]*[^\s*])?)\*"
    r"|(?<!\w)_(?P<emphasis2>[^\s_](?:[^_]*[^\s_])?)_(?!\w)"
    r"|\[(?P<link>[^\[\]]+)\]\([^()\s]*\)"
)


@lru_cache(maxsize=4096)
def styled(text: str) -> tuple[Line, ...]:
    """The lines of a text with their looks."""
    text = _TAG.sub("", _BREAK.sub("\n", text))
    return tuple(_line(line) for line in text.split("\n"))


def plain(text: str) -> str:
    """The words alone, as they are read out or put into a list; an item of a list begins with `•`."""
    if not _MARKS.search(text):
        return text
    return "\n".join(f"• {line.text}" if line.bullet else line.text for line in styled(text)).strip("\n")


def escaped(text: str) -> str:
    """A text whose marks are letters like others: an answer that is filled in means no heading."""
    return _MARK.sub(r"\\\g<0>", text)


def _line(line: str) -> Line:
    heading = _HEADING.fullmatch(line)
    if heading:
        return Line(_spans(heading[2], False, False), heading=len(heading[1]))
    bullet = _BULLET.fullmatch(line)
    if bullet:
        return Line(_spans(bullet[1], False, False), bullet=True)
    return Line(_spans(line, False, False))


def _spans(text: str, strong: bool, emphasis: bool) -> tuple[Span, ...]:
    """Strong may stand in emphasis and the other way round; neither in itself, so this ends."""
    found: list[Span] = []
    place = 0
    for match in _INLINE.finditer(text):
        if match.start() > place:
            found.append(Span(text[place : match.start()], strong, emphasis))
        place = match.end()
        inner_strong = match["strong"] or match["strong2"]
        inner_emphasis = match["emphasis"] or match["emphasis2"]
        if match["escaped"]:
            found.append(Span(match["escaped"], strong, emphasis))
        elif match["link"]:
            found += _spans(match["link"], strong, emphasis)
        elif inner_strong:
            found += _inner(inner_strong, True, emphasis, strong)
        elif inner_emphasis:
            found += _inner(inner_emphasis, strong, True, emphasis)
    if place < len(text):
        found.append(Span(text[place:], strong, emphasis))
    return tuple(found)


def _inner(text: str, strong: bool, emphasis: bool, again: bool) -> tuple[Span, ...]:
    return (Span(text, strong, emphasis),) if again else _spans(text, strong, emphasis)

"""What a person would stumble over on a page, as far as a machine can see it: targets too small for a thumb,
things that lie over each other, words of another language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tests.ui.window import Widget

#: The least side of what is touched, as the theme has it.
TARGET = 48
_TOUCHED = ("PushButton", "IconButton", "ChoiceRow", "TextField", "Row", "Button", "NavButton")
#: Letters that a text of the language is not written in. Codes, names of files and of languages are.
_FOREIGN = {
    "ar": re.compile(r"[A-Za-z\u0400-\u04ff]{3,}"),
    "uk": re.compile(r"[A-Za-z\u0600-\u06ff]{3,}"),
    "en": re.compile(r"[\u0400-\u04ff\u0600-\u06ff]{3,}"),
}
_OF_NO_LANGUAGE = re.compile(
    r"[A-Z]{2}-[0-9A-Z]{7}-[0-9A-Z]|[\w.+-]+@[\w.]+|[\w-]+\.(?:png|jpg)|DEMO|\b[A-Z]{2,4}\b|Homeward"
)


def stumbling_blocks(widgets: Iterable[Widget], language: str, typed: Iterable[str] = ()) -> list[str]:
    """Each as a line. `typed`: words that a person wrote herself, in whatever language."""
    there = list(widgets)
    own = {*typed}
    return [*_small(there), *_overlaps(there), *_foreign(there, language, own)]


def _touched(widgets: Iterable[Widget]) -> list[Widget]:
    return [each for each in widgets if each["kind"] in _TOUCHED and each["name"] and not each["clipped"]]


def _small(widgets: Iterable[Widget]) -> Iterator[str]:
    for each in _touched(widgets):
        if min(each["w"], each["h"]) < TARGET:
            yield f"{each['name']} is only {each['w']} by {each['h']}"


def _overlaps(widgets: Iterable[Widget]) -> Iterator[str]:
    """Of two that are touched, neither lies on the other, unless it lies in it."""
    touched = _touched(widgets)
    for number, one in enumerate(touched):
        for other in touched[number + 1 :]:
            across = min(one["x"] + one["w"], other["x"] + other["w"]) - max(one["x"], other["x"])
            along = min(one["y"] + one["h"], other["y"] + other["h"]) - max(one["y"], other["y"])
            inside = (across, along) in ((one["w"], one["h"]), (other["w"], other["h"]))
            if across > 1 and along > 1 and not inside:
                yield f"{one['name']} lies on {other['name']}"


def _foreign(widgets: Iterable[Widget], language: str, own: set[str]) -> Iterator[str]:
    pattern = _FOREIGN.get(language)
    for each in widgets:
        text = str(each["text"])
        if pattern is None or text in own or str(each["name"]).startswith("entry.language."):
            continue
        if pattern.search(_OF_NO_LANGUAGE.sub("", text)):
            yield f"{each['name'] or each['kind']} says {text!r}"

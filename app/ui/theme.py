"""The look: colours by meaning, sizes of text and space. Light and dark, switched while the app runs.

Widgets name a colour by its token (`tone="ink2"`), never by its value, and follow a change.
"""

from __future__ import annotations

import weakref
from functools import cache
from importlib import resources
from typing import NamedTuple, Protocol

from kivy.metrics import dp, sp
from kivy.utils import get_color_from_hex

RGBA = tuple[float, float, float, float]

_TOKENS: dict[str, tuple[str, str]] = {
    "paper": ("#F6F4EF", "#11191B"),
    "card": ("#FFFFFF", "#1A2427"),
    "line": ("#DAD5CA", "#33413F"),
    "outline": ("#7B766B", "#8A9694"),
    "ink": ("#16262B", "#E9EEEC"),
    "ink2": ("#4B5B60", "#AFBCBB"),
    "on_ink": ("#FFFFFF", "#11191B"),
    "rail": ("#ECE8E0", "#172123"),
    "neutral_container": ("#E9E5DC", "#27332F"),
    "primary": ("#0B5D5E", "#7CC7C4"),
    "primary_container": ("#D7EAE8", "#143B3B"),
    "primary_pressed": ("#084647", "#A3DAD7"),
    "on_primary": ("#FFFFFF", "#0B2424"),
    "attention": ("#7A4B00", "#F0C36B"),
    "attention_container": ("#FCEFD3", "#3B2C0C"),
    "danger": ("#9B1C1C", "#F2A29B"),
    "danger_container": ("#FBE4E1", "#451614"),
    "on_danger": ("#FFFFFF", "#2A0706"),
    "done": ("#1C6338", "#8BD3A3"),
    "done_container": ("#DFF1E4", "#12351F"),
    "conflict": ("#54328A", "#C6AEEE"),
    "conflict_container": ("#EDE6F7", "#2C1C49"),
    "on_conflict": ("#FFFFFF", "#1C1033"),
    "demo": ("#2B3A67", "#2B3A67"),
    "on_demo": ("#FFFFFF", "#FFFFFF"),
    "scrim": ("#16262B99", "#000000AA"),
    "none": ("#00000000", "#00000000"),
}


class TextStyle(NamedTuple):
    """Size in sp and weight of a kind of text."""

    size: float
    bold: bool


STYLES: dict[str, TextStyle] = {
    "display": TextStyle(30, True),
    "title": TextStyle(26, True),
    "heading": TextStyle(20, True),
    "question": TextStyle(18, True),
    "body": TextStyle(16, False),
    "strong": TextStyle(16, True),
    "secondary": TextStyle(14, False),
    "label": TextStyle(14, True),
    "small": TextStyle(13, False),
}

LINE_HEIGHT = 1.45
REGULAR = str(resources.files("app.ui").joinpath("fonts", "HomewardSans-Regular.ttf"))
BOLD = str(resources.files("app.ui").joinpath("fonts", "HomewardSans-Bold.ttf"))

# Steps of space, and the sizes that a finger needs, in dp.
XS, S, M, L, XL, XXL = 4, 8, 12, 16, 24, 32
TARGET, ROW = 48, 64
CARD_RADIUS, BUTTON_RADIUS, FOCUS_RING = 14, 12, 3
RAIL_WIDTH, RAIL_FROM = 104, 840


class Follower(Protocol):
    def look_changed(self) -> None: ...


class Theme:
    """The look now, and who wants to hear of a change. Followers are held weakly."""

    def __init__(self) -> None:
        self.dark = False
        self.text_size = 1.0
        self._followers: weakref.WeakSet[Follower] = weakref.WeakSet()

    def follow(self, follower: Follower) -> None:
        self._followers.add(follower)

    def switch(self, *, dark: bool | None = None, text_size: float | None = None) -> None:
        """Changes light or dark, or the size of all text, and tells all followers."""
        self.dark = self.dark if dark is None else dark
        self.text_size = self.text_size if text_size is None else text_size
        for follower in list(self._followers):
            follower.look_changed()

    def colour(self, token: str) -> RGBA:
        """The colour of a token in the look of now. An unknown token is a KeyError: a misspelling."""
        return _rgba(_TOKENS[token][1 if self.dark else 0])

    def font_pixels(self, style: str) -> int:
        return max(1, round(sp(STYLES[style].size * self.text_size)))


@cache
def _rgba(code: str) -> RGBA:
    red, green, blue, *alpha = get_color_from_hex(code)
    return (red, green, blue, alpha[0] if alpha else 1.0)


theme = Theme()

__all__ = [
    "BOLD",
    "BUTTON_RADIUS",
    "CARD_RADIUS",
    "FOCUS_RING",
    "LINE_HEIGHT",
    "RAIL_FROM",
    "RAIL_WIDTH",
    "REGULAR",
    "ROW",
    "STYLES",
    "TARGET",
    "XL",
    "XS",
    "XXL",
    "L",
    "M",
    "S",
    "Theme",
    "dp",
    "sp",
    "theme",
]

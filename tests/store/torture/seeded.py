"""Bugs that the harness puts into the store itself, to show that it would find them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from app.store import anchor, backup, connection


def _normal() -> None:
    """synchronous = NORMAL: a commit is not durable until somebody else's checkpoint."""
    connection._SETTINGS = tuple(
        ("synchronous", "NORMAL", 1) if name == "synchronous" else (name, setting, value)
        for name, setting, value in connection._SETTINGS
    )


def _no_copy_first() -> None:
    """A journal is replayed on the store itself at once."""
    connection._try_on_a_copy = lambda *_: None


def _no_integrity_check() -> None:
    """Pages that nothing points to are not looked at."""
    connection._unauthentic_pages = lambda _: []


def _no_anchor() -> None:
    """Nobody asks how far the store has come."""
    anchor.check = lambda *_: None


def _name_at_once() -> None:
    """A backup has its name from its first byte on."""
    backup._PART = ""


SEEDS: Final[Mapping[str, Callable[[], None]]] = {
    "normal": _normal,
    "no-copy-first": _no_copy_first,
    "no-integrity-check": _no_integrity_check,
    "no-anchor": _no_anchor,
    "name-at-once": _name_at_once,
}

#: The rows that must find each of them.
FOUND_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "normal": ("power",),
    "no-copy-first": ("journal",),
    "no-integrity-check": ("flip",),
    "no-anchor": ("journal", "page", "replay", "planted"),
    "name-at-once": ("stick",),
}

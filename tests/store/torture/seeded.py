"""Bugs that the harness puts into the store itself, to show that it would find them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Final

from app.store import anchor, backup, connection, erase, key_file, travel
from tests.store.torture import mends
from tests.store.torture.leaks import leaks


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


def _files_before_keys() -> None:
    """An erasing begins with the files, while the keys still open what is left of them."""
    begin = erase.begin

    def begin_with_files(folder: Path) -> None:
        for path in erase._own(folder):
            erase.remove(path)
        begin(folder)

    erase.begin = begin_with_files


def _unsynced_mark() -> None:
    """The keys' file is overwritten before it is durable that it has its new name."""
    erase.key_file = SimpleNamespace(**{**vars(key_file), "sync_folder": lambda _: None})


def _travel_unchecked() -> None:
    """The cases are taken off before anybody asks whether all of it was sent."""
    travel.refuse = lambda _: None


def _old_keys_last() -> None:
    """The files of a device that departs go before its keys do."""
    travel.key_file = SimpleNamespace(**{**vars(key_file), "overwrite": lambda _: None})


def _slots_in_place() -> None:
    """A new slot is written over the old one."""

    def write(path: Path, file: key_file.KeyFile) -> None:
        slots = [file.passphrase, *([file.recovery] if file.recovery else [])]
        content = {"header": file.header, "slots": slots}
        content["checksum"] = key_file.checksum_of(content)
        path.write_text(json.dumps(content))

    key_file.write = write


def _name_at_once() -> None:
    """A backup has its name from its first byte on."""
    backup._PART = ""


SEEDS: Final[Mapping[str, Callable[[], None]]] = {
    "normal": _normal,
    "no-copy-first": _no_copy_first,
    "no-integrity-check": _no_integrity_check,
    "no-anchor": _no_anchor,
    "files-before-keys": _files_before_keys,
    "unsynced-mark": _unsynced_mark,
    "travel-unchecked": _travel_unchecked,
    "old-keys-last": _old_keys_last,
    "slots-in-place": _slots_in_place,
    **dict(leaks()),
    "zeros": mends.zeros,
    "name-at-once": _name_at_once,
}

#: The rows that must find each of them.
FOUND_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "normal": ("power",),
    "no-copy-first": ("journal",),
    "no-integrity-check": ("flip",),
    "no-anchor": ("journal", "page", "replay", "planted"),
    "files-before-keys": ("erase", "leaving"),
    "unsynced-mark": ("leaving",),
    "travel-unchecked": ("travel",),
    "old-keys-last": ("travel",),
    "slots-in-place": ("passphrase",),
    "plain-temp": ("canaries",),
    "name-in-log": ("canaries",),
    "core": ("canaries",),
    "zeros": ("mended",),
    "name-at-once": ("stick",),
}

"""A disk that fails, is full, or may not be written to: at each call in turn."""

from __future__ import annotations

import errno
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.problems import TEXTS, Problem
from app.store import attachments
from tests.store.torture import story
from tests.store.torture.crashes import compare
from tests.store.torture.rows import Found, Share, row
from tests.store.torture.shim import Call, Shim

_SAVES: Final = 12
_EXPECTED: Final = "0 lost, 0 falsely said to be saved, an error with a text"


@dataclass
class _Life:
    """What a life with faults has told its user."""

    acknowledged: int = 0
    refused: int = 0
    unreadable: str = ""


def _live(folder: Path) -> _Life:
    """Open, save, seal a photo, close, as far as it goes; what was refused is tried once more."""
    life = _Life()
    try:
        store = story.open_device(folder)
    except Problem as problem:
        life.refused += 1
        life.unreadable = "" if problem.code in TEXTS else problem.code
        return life
    except Exception as error:
        life.unreadable = type(error).__name__
        return life
    try:
        reading = None
        for number in range(_SAVES):
            if number == 4:
                reading = story.InTheWay(store)
            if not (_saved(store, number, life) or _saved(store, number, life)):
                break
            life.acknowledged += 1
            if number == 6:
                _attach(folder, life)
            if number == 8 and reading is not None:
                reading.go()
                reading = None
        if reading is not None:
            reading.go()
    finally:
        try:
            store.close()
        except Exception as error:
            life.unreadable = f"closing: {type(error).__name__}"
    return life


def _saved(store: story.Store, number: int, life: _Life) -> bool:
    try:
        store.write(story.save(number))
    except Problem as problem:
        life.refused += 1
        life.unreadable = life.unreadable or ("" if problem.code in TEXTS else problem.code)
        return False
    except Exception as error:
        life.unreadable = type(error).__name__
        return False
    return True


def _attach(folder: Path, life: _Life) -> None:
    try:
        sealed = attachments.seal_file(folder, b"a photo " * 1000)
        assert attachments.open_file(folder, sealed.name) == b"a photo " * 1000
    except Problem as problem:
        life.refused += 1
        life.unreadable = life.unreadable or ("" if problem.code in TEXTS else problem.code)
    except Exception as error:
        life.unreadable = f"a photo: {type(error).__name__}"


def _every_nth(share: Share, kinds: Call, error: int, *, lasting: bool) -> Found:
    found = Found()
    template, folder = share.folder / "template", share.folder / "device"
    story.make_device(template)
    contents = story.contents(share.folder / "reference", _SAVES)
    shim = Shim()
    shim.watch(folder)
    for nth in share.those(100_000):
        story.copy_device(template, folder)
        shim.arm(kinds, nth + 1, error, lasting=lasting)
        life = _live(folder)
        if not shim.disarm():
            return found
        wrong = life.unreadable and f"no readable error: {life.unreadable}"
        wrong = wrong or compare(folder, life.acknowledged, contents)
        if wrong:
            found.bad(wrong, f"{kinds!r} number {nth + 1}, after {life.acknowledged} saves")
        else:
            found.good("told" if life.refused else "nobody noticed")
    raise AssertionError("the story does not end")


@row("write", "the Nth write fails, N = 1 to the end", _EXPECTED, shim=True)
def failing_writes(share: Share) -> Found:
    return _every_nth(share, Call.WRITE, errno.EIO, lasting=False)


@row("fsync", "the Nth fsync fails, N = 1 to the end", _EXPECTED, shim=True)
def failing_syncs(share: Share) -> Found:
    return _every_nth(share, Call.SYNC, errno.EIO, lasting=False)


@row("open", "the Nth open for writing fails, N = 1 to the end", _EXPECTED, shim=True, parts=1)
def failing_opens(share: Share) -> Found:
    return _every_nth(share, Call.OPEN, errno.EMFILE, lasting=False)


@row(
    "rename", "the Nth rename, truncation or deletion fails, N = 1 to the end", _EXPECTED, shim=True, parts=1
)
def failing_renames(share: Share) -> Found:
    return _every_nth(share, Call.RENAME | Call.TRUNCATE | Call.UNLINK, errno.EIO, lasting=False)


@row("full", "the disk is full from the Nth write on, N = 1 to the end", _EXPECTED, shim=True)
def full_disks(share: Share) -> Found:
    return _every_nth(share, Call.WRITE, errno.ENOSPC, lasting=True)


@row("read-only", "nothing may be written from the Nth call on, N = 1 to the end", _EXPECTED, shim=True)
def read_only_disks(share: Share) -> Found:
    kinds = Call.OPEN | Call.WRITE | Call.RENAME | Call.TRUNCATE | Call.UNLINK
    return _every_nth(share, kinds, errno.EROFS, lasting=True)

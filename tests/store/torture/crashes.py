"""A process that ends and a power that fails in the middle of saving, migrating and repairing."""

from __future__ import annotations

import os
import random
import select
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from app.problems import Problem
from app.store import connection, migrations, upgrade
from app.store import repair as repairs
from app.store.folder import FolderLock
from app.store.migrations import Migration
from tests.store.torture import story
from tests.store.torture.disk import Disk, read_trace
from tests.store.torture.rows import Found, Share, row
from tests.store.torture.shim import Shim

#: Saves of one life of a process; its device is new each time.
_SAVES: Final = 40
_SAVES_TRACED: Final = 20
_LONGEST_S: Final = 0.15

_STEP: Final = Migration(
    len(migrations.shipped()) + 1,
    "more.sql",
    "CREATE TABLE more (x TEXT NOT NULL) STRICT;\nINSERT INTO more SELECT key FROM meta;\n"
    "ALTER TABLE answer ADD COLUMN more TEXT;\nCREATE INDEX more_of_answer ON answer (path);",
)


def compare(folder: Path, acknowledged: int, contents: tuple[str, ...]) -> str:
    """What is wrong with a device after so many acknowledged saves; empty where nothing is."""
    try:
        store = story.open_device(folder)
    except Problem as problem:
        return f"refused: {problem.code}"
    try:
        held = story.content_of(store)
    finally:
        store.close()
    if held in contents[acknowledged : acknowledged + 2]:
        return ""
    if held in contents:
        return "acknowledged work lost" if contents.index(held) < acknowledged else "work out of nowhere"
    return "half a save"


def in_child(work: Callable[[int], None]) -> tuple[int, int]:
    """Run `work` in a process of its own with the end of a pipe to write to: its id, and the other end."""
    heard, told = os.pipe()
    child = os.fork()
    if child:
        os.close(told)
        return child, heard
    try:
        os.close(heard)
        work(told)
    finally:
        os._exit(0)


@row("kill", "kill -9 at a random moment of saving", "every acknowledged save is there, none in half")
def kills(share: Share) -> Found:
    found, dice = Found(), share.dice
    template, folder = share.folder / "template", share.folder / "device"
    story.make_device(template)
    contents = story.contents(share.folder / "reference", _SAVES)
    for _ in range(share.times(2000)):
        story.copy_device(template, folder)
        child, heard = in_child(lambda told: _save_all(folder, told))
        select.select([heard], [], [], 30)
        time.sleep(dice.uniform(0, _LONGEST_S))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        acknowledged = len(_all_of(heard)) - 1
        wrong = compare(folder, max(acknowledged, 0), contents)
        if wrong:
            found.bad(wrong, f"after {acknowledged} saves")
        else:
            found.good("amid the saves" if 0 <= acknowledged < _SAVES else "before or after them")
    return found


def _save_all(folder: Path, told: int) -> None:
    store = story.open_device(folder)
    os.write(told, b"o")
    for number in range(_SAVES):
        # Now and then a screen reads meanwhile, and the journal stands.
        reading = story.InTheWay(store) if number % 10 == 5 else None
        store.write(story.save(number))
        os.write(told, b".")
        if reading:
            reading.go()


def _all_of(heard: int) -> bytes:
    with os.fdopen(heard, "rb") as pipe:
        return pipe.read()


@row(
    "power",
    "a power cut at every point of saving",
    "every acknowledged save is there, none in half",
    shim=True,
)
def power_cuts(share: Share) -> Found:
    found, dice = Found(), share.dice
    start, folder, cut = (share.folder / name for name in ("start", "device", "cut"))
    contents = story.contents(share.folder / "reference", _SAVES_TRACED + 1)
    story.make_device(start)
    saves = share.times(1000)
    for first in range(0, saves, _SAVES_TRACED):
        story.copy_device(start, folder)
        trace = share.folder / "trace"
        _traced_life(folder, trace, min(_SAVES_TRACED, saves - first), dice)
        disk = Disk(folder, start)
        for place, operation in enumerate(read_trace(trace)):
            if not disk.play(operation):
                continue
            for state in disk.states(dice):
                _lay_out(cut, state)
                wrong = compare(cut, disk.acknowledged, contents)
                if wrong:
                    found.bad(wrong, f"at call {place} of the trace, after {disk.acknowledged} saves")
                else:
                    found.good("opens, complete")
    return found


def _traced_life(folder: Path, trace: Path, saves: int, dice: random.Random) -> None:
    """Saves with a screen that reads during some of them, all calls written down."""
    shim = Shim()
    shim.watch(folder)
    reading: story.InTheWay | None = None
    with shim.trace(trace):
        store = story.open_device(folder)
        for number in range(saves):
            if reading is None and dice.random() < 0.2:
                reading = story.InTheWay(store)
            store.write(story.save(number))
            shim.mark(number + 1)
            if reading is not None and dice.random() < 0.4:
                reading.go()
                reading = None
    if reading is not None:
        reading.go()
    store.close()


def _lay_out(folder: Path, state: dict[str, bytes]) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    for old in folder.iterdir():
        if old.is_file():
            old.unlink()
    for name, content in state.items():
        (folder / name).write_bytes(content)
        (folder / name).chmod(0o600)


@row(
    "migration",
    "kill -9 at each call of a migration",
    "the old store or the new one, which opens",
    shim=True,
    parts=1,
)
def migration_kills(share: Share) -> Found:
    found = Found()
    template, folder = share.folder / "template", share.folder / "device"
    story.make_device(template)
    store = story.open_device(template)
    for number in range(8):
        store.write(story.save(number))
    wanted = story.content_of(store)
    store.close()
    for nth in share.those(10_000):
        story.copy_device(template, folder)
        ended = _killed_at(folder, nth + 1, lambda: _with_step(lambda: story.open_device(folder).close()))
        wrong, kind = _old_or_new(folder, wanted)
        if wrong:
            found.bad(wrong, f"killed at call {nth + 1}")
        else:
            found.good(kind)
        if ended:
            return found
    raise AssertionError("a migration does not end")


@row(
    "repair",
    "kill -9 at each call of a repair",
    "a repair begun again saves all that can be read",
    shim=True,
    parts=1,
)
def repair_kills(share: Share) -> Found:
    found = Found()
    template, folder = share.folder / "template", share.folder / "device"
    story.make_device(template)
    store = story.open_device(template)
    for number in range(8):
        store.write(story.save(number))
    wanted = story.content_of(store)
    store.close()
    path = template / connection.FILE_NAME
    raw = bytearray(path.read_bytes())
    raw[100] ^= 1
    path.write_bytes(raw)
    for nth in share.those(10_000):
        story.copy_device(template, folder)
        ended = _killed_at(folder, nth + 1, lambda: _repair(folder))
        try:
            _repair(folder)
        except Problem as problem:
            if problem.code != "store.repair.needless":
                found.bad(f"refused: {problem.code}", f"killed at call {nth + 1}")
                continue
        store = story.open_device(folder)
        held = story.content_of(store)
        store.close()
        if held == wanted:
            found.good("repaired, complete")
        else:
            found.bad("work lost", f"killed at call {nth + 1}")
        if ended:
            return found
    raise AssertionError("a repair does not end")


def _repair(folder: Path) -> None:
    """As `repair.repair`, with keys that were derived once."""
    lock = FolderLock(folder)
    try:
        repairs.repair_with(folder, story.KEYS, lambda: 1_790_000_000_000)
    finally:
        lock.release()


def _killed_at(folder: Path, nth: int, work: Callable[[], object]) -> bool:
    """Do something in a process that dies at its `nth` call; whether it was done before it came to that."""

    def doomed(told: int) -> None:
        shim = Shim()
        shim.watch(folder)
        shim.kill_at(nth)
        work()
        shim.disarm()
        os.write(told, b".")

    child, heard = in_child(doomed)
    done = bool(_all_of(heard))
    os.waitpid(child, 0)
    return done


def _with_step(work: Callable[[], object]) -> None:
    """Do something as a build that ships one migration more."""
    shipped = migrations.shipped
    steps = (*shipped(), _STEP)
    for module in (migrations, upgrade):
        module.shipped = lambda: steps
    try:
        work()
    finally:
        for module in (migrations, upgrade):
            module.shipped = shipped


def _old_or_new(folder: Path, wanted: str) -> tuple[str, str]:
    """What is wrong with a device that was killed in a migration, and else which of the two it has."""
    kind = "the old one"
    try:
        store = story.open_device(folder)
    except Problem as problem:
        if problem.code != "store.version.newer":
            return f"refused: {problem.code}", ""
        kind = "the new one"
    else:
        held = story.content_of(store)
        store.close()
        if held != wanted:
            return "work lost", ""
    held_after: list[str] = []

    def open_new() -> None:
        store = story.open_device(folder)
        held_after.append(story.content_of(store))
        store.close()

    try:
        _with_step(open_new)
    except Problem as problem:
        return f"refused by the newer app: {problem.code}", ""
    return ("" if held_after == [wanted] else "work lost by the migration"), kind

"""What a bad disk, and somebody who has the device for an hour, can do to the files of a store."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from app.problems import Problem
from app.store import anchor, connection
from tests.store.torture import story
from tests.store.torture.rows import Found, Share, row

STORE: Final = connection.FILE_NAME
ANCHOR: Final = anchor.FILE_NAME
WAL: Final = f"{STORE}-wal"
JOURNAL: Final = f"{STORE}-journal"

Files = Mapping[str, bytes]


def opened(folder: Path) -> tuple[str, str]:
    """Open a device: the content it shows, or the code with which it was refused."""
    try:
        store = story.open_device(folder)
    except Problem as problem:
        return "", problem.code
    except Exception as error:
        return f"nonsense: {type(error).__name__}", ""
    try:
        return story.content_of(store), ""
    except Exception as error:
        return f"nonsense: {type(error).__name__}", ""
    finally:
        store.close()


def lay_out(folder: Path, files: Files) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    for old in folder.iterdir():
        shutil.rmtree(old) if old.is_dir() and not old.is_symlink() else old.unlink()
    for name, content in files.items():
        (folder / name).write_bytes(content)
        (folder / name).chmod(0o600)


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        file.name: file.read_bytes()
        for file in folder.iterdir()
        if file.is_file() and not file.name.endswith(("-shm", ".lock"))
    }


class History:
    """Copies of one device at several moments: what somebody who comes by now and then can put back."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        device = folder / "device"
        story.make_device(device)
        self.moments: list[dict[str, bytes]] = []
        store = story.open_device(device)
        for number in range(6):
            store.write(story.save(number))
            self.moments.append(files_of(device))
        reading = story.InTheWay(store)
        for number in range(6, 10):
            store.write(story.save(number))
            self.moments.append(files_of(device))
        #: As the end of the process left it: four saves stand in the journal alone.
        self.crashed = self.moments[-1]
        reading.go()
        self.content = story.content_of(store)
        store.close()
        self.closed = files_of(device)
        other = folder / "other"
        story.make_device(other, story.OTHER_KEYS)
        store = story.open_device(other, story.OTHER_KEYS)
        reading = story.InTheWay(store)
        for number in range(4):
            store.write(story.save(number))
        self.other = files_of(other)
        reading.go()
        store.close()
        self.rollback_journal = _rollback_journal(folder, self.closed)
        self.bare_content = opened_content(folder, self.closed)


def opened_content(folder: Path, files: Files) -> str:
    lay_out(folder / "bare", files)
    content, refused = opened(folder / "bare")
    assert not refused, refused
    return content


def _rollback_journal(folder: Path, closed: Files) -> bytes:
    """A journal of the other kind, of the same store and key, as if it had been cut off."""
    lay_out(folder / "rolling", closed)
    opened = connection.connect(folder / "rolling" / STORE, story.KEYS)
    opened.execute("PRAGMA journal_mode = DELETE").fetchall()
    opened.execute("PRAGMA cache_size = 1")
    opened.execute("BEGIN IMMEDIATE")
    opened.execute("UPDATE meta SET value = 'x'")
    opened.execute("INSERT INTO meta VALUES ('more', ?)", ["y" * 60_000])
    raw = (folder / "rolling" / JOURNAL).read_bytes()
    opened.execute("ROLLBACK")
    opened.close()
    return raw


@row("flip", "every byte of a store flipped, one at a time", "refused as damaged; the file is not touched")
def flips(share: Share) -> Found:
    found, dice = Found(), share.dice
    folder = share.folder / "device"
    story.make_device(folder)
    path = folder / STORE
    whole = path.read_bytes()
    for place in share.those(len(whole)):
        flipped = bytes([whole[place] ^ (1 << dice.randrange(8))])
        with path.open("r+b") as file:
            file.seek(place)
            file.write(flipped)
        content, code = opened(folder)
        untouched = path.read_bytes() == whole[:place] + flipped + whole[place + 1 :]
        if content:
            found.bad("opened", f"byte {place}")
        elif code != "store.file.damaged":
            found.bad(f"called {code}", f"byte {place}")
        elif not untouched:
            found.bad("the file was changed", f"byte {place}")
        else:
            found.good("refused as damaged")
        if not untouched or content:
            path.write_bytes(whole)
        else:
            with path.open("r+b") as file:
                file.seek(place)
                file.write(whole[place : place + 1])
    return found


@row(
    "anchor",
    "every byte of the anchor's two places flipped",
    "refused, or mended as after a crash; never older work",
)
def anchor_flips(share: Share) -> Found:
    found = Found()
    history = History(share.folder / "history")
    folder = share.folder / "device"
    old, new = history.moments[4], history.moments[5]
    wanted = opened_content(share.folder, new)
    places = [*range(136), *range(4096, 4232)]
    for number in share.those(2 * len(places)):
        place, older = places[number % len(places)], number >= len(places)
        raw = bytearray(new[ANCHOR])
        raw[place] ^= 1 << (number % 8)
        lay_out(folder, {STORE: (old if older else new)[STORE], ANCHOR: bytes(raw)})
        content, code = opened(folder)
        if content and content != wanted:
            found.bad("older work was opened", f"byte {place}")
        else:
            found.good(f"refused: {code}" if code else "opened, complete")
    return found


@row(
    "journal",
    "a WAL or rollback journal mutated, cut, planted or replayed",
    "all acknowledged work, or refused; the store is never damaged",
)
def journals(share: Share) -> Found:
    found, dice = Found(), share.dice
    history = History(share.folder / "history")
    folder = share.folder / "device"
    for _ in range(share.times(20_000)):
        name, files = _mutated(dice, history)
        lay_out(folder, files)
        content, code = opened(folder)
        if content and content != history.content:
            found.bad("acknowledged work vanished", name)
        elif code and not _store_is_safe(folder, files, history):
            found.bad("the store was damaged", f"{name}, {code}")
        else:
            found.good(f"refused: {code}" if code else "opened, complete")
    return found


def _store_is_safe(folder: Path, files: Files, history: History) -> bool:
    """Whether the store is still what it was, and opens when its own journal is put back."""
    if (folder / STORE).read_bytes() != files[STORE]:
        return False
    base = history.crashed if files[STORE] == history.crashed[STORE] else history.closed
    for suffix in ("-wal", "-journal", "-shm"):
        (folder / f"{STORE}{suffix}").unlink(missing_ok=True)
    if WAL in base:
        (folder / WAL).write_bytes(base[WAL])
    return opened(folder)[0] == history.content


def _mutated(dice: random.Random, history: History) -> tuple[str, dict[str, bytes]]:
    """A device with a journal that somebody or some disk has made, and how it was made."""
    if dice.random() < 0.6:
        base = {name: history.crashed[name] for name in (STORE, ANCHOR, WAL)}
        kind = dice.choice(sorted(_CHANGES))
        base[WAL] = _CHANGES[kind](base[WAL], dice, history)
        return f"wal of a crash: {kind}", base
    base = {name: history.closed[name] for name in (STORE, ANCHOR)}
    planted = dice.choice(
        [
            history.crashed[WAL],
            history.moments[6][WAL],
            history.other[WAL],
            history.rollback_journal,
            dice.randbytes(dice.randrange(1, 9000)),
        ]
    )
    kind = dice.choice(["as it is", *sorted(_CHANGES)])
    content = planted if kind == "as it is" else _CHANGES[kind](planted, dice, history)
    name = dice.choice((WAL, JOURNAL))
    return f"planted {name.rpartition('-')[2]} of {len(planted)} bytes: {kind}", {**base, name: content}


def _flipped(raw: bytes, dice: random.Random, _: History) -> bytes:
    changed = bytearray(raw)
    for _number in range(dice.choice((1, 1, 1, 4))):
        if changed:
            changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
    return bytes(changed)


def _cut(raw: bytes, dice: random.Random, _: History) -> bytes:
    return raw[: dice.randrange(len(raw) + 1)]


def _cut_at_a_frame(raw: bytes, dice: random.Random, _: History) -> bytes:
    return raw[: 32 + 4120 * dice.randrange(len(raw) // 4120 + 1)]


def _without_a_part(raw: bytes, dice: random.Random, _: History) -> bytes:
    start = dice.randrange(len(raw) + 1)
    return raw[:start] + raw[start + dice.choice((1, 512, 4120)) :]


def _with_a_part_twice(raw: bytes, dice: random.Random, _: History) -> bytes:
    start = 32 + 4120 * dice.randrange(len(raw) // 4120 + 1)
    return raw[: start + 4120] + raw[start:]


def _zeroed(raw: bytes, dice: random.Random, _: History) -> bytes:
    start = dice.randrange(len(raw) + 1)
    length = min(len(raw) - start, dice.choice((32, 512, 4120)))
    return raw[:start] + bytes(length) + raw[start + length :]


def _longer(raw: bytes, dice: random.Random, history: History) -> bytes:
    return raw + dice.choice([dice.randbytes(4120), history.other[WAL][32:], raw[32:]])


def _of_another_moment(raw: bytes, dice: random.Random, history: History) -> bytes:
    return dice.choice([moment[WAL] for moment in history.moments[6:]])


def _spliced(raw: bytes, dice: random.Random, history: History) -> bytes:
    other = dice.choice([history.other[WAL], history.moments[7][WAL], history.rollback_journal])
    place = dice.randrange(min(len(raw), len(other)) + 1)
    return raw[:place] + other[place:]


_CHANGES: Final[Mapping[str, Callable[[bytes, random.Random, History], bytes]]] = {
    "bytes flipped": _flipped,
    "cut": _cut,
    "cut at a frame": _cut_at_a_frame,
    "a part left out": _without_a_part,
    "a part twice": _with_a_part_twice,
    "a part zeroed": _zeroed,
    "something added": _longer,
    "of another moment": _of_another_moment,
    "spliced": _spliced,
}


@row(
    "replay",
    "older stores, journals and anchors put back",
    "beside the newest anchor only the newest opens",
)
def replays(share: Share) -> Found:
    """Each part of the device from each moment, in all combinations."""
    found = Found()
    history = History(share.folder / "history")
    folder = share.folder / "device"
    moments = [*history.moments, history.closed]
    whole = [opened_content(share.folder, moment) for moment in moments]
    combinations = [
        (store, mark, log)
        for store in range(len(moments))
        for mark in range(len(moments))
        for log in (None, *range(6, len(history.moments)))
    ]
    for number in share.those(len(combinations)):
        store, mark, log = combinations[number]
        files = {STORE: moments[store][STORE], ANCHOR: moments[mark][ANCHOR]}
        if log is not None:
            files[WAL] = moments[log][WAL]
        lay_out(folder, files)
        content, code = opened(folder)
        newest = mark == len(moments) - 1
        if newest and content and content != whole[-1]:
            found.bad("older work was opened beside the newest anchor", f"{store}, {mark}, {log}")
        elif content and not newest and content not in whole[: mark + 2]:
            # One save ahead of an old anchor, over pages that are older still.
            found.good("opened with its old anchor, in part older still: the next sync tells")
        elif code:
            found.good(f"refused: {code}")
        elif not newest:
            found.good("opened with its old anchor: the next sync tells")
        else:
            found.good("opened, complete")
    return found


@row("page", "each page put back as it once was", "refused", parts=1)
def old_pages(share: Share) -> Found:
    found = Found()
    history = History(share.folder / "history")
    folder = share.folder / "device"
    new = history.closed[STORE]
    pairs = [
        (age, at)
        for age, moment in enumerate(history.moments)
        for at in range(0, len(moment[STORE]), 4096)
        if moment[STORE][at : at + 4096] != new[at : at + 4096]
    ]
    for number in share.those(len(pairs)):
        age, at = pairs[number]
        old = history.moments[age][STORE][at : at + 4096]
        lay_out(folder, {STORE: new[:at] + old + new[at + 4096 :], ANCHOR: history.closed[ANCHOR]})
        content, code = opened(folder)
        if content:
            found.bad("opened", f"page {at // 4096 + 1} of moment {age}")
        else:
            found.good(f"refused: {code}")
    return found


@row(
    "planted",
    "a 0-byte, missing, linked, foreign, exposed or plain file",
    "each refused with its code, nothing made",
    parts=1,
)
def planted_files(share: Share) -> Found:
    found = Found()
    history = History(share.folder / "history")
    folder = share.folder / "device"
    for name, (plant, wanted) in _PLANTS.items():
        lay_out(folder, {each: history.closed[each] for each in (STORE, ANCHOR)})
        plant(folder, history)
        before = files_of(folder)
        _, code = opened(folder)
        if code != wanted:
            found.bad(f"{name}: {code or 'opened'} instead of {wanted}", name)
        elif {each: before.get(each) for each in (STORE, ANCHOR)} != {
            each: files_of(folder).get(each) for each in (STORE, ANCHOR)
        }:
            found.bad(f"{name}: a file was changed", name)
        else:
            found.good(f"refused: {code}")
    return found


def _gone(folder: Path, _: History) -> None:
    (folder / STORE).unlink()


def _empty(folder: Path, _: History) -> None:
    (folder / STORE).write_bytes(b"")


def _linked(folder: Path, _: History) -> None:
    (folder / STORE).rename(folder / "elsewhere")
    (folder / STORE).symlink_to("elsewhere")


def _foreign(folder: Path, history: History) -> None:
    (folder / STORE).write_bytes(history.other[STORE])


def _foreign_with_its_anchor(folder: Path, history: History) -> None:
    _foreign(folder, history)
    (folder / ANCHOR).write_bytes(history.other[ANCHOR])


def _plain(folder: Path, _: History) -> None:
    (folder / STORE).unlink()
    with sqlite3.connect(folder / STORE) as plain:
        plain.execute("CREATE TABLE sentinel (id, magic, store)")
    plain.close()
    (folder / STORE).chmod(0o600)


def _fresh(folder: Path, _: History) -> None:
    """An empty store under the right key: what SQLite itself makes of a missing file."""
    (folder / STORE).unlink()
    os.close(os.open(folder / STORE, os.O_CREAT | os.O_WRONLY, 0o600))
    made = connection.connect(folder / STORE, story.KEYS)
    made.execute("CREATE TABLE t (x)")
    made.close()


def _older(folder: Path, history: History) -> None:
    (folder / STORE).write_bytes(history.moments[2][STORE])


def _cut_short(folder: Path, history: History) -> None:
    (folder / STORE).write_bytes(history.closed[STORE][: 4096 * 5 + 7])


def _exposed(folder: Path, _: History) -> None:
    (folder / STORE).chmod(0o644)


def _no_anchor(folder: Path, _: History) -> None:
    (folder / ANCHOR).unlink()


def _linked_anchor(folder: Path, _: History) -> None:
    (folder / ANCHOR).rename(folder / "elsewhere")
    (folder / ANCHOR).symlink_to("elsewhere")


def _linked_journal(folder: Path, _: History) -> None:
    (folder / WAL).symlink_to("/nowhere/at/all")


def _piped_journal(folder: Path, _: History) -> None:
    os.mkfifo(folder / JOURNAL)


_PLANTS: Final[Mapping[str, tuple[Callable[[Path, History], None], str]]] = {
    "missing": (_gone, "store.file.missing"),
    "0 bytes": (_empty, "store.file.empty"),
    "a link": (_linked, "store.file.linked"),
    "of other keys": (_foreign, "store.file.damaged"),
    "of other keys, with its anchor": (_foreign_with_its_anchor, "store.anchor.damaged"),
    "plain SQLite": (_plain, "store.file.damaged"),
    "fresh and empty": (_fresh, "store.file.damaged"),
    "older": (_older, "store.file.replayed"),
    "cut short": (_cut_short, "store.file.damaged"),
    "readable for everybody": (_exposed, "store.file.exposed"),
    "without its anchor": (_no_anchor, "store.anchor.missing"),
    "with a linked anchor": (_linked_anchor, "store.anchor.damaged"),
    "with a linked journal": (_linked_journal, "store.journal.damaged"),
    "with a pipe for a journal": (_piped_journal, "store.journal.damaged"),
}

"""What a repair makes of damaged pages: what it saves is what was there, and the rest is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from app.problems import Problem
from app.store import Snapshot, connection
from app.store import repair as repairs
from app.store.folder import FolderLock
from app.store.salvage import PAGE
from tests.store.torture import story
from tests.store.torture.rows import Found, Share, row

_SAVES: Final = 40
#: Work by its name: a change set by its id, an answer of a draft by its record and path.
Work = dict[tuple[str, ...], Any]


@row("mended", "a repair of a store with damaged pages", "saved as it was, and all else told", parts=2)
def mended(share: Share) -> Found:
    found, dice = Found(), share.dice
    template, folder = share.folder / "template", share.folder / "device"
    story.make_device(template)
    store = story.open_device(template)
    for number in range(_SAVES):
        store.write(story.save(number))
    before = store.read(_work)
    store.close()
    pages = (template / connection.FILE_NAME).stat().st_size // PAGE
    for _ in range(share.times(400)):
        story.copy_device(template, folder)
        spoilt = dice.sample(range(pages), dice.choice((1, 1, 2, 4)))
        with (folder / connection.FILE_NAME).open("r+b") as file:
            for page in spoilt:
                file.seek(page * PAGE)
                file.write(dice.choice((bytes(PAGE), dice.randbytes(PAGE))))
        wrong, outcome = _mend(folder, before)
        if wrong:
            found.bad(wrong, f"pages {sorted(each + 1 for each in spoilt)} of {pages}")
        else:
            found.good(outcome)
    return found


def _mend(folder: Path, before: Work) -> tuple[str, str]:
    """What is wrong with the repair, else how it ended."""
    lock = FolderLock(folder)
    try:
        told = repairs.repair_with(folder, story.KEYS, lambda: 1_790_000_000_000)
    except Problem as problem:
        if problem.code == "store.repair.nothing":
            return "", "nothing could be read, and that is told"
        return f"refused: {problem.code}", ""
    except Exception as error:
        return f"broke off: {type(error).__name__}", ""
    finally:
        lock.release()
    store = story.open_device(folder)
    try:
        after = store.read(_work)
    except ValueError:
        return "work that nobody can read", ""
    finally:
        store.close()
    if any(before.get(name) != work for name, work in after.items()):
        return "work that was never done", ""
    lost = {each.record for each in told.records if each.fate == "lost"}
    untold = {name[0] for name in before if name not in after} - lost
    if untold and told.complete:
        return "a loss that nobody is told of", ""
    return "", "all saved" if len(after) == len(before) else "a part saved, the rest told"


def _work(db: Snapshot) -> Work:
    work: Work = {}
    for record, path, value in db.rows("SELECT record, path, value FROM answer"):
        work[record, path] = value
    for (text,) in db.rows("SELECT change_set FROM outbox"):
        change_set = json.loads(text)
        work[change_set["record"], "", change_set["id"]] = change_set["values"]
    return work


def zeros() -> None:
    """A bug that this row must find: the zeros that SQLCipher gives for a refused page count as read."""
    from app.store.salvage import Reader

    Reader._read_a_page = lambda _self: None

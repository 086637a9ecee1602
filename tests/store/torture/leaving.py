"""A process that ends and a power that fails in the middle of an erasing, a departure, a new passphrase."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from app.problems import TEXTS, Problem
from app.store import Store, departures, erase, meta, travel
from app.store import keys as key_files
from app.store.leaving import finish_leaving
from tests.store.torture import story, whole_device
from tests.store.torture.crashes import _all_of, _killed_at, in_child
from tests.store.torture.disk import Disk, read_trace
from tests.store.torture.rows import Found, Share, row
from tests.store.torture.shim import Call, Shim
from tests.store.torture.whole_device import CHEAP, NEW, OLD, no_keyring

#: From what was found after a crash to what is wrong with it, and to how it is called where nothing is.
Judge = Callable[[Path, str], tuple[str, str]]
#: What of the folder may be there after an erasing.
_NO_TRACE = {"store.lock"}
#: What a disk that deletes nothing does not let go of: noise, without the keys of before.
_FILES_LEFT = "no case is here, but files of them"


def _erase(store: Store) -> None:
    departures.erase(store, find_keyring=no_keyring)


def _depart(store: Store) -> None:
    departures.begin_travel(store, OLD, cost=CHEAP, floor=CHEAP, find_keyring=no_keyring)


def _change_passphrase(store: Store) -> None:
    store.change_passphrase(OLD, NEW, cost=CHEAP, floor=CHEAP, find_keyring=no_keyring)


def _erased(folder: Path, wanted: str) -> tuple[str, str]:
    """Whole and open, or nothing, once the app has started again."""
    if half := whole_device.half_of(folder, wanted):
        return half, ""
    begun = erase.is_begun(folder)
    finish_leaving(folder, no_keyring)
    if not begun and (folder / "store.db").exists():
        return _is_whole(folder, OLD, wanted), "whole, as before"
    left = {each.name for each in folder.rglob("*") if each.is_file()} - _NO_TRACE
    if left:
        return f"left behind: {', '.join(sorted(left))}", ""
    return "", "nothing is left" if begun else "nothing was left"


def _departed(folder: Path, wanted: str) -> tuple[str, str]:
    """All cases, or none of them, once the app has started again; and it opens with the same passphrase."""
    if half := whole_device.half_of(folder, wanted):
        return half, ""
    try:
        store = whole_device.open_by(folder, OLD)
    except Problem as problem:
        return f"refused: {problem.code}", ""
    try:
        if whole_device.held(store) == wanted:
            return "", "all cases are here"
        if whole_device.files_of_cases(folder):
            return whole_device.left_behind(store) or _FILES_LEFT, ""
        return whole_device.left_behind(store), "no case is here, and it can come back"
    finally:
        store.close()


def _changed(folder: Path, wanted: str) -> tuple[str, str]:
    """One of the two passphrases opens it, and the office's key."""
    opens = [each for each in (OLD, NEW) if whole_device.keys_that_open(folder, each, ("keys.json",))]
    if len(opens) != 1:
        return "both passphrases open it" if opens else "no passphrase opens it", ""
    try:
        key_files.recover_keys(folder, whole_device.OFFICE)
    except Problem as problem:
        return f"the office's key: {problem.code}", ""
    return _is_whole(folder, opens[0], wanted), f"the {'old' if opens[0] == OLD else 'new'} one opens it"


def _is_whole(folder: Path, passphrase: str, wanted: str) -> str:
    try:
        store = whole_device.open_by(folder, passphrase)
    except Problem as problem:
        return f"refused: {problem.code}"
    try:
        return "" if whole_device.held(store) == wanted else "work lost"
    finally:
        store.close()


_WORKS = ((_erase, _erased), (_depart, _departed), (_change_passphrase, _changed))


def _made(share: Share) -> tuple[Path, str]:
    """A device, and what it holds."""
    template = share.folder / "template"
    whole_device.make(template)
    store = story.open_device(template)
    wanted = whole_device.held(store)
    store.close()
    return template, wanted


def _kills(share: Share, work: Callable[[Store], None], judge: Judge) -> Found:
    """Killed at each call; now and then once more while the next start ends what was begun."""
    found, dice = Found(), share.dice
    template, wanted = _made(share)
    folder = share.folder / "device"
    for nth in share.those(10_000):
        whole_device.copy(template, folder)
        ended = _killed_at(folder, nth + 1, lambda: work(story.open_device(folder)))
        twice = not ended and dice.random() < 0.3
        if twice:
            _killed_at(folder, dice.randrange(1, 40), lambda: finish_leaving(folder, no_keyring))
        wrong, kind = judge(folder, wanted)
        if wrong:
            found.bad(wrong, f"killed at call {nth + 1}{', and again at the next start' if twice else ''}")
        else:
            found.good(kind)
        if ended:
            return found
    raise AssertionError("it does not end")


@row(
    "erase",
    "kill -9 at each call of a quick erase",
    "a store that opens whole, or nothing; no key beside a part of it",
    shim=True,
    parts=1,
)
def erase_kills(share: Share) -> Found:
    return _kills(share, _erase, _erased)


@row(
    "travel",
    "kill -9 at each call of a departure; one with unsent work",
    "all cases or none, and it opens; nothing unsent goes",
    shim=True,
    parts=1,
)
def travel_kills(share: Share) -> Found:
    found = _kills(share, _depart, _departed)
    found.add(_with_unsent_work(share.folder))
    return found


def _with_unsent_work(scratch: Path) -> Found:
    """Whatever is here alone keeps the device from travelling, and is there afterwards."""
    found = Found()
    for name, work in whole_device.UNSENT.items():
        folder = whole_device.copy(scratch / "template", scratch / "device")
        store = story.open_device(folder)
        store.write(work)
        wanted = whole_device.held(store)
        refused = ""
        try:
            _depart(store)
        except Problem as problem:
            refused = problem.code
        store.close()
        wrong = _is_whole(folder, OLD, wanted)
        if refused != "travel.work.unsent":
            found.bad("unsent work was taken off", name)
        elif wrong:
            found.bad(wrong, name)
        else:
            found.good("refused")
    return found


@row(
    "passphrase",
    "kill -9 at each call of a change of passphrase",
    "the old one opens or the new one, and the office's key",
    shim=True,
    parts=1,
)
def passphrase_kills(share: Share) -> Found:
    return _kills(share, _change_passphrase, _changed)


@row(
    "leaving-io",
    "the Nth call fails, or all from it on, in an erasing, a departure, a new passphrase",
    "an error with a text, and as of the three rows above",
    shim=True,
    parts=3,
)
def leaving_on_a_bad_disk(share: Share) -> Found:
    found = Found()
    template, wanted = _made(share)
    folder = share.folder / "device"
    step = max(1, round(1 / share.scale))
    for work, judge in _WORKS[share.part : share.part + 1]:
        for lasting in (False, True):
            for nth in range(1, 10_000, step):
                whole_device.copy(template, folder)
                how, met = _with_a_fault(folder, work, nth, lasting=lasting)
                wrong, kind = judge(folder, wanted)
                wrong = wrong or ("" if how in ("done", "told") else how)
                if wrong == _FILES_LEFT:
                    found.good(f"{how}: {wrong}")
                elif wrong:
                    found.bad(wrong, f"{work.__name__[1:]}, call {nth} fails{', and all after it' * lasting}")
                else:
                    found.good(f"{how}: {kind}")
                if not met:
                    break
            else:
                raise AssertionError("it does not end")
    return found


def _with_a_fault(
    folder: Path, work: Callable[[Store], None], nth: int, *, lasting: bool
) -> tuple[str, bool]:
    """Whether it was done, or why not; and whether the fault was met. Who is told that it was not done and
    has the store open still can go on working."""

    def tried(told: int) -> None:
        shim = Shim()
        shim.watch(folder)
        store = story.open_device(folder)
        shim.arm(Call.every(), nth, errno.EIO, lasting=lasting)
        try:
            work(store)
            how = "done"
        except Problem as problem:
            how = "told" if problem.code in TEXTS else f"no text for {problem.code}"
        except Exception as error:
            how = f"no readable error: {type(error).__name__}"
        met = shim.disarm()
        with suppress(Problem):
            store.write(lambda db: meta.put(db, "more", "work"))
            if erase.is_begun(folder) or (folder / travel.NEXT).exists():
                how = "work goes on in a store that is given up"
        os.write(told, f"{how}|{met}".encode())

    child, heard = in_child(tried)
    how, _, met = _all_of(heard).decode().partition("|")
    os.waitpid(child, 0)
    return how or "it broke off", met == "True"


@row(
    "leaving",
    "a power cut at every point of an erasing, a departure, a new passphrase",
    "as of the three rows above",
    shim=True,
    parts=3,
)
def leaving_power_cuts(share: Share) -> Found:
    found, dice = Found(), share.dice
    template, wanted = _made(share)
    for work, judge in _WORKS[share.part : share.part + 1]:
        folder, cut = share.folder / "device", share.folder / "cut"
        whole_device.copy(template, folder)
        trace = share.folder / "trace"
        _traced(folder, trace, work)
        disk = Disk(folder, template, ("attachments", "quarantine", travel.NEXT, travel.PART))
        places = list(enumerate(read_trace(trace)))
        step = max(1, round(1 / share.scale))
        for place, operation in places:
            if not disk.play(operation) or place % step:
                continue
            for state in disk.states(dice):
                _lay_out(cut, state)
                wrong, kind = judge(cut, wanted)
                if wrong:
                    found.bad(wrong, f"{work.__name__[1:]}, at call {place} of the trace")
                else:
                    found.good(kind)
    return found


def _traced(folder: Path, trace: Path, work: Callable[[Store], None]) -> None:
    """In a process of its own, since what is open here would be written down, too."""

    def traced(told: int) -> None:
        shim = Shim()
        shim.watch(folder)
        with shim.trace(trace):
            work(story.open_device(folder))
        os.write(told, b".")

    child, heard = in_child(traced)
    done = bool(_all_of(heard))
    os.waitpid(child, 0)
    assert done


def _lay_out(folder: Path, state: dict[str, bytes]) -> None:
    erase.remove(folder)
    folder.mkdir(mode=0o700)
    (folder / "attachments").mkdir(mode=0o700)
    for name, content in state.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
        (folder / name).chmod(0o600)

"""How often a passphrase was wrong, and how long the next attempt has to wait: 1, 2, 4 … seconds, to an hour.

After ten wrong ones only a coordinator's unlock code goes on, where the server has given the device any.
A code lifts the wait and opens nothing.

The count lies beside the store in a file of its own, since it is needed before anything is open. An
attempt is counted before it is judged, so that pulling the plug is no way to guess for nothing. Time is
counted by the clock of the running boot, which nobody can set; after another boot, from that boot; where
the system tells neither, from the start of the program. A file that is gone or was not written by us
counts as an hour's wait, never as none.

What this cannot do: whoever can write files here as the user can put an older count back, and can as well
copy the store and guess elsewhere. Against that only the passphrase helps, and what each guess costs.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from app.problems import Problem
from app.store import key_file
from sync_server.protocol.messages import UnlockCode
from sync_server.protocol.unlock_code import code_hash

T = TypeVar("T")
BootFacts = Callable[[], tuple[str | None, int | None]]

FILE_NAME: Final = "attempts.json"
CODES_NAME: Final = "unlock-codes.json"
FREE_OF_CODES: Final = 10
LONGEST_S: Final = 3600
#: The first count whose wait is the longest one.
_AS_IF: Final = 13
_MOST: Final = 1_000_000
#: Overwritten in place, within one sector: that needs no room on a full disk.
_RECORD_BYTES: Final = 512

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether an attempt may be made now: after `wait_s` seconds, and after a code where one is needed."""

    failures: int = 0
    wait_s: float = 0.0
    needs_code: bool = False


@dataclass(frozen=True, slots=True)
class Codes:
    """The hashes of a device's unlock codes, and the number of the last one that was entered."""

    device: str = ""
    codes: tuple[UnlockCode, ...] = ()
    used: int = -1

    def without_those_up_to(self, number: int) -> Codes:
        return Codes(self.device, tuple(each for each in self.codes if each.number > number), number)


@dataclass(frozen=True, slots=True)
class _Record:
    failures: int
    boot: str | None = None
    since_ms: int | None = None


def pause_s(failures: int) -> int:
    """Seconds to wait after so many wrong passphrases in a row."""
    return min(LONGEST_S, 2 ** (min(failures, _AS_IF) - 1)) if failures else 0


def begin(folder: Path) -> None:
    """Lay the count of a new store down, at none."""
    _write(folder / FILE_NAME, _Record(0))


class Attempts:
    """The attempts at one store. Whoever calls `judge` holds the lock of the folder."""

    def __init__(
        self, folder: Path, boot_facts: BootFacts, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._folder = folder
        self._path = folder / FILE_NAME
        self._boot_facts, self._monotonic = boot_facts, monotonic
        #: What the disk did not take.
        self._unwritten: _Record | None = None
        self._since = monotonic()

    def standing(self) -> Standing:
        """What holds now. A file that is missing is written anew, so that its wait begins once."""
        return self._standing(self._record())

    def judge(self, attempt: Callable[[], T]) -> T:
        """Make an attempt, if one may be made.

        Only store.passphrase.wrong is a failure. Problems store.unlock.wait {seconds} and
        store.unlock.code_needed, before anything is tried.
        """
        before = self._record()
        now = self._standing(before)
        if now.needs_code:
            raise Problem("store.unlock.code_needed", {"seconds": _whole(now.wait_s)})
        if now.wait_s > 0:
            raise Problem("store.unlock.wait", {"seconds": _whole(now.wait_s)})
        since = self._since
        self._note(before.failures + 1)
        try:
            result = attempt()
        except BaseException as error:
            if not (isinstance(error, Problem) and error.code == "store.passphrase.wrong"):
                self._restore(before)
                self._since = since
            raise
        self._note(0)
        return result

    def enter_code(self, typed: str) -> None:
        """Lift the wait by a coordinator's code, which is good once.

        A wrong one counts as a wrong passphrase does. Problems store.unlock.code_wrong,
        store.unlock.wait.
        """
        before = self._record()
        now = self._standing(before)
        if now.wait_s > 0:
            raise Problem("store.unlock.wait", {"seconds": _whole(now.wait_s)})
        kept = read_codes(self._folder)
        number = {each.hash: each.number for each in kept.codes}.get(code_hash(kept.device, typed))
        if number is None:
            self._note(before.failures + 1)
            raise Problem("store.unlock.code_wrong")
        # The code goes before the wait does: cut off between the two it is lost, and never good twice.
        _write_codes(self._folder, kept.without_those_up_to(number))
        self._note(0)

    def _standing(self, record: _Record) -> Standing:
        wait = max(0.0, pause_s(record.failures) - self._elapsed(record))
        code = record.failures >= FREE_OF_CODES and bool(read_codes(self._folder).codes)
        return Standing(record.failures, wait, code)

    def _elapsed(self, record: _Record) -> float:
        """Seconds that have surely passed since the last failure."""
        boot, uptime = self._boot_facts()
        if boot is None or uptime is None:
            return self._monotonic() - self._since
        if record.boot == boot and record.since_ms is not None and record.since_ms <= uptime:
            return (uptime - record.since_ms) / 1000
        return uptime / 1000 if record.boot != boot else 0.0

    def _record(self) -> _Record:
        found = _read(self._path)
        if found is None:
            boot, uptime = self._boot_facts()
            found = _Record(0 if _may_be_new(self._folder) else _AS_IF, boot, uptime)
            self._restore(found)
        return found if self._unwritten is None else self._unwritten

    def _note(self, failures: int) -> None:
        boot, uptime = self._boot_facts()
        self._since = self._monotonic()
        self._restore(_Record(min(failures, _MOST), boot, uptime))

    def _restore(self, record: _Record) -> None:
        self._unwritten = None
        try:
            _write(self._path, record)
        except OSError as error:
            self._unwritten = record
            log.warning("attempt.not_counted", extra={"error": type(error).__name__})


def keep_codes(folder: Path, told: Codes) -> None:
    """Keep the hashes that the server tells, but of no code that was entered here or came before one."""
    known = read_codes(folder)
    news = told.without_those_up_to(max(told.used, known.used))
    if news != known:
        _write_codes(folder, news)


def _whole(seconds: float) -> int:
    return int(seconds + 0.999)


def _may_be_new(folder: Path) -> bool:
    """The first devices counted nothing: there no file is missing."""
    try:
        return key_file.read(folder / key_file.FILE_NAME).format == 1
    except (Problem, OSError):
        return False


def _read(path: Path) -> _Record | None:
    try:
        content = json.loads(path.read_bytes()[:_RECORD_BYTES])
        record = _Record(content["failures"], content["boot"], content["since_ms"])
        if content["checksum"] != _checksum(record):
            return None
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    whole = type(record.failures) is int and 0 <= record.failures <= _MOST
    return record if whole and (record.since_ms is None or type(record.since_ms) is int) else None


def _write(path: Path, record: _Record) -> None:
    content = {"failures": record.failures, "boot": record.boot, "since_ms": record.since_ms}
    text = json.dumps({**content, "checksum": _checksum(record)}).encode().ljust(_RECORD_BYTES)
    flags = os.O_WRONLY | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _checksum(record: _Record) -> str:
    told = json.dumps([record.failures, record.boot, record.since_ms]).encode()
    return hashlib.blake2b(told, person=b"homeward-tries", digest_size=16).hexdigest()


def read_codes(folder: Path) -> Codes:
    """The codes that this device knows; none where the file is gone or unreadable."""
    try:
        content = json.loads((folder / CODES_NAME).read_bytes()[:16_384])
        codes = tuple(UnlockCode(int(each["number"]), str(each["hash"])) for each in content["codes"])
        return Codes(str(content["device"]), codes, int(content["used"]))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return Codes()


def _write_codes(folder: Path, codes: Codes) -> None:
    path = folder / CODES_NAME
    listed = [{"number": each.number, "hash": each.hash} for each in codes.codes]
    content = {"device": codes.device, "used": codes.used, "codes": listed}
    part = path.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(json.dumps(content).encode())
        out.flush()
        os.fsync(out.fileno())
    os.replace(part, path)
    key_file.sync_folder(folder)

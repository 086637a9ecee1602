"""A backup of one device on a stick, which the owner of the office's recovery key alone can open.

    made = back_up(store, Path("/media/stick"), now_ms=…)

The store's file is copied as it is, encrypted, as of one commit (`Store.pinned`), with its sealed files
beside it; around both goes a sealed stream (sealed_stream.py). No passphrase opens it, not even the
worker's: `keys.json` stays on the device. It is written under another name, made durable, read back from
the stick and compared; only then it gets its name, in one step. So what has the name of a backup is one.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final

from app.problems import Problem
from app.store import attachments, backup_contents, meta
from app.store.backup_contents import STORE_NAME, About, Source
from app.store.keys import sync_folder
from app.store.sealed_stream import Head, SealedReader, SealedWriter, read_head
from app.store.store import Pinned, Store
from app.store.transaction import Snapshot

#: How many backups of one device stay in a folder.
KEPT: Final = 3
SUFFIX: Final = ".backup"
_PART: Final = ".part"
_LAST: Final = "backup.last"
_NAME: Final = re.compile(r"homeward-([0-9a-f]{8})-[0-9]{8}-[0-9]{6}(-[0-9]+)?\.backup", re.ASCII)
#: A sealed chunk costs 16 bytes, a frame some 150; and some room for the folder's own entry.
_OVERHEAD: Final = 64 * 1024
#: So much is written before the stick has to say that it has it: a stick that is pulled out tells so soon.
_SYNC_EVERY: Final = 8 * 1024 * 1024
_GONE: Final = "backup.stick.gone"
_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NOT_ALLOWED: Final = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})
_NOT_SYNCED: Final = frozenset({errno.EINVAL, errno.ENOTSUP})

#: Told from 0 to 1: half of the way is the writing, the other half the reading back.
OnProgress = Callable[[float], object]


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made, read back and found whole."""

    path: Path
    bytes: int
    made_ms: int


def back_up(
    store: Store,
    folder: Path,
    *,
    now_ms: int,
    on_progress: OnProgress = lambda part: None,
    refuse_to_go_on: Callable[[], object] = lambda: None,
) -> Backup:
    """Make a backup in `folder`, and delete this device's older ones there but the last two.

    `refuse_to_go_on` is called again and again, and may raise; then, as after every problem, nothing is left
    that has the name of a backup. Problems: backup.key.none (the office has no recovery key, or this device
    does not know it yet), backup.folder.missing, .own, backup.stick.full, .read_only, .gone,
    backup.copy.differs; store.file.damaged, store.file.busy, store.read.failed.
    """
    public = store.recovery_standing().slot
    if public is None:
        raise Problem("backup.key.none")
    _refuse_unfit(folder, store.folder)
    with store.pinned() as pinned:
        sources = _sources(pinned, store.folder)
        total = sum(each.size for each in sources)
        about = About(pinned.keys, pinned.identity.device, now_ms, pinned.mark.generation)
        needed = total + total // 1000 + _OVERHEAD
        with _on_stick(needed):
            if shutil.disk_usage(folder).free < needed:
                raise OSError(errno.ENOSPC, "no room")
            return _make(folder, public, about, sources, on_progress, refuse_to_go_on)


def last_made(db: Snapshot) -> datetime | None:
    """When this device was backed up last, by its own clock."""
    kept = meta.get(db, _LAST)
    return datetime.fromtimestamp(int(kept) / 1000, UTC) if kept else None


def note(store: Store, made: Backup) -> None:
    """Keep when this device was backed up."""
    store.write(lambda db: meta.put(db, _LAST, str(made.made_ms)))


def _refuse_unfit(folder: Path, own: Path) -> None:
    if not folder.is_dir():
        raise Problem("backup.folder.missing")
    if folder.resolve().is_relative_to(own.resolve()):
        raise Problem("backup.folder.own")


def _sources(pinned: Pinned, folder: Path) -> list[Source]:
    """The store's file as it is pinned, and the sealed files that it knows to be here."""
    (pages,) = pinned.connection.execute("PRAGMA page_count").fetchone()
    (size,) = pinned.connection.execute("PRAGMA page_size").fetchone()
    found = [Source(STORE_NAME, pinned.path, int(pages) * int(size), needed=True)]
    for (digest,) in pinned.connection.execute("SELECT hash FROM attachment WHERE here = 1 ORDER BY hash"):
        path = attachments.path_of(folder, digest)
        with suppress(FileNotFoundError):
            found.append(Source(path.name, path, path.stat().st_size, needed=False))
    return found


def _make(
    folder: Path,
    public: bytes,
    about: About,
    sources: list[Source],
    on_progress: OnProgress,
    refuse_to_go_on: Callable[[], object],
) -> Backup:
    own = f"homeward-{about.device}-"
    for left in folder.glob(f"{own}*{SUFFIX}{_PART}"):
        left.unlink(missing_ok=True)
    path = _free_name(folder, own, about.made_ms)
    part = path.with_name(path.name + _PART)
    steps = 2 * max(1, sum(each.size for each in sources))
    done = 0

    def moved_on(size: int) -> None:
        nonlocal done
        refuse_to_go_on()
        done += size
        on_progress(min(1.0, done / steps))

    try:
        with _new_file(part) as file:
            out = SealedWriter(file, public, about.keys.demo)
            end = backup_contents.write(out, about, sources, _synced_now_and_then(file, moved_on))
            out.close()
            file.flush()
            os.fsync(file.fileno())
            size = file.tell()
        _refuse_other(part, out, end, moved_on)
        os.rename(part, path)
        _sync(folder)
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    _remove_old(folder, own, path)
    return Backup(path, size, about.made_ms)


def _free_name(folder: Path, own: str, made_ms: int) -> Path:
    """By device and moment; nobody's name and no case."""
    moment = f"{datetime.fromtimestamp(max(0, made_ms) / 1000, UTC):%Y%m%d-%H%M%S}"
    path, again = folder / f"{own}{moment}{SUFFIX}", 1
    while os.path.lexists(path):
        again += 1
        path = folder / f"{own}{moment}-{again}{SUFFIX}"
    return path


def _new_file(path: Path) -> IO[bytes]:
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
    return os.fdopen(os.open(path, flags, 0o600), "wb")


def _synced_now_and_then(file: IO[bytes], moved_on: Callable[[int], object]) -> Callable[[int], object]:
    written = 0

    def copied(size: int) -> None:
        nonlocal written
        written += size
        if written >= _SYNC_EVERY:
            written = 0
            file.flush()
            os.fsync(file.fileno())
        moved_on(size)

    return copied


def _refuse_other(
    part: Path, written: SealedWriter, end: dict[str, Any], moved_on: Callable[[int], object]
) -> None:
    """Read what lies on the stick, and not what the system remembers of it where it can be told to forget."""
    try:
        with part.open("rb") as file:
            if hasattr(os, "posix_fadvise"):
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            head: Head = read_head(file)
            reader = SealedReader(file, head, written.key)
            _, told = backup_contents.read(reader, lambda name: None, moved_on)
    except Problem as problem:
        if not problem.code.startswith("backup."):
            raise
        raise Problem("backup.copy.differs") from problem
    if head.raw != written.head.raw or told != end:
        raise Problem("backup.copy.differs")


def _remove_old(folder: Path, own: str, made: Path) -> None:
    """The one just made stays, whatever a clock says that was wrong then or is wrong now."""
    others = sorted(
        path
        for path in folder.glob(f"{own}*{SUFFIX}")
        if path != made and _NAME.fullmatch(path.name) and path.is_file()
    )
    for path in others[: max(0, len(others) - (KEPT - 1))]:
        with suppress(OSError):
            path.unlink()


def _sync(folder: Path) -> None:
    """Make the name durable; some file systems of sticks have no such notion."""
    try:
        sync_folder(folder)
    except OSError as error:
        if error.errno not in _NOT_SYNCED:
            raise


@contextmanager
def _on_stick(needed: int) -> Iterator[None]:
    """Whatever the stick refuses ends as the problem that tells what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise Problem("backup.stick.full", {"megabytes": needed // 1_000_000 + 1}) from error
        if error.errno in _NOT_ALLOWED:
            raise Problem("backup.stick.read_only") from error
        raise Problem(_GONE) from error

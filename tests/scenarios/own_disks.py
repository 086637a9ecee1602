"""Disks of a test's own: a small one that gets full, one that fails, and a folder that is read-only."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from tests.scenarios.office import ROOT

_READ_ONLY: Final = 1
_REMOUNT: Final = 32
_BIND: Final = 4096
_DETACH: Final = 2


def mount(source: Path | str, folder: Path, kind: str = "", flags: int = 0, options: str = "") -> None:
    kernel = ctypes.CDLL(None, use_errno=True)
    words = (str(source).encode(), str(folder).encode(), kind.encode() or None)
    if kernel.mount(*words, ctypes.c_ulong(flags), options.encode() or None) != 0:
        raise OSError(ctypes.get_errno(), "mount")


def unmount(folder: Path) -> None:
    """Also where a program is still in it."""
    ctypes.CDLL(None, use_errno=True).umount2(str(folder).encode(), _DETACH)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Have a folder be read-only for everybody, root too, as on a disk that is mounted so."""
    mount(folder, folder, flags=_BIND)
    try:
        mount(folder, folder, flags=_BIND | _REMOUNT | _READ_ONLY)
        yield
    finally:
        unmount(folder)


class SmallDisk:
    """A disk of a few megabytes, which can be filled to its last byte and be given room again."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        folder.mkdir(exist_ok=True)
        mount("tmpfs", folder, "tmpfs", options=f"size={megabytes}m,mode=0755")
        self.folder = folder
        self._ballast = folder / "ballast"

    @property
    def room(self) -> int:
        """How many bytes can still be written."""
        facts = os.statvfs(self.folder)
        return facts.f_bavail * facts.f_frsize

    def fill(self, but: int = 0) -> None:
        """Take all the room that is there, but so many bytes."""
        with self._ballast.open("ab", buffering=0) as ballast, suppress(OSError):
            while self.room > but:
                ballast.write(bytes(min(65536, self.room - but)))

    def free(self) -> None:
        self._ballast.unlink()

    @contextmanager
    def full(self) -> Iterator[None]:
        self.fill()
        assert self.room == 0
        try:
            yield
        finally:
            self.free()

    def close(self) -> None:
        unmount(self.folder)


class FailingDisk:
    """A real file system, which turns read-only under those who write to it, as ext4 does at a fault."""

    def __init__(self, image: Path, folder: Path, megabytes: int = 24) -> None:
        self._image, self.folder = image, folder
        folder.mkdir()
        with image.open("wb") as file:
            file.truncate(megabytes * 1_000_000)
        _system("mkfs.ext4", "-q", image)
        self._mount()

    def _mount(self) -> None:
        _system("mount", "-o", "loop,errors=remount-ro", self._image, self.folder)

    def fail(self) -> None:
        (device,) = (
            line.split()[0].rpartition("/")[2]
            for line in Path("/proc/mounts").read_text("utf-8").splitlines()
            if line.split()[1] == str(self.folder)
        )
        Path(f"/sys/fs/ext4/{device}/trigger_fs_error").write_text("a fault of the disk", "ascii")

    def repair(self) -> None:
        """What an administrator does then; nobody may be using it."""
        _system("umount", self.folder)
        # 1: faults were found, and mended.
        _system("e2fsck", "-fy", self._image, fine=(0, 1))
        self._mount()

    def close(self) -> None:
        unmount(self.folder)


def _system(*words: str | Path, fine: tuple[int, ...] = (0,)) -> None:
    done = subprocess.run([*map(str, words)], capture_output=True, text=True, timeout=60, check=False)
    if done.returncode not in fine:
        raise OSError(f"{words[0]}: {done.stderr.strip()}")


#: A test that mounts. Who may not mount runs it in a name space of the test's own, where the kernel has that.
mounts = pytest.mark.mounts
_OF_ITS_OWN: Final = ("unshare", "--mount", "--map-current-user", "--keep-caps")
_TRY: Final = "from tests.scenarios.own_disks import may_mount; import sys; sys.exit(not may_mount())"


@cache
def may_mount() -> bool:
    with tempfile.TemporaryDirectory() as folder:
        try:
            SmallDisk(Path(folder), 1).close()
        except OSError:
            return False
    return True


@cache
def _may_mount_apart() -> bool:
    try:
        tried = [*_OF_ITS_OWN, sys.executable, "-c", _TRY]
        done = subprocess.run(tried, cwd=ROOT, capture_output=True, timeout=60, check=False)
        return done.returncode == 0
    except OSError:
        return False


def run_apart(item: pytest.Function) -> bool | None:
    """For pytest_pyfunc_call: True when a test that mounts was run in a process of its own, and passed."""
    if item.get_closest_marker("mounts") is None or may_mount():
        return None
    if not _may_mount_apart():
        pytest.skip("no disk can be mounted here: this user is not root, and has no name spaces of its own")
    done = subprocess.run(
        [*_OF_ITS_OWN, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", item.nodeid],
        cwd=item.config.rootpath,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert "1 passed" in done.stdout, done.stdout[-4000:] + done.stderr[-1000:]
    return True

"""Sealed files: whole or not there, and only for the office that has them."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sync_server.attachments import Attachments
from sync_server.protocol.problems import Problem
from sync_server.storage import blobs as blobs_module
from sync_server.storage.blobs import Blobs


def named(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=32).hexdigest()


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "blobs")


def test_a_blob_is_kept_under_the_hash_of_its_bytes(blobs: Blobs, tmp_path: Path) -> None:
    hash = named(b"onetwo")
    assert blobs.put(hash, [b"one", b"two"]) == 6
    assert blobs.put(hash, [b"onetwo"]) == 6
    assert (blobs.read(hash), blobs.size(hash), list(blobs.hashes())) == (b"onetwo", 6, [hash])
    assert os.listdir(tmp_path / "blobs") == [hash]


def test_bytes_with_another_hash_leave_nothing(blobs: Blobs, tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"attachment\.hash\.mismatch"):
        blobs.put(named(b"one"), [b"two"])
    assert os.listdir(tmp_path / "blobs") == []


def test_an_upload_that_breaks_off_leaves_nothing(blobs: Blobs, tmp_path: Path) -> None:
    def cut() -> Iterator[bytes]:
        yield b"one"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        blobs.put(named(b"onetwo"), cut())
    assert os.listdir(tmp_path / "blobs") == []


def test_what_is_too_long_is_refused(blobs: Blobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blobs_module, "MAX_BLOB", 5)
    with pytest.raises(Problem, match=r"attachment\.too_large"):
        blobs.put(named(b"onetwo"), [b"one", b"two"])


@pytest.mark.parametrize("name", ["", "x", "../" + "a" * 61, "A" * 64, "a" * 64 + "\n"])
def test_no_other_file_can_be_named(blobs: Blobs, name: str) -> None:
    for call in (blobs.read, blobs.size, lambda name: blobs.put(name, [b""])):
        with pytest.raises(Problem, match=r"attachment\.not_found"):
            call(name)


def test_orphans_are_removed_when_they_are_old(blobs: Blobs, tmp_path: Path) -> None:
    wanted, orphan, fresh = named(b"wanted"), named(b"orphan"), named(b"fresh")
    for content in (b"wanted", b"orphan", b"fresh"):
        blobs.put(named(content), [content])
    (tmp_path / "blobs" / ".partial-left").write_bytes(b"x")
    for name in (wanted, orphan, ".partial-left"):
        os.utime(tmp_path / "blobs" / name, (1, 1))
    assert blobs.remove_orphans({wanted}, time.time() - 60) == 2
    assert sorted(os.listdir(tmp_path / "blobs")) == sorted([wanted, fresh])


def test_a_file_is_kept_once_and_of_no_case_it_is_nobodys(town: Any, blobs: Blobs) -> None:
    """Whose it is as soon as somebody names it in a case: tests/contracts/test_files.py."""
    attachments = Attachments(town.database, blobs, lambda: town.now)
    anna = town.tablet("anna").actor
    hash = named(b"sealed")
    for _ in range(2):
        attachments.put(anna, hash, [b"sealed"])
    with pytest.raises(Problem, match=r"attachment\.hash\.mismatch"):
        attachments.put(anna, hash, [b"guessed"])
    for asked in (hash, named(b"another"), "../server.db"):
        with pytest.raises(Problem, match=r"attachment\.not_found"):
            attachments.get(anna, asked)
    assert blobs.read(hash) == b"sealed"
    assert attachments.remove_orphans(time.time() + 60) == 0

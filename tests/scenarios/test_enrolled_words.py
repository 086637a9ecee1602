"""Enrolling from a terminal: her own passphrase, or five words that are made and shown once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app import passphrases
from app.problems import Problem
from app.store import Store
from tests.scenarios.office import PASSWORD, ROOT, RunningServer


def enrol(server: RunningServer, folder: Path, *more: str, given: str = "") -> tuple[int, str]:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "app", "enrol", "--dir", str(folder), "--server", server.address),
            *("--login", "officer", *more),
        ],
        cwd=ROOT,
        input=f"{PASSWORD}\n{given}\n",
        env={name: value for name, value in os.environ.items() if not name.startswith("HOMEWARD_")},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("language", ["uk", "ar"])
def test_who_gives_no_passphrase_gets_five_words_in_her_language_once(
    server: RunningServer, tmp_path: Path, language: str
) -> None:
    ended, said = enrol(server, tmp_path / "tablet", "--lang", language)
    assert ended == 0, said
    words = next(line.strip() for line in said.splitlines() if line.startswith("    "))
    assert len(words.split()) == 5
    assert set(words.split()) <= set(passphrases.words(language))
    assert said.count(words) == 1
    Store.open(tmp_path / "tablet", words).close()
    kept = b"".join(file.read_bytes() for file in (tmp_path / "tablet").rglob("*") if file.is_file())
    assert words.encode() not in kept


def test_her_own_is_not_printed_and_a_weak_one_is_refused_before_the_server_is_asked(
    server: RunningServer, tmp_path: Path
) -> None:
    ended, said = enrol(server, tmp_path / "tablet", given="lemon harbour")
    assert (ended, "[store.passphrase.short]" in said) == (1, True)
    assert not Store.exists(tmp_path / "tablet")
    ended, said = enrol(server, tmp_path / "tablet", given="my neighbours goat ate the hat")
    assert ended == 0, said
    assert "goat" not in said
    with pytest.raises(Problem, match=r"store\.passphrase\.wrong"):
        Store.open(tmp_path / "tablet", "another one altogether")

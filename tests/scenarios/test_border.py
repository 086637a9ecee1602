"""A caseworker crosses a border with her tablet, and another is in danger with hers: a real server, real
stores, and a stranger who has the tablet and the passphrase."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.problems import Problem
from app.store import Store
from app.store import keys as key_files
from tests.scenarios import canaries
from tests.scenarios.office import CHEAP, PASSPHRASE, PASSWORD, ROOT, RunningServer, Tablet

Enrol = Callable[..., Tablet]


def written(officer: Tablet, coordinator: Tablet, pictures: Path) -> str:
    """A case with names, a photo, and two answers of hers that her coordinator has replaced, of which she let
    one be; all of it sent."""
    case = officer.new_case()
    officer.change(officer.case_file(case), **canaries.NAMES)
    contact = officer.fill(
        case, "monitoring_contact", outcome="met", safe_to_talk="yes", risk_level="low",
        observation=canaries.NOTE,
    )  # fmt: skip
    opened = officer.book.edit(contact).wait(30)
    photo = pictures / "photo.txt"
    photo.write_text(canaries.NOTE, "utf-8")
    path = next(path for path, each in opened.entry.definition.questions.items() if each.type == "image")
    name = officer.book.attach(opened.record, path, photo).wait(30)
    officer.book.save(opened.record, opened.entry.answer(path, name)).wait(30)
    assert officer.book.finish(opened.record).wait(30) == ()
    officer.sync()
    coordinator.sync()
    for hers, theirs in (("shelter", "decision"), ("travel", "arrival")):
        officer.change(officer.case_file(case), stage=hers)
        coordinator.change(coordinator.case_file(case), stage=theirs)
        coordinator.sync()
        officer.sync()
    settled = officer.conflicts()[0].id
    officer.book.accept(settled).wait(30)
    officer.sync()
    coordinator.sync()
    return case


def everything(folder: Path) -> list[Any]:
    """What is on a device, as who has its keys reads it: rows of cases, files, forms, colleagues."""
    store = Store.open(folder, PASSPHRASE, floor=CHEAP)
    try:
        told = store.read(
            lambda db: [
                db.rows(
                    "SELECT id, case_id, form, form_version, author, stamp, field_values, stamps, effectives,"
                    " authors, rivals FROM record ORDER BY id"
                ),
                db.rows("SELECT * FROM case_index ORDER BY id"),
                db.rows("SELECT id, record, path, state, kept, lost FROM conflict ORDER BY id"),
                db.rows("SELECT hash, record, bytes, here, on_server FROM attachment ORDER BY hash"),
                db.rows("SELECT id, version, hash FROM form ORDER BY id, version"),
                db.rows("SELECT key, value FROM meta WHERE key GLOB 'sync.reference*' ORDER BY key"),
            ]
        )
    finally:
        store.close()
    return [*told, sorted(file.name for file in (folder / "attachments").iterdir())]


def read_by_a_stranger(folder: Path) -> str:
    """All rows of all tables, by somebody who made her tell the passphrase."""
    keys = key_files.unwrap_keys(folder, PASSPHRASE, CHEAP)
    from app.store import connection

    writer, reader, _ = connection.open_file(folder, keys)
    try:
        tables = [name for (name,) in reader.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return "\n".join(str(row) for name in tables for row in reader.execute(f'SELECT * FROM "{name}"'))
    finally:
        reader.close()
        writer.close()


def test_at_the_border_there_is_no_case_on_her_tablet_and_afterwards_all_of_it_is_back(
    server: RunningServer, officer: Tablet, coordinator: Tablet, tmp_path: Path
) -> None:
    case = written(officer, coordinator, tmp_path)
    officer.close()
    before = everything(officer.folder)
    officer.open()
    assert all(before), "there is something of each kind"

    officer.book.leaving.begin_travel(PASSPHRASE).wait(60)
    told = read_by_a_stranger(officer.folder)
    # Words of every day stand in the forms, too.
    words = [*(word for name in canaries.NAMES.values() for word in name.split()), canaries.NOTE[:12]]
    assert not [word for word in words if word in told]
    assert case not in told
    assert "sync.reference" not in told, "nor with whom she works"
    assert canaries.found_in(officer.folder) == set()

    officer.open()
    assert officer.book.cases().wait(30) == ()
    tried = officer.try_to_sync()
    assert tried.problem is not None
    assert tried.problem.code == "travel.mode.on"
    assert officer.book.cases().wait(30) == (), "a sync on the way brings nothing"

    officer.book.leaving.end_travel(PASSPHRASE).wait(30)
    officer.sync()
    officer.close()
    after = everything(officer.folder)
    officer.open()
    assert after == before


def test_who_begins_a_case_on_the_way_has_it_and_all_the_others_at_home(
    server: RunningServer, officer: Tablet
) -> None:
    first = officer.new_case()
    officer.book.leaving.begin_travel(PASSPHRASE).wait(60)
    officer.open()
    second = officer.new_case()
    officer.change(officer.case_file(second), given_name="Drita")
    officer.book.leaving.end_travel(PASSPHRASE).wait(30)
    outcome = officer.sync()
    assert outcome.refused == 0
    assert {row.id for row in officer.book.cases().wait(30)} == {first, second}
    assert server.values(officer.case_file(second))["given_name"] == "Drita"


def test_a_tablet_with_a_draft_stays_as_it_is_and_says_which(officer: Tablet) -> None:
    case = officer.new_case()
    opened = officer.book.begin(case, "monitoring_contact").wait(30)
    officer.answer(opened, {"outcome": "moved"})
    officer.book.unfinished.keep({"new_case": {"given_name": "Arta"}}).wait(30)
    with pytest.raises(Problem, match=r"travel\.work\.unsent"):
        officer.book.leaving.begin_travel(PASSPHRASE).wait(60)
    seen = officer.book.leaving.look().wait(30)
    (row,) = seen.loss.rows
    (listed,) = officer.book.cases().wait(30)
    assert (row.code, row.form, row.parts) == (listed.code, "monitoring_contact", ("draft",))
    assert row.titles["fr"] == "Contact de suivi"
    assert seen.loss.typed == 1
    assert seen.since is None
    assert not officer.book.leaving.gone


def test_without_the_server_nothing_is_taken_off(server: RunningServer, officer: Tablet) -> None:
    """Whether it has everything, only it can say."""
    officer.new_case()
    officer.sync()
    server.stop()
    with pytest.raises(Problem, match=r"sync\.server\.unreachable"):
        officer.book.leaving.begin_travel(PASSPHRASE).wait(60)
    assert len(officer.book.cases().wait(30)) == 1


def test_in_danger_she_is_told_what_is_lost_and_then_nothing_is_left(
    server: RunningServer, enrol_tablet: Enrol, tmp_path: Path
) -> None:
    officer = enrol_tablet("officer")
    sent, unsent = officer.new_case(), officer.new_case()
    officer.sync()
    officer.change(officer.case_file(unsent), **canaries.NAMES)
    loss = officer.book.leaving.look().wait(30).loss
    assert (loss.finished, loss.drafts, loss.files) == (1, 0, 0)
    officer.book.leaving.erase().wait(30)
    assert canaries.found_in(officer.folder) == set()
    assert {file.name for file in officer.folder.iterdir()} <= {"store.lock"}
    with pytest.raises(Problem, match=r"store\.file\.missing"):
        officer.open()
    again = enrol_tablet("officer")
    assert {row.id for row in again.book.cases().wait(30)} == {sent, unsent}


# -- at a terminal


def app(folder: Path, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app", *words, "--dir", str(folder)],
        cwd=ROOT,
        env={**os.environ, "HOMEWARD_PASSPHRASE": PASSPHRASE, "HOMEWARD_PASSWORD": PASSWORD},
        input=typed,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_same_at_a_terminal(server: RunningServer, tmp_path: Path) -> None:
    tablet = tmp_path / "tablet"
    assert app(tablet, "enrol", "--server", server.address, "--login", "officer").returncode == 0
    from app.fieldbook import unlock
    from app.settings import Settings

    assert app(tablet, "sync").returncode == 0
    book = unlock(Settings(tablet, auto_sync=False), PASSPHRASE).wait(60)
    case = book.new_case("al", "sq").wait(30)
    opened = book.begin(case, "monitoring_contact").wait(30)
    path = next(path for path in opened.entry.definition.questions if path.endswith("outcome"))
    book.save(opened.record, opened.entry.answer(path, "moved")).wait(30)
    code = book.cases().wait(30)[0].code
    book.close().wait(30)

    refused = app(tablet, "travel")
    assert refused.returncode == 1
    assert f"{code}  monitoring_contact    draft" in refused.stdout
    assert "[travel.work.unsent]" in refused.stderr
    book = unlock(Settings(tablet, auto_sync=False), PASSPHRASE).wait(60)
    book.discard(opened.record).wait(30)
    book.close().wait(30)

    assert app(tablet, "travel").returncode == 0
    assert "[travel.mode.on]" in app(tablet, "sync").stderr
    back = app(tablet, "travel", "--end")
    assert back.returncode == 0, back.stderr
    assert "received 1" in back.stdout

    kept = app(tablet, "erase", typed="no\n")
    assert (kept.returncode, kept.stdout.splitlines()) == (
        1,
        ["on no server: nothing", "Nothing was erased."],
    )
    assert app(tablet, "sync").returncode == 0
    erased = app(tablet, "erase", typed="erase\n")
    assert erased.returncode == 0, erased.stderr
    assert {file.name for file in tablet.iterdir()} <= {"store.lock", "logs"}
    assert "[store.file.missing]" in app(tablet, "erase", "--unopened", "--yes").stderr
    lines = [json.loads(line) for file in tablet.rglob("app.log") for line in file.read_text().splitlines()]
    assert not [line for line in lines if code in str(line)]


def test_an_erasing_that_was_cut_off_is_ended_by_whatever_starts_next(
    tmp_path: Path, officer: Tablet
) -> None:
    officer.close()
    (officer.folder / "keys.json").rename(officer.folder / "keys.erased")
    said = app(officer.folder, "sync").stderr
    assert "[store.file.missing]" in said
    assert {file.name for file in officer.folder.iterdir()} <= {"store.lock", "logs"}
    officer.close = lambda: None  # type: ignore[method-assign]

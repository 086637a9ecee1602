"""Every form of the library, filled in once by hand at the real window, up to its receipt.

    python -m tests.ui.library_by_hand [--only consent,travel] [--size 1280x800] [--seed N]
        [--out FOLDER] [--pictures en,ar,uk] [--picture-size 1280x1600] [--pictures-only]

The language of the screens changes from form to form. What the office got is then read on another tablet
and compared with what was typed and chosen. With `--out`, each page of each record is photographed in each
language of `--pictures`, from top to end, filled in, and what a machine can see of its faults is written
beside the pictures. With `--pictures-only` nobody types: the same answers are put into the store. It tells
which forms did not go well, and ends with 1 where any did not.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from app.fieldbook import Fieldbook, unlock
from app.settings import Settings
from forms.casework.office_file import FORMS as OF_THE_OFFICE
from forms.definition import FormDefinition
from forms.entry import EntryChange, FormEntry
from forms.library import CASE_FILE, PROCEDURE_STEP, SHARING, forms, read
from forms.xform.load import load_form
from forms.xlsform.to_xform import xform_from_xlsform
from tests.ui.answer_plan import PHOTO, AnswerPlan, answers_of, plan_for
from tests.ui.conftest import PASSPHRASE, Office, add_second_office, enrol, opened, running_office
from tests.ui.desk import LANGUAGES, ON_THE_SERVER, Desk, Filled
from tests.ui.eyes import stumbling_blocks
from tests.ui.small_forms import SMALL, fill_a_small_form
from tests.ui.test_a_workers_day import unlock as unlock_window
from tests.ui.window import AppWindow, Display

_PATIENCE = 4.0
ZONE = ZoneInfo("Europe/Tirane")


@contextmanager
def book_of(folder: Path) -> Iterator[Fieldbook]:
    """The fieldbook of a device whose window is closed."""
    book = unlock(Settings(folder, auto_sync=False), PASSPHRASE).wait(60)
    try:
        yield book
    finally:
        book.close().wait(30)


def definition_of(form: str) -> FormDefinition:
    return load_form(xform_from_xlsform(read(form)).xml)


class Album:
    """The pictures of one record in one language, in a folder, and what is wrong on them."""

    def __init__(self, window: AppWindow, folder: Path, filled: Filled, language: str) -> None:
        self._window, self._folder, self._language = window, folder, language
        self._typed = [str(value) for value in filled.said.values()]
        self._faults: dict[str, str] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def take(self, name: str) -> None:
        shutil.move(self._window.picture(name), self._folder / f"{name}.png")
        for fault in stumbling_blocks(self._window.widgets(), self._language, self._typed):
            self._faults.setdefault(fault, name)

    def write_faults(self) -> None:
        told = "".join(f"{name} {fault}\n" for fault, name in self._faults.items())
        (self._folder / "faults.txt").write_text(told, "utf-8")


@dataclass(frozen=True)
class Chosen:
    """What is to be done: which forms, where pictures go, in which languages, of a window of which size.

    `languages`: that in which a form is filled in, where it shall not be the one whose turn it is.
    """

    forms: tuple[str, ...]
    out: Path | None = None
    pictures: tuple[str, ...] = LANGUAGES
    languages: Mapping[str, str] = field(default_factory=dict)
    size: tuple[int, int] = (1280, 800)
    picture_size: tuple[int, int] = (1280, 800)
    seed: int = 1
    by_hand: bool = True
    patience: float = 1.0


def assign(book: Fieldbook, chosen: Chosen) -> list[Filled]:
    """Each form has a case of its own, so that none tells the next one anything, and its language."""
    rows = [row for row in book.cases().wait(30) if row.code]
    order = [form for form, _ in forms()]
    found = []
    for form in chosen.forms:
        number = order.index(form)
        language = chosen.languages.get(form) or LANGUAGES[number % len(LANGUAGES)]
        if form in OF_THE_OFFICE:
            found.append(Filled(form, language, book.office_file().wait(30).id, ""))
        else:
            row = rows[number % len(rows)]
            found.append(Filled(form, language, row.id, row.code))
    # The language is changed as seldom as can be.
    return sorted(found, key=lambda each: LANGUAGES.index(each.language))


def planned(book: Fieldbook, filled: Filled, seed: int) -> AnswerPlan:
    """What is to be said in this form, begun as the app would begin it."""
    now = datetime.now(ZONE)
    if filled.form == CASE_FILE:
        opened = book.edit(book.case(filled.case).wait(30).file, filled.language).wait(30)
        book.discard(opened.record).wait(30)
    else:
        opened = book.begin(filled.case, filled.form, filled.language).wait(30)
    filled.record, told = opened.record, opened.entry.values()

    def begin() -> FormEntry:
        return FormEntry(
            opened.entry.definition,
            told,
            language=filled.language,
            now=lambda: now,
            random=random.Random(seed),
        )

    return plan_for(begin, now, filled.language, seed=seed)


def as_said(book: Fieldbook, filled: Filled) -> dict[str, Any]:
    """What the newest record of this form says in this case."""
    view: Any = book.case(filled.case).wait(30) if filled.code else book.office_file().wait(30)
    if filled.form == PROCEDURE_STEP:
        (step,) = [each for each in view.guidance.steps if each.id == filled.said["step"]]
        return {"step": step.id, "done": "yes" if step.state == "done" else "no", "deviation": step.reason}
    rows = [row for row in view.records if row.form == filled.form]
    newest = max(rows, key=lambda row: row.changed_at)
    assert newest.state == "on_server", newest.state
    opened = book.edit(newest.id).wait(30)
    book.discard(newest.id).wait(30)
    return answers_of(opened.entry)


def fill_all(display: Display, office: Office, scratch: Path, chosen: Chosen) -> list[Filled]:
    """All chosen forms at one window, and what became of each."""
    if SHARING in chosen.forms:
        add_second_office(office)
    plans: dict[str, AnswerPlan] = {}
    with opened(display, office, scratch, login="coordinator") as window:
        window.close()
        window.patience = chosen.patience
        with book_of(window.folder) as book:
            work = assign(book, chosen)
            last = [row for row in book.cases().wait(30) if row.code][-1]
            other = (last.id, last.code)
            for filled in work:
                if filled.form in SMALL and chosen.by_hand:
                    continue
                plans[filled.form] = planned(book, filled, chosen.seed)
                if not chosen.by_hand:
                    _put_into_the_store(book, filled, plans[filled.form])
        if chosen.by_hand:
            window.start()
            unlock_window(window)
            _fill_by_hand(window, work, plans, other, chosen)
            window.close()
    if chosen.by_hand:
        _compare(office, scratch, work)
    if chosen.out is not None:
        other_display = Display(*chosen.picture_size)
        try:
            album_window = AppWindow(other_display, window.folder, scratch)
            album_window.patience = chosen.patience
            _photograph(album_window, work, chosen)
        finally:
            other_display.close()
    return work


def _fill_by_hand(
    window: AppWindow,
    work: list[Filled],
    plans: Mapping[str, AnswerPlan],
    other: tuple[str, str],
    chosen: Chosen,
) -> None:
    desk = Desk(window)
    for filled in work:
        began = time.monotonic()
        try:
            if filled.form in plans:
                desk.fill_in(filled, definition_of(filled.form), plans[filled.form])
                filled.said, filled.typed = plans[filled.form].values, frozenset(plans[filled.form].raw)
            else:
                desk.speak(filled.language)
                desk.open_file(filled.code)
                done = ON_THE_SERVER[filled.language]
                filled.said = fill_a_small_form(window, filled.form, other, done)
                filled.typed = frozenset(filled.said)
        except (AssertionError, subprocess.SubprocessError, OSError) as error:
            filled.problem = f"{error}"
            _keep_failure(window, chosen, filled)
            _begin_anew(window)
            desk = Desk(window)
        filled.seconds = time.monotonic() - began
        print(_line(filled), flush=True)


def _put_into_the_store(book: Fieldbook, filled: Filled, plan: AnswerPlan) -> None:
    if filled.form == CASE_FILE:
        book.edit(filled.record).wait(30)
    photos = {path for path, value in plan.record.items() if value == PHOTO}
    told = {path: value for path, value in plan.record.items() if path not in photos}
    book.save(filled.record, EntryChange("", told, (), False, None)).wait(30)
    missing = book.finish(filled.record).wait(30)
    assert not missing, missing
    filled.said = plan.values


def _compare(office: Office, scratch: Path, work: list[Filled]) -> None:
    """On a tablet that was not there when it was typed."""
    folder = enrol(office, scratch / "other", "coordinator")
    with book_of(folder) as book:
        for filled in work:
            if filled.problem:
                continue
            found = as_said(book, filled)
            if filled.form in SMALL:
                found = {path: found.get(path) for path in filled.said}
            paths = sorted(path for path in {*found, *filled.said} if _differs(path, found, filled))
            if paths:
                told = ", ".join(f"{p}: {filled.said.get(p)!r} became {found.get(p)!r}" for p in paths)
                filled.problem = f"the office got something else: {told}"


def _differs(path: str, found: Mapping[str, Any], filled: Filled) -> bool:
    """What stood there already, such as the time at which the form was begun, has to be there only."""
    if (path in found) != (path in filled.said):
        return True
    return path in filled.typed and found[path] != filled.said[path]


def _photograph(window: AppWindow, work: list[Filled], chosen: Chosen) -> None:
    assert chosen.out is not None
    window.start()
    unlock_window(window)
    desk = Desk(window)
    for language in chosen.pictures:
        desk.speak(language)
        for filled in work:
            if filled.problem:
                continue
            album = Album(window, chosen.out / filled.form / language, filled, language)
            try:
                desk.show(filled, album.take)
            except AssertionError as error:
                filled.problem = f"in {language}: {error}"
                _keep_failure(window, chosen, filled)
                _begin_anew(window)
                desk = Desk(window)
                desk.speak(language)
            album.write_faults()
        print(f"pictures in {language}", flush=True)
    window.close()


def _keep_failure(window: AppWindow, chosen: Chosen, filled: Filled) -> None:
    if chosen.out is not None:
        chosen.out.mkdir(parents=True, exist_ok=True)
        shutil.move(window.picture("failed"), chosen.out / f"failed-{filled.form}.png")
        there = "\n".join(str(dict(widget)) for widget in window.widgets())
        told = chosen.out / f"failed-{filled.form}.txt"
        told.write_text(f"{traceback.format_exc()}\n{there}", "utf-8")


def _begin_anew(window: AppWindow) -> None:
    window.close()
    window.start()
    unlock_window(window)


def _line(filled: Filled) -> str:
    ended = filled.problem.splitlines()[0][:300] if filled.problem else f"{len(filled.said)} answers"
    return f"{filled.form:22} {filled.language}  {filled.seconds:5.0f} s  {ended}"


def main(arguments: list[str] | None = None) -> int:
    chosen = _chosen(arguments)
    display = Display(*chosen.size)
    try:
        with (
            tempfile.TemporaryDirectory(prefix="by-hand-") as folder,
            running_office(Path(folder)) as office,
        ):
            work = fill_all(display, office, Path(folder), chosen)
    finally:
        display.close()
    bad = [filled for filled in work if filled.problem]
    for filled in bad:
        print(f"\n{filled.form} ({filled.language}): {filled.problem[:2000]}")
    print(f"\n{len(work) - len(bad)} of {len(work)} forms filled in by hand, up to the receipt")
    return 1 if bad else 0


def _chosen(arguments: list[str] | None) -> Chosen:
    every = tuple(form for form, _ in forms())
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--only", default="library", help="forms by their ids, or `library`: all of them")
    parser.add_argument("--out", type=Path, help="where pictures go; none are taken without it")
    parser.add_argument("--pictures", default=",".join(LANGUAGES), help="in which languages")
    parser.add_argument("--size", type=_size, default=(1280, 800), help="of the window in which is filled in")
    parser.add_argument("--picture-size", type=_size, help="of the window for the pictures; else the same")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pictures-only", action="store_true", help="answers are put into the store")
    given = parser.parse_args(arguments)
    only = every if given.only == "library" else tuple(given.only.split(","))
    unknown = {*only} - {*every}
    if unknown:
        parser.error(f"not in the library: {', '.join(sorted(unknown))}")
    pictures = tuple(each for each in given.pictures.split(",") if each)
    picture_size = given.picture_size or given.size
    return Chosen(
        only,
        given.out,
        pictures,
        size=given.size,
        picture_size=picture_size,
        seed=given.seed,
        by_hand=not given.pictures_only,
        patience=_PATIENCE,
    )


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    return int(width), int(height)


if __name__ == "__main__":
    sys.exit(main())

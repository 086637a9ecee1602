"""A record stays in the version of its form; a draft moves to a newer one on request, and loses nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.background import Job
from app.fieldbook import Fieldbook, OpenEntry
from app.problems import Problem
from app.shelf import read_form
from app.store import Store, form_library
from forms.paths import instance_id, template
from forms.xform.load import load_form
from forms.xlsform.to_xform import xform_from_xlsform
from sync_server.protocol.messages import FormListing
from tests.fieldbook.conftest import CHEAP, PASSPHRASE, Clock

FIRST = """
| settings |
| | form_id | form_title | version |
| | visit | Visit | 1 |
| survey |
| | type | name | label |
| | text | people | How many people/children? |
| | text | mood | How is she? |
| | image | door | The door |
| | select_one yn | safe | Safe? |
| | begin_repeat | child | Child |
| | text | first | First name |
| | end_repeat | | |
| choices |
| | list_name | name | label |
| | yn | y | Yes |
| | yn | n | No |
"""
SECOND = """
| settings |
| | form_id | form_title | version |
| | visit | Visit | 10 |
| survey |
| | type | name | label | relevant | required |
| | select_one yn | safe | Is it safe? | | |
| | integer | people | How many people? | | |
| | text | mood | How is she? | ${safe} = 'n' | |
| | begin_group | family | Family | | |
| | begin_repeat | child | Child | | |
| | text | first | First name | | |
| | end_repeat | | | | |
| | end_group | | | | |
| | text | fresh | What is new? | | yes |
| choices |
| | list_name | name | label |
| | yn | y | Yes |
| | yn | n | No |
"""


def done(job: Job[Any]) -> Any:
    return job.wait(30)


@pytest.fixture
def publish(folder: Path, clock: Clock) -> Callable[[str], None]:
    """A version of a form comes down, while nobody has the device open."""

    def put(table: str) -> None:
        xml = xform_from_xlsform(table).xml
        definition = load_form(xml)
        digest = hashlib.blake2b(xml.encode(), digest_size=16).hexdigest()
        stored = read_form(FormListing(definition.id, definition.version, digest), xml)
        store = Store.open(folder, PASSPHRASE, now_ms=clock, floor=CHEAP)
        store.write(lambda db: form_library.put(db, stored))
        store.close()

    return put


@pytest.fixture
def reopen(open_book: Callable[[], Fieldbook], publish: Callable[[str], None]) -> Callable[..., Fieldbook]:
    """Closes the fieldbook, lets a version come down, and opens it again."""

    def again(*tables: str, book: Fieldbook | None = None) -> Fieldbook:
        if book is not None:
            done(book.close())
        for table in tables:
            publish(table)
        return open_book()

    return again


def answer(book: Fieldbook, opened: OpenEntry, **answers: Any) -> None:
    for name, raw in answers.items():
        done(book.save(opened.record, opened.entry.answer(name, raw)))


def a_draft(book: Fieldbook, **answers: Any) -> OpenEntry:
    case = done(book.new_case("al", "sq"))
    opened = done(book.begin(case, "visit"))
    answer(book, opened, **answers)
    (instance,) = opened.entry.repeat("child").instances
    done(book.save(opened.record, opened.entry.answer(f"{instance}/first", "Eva")))
    return opened


def test_a_draft_and_a_record_open_in_the_version_that_they_were_written_in(
    reopen: Callable[..., Fieldbook],
) -> None:
    book = reopen(FIRST)
    finished, draft = a_draft(book, people="3"), a_draft(book, people="4")
    assert done(book.finish(finished.record)) == ()
    book = reopen(SECOND, book=book)
    assert done(book.edit(finished.record)).entry.definition.version == "1"
    again = done(book.resume(draft.record))
    assert again.entry.definition.version == "1"
    assert again.entry.values()["people"] == "4"
    assert (again.newer, again.aside) == ("10", ())
    assert done(book.edit(finished.record)).newer == "", "others know it in the version it has"
    assert done(book.begin(draft.case.id, "visit")).entry.definition.version == "10"


def test_what_changed_is_told_before_a_draft_moves(reopen: Callable[..., Fieldbook]) -> None:
    book = reopen(FIRST)
    draft = a_draft(book, people="many", mood="tired", safe="y")
    book = reopen(SECOND, book=book)
    told = done(book.draft_revision(draft.record))
    assert (told.old_version, told.new_version) == ("1", "10")
    kinds = {(kind, next(iter(change.titles.values()))) for change in told.changes for kind in change.kinds}
    assert ("added", "What is new?") in kinds
    assert ("removed", "The door") in kinds
    assert ("retyped", "How many people?") in kinds
    assert ("relevant", "How is she?") in kinds
    assert ("moved", "First name") in kinds
    shown = {next(iter(aside.titles.values())): next(iter(aside.text.values())) for aside in told.aside}
    assert shown == {"How many people/children?": "many", "How is she?": "tired"}
    assert done(book.resume(draft.record)).entry.definition.version == "1", "only looked at"


def test_a_draft_that_moves_takes_its_answers_along_and_shows_those_without_a_question(
    reopen: Callable[..., Fieldbook],
) -> None:
    book = reopen(FIRST)
    draft = a_draft(book, people="many", mood="tired", safe="y")
    book = reopen(SECOND, book=book)
    moved = done(book.move_draft(draft.record))
    values = moved.entry.values()
    assert moved.entry.definition.version == "10"
    assert values["safe"] == "y"
    names = {template(path): value for path, value in values.items() if not instance_id(path)}
    assert names["family/child/first"] == "Eva"
    assert "people" not in values
    asides = {aside.path: next(iter(aside.text.values())) for aside in moved.aside}
    assert asides == {"kept-from.1/people": "many", "kept-from.1/mood": "tired"}
    book = reopen(book=book)
    again = done(book.resume(draft.record))
    assert again.entry.values() == values
    assert [aside.path for aside in again.aside] == [aside.path for aside in moved.aside]
    assert again.newer == ""
    assert [violation.path for violation in done(book.finish(draft.record))] == ["fresh"]
    answer(book, again, fresh="all", people="3")
    assert done(book.finish(draft.record)) == ()
    record = done(book.edit(draft.record))
    assert record.entry.values()["people"] == 3
    assert {next(iter(aside.text.values())) for aside in record.aside} == {"many", "tired"}


def test_what_leaves_the_device_is_of_the_version_that_the_draft_moved_to(
    reopen: Callable[..., Fieldbook], folder: Path, clock: Clock
) -> None:
    book = reopen(FIRST)
    draft = a_draft(book, people="many", safe="n")
    book = reopen(SECOND, book=book)
    moved = done(book.move_draft(draft.record))
    answer(book, moved, fresh="all")
    assert done(book.finish(draft.record)) == ()
    done(book.close())
    from app.store import outbox
    from sync_server.protocol.change import check

    store = Store.open(folder, PASSPHRASE, now_ms=clock, floor=CHEAP)
    (sent,) = store.read(lambda db: outbox.of_record(db, draft.record))
    store.close()
    check(sent.change_set)
    assert sent.change_set.form_version == "10"
    assert sent.change_set.values["kept-from.1/people"] == "many"
    gone = [path for path, value in sent.change_set.values.items() if value is None]
    assert gone == [], "nobody has seen what was never sent, so nothing is cleared"


def test_a_finished_record_and_a_draft_of_the_newest_version_do_not_move(
    reopen: Callable[..., Fieldbook],
) -> None:
    book = reopen(FIRST)
    draft = a_draft(book, people="3")
    with pytest.raises(Problem, match=r"draft\.version\.none"):
        done(book.move_draft(draft.record))
    assert done(book.finish(draft.record)) == ()
    book = reopen(SECOND, book=book)
    opened = done(book.edit(draft.record))
    answer(book, opened, people="4")
    for job in (book.move_draft(draft.record), book.draft_revision(draft.record)):
        with pytest.raises(Problem, match=r"draft\.version\.none"):
            done(job)
    assert done(book.edit(draft.record)).entry.values()["people"] == "4"

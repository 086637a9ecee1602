"""What a device reminds its worker of: numbers, at hours and for persons for whom that is safe."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.fieldbook import Fieldbook
from app.store import conflicts
from forms.casework.reminders import Reminder
from sync_server.protocol.messages import ConflictNotice
from tests.fieldbook.conftest import Clock
from tests.fieldbook.test_fieldbook import done, finish_case_file


def at_home(book: Fieldbook, **more: Any) -> tuple[str, str]:
    case = done(book.new_case("al", "sq"))
    return case, finish_case_file(book, case, stage="reintegration", arrived_on="2026-04-21", **more)


def contend(book: Fieldbook, case: str, record: str, path: str) -> None:
    notice = ConflictNotice(
        id="00000000-0000-4000-8000-000000000001",
        record=record, case=case, form="case_file", path=path, rule="last", state="open",
        kept=["messenger"], kept_author="coordinator", kept_stamp=f"{500:012x}-0000-ffffffff",
        kept_effective=f"{500:012x}-0000-ffffffff",
        lost=["visit"], lost_author="officer", lost_stamp=f"{501:012x}-0000-ffffffff",
        lost_effective=f"{501:012x}-0000-ffffffff",
    )  # fmt: skip
    book._store.write(lambda db: conflicts.take_in(db, [notice]))


def test_the_worker_is_reminded_by_a_number_in_office_hours(book: Fieldbook, clock: Clock) -> None:
    assert done(book.reminder()) is None
    at_home(book, given_name="Mira")
    found = done(book.reminder())
    assert found == Reminder("reminder.overdue", 1, 0)
    clock.now += timedelta(hours=10)
    assert done(book.reminder()) is None


def test_words_on_how_never_to_reach_her_are_to_be_read_first(book: Fieldbook) -> None:
    at_home(book, safe_never="never by phone: he answers it")
    found = done(book.reminder())
    assert found is not None
    assert found.read_first


def test_while_how_to_reach_her_is_contended_nobody_is_sent_to_her(book: Fieldbook) -> None:
    """Vignette 9: she asks never to be called again; a colleague adds a channel on that very phone."""
    case, record = at_home(book)
    contend(book, case, record, "safe_channel")
    assert done(book.reminder()) is None
    other, _ = at_home(book)
    found = done(book.reminder())
    assert found == Reminder("reminder.overdue", 1, 0, held=1)
    assert other != case


def test_a_contended_answer_of_another_kind_holds_nothing_up(book: Fieldbook) -> None:
    case, record = at_home(book)
    contend(book, case, record, "notes")
    assert done(book.reminder()) is not None


def test_an_arrival_that_nobody_confirms_is_told_at_night(book: Fieldbook, clock: Clock) -> None:
    case = done(book.new_case("al", "sq"))
    finish_case_file(book, case, stage="travel", expected_arrival="2026-05-04T22:40:00.000+02:00")
    clock.now += timedelta(hours=16, minutes=39)  # 01:39
    assert done(book.reminder()) is None
    clock.now += timedelta(minutes=21)
    found = done(book.reminder())
    assert found == Reminder("reminder.alarm", 1, 0)

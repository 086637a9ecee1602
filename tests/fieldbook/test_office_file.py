"""What an office does for no single person, on one device: begun in its own file, due, and of nobody."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from app.fieldbook import Fieldbook, OpenEntry
from app.problems import Problem
from app.views import OfficeFileView
from forms.casework.office_file import is_office_file, office_file
from forms.casework.reminders import Reminder
from tests.fieldbook.conftest import Clock
from tests.fieldbook.test_fieldbook import answer, done, path_of

AGREEMENT: Mapping[str, Any] = {
    "written_on": "2026-05-04", "mechanism_kind": "agreement", "mechanism_name": "Tirana and Athens",
    "countries": ["al", "gr"], "mechanism_state": "in_force", "since": "2026-01-15", "until": "2026-05-20",
    "document": "signed", "covers": ["reception"], "children": "yes", "data_rules": "yes",
}  # fmt: skip
MEETING: Mapping[str, Any] = {
    "held_on": "2026-05-04", "activity_kind": "meeting", "organisers": ["own"], "topics": ["referral"],
    "children_focus": "no", "tested": "no", "leaflets_any": "no", "disclosure": "no",
}  # fmt: skip


def view(book: Fieldbook) -> OfficeFileView:
    found: OfficeFileView = done(book.office_file())
    return found


def begin(book: Fieldbook, form: str) -> OpenEntry:
    opened: OpenEntry = done(book.begin(view(book).id, form))
    return opened


def add_row(book: Fieldbook, opened: OpenEntry, repeat: str, answers: Mapping[str, Any]) -> None:
    """The answers of one instance of a repeat, the first one that is empty or a new one."""
    (path,) = [n.path for n in opened.entry.outline() if n.kind == "repeat" and n.path.endswith(repeat)]
    those = [n.path for n in opened.entry.outline() if n.kind == "instance" and n.path.startswith(f"{path}[")]
    if not those:
        change = opened.entry.add_instance(path)
        done(book.save(opened.record, change))
        those = [change.path]
    for name, raw in answers.items():
        change = opened.entry.answer(f"{those[-1]}/{name}", raw)
        assert change.violation is None, name
        done(book.save(opened.record, change))


def hold_meeting(book: Fieldbook, agreed: Mapping[str, Any] | None = None, **more: Any) -> str:
    """A meeting with seven women and two men of an organisation, finished; the record's id."""
    opened = begin(book, "meeting")
    answer(book, opened, **MEETING, agreed_any="yes" if agreed else "no", **more)
    add_row(book, opened, "people/attendance", {"organisation": "ngo", "women": 7, "men": 2})
    if agreed:
        add_row(book, opened, "afterwards/agreed", agreed)
    assert done(book.finish(opened.record)) == ()
    return opened.record


def agree(book: Fieldbook, **other: Any) -> str:
    opened = begin(book, "coordination")
    answer(book, opened, **{**AGREEMENT, **other})
    add_row(book, opened, "parties/party", {"party_kind": "ngo", "roles": ["receives"]})
    assert done(book.finish(opened.record)) == ()
    return opened.record


def test_an_empty_office_file_is_there_before_anybody_has_written_in_it(book: Fieldbook) -> None:
    found = view(book)
    assert found.id == office_file("Tirana")
    assert [offer.form for offer in found.offers] == ["meeting", "coordination", "organisation"]
    assert (found.due, found.records, found.only_here) == ((), (), 0)


def test_a_meeting_begins_without_a_case_and_becomes_none(book: Fieldbook) -> None:
    record = hold_meeting(book)
    found = view(book)
    assert [(row.id, row.form, row.state) for row in found.records] == [(record, "meeting", "only_here")]
    assert found.only_here == 1
    assert done(book.cases()) == ()
    with pytest.raises(Problem, match=r"case\.row\.unknown"):
        done(book.case(found.id))
    with pytest.raises(Problem, match=r"case\.row\.unknown"):
        done(book.decisions.share(found.id, "Athens"))


def test_the_file_has_no_code_and_no_name(book: Fieldbook) -> None:
    case = begin(book, "meeting").case
    assert (case.id, case.code, case.country, case.language) == (view(book).id, "", "", "")


def test_a_draft_of_the_office_is_on_today_and_there_again_after_a_restart(
    book: Fieldbook, open_book: Callable[[], Fieldbook]
) -> None:
    opened = begin(book, "meeting")
    answer(book, opened, activity_kind="training")
    done(book.close())

    again = open_book()
    (draft,) = done(again.today()).drafts
    assert (draft.record, draft.case, draft.form) == (opened.record, view(again).id, "meeting")
    assert draft.code == ""
    resumed = done(again.resume(draft.record))
    assert resumed.entry.values()[path_of(resumed, "activity_kind")] == "training"
    assert resumed.case.id == view(again).id


@pytest.mark.parametrize("form", ["case_file", "monitoring_contact", "sharing", "exchange", "consent"])
def test_what_is_of_a_person_is_not_begun_in_the_office_file(book: Fieldbook, form: str) -> None:
    with pytest.raises(Problem, match=r"record\.form\.elsewhere"):
        begin(book, form)


@pytest.mark.parametrize("form", ["meeting", "coordination", "organisation"])
def test_what_is_of_the_office_is_neither_offered_nor_begun_in_a_case(book: Fieldbook, form: str) -> None:
    case = done(book.new_case("al", "sq"))
    of_case = done(book.case(case))
    offers = of_case.offers
    listed = (*offers.needed, *offers.own, *(each for stage in offers.by_stage for each in stage.offers))
    assert form not in {offer.form for offer in listed}
    with pytest.raises(Problem, match=r"record\.form\.elsewhere"):
        done(book.begin(case, form))


def test_nothing_is_begun_in_the_file_of_another_office(book: Fieldbook) -> None:
    with pytest.raises(Problem, match=r"case\.row\.unknown"):
        done(book.begin(office_file("Athens"), "meeting"))


def test_no_file_of_a_person_is_joined_with_the_office_file(book: Fieldbook) -> None:
    case = done(book.new_case("al", "sq"))
    with pytest.raises(Problem, match=r"record\.form\.elsewhere"):
        done(book.decisions.join_files(view(book).id, case, "Both are ours"))
    with pytest.raises(Problem, match=r"case\.row\.unknown"):
        done(book.decisions.join_files(case, view(book).id, "Both are ours"))


def test_cases_are_made_by_chance_and_are_never_taken_for_an_office_file(book: Fieldbook) -> None:
    cases = [done(book.new_case("al", "sq")) for _ in range(20)]
    assert not any(map(is_office_file, cases))
    assert is_office_file(view(book).id)
    assert not is_office_file("")


def test_an_agreement_comes_up_on_today_before_it_ends_and_goes_once_it_is_renewed(
    book: Fieldbook, clock: Clock
) -> None:
    record = agree(book, until="2026-12-31")
    assert done(book.today()).office == ()
    opened = done(book.edit(record))
    answer(book, opened, until="2026-05-20")
    assert done(book.finish(record)) == ()

    today = done(book.today())
    (due,) = today.office
    assert (due.kind, due.due, due.overdue) == ("agreement.expires", date(2026, 5, 20), False)
    assert (due.case, due.code, due.detail) == (view(book).id, "", {"record": record})
    assert (today.overdue, today.today) == ((), ())
    assert view(book).due == today.office

    clock.now += timedelta(days=17)
    (due,) = done(book.today()).office
    assert due.overdue
    opened = done(book.edit(record))
    answer(book, opened, until="2027-05-20")
    assert done(book.finish(record)) == ()
    assert done(book.today()).office == ()


def test_what_was_agreed_in_a_meeting_is_due_with_who_has_to_act_until_it_is_done(
    book: Fieldbook, clock: Clock
) -> None:
    agreed = {"agreed_what": "Name a focal point", "agreed_owner": "authority", "agreed_due": "2026-05-06"}
    record = hold_meeting(book, agreed)
    assert done(book.today()).office == ()
    assert done(book.reminder()) is None

    clock.now += timedelta(days=3)
    (due,) = done(book.today()).office
    assert (due.kind, due.overdue, due.detail) == (
        "action.agreed", True, {"owner": "authority", "record": record},
    )  # fmt: skip
    assert done(book.reminder()) == Reminder("reminder.overdue", 1, 0)
    row = begin(book, "meeting").case
    assert (row.next_kind, row.next_due) == ("action.agreed", date(2026, 5, 6))

    opened = done(book.edit(record))
    add_row(book, opened, "afterwards/agreed", {"agreed_state": "done"})
    assert done(book.finish(record)) == ()
    assert done(book.today()).office == ()
    assert done(book.reminder()) is None

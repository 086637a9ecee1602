"""The figures of an office on a coordinator's device: from her cases and from the office's own file."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from app.fieldbook import Fieldbook
from app.problems import Problem
from app.store import reference
from app.views import FigureView
from forms.casework.indicators.population import Period
from forms.casework.programme import programme, programme_text
from sync_server.protocol.messages import Reference
from tests.fieldbook.conftest import Clock
from tests.fieldbook.test_fieldbook import answer, done
from tests.fieldbook.test_office_file import add_row, hold_meeting

APRIL_TO_JUNE = Period(date(2026, 4, 1), date(2026, 6, 30))


@pytest.fixture
def drita(as_coordinator: None, request: pytest.FixtureRequest) -> Fieldbook:
    found: Fieldbook = request.getfixturevalue("book")
    return found


def figures(book: Fieldbook, period: Period = APRIL_TO_JUNE, *by: str) -> dict[tuple[str, ...], FigureView]:
    found = done(book.figures(period, by))
    return {(each.indicator, *(name for _, name in each.group)): each for each in found}


def help_given(book: Fieldbook, case: str) -> None:
    """She was seen by a doctor, and nobody paid."""
    opened = done(book.begin(case, "assistance"))
    answer(book, opened, assistance_kind="medical", received="yes", paid_by="free")
    assert done(book.finish(opened.record)) == ()


def test_meetings_count_once_and_of_no_person(drita: Fieldbook) -> None:
    hold_meeting(drita)
    hold_meeting(drita)
    done(drita.new_case("al", "sq"))
    found = figures(drita)
    assert (found["meetings",].value, found["meetings",].persons) == (2, 0)
    assert found["participants", "meeting"].value == 18
    assert found["participants.organisation", "ngo", "female"].value == 14
    assert found["trainings",].value == 0


def test_persons_are_counted_with_what_their_files_say_and_the_office_is_none(drita: Fieldbook) -> None:
    hold_meeting(drita)
    cases = [done(drita.new_case(country, "sq")) for country in ("al", "al", "ma")]
    for case in cases[1:]:
        help_given(drita, case)
    found = figures(drita)
    assert (found["assisted",].value, found["assisted",].of) == (2, None)
    assert found["assistance", "medical"].value == 2
    by_country = figures(drita, APRIL_TO_JUNE, "country")
    assert {key[1:]: each.value for key, each in by_country.items() if key[0] == "assisted"} == {
        (): Decimal(2), ("al",): Decimal(1), ("ma",): Decimal(1),
    }  # fmt: skip


def test_who_has_two_files_is_one_person(drita: Fieldbook) -> None:
    first, second = done(drita.new_case("al", "sq")), done(drita.new_case("al", "sq"))
    for case in (first, second):
        help_given(drita, case)
    assert figures(drita)["assisted",].value == 2
    done(drita.decisions.join_files(second, first, "She told both offices of the same brother"))
    found = figures(drita)
    assert found["assisted",].value == 1
    assert found["assistance", "medical"].value == 2, "both helps were given"


def test_a_meeting_stays_in_its_quarter_when_what_was_agreed_is_done_in_the_next(
    drita: Fieldbook, clock: Clock
) -> None:
    record = hold_meeting(drita, {"agreed_what": "Name a focal point", "agreed_owner": "authority"})
    july_on = Period(date(2026, 7, 1), date(2026, 9, 30))
    clock.now += timedelta(days=70)
    opened = done(drita.edit(record))
    add_row(drita, opened, "afterwards/agreed", {"agreed_state": "done"})
    assert done(drita.finish(record)) == ()
    assert (figures(drita)["meetings",].value, figures(drita, july_on)["meetings",].value) == (1, 0)
    assert figures(drita, july_on)["participants",].value == 0
    assert figures(drita)["participants",].value == 9


def test_what_is_not_finished_is_in_no_figure(drita: Fieldbook) -> None:
    opened = done(drita.begin(done(drita.office_file()).id, "meeting"))
    answer(drita, opened, activity_kind="meeting")
    assert figures(drita)["meetings",].value == 0


def test_the_only_programme_says_how_many_were_agreed(drita: Fieldbook) -> None:
    told = Reference(programmes={"care": programme_text("care")})
    drita._store.write(lambda db: reference.put(db, told))
    agreed = programme("care")
    found = figures(drita)
    assert agreed.persons > 0
    assert found["assisted",].of == agreed.persons
    assert found["assisted.minors",].of == agreed.minors_among_them


def test_a_caseworker_gets_no_figures_of_the_office(book: Fieldbook) -> None:
    with pytest.raises(Problem, match=r"figures\.role\.not_coordinator"):
        done(book.figures(APRIL_TO_JUNE))


def test_a_report_that_could_only_be_wrong_is_not_made(drita: Fieldbook) -> None:
    with pytest.raises(Problem, match=r"figures\.period\.reversed"):
        done(drita.figures(Period(APRIL_TO_JUNE.last, APRIL_TO_JUNE.first)))
    with pytest.raises(Problem, match=r"figures\.group\.unknown"):
        done(drita.figures(APRIL_TO_JUNE, ("shoe_size",)))

"""What stands first on Today, and how the people of its contacts may be reached."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.fieldbook import Fieldbook
from app.views import DueItem
from tests.fieldbook.test_persons import done, person


@pytest.fixture
def book(open_book: Callable[[], Fieldbook]) -> Fieldbook:
    return open_book()


def overdue(book: Fieldbook) -> dict[str, DueItem]:
    """By case, in the order of the screen."""
    return {item.case: item for item in done(book.today()).overdue}


def back_home(book: Fieldbook, **facts: Any) -> str:
    """Somebody whose first contact is overdue."""
    return person(book, **{"stage": "reintegration", "arrived_on": "2026-04-30", **facts})


def test_who_was_not_met_comes_first_then_the_higher_risk_then_who_waits_longest(book: Fieldbook) -> None:
    low = back_home(book, risk="low", arrived_on="2026-04-20")
    later = back_home(book, risk="high", arrived_on="2026-05-01")
    high = back_home(book, risk="high", arrived_on="2026-04-29")
    expected = "2026-05-03T22:40:00.000+02:00"
    lost = person(book, stage="travel", risk="low", expected_arrival=expected)
    unjudged = back_home(book, arrived_on="2026-04-25")
    assert list(overdue(book)) == [lost, high, later, unjudged, low], "whom nobody has judged is not low"


def test_the_risk_of_a_row_is_that_of_all_files_and_of_the_last_contact(book: Fieldbook) -> None:
    first = back_home(book, risk="low")
    second = back_home(book, risk="high")
    done(book.decisions.join_files(second, first, "The same woman"))
    assert overdue(book)[first].risk == "high"


def test_an_arrival_tells_its_hour_by_the_clock_of_the_office(book: Fieldbook) -> None:
    lost = person(book, stage="travel", expected_arrival="2026-05-03T20:40:00.000+00:00")
    assert f"{overdue(book)[lost].detail['expected']:%H:%M}" == "22:40"


def test_a_contact_tells_by_which_ways_alone_and_nothing_that_may_name_anybody(book: Fieldbook) -> None:
    case = back_home(
        book,
        safe_channel=["messenger", "in_person"],
        safe_times="When Arben is out",
        safe_never="Her uncle",
        never_at=["night"],
        code_word_agreed="yes",
    )
    detail = overdue(book)[case].detail
    assert detail["ways"]["en"] == "In person, at an agreed place, Messenger app"
    assert set(detail["ways"]) >= {"en", "fr", "sq", "ar", "uk"}
    assert (detail["never_at"]["en"], detail["code_word"]) == ("Night (22–6)", True)
    assert not [word for word in ("Arben", "uncle") if word in str(detail)]


@pytest.mark.parametrize("ways", [["none"], None])
def test_a_contact_that_nobody_makes_now_says_so(book: Fieldbook, ways: list[str] | None) -> None:
    """None was agreed, or nobody has asked yet."""
    case = back_home(book, **({} if ways is None else {"safe_channel": ways}))
    detail = overdue(book)[case].detail
    assert detail.get("frozen") is True
    assert "ways" not in detail


def test_so_does_one_whose_two_files_tell_different_ways(book: Fieldbook) -> None:
    first = back_home(book, safe_channel=["phone_call"])
    second = back_home(book, safe_channel=["email"])
    assert not overdue(book)[first].detail.get("frozen")
    done(book.decisions.join_files(second, first, "The same woman"))
    assert overdue(book)[first].detail.get("frozen") is True

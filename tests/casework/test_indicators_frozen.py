"""A frozen report stays as it was, and tells why a later one has other numbers."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from forms.casework.case import Case
from forms.casework.facts import Evidence
from forms.casework.indicators.definitions import BY_CODE, INDICATORS
from forms.casework.indicators.frozen import AfterEnd, Change, check, explain, freeze, month_12_after_end
from forms.casework.indicators.population import Office, Period, Person
from forms.errors import FormProblem
from tests.casework.office_of_130 import office_of_130

PROGRAMME = Period(date(2026, 1, 1), date(2027, 6, 30))
AS_OF = date(2026, 12, 31)
CODES = ("returned", "lost", "contacts.overdue", "assisted", "first_contact.days")
SOME = [BY_CODE[code] for code in CODES]
OFFICE = office_of_130()
FROZEN = freeze(OFFICE, PROGRAMME, AS_OF, definitions=SOME)


def changes(office: Office, as_of: date = AS_OF, **other: Any) -> dict[str, Change]:
    """What a later report of this office changes over all, by indicator."""
    later = freeze(office, **{"period": PROGRAMME, "as_of": as_of, "definitions": SOME, **other})
    return {each.indicator: each for each in explain(FROZEN, later) if each.group == ()}


def with_evidence(key: str, *evidence: Evidence) -> Office:
    """The office with more records of one person."""
    return replace(
        OFFICE,
        persons=tuple(
            replace(person, evidence=(*person.evidence, *evidence)) if person.key == key else person
            for person in OFFICE.persons
        ),
    )


def test_a_frozen_report_is_plain_data_and_says_its_definitions_and_date_of_data() -> None:
    read = json.loads(json.dumps(FROZEN))
    assert read == FROZEN
    check(read)
    assert read["as_of"] == "2026-12-31"
    assert read["definitions"]["lost"]["denominator"] == "arrived"
    assert explain(read, FROZEN) == ()
    assert freeze(office_of_130(), PROGRAMME, AS_OF, definitions=SOME) == FROZEN


def test_a_frozen_report_names_nobody() -> None:
    text = json.dumps(FROZEN)
    assert not [person.key for person in OFFICE.persons if person.key in text]


@pytest.mark.parametrize("name", ["figures", "as_of", "definitions", "hash", "format"])
def test_a_report_that_was_changed_since_is_refused(name: str) -> None:
    spoilt = {**FROZEN, name: "2026-01-01"}
    with pytest.raises(FormProblem, match=r"indicators\.frozen\.damaged"):
        explain(spoilt, FROZEN)
    with pytest.raises(FormProblem, match=r"indicators\.frozen\.damaged"):
        explain(FROZEN, spoilt)


def test_a_journey_of_the_last_day_that_was_entered_later_is_late_data() -> None:
    late = Evidence("late", "f", date(2026, 12, 31), {"travel.boarded": "yes"})
    change = changes(with_evidence("I01", late))["returned"]
    assert (change.before, change.after, change.because) == ("110", "111", (("late_data", 1),))


def test_a_journey_after_the_date_of_data_is_new_data() -> None:
    new = Evidence("new", "f", date(2027, 1, 20), {"travel.boarded": "yes"})
    change = changes(with_evidence("I01", new), date(2027, 1, 31))["returned"]
    assert (change.before, change.after, change.because) == ("110", "111", (("new_data", 1),))


def test_two_late_journeys_and_a_new_one_are_told_apart() -> None:
    office = with_evidence("I01", Evidence("a", "f", date(2027, 1, 5), {"travel.boarded": "yes"}))
    persons = [
        replace(p, evidence=(*p.evidence, Evidence(p.key, "f", date(2026, 12, 1), {"travel.boarded": "yes"})))
        if p.key in ("J01", "J02")
        else p
        for p in office.persons
    ]
    change = changes(replace(office, persons=tuple(persons)), date(2027, 1, 31))["returned"]
    assert (change.before, change.after) == ("110", "113")
    assert change.because == (("new_data", 1), ("late_data", 2))


def test_a_record_that_is_corrected_or_withdrawn_is_late_data() -> None:
    without = tuple(
        replace(p, evidence=tuple(e for e in p.evidence if "travel.boarded" not in e.values))
        if p.key == "F01"
        else p
        for p in OFFICE.persons
    )
    change = changes(replace(OFFICE, persons=without))["returned"]
    assert (change.before, change.after, change.because) == ("110", "109", (("late_data", 1),))


def test_a_person_found_again_is_explained_by_the_new_contact() -> None:
    new = Evidence("found", "f", date(2027, 1, 10), {"contact.outcome": "met"})
    change = changes(with_evidence("D01", new), date(2027, 1, 31))["lost"]
    assert (change.before, change.after, change.because) == ("8", "7", (("new_data", 1),))


def test_contacts_that_became_overdue_by_the_days_that_passed_are_told_so() -> None:
    change = changes(OFFICE, date(2027, 1, 31))["contacts.overdue"]
    # month 9 of B 22 and M 1 fell due on 15 January, and nothing else was recorded of them
    assert ("time_passed", 23) in change.because
    assert int(change.after or 0) - int(change.before or 0) == 23


def test_a_changed_definition_is_told_so() -> None:
    other = [
        replace(each, numerator="arrived", version=2) if each.code == "returned" else each for each in SOME
    ]
    change = changes(OFFICE, definitions=other)["returned"]
    assert (change.before, change.after) == ("110", "105")
    assert change.because[0] == ("definition", 0)


def test_another_period_and_another_target_are_told_so() -> None:
    change = changes(OFFICE, period=Period(date(2026, 3, 1), date(2027, 6, 30)))["returned"]
    assert (change.before, change.after, change.because) == ("110", "81", (("period", 29),))  # E 24, F 5
    change = changes(replace(OFFICE, targets={"assisted": 140}))["assisted"]
    assert (change.of_before, change.of_after, change.because) == ("130", "140", (("target", 0),))


def test_every_change_has_a_reason() -> None:
    first = freeze(OFFICE, PROGRAMME, date(2026, 5, 31), definitions=INDICATORS, by=["country"])
    second = freeze(OFFICE, PROGRAMME, date(2027, 4, 30), definitions=INDICATORS, by=["country"])
    found = explain(first, second)
    assert len(found) > 50
    assert [each for each in found if not each.because] == []
    reasons = {reason for each in found for reason, _ in each.because}
    assert reasons == {"new_data"}


def test_month_12_after_the_programmes_end_is_warned_of() -> None:
    # arrived after 30 June 2026: G 6 and H 2, on 1 September
    end = date(2027, 6, 30)
    assert month_12_after_end(OFFICE, end) == AfterEnd(8, date(2027, 9, 1))
    frozen = freeze(OFFICE, PROGRAMME, AS_OF, definitions=SOME, programme_end=end)
    assert frozen["month_12_after_end"] == {"persons": 8, "last": "2027-09-01"}
    assert month_12_after_end(OFFICE, date(2027, 9, 1)) is None
    assert month_12_after_end(Office((Person("x", Case(arrived_on=date(2026, 7, 1))),)), end) == AfterEnd(
        1, date(2027, 7, 1)
    )

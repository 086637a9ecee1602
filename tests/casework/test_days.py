"""The days of a case around the midnights of three offices: what is a word of today, and what is not."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from forms.casework.case import Case
from forms.casework.consent import in_force
from forms.casework.days import as_told_here, last_of, zones_of_offices
from forms.casework.facts import Evidence, evidence
from forms.casework.gates import check
from forms.casework.programme import NONE_NAMED
from forms.definition import FormDefinition
from forms.record import Record
from forms.xform.load import load_form
from forms.xlsform.to_xform import xform_from_xlsform

ATHENS, TIRANA, RABAT = map(ZoneInfo, ("Europe/Athens", "Europe/Tirane", "Africa/Casablanca"))
ZONES = (ATHENS, TIRANA, RABAT)
#: A usual day, those on which clocks are moved in Europe, and those around Ramadan in Morocco.
DAYS = (
    date(2026, 11, 27), date(2026, 3, 28), date(2026, 3, 29), date(2026, 10, 24), date(2026, 10, 25),
    date(2027, 2, 6), date(2027, 2, 7), date(2027, 3, 13), date(2027, 3, 14),
)  # fmt: skip
MOMENTS = [
    datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=20, minutes=minutes)
    for day in DAYS
    for minutes in range(30, 300, 15)
]
EVERY = list(itertools.product(ZONES, ZONES, MOMENTS))
SAID = """
| settings |
| | form_id | version |
| | said | 1 |
| survey |
| | type | name | label | bind::homeward:meaning |
| | text | side | Side | assessment.side |
| | text | outcome | Outcome | assessment.outcome |
| | date | on | On | assessment.on |
| | date | expires | Until | assessment.expires |
| | text | decision | Decision | consent.decision |
| | text | purpose | For | consent.purpose |
| | text | by | By | consent.by |
| | text | how | How | consent.how |
| | text | spoken | Language | consent.language |
| | date | consented | On | consent.on |
| | date | back | Taken back on | consent.withdrawn_on |
"""
WOMAN = Case(language="sq", birth_date=date(1990, 1, 5))


@cache
def _form() -> FormDefinition:
    return load_form(xform_from_xlsform(SAID).xml)


def said(here: ZoneInfo, there: ZoneInfo, now: datetime, country: str = "", **answers: Any) -> Evidence:
    """What somebody there wrote at this moment, in a case of here; the record is called by its moment."""
    order = f"{round(now.timestamp() * 1000):012x}-0000-0a0a0a0a"
    return evidence(
        _form(), Record(order, "c", "said", "1", "finished", answers), on=now.astimezone(here).date(),
        order=order, author=there.key, country=country, zone=here, zone_of=lambda _: there,
    )  # fmt: skip


def consent(here: ZoneInfo, there: ZoneInfo, now: datetime, **other: Any) -> Evidence:
    answers = {
        "decision": "given", "purpose": "testimony", "by": "person", "how": "written", "spoken": "sq",
        "consented": wall(there, now), **other,
    }  # fmt: skip
    return said(here, there, now, **answers)


def wall(zone: ZoneInfo, now: datetime, days: int = 0) -> str:
    """The date on the wall of an office."""
    return (now.astimezone(zone).date() + timedelta(days)).isoformat()


def test_todays_date_is_the_day_of_the_case_wherever_it_was_written() -> None:
    for here, there, now in EVERY:
        told = said(here, there, now, on=wall(there, now))
        assert told.day("assessment.on") == told.on == now.astimezone(here).date(), (here, there, now)


def test_a_day_that_is_over_and_one_that_is_to_come_stay_as_they_were_written() -> None:
    for (here, there, now), days in itertools.product(EVERY, (-400, -2, -1, 1, 2, 400)):
        told = said(here, there, now, on=wall(there, now, days), expires=wall(there, now))
        assert told.get("assessment.on") == wall(there, now, days)
        assert told.get("assessment.expires") == wall(there, now), "an end is no day of writing"


def test_two_offices_that_assess_of_today_open_the_gate_at_once() -> None:
    for here, there, now in EVERY:
        soon, later = now + timedelta(minutes=1), now + timedelta(minutes=2)
        found = [
            said(here, zone, at, country, side=side, outcome="proceed", on=wall(zone, at),
                 expires=wall(zone, at, 30))
            for zone, at, country, side in ((here, now, "AL", "return"), (there, soon, "GR", "host"))
        ]  # fmt: skip
        gate = check("clear_to_travel", WOMAN, found, later.astimezone(here).date(), NONE_NAMED)
        assert not [each.code for each in gate.reasons if "assessment" in each.code], (here, there, now)


def test_what_is_given_taken_back_and_given_anew_within_minutes_is_in_that_order() -> None:
    for (here, there, now), back in itertools.product(EVERY, ZONES):
        first = consent(here, there, now)
        at = now + timedelta(minutes=10)
        no = said(here, back, at, decision="withdrawn", purpose="testimony", consented=wall(back, at))
        anew_at = now + timedelta(minutes=20)
        today = anew_at.astimezone(here).date()
        assert in_force("testimony", "", [first], today, case=WOMAN).in_force
        assert not in_force("testimony", "", [first, no], today, case=WOMAN).in_force
        # The day of the withdrawal as its record tells it, but none that her own calendar has not reached.
        named = min(wall(back, at), wall(there, anew_at))
        anew = consent(here, there, anew_at, back=named)
        known = in_force("testimony", "", [first, no, anew], today, case=WOMAN)
        assert known.in_force, (here, there, back, now, known.reasons)
        unseen = in_force("testimony", "", [first, no, consent(here, there, anew_at)], today, case=WOMAN)
        assert unseen.in_force == (there == back), "only who wrote the withdrawal knows of it unasked"


@pytest.mark.parametrize(
    ("told", "here", "expected"),
    [
        ("2026-11-28T00:10:00+02:00", TIRANA, "2026-11-27T23:10:00+01:00"),
        ("2026-11-27T23:10:00+01:00", ATHENS, "2026-11-28T00:10:00+02:00"),
        ("2026-11-28T00:10:00", TIRANA, "2026-11-28T00:10:00"),
        ("", TIRANA, ""),
        (None, TIRANA, None),
        ("soon", TIRANA, "soon"),
        ("9999-12-31", TIRANA, "9999-12-31"),
    ],
)
def test_a_moment_has_its_day_here_and_what_is_none_is_left(told: Any, here: ZoneInfo, expected: Any) -> None:
    found = as_told_here(told, datetime(2026, 11, 27, 22, 30, tzinfo=UTC), ATHENS, here)
    assert str(found)[:10] == str(expected)[:10]
    if told and "+" in told and told > "1900":
        assert datetime.fromisoformat(found) == datetime.fromisoformat(told)


def test_an_office_lives_in_the_zone_of_most_of_its_people() -> None:
    people = [
        ("a", "Europe/Athens", False),
        ("a", "Africa/Casablanca", True),
        ("a", "Europe/Athens", False),
        ("b", "Mars/Olympus", True),
    ]
    assert zones_of_offices(people) == {"a": ATHENS}


def test_of_two_zones_with_as_many_an_office_lives_in_that_of_its_coordinators() -> None:
    people = [("a", "Africa/Casablanca", False), ("a", "Europe/Athens", True), ("b", "Europe/Tirane", True)]
    assert zones_of_offices(people)["a"] == ATHENS
    # Without a word of theirs, on every device and on the server alike, the first by name.
    nobody_leads = [(office, zone, False) for office, zone, _ in people]
    assert zones_of_offices(nobody_leads)["a"] == zones_of_offices(reversed(nobody_leads))["a"] == RABAT


def test_the_zone_furthest_in_the_day() -> None:
    assert last_of([RABAT, ATHENS, TIRANA], datetime(2026, 11, 27, 22, 30, tzinfo=UTC)) == ATHENS
    assert last_of([], datetime(2026, 11, 27, 22, 30, tzinfo=UTC)) is None

"""The arrival watch as a rule: when silence, or what was seen at the gate, is an alarm."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.casework.case import Case
from forms.casework.due import ArrivalAlarm, DueRules, arrival_alarm
from forms.casework.facts import Evidence

TIRANA = ZoneInfo("Europe/Tirane")
EXPECTED = datetime.fromisoformat("2026-01-31T22:40:00+01:00")
CASE = Case(stage="travel", country="al", expected_arrival=EXPECTED)
TWO = datetime(2026, 2, 1, 2, 0, tzinfo=TIRANA)


def said(on: str, order: str = "", **answers: Any) -> Evidence:
    values = {name.replace("__", "."): value for name, value in answers.items()}
    return Evidence("r" + order, "f", date.fromisoformat(on), values, country="GR", order=order)


def reception(outcome: str, on: str = "2026-01-31", order: str = "1", **more: Any) -> Evidence:
    return said(on, order, arrival__outcome=outcome, **more)


def contact(outcome: str, on: str = "2026-02-01", order: str = "2") -> Evidence:
    return said(on, order, contact__outcome=outcome)


UNCONFIRMED, NOT_ARRIVED, UNKNOWN = (
    "alarm.arrival.unconfirmed", "alarm.arrival.not_arrived", "alarm.arrival.unknown_person",
)  # fmt: skip

#: records, and the alarm at 02:00
NIGHT: list[tuple[list[Evidence], str | None]] = [
    ([], UNCONFIRMED),
    ([reception("received")], None),
    ([reception("declined")], None),
    ([reception("received", on="2026-01-20")], UNCONFIRMED),
    ([reception("received", on="2062-01-31")], UNCONFIRMED),
    ([reception("not_arrived")], NOT_ARRIVED),
    ([reception("unknown_person")], UNKNOWN),
    ([reception("received", arrival__met_by="unknown")], UNKNOWN),
    ([reception("what?")], UNCONFIRMED),
    ([reception("not_arrived"), reception("received", order="2")], None),
    ([reception("unknown_person"), reception("received", on="2062-01-01", order="2")], UNKNOWN),
    ([reception("unknown_person"), contact("unreachable")], UNKNOWN),
    ([reception("unknown_person"), contact("refused")], UNKNOWN),
    ([reception("unknown_person"), contact("met")], None),
    ([reception("unknown_person"), contact("phone_only", "2026-01-31")], None),
    ([reception("unknown_person"), contact("met", "2026-01-31", "0")], UNKNOWN),
    ([reception("unknown_person"), contact("met", "2026-02-02")], UNKNOWN),
]


@pytest.mark.parametrize(("records", "code"), NIGHT)
def test_what_is_an_alarm_at_two_in_the_night(records: list[Evidence], code: str | None) -> None:
    for order in (records, records[::-1]):
        alarm = arrival_alarm(CASE, order, TWO)
        assert (alarm and alarm.code) == code


def test_it_names_both_countries_and_since_when() -> None:
    found = arrival_alarm(CASE, [said("2026-01-30", consent__decision="given")], TWO)
    since = datetime(2026, 2, 1, 1, 40, tzinfo=TIRANA)
    assert found == ArrivalAlarm("alarm.arrival.unconfirmed", since, ("AL", "GR"))
    host = said("2026-01-30", case__host_country="it")
    found = arrival_alarm(CASE, [host], TWO)
    assert found is not None
    assert found.countries == ("AL", "GR", "IT")
    for no_country in ("home", "other"):
        found = arrival_alarm(CASE, [said("2026-01-30", case__host_country=no_country)], TWO)
        assert found is not None
        assert found.countries == ("AL", "GR")


def test_the_offices_hours_decide_and_a_time_without_a_zone_was_meant_in_the_offices() -> None:
    early = DueRules(arrival_watch_hours=1)
    quarter = datetime(2026, 1, 31, 23, 40, tzinfo=TIRANA)
    assert arrival_alarm(CASE, [], quarter) is None
    assert arrival_alarm(CASE, [], quarter, early) is not None
    naive = Case(stage="travel", expected_arrival=EXPECTED.replace(tzinfo=None))
    assert arrival_alarm(naive, [], TWO) is not None
    assert arrival_alarm(naive, [], TWO - timedelta(minutes=21)) is None


def test_the_travels_own_record_serves_where_the_file_has_no_time() -> None:
    case = Case(stage="travel")
    leg = said("2026-01-30", travel__arrival_at="2026-01-31T22:40:00.000+01:00")
    assert arrival_alarm(case, [leg], TWO) is not None
    assert arrival_alarm(case, [leg, said("2026-01-31", "9", travel__arrival_at="later")], TWO) is not None
    assert arrival_alarm(case, [], TWO) is None


def test_a_closed_case_raises_none() -> None:
    assert arrival_alarm(Case(stage="closed", expected_arrival=EXPECTED), [], TWO) is None


RECORDS = st.lists(
    st.builds(
        lambda outcome, days, order, kind, met_by: said(
            str(date(2026, 1, 31) + timedelta(days=days)),
            order,
            **(
                {"arrival__outcome": outcome, "arrival__met_by": met_by}
                if kind
                else {"contact__outcome": outcome}
            ),
        ),
        st.sampled_from(
            ["received", "not_arrived", "unknown_person", "met", "unreachable", "phone_only", "?"]
        ),
        st.integers(-40, 40),
        st.sampled_from("abc"),
        st.booleans(),
        st.sampled_from(["us", "unknown", "family"]),
    ),
    max_size=5,
)  # fmt: skip


@settings(max_examples=400)
@given(RECORDS)
def test_only_a_word_of_her_ends_the_watch(records: list[Evidence]) -> None:
    """Without a reception that says she came, by the night at the latest, silence is an alarm."""
    alarm = arrival_alarm(CASE, records, TWO)
    came = [
        each
        for each in records
        if each.text("arrival.outcome") in ("received", "unknown_person") and each.on <= TWO.date()
    ]
    if not came:
        assert alarm is not None
    if alarm is not None:
        assert alarm.since <= TWO


@settings(max_examples=400)
@given(RECORDS, st.integers(1, 2000))
def test_time_alone_never_ends_an_alarm_of_silence(records: list[Evidence], hours: int) -> None:
    past = [each for each in records if each.on <= TWO.date()]
    before = arrival_alarm(CASE, past, TWO)
    after = arrival_alarm(CASE, past, TWO.astimezone(UTC).astimezone(TIRANA) + timedelta(hours=hours))
    assert (before is None) or (after is not None and after.code == before.code)

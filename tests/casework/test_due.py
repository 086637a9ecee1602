from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.casework.case import RISKS, STAGES, Case, Risk, Stage
from forms.casework.due import KINDS, Due, Finished, add_months, arrived_on, due, milestones

HOME = date(2026, 1, 31)
EXPECTED = datetime.fromisoformat("2026-01-31T22:40:00+01:00")


def at_home(risk: Risk = "low", **facts: Any) -> Case:
    return Case(stage="reintegration", risk=risk, arrived_on=HOME, **facts)


def contact(day: date | int, outcome: str = "met", **facts: Any) -> Finished:
    on = HOME + timedelta(days=day) if isinstance(day, int) else day
    return Finished("monitoring_contact", on, outcome, **facts)


def reception(on: date, outcome: str = "received") -> Finished:
    return Finished("airport_reception", on, outcome)


def told(items: list[Due]) -> list[tuple[str, date, bool]]:
    return [(item.kind, item.due, item.overdue) for item in items]


# --- arrival ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "overdue"),
    [(date(2026, 1, 20), False), (date(2026, 1, 31), False), (date(2026, 2, 1), True)],
)
def test_an_expected_arrival_is_overdue_from_the_day_after(today: date, overdue: bool) -> None:
    case = Case(stage="travel", expected_arrival=EXPECTED)
    assert told(due(case, [], today)) == [("arrival", HOME, overdue)]


def test_with_the_time_of_day_an_arrival_is_overdue_three_hours_after_it_was_expected() -> None:
    """Vignette 7: expected at 22:40, and at 02:00 nobody has confirmed."""
    case = Case(stage="travel", expected_arrival=EXPECTED)
    tirana = ZoneInfo("Europe/Tirane")
    at = datetime(2026, 2, 1, 1, 39, tzinfo=tirana)
    assert told(due(case, [], at.date(), now=at)) == [("arrival", HOME, False)]
    at = datetime(2026, 2, 1, 2, 0, tzinfo=tirana)
    assert told(due(case, [], at.date(), now=at)) == [("arrival", HOME, True)]


def test_an_office_may_watch_for_a_shorter_time() -> None:
    case = Case(stage="travel", expected_arrival=EXPECTED)
    at = datetime(2026, 1, 31, 23, 0, tzinfo=ZoneInfo("Europe/Tirane"))
    assert not due(case, [], at.date(), now=at)[0].overdue
    assert due(case, [], at.date(), now=at, watch=timedelta(minutes=15))[0].overdue


def test_the_day_of_an_arrival_is_the_offices_local_day() -> None:
    """22:40 UTC of one day is the next day in Kyiv."""
    case = Case(stage="travel", expected_arrival=datetime(2026, 1, 30, 22, 40, tzinfo=UTC))
    now = datetime(2026, 1, 30, 12, tzinfo=ZoneInfo("Europe/Kyiv"))
    assert due(case, [], now.date(), now=now)[0].due == HOME


def test_a_finished_reception_confirms_the_arrival_and_starts_the_contacts() -> None:
    case = Case(stage="travel", risk="low", expected_arrival=EXPECTED)
    items = due(case, [reception(HOME)], HOME)
    assert told(items) == [("contact.hours_48", date(2026, 2, 2), False)]
    assert items[0].form == "monitoring_contact"


@pytest.mark.parametrize("outcome", ["declined", "unknown_person"])
def test_who_declined_reception_or_left_with_someone_unknown_has_arrived(outcome: str) -> None:
    case = Case(stage="travel", expected_arrival=EXPECTED)
    assert due(case, [reception(HOME, outcome)], HOME)[0].kind == "contact.hours_48"


def test_a_reception_that_ended_in_nobody_coming_keeps_the_alarm() -> None:
    case = Case(stage="travel", expected_arrival=EXPECTED)
    items = due(case, [reception(HOME, "not_arrived")], date(2026, 2, 1))
    assert told(items) == [("arrival", HOME, True)]


def test_a_new_journey_after_going_back_is_awaited_again() -> None:
    case = Case(stage="travel", arrived_on=date(2025, 6, 1), expected_arrival=EXPECTED)
    assert told(due(case, [], HOME)) == [("arrival", HOME, False)]


def test_an_arrival_two_days_early_is_that_arrival() -> None:
    case = Case(stage="travel", expected_arrival=EXPECTED, arrived_on=date(2026, 1, 29))
    assert due(case, [], date(2026, 1, 30))[0].kind == "contact.hours_48"


def test_a_case_at_home_without_a_day_of_arrival_asks_for_it() -> None:
    items = due(Case(stage="reintegration"), [], HOME)
    assert [(item.kind, item.form) for item in items] == [("arrival.date", "case_file")]


def test_before_the_journey_nothing_is_due() -> None:
    assert due(Case(stage="shelter"), [], HOME) == []


def test_an_arrival_dated_in_the_future_says_nothing_yet() -> None:
    assert arrived_on(Case(arrived_on=date(2062, 1, 31)), [], HOME) is None


# --- contacts --------------------------------------------------------------------------------


def test_every_case_has_the_nine_contacts_of_the_plan() -> None:
    assert [(m.kind, m.due) for m in milestones(HOME)] == [
        ("contact.hours_48", date(2026, 2, 2)),
        ("contact.week_1", date(2026, 2, 7)),
        ("contact.week_2", date(2026, 2, 14)),
        ("contact.month_1", date(2026, 2, 28)),
        ("contact.month_2", date(2026, 3, 31)),
        ("contact.month_3", date(2026, 4, 30)),
        ("contact.month_6", date(2026, 7, 31)),
        ("contact.month_9", date(2026, 10, 31)),
        ("contact.month_12", date(2027, 1, 31)),
    ]


#: day of arrival + n: contacts so far, today, what is due
PLAN: list[tuple[list[int], int, list[tuple[str, int, bool]]]] = [
    ([], 0, [("contact.hours_48", 2, False)]),
    ([], 2, [("contact.hours_48", 2, False)]),
    ([], 3, [("contact.hours_48", 2, True), ("contact.week_1", 7, False)]),
    ([1], 3, [("contact.week_1", 7, False)]),
    ([1, 6], 8, [("contact.week_2", 14, False)]),
    ([1, 4], 8, [("contact.week_1", 7, True), ("contact.week_2", 14, False)]),
    ([1, 12], 13, [("contact.month_1", 28, False)]),
    ([1, 6, 13, 27], 100, [("contact.month_2", 59, True), ("contact.month_6", 181, False)]),
    ([1, 6, 13, 27, 58, 88, 180, 272], 300, [("contact.month_12", 365, False)]),
    ([1, 6, 13, 27, 58, 88, 180, 272, 360], 400, []),
    ([], 400, [("contact.hours_48", 2, True)]),
]


@pytest.mark.parametrize(("contacts", "today", "expected"), PLAN)
def test_the_plan_of_a_case_at_low_risk(
    contacts: list[int], today: int, expected: list[tuple[str, int, bool]]
) -> None:
    items = due(at_home(), [contact(day) for day in contacts], HOME + timedelta(days=today))
    assert [(item.kind, (item.due - HOME).days, item.overdue) for item in items] == expected


def test_one_overdue_contact_tells_how_many_were_missed() -> None:
    (late, following) = due(at_home(), [], HOME + timedelta(days=100))
    assert (late.kind, late.missed) == ("contact.hours_48", 6)
    assert following.missed == 0


def test_a_visit_makes_up_for_all_that_were_missed() -> None:
    today = HOME + timedelta(days=100)
    assert told(due(at_home(), [contact(100)], today)) == [("contact.month_6", date(2026, 7, 31), False)]


@pytest.mark.parametrize(
    ("risk", "kind", "when"),
    [
        ("high", "contact.weekly", date(2026, 4, 9)),
        ("medium", "contact.month_3", date(2026, 4, 30)),
        ("low", "contact.month_3", date(2026, 4, 30)),
    ],
)
def test_the_risk_decides_how_often_contact_is_sought_in_between(risk: Risk, kind: str, when: date) -> None:
    last = contact(date(2026, 4, 2))
    (item,) = due(at_home(risk), [last], last.on)
    assert (item.kind, item.due) == (kind, when)


@pytest.mark.parametrize("risk", ["medium", "unknown"])
def test_between_far_milestones_medium_and_unknown_risk_are_seen_monthly(risk: Risk) -> None:
    last = contact(date(2026, 4, 30))
    (item,) = due(at_home(risk), [last], last.on)
    assert (item.kind, item.due) == ("contact.monthly", date(2026, 5, 30))


def test_a_contact_that_found_a_high_risk_counts_more_than_an_older_file() -> None:
    (item,) = due(at_home("low"), [contact(100, risk="high")], HOME + timedelta(days=101))
    assert item.kind == "contact.weekly"


def test_a_file_at_high_risk_is_not_calmed_by_one_good_visit() -> None:
    (item,) = due(at_home("high"), [contact(100, risk="low")], HOME + timedelta(days=101))
    assert item.kind == "contact.weekly"


def test_at_high_risk_a_missed_week_is_overdue() -> None:
    items = due(at_home("high"), [contact(100)], HOME + timedelta(days=110))
    assert told(items)[0] == ("contact.weekly", HOME + timedelta(days=107), True)


def test_the_day_that_was_agreed_with_the_person_is_the_one_that_is_due() -> None:
    agreed = HOME + timedelta(days=120)
    (item,) = due(at_home("high"), [contact(100, next_agreed=agreed)], HOME + timedelta(days=101))
    assert (item.kind, item.due) == ("contact.agreed", agreed)


def test_contacts_less_often_leave_those_of_the_plan() -> None:
    (item,) = due(at_home("high"), [contact(100, further="less_often")], HOME + timedelta(days=101))
    assert item.kind == "contact.month_6"


@pytest.mark.parametrize(
    ("outcome", "days"), [("unreachable", 3), ("not_alone", 7), ("moved", 7), ("suspected_retrafficking", 1)]
)
def test_a_contact_that_failed_is_planned_anew(outcome: str, days: int) -> None:
    tried = contact(16, outcome)
    (item,) = due(at_home(), [contact(1), tried], tried.on)
    assert (item.kind, item.due) == ("contact.again", tried.on + timedelta(days=days))
    assert item.missed == 2


def test_a_new_try_does_not_put_off_a_contact_of_the_plan() -> None:
    """Week 2 is on day 14, before the day on which a contact that was not alone is tried again."""
    items = due(at_home(), [contact(1), contact(8, "not_alone")], HOME + timedelta(days=8))
    assert told(items) == [("contact.week_2", HOME + timedelta(days=14), False)]


def test_a_day_agreed_at_a_failed_contact_is_the_day_of_the_new_try() -> None:
    agreed = HOME + timedelta(days=12)
    tried = contact(8, "not_alone", next_agreed=agreed)
    assert told(due(at_home(), [contact(1), tried], tried.on)) == [("contact.again", agreed, False)]


def test_after_a_new_try_was_missed_too_the_contact_is_overdue_since_it_was_planned() -> None:
    items = due(at_home(), [contact(1), contact(8, "unreachable")], HOME + timedelta(days=12))
    assert told(items)[0] == ("contact.week_1", HOME + timedelta(days=7), True)


def test_at_high_risk_the_new_try_is_sooner() -> None:
    items = due(at_home("high"), [contact(1), contact(8, "unreachable")], HOME + timedelta(days=8))
    assert told(items) == [("contact.again", HOME + timedelta(days=10), False)]


def test_who_ended_the_contacts_is_not_overdue() -> None:
    contacts = [contact(1), contact(6, "refused", further="stop")]
    assert due(at_home("high"), contacts, HOME + timedelta(days=300)) == []


def test_who_took_the_contacts_up_again_has_them() -> None:
    contacts = [contact(6, "refused", further="stop"), contact(40, further="as_planned")]
    assert due(at_home(), contacts, HOME + timedelta(days=41))[0].kind == "contact.month_2"


def test_contacts_before_the_arrival_do_not_count() -> None:
    before = contact(HOME - timedelta(days=1))
    assert told(due(at_home(), [before], HOME)) == [("contact.hours_48", date(2026, 2, 2), False)]


def test_a_contact_with_a_wrong_year_does_not_silence_a_case() -> None:
    wrong = contact(date(2062, 2, 1))
    assert due(at_home(), [wrong], HOME + timedelta(days=10))[0].overdue


def test_a_closed_case_has_nothing_due() -> None:
    assert due(Case(stage="closed", arrived_on=HOME, expected_arrival=EXPECTED), [], date(2026, 6, 1)) == []


# --- records ---------------------------------------------------------------------------------


def test_a_contact_is_read_from_its_record_wherever_its_questions_are_grouped() -> None:
    values = {
        "contact/contact_date": "2026-02-06",
        "contact/outcome": "met",
        "conclusion/risk_level": "high",
        "conclusion/further_contact": "as_planned",
        "conclusion/next_agreed": "2026-02-20",
        "plan/need[0123456789abcdef]": 0,
        "plan/need[0123456789abcdef]/outcome": "not this one",
    }
    assert Finished.from_values("monitoring_contact", values, HOME) == Finished(
        "monitoring_contact", date(2026, 2, 6), "met", "high", "as_planned", date(2026, 2, 20)
    )


def test_a_reception_is_dated_by_the_arrival_then_the_hand_over_then_the_record() -> None:
    values: dict[str, Any] = {
        "arrival/arrived_at": "2026-01-31T23:50:00.000+01:00",
        "handover/handed_over_at": "2026-02-01T00:30:00.000+01:00",
        "identity/reception_outcome": "received",
    }
    assert Finished.from_values("airport_reception", values, date(2026, 2, 2)).on == HOME
    del values["arrival/arrived_at"]
    assert Finished.from_values("airport_reception", values, date(2026, 2, 2)).on == date(2026, 2, 1)
    del values["handover/handed_over_at"]
    assert Finished.from_values("airport_reception", values, date(2026, 2, 2)).on == date(2026, 2, 2)


# --- properties ------------------------------------------------------------------------------

days = st.dates(date(2025, 1, 1), date(2028, 12, 31))
outcomes = st.sampled_from(["met", "phone_only", "not_alone", "refused", "unreachable", "moved", ""])
records = st.lists(
    st.builds(
        Finished,
        form=st.sampled_from(["monitoring_contact", "airport_reception", "case_file"]),
        on=days,
        outcome=outcomes | st.sampled_from(["received", "declined", "not_arrived"]),
        risk=st.sampled_from(RISKS),
        further=st.sampled_from(["", "as_planned", "less_often", "stop"]),
        next_agreed=st.none() | days,
    ),
    max_size=8,
)
cases = st.builds(
    Case,
    stage=st.sampled_from(STAGES),
    risk=st.sampled_from(RISKS),
    arrived_on=st.none() | days,
    expected_arrival=st.none()
    | st.datetimes(datetime(2025, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC)),
)


@settings(max_examples=300, deadline=None)
@given(cases, records, days)
def test_what_is_due_never_floods_and_says_rightly_what_is_overdue(
    case: Case, finished: list[Finished], today: date
) -> None:
    items = due(case, finished, today)
    assert len(items) <= 2
    assert sum(item.overdue for item in items) <= 1
    for item in items:
        assert item.kind in KINDS
        assert item.overdue == (item.due < today)
    assert items == sorted(items, key=lambda item: not item.overdue)


@settings(max_examples=300, deadline=None)
@given(cases, records, days)
def test_the_order_of_records_does_not_matter_on_different_days(
    case: Case, finished: list[Finished], today: date
) -> None:
    by_day = list({(record.form, record.on): record for record in finished}.values())
    assert due(case, by_day, today) == due(case, by_day[::-1], today)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(RISKS), records, days, st.sampled_from(["arrival", "reintegration"]))
def test_a_contact_today_leaves_nothing_overdue(
    risk: Risk, finished: list[Finished], today: date, stage: Stage
) -> None:
    case = Case(stage=stage, risk=risk, arrived_on=date(2025, 1, 1))
    earlier = [record for record in finished if record.on < today]
    after = due(case, [*earlier, contact(today, further="as_planned")], today)
    assert not any(item.overdue for item in after)


@settings(max_examples=300, deadline=None)
@given(days, st.lists(st.integers(0, 364), max_size=6), st.sampled_from(RISKS))
def test_within_the_year_a_case_at_home_always_has_a_next_contact(
    arrived: date, offsets: list[int], risk: Risk
) -> None:
    contacts = [contact(arrived + timedelta(days=offset)) for offset in offsets]
    today = arrived + timedelta(days=max(offsets, default=0))
    covered = milestones(arrived)[-1].opens <= today and contacts != []
    case = Case(stage="reintegration", risk=risk, arrived_on=arrived)
    assert covered or due(case, contacts, today) != []


@given(days, st.integers(0, 36))
def test_months_end_where_the_month_ends(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)

"""All that is due in a case, read from what its records mean: expiries, tasks, what goes to others."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.casework import consent
from forms.casework.case import Case
from forms.casework.due import KINDS, READ, Due, DueRules, agenda
from forms.casework.facts import Evidence
from forms.errors import FormProblem

HOME = date(2026, 1, 31)
CASE = Case(stage="reintegration", risk="low", country="AL", arrived_on=HOME, birth_date=date(1998, 3, 14))


def day(text: str) -> date:
    return date.fromisoformat(text)


def said(on: str | date, order: str = "", form: str = "some_form", **answers: Any) -> Evidence:
    """A record of that day; `consent__until` is the meaning consent.until."""
    on = day(on) if isinstance(on, str) else on
    values = {name.replace("__", "."): value for name, value in answers.items()}
    return Evidence(f"r-{on}-{order}", form, on, values, order=order)


def rows(on: str, noun: str, *each: dict[str, Any], **answers: Any) -> Evidence:
    found = said(on, **answers)
    return Evidence(found.record, found.form, found.on, found.values, {noun: each})


def told(items: tuple[Due, ...] | list[Due], start: str = "") -> list[tuple[str, str, bool]]:
    return [(i.kind, i.due.isoformat(), i.overdue) for i in items if i.kind.startswith(start)]


def met(on: str | date, outcome: str = "met", **more: Any) -> Evidence:
    return said(on, contact__outcome=outcome, **more)


# --- expiries: record, today, what is due and from when it is seen ----------------------------

CONSENT = {"consent__decision": "given", "consent__purpose": ["photo"], "consent__by": "person"}
EXPIRIES: list[tuple[str, Evidence, str, str, str]] = [
    ("consent.expires",
     said("2026-02-01", **CONSENT, consent__until="2026-08-01"), "2026-08-01", "2026-07-02", "photo"),
    ("consent.expires", said("2026-02-01", **CONSENT), "2027-02-01", "2027-01-02", "photo"),
    ("consent.expires",
     said("2026-02-01", **CONSENT, consent__until="some day"), "2026-02-01", "2026-01-02", "photo"),
    ("assessment.expires", said("2026-02-01", assessment__outcome="proceed", assessment__side="host",
                                assessment__expires="2026-04-01"), "2026-04-01", "2026-03-18", "host"),
    ("assessment.expires", said("2026-02-01", assessment__outcome="proceed"), "2026-05-02", "2026-04-18", ""),
    ("travel_document.expires",
     said("2026-02-01", travel__document_expires="2026-12-01"), "2026-12-01", "2026-10-02", ""),
    ("status.expires",
     said("2026-02-01", status__kind="victim", status__country="UA", status__expires="2026-09-01"),
     "2026-09-01", "2026-07-03", "UA"),
    ("status.expires",
     said("2026-02-01", status__kind="victim", status__country="AL"), "2027-02-01", "2026-12-03", "AL"),
    ("court.date", said("2026-02-01", proceedings__court_date="2026-06-15"), "2026-06-15", "2026-06-01", ""),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "record", "due", "opens", "subject"), EXPIRIES)
def test_what_ends_is_on_the_desk_before_and_overdue_from_the_day_after(
    kind: str, record: Evidence, due: str, opens: str, subject: str
) -> None:
    on = day(due)
    (item,) = [i for i in agenda(CASE, [record], on) if i.kind == kind]
    assert (item.due, item.opens, item.overdue) == (on, day(opens), False)
    assert (item.subject, item.form, item.record) == (subject, "some_form", record.record)
    assert not item.on_desk(day(opens) - timedelta(days=1))
    assert item.on_desk(day(opens))
    (late,) = [i for i in agenda(CASE, [record], on + timedelta(days=1)) if i.kind == kind]
    assert late.overdue


MINOR = Case(stage="shelter", country="AL", birth_date=date(2012, 5, 10))
OF_MINORS: list[tuple[str, Evidence, str]] = [
    ("determination.expires",
     said("2026-02-01", bid__outcome="in_favour", bid__expires="2026-06-01"), "2026-06-01"),
    ("determination.expires", said("2026-02-01", bid__outcome="in_favour"), "2026-07-31"),
    ("determination.review",
     said("2026-02-01", bid__outcome="in_favour", bid__review_on="2026-03-01"), "2026-03-01"),
    ("determination.review", said("2026-02-01", bid__outcome="in_favour"), "2026-05-02"),
    ("guardian_document.expires", said("2026-02-01", guardian__document_expires="2026-10-01"), "2026-10-01"),
    ("guardian_document.expires", said("2026-02-01", guardian__appointed="yes"), "2026-07-31"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "record", "due"), OF_MINORS)
def test_what_a_minor_needs_expires_and_an_adult_needs_none_of_it(
    kind: str, record: Evidence, due: str
) -> None:
    today = day("2026-02-10")
    assert (kind, due, False) in told(agenda(MINOR, [record], today))
    nobody_knows = Case(stage="shelter")
    assert kind in [i.kind for i in agenda(nobody_knows, [record], today)]
    adult = Case(stage="shelter", birth_date=date(1990, 1, 1))
    assert kind not in [i.kind for i in agenda(adult, [record], today)]
    doubt = said("2026-02-02", age__established="unclear")
    assert kind in [i.kind for i in agenda(adult, [record, doubt], today)]


def test_the_last_determination_counts_and_of_two_of_one_moment_the_sooner_end() -> None:
    old = said("2026-01-01", bid__outcome="in_favour", bid__expires="2026-03-01", bid__review_on="2026-02-01")
    new = said("2026-02-01", bid__outcome="in_favour", bid__expires="2026-09-01", bid__review_on="2026-08-01")
    today = day("2026-04-01")
    assert told(agenda(MINOR, [new, old], today), "determination.expires") == [
        ("determination.expires", "2026-09-01", False)
    ]
    twin = said("2026-02-01", bid__outcome="more_needed", bid__expires="2026-05-01")
    for both in ([new, twin], [twin, new]):
        assert told(agenda(MINOR, both, today), "determination.expires")[0][1] == "2026-05-01"


def test_a_determination_of_a_wrong_year_does_not_replace_the_one_that_is_known() -> None:
    old = said("2026-01-01", bid__outcome="in_favour", bid__expires="2026-03-01")
    wrong = said("2062-01-01", bid__outcome="in_favour", bid__expires="2062-07-01")
    assert told(agenda(MINOR, [old, wrong], day("2026-04-01")), "determination.expires")[0][2]


def test_each_certificate_of_status_expires_by_itself() -> None:
    """National status is a repeat: country, authority, status, expiry."""
    record = rows(
        "2026-02-01",
        "status",
        {"status.country": "AL", "status.authority": "NRM", "status.kind": "official",
         "status.expires": "2026-03-01"},
        {"status.country": "UA", "status.kind": "victim", "status.expires": "2026-05-01"},
        {"status.country": "GR", "status.kind": "none"},
    )  # fmt: skip
    items = [i for i in agenda(CASE, [record], day("2026-04-01")) if i.kind == "status.expires"]
    assert [(i.subject, i.overdue) for i in items] == [("AL", True), ("UA", False)]


def test_a_status_counts_from_when_it_was_given_and_one_that_ended_or_was_refused_is_none() -> None:
    def due(**row: str) -> list[tuple[str, str]]:
        status = {
            f"status.{name}": value for name, value in {"country": "al", "kind": "victim", **row}.items()
        }
        items = agenda(CASE, [rows("2026-02-01", "status", status)], day("2026-04-01"))
        return [(i.subject, i.due.isoformat()) for i in items if i.kind == "status.expires"]

    assert due() == [("AL", "2027-02-01")]
    assert due(on="2025-06-01") == [("AL", "2026-06-01")]
    assert due(on="2062-06-01") == [("AL", "2027-02-01")]
    assert due(on="2025-06-01", expires="2026-12-31") == [("AL", "2026-12-31")]
    assert due(kind="ended", expires="2026-12-31") == due(kind="refused") == []
    before = {"status.country": "al", "status.kind": "ended", "status.expires": "2026-03-01"}
    both = rows("2026-02-01", "status", before, {"status.country": "al", "status.kind": "official_victim"})
    assert told(agenda(CASE, [both], day("2026-04-01")), "status") == [
        ("status.expires", "2027-02-01", False)
    ]


def test_a_renewed_consent_moves_its_day_and_a_withdrawn_one_has_none() -> None:
    given_ = said("2026-02-01", **CONSENT, consent__until="2026-03-01")
    today = day("2026-04-01")
    assert told(agenda(CASE, [given_], today), "consent") == [("consent.expires", "2026-03-01", True)]
    again = said("2026-03-02", **CONSENT, consent__until="2026-12-01")
    assert told(agenda(CASE, [given_, again], today), "consent") == [("consent.expires", "2026-12-01", False)]
    gone = said("2026-03-03", consent__decision="withdrawn", consent__purpose=["photo"])
    assert told(agenda(CASE, [given_, again, gone], today), "consent") == []


# --- vignette 11: she turns 18 in month 5 -------------------------------------------------------


def test_who_turns_eighteen_in_month_five_has_everything_of_her_childhood_end_with_it() -> None:
    case = Case(stage="reintegration", risk="low", arrived_on=HOME, birth_date=date(2008, 6, 20))
    records = [
        said("2026-01-05", consent__decision="given", consent__purpose=["monitoring"],
             consent__by="guardian", consent__until="2027-01-31"),
        said("2026-01-06", bid__outcome="in_favour", bid__expires="2026-12-31", bid__review_on="2026-12-01"),
        met("2026-04-28"),
    ]  # fmt: skip

    def seen(on: str) -> list[tuple[str, str, bool]]:
        items = [i for i in agenda(case, records, day(on)) if i.on_desk(day(on))]
        return [each for each in told(items) if not each[0].startswith("contact.")]

    assert seen("2026-04-20") == []
    assert seen("2026-04-21") == [("birthday.18", "2026-06-20", False)]
    assert seen("2026-05-25") == [
        ("consent.expires", "2026-06-19", False),
        ("determination.expires", "2026-06-19", False),
        ("birthday.18", "2026-06-20", False),
    ]
    assert seen("2026-06-20")[-1] == ("birthday.18", "2026-06-20", False)
    assert seen("2026-06-21") == [
        ("consent.expires", "2026-06-19", True),
        ("birthday.18", "2026-06-20", True),
    ]
    records.append(
        said("2026-06-22", consent__decision="given", consent__purpose=["monitoring"], consent__by="person")
    )
    assert seen("2026-06-23") == []


def test_a_consent_before_the_birthday_is_not_hers_as_an_adult() -> None:
    case = Case(stage="reintegration", arrived_on=HOME, birth_date=date(2008, 6, 20))
    before = said("2026-06-19", consent__decision="given", consent__purpose=["photo"], consent__by="person")
    assert "birthday.18" in [i.kind for i in agenda(case, [before], day("2026-06-25"))]


def test_who_came_as_an_adult_has_no_birthday_to_prepare() -> None:
    assert told(agenda(CASE, [met("2026-02-01")], day("2026-02-02")), "birthday") == []


# --- consent to monitoring ----------------------------------------------------------------------


def monitoring(on: str, decision: str, order: str = "", **more: Any) -> Evidence:
    return said(on, order, consent__decision=decision, consent__purpose=["monitoring", "photo"], **more)


def test_who_withdraws_from_monitoring_is_not_visited_and_not_overdue() -> None:
    late = agenda(CASE, [], day("2026-06-01"))
    assert late[0].overdue
    for end in ("withdrawn", "refused"):
        items = agenda(CASE, [monitoring("2026-02-10", end)], day("2026-06-01"))
        assert told(items, "contact") == told(items, "escalation") == []


def test_who_consents_again_is_visited_again_and_one_moments_two_words_mean_no() -> None:
    anew = monitoring("2026-03-10", "given", consent__withdrawn_on="2026-02-10")
    records = [monitoring("2026-02-10", "withdrawn"), anew]
    assert told(agenda(CASE, records, day("2026-06-01")), "contact")
    unaware = [monitoring("2026-02-10", "withdrawn"), monitoring("2026-03-10", "given")]
    assert told(agenda(CASE, unaware, day("2026-06-01")), "contact") == []
    records = [monitoring("2026-02-10", "given"), monitoring("2026-02-10", "withdrawn")]
    assert told(agenda(CASE, records, day("2026-06-01")), "contact") == []


def test_a_withdrawal_of_a_day_to_come_was_said_all_the_same() -> None:
    assert told(agenda(CASE, [monitoring("2062-02-10", "withdrawn")], day("2026-06-01")), "contact") == []


def test_the_arrival_is_watched_whatever_she_said_of_monitoring() -> None:
    case = Case(stage="travel", expected_arrival=datetime(2026, 2, 1, 21, 40, tzinfo=UTC))
    items = agenda(case, [monitoring("2026-01-10", "withdrawn")], day("2026-02-02"))
    assert ("arrival", "2026-02-01", True) in told(items)


def test_who_travels_without_a_time_of_arrival_has_it_asked_for() -> None:
    items = agenda(Case(stage="travel"), [], HOME)
    assert told(items) == [("arrival.expected", "2026-01-31", False)]
    known = said("2026-01-30", travel__arrival_at="2026-01-31T22:40:00+01:00")
    assert told(agenda(Case(stage="travel"), [known], HOME)) == [("arrival", "2026-01-31", False)]


# --- what goes to others ------------------------------------------------------------------------

#: risk, days after the 48 hours, to whom it has gone
ESCALATED: list[tuple[str, int, list[str]]] = [
    ("high", 0, []),
    ("high", 1, ["coordinator"]),
    ("high", 2, ["coordinator"]),
    ("high", 3, ["coordinator", "other_country"]),
    ("medium", 13, []),
    ("medium", 14, ["coordinator"]),
    ("unknown", 14, ["coordinator"]),
    ("low", 300, []),
]


@pytest.mark.parametrize(("risk", "days", "to"), ESCALATED)
def test_a_missed_contact_goes_to_others_by_risk_and_days(risk: Any, days: int, to: list[str]) -> None:
    case = Case(stage="reintegration", risk=risk, arrived_on=HOME)
    today = HOME + timedelta(days=2 + days)
    items = [i for i in agenda(case, [], today) if i.kind == "escalation.missed_contact"]
    assert [i.owner for i in items] == to


def test_a_new_try_that_is_planned_does_not_silence_the_escalation() -> None:
    case = Case(stage="reintegration", risk="high", arrived_on=HOME)
    items = agenda(case, [met("2026-02-03", "unreachable")], day("2026-02-04"))
    assert ("escalation.missed_contact", "2026-02-03", True) in told(items)
    assert ("contact.again", "2026-02-05", False) in told(items)


def test_month_seven_unreachable_twice_goes_to_the_coordinator_until_she_is_heard() -> None:
    """Vignette 10: unreachable twice, and the neighbour says that she went to Italy."""
    records = [met("2026-07-30"), met("2026-08-30", "unreachable")]
    today = day("2026-09-02")
    assert told(agenda(CASE, records, today), "escalation") == []
    records.append(met("2026-09-01", "unreachable", contact__news="A neighbour says: Italy"))
    (item,) = [i for i in agenda(CASE, records, today) if i.kind.startswith("escalation")]
    assert (item.kind, item.due, item.owner) == ("escalation.unreachable", day("2026-09-01"), "coordinator")
    records.append(met("2026-09-02", "phone_only"))
    assert told(agenda(CASE, records, today), "escalation") == []


def test_a_suspicion_goes_to_both_at_once_even_of_who_ended_the_contacts() -> None:
    records = [
        met("2026-03-01", "suspected_retrafficking", contact__further="stop"),
        monitoring("2026-03-01", "withdrawn"),
    ]
    items = [i for i in agenda(CASE, records, day("2026-03-01")) if i.kind.startswith("escalation")]
    assert [(i.kind, i.owner) for i in items] == [
        ("escalation.suspected_retrafficking", "coordinator"),
        ("escalation.suspected_retrafficking", "other_country"),
    ]


# --- tasks --------------------------------------------------------------------------------------


def referral(on: str, **more: Any) -> Evidence:
    return said(on, referral__sent_on=on, referral__service=["shelter"], **more)


#: the referral, and what is due of it
REFERRALS: list[tuple[Evidence, list[tuple[str, str, bool]]]] = [
    (referral("2026-02-01"), [("referral.answer", "2026-02-08", True)]),
    (referral("2026-02-01", referral__urgent="yes"), [("referral.answer", "2026-02-02", True)]),
    (referral("2026-02-01", referral__answer="perhaps"), [("referral.answer", "2026-02-08", True)]),
    (
        referral("2026-02-01", referral__answer="accepted", referral__answered_on="2026-02-03"),
        [("referral.completion", "2026-03-05", False)],
    ),
    (
        referral("2026-02-01", referral__answer="declined", referral__answered_on="2026-02-09"),
        [("referral.anew", "2026-02-12", False)],
    ),
    (referral("2026-02-01", referral__answer="completed"), []),
    (said("2026-02-01", referral__to="draft only"), []),
]


@pytest.mark.parametrize(("record", "expected"), REFERRALS)
def test_a_referral_is_followed_to_its_end(record: Evidence, expected: list[tuple[str, str, bool]]) -> None:
    assert told(agenda(CASE, [record], day("2026-02-10")), "referral") == expected


def test_a_declined_referral_is_settled_by_another_one_for_that_service() -> None:
    declined = referral("2026-02-01", referral__answer="declined", referral__answered_on="2026-02-03")
    other = referral("2026-02-05")
    assert told(agenda(CASE, [declined, other], day("2026-02-10")), "referral") == [
        ("referral.answer", "2026-02-12", False)
    ]


def test_an_action_is_due_with_its_owner_until_it_is_done_or_the_help_was_given() -> None:
    need = {"need.kind": "health", "need.action": "Take her to the clinic", "need.owner": "partner",
            "need.due": "2026-02-20"}  # fmt: skip
    visit = rows("2026-02-06", "need", need, {"need.kind": "legal", "need.action": "Call the lawyer"},
                 contact__outcome="met")  # fmt: skip
    items = [i for i in agenda(CASE, [visit], day("2026-02-21")) if i.kind == "action.agreed"]
    assert [(i.subject, i.owner, i.due.isoformat(), i.overdue) for i in items] == [
        ("health", "partner", "2026-02-20", True),
        ("legal", "worker", "2026-02-20", True),
    ]
    assert [i.words for i in items] == ["Take her to the clinic", "Call the lawyer"]
    helped = said("2026-02-10", assistance__kind="health")
    assert [i.subject for i in agenda(CASE, [visit, helped], day("2026-02-21")) if i.owner] == ["legal"]
    again = rows(
        "2026-02-14", "need", {"need.kind": "legal", "need.action": "Again", "need.due": "2026-03-01"}
    )
    items = [i for i in agenda(CASE, [visit, helped, again], day("2026-02-21")) if i.owner]
    assert [(i.subject, i.due.isoformat()) for i in items] == [("legal", "2026-03-01")]
    nothing = met("2026-02-20", plan__unmet_needs="no")
    assert [i for i in agenda(CASE, [visit, again, nothing], day("2026-02-21")) if i.owner] == []


def test_whoever_makes_the_next_contact_closes_a_need_by_its_kind() -> None:
    health = {"need.kind": "health", "need.action": "Go with her", "need.state": "open"}
    legal = {"need.kind": "legal", "need.action": "Call the lawyer", "need.state": "open"}
    visit = rows("2026-02-06", "need", health, legal)

    def open_on(on: str, *others: Evidence) -> list[str]:
        return [i.subject for i in agenda(CASE, [visit, *others], day(on)) if i.owner]

    def next_visit(on: str, state: str) -> Evidence:
        return rows(on, "need", {"need.kind": "health", "need.state": state})

    for state, left in (("done", ["legal"]), ("dropped", ["legal"]), ("open", ["health", "legal"])):
        assert open_on("2026-02-21", next_visit("2026-02-10", state)) == left
    assert open_on("2026-02-21", next_visit("2026-02-01", "done")) == ["health", "legal"]
    unsaid = rows("2026-02-06", "need", {"need.kind": "health", "need.action": "Go with her"})
    ahead = agenda(CASE, [unsaid, next_visit("2062-02-10", "done")], day("2026-02-21"))
    assert [i.subject for i in ahead if i.owner] == ["health"]
    anew = rows("2026-02-12", "need", {"need.kind": "health", "need.action": "Another clinic"})
    assert open_on("2026-02-21", next_visit("2026-02-10", "done"), anew) == ["legal", "health"]


def test_a_court_date_stays_until_it_is_told_how_it_ended() -> None:
    date_ = said("2026-02-01", proceedings__court_date="2026-03-01")
    assert told(agenda(CASE, [date_], day("2026-03-02")), "court") == [("court.date", "2026-03-01", True)]
    before = said("2026-02-20", proceedings__outcome="prepared")
    assert told(agenda(CASE, [date_, before], day("2026-03-02")), "court")
    ended = said("2026-03-01", proceedings__outcome="adjourned")
    assert told(agenda(CASE, [date_, ended], day("2026-03-02")), "court") == []
    moved = said("2026-03-01", proceedings__court_date="2026-05-01")
    assert told(agenda(CASE, [date_, moved], day("2026-03-02")), "court") == [
        ("court.date", "2026-05-01", False)
    ]


def test_the_steps_of_the_last_plan_are_due() -> None:
    old = rows("2026-02-01", "service", {"service.kind": "training", "service.due": "2026-02-05"})
    new = rows("2026-02-10", "service", {"service.kind": "training", "service.due": "2026-03-05"},
               {"service.kind": "housing", "service.due": "2026-02-11", "service.state": "done"},
               {"service.kind": "legal"})  # fmt: skip
    assert told(agenda(CASE, [old, new], day("2026-02-20")), "plan") == [
        ("plan.milestone", "2026-03-05", False)
    ]


def test_a_programmes_own_form_of_contact_counts_by_what_it_means() -> None:
    visit = said("2026-02-01", form="our_visit", contact__outcome="met", contact__date="2026-02-01")
    assert told(agenda(CASE, [visit], day("2026-02-03")), "contact") == [
        ("contact.week_1", "2026-02-07", False)
    ]


# --- programmes ---------------------------------------------------------------------------------


def test_a_programme_decides_every_offset() -> None:
    rules = DueRules.from_table(
        {
            "contact_form": "our_visit",
            "contacts": [{"kind": "contact.week_1", "days": 5}, {"kind": "contact.month_1", "months": 1}],
            "between": {"high": {"days": 3}},
            "again_days": {"unreachable": 2},
            "escalation": {"high": [{"to": "director", "after_days": 0}]},
            "lead_days": {"consent": 10},
            "referral_answer_days": 3,
        }
    )
    items = agenda(
        Case(stage="reintegration", risk="high", arrived_on=HOME), [], day("2026-02-06"), rules=rules
    )
    assert [(i.kind, i.form, i.due.isoformat(), i.owner) for i in items] == [
        ("contact.week_1", "our_visit", "2026-02-05", ""),
        ("escalation.missed_contact", "our_visit", "2026-02-05", "director"),
        ("contact.month_1", "our_visit", "2026-02-28", ""),
    ]
    assert rules.again_days["not_alone"] == 7
    assert told(agenda(CASE, [referral("2026-02-01")], day("2026-02-02"), rules=rules), "referral") == [
        ("referral.answer", "2026-02-04", False)
    ]
    assert DueRules.from_table({}) == DueRules()


@pytest.mark.parametrize(
    "table",
    [
        {"arrival_watch_hour": 3},
        {"arrival_watch_hours": -1},
        {"arrival_watch_hours": True},
        {"arrival_watch_hours": "3"},
        {"contacts": []},
        {"contacts": [{"kind": "contact.of_ours", "days": 2}]},
        {"contacts": [{"kind": "contact.week_2", "days": 9}, {"kind": "contact.week_1", "days": 2}]},
        {"between": {"high": {}}},
        {"between": {"extreme": {"days": 1}}},
        {"escalation": {"high": []}},
        {"lead_days": {"visa": 3}},
        {"valid_days": {"consent": 99999}},
        [],
    ],
)
def test_a_misspelt_or_senseless_setting_is_refused(table: Any) -> None:
    with pytest.raises(FormProblem) as problem:
        DueRules.from_table(table)
    assert problem.value.code == "form.programme.section_invalid"


# --- properties ---------------------------------------------------------------------------------

DAYS = st.dates(date(2025, 1, 1), date(2028, 12, 31))
WORDS = st.sampled_from(
    ["", "given", "withdrawn", "refused", "met", "unreachable", "accepted", "declined", "yes", "no", "x"]
)
VALUES: dict[str, Any] = {
    "consent.decision": WORDS,
    "consent.by": st.sampled_from(["guardian", "person"]),
    "bid.outcome": WORDS,
    "status.kind": WORDS,
    "guardian.appointed": WORDS,
    "contact.outcome": WORDS,
    "referral.answer": WORDS,
    "need.action": WORDS,
    "assessment.outcome": WORDS,
    "consent.purpose": st.sampled_from([["monitoring"], ["photo"], 3, "photo"]),
} | {
    name: DAYS.map(str) | st.sampled_from(["", "soon", "2026-13-40", 7, None, "0001-01-01", "9999-12-31"])
    for name in (
        "consent.until", "bid.expires", "bid.review_on", "status.expires", "assessment.expires",
        "guardian.document_expires", "travel.document_expires", "referral.sent_on", "need.due",
        "proceedings.court_date", "contact.date", "travel.arrival_at",
    )
}  # fmt: skip
EVIDENCE = st.builds(
    lambda on, order, values, in_row: (
        Evidence("r", "f", on, {}, {"row": (values,)}, order=order)
        if in_row
        else Evidence("r", "f", on, values, order=order)
    ),
    DAYS,
    st.sampled_from("abc"),
    st.fixed_dictionaries({}, optional=VALUES),
    st.booleans(),
)
CASES = st.builds(
    Case,
    stage=st.sampled_from(["shelter", "travel", "arrival", "reintegration"]),
    risk=st.sampled_from(["high", "medium", "low", "unknown"]),
    arrived_on=st.none() | DAYS,
    birth_date=st.none() | st.dates(date(1950, 1, 1), date(2020, 1, 1)),
)


@settings(max_examples=400, deadline=None)
@given(CASES, st.lists(EVIDENCE, max_size=8), DAYS)
def test_whatever_records_say_the_agenda_is_sound(case: Case, found: list[Evidence], today: date) -> None:
    items = agenda(case, found, today)
    for item in items:
        assert item.kind in KINDS
        assert item.opens is None or item.opens <= item.due
        assert item.kind == "arrival" or item.overdue == (item.due < today)
    assert list(items) == sorted(items, key=lambda item: not item.overdue)


@settings(max_examples=400, deadline=None)
@given(CASES, st.lists(EVIDENCE, max_size=6), EVIDENCE, DAYS)
def test_a_record_of_a_day_to_come_takes_nothing_off_the_desk_but_what_she_does_not_want(
    case: Case, found: list[Evidence], wrong: Evidence, today: date
) -> None:
    ahead = Evidence("w", "f", today + timedelta(days=400), wrong.values, wrong.rows, order="z")
    found = [each for each in found if each.on <= today]
    before, after = agenda(case, found, today), agenda(case, [*found, ahead], today)
    expiring = ("consent", "determination", "assessment", "status", "guardian", "travel_document", "birthday")
    says_no = any(
        each.get("consent.decision") in ("withdrawn", "refused")
        for each in (ahead.values, *ahead.rows.get("row", ()))
    )
    for item in before:
        if item.kind.startswith(expiring) and not (says_no and item.kind == "consent.expires"):
            assert item in after


def test_all_meanings_that_the_rules_ask_for_are_listed() -> None:
    """A device leaves out what is not in `READ`: a meaning that were missing there would say nothing."""
    from pathlib import Path

    import forms.casework.due as package

    files = [path for path in Path(package.__file__).parent.glob("*.py") if path.stem != "agenda"]
    asked = set(re.findall(r'"([a-z]+\.[a-z_]+)"', "".join(path.read_text("utf-8") for path in files)))
    nouns = {meaning.partition(".")[0] for meaning in READ}
    asked -= set(KINDS) - READ
    asked.add("solution.decision")  # the pathway's own question, which `settling` asks through it
    assert {each for each in asked if each.partition(".")[0] in nouns} | consent.READ == READ

"""The table of gates, row by row: each row alone keeps its gate closed, and all together open it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from forms.casework.case import Case
from forms.casework.facts import Evidence
from forms.casework.gates import GATES, SOFT, Gate
from forms.casework.programme import NONE_NAMED, programme
from tests.casework.journeys import (
    ADULT,
    GIRL,
    MINOR,
    TODAY,
    WOMAN,
    Journey,
    asked,
    but,
    codes,
    consent,
    day,
    said,
    without,
)

PAST = day(-1).isoformat()
TRAVEL: Gate = "clear_to_travel"


def test_who_has_all_that_the_table_asks_is_cleared() -> None:
    assert asked(TRAVEL, WOMAN, ADULT).open
    assert asked(TRAVEL, GIRL, MINOR).open


def test_a_case_of_which_nothing_is_known_passes_no_gate() -> None:
    for gate in GATES:
        result = asked(gate, Case(), [])
        assert not result.open
        assert result.reasons
        assert result.opens_until is None


# --- clear to travel: everyone ---------------------------------------------------------------

HARD_FOR_ALL: list[tuple[str, dict[str, Any] | None, str]] = [
    ("consent", None, "consent_missing"),
    ("consent", {"consent.decision": "refused"}, "consent_refused"),
    ("consent", {"consent.decision": "withdrawn"}, "consent_withdrawn"),
    ("consent", {"consent.decision": "we talked"}, "consent_withdrawn"),
    ("consent", {"consent.purpose": "monitoring"}, "consent_missing"),
    ("consent", {"consent.until": PAST}, "consent_expired"),
    ("consent", {"consent.until": "some day"}, "consent_until_unclear"),
    ("consent", {"consent.how": "thumbprint"}, "consent_witness_missing"),
    ("consent", {"consent.how": "verbal_witnessed", "consent.witness": " - "}, "consent_witness_missing"),
    ("consent", {"consent.how": "by phone"}, "consent_how_unknown"),
    ("consent", {"consent.language": "fr"}, "consent_interpreter_missing"),
    ("consent", {"consent.language": None}, "consent_language_unknown"),
    ("consent", {"consent.by": "guardian"}, "consent_missing"),
    ("consent", {"consent.on": day(1).isoformat()}, "consent_dated_ahead"),
    ("host", None, "assessment_host_missing"),
    ("return", None, "assessment_return_missing"),
    *(
        (side, {"assessment.outcome": outcome}, f"assessment_{side}_{code}")
        for side in ("host", "return")
        for outcome, code in (
            ("postpone", "postpone"),
            ("not_advised", "not_advised"),
            ("it depends", "undecided"),
            (None, "undecided"),
        )
    ),
    *(
        (side, {"assessment.expires": end}, f"assessment_{side}_{code}")
        for side in ("host", "return")
        for end, code in ((PAST, "expired"), (None, "expiry_missing"), ("soon", "expiry_missing"))
    ),
    ("host", {"assessment.on": day(2).isoformat()}, "assessment_host_dated_ahead"),
]


@pytest.mark.parametrize(("record", "changes", "code"), HARD_FOR_ALL)
@pytest.mark.parametrize(("person", "journey"), [(WOMAN, ADULT), (GIRL, MINOR)], ids=["woman", "girl"])
def test_a_journey_is_not_cleared(
    person: Case, journey: Journey, record: str, changes: dict[str, Any] | None, code: str
) -> None:
    expected = {code}
    if person is GIRL and code == "consent_missing":
        by_guardian = (changes or {}).get("consent.by") == "guardian"
        expected = {"consent_child_missing"} | ({"consent_guardian_missing"} if not by_guardian else set())
    lacking = without(journey, record) if changes is None else but(journey, record, changes)
    result = asked(TRAVEL, person, lacking)
    assert codes(result) == expected
    assert all(reason.hard for reason in result.reasons)


@pytest.mark.parametrize(
    "hazard",
    [
        {"hazard.level": "high"},
        {"hazard.level": "high", "hazard.mitigation": "  —  "},
        {"hazard.mitigation": ""},
        {"hazard.level": "enormous"},
    ],
    ids=["high", "dash", "level unknown", "level unheard of"],
)
@pytest.mark.parametrize("side", ["host", "return"])
def test_each_high_hazard_needs_a_named_mitigation(side: str, hazard: dict[str, str]) -> None:
    known = ADULT[side].rows["hazard"]
    told = codes(asked(TRAVEL, WOMAN, but(ADULT, side, {}, hazard=(*known, hazard))))
    assert told == {f"assessment_{side}_mitigation_missing"}
    named = {**hazard, "hazard.mitigation": "A phone that nobody knows"}
    assert asked(TRAVEL, WOMAN, but(ADULT, side, {}, hazard=(*known, named))).open


def test_one_country_cannot_speak_for_both() -> None:
    for country in ("GR", "gr", ""):
        both = {**ADULT, "return": replace(ADULT["return"], country=country)}
        assert codes(asked(TRAVEL, WOMAN, both)) == {"assessments_of_one_country"}


def test_an_assessment_against_the_journey_that_names_no_side_counts_on_both() -> None:
    nobodys = said("nobodys", -1)({"assessment.outcome": "postpone", "assessment.side": "?"})
    told = codes(asked(TRAVEL, WOMAN, {**ADULT, "nobodys": nobodys}))
    assert {"assessment_host_postpone", "assessment_return_postpone"} <= told


def test_of_two_assessments_of_one_day_that_do_not_agree_the_one_against_counts() -> None:
    later = replace(ADULT["return"], record="later", order="2")
    earlier = but({"it": replace(ADULT["return"], order="1")}, "it", {"assessment.outcome": "postpone"})["it"]
    assert codes(asked(TRAVEL, WOMAN, {**ADULT, "return": earlier, "later": later})) == {
        "assessment_return_postpone"
    }


def test_a_new_assessment_takes_the_place_of_an_old_one() -> None:
    old = but({"it": replace(ADULT["return"], on=day(-30))}, "it", {"assessment.outcome": "postpone"})["it"]
    assert asked(TRAVEL, WOMAN, {**ADULT, "old": old}).open
    new = replace(old, record="new", on=day(0))
    assert not asked(TRAVEL, WOMAN, {**ADULT, "new": new}).open


def test_an_assessment_that_was_made_long_ago_and_entered_today_is_an_old_one() -> None:
    entered = replace(ADULT["return"], record="entered", on=TODAY, values={
        **ADULT["return"].values, "assessment.on": day(-90).isoformat()})  # fmt: skip
    fresh = but(ADULT, "return", {"assessment.outcome": "postpone"})
    assert codes(asked(TRAVEL, WOMAN, {**fresh, "entered": entered})) == {"assessment_return_postpone"}


def test_who_decided_to_stay_is_not_sent_home() -> None:
    stays = said("decision", -1)({"solution.decision": "stay"})
    assert codes(asked(TRAVEL, WOMAN, {**ADULT, "decision": stays})) == {"decided_to_stay"}
    returns = said("again", 0)({"solution.decision": "return"})
    assert asked(TRAVEL, WOMAN, {**ADULT, "decision": stays, "again": returns}).open


SOFT_FOR_ALL: list[tuple[str, dict[str, Any], str]] = [
    ("plan", {"plan.state": None}, "plan_missing"),
    ("plan", {"plan.state": "an idea"}, "plan_missing"),
    ("plan", {"plan.monitoring": None}, "monitoring_plan_missing"),
    ("travel", {"travel.documents": "missing"}, "documents_missing"),
    ("travel", {"travel.documents": None}, "documents_missing"),
    ("travel", {"travel.document_expires": None}, "documents_expiry_missing"),
    ("travel", {"travel.document_expires": day(2).isoformat()}, "documents_expired"),
    ("travel", {"travel.itinerary": "open"}, "itinerary_missing"),
    ("travel", {"travel.departure_at": None}, "itinerary_missing"),
    ("travel", {"travel.reception": "open"}, "reception_missing"),
    ("travel", {"travel.reception": None}, "reception_missing"),
]


@pytest.mark.parametrize(("record", "changes", "code"), SOFT_FOR_ALL)
def test_what_is_soft_closes_the_gate_and_a_coordinator_can_pass_it_with_a_reason(
    record: str, changes: dict[str, Any], code: str
) -> None:
    lacking = but(ADULT, record, changes)
    result = asked(TRAVEL, WOMAN, lacking)
    assert codes(result) == {code}
    assert not any(reason.hard for reason in result.reasons)

    passed = asked(TRAVEL, WOMAN, {**lacking, "override": override(TRAVEL, code)})
    assert passed.open
    assert [(reason.code, reason.evidence) for reason in passed.passed] == [
        (f"gate.clear_to_travel.{code}", ("override",))
    ]


def test_nobody_is_cleared_against_a_doctor_s_word_until_a_newer_one_allows_it() -> None:
    def doctor(word: str, offset: int, meaning: str = "checkup.travel") -> Journey:
        return {**ADULT, "check-up": said("check-up", offset)({meaning: word})}

    refused = asked(TRAVEL, WOMAN, doctor("not_yet", -1))
    assert [(reason.code, reason.hard) for reason in refused.reasons] == [
        ("gate.clear_to_travel.not_fit", True)
    ]
    unfit = but(ADULT, "travel", {"travel.fitness": "no"})
    assert codes(asked(TRAVEL, WOMAN, unfit)) == {"not_fit"}
    assert not asked(TRAVEL, WOMAN, {**unfit, "override": override(TRAVEL, "not_fit")}).open
    assert asked(TRAVEL, WOMAN, doctor("possible", -1)).open
    for word in ("open", "no_answer", "not_asked", ""):
        assert asked(TRAVEL, WOMAN, doctor(word, -1)).open, "who was not asked is kept by nobody"
    fit = but(ADULT, "travel", {"travel.fitness": "conditions"})
    assert asked(TRAVEL, WOMAN, {**doctor("not_yet", -4), "travel": fit["travel"]}).open
    assert codes(asked(TRAVEL, WOMAN, {**doctor("not_yet", -1), "travel": fit["travel"]})) == {"not_fit"}
    ahead = {**doctor("not_yet", -1), "later": said("later", 5)({"checkup.travel": "possible"})}
    assert codes(asked(TRAVEL, WOMAN, ahead)) == {"not_fit"}


def test_documents_must_be_valid_on_the_day_of_the_journey_not_only_today() -> None:
    assert asked(TRAVEL, WOMAN, but(ADULT, "travel", {"travel.document_expires": day(3).isoformat()})).open
    late = {"travel.document_expires": day(3).isoformat(), "travel.arrival_at": f"{day(4)}T01:00:00+02:00"}
    assert codes(asked(TRAVEL, WOMAN, but(ADULT, "travel", late))) == {"documents_expired"}


def test_an_itinerary_with_a_way_that_nobody_planned_has_a_gap() -> None:
    gap = ({"leg.from": "Athens", "leg.to": "Rome"}, {"leg.from": "Milan", "leg.to": "Tirana"})
    assert codes(asked(TRAVEL, WOMAN, but(ADULT, "travel", {}, leg=gap))) == {"itinerary_gap"}


def test_an_adult_may_decline_reception_and_a_minor_may_not() -> None:
    declined = {"travel.reception": "declined"}
    assert asked(TRAVEL, WOMAN, but(ADULT, "travel", declined)).open
    assert codes(asked(TRAVEL, GIRL, but(MINOR, "travel", declined))) == {"reception_declined_by_minor"}


# --- clear to travel: a minor ----------------------------------------------------------------

HARD_FOR_MINORS: list[tuple[str, dict[str, Any] | None, str]] = [
    ("determination", None, "minor_bid_missing"),
    ("determination", {"bid.outcome": "against"}, "minor_bid_against"),
    ("determination", {"bid.outcome": "more_needed"}, "minor_bid_more_needed"),
    ("determination", {"bid.outcome": "?"}, "minor_bid_open"),
    ("determination", {"bid.decision_makers": None}, "minor_bid_decision_makers_missing"),
    ("determination", {"bid.reasons": " "}, "minor_bid_reasons_missing"),
    ("determination", {"bid.options": "-"}, "minor_bid_options_missing"),
    ("determination", {"bid.child_views": None}, "minor_bid_child_views_missing"),
    ("determination", {"bid.review_on": None}, "minor_bid_review_on_missing"),
    ("determination", {"bid.review_on": PAST}, "minor_bid_review_overdue"),
    ("determination", {"bid.expires": None}, "minor_bid_expires_missing"),
    ("determination", {"bid.expires": PAST}, "minor_bid_expired"),
    ("guardian", {"guardian.appointed": None}, "minor_guardian_missing"),
    ("guardian", {"guardian.document": None}, "minor_guardian_missing"),
    ("guardian", {"guardian.document": "a photo"}, "minor_guardian_missing"),
    ("guardian", {"guardian.document_expires": PAST}, "minor_guardian_document_expired"),
    ("guardian", {"guardian.document_expires": "?"}, "minor_guardian_document_expired"),
    ("guardian", {"guardian.conflict_check": None}, "minor_guardian_conflict_unchecked"),
    ("consent", {"consent.by": "person"}, "consent_guardian_missing"),
    ("consent", {"consent.by": "guardian"}, "consent_child_missing"),
    ("family", None, "minor_home_missing"),
    ("family", {"family.assessment": "negative"}, "minor_home_missing"),
    ("family", {"family.assessment": "open"}, "minor_home_missing"),
    ("family", {"family.lawful_custody": "no"}, "minor_home_missing"),
    ("family", {"family.lawful_custody": None}, "minor_home_missing"),
]


@pytest.mark.parametrize(("record", "changes", "code"), HARD_FOR_MINORS)
def test_a_minor_does_not_travel(record: str, changes: dict[str, Any] | None, code: str) -> None:
    lacking = without(MINOR, record) if changes is None else but(MINOR, record, changes)
    result = asked(TRAVEL, GIRL, lacking)
    assert codes(result) == {code}
    assert all(reason.hard for reason in result.reasons)


def test_a_plain_copy_appoints_no_guardian() -> None:
    told = codes(asked(TRAVEL, GIRL, but(MINOR, "guardian", {"guardian.document": "copy"})))
    assert told == {"minor_guardian_copy_only", "consent_guardian_conflict"}


def test_a_guardian_with_a_conflict_of_interest_is_none_and_consents_for_nobody() -> None:
    for changes in (
        {"guardian.conflict_check": "conflict"},
        {"guardian.appointed": "no"},
        {"guardian.document": "none"},
    ):
        told = codes(asked(TRAVEL, GIRL, but(MINOR, "guardian", changes)))
        assert "consent_guardian_conflict" in told
        assert told & {"minor_guardian_conflict", "minor_guardian_missing"}


@pytest.mark.parametrize("document", ["court", "authority", "certified"])
def test_the_original_or_a_certified_copy_appoints_a_guardian(document: str) -> None:
    assert asked(TRAVEL, GIRL, but(MINOR, "guardian", {"guardian.document": document})).open


@pytest.mark.parametrize(
    "escort",
    [
        {},
        {"leg.escort": "none"},
        {"leg.escort": "staff"},
        {"leg.escort": "an uncle", "leg.escort_name": "A. B."},
    ],
    ids=["nothing", "none", "a nameless one", "someone else"],
)
@pytest.mark.parametrize("leg", [0, 1])
def test_a_minor_is_escorted_on_every_leg(leg: int, escort: dict[str, str]) -> None:
    legs = list(MINOR["travel"].rows["leg"])
    legs[leg] = {k: v for k, v in legs[leg].items() if not k.startswith("leg.escort")} | escort
    assert codes(asked(TRAVEL, GIRL, but(MINOR, "travel", {}, leg=tuple(legs)))) == {"minor_escort_missing"}
    assert asked(TRAVEL, WOMAN, but(ADULT, "travel", {}, leg=tuple(legs))).open


@pytest.mark.parametrize(
    ("record", "contrary", "code"),
    [
        ("determination", {"bid.outcome": "against"}, "minor_bid_against"),
        ("guardian", {"guardian.conflict_check": "conflict"}, "minor_guardian_conflict"),
        ("guardian", {"guardian.appointed": "no"}, "minor_guardian_missing"),
        ("family", {"family.assessment": "negative"}, "minor_home_missing"),
        ("travel", {"travel.documents": "missing"}, "documents_missing"),
        ("plan", {"plan.state": "?"}, "plan_missing"),
    ],
)
def test_of_two_records_of_one_day_that_do_not_agree_the_one_against_counts(
    record: str, contrary: dict[str, str], code: str
) -> None:
    other = replace(MINOR[record], record="other", values=contrary, rows={}, author="ana")
    for first, second in (("1", "2"), ("2", "1"), ("", "")):
        both = {record: replace(MINOR[record], order=first), "other": replace(other, order=second)}
        assert code in codes(asked(TRAVEL, GIRL, {**MINOR, **both}))
    older = replace(other, on=day(-50))
    assert asked(TRAVEL, GIRL, {**MINOR, "other": older}).open


def test_a_journey_without_legs_has_no_escort() -> None:
    assert codes(asked(TRAVEL, GIRL, but(MINOR, "travel", {}, leg=()))) == {"minor_legs_missing"}


@pytest.mark.parametrize("missing", [None, "confirmed", "care", "pick_up"])
def test_without_a_family_an_organisation_confirms_admission_care_and_pick_up(missing: str | None) -> None:
    parts = {f"admission.{part}": "yes" for part in ("confirmed", "care", "pick_up") if part != missing}
    result = asked(TRAVEL, GIRL, {**without(MINOR, "family"), "admission": said("admission")(parts)})
    assert result.open == (missing is None)


def test_a_child_does_not_go_to_relatives_who_may_be_complicit() -> None:
    screen = said("screen", -1)({"tracing.risk_screen": "possible"})
    assert codes(asked(TRAVEL, GIRL, {**MINOR, "screen": screen})) == {"minor_home_missing"}


def test_a_guardians_consent_may_stand_in_the_form_of_the_guardian() -> None:
    own = but(MINOR, "consent", {"consent.by": "person"})
    assert asked(TRAVEL, GIRL, but(own, "guardian", {"guardian.consent": "given"})).open
    for answer in ("refused", "withdrawn", "?"):
        assert not asked(TRAVEL, GIRL, but(own, "guardian", {"guardian.consent": answer})).open


def test_who_may_be_a_minor_needs_all_that_a_minor_needs() -> None:
    unknown = replace(WOMAN, birth_date=None)
    assert {"minor_bid_missing", "minor_guardian_missing", "minor_home_missing"} <= codes(
        asked(TRAVEL, unknown, ADULT)
    )


# --- the other gates -------------------------------------------------------------------------

SCREEN = said("screen")({"tracing.risk_screen": "clear"})
TRACING = consent("tracing", purpose="tracing")
CONTACT: Journey = {"screen": SCREEN, "tracing": TRACING}
RECEPTION: Journey = {"reception": said("reception", -1)({"arrival.outcome": "received"})}
HOME: Journey = {
    **RECEPTION,
    "plan": said("plan", 0)(
        {"plan.state": "confirmed", "plan.monitoring": "confirmed", "plan.signed": "thumbprint"}
    ),
}
TESTIFY: Journey = {
    "consent": consent("consent", purpose="testimony"),
    "safety": said("safety")({"testimony.safety_assessment": "safe"}),
}
CLOSING: Journey = {
    "closure": said("closure")({"closure.outcome": "settled", "closure.services_handed_over": "yes"}),
    "retention": consent("retention", purpose="retention"),
}

OTHERS: list[tuple[Gate, Journey, str, dict[str, Any] | None, str]] = [
    ("contact_family", CONTACT, "screen", None, "risk_screen_missing"),
    ("contact_family", CONTACT, "screen", {"tracing.risk_screen": "possible"}, "relatives_may_be_complicit"),
    ("contact_family", CONTACT, "screen", {"tracing.risk_screen": "complicit"}, "relatives_may_be_complicit"),
    ("contact_family", CONTACT, "tracing", None, "consent_missing"),
    ("contact_family", CONTACT, "tracing", {"consent.purpose": "return"}, "consent_missing"),
    ("contact_family", CONTACT, "tracing", {"consent.decision": "withdrawn"}, "consent_withdrawn"),
    ("contact_family", CONTACT, "screen", {"tracing.child_consent": "withdrawn"}, "consent_withdrawn"),
    ("contact_family", CONTACT, "screen", {"tracing.guardian_consent": "refused"}, "consent_refused"),
    ("close_arrival", RECEPTION, "reception", None, "outcome_missing"),
    ("close_arrival", RECEPTION, "reception", {"arrival.outcome": "we shall see"}, "outcome_missing"),
    ("start_reintegration", HOME, "reception", None, "arrival_unconfirmed"),
    ("start_reintegration", HOME, "reception", {"arrival.outcome": "not_arrived"}, "arrival_unconfirmed"),
    ("start_reintegration", HOME, "plan", {"plan.state": "draft"}, "plan_unconfirmed"),
    ("start_reintegration", HOME, "plan", {"plan.monitoring": "draft"}, "monitoring_plan_unconfirmed"),
    ("start_reintegration", HOME, "plan", {"plan.signed": "no"}, "plan_unsigned"),
    ("testify", TESTIFY, "consent", None, "consent_missing"),
    ("testify", TESTIFY, "consent", {"consent.purpose": "return"}, "consent_missing"),
    ("testify", TESTIFY, "safety", None, "safety_assessment_missing"),
    ("testify", TESTIFY, "safety", {"testimony.safety_assessment": "unsafe"}, "safety_assessment_missing"),
    ("close_case", CLOSING, "closure", {"closure.outcome": None}, "outcome_missing"),
    ("close_case", CLOSING, "closure", {"closure.services_handed_over": "no"}, "services_open"),
    ("close_case", CLOSING, "retention", None, "retention_not_asked"),
]  # fmt: skip


@pytest.mark.parametrize(("gate", "ready", "record", "changes", "code"), OTHERS)
def test_each_other_gate_opens_with_all_and_is_closed_without(
    gate: Gate, ready: Journey, record: str, changes: dict[str, Any] | None, code: str
) -> None:
    assert asked(gate, WOMAN, ready).open
    lacking = without(ready, record) if changes is None else but(ready, record, changes)
    result = asked(gate, WOMAN, lacking)
    assert code in codes(result)
    if code != "arrival_unconfirmed":  # without an arrival the plan cannot be one of after it
        assert codes(result) == {code}
    assert all(reason.hard == (code not in SOFT[gate]) for reason in result.reasons if code in reason.code)


def test_the_family_of_a_child_is_contacted_with_the_childs_and_the_guardians_consent() -> None:
    for by, opened in (("both", True), ("person", False), ("guardian", False)):
        assert asked("contact_family", GIRL, but(CONTACT, "tracing", {"consent.by": by})).open is opened


@pytest.mark.parametrize("outcome", ["received", "declined", "not_arrived", "unknown_person"])
def test_an_arrival_is_closed_by_however_it_ended(outcome: str) -> None:
    assert asked("close_arrival", WOMAN, but(RECEPTION, "reception", {"arrival.outcome": outcome})).open


def test_the_arrival_of_an_earlier_journey_does_not_close_this_one() -> None:
    expected = replace(WOMAN, expected_arrival=datetime(2026, 9, 14, 22, 40, tzinfo=UTC))
    assert not asked("close_arrival", expected, RECEPTION).open
    boarded = said("boarded", 0)({"travel.boarded": "yes"})
    assert not asked("close_arrival", WOMAN, {**RECEPTION, "boarded": boarded}).open


def test_a_plan_that_was_confirmed_before_she_arrived_is_confirmed_anew() -> None:
    early = {**HOME, "plan": replace(HOME["plan"], on=day(-2))}
    assert codes(asked("start_reintegration", WOMAN, early)) == {
        "plan_unconfirmed", "monitoring_plan_unconfirmed", "plan_unsigned"
    }  # fmt: skip


def test_who_does_not_want_anything_kept_has_been_asked_too() -> None:
    assert asked("close_case", WOMAN, but(CLOSING, "retention", {"consent.decision": "refused"})).open


# --- what a coordinator can pass -------------------------------------------------------------


def override(
    gate: str, *of: str, offset: int = -1, author: str = "coordinator", reason: Any = "She knows the town"
) -> Evidence:
    values = {"gate.override": gate, "gate.override_of": list(of), "gate.override_reason": reason}
    return said("override", offset, author=author)(values)


LACKING = but(ADULT, "travel", {"travel.reception": "open"})


@pytest.mark.parametrize(
    "given",
    [
        override(TRAVEL, "reception_missing", author="mira"),
        override(TRAVEL, "reception_missing", author=""),
        override(TRAVEL, "reception_missing", reason=""),
        override(TRAVEL, "reception_missing", reason=None),
        override(TRAVEL, "reception_missing", reason=" . "),
        override("close_case", "reception_missing"),
        override(TRAVEL, "plan_missing"),
        override(TRAVEL),
        override(TRAVEL, "reception_missing", offset=-2),
        override(TRAVEL, "reception_missing", offset=-3),
        override(TRAVEL, "reception_missing", offset=1),
    ],
    ids=[
        "no coordinator", "nobody", "empty reason", "no reason", "a dot", "another gate", "another reason",
        "of nothing", "the same day as the fact", "before the fact", "tomorrow",
    ],
)  # fmt: skip
def test_a_passing_that_counts_for_nothing(given: Evidence) -> None:
    assert codes(asked(TRAVEL, WOMAN, {**LACKING, "override": given})) == {"reception_missing"}


def test_a_passing_ends_when_the_facts_it_was_about_change() -> None:
    passed = {**LACKING, "override": override(TRAVEL, "reception_missing")}
    assert asked(TRAVEL, WOMAN, passed).open
    changed = said("changed", 0)({"travel.reception": "open"})
    assert not asked(TRAVEL, WOMAN, {**passed, "changed": changed}).open


def test_where_nobody_is_known_to_be_a_coordinator_nothing_is_passed() -> None:
    passed = {**LACKING, "override": override(TRAVEL, "reception_missing")}
    assert not asked(TRAVEL, WOMAN, passed, coordinators=()).open


def test_nobody_passes_what_is_hard() -> None:
    for record, changes, code in [*HARD_FOR_ALL, *HARD_FOR_MINORS]:
        lacking = without(MINOR, record) if changes is None else but(MINOR, record, changes)
        before = codes(asked(TRAVEL, GIRL, lacking))
        assert before
        tried = override(
            TRAVEL, *before, code, *(f"gate.clear_to_travel.{each}" for each in before), offset=0
        )
        assert codes(asked(TRAVEL, GIRL, {**lacking, "override": tried})) == before


def test_a_programme_makes_a_soft_reason_hard() -> None:
    lacking = {
        **without(ADULT, "plan"),
        "override": override(TRAVEL, "plan_missing", "monitoring_plan_missing"),
    }
    assert asked(TRAVEL, WOMAN, lacking).open
    strict = asked(TRAVEL, WOMAN, lacking, programme=programme("tact"))
    assert codes(strict) == {"plan_missing", "monitoring_plan_missing"}
    assert all(reason.hard for reason in strict.reasons)


# --- until when ------------------------------------------------------------------------------


def test_a_gate_tells_the_last_day_on_which_it_is_open_and_is_closed_on_the_next() -> None:
    for person, journey in ((WOMAN, ADULT), (GIRL, MINOR)):
        until = asked(TRAVEL, person, journey).opens_until
        assert until == day(20)
        assert asked(TRAVEL, person, journey, today=until).open
        closed = asked(TRAVEL, person, journey, today=day(21))
        assert codes(closed) == {"assessment_host_expired", "assessment_return_expired"}
        assert {reason.expires for reason in closed.reasons} == {day(20)}
        assert {reason.evidence for reason in closed.reasons} == {("host",), ("return",)}


def test_what_was_agreed_for_a_minor_ends_with_her_18th_birthday() -> None:
    nearly = replace(GIRL, birth_date=TODAY.replace(year=TODAY.year - 18, day=TODAY.day + 5))
    assert asked(TRAVEL, nearly, MINOR).opens_until == day(4)
    assert codes(asked(TRAVEL, nearly, MINOR, today=day(5))) == {"consent_given_as_minor"}


def test_soft_and_hard_reasons_are_all_that_a_gate_can_give() -> None:
    """A code in the list of soft reasons that no gate gives would soften something else one day."""
    given: Mapping[Gate, set[str]] = {
        TRAVEL: {code for _, _, code in SOFT_FOR_ALL} | {"itinerary_gap", "reception_declined_by_minor"},
        **{gate: {row[4] for row in OTHERS if row[0] == gate} for gate in GATES if gate != TRAVEL},
    }
    for gate, codes_ in SOFT.items():
        assert set(codes_) <= given[gate]
    assert NONE_NAMED.gates.hard == frozenset()

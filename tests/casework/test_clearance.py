"""A clearance that was given: it stands while its gate stays open, and both offices learn when it lapses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from forms.casework.case import Case
from forms.casework.clearance import Clearance, clearance, lapsed
from forms.casework.facts import Evidence
from forms.casework.files_of_one import check_files, clearance_of_files
from forms.casework.programme import NONE_NAMED
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

CLEARED = said("cleared", -1, order="5")({"clearance.decision": "cleared"})
BOARDED = said("boarded", 3)({"travel.boarded": "yes"})


def standing(journey: Journey, *more: Evidence, case: Case = WOMAN, today: date = TODAY) -> Clearance | None:
    found = [*journey.values(), *more]
    return clearance(case, found, today, NONE_NAMED, coordinators={"coordinator"})


def reasons(given: Clearance | None) -> set[str]:
    assert given is not None
    return {reason.code.removeprefix("gate.clear_to_travel.") for reason in given.reasons}


def test_a_clearance_stands_while_its_gate_is_open() -> None:
    given = standing(ADULT, CLEARED)
    assert given is not None
    assert given.stands
    assert lapsed(None, given) is None
    assert lapsed(given, given) is None


def test_where_nobody_cleared_or_the_last_word_is_no_there_is_none() -> None:
    assert standing(ADULT) is None
    refused = said("not", 0)({"clearance.decision": "not_cleared"})
    assert standing(ADULT, CLEARED, refused) is None
    lapse = lapsed(standing(ADULT, CLEARED), None)
    assert lapse is not None
    assert lapse.alert == ("athens", "tirana")


def test_vignette_6_proceed_there_and_postpone_here_and_she_withdraws_two_days_before_the_flight() -> None:
    """The flight is on Friday. She withdraws at the gate of the shelter on Wednesday."""
    assert date(2026, 9, 13) == day(3)
    split = but(ADULT, "return", {"assessment.outcome": "postpone"})
    assert codes(asked("clear_to_travel", WOMAN, split)) == {"assessment_return_postpone"}

    before = standing(ADULT, CLEARED)
    withdrawn = consent("withdrawn", 1, decision="withdrawn", author="eleni")
    after = standing(ADULT, CLEARED, withdrawn, today=day(1))
    lapse = lapsed(before, after)
    assert lapse is not None
    assert lapse.alert == ("athens", "tirana")
    assert lapse.evidence == ("cleared",)
    assert [(r.code, r.evidence) for r in lapse.reasons] == [
        ("gate.clear_to_travel.consent_withdrawn", ("withdrawn",))
    ]


def test_an_expiry_lets_it_lapse_without_anybody_writing_anything() -> None:
    before, after = (standing(ADULT, CLEARED, today=day(offset)) for offset in (20, 21))
    lapse = lapsed(before, after)
    assert lapse is not None
    assert {r.code.rpartition(".")[2] for r in lapse.reasons} == {
        "assessment_host_expired",
        "assessment_return_expired",
    }


@pytest.mark.parametrize(
    "merged",
    [
        said("new", -1)({**ADULT["return"].values, "assessment.outcome": "postpone"}),
        consent("ended", -4, decision="withdrawn", author="eleni"),
        said("lost", 0)({"travel.reception": "open"}),
    ],
    ids=["a newer assessment", "a withdrawal of days ago", "the reception fell through"],
)  # fmt: skip
def test_what_another_device_brings_lets_it_lapse(merged: Evidence) -> None:
    lapse = lapsed(standing(ADULT, CLEARED), standing(ADULT, CLEARED, merged))
    assert lapse is not None
    assert lapse.alert == ("athens", "tirana")


def test_a_clearance_that_has_lapsed_does_not_come_back_when_the_gate_opens_again() -> None:
    withdrawn = consent("withdrawn", 0, decision="withdrawn", author="eleni")
    anew = consent("anew", 1, withdrawn_on=day(0).isoformat())
    assert asked("clear_to_travel", WOMAN, {**ADULT, "w": withdrawn, "c": anew}, today=day(1)).open
    assert reasons(standing(ADULT, CLEARED, withdrawn, anew, today=day(1))) == {"consent_withdrawn"}
    again = said("again", 1, order="9")({"clearance.decision": "cleared"})
    given = standing(ADULT, CLEARED, withdrawn, anew, again, today=day(1))
    assert given is not None
    assert given.stands


def test_it_does_not_come_back_when_what_had_expired_is_renewed() -> None:
    renewed = [
        replace(ADULT[side], record=f"{side} anew", on=day(25), values={
            **ADULT[side].values, "assessment.expires": day(60).isoformat()})
        for side in ("host", "return")
    ]  # fmt: skip
    assert asked("clear_to_travel", WOMAN, [*ADULT.values(), *renewed], today=day(25)).open
    assert reasons(standing(ADULT, CLEARED, *renewed, today=day(25))) == {
        "assessment_host_expired",
        "assessment_return_expired",
    }


def test_one_that_was_recorded_while_the_gate_was_closed_is_told_and_does_not_stand() -> None:
    """A gate never stops recording: somebody wrote it down, so both offices learn of it."""
    given = standing(without(ADULT, "return"), CLEARED)
    assert reasons(given) == {"assessment_return_missing"}
    lapse = lapsed(None, given)
    assert lapse is not None
    assert lapse.alert == ("athens", "tirana")
    assert lapsed(given, given) is None, "it is told once"


def test_after_boarding_what_ends_later_does_not_lapse_it() -> None:
    given = standing(ADULT, CLEARED, BOARDED, today=day(90))
    assert given is not None
    assert given.stands
    assert given.boarded_on == day(3)


def test_a_withdrawal_of_before_boarding_that_is_learned_of_later_is_told_all_the_same() -> None:
    withdrawn = consent("withdrawn", 2, decision="withdrawn", author="eleni")
    lapse = lapsed(
        standing(ADULT, CLEARED, BOARDED, today=day(5)),
        standing(ADULT, CLEARED, BOARDED, withdrawn, today=day(5)),
    )
    assert lapse is not None
    assert lapse.boarded_on == day(3)


def test_consent_can_be_withdrawn_until_the_departure_though_boarding_was_ticked_before() -> None:
    ticked = but(ADULT, "travel", {"travel.boarded": "yes"})
    early = replace(CLEARED, on=day(-2))
    withdrawn = consent("withdrawn", 2, decision="withdrawn", author="eleni")
    assert reasons(standing(ticked, early, withdrawn, today=day(2))) == {"consent_withdrawn"}
    assert reasons(standing(ticked, early, withdrawn, today=day(9))) == {"consent_withdrawn"}


def test_a_minors_clearance_lapses_when_a_determination_is_reopened_or_a_leg_loses_its_escort() -> None:
    before = standing(MINOR, CLEARED, case=GIRL)
    assert before is not None
    assert before.stands
    reopened = said("reopened", 0)({"bid.outcome": "more_needed"})
    assert lapsed(before, standing(MINOR, CLEARED, reopened, case=GIRL)) is not None
    leg = {"leg.from": "Athens", "leg.to": "Tirana", "leg.escort": "none"}
    changed = said("changed", 0)({}, leg=(leg,))
    assert reasons(standing(MINOR, CLEARED, changed, case=GIRL)) == {"minor_escort_missing"}


def test_a_birth_date_that_makes_her_a_minor_lets_it_lapse() -> None:
    given = standing(ADULT, CLEARED, said("born", 0)({"age.born": "2010"}))
    assert "minor_bid_missing" in reasons(given)


def test_files_that_are_joined_later_make_no_clearance_stand_that_was_given_at_a_closed_gate() -> None:
    """Her consent is in another file: she was cleared without it, and the two are joined afterwards."""
    apart = [*(each for each in ADULT.values() if not each.get("consent.purpose")), CLEARED]
    consents = [each for each in ADULT.values() if each.get("consent.purpose")]
    assert consents
    assert not clearance(WOMAN, apart, TODAY, NONE_NAMED).stands  # type: ignore[union-attr]
    together = clearance_of_files(WOMAN, [apart, consents], TODAY, NONE_NAMED)
    assert together is not None
    assert not together.stands
    assert not check_files("clear_to_travel", WOMAN, [apart, consents], TODAY, NONE_NAMED).open
    whole = [*ADULT.values(), CLEARED]
    for files in ([whole, []], [[], whole], [whole]):
        given = clearance_of_files(WOMAN, files, TODAY, NONE_NAMED)
        assert given is not None
        assert given.stands
        assert check_files("clear_to_travel", WOMAN, files, TODAY, NONE_NAMED).open
    withdrawn = consent("withdrawn", 0, decision="withdrawn", author="eleni")
    against = clearance_of_files(WOMAN, [whole, [withdrawn]], TODAY, NONE_NAMED)
    assert against is not None
    assert not against.stands

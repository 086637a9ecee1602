"""Age, and what changes at 18: a minor until the contrary is established."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.casework.age import Age, AgeRules, age
from forms.casework.case import Case
from forms.casework.facts import Evidence
from forms.casework.minors import Ends, MinorRules, changes_at_18
from tests.casework.journeys import GIRL, TODAY, WOMAN, asked, codes, consent, day, said

UNKNOWN = replace(WOMAN, birth_date=None)


def of(*found: Evidence, case: Case = UNKNOWN, today: date = TODAY, margin: int = 3) -> Age:
    return age(case, found, today, AgeRules(margin))


def born(value: Any, offset: int = -5) -> Evidence:
    return said("born", offset)({"age.born": value})


def estimated(value: Any, offset: int = -5) -> Evidence:
    return said("estimate", offset)({"age.estimate": value})


def established(value: Any, offset: int = -4, record: str = "finding", **also: Any) -> Evidence:
    return said(record, offset, **also)({"age.established": value})


def test_who_is_of_unknown_age_is_a_minor() -> None:
    assert of().minor_on(TODAY)
    assert of().basis == "unknown"
    assert of().adult_from is None


@pytest.mark.parametrize(
    ("told", "adult_from", "basis"),
    [
        ("2003-04-02", date(2021, 4, 2), "birth_date"),
        ("2008-02-29", date(2026, 3, 1), "birth_date"),
        ("2008-09", date(2026, 9, 30), "partial"),
        ("2008", date(2026, 12, 31), "partial"),
        (2008, date(2026, 12, 31), "partial"),
        ("2008-09-11T00:00:00.000+02:00", date(2026, 9, 11), "birth_date"),
    ],
)
def test_of_a_birth_date_known_in_part_the_last_day_counts(told: Any, adult_from: date, basis: str) -> None:
    known = of(born(told))
    assert (known.adult_from, known.basis) == (adult_from, basis)
    assert known.minor_on(
        adult_from.replace(day=adult_from.day - 1) if adult_from.day > 1 else date(2026, 2, 28)
    )
    assert not known.minor_on(adult_from)


@pytest.mark.parametrize(
    "told", ["soon", "2008-13", "2008-02-30", "08", "1812", "9999", 8, True, [2003], "٢٠٠٣"]
)
def test_a_birth_date_that_cannot_be_read_makes_nobody_an_adult(told: Any) -> None:
    assert of(born(told)).minor_on(date(2199, 1, 1))
    assert of(born(told), case=WOMAN).minor_on(TODAY)


@pytest.mark.parametrize(
    ("told", "minor"),
    [
        ("14-16", True), ("17 – 19", True), ("18-20", False), ("25-30", False), ("30-25", True),
        (20, True), ("20", True), (21, False), (17, True), ("old", True), (-3, True), (21.0, True),
    ],
)  # fmt: skip
def test_an_estimate_counts_by_its_lower_end(told: Any, minor: bool) -> None:
    assert of(estimated(told)).minor_on(TODAY) is minor


def test_who_says_that_she_is_17_is_believed_though_others_think_her_25() -> None:
    told = said("told", -5)({"age.said": 17})
    known = of(estimated(25), told)
    assert known.minor_on(TODAY)
    assert known.adult_from == date(2027, 9, 5)
    # What a person says of herself has no margin: 18 is 18.
    assert not of(said("told", -5)({"age.said": 18})).minor_on(TODAY)
    assert of(said("told", -5)({"age.said": "about 18"})).minor_on(TODAY)


def test_an_estimate_grows_older_with_the_days() -> None:
    known = of(estimated("14-16", -5))
    assert known.adult_from == date(2030, 9, 5)
    assert known.surely_under(18, TODAY)
    assert not known.surely_under(16, TODAY)


def test_vignette_2_a_boy_of_14_who_says_that_he_is_16_has_no_papers_and_is_a_minor() -> None:
    boy = said("screening")({"age.born": "2010"})
    worker = estimated("13-15")
    known = of(boy, worker)
    assert known.minor_on(TODAY)
    assert known.adult_from == date(2031, 9, 5)


@pytest.mark.parametrize("finding", ["minor", "unclear", "", "perhaps", 18])
def test_what_an_authority_found_beats_a_birth_date_that_makes_an_adult(finding: Any) -> None:
    assert of(established(finding), case=WOMAN).minor_on(TODAY)


def test_accounts_that_do_not_agree_leave_a_minor() -> None:
    known = of(born("2010-05-01"), case=WOMAN)
    assert known.minor_on(TODAY)
    assert known.basis == "contradictory"
    assert of(estimated("16-19"), case=WOMAN).minor_on(TODAY)


def test_an_authority_settles_what_was_said_before_and_not_what_comes_after() -> None:
    assert not of(born("2010-05-01", -5), established("adult", -4)).minor_on(TODAY)
    assert of(born("2010-05-01", -3), established("adult", -4)).minor_on(TODAY)
    assert of(established("adult"), case=GIRL).minor_on(TODAY)


def test_an_adult_by_finding_is_one_from_that_day() -> None:
    assert of(established("adult", -4)).adult_from == day(-4)


def test_two_findings_of_one_day_that_do_not_agree_leave_a_minor() -> None:
    two = [established("adult", order="2"), established("minor", record="other", order="1")]
    assert of(*two).minor_on(TODAY)
    assert not of(established("minor", -9, "old"), established("adult", -4)).minor_on(TODAY)


def test_who_was_found_to_be_a_minor_is_one_until_the_birth_date_that_agrees() -> None:
    nearly = replace(UNKNOWN, birth_date=date(2008, 10, 1))
    assert of(established("minor"), case=nearly).adult_from == date(2026, 10, 1)
    assert of(established("minor")).adult_from == date(2044, 9, 6)


def test_a_finding_that_is_dated_ahead_says_that_she_is_a_minor_and_never_an_adult() -> None:
    assert of(established("adult", 3)).minor_on(TODAY)
    assert of(established("minor", 3), case=WOMAN).minor_on(TODAY)
    assert of(born("1990", 3)).minor_on(TODAY)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["age.born", "age.estimate", "age.established"]),
            st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.just([])),
            st.dates(),
        ),
        max_size=4,
    ),
    st.one_of(st.none(), st.dates()),
    st.dates(),
)
def test_no_answer_whatever_breaks_the_rule_or_makes_an_adult(
    told: list[tuple[str, Any, date]], birth: date | None, today: date
) -> None:
    found = [Evidence(str(n), "f", on, {meaning: value}) for n, (meaning, value, on) in enumerate(told)]
    case = replace(UNKNOWN, birth_date=birth)
    known = age(case, found, today)
    alone = age(case, [], today)
    if not known.minor_on(today):
        said_adult = any(e.get("age.established") == "adult" for e in found)
        estimated_or_born = any(
            isinstance(e.values.get(m), int | str) for e in found for m in ("age.born", "age.estimate")
        )
        assert not alone.minor_on(today) or said_adult or estimated_or_born


# --- what changes at 18 ----------------------------------------------------------------------

BIRTHDAY = date(2026, 9, 15)
GROWING = replace(GIRL, birth_date=date(2008, 9, 15))
AS_MINOR = [
    consent("monitoring", -90, purpose="monitoring", by="both"),
    consent("share", -90, purpose="share_with_organisation", recipient=["Vatra", "School"], by="guardian"),
    consent("photo", -90, purpose="photo", by="both"),
    consent("photo-ended", -30, purpose="photo", decision="withdrawn"),
    said("determination", -100)({"bid.outcome": "in_favour"}),
    said("guardian", -100)({"guardian.appointed": "yes"}),
]


def test_vignette_11_at_18_her_guardians_word_ends_and_she_is_asked_herself() -> None:
    """She turns 18 in month 5; the determination and the transport grant for minors end with it."""
    changes = changes_at_18(GROWING, AS_MINOR, TODAY, minors=MinorRules(("transport",)))
    assert changes is not None
    assert changes.on == BIRTHDAY
    assert set(changes.ends) == {
        Ends("guardian_consent", "monitoring", ("monitoring",)),
        Ends("own_consent", "monitoring", ("monitoring",)),
        Ends("guardian_consent", "share_with_organisation", ("share",)),
        Ends("guardian_consent", "photo", ("photo",)),
        Ends("own_consent", "photo", ("photo",)),
        Ends("guardianship", "", ("guardian",)),
        Ends("determination", "", ("determination",)),
        Ends("grant", "transport"),
    }
    assert changes.asks == (
        ("monitoring", ""),
        ("share_with_organisation", "school"),
        ("share_with_organisation", "vatra"),
    )


def test_what_she_has_answered_as_an_adult_is_not_asked_again() -> None:
    later = date(2026, 9, 20)
    answers = [
        consent("new", 8, purpose="monitoring"),
        consent("no", 8, purpose="share_with_organisation", recipient="school", decision="refused"),
    ]
    changes = changes_at_18(GROWING, [*AS_MINOR, *answers], later)
    assert changes is not None
    assert changes.asks == (("share_with_organisation", "vatra"),)


def test_where_the_day_is_not_known_nothing_changes_yet() -> None:
    assert changes_at_18(UNKNOWN, AS_MINOR, TODAY) is None


def test_vignette_2_the_boy_goes_nowhere_until_the_aunts_home_is_known() -> None:
    """An aunt is willing, her husband is unknown; the guardian is appointed; he fears the journey."""
    boy = replace(UNKNOWN, code="AL-7Q4KD2M-X", sex="male")
    found = [
        estimated("13-15"),
        consent("tracing", purpose="tracing", by="both"),
        said("guardian")(
            {"guardian.appointed": "yes", "guardian.document": "court", "guardian.conflict_check": "none"}
        ),
        said("aunt")({"family.assessment": "open"}),
        said("travel")({}, leg=({"leg.from": "Athens", "leg.to": "Tirana", "leg.escort": "guardian"},)),
    ]
    assert codes(asked("contact_family", boy, found)) == {"risk_screen_missing"}
    told = codes(asked("clear_to_travel", boy, found))
    assert {"minor_home_missing", "minor_bid_missing", "consent_child_missing"} <= told
    assert not told & {"minor_escort_missing", "minor_guardian_missing"}

"""Two case files of one person are read as one; both histories stay, and it can be undone."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.casework.case import RISKS, Case
from forms.casework.case_merge import SameCase, in_force, merged_view, undo
from forms.casework.facts import Evidence
from forms.casework.indicators.definitions import BY_CODE
from forms.casework.indicators.figures import report
from forms.casework.indicators.population import Office, Period

A = (
    Case(
        code="AL-1", stage="reintegration", risk="low", given_name="Drita", birth_date=date(2006, 1, 5),
        safe_channel=("phone_call", "messenger"), safe_times="mornings", safe_never="her cousin",
        code_word_agreed=True,
    ),
    (
        Evidence("a1", "f", date(2026, 1, 1), {"assistance.kind": "housing"}),
        Evidence("a2", "f", date(2026, 3, 1), {"contact.outcome": "met"}),
    ),
)  # fmt: skip
B = (
    Case(
        code="AL-2", stage="shelter", risk="high", given_name="Dritë", family_name="Leka",
        birth_date=date(2009, 1, 5), safe_channel=("messenger", "email"), safe_times="evenings",
        safe_never="no calls at all", code_word_agreed=False, notes="from Athens",
    ),
    (Evidence("b1", "f", date(2026, 2, 1), {"assistance.kind": "medical"}),),
)  # fmt: skip
CASES = {"a": A, "b": B, "c": (Case(code="UA-3"), ())}
SAID = SameCase("s1", duplicate="b", original="a", on=date(2026, 4, 1), author="x")


def test_both_histories_are_kept_in_the_order_of_their_days() -> None:
    merged, other = merged_view(CASES, [SAID])
    assert (merged.key, merged.members, merged.statements) == ("a", ("a", "b"), ("s1",))
    assert [(key, each.record) for key, each in merged.history] == [("a", "a1"), ("b", "b1"), ("a", "a2")]
    assert other.key == "c"


def test_until_a_person_resolves_it_the_more_careful_fact_holds() -> None:
    case = merged_view(CASES, [SAID])[0].case
    assert case.risk == "high"
    assert case.birth_date == date(2009, 1, 5)
    assert case.may_be_minor(date(2026, 1, 1))
    assert case.safe_channel == ("messenger",)
    assert case.safe_times == ""
    assert case.safe_never == "her cousin\nno calls at all"
    assert case.code_word_agreed is False
    assert (case.code, case.stage, case.name) == ("AL-1", "reintegration", "Drita Leka")
    assert "Dritë Leka" in case.other_names
    assert case.notes == "from Athens"


def test_what_the_files_tell_differently_is_told_with_both_values() -> None:
    conflicts = {each.fact: each.values for each in merged_view(CASES, [SAID])[0].conflicts}
    assert conflicts["risk"] == (("a", "low"), ("b", "high"))
    assert set(conflicts) == {
        "stage", "risk", "given_name", "birth_date", "safe_channel", "safe_times", "code_word_agreed",
    }  # fmt: skip


def test_channels_without_one_in_common_are_none() -> None:
    cases = {"a": (Case(safe_channel=("email",)), ()), "b": (Case(safe_channel=("phone_call",)), ())}
    assert merged_view(cases, [SAID])[0].case.safe_channel == ("none",)


def test_undone_all_is_as_it_was() -> None:
    taken_back = undo([SAID], "s1", "s2", on=date(2026, 5, 1), author="y", because="sisters")
    assert taken_back.undoes == "s1"
    assert merged_view(CASES, [SAID, taken_back]) == merged_view(CASES, [])
    assert merged_view(CASES, [taken_back]) == merged_view(CASES, [])  # it may arrive first
    again = SameCase("s3", duplicate="b", original="a")
    assert merged_view(CASES, [SAID, taken_back, again])[0].members == ("a", "b")


def test_there_must_be_something_to_undo() -> None:
    with pytest.raises(ValueError, match="no such statement"):
        undo([SAID], "s9", "s2")
    with pytest.raises(ValueError, match="no such statement"):
        undo([SAID, undo([SAID], "s1", "s2")], "s2", "s3")


def test_what_is_a_duplicate_of_a_duplicate_is_the_same_person() -> None:
    merged = merged_view(CASES, [SAID, SameCase("s2", duplicate="c", original="b")])
    assert [each.members for each in merged] == [("a", "b", "c")]


def test_in_a_circle_nobody_is_lost() -> None:
    merged = merged_view(CASES, [SAID, SameCase("s2", duplicate="a", original="b")])
    assert [each.members for each in merged] == [("a", "b"), ("c",)]


def test_a_case_that_is_not_here_yet_joins_what_is_here() -> None:
    said = [SameCase("s1", "a", "far"), SameCase("s2", "b", "far")]
    assert [each.members for each in merged_view(CASES, said)] == [("a", "b"), ("c",)]


def test_who_was_merged_is_counted_once() -> None:
    def assisted(statements: list[SameCase]) -> int:
        persons = tuple(each.person for each in merged_view(CASES, statements))
        period = Period(date(2026, 1, 1), date(2026, 12, 31))
        return int(report(Office(persons), period, period.last, [BY_CODE["assisted"]])[0].value or 0)

    assert assisted([]) == 2
    assert assisted([SAID]) == 1
    assert merged_view(CASES, [SAID])[0].person.also == {"b"}


keys = st.sampled_from("abcdef")
said = st.builds(SameCase, st.sampled_from([f"s{n}" for n in range(8)]), keys, keys)
undone = st.builds(
    lambda id, wrong: SameCase(id, undoes=wrong),
    st.sampled_from([f"u{n}" for n in range(4)]),
    st.sampled_from([f"s{n}" for n in range(8)]),
)
statements = st.lists(said | undone, max_size=10, unique_by=lambda each: each.id)
files = st.dictionaries(
    keys,
    st.tuples(
        st.builds(
            Case,
            risk=st.sampled_from(RISKS),
            birth_date=st.none() | st.dates(date(1990, 1, 1), date(2012, 1, 1)),
            safe_channel=st.sets(st.sampled_from(["email", "phone_call", "in_person"])).map(tuple),
        ),
        st.just(()),
    ),
)


@given(files, statements, st.randoms(use_true_random=False))
def test_no_order_of_statements_matters_and_nobody_is_lost_or_twice(
    cases: dict[str, tuple[Case, tuple[Evidence, ...]]], told: list[SameCase], random: object
) -> None:
    own = {key: (case, (Evidence(f"r{key}", "f", date(2026, 1, 1)),)) for key, (case, _) in cases.items()}
    merged = merged_view(own, told)
    shuffled = list(told)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert merged_view(own, shuffled) == merged
    assert sorted(key for each in merged for key in each.members) == sorted(own)
    assert sorted(e.record for each in merged for _, e in each.history) == sorted(f"r{key}" for key in own)
    everything_undone = [*told, *(SameCase(f"x{each.id}", undoes=each.id) for each in told)]
    assert merged_view(own, everything_undone) == merged_view(own, [])
    assert in_force(everything_undone) == ()


@given(files, statements)
def test_no_merge_lowers_a_risk_widens_a_safe_contact_or_makes_a_minor_an_adult(
    cases: dict[str, tuple[Case, tuple[Evidence, ...]]], told: list[SameCase]
) -> None:
    for merged in merged_view(cases, told):
        members = [cases[key][0] for key in merged.members]
        known = [case.risk for case in members if case.risk != "unknown"]
        assert merged.case.risk == (min(known, key=RISKS.index) if known else "unknown")
        for case in members:
            if case.safe_channel and merged.case.safe_channel != ("none",):
                assert set(merged.case.safe_channel) <= set(case.safe_channel)
            today = date(2026, 6, 1)
            if case.birth_date is not None and case.may_be_minor(today):
                assert merged.case.may_be_minor(today)

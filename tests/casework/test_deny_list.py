"""Who must not see a case, whatever the role."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.casework.deny_list import deny_list, may_see, same_name
from forms.casework.facts import Evidence

TODAY = date(2026, 11, 22)
COORDINATORS = {"coordinator"}


def entry(who, decision="denied", author="officer", days=0, order="a"):
    values = {"deny.who": who, "deny.decision": decision}
    return Evidence("r", "any", TODAY + timedelta(days=days), values, author=author, order=order)


def of(*found):
    return deny_list(found, COORDINATORS, TODAY)


def test_anybody_adds_and_all_additions_count():
    found = of(entry("Agim Hoxha"), entry(["border-police", "t.leka"], days=-3))
    assert found.denies("agim hoxha")
    assert found.denies("somebody", "T.LEKA")
    assert not found.denies("Mira Hoxha", "")


def test_rows_of_a_repeat_are_entries_too():
    rows = ({"deny.who": "A. Hoxha"}, {"deny.who": "B. Leka", "deny.decision": "denied"})
    found = of(Evidence("r", "any", TODAY, rows={"deny": rows}))
    assert found.denies("a hoxha")
    assert found.denies("b leka")


def in_rows(*each, by=(), days=0):
    """A record with these rows; `by` tells who decided in each."""
    said_by = {"deny": tuple({"deny.decision": who, "deny.who": "officer"} for who in by)}
    on = TODAY + timedelta(days=days)
    return Evidence("r", "any", on, rows={"deny": each}, author="officer", order="a", said_by=said_by)


def test_a_row_is_lifted_by_a_coordinators_word_in_its_own_place():
    denial = {"deny.who": "A. Hoxha", "deny.decision": "denied"}
    lifting = {"deny.who": "A. Hoxha", "deny.decision": "lifted"}
    assert not of(in_rows(lifting, by=("coordinator",))).denies("a hoxha")
    assert of(in_rows(lifting, by=("officer",))).denies("a hoxha"), "it stands where a denial stood"
    assert of(in_rows(lifting, by=("officer",))).ignored == (("a hoxha", "deny.lifting.not_coordinator"),)
    assert of(in_rows(lifting, by=("coordinator",), days=1)).denies("a hoxha")
    # Nobody else's denial is lifted by it: not another row, not an earlier record of another file.
    assert of(in_rows(lifting, denial, by=("coordinator", "officer"))).denies("a hoxha")
    assert of(in_rows(lifting, by=("coordinator",)), entry("A. Hoxha", days=-9)).denies("a hoxha")


def test_two_names_that_were_written_apart_are_two_names_and_their_signatures_none():
    found = of(in_rows({"deny.who": "A. Hoxha\n— mira\nB. Leka\n— besa, drita"}, by=(None,)))
    assert found.names == {"a hoxha", "b leka"}
    assert not found.denies("mira")


@pytest.mark.parametrize(
    ("lifting", "left"),
    [
        (entry("X", "lifted", "coordinator"), False),
        (entry("X", "lifted", "officer"), True),
        (entry("X", "lifted", "coordinator", days=1), True),
        (entry("X", "lifted", "coordinator", days=-9), True),
        (entry("X", "lifted", "coordinator", days=-5, order="a"), True),
        (entry("X", "lifted", "coordinator", days=-5, order="b"), False),
        (entry("Y", "lifted", "coordinator"), True),
        (entry("X", "perhaps", "coordinator"), True),
        (entry("X", None, "coordinator"), True),
    ],
)
def test_only_a_coordinator_who_comes_later_takes_somebody_off(lifting, left):
    assert of(entry("X", days=-5), lifting).denies("x") is left


def test_what_was_not_lifted_is_told_with_its_reason():
    assert of(entry("X"), entry("X", "lifted", days=0, order="b")).ignored == (
        ("x", "deny.lifting.not_coordinator"),
    )
    assert of(entry("X"), entry("X", "lifted", "coordinator", days=1)).ignored == (
        ("x", "deny.lifting.in_future"),
    )


def test_who_is_denied_again_is_denied():
    lifted = entry("X", "lifted", "coordinator", days=-3)
    assert of(entry("X", days=-5), lifted, entry("X", days=-1)).denies("x")
    assert of(entry("X", days=-5), lifted, entry("X", days=30)).denies("x")


def test_somebody_who_is_not_named_is_pointed_out():
    assert of(entry(None)).unnamed
    assert of(entry("  ")).unnamed
    assert not of(entry("X")).unnamed


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Agim HOXHA", "hoxha, agim"),
        ("Gjergj Çela", "gjergj cela"),
        ("a.leka", "A LEKA"),
        ("Олена", "ОЛЕНА"),
        ("محمد", "مُحَمَّد"),
        ("محمد", "محـــمد"),
        ("Мар'яна Коваль", "Мар\u02bcяна Коваль"),
        ("Мар’яна Коваль", "Коваль Маряна"),
        ("Мар\u2018яна", "Мар\u00b4яна"),
        ("Мар`яна", "Мар\uff07яна"),
        ("رضا‌زاده", "رضازاده"),
        ("Ho\u00adxha\u200f", "hoxha"),
    ],
)
def test_names_are_the_same_however_they_are_typed(one, other):
    assert same_name(one) == same_name(other)


def test_the_list_beats_every_role():
    found = of(entry("boss"))
    assert not may_see(True, found, "boss")
    assert may_see(True, found, "clerk")
    assert not may_see(False, found, "clerk")


entries = st.builds(
    entry,
    st.sampled_from(["a", "b", None, ["a", "b"], 3]),
    st.sampled_from(["denied", "lifted", None, "strange"]),
    st.sampled_from(["officer", "coordinator"]),
    st.integers(-2, 2),
    st.sampled_from(["a", "b"]),
)


@given(st.lists(entries, max_size=6), st.randoms(use_true_random=False))
def test_it_is_a_union_in_whatever_order(found, chance):
    mixed = list(found)
    chance.shuffle(mixed)
    assert of(*found) == of(*mixed)


@given(st.lists(entries, max_size=5), entries)
def test_no_record_but_a_coordinators_lifting_takes_anybody_off(found, more):
    if more.author != "coordinator" or more.get("deny.decision") != "lifted" or more.on > TODAY:
        assert of(*found).names <= of(*found, more).names

"""The service directory: what can be offered, and what has to be known before calling."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.casework.directory import Directory, Found, Offer, Organisation
from forms.errors import FormProblem

TODAY = date(2026, 9, 1)
TABLE: dict[str, Any] = {
    "stale_months": 6,
    "organisations": [
        {
            "id": "house", "name": "Example House", "country": "al", "areas": ["Tirana"],
            "languages": ["sq", "en"], "vetting": "vetted", "checked_on": "2026-03-01", "minors": "yes",
            "services": [{"kind": "shelter", "places": 2}, {"kind": "legal"}],
            "hotlines": [{"number": "+355 00 000 000", "hours": "24/7", "languages": ["sq"]}],
        },
        {
            "id": "full", "name": "Full House", "country": "AL", "languages": ["sq"], "vetting": "vetted",
            "checked_on": "2026-08-01", "services": [{"kind": "shelter", "places": 0}],
            "hotlines": [{"number": "+355 00 000 001", "languages": ["ar"]}],
        },
        {"id": "new", "name": "New House", "country": "AL", "services": [{"kind": "shelter", "places": 9}]},
        {
            "id": "bad", "name": "Closed House", "country": "AL", "vetting": "suspended",
            "checked_on": "2026-08-01", "services": [{"kind": "shelter", "places": 9}],
            "hotlines": [{"number": "+355 00 000 002"}],
        },
        {"id": "far", "name": "Far House", "country": "MA", "services": [{"kind": "shelter", "places": 9}]},
    ],
}  # fmt: skip
DIRECTORY = Directory.from_table(TABLE)


def ids(found: tuple[Found, ...]) -> list[str]:
    return [each.organisation.id for each in found]


def test_the_best_comes_first_and_each_remark_is_told() -> None:
    found = DIRECTORY.find("shelter", "al", TODAY, area="Tirana", language="sq")
    assert [(each.organisation.id, each.remarks) for each in found] == [
        ("house", ()),
        ("full", ("directory.capacity.full",)),
        ("new", ("directory.check.never", "directory.vetting.missing", "directory.language.missing")),
    ]


def test_another_town_a_child_a_denied_one_and_a_suspended_one_are_left_out() -> None:
    assert ids(DIRECTORY.find("shelter", "AL", TODAY, area="Vlora")) == ["full", "new"]
    assert ids(DIRECTORY.find("shelter", "AL", TODAY, minor=True)) == ["house"]
    assert ids(DIRECTORY.find("shelter", "AL", TODAY, denied=["house"])) == ["full", "new"]
    assert ids(DIRECTORY.find("legal", "AL", TODAY)) == ["house"]
    assert DIRECTORY.find("legal", "AL", TODAY)[0].remarks == ("directory.capacity.unknown",)


@pytest.mark.parametrize(
    ("today", "remark"),
    [(date(2026, 9, 1), ()), (date(2026, 9, 2), ("directory.check.stale",)),
     (date(2026, 2, 28), ("directory.check.never",))],
)  # fmt: skip
def test_an_entry_is_stale_after_its_months_and_a_check_to_come_was_none(
    today: date, remark: tuple[str, ...]
) -> None:
    assert DIRECTORY.find("shelter", "AL", today, area="Tirana", minor=True)[0].remarks == remark


def test_who_keeps_the_directory_sees_what_is_to_be_checked() -> None:
    assert [each.id for each in DIRECTORY.stale(date(2026, 9, 2))] == ["far", "new", "house"]


def test_hotlines_in_the_persons_language_come_first() -> None:
    assert [line.number[-1] for _, line in DIRECTORY.hotlines("AL", "ar")] == ["1", "0"]
    assert [line.number[-1] for _, line in DIRECTORY.hotlines("al")] == ["0", "1"]


@pytest.mark.parametrize(
    "change",
    [{"vetting": "good"}, {"name": ""}, {"checked_on": "lately"}, {"minors": "maybe"}, {"phone": "1"},
     {"services": [{"kind": "a"}, {"kind": "a"}]}, {"services": [{"kind": "a", "places": -1}]},
     {"id": "full"}],
)  # fmt: skip
def test_a_wrong_entry_is_refused(change: dict[str, Any]) -> None:
    first = {**TABLE["organisations"][0], **change}
    with pytest.raises(FormProblem):
        Directory.from_table({"organisations": [first, *TABLE["organisations"][1:]]})


ORGANISATIONS = st.builds(
    Organisation,
    id=st.uuids().map(str),
    name=st.text(max_size=3),
    country=st.sampled_from(["AL", "UA"]),
    vetting=st.sampled_from(["vetted", "in_progress", "not_vetted", "suspended"]),
    services=st.just((Offer("shelter", 1),)),
    checked_on=st.none() | st.dates(date(2025, 1, 1), date(2027, 1, 1)),
    minors=st.booleans(),
)


@given(st.lists(ORGANISATIONS, max_size=8), st.booleans())
def test_nobody_unvetted_is_offered_to_a_child_nor_silently_to_anyone(
    known: list[Organisation], minor: bool
) -> None:
    for each in Directory(tuple(known)).find("shelter", "AL", TODAY, minor=minor):
        assert each.organisation.vetting != "suspended"
        if each.organisation.vetting != "vetted":
            assert not minor
            assert "directory.vetting.missing" in each.remarks

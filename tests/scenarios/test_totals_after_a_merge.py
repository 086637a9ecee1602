"""What a form calculates, after two workers have changed what it is made of."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenarios.office import RunningServer, Tablet

WHO = {"the officer": 0, "the coordinator": 1}


@pytest.fixture
def reception(officer: Tablet, coordinator: Tablet) -> str:
    """An airport reception with one child, on both tablets."""
    case = officer.new_case()
    opened = officer.book.begin(case, "airport_reception").wait(30)
    officer.answer(
        opened,
        {
            "reception_outcome": "declined",
            "identity_confirmed": "code_word",
            "met_by": "officer",
            "with_others": "yes",
            "urgent_health": ["none"],
        },
    )
    (companion,) = opened.entry.repeat("arrival/companion").instances
    officer.answer(opened, child(3), within=companion)
    assert officer.book.finish(opened.record).wait(30) == ()
    for tablet in (officer, coordinator, officer):
        tablet.sync()
    return opened.record


def add_companions(tablet: Tablet, record: str, *companions: dict[str, Any]) -> None:
    """Open the finished reception, add these people, and finish it again."""
    opened = tablet.book.edit(record).wait(30)
    for companion in companions:
        instance = tablet.add_instance(opened, "arrival/companion")
        tablet.answer(opened, companion, within=instance)
    assert tablet.book.finish(record).wait(30) == ()


def child(age: int) -> dict[str, Any]:
    return {"companion_relation": "child", "companion_age": age}


@pytest.mark.parametrize("syncs_first", WHO)
@pytest.mark.parametrize("also_an_adult", [True, False])
def test_two_who_each_add_a_child_see_every_child_counted_and_no_conflict(
    server: RunningServer,
    officer: Tablet,
    coordinator: Tablet,
    reception: str,
    syncs_first: str,
    also_an_adult: bool,
) -> None:
    both = (officer, coordinator)
    first, second = both[WHO[syncs_first]], both[1 - WHO[syncs_first]]
    adult = [{"companion_relation": "relative", "companion_age": 60}] if also_an_adult else []

    # Offline, each for herself: one counts two children, the other two as well, and perhaps an adult.
    add_companions(officer, reception, child(5))
    add_companions(coordinator, reception, child(8), *adult)
    for tablet in (first, second, first):
        tablet.sync()

    # Whoever opens the reception sees the sums of what both have said.
    sums = ("3", str(3 + len(adult)))
    for tablet in both:
        values = tablet.values(reception)
        assert (values["children"], values["companions"]) == sums
        assert tablet.conflicts() == ()
        assert tablet.book.today().wait(30).conflicts == ()
    stored = server.values(reception)
    assert len([path for path in stored if path.endswith("companion_age")]) == 3 + len(adult)
    assert server.conflict_log() == []

    # Looking changes nothing; the next one who changes anything puts the sums right for the server too.
    for tablet in both:
        assert tablet.sync().sent == 0
    coordinator.change(reception, luggage="complete")
    coordinator.sync()
    officer.sync()
    stored = server.values(reception)
    assert (stored["arrival/children"], stored["arrival/companions"]) == sums
    assert server.conflict_log() == []
    assert officer.conflicts() == coordinator.conflicts() == ()


def test_an_answer_beside_a_sum_is_still_a_conflict(
    server: RunningServer, officer: Tablet, coordinator: Tablet, reception: str
) -> None:
    (age,) = (path for path in server.values(reception) if path.endswith("companion_age"))
    for tablet, years in ((officer, 17), (coordinator, 18)):
        opened = tablet.book.edit(reception).wait(30)
        instance = age.rpartition("/")[0]
        tablet.answer(opened, {"companion_relation": "relative", "companion_age": years}, within=instance)
        assert tablet.book.finish(reception).wait(30) == ()
    for tablet in (officer, coordinator, officer):
        tablet.sync()

    # One person, of one age: the later answer stands, and what follows from it.
    (logged,) = server.conflict_log()
    assert (logged.path, logged.lost, logged.kept) == (age, 17, 18)
    assert [each.path for each in officer.conflicts()] == [age]
    assert officer.values(reception)["children"] == coordinator.values(reception)["children"] == "0"

    # And when the lost one is put back, the sum follows that.
    officer.book.restore(logged.id).wait(30)
    for tablet in (officer, coordinator):
        tablet.sync()
        assert tablet.values(reception)["children"] == "1"

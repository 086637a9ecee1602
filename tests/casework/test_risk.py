"""How much risk: what answers suggest, what stands, and over the months."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.casework.facts import Evidence
from forms.casework.risk import LEVELS, NOTES, Advice, RiskTable, advice, over_the_months, standing

TODAY = date(2026, 11, 22)
COORDINATORS = {"coordinator"}


def record(on=TODAY, author="officer", order="a", **answers):
    values = {name.replace("__", "."): value for name, value in answers.items()}
    return Evidence("r", "any", on, values, author=author, order=order)


def visit(days, level, author="officer", reason=None, **answers):
    more = {"contact__risk_lowered_because": reason} if reason else {}
    return record(TODAY - timedelta(days=days), author, contact__risk=level, **more, **answers)


def now(*found):
    return standing(found, TODAY, COORDINATORS)


@pytest.mark.parametrize(
    ("answers", "level", "because"),
    [
        ({"safety__threats": ["watched"]}, "high", ["safety.threats.watched"]),
        ({"safety__threats": ["none", "watched"]}, "high", ["safety.threats.watched"]),
        ({"safety__threats": ["no_answer"]}, "unknown", []),
        ({"safety__home": ["hurt", "insults"]}, "high", ["safety.home.hurt", "safety.home.insults"]),
        ({"health__wellbeing": ["self_harm", "sleep"]}, "high", ["health.wellbeing.self_harm"]),
        ({"life__debt": "pressure", "safety__own_view": "5"}, "high", ["life.debt.pressure"]),
        ({"life__debt": "debt"}, "medium", ["life.debt.debt"]),
        ({"life__work_conditions": ["abuse"]}, "high", ["life.work_conditions.abuse"]),
        ({"life__work_conditions": ["hours"]}, "medium", ["life.work_conditions.hours"]),
        ({"contact__outcome": "unreachable"}, "medium", ["contact.outcome.unreachable"]),
        (
            {"contact__outcome": "suspected_retrafficking"},
            "high",
            ["contact.outcome.suspected_retrafficking"],
        ),
        ({"safety__own_view": "1"}, "high", ["safety.own_view.1"]),
        ({"safety__own_view": 1}, "high", ["safety.own_view.1"]),
        ({"safety__own_view": "3"}, "medium", ["safety.own_view.3"]),
        ({"safety__own_view": "4", "safety__threats": ["none"]}, "low", ["safety.own_view.safe"]),
        ({"safety__own_view": "no_answer"}, "unknown", []),
        ({"safety__threats": ["none"]}, "unknown", []),
        ({"safety__home": ["new choice"], "safety__own_view": "5"}, "medium", ["safety.home.unclear"]),
        ({"something__else": "hurt"}, "unknown", []),
        ({}, "unknown", []),
    ],
)
def test_answers_suggest_a_level_and_say_why(answers, level, because):
    assert advice(record(**answers)) == Advice(level, tuple(f"because.{each}" for each in because))


def test_a_programme_says_which_answers_weigh_what():
    table = RiskTable.from_table(
        {"high": {"life.debt": ["debt", "pressure"]}, "calm": {"life.pets": ["dog"]}}
    )
    assert advice(record(life__debt="debt"), table).level == "high"
    assert advice(record(life__debt="unsure"), table).level == "medium"
    assert advice(record(life__pets="dog"), table).level == "unknown"
    assert RiskTable.from_table({}) == RiskTable()


def test_a_level_is_raised_by_anybody():
    found = now(visit(30, "low"), visit(10, "high"))
    assert (found.level, found.since) == ("high", TODAY - timedelta(days=10))


@pytest.mark.parametrize(
    ("lower", "level", "notes"),
    [
        (visit(1, "low"), "high", ("risk.lowering.not_coordinator",)),
        (visit(1, "low", reason="quiet"), "high", ("risk.lowering.not_coordinator",)),
        (visit(1, "low", "coordinator"), "high", ("risk.lowering.without_reason",)),
        (visit(1, "low", "coordinator", " "), "high", ("risk.lowering.without_reason",)),
        (visit(1, "low", "coordinator", "quiet"), "low", ()),
        (visit(-1, "low", "coordinator", "quiet"), "high", ("risk.stated.in_future",)),
        (visit(9, "low", "coordinator", "quiet"), "high", ()),
        (visit(10, "low", "coordinator", "quiet"), "high", ()),
        (visit(1, "unknown"), "high", ("risk.lowering.not_coordinator",)),
        (visit(1, "fine"), "high", ("risk.stated.unclear",)),
    ],
)
def test_it_is_never_lowered_silently(lower, level, notes):
    found = (
        now(visit(10, "medium"), visit(9, "high"), lower)
        if lower.on != TODAY - timedelta(days=9)
        else now(visit(9, "high"), lower)
    )
    assert (found.level, found.notes) == (level, notes)


def test_what_nobody_understands_is_not_low():
    assert now(visit(1, "fine")).level == "medium"
    assert now(record(case__risk=7)).level == "medium"


def test_the_case_file_can_only_add():
    assert now(visit(3, "medium"), record(case__risk="high")).level == "high"
    assert now(visit(3, "high"), record(case__risk="low")).level == "high"


def test_a_suggestion_that_is_higher_is_pointed_out_and_does_not_decide():
    found = now(visit(1, "low", safety__threats=["online"]))
    assert (found.level, found.notes) == ("low", ("risk.advice.higher",))
    assert found.advice.because == ("because.safety.threats.online",)
    calmer = now(visit(5, "low", safety__threats=["online"]), visit(1, "low", safety__own_view="5"))
    assert calmer.notes == ()


def test_a_contact_without_a_level_keeps_the_one_before():
    assert now(visit(9, "medium"), record(contact__outcome="met")).level == "medium"


def test_the_level_over_the_months():
    arrived = date(2026, 1, 31)
    found = [
        record(date(2026, 2, 10), contact__risk="medium"),
        record(date(2026, 4, 1), contact__risk="high"),
        record(date(2026, 4, 30), contact__risk="low"),
        record(date(2026, 6, 2), "coordinator", contact__risk="low", contact__risk_lowered_because="moved"),
        record(TODAY, case__risk="high"),
    ]
    levels = over_the_months(found, arrived, TODAY, COORDINATORS)
    assert levels == {1: "medium", 3: "high", 6: "low"}
    assert over_the_months([], arrived, TODAY, COORDINATORS, [1]) == {1: "unknown"}


visits = st.builds(
    visit,
    st.integers(-2, 4),
    st.sampled_from([*LEVELS, "fine", None]),
    st.sampled_from(["officer", "coordinator"]),
    st.sampled_from([None, " ", "quiet"]),
    safety__own_view=st.sampled_from(["1", "3", "5", "no_answer", "?"]),
)


@given(st.lists(visits, max_size=5), st.randoms(use_true_random=False))
def test_the_order_in_which_records_come_changes_nothing(found, chance):
    mixed = list(found)
    chance.shuffle(mixed)
    one, other = now(*found), now(*mixed)
    assert one.level == other.level
    assert set(one.notes) <= set(NOTES)


@given(st.lists(visits, max_size=5), visits)
def test_no_record_lowers_it_but_a_coordinators_with_a_reason_that_is_not_to_come(found, more):
    lowers = more.author == "coordinator" and more.text("contact.risk_lowered_because").strip()
    if not lowers or more.on > TODAY:
        assert LEVELS.index(now(*found, more).level) >= LEVELS.index(now(*found).level)


def test_what_a_check_up_hears_of_self_harm_is_high_and_a_quiet_one_takes_nothing_back() -> None:
    """Mira sees her at the clinic between two visits."""
    for word in ("yes", "unsure"):
        assert advice(record(checkup__self_harm=word)) == Advice(
            "high", (f"because.checkup.self_harm.{word}",)
        )
    threatened = visit(1, "low", safety__threats=["watched"])
    for quiet in ("no", "not_asked", "no_answer"):
        stands = now(threatened, record(checkup__self_harm=quiet))
        assert stands.advice.because == ("because.safety.threats.watched",)
        assert "risk.advice.higher" in stands.notes

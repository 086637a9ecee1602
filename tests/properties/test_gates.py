"""Gates over random histories: no order and no part of what was recorded clears what is forbidden."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from forms.casework.case import Case
from forms.casework.clearance import clearance
from forms.casework.facts import Evidence
from forms.casework.gates import GATES, Gate, check
from forms.casework.meanings import KNOWN
from forms.casework.programme import NONE_NAMED, Programme, programme, programmes

TODAY = date(2026, 9, 10)
DAYS = range(-9, 4)  # ahead too: a wrong year or a wrong clock
ALL: list[Programme] = [NONE_NAMED, *map(programme, programmes())]
COORDINATOR = "coordinator"
Law = settings(max_examples=250, deadline=None)


def on(offset: int) -> date:
    return TODAY + timedelta(days=offset)


def shut(
    gate: Gate, case: Case, found: Sequence[Evidence], today: date = TODAY, rules: Programme = NONE_NAMED
) -> set[str]:
    """The hard reasons of a gate."""
    result = check(gate, case, found, today, rules, coordinators={COORDINATOR})
    return {reason.code for reason in result.reasons if reason.hard}


# --- what people record ----------------------------------------------------------------------


@st.composite
def cases(draw: st.DrawFn) -> Case:
    birth = draw(st.sampled_from([None, date(1996, 5, 1), date(2010, 5, 1), on(2).replace(year=2008)]))
    return Case(country="AL", office="tirana", language="sq", birth_date=birth)


def _consent(purpose: Any, by: str) -> dict[str, Any]:
    values = {"purpose": purpose, "decision": "given", "by": by, "how": "written", "language": "sq"}
    return {f"consent.{name}": value for name, value in values.items()}


def _proceed(side: str) -> dict[str, Any]:
    values = {"side": side, "outcome": "proceed", "expires": on(30).isoformat()}
    return {f"assessment.{name}": value for name, value in values.items()}


GOOD: dict[str, dict[str, Any]] = {
    "consent": _consent("return", "both"),
    "own": _consent("return", "person"),
    "guardians": {"guardian.consent": "given"},
    "host": _proceed("host"),
    "return": _proceed("return"),
    "determination": {
        "bid.outcome": "in_favour", "bid.decision_makers": "A, B", "bid.reasons": "r", "bid.options": "o",
        "bid.child_views": "v", "bid.review_on": on(30).isoformat(), "bid.expires": on(30).isoformat(),
    },
    "guardian": {
        "guardian.appointed": "yes", "guardian.document": "court", "guardian.conflict_check": "none",
    },
    "family": {"family.assessment": "positive", "family.lawful_custody": "yes"},
    "organisation": {"admission.confirmed": "yes", "admission.care": "yes", "admission.pick_up": "yes"},
    "legs": {},
    "screen": {"tracing.risk_screen": "clear"},
    "tracing": _consent(["tracing", "testimony"], "both"),
    "safety": {"testimony.safety_assessment": "safe"},
    "arrival": {"arrival.outcome": "received"},
}  # fmt: skip
ROWS: dict[str, dict[str, Any]] = {
    "return": {"hazard": ({"hazard.level": "high", "hazard.mitigation": "Another town"},)},
    "legs": {"leg": ({"leg.from": "Athens", "leg.to": "Tirana", "leg.escort": "guardian"},)},
}
SPOILT: list[tuple[str, dict[str, Any]]] = [
    ("consent", {"consent.decision": "withdrawn"}),
    ("consent", {"consent.decision": "refused"}),
    ("consent", {"consent.decision": "withdrawn", "consent.purpose": None}),
    ("consent", {"consent.how": "thumbprint"}),
    ("consent", {"consent.language": "fr"}),
    ("consent", {"consent.until": on(-1).isoformat()}),
    ("consent", {"consent.withdrawn_on": on(0).isoformat()}),
    ("guardians", {"guardian.consent": "withdrawn"}),
    ("host", {"assessment.outcome": "postpone"}),
    ("host", {"assessment.expires": on(-1).isoformat()}),
    ("return", {"assessment.outcome": "not_advised"}),
    ("return", {"assessment.expires": None}),
    ("return", {"assessment.side": "?", "assessment.outcome": "postpone"}),
    ("determination", {"bid.outcome": "more_needed"}),
    ("determination", {"bid.child_views": ""}),
    ("determination", {"bid.expires": on(-1).isoformat()}),
    ("return", {"risk.self_harm": "unsure"}),
    ("host", {"risk.debt": "exploiter"}),
    ("guardian", {"guardian.conflict_check": "conflict"}),
    ("guardian", {"guardian.document": "copy"}),
    ("family", {"family.lawful_custody": "no"}),
    ("organisation", {"admission.pick_up": "no"}),
    ("legs", {"leg.escort": "none"}),
    ("screen", {"tracing.risk_screen": "possible"}),
    ("safety", {"testimony.safety_assessment": "unsafe"}),
    ("family", {"solution.decision": "stay"}),
    ("family", {"age.established": "minor"}),
    ("family", {"age.born": "2010"}),
]


def event(
    kind: str, day: int, author: str, changes: dict[str, Any] | None = None, number: int = 0
) -> Evidence:
    values, rows = GOOD[kind], ROWS.get(kind, {})
    side = values.get("assessment.side")
    office = ("GR", "athens") if side == "host" else ("AL", "tirana")
    values = {meaning: value for meaning, value in {**values, **(changes or {})}.items() if value is not None}
    return Evidence(f"{kind}-{number}", kind, on(day), values, rows, *office, author)


@st.composite
def histories(draw: st.DrawFn, days: range = DAYS, spoilt: bool = True) -> list[Evidence]:
    """All that is good, as a rule, and some that is spoilt, written by three people on any of these days."""
    authors = st.sampled_from(["mira", "ana", "eleni"])
    kinds = draw(st.lists(st.sampled_from(sorted(GOOD)), max_size=6))
    kinds += [kind for kind in GOOD if draw(st.integers(0, 9))]
    found = [event(k, draw(st.sampled_from(days)), draw(authors), None, n) for n, k in enumerate(kinds)]
    for number in range(draw(st.integers(0, 3)) if spoilt else 0):
        kind, changes = draw(st.sampled_from(SPOILT))
        found.append(event(kind, draw(st.sampled_from(days)), draw(authors), changes, 100 + number))
    orders = draw(st.permutations(range(len(found)))) if draw(st.booleans()) else []
    return [replace(e, order=f"{o:03}") for e, o in zip(found, orders, strict=True)] if orders else found


# --- the table, told once more and in another way --------------------------------------------


def forbidden(case: Case, found: Sequence[Evidence]) -> list[str]:
    """Why nobody may clear this journey, by the plain words of the table; incomplete, but never wrong."""
    now = [e for e in found if e.on <= TODAY]
    why = []

    def newest(meaning: str, **also: str) -> list[Evidence]:
        told = [e for e in now if meaning in e.values and all(e.get(m) == v for m, v in also.items())]
        return [e for e in told if e.on == max(each.on for each in told)]

    agreed = [e for e in now if e.get("consent.decision") == "given" and e.get("consent.purpose") == "return"]
    if not agreed:
        why.append("nobody agreed")
    for e in found:
        ended = (
            e.get("consent.decision") == "withdrawn" and e.get("consent.purpose") in (None, "return")
        ) or e.get("guardian.consent") == "withdrawn"
        if ended and all(given.on < e.on for given in agreed):
            why.append("withdrawn after the last consent")
    for side in ("host", "return"):
        told = newest("assessment.outcome", **{"assessment.side": side})
        if not told or any(e.get("assessment.outcome") != "proceed" for e in told):
            why.append(f"{side} does not say proceed")
        elif any(e.get("risk.self_harm") or e.get("risk.debt") for e in told):
            why.append(f"{side} names a danger and no step against it")
        elif any((e.day("assessment.expires") or date.min) < TODAY for e in told):
            why.append(f"{side} has expired")
    said_adult = case.birth_date is not None and case.birth_date <= TODAY.replace(year=TODAY.year - 18)
    if not said_adult or any("age.born" in e.values or "age.established" in e.values for e in found):
        bid = newest("bid.outcome")
        if not bid or any(e.get("bid.outcome") != "in_favour" or not e.get("bid.child_views") for e in bid):
            why.append("no determination")
        guardian = newest("guardian.conflict_check")
        if not guardian or any(e.get("guardian.conflict_check") != "none" for e in guardian):
            why.append("no guardian without a conflict")
        if any(e.get("guardian.document") == "copy" for e in guardian):
            why.append("a guardian by a plain copy")
        if not any(
            e.get("family.lawful_custody") == "yes" or e.get("admission.pick_up") == "yes" for e in now
        ):
            why.append("no home")
        rows = [row for e in now for row in e.rows.get("leg", ())]
        if not rows:
            why.append("no leg is planned")
        legs = [e for e in now if e.rows.get("leg")]
        last = [e for e in legs if e.on == max(each.on for each in legs)]
        if any(e.get("leg.escort") == "none" for e in last):
            why.append("a leg without an escort")
    if any(e.get("solution.decision") == "stay" for e in found):
        why.append("she stays")
    return why


@Law
@given(cases(), histories(), st.sampled_from(ALL), st.data())
def test_no_order_and_no_part_of_a_history_clears_a_journey_that_the_table_forbids(
    case: Case, found: list[Evidence], rules: Programme, data: st.DataObject
) -> None:
    part = (
        data.draw(st.lists(st.sampled_from(found), unique_by=id))
        if found and data.draw(st.booleans())
        else found
    )
    why = forbidden(case, part)
    reasons = shut("clear_to_travel", case, part, rules=rules)
    assert reasons or not why, why
    result = check("clear_to_travel", case, part, TODAY, rules)
    mixed = data.draw(st.permutations(part))
    assert check("clear_to_travel", case, mixed, TODAY, rules) == result


def test_the_histories_of_these_properties_are_cleared_often_enough_to_say_something() -> None:
    opened = {"adult": 0, "minor": 0}

    @settings(max_examples=300, deadline=None, database=None, derandomize=True)
    @given(cases(), histories(days=range(-9, 1)))
    def count(case: Case, found: list[Evidence]) -> None:
        if not shut("clear_to_travel", case, found):
            opened["minor" if case.may_be_minor(TODAY) else "adult"] += 1

    count()
    assert min(opened.values()) >= 10, opened


@Law
@given(cases(), histories(), histories(spoilt=False, days=range(-9, 1)), st.data())
def test_taking_away_what_speaks_for_it_opens_no_hard_gate(
    case: Case, spoilt: list[Evidence], good: list[Evidence], data: st.DataObject
) -> None:
    against = [e for e in spoilt if int(e.record.rpartition("-")[2]) >= 100]
    left = [e for e in good if data.draw(st.booleans())]
    for gate in GATES:
        if shut(gate, case, [*against, *good]):
            assert shut(gate, case, [*against, *left]), gate


@Law
@given(
    cases(),
    histories(),
    st.sampled_from(["return", "tracing", "testimony", None]),
    st.sampled_from(["person", "guardian", "both", None]),
    st.sampled_from(DAYS),
    st.sampled_from(["mira", "ana", "eleni", ""]),
)
def test_a_withdrawal_opens_nothing(
    case: Case, found: list[Evidence], purpose: str | None, by: str | None, day: int, author: str
) -> None:
    ended = event(
        "consent",
        day,
        author,
        {"consent.decision": "withdrawn", "consent.purpose": purpose, "consent.by": by},
        999,
    )
    for gate in GATES:
        assert shut(gate, case, [*found, ended]) or not shut(gate, case, found)


@Law
@given(cases(), histories(days=range(-9, 1)), st.integers(1, 12_000))
@example(
    Case(country="AL", language="sq", birth_date=on(2).replace(year=2008)),
    [event(kind, -1, "mira") for kind in ("own", "host", "return")],
    2,
)
def test_no_passing_of_time_opens_a_hard_gate(case: Case, found: list[Evidence], days: int) -> None:
    for gate in GATES:
        if shut(gate, case, found):
            assert shut(gate, case, found, on(days)), gate


@Law
@given(cases(), histories(), st.sampled_from(DAYS), st.sampled_from([COORDINATOR, "mira"]))
def test_no_word_of_a_coordinator_opens_what_is_hard(
    case: Case, found: list[Evidence], day: int, author: str
) -> None:
    for gate in GATES:
        before = shut(gate, case, found)
        values = {
            "gate.override": gate,
            "gate.override_of": [*before, *(code.rpartition(".")[2] for code in before)],
            "gate.override_reason": "It must be",
        }
        tried = Evidence("override", "override", on(day), values, author=author, order="999")
        assert shut(gate, case, [*found, tried]) == before


@Law
@given(cases(), histories(), histories(), st.data())
def test_a_clearance_never_stands_on_a_closed_gate_and_is_never_lost_from_sight(
    case: Case, found: list[Evidence], more: list[Evidence], data: st.DataObject
) -> None:
    cleared = Evidence(
        "cleared", "t", on(data.draw(st.integers(-9, 0))), {"clearance.decision": "cleared"}, office="athens"
    )
    given_ = clearance(case, [*found, cleared], TODAY, NONE_NAMED)
    assert given_ is not None
    if shut("clear_to_travel", case, [*found, cleared]):
        assert not given_.stands
        assert given_.reasons
    assert set(given_.alert) >= {"athens", "tirana"}


junk = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=6), st.dates().map(str),
    st.lists(st.text(max_size=4), max_size=2), st.dictionaries(st.text(max_size=2), st.integers()),
)  # fmt: skip


@st.composite
def anything(draw: st.DrawFn) -> Evidence:
    def answers(prefix: str = "") -> dict[str, Any]:
        names = draw(st.lists(st.sampled_from(sorted(m for m in KNOWN if m.startswith(prefix))), max_size=6))
        return {m: draw(st.one_of(st.sampled_from(KNOWN[m] or ("x",)), junk)) for m in names}

    rows = {noun: (answers(noun),) for noun in ("leg", "hazard", "consent") if draw(st.booleans())}
    country, author, order = (
        draw(st.sampled_from(each)) for each in (["", "AL", "GR"], ["", COORDINATOR], ["", "1", "2"])
    )
    return Evidence(
        draw(st.text(max_size=3)), "f", draw(st.dates()), answers(), rows, country, "", author, order
    )


@settings(max_examples=250, deadline=None)
@given(cases(), st.lists(anything(), max_size=5), st.dates(), st.sampled_from(ALL))
def test_no_answer_whatever_breaks_a_gate_or_clears_a_journey(
    case: Case, found: list[Evidence], today: date, rules: Programme
) -> None:
    for gate in GATES:
        result = check(gate, case, found, today, rules, coordinators={COORDINATOR})
        assert result.open == (not result.reasons)
        assert result.opens_until is None or (result.open and result.opens_until >= today)
    assume(len(found) < 3)  # a consent and two assessments are three
    assert shut("clear_to_travel", case, found, today, rules)
    clearance(case, found, today, rules)

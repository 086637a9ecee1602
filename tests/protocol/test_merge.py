"""What merging means, case by case."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sync_server.protocol.change import Change
from sync_server.protocol.clock import format_stamp
from sync_server.protocol.merge import Known, RecordState, conflict_id, merge, same
from sync_server.protocol.merge_rules import Rule, parse

ANNA, BEN, CLEO = "aaaaaaaa", "bbbbbbbb", "cccccccc"
NAMES = {ANNA: "anna", BEN: "ben", CLEO: "cleo"}


def wrote(device: str, ms: int, value: object, *parents: str, path: str = "status") -> Known:
    stamp = format_stamp(ms, 0, device)
    return Known(Change(path, value, stamp, parents, NAMES[device], device), stamp)


def both(path: str) -> str:
    return "both"


def base() -> tuple[RecordState, str]:
    first = wrote(ANNA, 1, "open")
    return merge({}, [first]).state, first.change.stamp


def test_an_edit_of_what_its_author_saw_is_no_conflict() -> None:
    state, first = base()
    merged = merge(state, [wrote(BEN, 2, "closed", first)])
    assert merged.state["status"].value == "closed"
    assert merged.conflicts == ()
    assert merged.applied == ("status",)


def test_an_edit_wins_over_what_its_author_saw_even_by_a_slow_clock() -> None:
    first = wrote(ANNA, 9_000, "open")
    state = merge({}, [first]).state
    merged = merge(state, [wrote(BEN, 5, "closed", first.change.stamp)])
    assert merged.state["status"].value == "closed"
    assert merged.state["status"].effective > first.effective


def test_of_two_concurrent_values_the_later_is_kept_and_the_other_logged() -> None:
    state, first = base()
    late, early = wrote(ANNA, 30, "late", first), wrote(BEN, 20, "early", first)
    for order in ([late, early], [early, late]):
        merged = merge(merge(state, order[:1]).state, order[1:])
        assert merged.state["status"].value == "late"
        (conflict,) = merged.conflicts
        assert (conflict.kept.value, conflict.lost.value) == ("late", "early")
        assert (conflict.kept.author, conflict.lost.author) == ("anna", "ben")
        assert conflict.id_in("r") == conflict_id("r", "status", early.change.stamp)


def test_disjoint_edits_are_both_kept_without_a_conflict() -> None:
    state, _ = base()
    merged = merge(state, [wrote(ANNA, 5, 60, path="weight"), wrote(BEN, 6, "+355", path="phone")])
    assert {path: field.value for path, field in merged.state.items()} == {
        "status": "open",
        "weight": 60,
        "phone": "+355",
    }
    assert merged.conflicts == ()


def test_two_devices_that_wrote_the_same_value_do_not_disagree() -> None:
    state, first = base()
    merged = merge(state, [wrote(ANNA, 30, "same", first), wrote(BEN, 20, "same", first)])
    assert merged.conflicts == ()
    assert len(merged.state["status"].heads) == 2


def test_one_device_does_not_disagree_with_itself() -> None:
    state, first = base()
    merged = merge(state, [wrote(ANNA, 30, "one", first), wrote(ANNA, 20, "two", first)])
    assert merged.state["status"].value == "one"
    assert merged.conflicts == ()


def test_a_restore_that_saw_both_ends_the_conflict() -> None:
    state, first = base()
    contested = merge(state, [wrote(ANNA, 30, "late", first), wrote(BEN, 20, "early", first)]).state
    merged = merge(contested, [wrote(BEN, 40, "early", *contested["status"].heads)])
    assert merged.state["status"].value == "early"
    assert merged.state["status"].rivals == ()
    assert merged.conflicts == ()


def test_clearing_an_answer_is_a_value_that_can_lose_and_win() -> None:
    state, first = base()
    cleared, edited = wrote(ANNA, 30, None, first), wrote(BEN, 20, "edited", first)
    merged = merge(state, [cleared, edited])
    assert merged.state["status"].value is None
    assert [conflict.lost.value for conflict in merged.conflicts] == ["edited"]


def test_an_edit_below_a_deleted_instance_is_kept() -> None:
    marker, age = "member[00000000000000aa]", "member[00000000000000aa]/age"
    there = [wrote(ANNA, 1, 0, path=marker), wrote(ANNA, 1, 7, path=age)]
    state = merge({}, there).state
    stamp = there[0].change.stamp
    merged = merge(state, [wrote(ANNA, 5, None, stamp, path=marker), wrote(BEN, 6, 8, stamp, path=age)])
    assert merged.state[marker].value is None
    assert merged.state[age].value == 8


def test_narratives_keep_both_texts_signed_in_the_order_of_writing() -> None:
    state, first = base()
    edits = [wrote(BEN, 30, "He called.", first), wrote(ANNA, 20, "She came.", first)]
    for order in (edits, edits[::-1]):
        merged = merge(state, order, both)
        assert merged.state["status"].value == "She came.\n— anna\nHe called.\n— ben"
        assert merged.conflicts == ()


def test_a_third_narrative_joins_the_two_texts_not_their_joined_text() -> None:
    state, first = base()
    edits = [wrote(ANNA, 20, "A", first), wrote(BEN, 30, "B", first), wrote(CLEO, 25, "C", first)]
    two = merge(state, edits[:2], both).state
    assert merge(two, edits[2:], both).state == merge(state, edits, both).state
    assert merge(state, edits, both).state["status"].value == "A\n— anna\nC\n— cleo\nB\n— ben"


def test_an_edit_of_a_joined_text_replaces_both() -> None:
    state, first = base()
    joined = merge(state, [wrote(ANNA, 20, "A", first), wrote(BEN, 30, "B", first)], both).state
    merged = merge(joined, [wrote(CLEO, 40, "A and B", *joined["status"].heads)], both)
    assert merged.state["status"].value == "A and B"
    assert merged.conflicts == ()


def test_the_same_narrative_by_two_authors_stands_once() -> None:
    state, first = base()
    merged = merge(state, [wrote(ANNA, 20, "same", first), wrote(BEN, 30, "same", first)], both)
    assert merged.state["status"].value == "same"


def test_a_cleared_narrative_beside_a_text_is_logged() -> None:
    state, first = base()
    merged = merge(state, [wrote(ANNA, 20, "text", first), wrote(BEN, 30, None, first)], both)
    assert merged.state["status"].value == "text"
    (conflict,) = merged.conflicts
    assert (conflict.kept.value, conflict.lost.value, conflict.rule) == ("text", None, "both")


def test_of_two_calculated_values_the_later_stands_and_nothing_is_lost() -> None:
    state, first = base()
    late, early = wrote(ANNA, 30, 3, first), wrote(BEN, 20, 2, first)
    for order in ([late, early], [early, late]):
        merged = merge(merge(state, order[:1]).state, order[1:], lambda path: "calculated")
        assert merged.state["status"].value == 3
        assert len(merged.state["status"].heads) == 2
        assert merged.conflicts == ()


def test_a_rule_from_the_future_is_taken_as_last() -> None:
    state, first = base()
    merged = merge(state, [wrote(ANNA, 30, "A", first), wrote(BEN, 20, "B", first)], lambda path: "highest")
    assert merged.state["status"].value == "A"
    assert [conflict.lost.value for conflict in merged.conflicts] == ["B"]


def test_the_history_is_asked_only_about_contested_paths() -> None:
    asked = []

    def history(path: str) -> list[Known]:
        asked.append(path)
        return []

    state, first = base()
    follows = merge(state, [wrote(BEN, 2, "closed", first)], history=history)
    assert asked == []
    merge(follows.state, [wrote(ANNA, 3, "late", first)], history=history)
    assert asked == ["status"]


def test_true_is_not_one() -> None:
    assert not same(True, 1)
    assert same(1, 1.0)
    assert same(["a"], ["a"])


# The rules that keep what protects

RISK = "highest:unknown,low,medium,high;with=why"
CONSENT = "withdrawn:withdrawn,refused"
RENEWED = "withdrawn:withdrawn;with=given_on"


def said(who, ms, value, *parents, path="status", role="", restored=False, beside=None):
    change = wrote(who, ms, value, *parents, path=path).change
    return Known(replace(change, role=role, restored=restored, beside=beside or {}), change.stamp)


def in_both_orders(rule, first, *others):
    """What is left after a first change and two others, whichever of these comes first."""
    outcomes = []
    for order in (others, tuple(reversed(others))):
        state, log, conflicts = {}, [], {}
        for known in (first, *order):
            merged = merge(state, [known], lambda path: rule, lambda path, past=tuple(log): past)
            log.append(known)
            state = merged.state
            conflicts |= {each.lost.stamp: each for each in merged.conflicts}
        outcomes.append((state["status"], {stamp: each.lost.value for stamp, each in conflicts.items()}))
    assert outcomes[0] == outcomes[1]
    return outcomes[0][0].value, sorted(outcomes[0][1].values(), key=str)


@pytest.mark.parametrize(
    ("lowering", "value"),
    [
        ({}, "high"),
        ({"role": "coordinator"}, "high"),
        ({"role": "coordinator", "beside": {"why": "  "}}, "high"),
        ({"role": "coordinator", "beside": {"other/why": "she moved"}}, "high"),
        ({"role": "officer", "beside": {"why": "she moved"}}, "high"),
        ({"role": "coordinator", "beside": {"why": "she moved"}}, "low"),
    ],
)
def test_a_level_is_lowered_by_a_coordinator_with_a_reason(lowering, value):
    high = said(ANNA, 10, "high")
    low = said(ANNA, 20, "low", high.change.stamp, **lowering)
    merged = merge(merge({}, [high]).state, [low], lambda path: RISK, lambda path: [high])
    assert merged.state["status"].value == value
    assert [each.lost.value for each in merged.conflicts] == (["low"] if value == "high" else [])


def test_a_reason_stands_in_the_same_instance_of_a_repeat():
    here, there = "person[00000000000000aa]", "person[00000000000000bb]"
    for instance, value in ((here, "low"), (there, "high")):
        high = said(ANNA, 10, "high", path=f"{here}/risk")
        low = said(
            BEN, 20, "low", high.change.stamp,
            path=f"{here}/risk", role="coordinator", beside={f"{instance}/why": "she moved"},
        )  # fmt: skip
        merged = merge(merge({}, [high]).state, [low], lambda path: RISK, lambda path, past=high: [past])
        assert merged.state[f"{here}/risk"].value == value


@pytest.mark.parametrize("later", [ANNA, BEN])
def test_the_higher_of_two_levels_given_apart_stays(later):
    first = said(CLEO, 1, "unknown")
    low = said(ANNA, 30 if later is ANNA else 20, "low", first.change.stamp)
    high = said(BEN, 30 if later is BEN else 20, "high", first.change.stamp)
    assert in_both_orders(RISK, first, low, high) == ("high", ["low"])


def test_a_lowering_that_had_not_seen_the_higher_level_does_not_count():
    first = said(CLEO, 1, "medium")
    high = said(ANNA, 20, "high", first.change.stamp)
    low = said(BEN, 30, "low", first.change.stamp, role="coordinator", beside={"why": "a quiet month"})
    assert in_both_orders(RISK, first, high, low) == ("high", ["low"])


def test_a_level_that_nobody_could_lower_is_raised_and_then_followed():
    high, low = said(ANNA, 1, "medium"), None
    low = said(BEN, 2, "low", high.change.stamp)
    state = merge(merge({}, [high]).state, [low], lambda path: RISK, lambda path: [high]).state
    assert state["status"].value == "medium"
    raised = said(CLEO, 3, "high", *state["status"].heads)
    merged = merge(state, [raised], lambda path: RISK)
    assert merged.state["status"].value == "high"
    assert merged.conflicts == ()


@pytest.mark.parametrize("rule", [CONSENT, RENEWED, "withdrawn"])
@pytest.mark.parametrize("ms", [15, 40])
def test_a_withdrawal_beats_a_consent_that_had_not_seen_it(rule, ms):
    first = said(CLEO, 1, "given")
    withdrawn = said(ANNA, 20, "withdrawn", first.change.stamp)
    again = said(BEN, ms, "given", first.change.stamp, beside={"given_on": "2026-01-01"})
    assert in_both_orders(rule, first, withdrawn, again) == ("withdrawn", ["given"])


@pytest.mark.parametrize(
    ("rule", "how", "value"),
    [
        (CONSENT, {}, "given"),
        (CONSENT, {"restored": True}, "withdrawn"),
        (RENEWED, {}, "withdrawn"),
        (RENEWED, {"beside": {"given_on": "2026-02-02"}}, "given"),
        (RENEWED, {"beside": {"given_on": "2026-02-02"}, "restored": True}, "withdrawn"),
    ],
)
def test_a_consent_is_renewed_and_not_restored(rule, how, value):
    withdrawn = said(ANNA, 20, "withdrawn")
    given = said(BEN, 30, "given", withdrawn.change.stamp, **how)
    merged = merge(merge({}, [withdrawn]).state, [given], lambda path: rule, lambda path: [withdrawn])
    assert merged.state["status"].value == value


def test_to_clear_a_withdrawal_revives_nothing():
    first = said(CLEO, 1, "given")
    withdrawn = said(ANNA, 20, "withdrawn", first.change.stamp)
    cleared = said(ANNA, 30, None, withdrawn.change.stamp)
    given = said(BEN, 40, "given", first.change.stamp)
    state = {}
    log = []
    for known in (first, withdrawn, cleared, given):
        state = merge(state, [known], lambda path: CONSENT, lambda path, past=tuple(log): past).state
        log.append(known)
    assert state["status"].value == "withdrawn"


@pytest.mark.parametrize(
    ("rule", "mine", "yours", "value", "lost"),
    [
        ("set", ["a", "b"], ["a", "c"], ["a", "b", "c"], []),
        ("set", [], ["a", "c"], ["c"], []),
        ("set", None, None, None, []),
        ("set", ["b"], [], ["b"], []),
        ("narrow", ["a", "b"], ["a", "c"], ["a"], [["a", "b"], ["a", "c"]]),
        ("narrow", ["b"], ["a", "b", "c"], ["b"], [["a", "b", "c"]]),
        ("narrow", ["b"], ["c"], None, [["b"], ["c"]]),
        ("narrow", None, ["a"], None, [["a"]]),
        ("narrow", "a", ["a"], None, ["a", ["a"]]),
        ("union", ["a", "b"], ["a", "c"], ["a", "b", "c"], []),
        ("union", ["b"], ["a", "c"], ["b", "a", "c"], [["b"]]),
        ("union", [], None, ["a"], [[], None]),
    ],
)  # fmt: skip
def test_of_several_choices(rule, mine, yours, value, lost):
    first = said(CLEO, 1, ["a"])
    one = said(ANNA, 20, mine, first.change.stamp)
    other = said(BEN, 30, yours, first.change.stamp)
    told = sorted(lost, key=str)
    assert in_both_orders(rule, first, one, other) == (value, told)


def test_a_coordinator_takes_off_the_list_what_she_saw_and_nothing_else():
    first = said(CLEO, 1, ["a", "b"])
    off = said(ANNA, 20, ["b"], first.change.stamp, role="coordinator")
    more = said(BEN, 30, ["a", "b", "c"], first.change.stamp)
    assert in_both_orders("union", first, off, more)[0] == ["b", "c"]


@pytest.mark.parametrize(
    ("rule", "mine", "yours", "value"),
    [
        ("cautious:no,unsure,yes", "yes", "no", "yes"),
        ("cautious:no,unsure,yes", None, "no", "no"),
        ("cautious:no,unsure,yes", "of another version", "no", "no"),
        ("cautious:later", "2011-01-01", "1999-01-01", "2011-01-01"),
        ("cautious:later", "1999-01-01", "2011-01-01", "2011-01-01"),
        ("cautious:earlier", "2011-01-01", "1999-01-01", "1999-01-01"),
        ("cautious:earlier", "1999-01-01", "2011-01-01", "1999-01-01"),
    ],
)
def test_the_more_cautious_answer_stands_and_who_saw_both_may_change_it(rule, mine, yours, value):
    first = said(CLEO, 1, None)
    one, other = said(ANNA, 20, mine, first.change.stamp), said(BEN, 30, yours, first.change.stamp)
    assert in_both_orders(rule, first, one, other)[0] == value
    state = merge(merge({}, [first]).state, [one, other], lambda path: rule, lambda path: [first]).state
    after = said(CLEO, 40, "no", *state["status"].heads)
    assert merge(state, [after], lambda path: rule).state["status"].value == "no"


def test_the_text_of_a_rule_says_its_parts():
    assert parse(RISK) == Rule("highest", ("unknown", "low", "medium", "high"), "why")
    assert parse("withdrawn") == Rule("withdrawn", ("withdrawn",))
    assert parse("cautious:a%2Cb,c%3Bd,e%25") == Rule("cautious", ("a,b", "c;d", "e%"))
    assert parse("tomorrow's rule:x;with=y;and=z") == Rule("tomorrow's rule", ("x",), "y")


def test_who_adds_again_what_another_removes_meanwhile_keeps_it_and_the_other_is_told():
    first = said(CLEO, 1, ["a"])
    off = said(ANNA, 50, [], first.change.stamp)
    gone = said(BEN, 20, [], first.change.stamp)
    back = said(BEN, 30, ["a"], gone.change.stamp)
    log = [first, gone, back]
    state = {}
    for number, known in enumerate(log):
        state = merge(state, [known], lambda path: "set", lambda path, past=tuple(log[:number]): past).state
    merged = merge(state, [off], lambda path: "set", lambda path: log)
    assert merged.state["status"].value == ["a"]
    assert [(each.kept.author, each.lost.author) for each in merged.conflicts] == [("ben", "anna")]


def test_who_saw_a_change_saw_what_it_had_seen():
    high = said(ANNA, 10, "high")
    attempt = said(BEN, 20, "medium", high.change.stamp)
    low = said(CLEO, 30, "low", attempt.change.stamp, role="coordinator", beside={"why": "she moved"})
    one_by_one = {}
    for number, known in enumerate((high, attempt, low)):
        past = (high, attempt, low)[:number]
        one_by_one = merge(one_by_one, [known], lambda path: RISK, lambda path, past=past: past).state
    at_once = merge({}, [low, attempt, high], lambda path: RISK).state
    assert one_by_one["status"].value == "low"
    assert at_once == one_by_one

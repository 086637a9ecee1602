"""Merging, over random histories: the order of arrival never matters, and no value gets lost."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync_server.protocol.change import Change
from sync_server.protocol.clock import corrected, format_stamp, lifted
from sync_server.protocol.merge import FieldState, Known, Merged, merge
from sync_server.protocol.merge_rules import parse
from tests.examples import examples

pytestmark = pytest.mark.random

DEVICES = ["aaaaaaaa", "bbbbbbbb", "cccccccc"]
PATHS = ["status", "note", "total"]
LEVELS = ["unknown", "low", "medium", "high"]
CONSENTS = ["given", "refused", "withdrawn"]
ELEMENTS = ["a", "b", "c"]
PROTECTED = ["level", "renewed", "consent", "channels", "threats", "denied", "debt", "born"]
RULES = {
    "note": "both",
    "total": "calculated",
    "level": "highest:unknown,low,medium,high;with=why",
    "renewed": "withdrawn:withdrawn;with=why",
    "consent": "withdrawn:withdrawn,refused",
    "channels": "narrow",
    "threats": "set",
    "denied": "union",
    "debt": "cautious:low,high",
    "born": "cautious:later",
}
RECEIVED = 10_000

History = list[Known]
Law = settings(max_examples=examples(400), deadline=None)


def values_of(path: str) -> st.SearchStrategy[Any]:
    if path in ("level", "debt"):
        return st.sampled_from([*LEVELS, *LEVELS, None, "strange"])
    if path in ("renewed", "consent"):
        return st.sampled_from([*CONSENTS, *CONSENTS, None])
    if path == "born":
        return st.sampled_from(["1999-01-01", "2010-05-05", None])
    if path in ("channels", "threats", "denied"):
        return st.one_of(st.none(), st.lists(st.sampled_from(ELEMENTS), unique=True))
    return st.sampled_from(["x", "y", "z", None, 1, True])


@st.composite
def histories(draw: st.DrawFn, of: Sequence[str] = (*PATHS, *PROTECTED)) -> History:
    """Changes of some paths by three devices whose clocks are off, each knowing any of those before.

    Those of the third device are a coordinator's; some give a reason, some only put back what had lost.
    """
    changes: History = []
    offsets = {device: draw(st.integers(-500, 500)) for device in DEVICES}
    paths = draw(st.lists(st.sampled_from(of), min_size=1, max_size=3, unique=True))
    for number in range(draw(st.integers(1, 9))):
        device, path = draw(st.sampled_from(DEVICES)), draw(st.sampled_from(paths))
        earlier = [known.change.stamp for known in changes if known.change.path == path]
        parents = draw(st.lists(st.sampled_from(earlier), unique=True, max_size=3)) if earlier else []
        ms = 5_000 + draw(st.integers(0, 40)) * 10 + offsets[device]
        stamp = format_stamp(ms, number, device)
        change = Change(
            path,
            draw(values_of(path)),
            stamp,
            tuple(sorted(parents)),
            f"author-{device[0]}",
            device,
            role="coordinator" if device == DEVICES[2] else "",
            restored=draw(st.booleans()),
            beside={"why": draw(st.sampled_from(["she moved", " ", None]))},
        )
        changes.append(Known(change, corrected(stamp, draw(st.sampled_from([0, offsets[device]])), RECEIVED)))
    return changes


def rules(path: str) -> str:
    return RULES.get(path, "last")


def taken_in(batches: Iterable[Sequence[Known]]) -> tuple[dict[str, FieldState], dict[str, Merged]]:
    """The state after these batches, one by one, and the conflicts met on the way, by id."""
    state: dict[str, FieldState] = {}
    log: list[Known] = []
    conflicts = {}
    for batch in batches:
        history = list(log)
        merged = merge(
            state, batch, rules, lambda path, past=history: [k for k in past if k.change.path == path]
        )
        state = merged.state
        log += [known for known in batch if known.change.stamp not in {k.change.stamp for k in log}]
        conflicts.update({conflict.id_in("record"): conflict for conflict in merged.conflicts})
    return state, conflicts


def ancestors(stamp: str, changes: dict[str, Change]) -> set[str]:
    found: set[str] = set()
    waiting = [stamp]
    while waiting:
        for parent in changes[waiting.pop()].parents:
            if parent in changes and parent not in found:
                found.add(parent)
                waiting.append(parent)
    return found


def one_by_one(history: History) -> list[list[Known]]:
    return [[known] for known in history]


def parents_first(history: History, chance: random.Random) -> History:
    """A random order in which nobody's change comes before what it replaced, as a server sees it."""
    waiting, ordered = list(history), []
    while waiting:
        there = {known.change.stamp for known in ordered}
        ready = [known for known in waiting if there.issuperset(known.change.parents)]
        ordered.append(chance.choice(ready))
        waiting.remove(ordered[-1])
    return ordered


@Law
@given(histories(), st.randoms(use_true_random=False))
def test_any_order_of_arrival_gives_the_same_state(history: History, chance: random.Random) -> None:
    expected, _ = taken_in(one_by_one(history))
    shuffled = list(history)
    chance.shuffle(shuffled)
    assert taken_in(one_by_one(shuffled))[0] == expected


@Law
@given(histories(), st.randoms(use_true_random=False))
def test_any_grouping_into_batches_gives_the_same_state(history: History, chance: random.Random) -> None:
    shuffled = list(history)
    chance.shuffle(shuffled)
    cuts = sorted(chance.randrange(len(shuffled) + 1) for _ in range(3))
    edges = [0, *cuts, len(shuffled)]
    batches = [shuffled[start:end] for start, end in pairwise(edges)]
    assert taken_in(batches)[0] == taken_in(one_by_one(history))[0]


@Law
@given(histories(), st.randoms(use_true_random=False))
def test_changes_that_come_twice_change_nothing(history: History, chance: random.Random) -> None:
    state, _ = taken_in(one_by_one(history))
    repeated = history + chance.choices(history, k=5)
    assert taken_in(one_by_one(repeated))[0] == state
    again = merge(state, history, rules, lambda path: [k for k in history if k.change.path == path])
    assert again.state == state
    assert again.applied == ()


@Law
@given(histories(), st.randoms(use_true_random=False))
def test_the_heads_are_the_changes_that_nobody_replaced(history: History, chance: random.Random) -> None:
    chance.shuffle(history)
    state, _ = taken_in(one_by_one(history))
    for path, field in state.items():
        changes = {known.change.stamp: known.change for known in history if known.change.path == path}
        replaced = {parent for change in changes.values() for parent in change.parents}
        assert set(field.heads) == changes.keys() - replaced


@Law
@given(histories(PATHS), st.randoms(use_true_random=False))
def test_every_losing_value_is_logged_or_seen_by_who_replaced_it(
    history: History, chance: random.Random
) -> None:
    chance.shuffle(history)
    state, conflicts = taken_in(one_by_one(history))
    logged = {conflict.lost.stamp: conflict for conflict in conflicts.values()}
    assert len(conflicts) == len(logged)
    assert "total" not in {conflict.path for conflict in conflicts.values()}
    for path, field in state.items():
        if path == "total":
            continue  # Nobody typed it, so it cannot be lost.
        changes = {known.change.stamp: known.change for known in history if known.change.path == path}
        seen = set().union(*(ancestors(head, changes) for head in field.heads))
        latest = max(field.in_full, key=lambda head: head.order)
        texts = path == "note" and all(isinstance(head.value, str | None) for head in field.in_full)
        written = [head for head in field.in_full if head.value] if texts else []
        keepers = {head.device for head in written or [latest]}
        for stamp, change in changes.items():
            kept = change.value == field.value and type(change.value) is type(field.value)
            joined = isinstance(change.value, str) and change.value in str(field.value) and path == "note"
            same_device = {change.device} == keepers
            assert stamp in seen or kept or joined or same_device or stamp in logged


@Law
@given(histories(PATHS), st.randoms(use_true_random=False))
def test_only_concurrent_different_values_of_different_devices_are_conflicts(
    history: History, chance: random.Random
) -> None:
    _, conflicts = taken_in(one_by_one(parents_first(history, chance)))
    for conflict in conflicts.values():
        kept, lost = conflict.kept, conflict.lost
        changes = {
            known.change.stamp: known.change for known in history if known.change.path == conflict.path
        }
        assert lost.value == changes[lost.stamp].value
        assert kept.device != lost.device
        assert (kept.value, type(kept.value)) != (lost.value, type(lost.value))
        assert kept.stamp not in ancestors(lost.stamp, changes)
        assert lost.stamp not in ancestors(kept.stamp, changes)


@Law
@given(histories(), st.randoms(use_true_random=False))
def test_the_latest_head_wins_and_a_child_is_later_than_its_parents(
    history: History, chance: random.Random
) -> None:
    chance.shuffle(history)
    state, _ = taken_in(one_by_one(history))
    for path in state.keys() & {"status", "total"}:
        ordered = sorted(
            (known for known in history if known.change.path == path),
            key=lambda known: int(known.change.stamp[13:17], 16),
        )
        effective: dict[str, str] = {}
        for known in ordered:
            parents = [effective[parent] for parent in known.change.parents]
            effective[known.change.stamp] = lifted(known.effective, parents)
            assert all(parent < effective[known.change.stamp] for parent in parents)
        field = state[path]
        best = max(field.heads, key=lambda head: (effective[head], head))
        values = {known.change.stamp: known.change.value for known in ordered}
        assert (field.value, field.effective) == (values[best], effective[best])


# What the protective rules promise, whatever the order


def shuffled(history: History, chance: random.Random) -> History:
    mixed = list(history)
    chance.shuffle(mixed)
    return mixed


def by_stamp(history: History, path: str) -> dict[str, Change]:
    return {known.change.stamp: known.change for known in history if known.change.path == path}


def descendants(stamp: str, changes: dict[str, Change]) -> list[Change]:
    return [change for other, change in changes.items() if stamp in ancestors(other, changes)]


def has_reason(change: Change) -> bool:
    return change.beside["why"] == "she moved"


def level(value: Any) -> int:
    return LEVELS.index(value) if value in LEVELS else -1


@Law
@given(histories(["level"]), st.randoms(use_true_random=False))
def test_no_merge_lowers_a_risk_without_a_coordinator_who_had_seen_it_and_gave_a_reason(
    history: History, chance: random.Random
) -> None:
    state, conflicts = taken_in(one_by_one(shuffled(history, chance)))
    changes = by_stamp(history, "level")
    for stamp, change in changes.items():
        if level(change.value) > level(state["level"].value):
            after = descendants(stamp, changes)
            assert any(each.role == "coordinator" and has_reason(each) for each in after)
    told = {conflict.lost.stamp for conflict in conflicts.values()}
    for head in state["level"].heads:
        assert changes[head].value == state["level"].value or head in told


@Law
@given(histories(["consent", "renewed"]), st.randoms(use_true_random=False))
def test_no_merge_and_no_restore_revives_a_withdrawn_consent(history: History, chance: random.Random) -> None:
    state, conflicts = taken_in(one_by_one(shuffled(history, chance)))
    told = {conflict.lost.stamp for conflict in conflicts.values()}
    for path, field in state.items():
        changes = by_stamp(history, path)
        for stamp, change in changes.items():
            if change.value == "withdrawn" and field.value in ("given", None):
                anew = [each for each in descendants(stamp, changes) if each.value and not each.restored]
                assert any(path == "consent" or has_reason(each) for each in anew)
        if field.value == "withdrawn":
            assert all(changes[head].value == "withdrawn" or head in told for head in field.heads)


@Law
@given(histories(["channels"]), st.randoms(use_true_random=False))
def test_no_merge_widens_a_safe_contact(history: History, chance: random.Random) -> None:
    state, conflicts = taken_in(one_by_one(shuffled(history, chance)))
    told = {conflict.lost.stamp for conflict in conflicts.values()}
    field = state["channels"]
    devices = {head.device for head in field.in_full}
    for head in field.in_full:
        assert set(field.value or ()) <= set(head.value or ())
        narrowed = set(field.value or ()) != set(head.value or ())
        assert not narrowed or len(devices) == 1 or head.stamp in told


@Law
@given(histories(["denied"]), st.randoms(use_true_random=False))
def test_nobody_but_a_coordinator_who_saw_it_takes_a_name_off_the_deny_list(
    history: History, chance: random.Random
) -> None:
    state, _ = taken_in(one_by_one(shuffled(history, chance)))
    changes = by_stamp(history, "denied")
    left = set(state["denied"].value or ())
    for stamp, change in changes.items():
        known = {name for other in ancestors(stamp, changes) for name in changes[other].value or ()}
        for name in set(change.value or ()) - known - left:
            after = descendants(stamp, changes)
            assert any(each.role == "coordinator" and name not in (each.value or ()) for each in after)


@Law
@given(histories(["threats"]), st.randoms(use_true_random=False))
def test_of_several_choices_what_all_have_stays_and_what_nobody_has_does_not_come_back(
    history: History, chance: random.Random
) -> None:
    state, _ = taken_in(one_by_one(shuffled(history, chance)))
    heads = [set(head.value or ()) for head in state["threats"].in_full]
    value = set(state["threats"].value or ())
    assert set.intersection(*heads) <= value <= set.union(*heads)


@Law
@given(histories(["debt", "born"]), st.randoms(use_true_random=False))
def test_of_answers_given_apart_the_more_cautious_stands(history: History, chance: random.Random) -> None:
    state, _ = taken_in(one_by_one(shuffled(history, chance)))
    for path, field in state.items():
        rule = parse(rules(path))
        assert all(rule.rank(head.value) <= rule.rank(field.value) for head in field.in_full)


@Law
@given(histories(["level", "consent", "channels", "denied"]), st.integers(0, 9))
def test_a_device_without_the_log_never_shows_less_protection_than_the_server_told(
    history: History, many: int
) -> None:
    """The device has what the server told after some of the changes, and one of the others as its own."""
    there, unsent = history[:many], history[many : many + 1]
    state, _ = taken_in(one_by_one(there))
    if not state or not unsent or unsent[0].change.path not in state:
        return
    own = unsent[0].change
    before, after = state[own.path].value, merge(state, unsent, rules).state[own.path].value
    lowered = own.role == "coordinator" and has_reason(own)
    if own.path == "level":
        assert level(after) >= level(before) or lowered
    elif own.path == "consent" and before == "withdrawn":
        assert after in ("withdrawn", "refused") or (own.value == after and not own.restored and own.parents)
    elif own.path == "denied" and own.role != "coordinator":
        assert set(before or ()) <= set(after or ())
    elif own.path == "channels" and not own.parents:
        assert set(after or ()) <= set(before or ())

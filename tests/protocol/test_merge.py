"""What merging means, case by case."""

from __future__ import annotations

from sync_server.protocol.change import Change
from sync_server.protocol.clock import format_stamp
from sync_server.protocol.merge import Known, RecordState, conflict_id, merge, same

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

"""What the schemas let through, and what they say about the rest."""

from __future__ import annotations

import copy
import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync_server.protocol import schema
from sync_server.protocol.change import MAX_CHOICES, MAX_TEXT, ChangeSet, check, is_path, is_value
from sync_server.protocol.merge import FieldState, Head
from sync_server.protocol.messages import Cursor, RecordDelta, SyncRequest, SyncResponse
from sync_server.protocol.problems import CODES, Problem

GOLDEN = Path(__file__).parent / "golden"
REQUEST = json.loads((GOLDEN / "sync_request.json").read_text())
RESPONSE = json.loads((GOLDEN / "sync_response.json").read_text())


def changed(message: dict[str, Any], at: str, value: Any) -> dict[str, Any]:
    copied = copy.deepcopy(message)
    *way, last = [int(step) if step.isdigit() else step for step in at.split(".")]
    target: Any = copied
    for step in way:
        target = target[step]
    target[last] = value
    return copied


@pytest.mark.parametrize(
    ("at", "value"),
    [
        ("batch", "not-a-uuid"),
        ("clock", None),
        ("clock.now", "1700000000000"),
        ("limit", 0),
        ("limit", 2**40),
        ("demo", "true"),
        ("cursor", "x" * 2_000),
        ("forms", "short"),
        ("surprise", 1),
        ("changes", {}),
        ("changes.0.record", "../../etc"),
        ("changes.0.record", "6F1F0A52-2F0C-4C37-9D0B-0C1F6A6F5B01"),
        ("changes.0.stamp", "018bcfe56802-0000-0a1b2c3d\n"),
        ("changes.0.sequence", 0),
        ("changes.0.sequence", 1.0),
        ("changes.0.sequence", True),
        ("changes.0.values", []),
        ("changes.0.stamps", {"outcome": 5}),
        ("changes.0.parents", "018bcfe56802-0000-0a1b2c3d"),
        ("changes.0.parents", ["x"]),
        ("changes.0.path_parents", {"outcome": ["x"]}),
        ("changes.0.author", "an\nna"),
        ("changes.0.author", ""),
        ("changes.0.uptime", -1),
        ("settled.0.state", "open"),
    ],
)
def test_a_bad_field_is_named(at: str, value: Any) -> None:
    with pytest.raises(Problem) as told:
        schema.load(SyncRequest, changed(REQUEST, at, value))
    assert told.value.code == "sync.body.invalid"
    assert str(told.value.params["field"]).startswith(at.split(".")[0])


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'{"a": NaN}', b"[" * 100_000, b"1" * 5_000])
def test_what_is_not_json_is_told(body: bytes) -> None:
    with pytest.raises(Problem) as told:
        schema.decode(SyncRequest, body)
    assert told.value.code in {"sync.body.not_json", "sync.body.invalid"}


@pytest.mark.parametrize("data", [None, [], "x", 5])
def test_a_message_is_an_object(data: Any) -> None:
    with pytest.raises(Problem, match=r"sync\.body\.invalid"):
        schema.load(SyncRequest, data)


def test_another_protocol_is_told_before_its_fields_are_looked_at() -> None:
    with pytest.raises(Problem) as told:
        schema.load(SyncRequest, {"protocol": 99, "whatever": 1})
    assert (told.value.code, told.value.params) == (
        "sync.protocol.unsupported",
        {"protocol": 99, "newest": 1},
    )


def test_a_newer_server_may_say_more() -> None:
    richer = changed(changed(RESPONSE, "news", 1), "page.items.0.sealed", {"x": 1})
    assert schema.load(SyncResponse, richer) == schema.load(SyncResponse, RESPONSE)


@pytest.mark.parametrize(
    "ranges", [[[3, 2]], [[0, 1]], [[1, 10**12]], [1], "x", [[1, "2"]], [[True, 2]], [[1, 2, 3]]]
)
def test_accepted_ranges_are_checked(ranges: Any) -> None:
    with pytest.raises(Problem, match=r"sync\.body\.invalid"):
        schema.load(SyncResponse, changed(RESPONSE, "accepted", ranges))


@pytest.mark.parametrize(
    "path",
    ["a", "group/name", "r[0123456789abcdef]", "g/r[0123456789abcdef]/q.1", "العمر", "вік/ім_я", "_x-y"],
)
def test_addresses_of_answers(path: str) -> None:
    assert is_path(path)


@pytest.mark.parametrize(
    "path",
    ["", "/a", "a/", "a//b", "../a", "a b", "r[1]", "r[0123456789abcdeF]", "1a", "a\n", "a" * 401, "a[*]"],
)
def test_no_addresses_of_answers(path: str) -> None:
    assert not is_path(path)


@pytest.mark.parametrize(
    "value",
    [
        {},
        [1],
        [None],
        [["a"]],
        math.inf,
        math.nan,
        2**63,
        "\0",
        "\ud800",
        "x" * (MAX_TEXT + 1),
        ["a"] * (MAX_CHOICES + 1),
    ],
)
def test_no_values_of_answers(value: Any) -> None:
    assert not is_value(value)


@pytest.mark.parametrize("value", [None, True, 0, -5, 2.5, "", "текст 😀 نص", [], ["a", "b"]])
def test_values_of_answers(value: Any) -> None:
    assert is_value(value)


def test_a_change_is_not_its_own_parent() -> None:
    stamp = "018bcfe56802-0000-0a1b2c3d"
    own = ChangeSet("", "", "", "", "", stamp, "anna", "0a1b2c3d", 1, {"a": 1}, parents=(stamp,))
    with pytest.raises(Problem, match="parents"):
        check(own)


@pytest.mark.parametrize(
    "text",
    [
        "", "x", "####", "W10", "WzEsMiwzXQ", "é", "WyJhIiwiYiIsLTFd", "WyJhIiwiYiIsdHJ1ZV0",
        "WyJhIiwiYiJd", "WyJhIiwiYiIsMSwyXQ", "WyJhIiwiYiIsMiwtMV0", "WyJhIiwiYiIsMywyLDFd",
    ],
)  # fmt: skip
def test_what_is_no_cursor_is_told(text: str) -> None:
    with pytest.raises(Problem, match=r"sync\.cursor\.invalid"):
        Cursor.parse(text)


@given(st.text(max_size=50), st.text(max_size=50), st.integers(0, 2**62), st.data())
def test_cursors_come_back_as_they_were_given(
    epoch: str, scope: str, sequence: int, data: st.DataObject
) -> None:
    complete = data.draw(st.none() | st.integers(0, sequence))
    cursor = Cursor(epoch, scope, sequence, complete)
    assert Cursor.parse(str(cursor)) == cursor


STAMPS = st.builds(
    "{:012x}-{:04x}-{}".format, st.integers(0, 9), st.integers(0, 2), st.sampled_from(["a" * 8, "b" * 8])
)
AUTHORS = st.sampled_from(["anna", "ben"])
HEADS = st.builds(Head, st.sampled_from(["x", None, 1]), STAMPS, STAMPS, AUTHORS)


@st.composite
def states(draw: st.DrawFn) -> FieldState:
    heads = tuple(
        sorted(
            draw(st.lists(HEADS, min_size=1, max_size=3, unique_by=lambda h: h.stamp)), key=lambda h: h.order
        )
    )
    latest = heads[-1]
    claims = tuple(sorted(head.stamp for head in heads))
    rivals = heads if len(heads) > 1 else ()
    return FieldState(latest.value, claims, latest.effective, latest.author, latest.device, rivals)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(["a", "b", "c", "d/e"]), states(), min_size=1))
def test_a_delta_tells_every_state_exactly_over_the_wire(told: dict[str, FieldState]) -> None:
    delta = RecordDelta.of(REQUEST["changes"][0]["record"], REQUEST["changes"][0]["case"], "f", "1", told)
    assert delta.states() == told
    assert schema.decode(RecordDelta, schema.encode(delta)).states() == told
    assert delta.latest == max(head.effective for state in told.values() for head in state.in_full)


def test_every_code_has_three_parts_and_a_status_of_an_error() -> None:
    for code, status in CODES.items():
        assert len(code.split(".")) in (2, 3, 4), code
        assert 400 <= status < 600
    assert Problem("of.a.newer_server").status == 500

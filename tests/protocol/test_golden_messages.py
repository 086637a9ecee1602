"""The wire, pinned: each message of golden/ is what this program writes, and reads back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sync_server.protocol import messages, schema
from sync_server.protocol.change import ChangeSet
from sync_server.protocol.merge import Head, conflict_id
from sync_server.protocol.problems import Problem

GOLDEN = Path(__file__).parent / "golden"

RECORD = "6f1f0a52-2f0c-4c37-9d0b-0c1f6a6f5b01"
CASE = "1b0a7a0e-6a52-4d5e-8f39-51c1b2a3c4d5"
FIRST, SECOND, THIRD = (f"018bcfe568{number}-0000-0a1b2c3d" for number in ("00", "01", "02"))
OTHERS = "018bcfe56801-0000-ffffffff"
MEMBER = "household/member[9f3c0a1b2c3d4e5f]"
CURSOR = str(messages.Cursor("77d1c0ffee00beef", "tirana", 42))

CHANGE_SET = ChangeSet(
    id="9d5c1a34-07bf-4b5e-a1f0-66d1f2f3a4b5",
    record=RECORD,
    case=CASE,
    form="monitoring_contact",
    form_version="1",
    stamp=THIRD,
    author="anna",
    device="0a1b2c3d",
    sequence=7,
    values={
        "outcome": "met",
        "present": ["self", "mother"],
        MEMBER: 1,
        f"{MEMBER}/age": 7,
        "observation": None,
    },
    parents=(),
    stamps={"outcome": FIRST, "observation": SECOND},
    path_parents={"observation": (OTHERS, FIRST)},
    boot="b7c1f2aa",
    uptime=86_400_000,
)

MESSAGES: dict[str, Any] = {
    "sync_request": messages.SyncRequest(
        clock=messages.ClockReading(now=1_700_000_000_000, boot="b7c1f2aa", uptime=86_400_123),
        batch="3a1b5c7d-9e0f-4a2b-8c4d-6e8f0a1b2c3d",
        changes=(CHANGE_SET,),
        settled=(messages.Settled(conflict_id(RECORD, "outcome", FIRST), "restored"),),
        cursor=CURSOR,
        limit=500_000,
        forms="0123456789abcdef0123456789abcdef",
        reference="0123456789abcdef",
        demo=True,
    ),
    "sync_request_idle": messages.SyncRequest(
        clock=messages.ClockReading(now=1_700_000_000_000, boot="b7c1f2aa", uptime=86_400_123),
        cursor=CURSOR,
        forms="0123456789abcdef0123456789abcdef",
        reference="0123456789abcdef",
    ),
    "sync_response": messages.SyncResponse(
        page=messages.Page(
            items=(
                messages.RecordDelta(
                    record=RECORD,
                    case=CASE,
                    form="monitoring_contact",
                    form_version="1",
                    author="anna",
                    stamp=THIRD,
                    effective=FIRST,
                    values={
                        "outcome": "met",
                        "risk_level": "high",
                        "observation": "A\n— anna\nB\n— ben",
                        "gone": None,
                    },
                    stamps={"risk_level": OTHERS, "gone": FIRST},
                    effectives={"gone": SECOND},
                    authors={"risk_level": "ben"},
                    rivals={
                        "observation": (Head("A", FIRST, FIRST, "anna"), Head("B", OTHERS, OTHERS, "ben"))
                    },
                ),
            ),
            cursor=CURSOR,
            more=True,
            purged=("00000000-0000-4000-8000-000000000000",),
        ),
        now=1_700_000_000_100,
        max_stamp=OTHERS,
        accepted=(1, 2, 3, 7),
        refused=(messages.Refused(8, "sync.form.unknown", {"form": "visit", "version": "2"}),),
        received=8,
        conflicts=(
            messages.ConflictNotice(
                id=conflict_id(RECORD, "outcome", FIRST),
                record=RECORD,
                case=CASE,
                form="monitoring_contact",
                path="outcome",
                rule="last",
                state="open",
                kept=["phone_only"],
                kept_author="ben",
                kept_stamp=OTHERS,
                kept_effective=OTHERS,
                lost=None,
                lost_author="anna",
                lost_stamp=FIRST,
                lost_effective=FIRST,
            ),
        ),
        forms=(messages.FormListing("monitoring_contact", "1", "ab" * 16),),
        reference=messages.Reference(
            (messages.Colleague("ben", "Ben Ü", "coordinator", "tirana", "al", "Europe/Tirane"),),
            {"own": 'id = "own"\ntitle = "Own"\n'},
        ),
        alarms=(
            messages.AlarmNotice(
                "alarm.arrival.unconfirmed", "AL-7Q4KD2M-X", 1_700_000_000_000, 1_700_000_000_050, CASE
            ),
        ),
    ),
    "sync_response_idle": messages.SyncResponse(
        page=messages.Page(items=(), cursor=CURSOR), now=1_700_000_000_100, received=8
    ),
    "sync_response_no_forms": messages.SyncResponse(
        page=messages.Page(items=(), cursor=CURSOR),
        now=1_700_000_000_100,
        forms=(),
        reference=messages.Reference(),
    ),
    "about": messages.About(server="77d1", name="Homeward Tirana", demo=False, now=1_700_000_000_000),
    "enrol_request": messages.EnrolRequest("anna", "a long passphrase", "Tablet 4", demo=True),
    "enrol_response": messages.EnrolResponse(
        device="0a1b2c3d",
        token="opaque",
        user=messages.EnrolledUser("anna", "Ana Ñ", "officer", "tirana", "Europe/Tirane"),
        server="77d1",
        epoch="77d1c0ffee00beef",
        now=1_700_000_000_000,
    ),
    "enrol_response_with_keys": messages.EnrolResponse(
        device="0a1b2c3d",
        token="opaque",
        user=messages.EnrolledUser("anna", "Ana Ñ", "officer", "tirana", "Europe/Tirane"),
        server="77d1",
        epoch="77d1c0ffee00beef",
        now=1_700_000_000_000,
        reference=messages.Reference(
            recovery_key="LCXSRH6XNjNvh2Q4MUeyjcwKfOBTiLMyGK6DEU4gTEE=",
            unlock_codes=(messages.UnlockCode(4, "a7" * 8),),
        ),
    ),
    "enrol_response_with_policy": messages.EnrolResponse(
        device="0a1b2c3d",
        token="opaque",
        user=messages.EnrolledUser("anna", "Ana Ñ", "officer", "tirana", "Europe/Tirane"),
        server="77d1",
        epoch="77d1c0ffee00beef",
        now=1_700_000_000_000,
        reference=messages.Reference(cover=messages.CoverPolicy(300, 120, True, 6)),
    ),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_the_wire_stays_as_it_is(name: str) -> None:
    golden = (GOLDEN / f"{name}.json").read_bytes()
    message = MESSAGES[name]
    assert schema.dump(message) == json.loads(golden)
    assert schema.decode(type(message), golden) == message
    assert schema.decode(type(message), schema.encode(message)) == message


def test_a_problem_has_one_shape() -> None:
    problem = Problem("sync.sequence.gap", {"expected": 4})
    golden = json.loads((GOLDEN / "problem.json").read_text())
    assert problem.as_json("3f0a") == golden
    assert problem.status == 409
    assert str(problem) == "sync.sequence.gap (expected=4)"


def test_nothing_to_do_takes_few_bytes() -> None:
    for name in ("sync_request_idle", "sync_response_idle"):
        assert len(schema.encode(MESSAGES[name])) < 300


def test_every_golden_message_is_checked() -> None:
    assert {path.stem for path in GOLDEN.glob("*.json")} == {*MESSAGES, "problem"}

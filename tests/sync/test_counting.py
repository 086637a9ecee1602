"""The server or the device was put back to an older state: both count on, and nothing is stuck or lost."""

from __future__ import annotations

import pytest

from app.problems import Problem
from app.store.repair import repair
from app.sync import receipt
from app.sync.outcome import Outcome
from app.sync.receipt import PUT_BACK
from sync_server.protocol.messages import Page, Refused, SyncRequest, SyncResponse
from tests.sync.workers import CHEAP, Forms, Server, Worker, World


def code_of(outcome: Outcome) -> str | None:
    return outcome.problem.code if outcome.problem else None


def test_after_the_servers_file_came_from_a_copy_work_goes_on_in_the_same_sync(
    server: Server, mira: Worker, world: World
) -> None:
    record = mira.fill(phone="0")
    mira.sync()
    copy = server.copy()
    for number in "123":
        mira.change(record, phone=number)
    mira.sync()
    server.restore(copy)
    world.later()

    mira.change(record, phone="new")
    other = mira.fill(note="n")
    outcome = mira.sync()
    assert (outcome.sent, outcome.refused) == (2, 0)
    assert server.values(record) == {"phone": "new"} == mira.values(record)
    assert server.values(other) == {"note": "n"}
    assert mira.states() == {"waiting": 0, "sent": 0, "refused": 0}


def test_an_old_copy_of_the_devices_store_goes_on_counting_where_the_server_is(
    server: Server, mira: Worker, world: World
) -> None:
    record = mira.fill(phone="0")
    mira.sync()
    old = mira.copy()
    for number in "123":
        mira.change(record, phone=number)
        mira.sync()
    mira.reopen(old)
    world.later()

    first = mira.fill(note="a")
    mira.change(first, note="b")
    outcome = mira.syncer.sync()
    assert (outcome.sent, outcome.refused, code_of(outcome)) == (2, 0, PUT_BACK)
    assert server.values(first) == {"note": "b"} == mira.values(first)
    assert mira.values(record) == {"phone": "3"}
    assert server.conflict_log() == []


def test_an_old_copy_of_store_and_anchor_is_told_by_the_next_sync_even_if_nothing_waits(
    server: Server, mira: Worker, world: World
) -> None:
    record = mira.fill(phone="0")
    mira.sync()
    old = mira.copy()
    mira.change(record, phone="1")
    mira.sync()
    mira.reopen(old)

    assert code_of(mira.syncer.sync()) == PUT_BACK
    assert mira.values(record) == {"phone": "1"}
    # It is told once, and kept for whoever asks later; the count has gone on behind the server's.
    mira.sync()
    assert mira.store.read(receipt.receipt).put_back is not None
    mira.change(record, phone="2")
    assert mira.sync().sent == 1
    assert server.values(record) == {"phone": "2"}


def test_that_the_device_was_put_back_is_told_by_the_sync_after_one_that_a_cut_ended(
    server: Server, mira: Worker, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = mira.fill(phone="0")
    mira.sync()
    old = mira.copy()
    mira.change(record, phone="1")
    mira.sync()
    mira.reopen(old)

    def cut(*_: object) -> None:
        raise Problem("sync.server.unreachable")

    with monkeypatch.context() as line:
        line.setattr(mira.syncer, "_fetch_forms", cut)
        assert code_of(mira.syncer.sync()) == "sync.server.unreachable"
    assert code_of(mira.syncer.sync()) == PUT_BACK


def test_a_repaired_store_counts_on_where_the_server_is_and_is_not_said_to_have_been_put_back(
    server: Server, mira: Worker, world: World
) -> None:
    record = mira.fill(phone="0")
    mira.sync()
    old = mira.copy()
    for number in "12":
        mira.change(record, phone=number)
        mira.sync()
    mira.store.close()
    (mira.folder / "store.db").write_bytes(old["store.db"])
    repair(mira.folder, "pw", now_ms=mira.now, floor=CHEAP)
    world.later()

    mira.reopen()
    other = mira.fill(note="written before the first sync after it")
    outcome = mira.sync()
    assert (outcome.sent, outcome.refused) == (1, 0)
    assert mira.values(record) == {"phone": "2"}
    assert server.values(other) == {"note": "written before the first sync after it"}
    assert mira.store.read(receipt.receipt).put_back is None
    mira.change(record, phone="3")
    assert mira.sync().sent == 1


def test_a_device_that_was_never_put_back_is_never_said_to_be(
    server: Server, mira: Worker, world: World
) -> None:
    record = mira.fill(phone="0")
    copy = server.copy()
    server.lose = 1
    mira.syncer.sync()
    mira.reopen()
    mira.sync()
    mira.change(record, phone="1")
    mira.sync()
    server.restore(copy)
    mira.change(record, phone="2")
    mira.sync()
    assert mira.store.read(receipt.receipt).put_back is None


def test_numbers_that_reach_beyond_the_servers_keep_parents_and_children_together(
    server: Server, mira: Worker, world: World
) -> None:
    record = mira.fill(story="0")
    mira.sync()
    old = mira.copy()
    for number in "123":
        mira.fill(note=number)
        mira.sync()
    mira.reopen(old)
    # Numbers 2 to 4 are the server's already, 5 and 6 are not: all five stand on each other.
    for story in "abcde":
        world.later(1000)
        mira.change(record, story=story)
    outcome = mira.syncer.sync()
    assert (outcome.sent, outcome.refused, code_of(outcome)) == (5, 0, PUT_BACK)
    assert server.values(record) == {"story": "e"} == mira.values(record)
    assert mira.states() == {"waiting": 0, "sent": 0, "refused": 0}


def test_what_stands_on_a_change_that_the_server_refused_waits_for_its_author(
    server: Server, mira: Worker, arben: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = mira.fill(story="First visit.")
    mira.sync()
    arben.sync()
    with monkeypatch.context() as unknown:
        unknown.setattr(Forms, "rules", lambda *_: None)
        arben.change(record, story="First visit, wrongly told.")
        assert arben.sync().refused == 1
    arben.fill(note="another record")
    arben.change(record, story="First visit. Second visit.")
    assert arben.sync().refused == 0
    assert server.values(record) == {"story": "First visit. Second visit."} == arben.values(record)
    assert arben.states() == {"waiting": 0, "sent": 0, "refused": 0}


def test_an_old_store_with_work_that_the_server_has_already_does_it_no_harm(
    server: Server, mira: Worker, world: World
) -> None:
    record = mira.fill(phone="0", story="s")
    mira.change(record, story="t")
    old = mira.copy()
    mira.sync()
    mira.fill(note="sent after the copy was made")
    mira.sync()
    mira.reopen(old)
    world.later()
    mira.change(record, story="u")
    assert code_of(mira.syncer.sync()) == PUT_BACK
    assert server.values(record) == {"phone": "0", "story": "u"} == mira.values(record)
    assert server.conflict_log() == []


def test_a_server_that_never_agrees_ends_the_sync_and_costs_nothing(
    server: Server, mira: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    mira.sync()
    record = mira.fill(phone="0")
    asked: list[SyncRequest] = []

    def never(request: SyncRequest) -> SyncResponse:
        asked.append(request)
        refused = tuple(Refused(each.sequence, "sync.sequence.gap") for each in request.changes)
        page = Page((), request.cursor or "")
        return SyncResponse(page, server.world.now, refused=refused, received=len(asked) * 7)

    monkeypatch.setattr(mira.line, "sync", never)
    outcome = mira.syncer.sync()
    assert isinstance(outcome.problem, Problem)
    assert outcome.problem.code == "sync.sequence.gap"
    assert len(asked) < 10
    assert mira.states() == {"waiting": 1, "sent": 0, "refused": 0}
    monkeypatch.undo()
    # It spoke of numbers that this device never gave, and that is told once the server is itself again.
    assert code_of(mira.syncer.sync()) == PUT_BACK
    assert server.values(record) == {"phone": "0"}


def test_what_was_refused_is_corrected_without_doubling_a_story(
    server: Server, mira: Worker, arben: Worker
) -> None:
    record = mira.fill(story="First visit.", phone="0")
    mira.sync()
    arben.sync()
    arben.change(record, story="z" * 200_001, phone="5")
    arben.change(record, story="First visit. Second visit.")
    outcome = arben.sync()
    assert (outcome.sent, outcome.refused) == (1, 0)
    assert server.values(record) == {"story": "First visit. Second visit.", "phone": "5"}
    assert arben.values(record) == server.values(record)
    assert server.conflict_log() == []


def test_a_child_that_shares_the_fate_of_a_miscounted_parent_goes_out_again_with_it(
    server: Server, mira: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    mira.sync()
    record = mira.fill(story="a")
    mira.change(record, story="b")
    truly, asked = mira.line.sync, []

    def miscount_once(request: SyncRequest) -> SyncResponse:
        asked.append(request)
        if len(asked) > 1:
            return truly(request)
        parent, child = (each.sequence for each in request.changes)
        refused = (Refused(parent, "sync.sequence.gap"), Refused(child, "sync.parent.refused"))
        return SyncResponse(Page((), request.cursor or ""), server.world.now, refused=refused)

    monkeypatch.setattr(mira.line, "sync", miscount_once)
    outcome = mira.sync()
    assert (outcome.sent, outcome.refused) == (2, 0)
    assert server.values(record) == {"story": "b"} == mira.values(record)

"""Who wrote last wins, whatever the clocks said."""

from __future__ import annotations

from app.store import drafts
from tests.sync.workers import HOUR, YEAR, Server, Worker, World


def test_an_early_answer_that_was_finished_late_does_not_win(
    server: Server, mira: Worker, arben: Worker, world: World
) -> None:
    record = mira.fill(phone="0")
    mira.sync()
    arben.sync()
    world.later()
    mira.store.write(lambda db: drafts.open_draft(db, record))
    mira.store.write(lambda db: drafts.save_answers(db, record, {"phone": "early"}))
    world.later()
    arben.change(record, phone="later")
    arben.sync()
    world.later()
    mira.store.write(lambda db: drafts.finish(db, record))
    mira.sync()
    assert server.values(record) == {"phone": "later"}
    (lost,) = server.conflict_log()
    assert (lost.kept, lost.lost) == ("later", "early")


def test_one_day_with_a_clock_in_2099_does_not_stamp_all_that_follows(
    server: Server, mira: Worker, arben: Worker, world: World
) -> None:
    record = mira.fill(phone="0")
    mira.sync()
    arben.sync()
    mira.off = 73 * YEAR
    mira.fill(note="written while the clock was wrong")
    mira.off = 0
    mira.reboot()
    mira.sync()

    world.later(24 * HOUR)
    mira.change(record, phone="monday")
    mira.reboot()
    world.later(48 * HOUR)
    arben.change(record, phone="wednesday")
    arben.sync()
    world.later(48 * HOUR)
    mira.sync()
    assert server.values(record)["phone"] == "wednesday"


def test_a_clock_is_not_put_back_while_a_draft_holds_its_stamps(
    server: Server, mira: Worker, world: World
) -> None:
    record = mira.fill(phone="0")
    mira.sync()
    mira.off = 73 * YEAR
    mira.store.write(lambda db: drafts.open_draft(db, record))
    first = mira.store.write(lambda db: drafts.save_answers(db, record, {"phone": "1"}))
    mira.off = 0
    mira.sync()
    assert mira.store.write(lambda db: drafts.save_answers(db, record, {"phone": "2"})) > first
    mira.store.write(lambda db: drafts.finish(db, record))
    mira.sync()
    world.later()
    mira.store.write(lambda db: drafts.open_draft(db, record))
    assert mira.store.write(lambda db: drafts.save_answers(db, record, {"phone": "3"})) < first

"""A page of the pull: taken in once or twice it says the same, and what is purged is gone."""

from __future__ import annotations

import pytest

from app.store import cases, drafts, meta, outbox, pages, records
from sync_server.protocol.messages import Page


def write(device, record, form="visit", **answers):
    def work(db):
        drafts.begin(db, record, "case-1", form, "1")
        drafts.open_draft(db, record)
        drafts.save_answers(db, record, answers)
        return drafts.finish(db, record)

    return device.store.write(work)


def test_a_page_that_comes_twice_changes_nothing(mira, arben, office):
    write(mira, "r", outcome="met", story="a")
    write(mira, "file", "case_file", case_code="AL-7Q4KD2M-X", given_name="Noor")
    office.sync(mira)
    page = office.answer(arben, (), None, 1000).page

    def everything(db):
        tables = ("record", "case_index", "case_search", "meta", "attachment")
        return [sorted(db.rows(f"SELECT * FROM {table}"), key=repr) for table in tables]

    assert arben.store.write(lambda db: pages.apply_page(db, page)) == {"r", "file"}
    once = arben.store.read(everything)
    arben.clock.later()
    arben.store.write(lambda db: pages.apply_page(db, page))
    assert arben.store.read(everything) == once


def test_page_cursor_and_clock_are_one_transaction(mira, office):
    write(mira, "r", outcome="met")
    office.sync(mira)
    before = mira.store.read(meta.cursor)
    page = Page((), "further")

    def fail(db):
        pages.apply_page(db, page, office.max_stamp)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        mira.store.write(fail)
    assert mira.store.read(meta.cursor) == before
    mira.store.write(lambda db: pages.apply_page(db, page))
    assert mira.reopen().read(meta.cursor) == "further"


def test_a_purged_record_is_gone_with_its_case(mira, arben, office):
    write(mira, "file", "case_file", case_code="AL-7Q4KD2M-X", given_name="Noor")
    office.sync(mira)
    office.sync(arben)
    assert len(arben.store.read(lambda db: cases.listed(db, "noor"))) == 1
    arben.store.write(lambda db: pages.apply_page(db, Page((), "9", purged=("file", "never-here"))))
    assert not arben.store.read(lambda db: records.exists(db, "file"))
    assert arben.store.read(cases.listed) == ()


def test_a_purge_keeps_the_work_that_is_only_here(mira, arben, office):
    write(mira, "r", outcome="met", story="a")
    office.sync(mira)
    office.sync(arben)
    write(arben, "r", outcome="phone")
    arben.store.write(lambda db: pages.apply_page(db, Page((), "9", purged=("r",))))
    assert arben.store.read(lambda db: records.values(db, "r")) == {"outcome": "phone"}
    assert len(arben.store.read(outbox.batch)) == 1


def test_a_purge_takes_what_the_server_has_acknowledged_though_no_page_has_brought_it(mira, arben, office):
    write(mira, "r", outcome="met", story="a")
    office.sync(mira)
    office.sync(arben)
    write(arben, "r", outcome="phone")
    sent = arben.store.read(outbox.batch)[0].sequence
    arben.store.write(lambda db: outbox.acknowledge(db, [sent]))
    arben.store.write(lambda db: pages.apply_page(db, Page((), "9", more=True, purged=("r",))))
    assert not arben.store.read(lambda db: records.exists(db, "r"))
    assert arben.store.read(outbox.counts) == {"waiting": 0, "sent": 0, "refused": 0}


def test_a_value_that_lost_gives_way_though_no_page_tells_of_its_record(mira, arben, office, clock):
    write(mira, "r", outcome="met")
    office.sync(mira)
    office.sync(arben)
    write(arben, "r", outcome="phone")  # older by the clock, sent later
    clock.later()
    write(mira, "r", outcome="moved")
    office.sync(mira)
    office.refusing = "server.busy"
    office.sync(arben)  # brings Mira's answer
    office.refusing = None
    for entry in arben.store.read(outbox.refused):
        arben.store.write(lambda db, entry=entry: outbox.send_again(db, entry.change_set.id))
    office.sync(arben)
    assert arben.store.read(lambda db: records.values(db, "r")) == {"outcome": "moved"}
    assert arben.store.read(lambda db: records.base(db, "r")) == office.states["r"]

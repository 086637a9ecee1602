"""From the first saved answer to a change set in the outbox: stamps, parents, and nothing lost on the way."""

from __future__ import annotations

import pytest

from app.problems import Problem
from app.store import drafts, form_library, outbox, records
from app.store.form_library import StoredForm
from sync_server.protocol.clock import Contact, corrected, milliseconds_of

RECORD, CASE = "record-1", "case-1"


def begin(device, answers):
    def work(db):
        drafts.begin(db, RECORD, CASE, "visit", "1")
        return drafts.save_answers(db, RECORD, answers)

    return device.store.write(work)


def save(device, **answers):
    return device.store.write(lambda db: drafts.save_answers(db, RECORD, answers))


def open_draft(device):
    return device.store.write(lambda db: drafts.open_draft(db, RECORD))


def finish(device):
    return device.store.write(lambda db: drafts.finish(db, RECORD))


def values(device, **options):
    return device.store.read(lambda db: records.values(db, RECORD, **options))


def changes(change_set):
    return {change.path: change for change in change_set.changes()}


def test_saved_answers_come_back_after_reopening(mira):
    begin(mira, {"outcome": "met", "story": "Доброго дня"})
    mira.reopen()
    assert values(mira) == {"outcome": "met", "story": "Доброго дня"}


def test_a_finished_draft_is_one_change_set_with_the_stamp_of_each_answer(mira, clock):
    first = begin(mira, {"outcome": "met"})
    clock.later()
    second = save(mira, story="a", outcome="phone")
    clock.later()
    third = save(mira, note="n")
    change_set = finish(mira)
    assert {path: change.stamp for path, change in changes(change_set).items()} == {
        "outcome": second,
        "story": second,
        "note": third,
    }
    assert first < second < third
    assert change_set.sequence == 1
    assert {change.parents for change in change_set.changes()} == {()}
    assert mira.store.read(outbox.batch) == (change_set,)
    assert mira.store.read(drafts.listed) == ()


def test_an_edit_sends_only_what_differs_and_names_what_it_replaced(mira):
    begin(mira, {"outcome": "met", "story": "a", "note": "n"})
    old = changes(finish(mira))
    open_draft(mira)
    save(mira, outcome="phone", story="a", note=None)
    edited = finish(mira)
    assert dict(edited.values) == {"outcome": "phone", "note": None}
    assert changes(edited)["outcome"].parents == (old["outcome"].stamp,)
    assert changes(edited)["note"].parents == (old["note"].stamp,)
    assert edited.sequence == 2
    assert values(mira) == {"outcome": "phone", "story": "a"}


def test_an_answer_that_was_changed_and_changed_back_is_no_change(mira):
    begin(mira, {"outcome": "met"})
    finish(mira)
    open_draft(mira)
    save(mira, outcome="phone")
    save(mira, outcome="met")
    assert finish(mira) is None
    assert values(mira) == {"outcome": "met"}


def test_true_and_one_are_different_answers(mira):
    begin(mira, {"number": 1})
    finish(mira)
    open_draft(mira)
    save(mira, number=True)
    assert dict(finish(mira).values) == {"number": True}


def test_a_record_that_ends_empty_leaves_nothing(mira):
    begin(mira, {"outcome": "met"})
    save(mira, outcome=None)
    assert finish(mira) is None
    assert mira.store.read(lambda db: records.of_case(db, CASE)) == ()


def test_a_pull_while_the_form_is_open_changes_neither_her_answers_nor_what_she_had_seen(
    mira, arben, office, clock
):
    begin(mira, {"outcome": "met", "note": "n"})
    seen = changes(finish(mira))
    office.sync(mira)
    office.sync(arben)
    open_draft(arben)
    open_draft(mira)
    clock.later()
    arben.store.write(lambda db: drafts.save_answers(db, RECORD, {"outcome": "phone"}))
    finish(arben)
    office.sync(arben)
    clock.later()
    office.sync(mira)  # brings Arben's answer while Mira's form is open
    save(mira, outcome="moved")
    assert values(mira)["outcome"] == "moved"
    mine = changes(finish(mira))["outcome"]
    assert mine.parents == (seen["outcome"].stamp,)
    office.sync(mira)
    assert {notice.lost for notice in office.conflicts.values()} == {"phone"}


def test_what_she_sees_on_opening_again_is_what_she_then_replaces(mira, arben, office, clock):
    begin(mira, {"outcome": "met"})
    finish(mira)
    office.sync(mira)
    office.sync(arben)
    open_draft(mira)
    open_draft(arben)
    save(arben, outcome="phone")
    theirs = changes(finish(arben))["outcome"].stamp
    office.sync(arben)
    office.sync(mira)
    clock.later()
    assert open_draft(mira).values == {"outcome": "phone"}
    save(mira, outcome="moved")
    assert changes(finish(mira))["outcome"].parents == (theirs,)
    office.sync(mira)
    assert office.conflicts == {}


def test_a_draft_answer_is_shown_again_as_it_was_typed_though_a_later_one_was_pulled(
    mira, arben, office, clock
):
    begin(mira, {"outcome": "met"})
    first = changes(finish(mira))["outcome"].stamp
    office.sync(mira)
    office.sync(arben)
    open_draft(mira)
    save(mira, outcome="moved")
    clock.later(60_000)
    open_draft(arben)
    save(arben, outcome="phone")
    finish(arben)
    office.sync(arben)
    office.sync(mira)
    assert open_draft(mira).values == {"outcome": "moved"}
    assert values(mira, draft=False) == {"outcome": "phone"}
    save(mira, outcome="refused")
    assert changes(finish(mira))["outcome"].parents == (first,)


def test_discarding_an_edit_keeps_what_was_finished(mira):
    begin(mira, {"outcome": "met"})
    finish(mira)
    open_draft(mira)
    save(mira, outcome="phone")
    mira.store.write(lambda db: drafts.discard(db, RECORD))
    assert values(mira) == {"outcome": "met"}
    assert mira.store.read(drafts.listed) == ()


def test_discarding_a_new_record_leaves_nothing_of_it(mira):
    begin(mira, {"outcome": "met"})
    mira.store.write(lambda db: drafts.discard(db, RECORD))
    assert not mira.store.read(lambda db: records.exists(db, RECORD))
    assert mira.store.read(outbox.only_here) == ()


def test_saving_into_a_record_that_is_not_open_is_refused(mira):
    begin(mira, {"outcome": "met"})
    finish(mira)
    with pytest.raises(Problem, match=r"draft\.row\.unknown"):
        save(mira, outcome="phone")


def test_a_save_that_fails_half_way_was_never_there(mira):
    begin(mira, {"outcome": "met"})

    def fail(db):
        drafts.save_answers(db, RECORD, {"outcome": "phone"})
        raise ValueError("half-way")

    with pytest.raises(ValueError, match="half-way"):
        mira.store.write(fail)
    assert values(mira) == {"outcome": "met"}


def test_stamps_never_go_back_though_the_clock_does_and_the_app_restarts(mira, clock):
    before = begin(mira, {"outcome": "met"})
    clock.later(-86_400_000)
    mira.reopen()
    assert save(mira, outcome="phone") > before


def test_after_a_pull_her_stamps_come_after_all_that_she_was_shown(mira, arben, office, new_device):
    from_behind = type(mira.clock)(mira.clock.ms - 3_600_000)
    begin(mira, {"outcome": "met"})
    shown = finish(mira).stamp
    office.sync(mira)
    slow = new_device("slow", from_behind)
    office.sync(slow)
    open_draft(slow)
    assert save(slow, outcome="phone") > shown


def test_listed_drafts_are_those_with_an_answer(mira):
    begin(mira, {"outcome": "met"})
    finish(mira)
    open_draft(mira)
    assert mira.store.read(drafts.listed) == ()
    save(mira, outcome="phone")
    (draft,) = mira.store.read(drafts.listed)
    assert (draft.record, draft.edit, draft.answered) == (RECORD, True, 1)
    (summary,) = mira.store.read(lambda db: records.of_case(db, CASE))
    assert (summary.state, summary.finished, summary.values) == ("draft", True, {"outcome": "met"})


def test_versions_of_forms_compare_as_people_count(mira):
    for version in ("2", "10", "9"):
        form = StoredForm("f", version, version, "<x/>", {}, {})
        mira.store.write(lambda db, form=form: form_library.put(db, form))
    newest = {form.id: form.version for form in mira.store.read(form_library.newest)}
    assert newest["f"] == "10"


HOUR = 3_600_000


def effective(change_set, contact):
    """What the server makes of a claim that nobody contests."""
    offset = contact.offset_at(change_set)
    return milliseconds_of(corrected(change_set.stamp, offset, contact.received))


def contact(device, received):
    boot, uptime = device.boot_facts()
    return Contact(device.clock.ms, received, boot, uptime)


def test_an_answer_counts_from_when_it_was_given_not_from_when_it_was_finished(mira, clock):
    begin(mira, {"outcome": "met"})
    given = clock.ms
    clock.later(2 * HOUR)
    change_set = finish(mira)
    assert effective(change_set, contact(mira, clock.ms)) == given


def test_a_clock_that_was_set_after_the_answers_is_seen_through(mira, clock):
    true = clock.ms
    clock.set(true - 48 * HOUR)
    begin(mira, {"outcome": "met"})
    clock.later(1000)
    save(mira, story="a")
    clock.set(true + 1000)
    clock.later(HOUR)
    change_set = finish(mira)
    assert abs(effective(change_set, contact(mira, clock.ms)) - true) <= 1000


def test_answers_around_a_clock_that_was_set_tell_nothing_of_the_boot(mira, clock):
    begin(mira, {"outcome": "met"})
    clock.set(clock.ms + HOUR)
    save(mira, story="a")
    assert finish(mira).boot is None


def test_answers_of_two_boots_tell_nothing_of_either(mira, clock):
    begin(mira, {"outcome": "met"})
    mira.boot = "boot-2"
    mira.reopen()
    save(mira, story="a")
    change_set = finish(mira)
    assert (change_set.boot, change_set.uptime) == (None, None)


def test_an_answer_that_was_given_again_counts_from_then(mira, clock):
    begin(mira, {"outcome": "met"})
    clock.set(clock.ms + HOUR)
    save(mira, outcome="phone")
    change_set = finish(mira)
    assert change_set.boot == "boot-1"
    assert effective(change_set, contact(mira, clock.ms)) == clock.ms

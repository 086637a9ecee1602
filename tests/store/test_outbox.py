"""What becomes of finished work: acknowledged, pulled back, refused, and what exactly is only here."""

from __future__ import annotations

import pytest

from app.problems import Problem
from app.store import drafts, outbox, pages, records

RECORD, CASE = "record-1", "case-1"


def write(device, answers, record=RECORD):
    """Answer and finish, on whatever the device has of the record."""

    def work(db):
        drafts.begin(db, record, CASE, "visit", "1")
        drafts.open_draft(db, record)
        drafts.save_answers(db, record, answers)
        return drafts.finish(db, record)

    return device.store.write(work)


def state(device, record=RECORD):
    return device.store.read(lambda db: records.state(db, record))


def base(device, record=RECORD):
    return device.store.read(lambda db: records.base(db, record))


def summary(device, record=RECORD):
    return device.store.read(lambda db: records.summary(db, record))


def test_after_acknowledgement_and_pull_the_row_equals_the_servers(mira, office):
    write(mira, {"outcome": "met", "story": "a"})
    assert summary(mira).state == "only_here"
    office.sync(mira)
    assert mira.store.read(outbox.by_record) == {}
    assert base(mira) == office.states[RECORD] == state(mira)
    assert summary(mira).state == "on_server"
    assert summary(mira).on_server_ms is not None


def test_an_acknowledgement_that_was_lost_loses_nothing_and_is_no_conflict(mira, office):
    write(mira, {"outcome": "met"})
    office.sync(mira, lose_answer=True)
    assert summary(mira).state == "only_here"
    office.sync(mira)
    office.sync(mira)
    assert base(mira) == office.states[RECORD]
    assert office.conflicts == {}
    assert len(office.log[RECORD, "outcome"]) == 1


def test_acknowledging_twice_or_something_gone_is_harmless(mira, office):
    write(mira, {"outcome": "met"})
    for _ in range(2):
        mira.store.write(lambda db: outbox.acknowledge(db, [1, 99]))
    assert mira.store.read(outbox.counts) == {"waiting": 0, "sent": 1, "refused": 0}
    office.sync(mira)


def test_an_acknowledged_answer_stays_in_sight_until_its_page_comes(mira, arben, office, clock):
    write(arben, {"note": "from elsewhere"}, record="other")
    office.sync(arben)
    write(mira, {"outcome": "met"})
    answer = office.answer(mira, mira.store.read(outbox.batch), None, page=1)
    assert answer.page.more

    def take(db):
        outbox.acknowledge(db, answer.accepted)
        pages.apply_page(db, answer.page, answer.max_stamp)

    mira.store.write(take)
    assert base(mira) == {}
    assert state(mira)["outcome"].value == "met"
    office.sync(mira)
    assert base(mira) == office.states[RECORD]


def test_disjoint_edits_meet_and_the_common_field_is_the_last_written(mira, arben, office, clock):
    write(mira, {"outcome": "met", "note": "n", "place": "p"})
    office.sync(mira)
    office.sync(arben)
    clock.later()
    write(mira, {"outcome": "phone", "note": "hers"})
    clock.later()
    write(arben, {"outcome": "moved", "place": "his"})
    office.sync(arben)
    office.sync(mira)
    office.sync(arben)
    for device in (mira, arben):
        values = device.store.read(lambda db: records.values(db, RECORD))
        assert values == {"outcome": "moved", "note": "hers", "place": "his"}
        assert base(device) == office.states[RECORD]


def test_her_unsent_work_lies_over_what_a_pull_brings(mira, arben, office, clock):
    write(mira, {"outcome": "met", "story": "a"})
    office.sync(mira)
    office.sync(arben)
    write(arben, {"outcome": "moved", "note": "his"})
    office.sync(arben)
    clock.later()
    write(mira, {"outcome": "phone"})
    office.refusing = "sync.case.not_granted"
    office.sync(mira)  # the pull comes, her change does not get in
    assert base(mira)["outcome"].value == "moved"
    assert mira.store.read(lambda db: records.values(db, RECORD)) == {
        "outcome": "phone",
        "story": "a",
        "note": "his",
    }


def test_a_refused_change_stays_visible_with_its_code(mira, office):
    write(mira, {"outcome": "met"})
    office.refusing = "sync.case.not_granted"
    office.sync(mira)
    found = summary(mira)
    assert (found.state, found.refused, found.values) == (
        "refused",
        "sync.case.not_granted",
        {"outcome": "met"},
    )
    (only,) = mira.store.read(outbox.only_here)
    assert (only.waiting, only.refused, only.code) == ((), ("outcome",), "sync.case.not_granted")
    assert mira.store.read(outbox.batch) == ()


def test_finishing_again_takes_the_refused_changes_along_with_parents_that_the_server_knows(
    mira, office, clock
):
    first = write(mira, {"outcome": "met", "note": "n"})
    office.sync(mira)
    office.refusing = "sync.form.unknown"
    clock.later()
    write(mira, {"outcome": "phone", "note": "m"})
    clock.later()
    write(mira, {"outcome": "moved"})
    office.sync(mira)
    assert mira.store.read(outbox.counts) == {"waiting": 0, "sent": 0, "refused": 2}
    office.refusing = None
    clock.later()
    again = write(mira, {"place": "p"})
    assert dict(again.values) == {"outcome": "moved", "note": "m", "place": "p"}
    for change in again.changes():
        assert change.parents == (() if change.path == "place" else (first.stamp,))
    office.sync(mira)
    assert base(mira) == office.states[RECORD]
    assert office.conflicts == {}
    assert mira.store.read(outbox.by_record) == {}


def test_sending_again_gives_a_new_number_and_the_same_changes(mira, office):
    office.refusing = "sync.form.unknown"
    old = write(mira, {"outcome": "met"})
    office.sync(mira)
    office.refusing = None
    again = mira.store.write(lambda db: outbox.send_again(db, old.id))
    assert again.sequence == old.sequence + 1
    assert (again.values, again.stamp, again.parents) == (old.values, old.stamp, old.parents)
    office.sync(mira)
    assert base(mira)["outcome"].heads == (old.stamp,)


def test_a_refused_change_does_not_cover_a_later_one_that_was_taken(mira, arben, office, clock):
    office.refusing = "sync.form.unknown"
    write(mira, {"outcome": "met", "note": "n"})
    clock.later()
    write(mira, {"outcome": "phone"})
    one, two = mira.store.read(outbox.batch)
    office.refusing = None
    answer = office.answer(mira, (two,), None, 1000)

    def take_in(db):
        outbox.acknowledge(db, answer.accepted)
        outbox.refuse(db, one.sequence, "sync.form.unknown")
        pages.apply_page(db, answer.page)

    mira.store.write(take_in)
    office.sync(arben)
    clock.later()
    write(arben, {"outcome": "moved"})
    office.sync(arben)
    office.sync(mira)
    assert mira.store.read(lambda db: records.values(db, RECORD)) == {"outcome": "moved", "note": "n"}
    (only,) = mira.store.read(outbox.only_here)
    assert only.refused == ("note",)


def test_the_receipt_names_exactly_the_fields_that_are_only_here(mira, office):
    write(mira, {"outcome": "met", "story": "a"})
    office.sync(mira)
    assert mira.store.read(outbox.only_here) == ()
    write(mira, {"outcome": "phone"})

    def edit(db):
        drafts.open_draft(db, RECORD)
        drafts.save_answers(db, RECORD, {"note": "n"})

    mira.store.write(edit)
    (only,) = mira.store.read(outbox.only_here)
    assert (only.record, only.waiting, only.draft) == (RECORD, ("outcome",), ("note",))


def test_a_batch_keeps_the_order_and_the_limit_but_is_never_empty(mira):
    for number in range(5):
        write(mira, {"note": "x" * 1000}, record=f"r{number}")
    assert [each.sequence for each in mira.store.read(lambda db: outbox.batch(db, 10))] == [1]
    assert [each.sequence for each in mira.store.read(lambda db: outbox.batch(db, 3000))] == [1, 2]
    assert len(mira.store.read(outbox.batch)) == 5


def test_a_change_set_comes_out_of_the_store_as_it_went_in(mira, clock):
    change_set = write(mira, {"outcome": "met", "amount": 1.5, "kinds": ["a", "b"], "yes": True})
    mira.reopen()
    assert mira.store.read(outbox.batch) == (change_set,)


def test_texts_of_both_are_joined_here_as_on_the_server(mira, arben, office, clock):
    write(mira, {"story": "start"})
    office.sync(mira)
    office.sync(arben)
    clock.later()
    write(mira, {"story": "hers"})
    clock.later()
    write(arben, {"story": "his"})
    office.sync(mira)
    answer = office.answer(arben, (), "1", page=10)
    arben.store.write(lambda db: pages.apply_page(db, answer.page, answer.max_stamp))
    provisional = state(arben)["story"].value
    office.sync(arben)
    office.sync(mira)
    assert provisional == base(arben)["story"].value == base(mira)["story"].value
    assert "hers\n— mira" in provisional
    assert "his\n— arben" in provisional
    assert office.conflicts == {}
    write(mira, {"story": "one text"})
    office.sync(mira)
    office.sync(arben)
    assert state(arben)["story"].value == "one text"


@pytest.mark.parametrize(
    "values", [{"story": "a\0b"}, {"p" * 401: 1}, {"story": "z" * 200_001}, {"n": 2**63}]
)
def test_what_no_server_can_take_is_set_aside_and_stops_nothing(mira, office, values):
    write(mira, {"outcome": "met", **values})
    write(mira, {"outcome": "phone"}, "record-2")
    (waiting,) = mira.store.read(outbox.batch)
    assert (waiting.record, waiting.sequence) == ("record-2", 1)
    assert (summary(mira).state, summary(mira).refused) == ("refused", "sync.change.invalid")
    office.sync(mira)
    assert base(mira, "record-2")["outcome"].value == "phone"
    # Corrected and finished again, all of it goes out.
    write(mira, dict.fromkeys(values))
    office.sync(mira)
    assert summary(mira).state == ("refused" if "p" * 401 in values else "on_server")


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_json_does_not_have_is_not_saved(mira, number):
    with pytest.raises(Problem) as told:
        write(mira, {"outcome": number})
    assert told.value.code == "store.value.invalid"
    assert mira.store.read(outbox.by_record) == {}


def test_what_waits_on_top_of_a_refused_change_is_refused_with_it(mira, office, clock):
    first = write(mira, {"story": "a", "note": "n"})
    second = write(mira, {"story": "b"})
    third = write(mira, {"story": "c"})
    other = write(mira, {"place": "p"})
    mira.store.write(lambda db: outbox.refuse(db, first.sequence, "sync.form.unknown"))
    assert mira.store.read(outbox.batch) == (other,)
    refused = {entry.change_set.id: entry.code for entry in mira.store.read(outbox.refused)}
    parent = "sync.parent.refused"
    assert refused == {first.id: "sync.form.unknown", second.id: parent, third.id: parent}

    again = write(mira, {"note": "m"})
    assert dict(again.values) == {"story": "c", "note": "m"}
    assert {change.parents for change in again.changes()} == {()}
    office.sync(mira)
    assert mira.store.read(lambda db: records.values(db, RECORD)) == {"story": "c", "note": "m", "place": "p"}
    assert office.conflicts == {}


def test_counting_anew_keeps_ids_and_order(mira):
    sent = [write(mira, {"outcome": str(n)}, f"record-{n}") for n in range(4)]
    mira.store.write(lambda db: outbox.acknowledge(db, [sent[0].sequence]))
    for received in (7, 1, 2):
        mira.store.write(lambda db, received=received: outbox.renumber(db, received))
        waiting = mira.store.read(outbox.batch)
        assert [each.id for each in waiting] == [each.id for each in sent[1:]]
        assert [each.sequence for each in waiting] == [received + 1, received + 2, received + 3]
    assert write(mira, {"outcome": "x"}, "record-9").sequence == 6

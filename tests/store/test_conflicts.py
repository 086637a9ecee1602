"""The worker whose answer lost finds it, puts it back with one tap, or lets the other one stand."""

from __future__ import annotations

import pytest

from app.problems import Problem
from app.store import conflicts, drafts, outbox, records

RECORD = "record-1"


def write(device, **answers):
    def work(db):
        drafts.begin(db, RECORD, "case-1", "visit", "1")
        drafts.open_draft(db, RECORD)
        drafts.save_answers(db, RECORD, answers)
        return drafts.finish(db, RECORD)

    return device.store.write(work)


@pytest.fixture
def lost(mira, arben, office, clock):
    """Mira and Arben answered the same question without knowing of each other; Mira's answer lost."""
    write(mira, outcome="met")
    office.sync(mira)
    office.sync(arben)
    clock.later()
    write(mira, outcome="phone")
    clock.later()
    write(arben, outcome="moved")
    office.sync(arben)
    office.sync(mira)
    (found,) = mira.store.read(conflicts.listed)
    return found


def values(device):
    return device.store.read(lambda db: records.values(db, RECORD))


def test_she_is_told_what_was_kept_and_whose_it_is(lost, mira, arben):
    assert (lost.lost, lost.kept, lost.kept_author, lost.state) == ("phone", "moved", "arben", "open")
    assert (lost.record, lost.case, lost.path, lost.rule) == (RECORD, "case-1", "outcome", "last")
    assert arben.store.read(conflicts.listed) == ()
    assert values(mira) == {"outcome": "moved"}


def test_restoring_is_a_new_change_that_wins_everywhere(lost, mira, arben, office, clock):
    clock.later()
    change_set = mira.store.write(lambda db: conflicts.restore(db, lost.id))
    (change,) = change_set.changes()
    assert set(change.parents) == set(office.states[RECORD]["outcome"].heads)
    assert values(mira) == {"outcome": "phone"}
    assert mira.store.read(lambda db: conflicts.get(db, lost.id)).state == "restored"
    office.sync(mira)
    office.sync(arben)
    assert values(arben) == {"outcome": "phone"}
    assert mira.store.read(lambda db: records.base(db, RECORD)) == office.states[RECORD]
    assert len(office.conflicts) == 1


def test_restoring_from_a_clock_that_is_behind_still_wins(lost, mira, arben, office, clock):
    clock.later(-500_000)
    mira.store.write(lambda db: conflicts.restore(db, lost.id))
    clock.later(500_000)
    office.sync(mira)
    office.sync(arben)
    assert values(arben) == {"outcome": "phone"}


def test_settling_is_told_until_the_server_knows_and_a_repeated_notice_opens_nothing(lost, mira, office):
    mira.store.write(lambda db: conflicts.accept(db, lost.id))
    (settled,) = mira.store.read(conflicts.to_tell)
    assert (settled.conflict, settled.state) == (lost.id, "accepted")
    mira.store.write(lambda db: conflicts.take_in(db, office.conflicts.values()))
    assert mira.store.read(lambda db: conflicts.get(db, lost.id)).state == "accepted"
    mira.store.write(lambda db: conflicts.told(db, [settled]))
    assert mira.store.read(conflicts.to_tell) == ()


def test_restoring_what_stands_there_anyway_sends_nothing(lost, mira):
    write(mira, outcome="phone")
    before = mira.store.read(outbox.counts)
    assert mira.store.write(lambda db: conflicts.restore(db, lost.id)) is None
    assert mira.store.read(outbox.counts) == before
    assert mira.store.read(lambda db: conflicts.listed(db, "open")) == ()


def test_restoring_under_an_open_draft_is_refused_and_changes_nothing(lost, mira):
    mira.store.write(lambda db: drafts.open_draft(db, RECORD))
    mira.store.write(lambda db: drafts.save_answers(db, RECORD, {"outcome": "refused"}))
    with pytest.raises(Problem, match=r"conflict\.record\.draft"):
        mira.store.write(lambda db: conflicts.restore(db, lost.id))
    assert mira.store.read(lambda db: conflicts.get(db, lost.id)).state == "open"


def test_an_unknown_conflict_has_its_code(mira):
    with pytest.raises(Problem, match=r"conflict\.row\.unknown"):
        mira.store.write(lambda db: conflicts.restore(db, "nothing"))

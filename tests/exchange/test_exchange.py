"""One sync on the server: what is taken in, what is refused, what comes back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sync_server.exchange import Exchange
from sync_server.protocol import schema
from sync_server.protocol.clock import format_stamp
from sync_server.protocol.messages import ClockReading, Cursor, Settled, SyncRequest, forms_fingerprint
from sync_server.protocol.problems import Problem

HOUR = 3_600_000


def test_a_record_reaches_another_tablet(town: Any) -> None:
    anna, ben, record = town.tablet("anna"), town.tablet("ben"), town.new_id()
    anna.save(record, {"outcome": "met", "need[00000000000000aa]/owner": "ben", "persons": 3})
    assert anna.sync().accepted == (1,)
    ben.sync()
    assert ben.state(record) == anna.state(record)
    assert ben.cases[record] == town.case


def test_the_disjoint_edits_of_two_are_kept_and_the_common_one_is_told_to_its_author(town: Any) -> None:
    anna, ben, record = town.tablet("anna"), town.tablet("ben"), town.new_id()
    anna.save(record, {"status": "open", "weight": 60, "phone": "1"})
    anna.sync()
    ben.sync()
    town.now += HOUR
    lost = anna.save(record, {"status": "early", "weight": 61})
    town.now += HOUR
    kept = ben.save(record, {"status": "late", "phone": "2"})
    anna.sync()
    ben.sync()
    anna.sync()
    assert anna.values(record) == ben.values(record) == {"status": "late", "weight": 61, "phone": "2"}
    assert ben.notices == {}
    (notice,) = anna.notices.values()
    assert (notice.kept, notice.kept_author, notice.kept_stamp) == ("late", "ben", kept.stamp)
    assert (notice.lost, notice.lost_author, notice.lost_stamp) == ("early", "anna", lost.stamp)
    assert (notice.path, notice.rule, notice.state, notice.form) == ("status", "last", "open", "visit")
    assert [logged.notice for logged in town.log()] == [notice]


def test_a_lost_value_is_restored_by_a_change_of_its_author(town: Any) -> None:
    anna, ben, record = town.tablet("anna"), town.tablet("ben"), town.new_id()
    anna.save(record, {"status": "early"})
    town.now += HOUR
    ben.save(record, {"status": "late"})
    ben.sync()
    anna.sync()
    (id,) = anna.notices
    anna.restore(id)
    anna.sync()
    ben.sync()
    assert anna.values(record) == ben.values(record) == {"status": "early"}
    assert anna.notices[id].state == "restored"
    assert [logged.notice.state for logged in town.log()] == ["restored"]


def test_a_restore_counts_when_word_of_it_is_lost(town: Any) -> None:
    anna, ben, record = town.tablet("anna"), town.tablet("ben"), town.new_id()
    anna.save(record, {"status": "early"})
    town.now += HOUR
    ben.save(record, {"status": "late"})
    ben.sync()
    anna.sync()
    anna.save(record, {"status": "something else"})
    anna.sync()
    assert [logged.notice.state for logged in town.log()] == ["accepted"]


def test_another_one_cannot_settle_a_conflict(town: Any) -> None:
    anna, ben, record = town.tablet("anna"), town.tablet("ben"), town.new_id()
    anna.save(record, {"status": "early"})
    town.now += HOUR
    ben.save(record, {"status": "late"})
    ben.sync()
    anna.sync()
    (id,) = anna.notices
    ben.settled = [Settled(id, "accepted")]
    ben.sync()
    assert [logged.notice.state for logged in town.log()] == ["open"]


def test_every_tablet_of_the_author_learns_that_a_conflict_is_settled(town: Any) -> None:
    anna, annas_other, ben = town.tablet("anna"), town.tablet("anna"), town.tablet("ben")
    record = town.new_id()
    anna.save(record, {"status": "early"})
    town.now += HOUR
    ben.save(record, {"status": "late"})
    ben.sync()
    anna.sync()
    annas_other.sync()
    (id,) = annas_other.notices
    anna.settled = [Settled(id, "accepted")]
    anna.sync()
    annas_other.sync()
    assert annas_other.notices[id].state == "accepted"


def test_a_batch_sent_again_changes_nothing_and_gets_the_same_reply(town: Any) -> None:
    anna, record = town.tablet("anna"), town.new_id()
    anna.save(record, {"status": "open"})
    request = anna.request()
    first = anna.send(request)
    before = town.database.read(lambda ledger: ledger.latest("tirana"))
    again = anna.send(request)
    assert (again.accepted, again.refused, again.received) == (first.accepted, first.refused, 1)
    assert again.page == first.page
    assert town.database.read(lambda ledger: ledger.latest("tirana")) == before


def test_a_lost_reply_is_no_conflict_whatever_the_next_batch_is(town: Any) -> None:
    anna, ben, record = town.tablet("anna"), town.tablet("ben"), town.new_id()
    anna.save(record, {"status": "one"})
    anna.send(anna.request())
    ben.sync()
    ben.save(record, {"status": "by ben"})
    ben.sync()
    anna.save(town.new_id(), {"status": "another"})
    response = anna.sync()
    assert response.accepted == (1, 2)
    assert town.log() == []
    assert anna.values(record) == {"status": "by ben"}


def test_one_batch_may_not_name_other_change_sets(town: Any) -> None:
    anna = town.tablet("anna")
    anna.save(town.new_id(), {"status": "one"})
    request = anna.request()
    anna.send(request)
    anna.save(town.new_id(), {"status": "two"})
    with pytest.raises(Problem, match=r"sync\.batch\.reused"):
        anna.send(replace(anna.request(), batch=request.batch))


def test_a_sequence_may_not_name_another_change_set(town: Any) -> None:
    anna = town.tablet("anna")
    anna.save(town.new_id(), {"status": "one"})
    anna.sync()
    anna.sequence = 0
    anna.save(town.new_id(), {"status": "two"})
    anna.sync()
    assert [one.code for one in anna.refused] == ["sync.sequence.reused"]


def test_a_gap_is_refused_until_it_is_filled(town: Any) -> None:
    anna = town.tablet("anna")
    first = anna.save(town.new_id(), {"status": "one"})
    second = anna.save(town.new_id(), {"status": "two"})
    anna.pending = [second]
    response = anna.send(anna.request())
    assert [(one.sequence, one.code, one.params) for one in response.refused] == [
        (2, "sync.sequence.gap", {"expected": 1})
    ]
    assert response.received == 0
    anna.pending = [first, second]
    assert anna.sync().accepted == (1, 2)


def test_what_was_refused_can_be_sent_again(town: Any) -> None:
    anna, record = town.tablet("anna"), town.new_id()
    unknown = replace(anna.save(record, {"status": "one"}), form_version="2")
    anna.pending = [unknown]
    response = anna.sync()
    assert [(one.code, one.params) for one in response.refused] == [
        ("sync.form.unknown", {"form": "visit", "version": "2"})
    ]
    assert response.received == 1
    anna.pending = [replace(unknown, form_version="1")]
    assert anna.sync().accepted == (1,)
    assert anna.values(record) == {"status": "one"}


def test_what_was_refused_and_comes_after_its_own_replacement_changes_nothing(town: Any) -> None:
    anna, ben, record = town.tablet("anna"), town.tablet("ben"), town.new_id()
    ben.save(record, {"status": "before"})
    ben.sync()
    refused = replace(anna.save(record, {"status": "first thought"}), form_version="2")
    second = anna.save(record, {"status": "second thought"})
    for alone in (refused, second):
        anna.pending = [alone]
        anna.sync()
    seen = anna.state(record)
    anna.pending = [replace(refused, form_version="1")]
    assert anna.sync().accepted == (1,)
    assert anna.state(record) == seen
    assert anna.values(record) == {"status": "second thought"}


def test_what_was_written_on_top_of_a_refused_edit_waits_with_it(town: Any) -> None:
    anna, ben, record, other = town.tablet("anna"), town.tablet("ben"), town.new_id(), town.new_id()
    ben.save(record, {"narrative": "First visit."})
    ben.sync()
    anna.sync()
    bad = anna.save(record, {"narrative": "z" * 200_001, "phone": "5"})
    anna.save(record, {"narrative": "First visit. Second visit."})
    anna.save(record, {"narrative": "First visit. Second visit. Third."})
    anna.save(other, {"phone": "6"})
    response = anna.send(anna.request())
    assert response.accepted == (4,)
    assert [(one.sequence, one.code) for one in response.refused] == [
        (1, "sync.change.invalid"),
        (2, "sync.parent.refused"),
        (3, "sync.parent.refused"),
    ]
    assert response.received == 4
    good = [replace(change_set, sequence=change_set.sequence + 4) for change_set in anna.pending[:3]]
    anna.pending = [replace(good[0], values={**bad.values, "narrative": "First visit!"}), *good[1:]]
    assert anna.sync().accepted == (5, 6, 7)
    assert anna.values(record) == {"narrative": "First visit. Second visit. Third.", "phone": "5"}
    assert town.log() == []


def test_another_field_of_a_record_does_not_wait_for_a_refused_edit(town: Any) -> None:
    anna, record = town.tablet("anna"), town.new_id()
    anna.save(record, {"status": "open"})
    anna.sync()
    anna.save(record, {"status": "\0"})
    anna.save(record, {"phone": "5"})
    response = anna.sync()
    assert response.accepted == (3,)
    assert anna.values(record) == {"status": "open", "phone": "5"}


def test_where_the_sequence_was_the_reason_it_is_so_for_what_stands_on_it(town: Any) -> None:
    anna, record = town.tablet("anna"), town.new_id()
    anna.save(town.new_id(), {"status": "one"})
    anna.sync()
    anna.sequence = 0
    anna.save(record, {"status": "two"})
    anna.save(record, {"status": "three"})
    response = anna.send(anna.request())
    assert [(one.sequence, one.code) for one in response.refused] == [
        (1, "sync.sequence.reused"),
        (2, "sync.sequence.reused"),
    ]
    first = response.received + 1
    anna.pending = [
        replace(change_set, sequence=number) for number, change_set in enumerate(anna.pending, first)
    ]
    assert anna.sync().accepted == (first, first + 1)
    assert anna.values(record) == {"status": "three"}
    assert town.log() == []


def test_a_stamp_names_one_change_of_a_path_for_ever(town: Any) -> None:
    anna, record = town.tablet("anna"), town.new_id()
    first = anna.save(record, {"status": "one", "phone": "1"})
    anna.sync()
    anna.pending = [replace(anna.save(record, {"status": "two"}), stamp=first.stamp, path_parents={})]
    (refused,) = anna.send(anna.request()).refused
    assert (refused.code, refused.params) == ("sync.change.invalid", {"what": "stamp"})
    anna.pending = []
    same_again = replace(anna.save(record, {"status": "one"}), stamp=first.stamp, path_parents={})
    anna.pending = [same_again]
    assert anna.sync().accepted == (3,)
    assert anna.values(record) == {"status": "one", "phone": "1"}


def test_a_stamp_names_one_change_within_a_batch_too(town: Any) -> None:
    anna, record = town.tablet("anna"), town.new_id()
    first = anna.save(record, {"status": "one"})
    anna.pending = [first, replace(anna.save(record, {"status": 1}), stamp=first.stamp, path_parents={})]
    response = anna.send(anna.request())
    assert response.accepted == (1,)
    assert [(one.sequence, one.params) for one in response.refused] == [(2, {"what": "stamp"})]


def test_one_bad_change_set_does_not_keep_the_others_back(town: Any) -> None:
    anna, good = town.tablet("anna"), town.new_id()
    bad = anna.save(town.new_id(), {"status": {"nested": 1}})
    anna.save(good, {"status": "fine"})
    response = anna.sync()
    assert response.accepted == (2,)
    assert [(one.sequence, one.code) for one in response.refused] == [(bad.sequence, "sync.change.invalid")]
    assert anna.values(good) == {"status": "fine"}


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        ({"author": "ben"}, "author"),
        ({"device": "ffffffff"}, "device"),
        ({"stamp": format_stamp(5, 0, "ffffffff")}, "stamp"),
        ({"values": {"../x": 1}}, "path"),
        ({"values": {"x" * 401: 1}}, "path"),
        ({"path_parents": {"x" * 401: ()}}, "path"),
        ({"values": {"a": "\0"}}, "value"),
        ({"values": {"a": 2**64}}, "value"),
        ({"stamps": {"elsewhere": format_stamp(5, 0, "ffffffff")}}, "path"),
    ],
)
def test_nobody_speaks_for_others_or_writes_nonsense(town: Any, wrong: dict[str, Any], what: str) -> None:
    anna = town.tablet("anna")
    anna.pending = [replace(anna.save(town.new_id(), {"status": "x"}), **wrong)]
    (refused,) = anna.send(anna.request()).refused
    assert (refused.code, refused.params) == ("sync.change.invalid", {"what": what})


def test_a_case_of_another_office_is_out_of_reach(town: Any) -> None:
    anna, ben, record = town.tablet("anna"), town.tablet("ben"), town.new_id()
    anna.save(record, {"status": "secret"})
    anna.sync()
    stranger = replace(ben.actor, office="rabat")
    ben.actor = stranger
    ben.save(town.new_id(), {"status": "x"}, case=town.case)
    response = ben.send(ben.request())
    assert [one.code for one in response.refused] == ["sync.case.not_granted"]
    assert response.page.items == ()


def test_a_record_does_not_move_to_another_case(town: Any) -> None:
    anna, record = town.tablet("anna"), town.new_id()
    anna.save(record, {"status": "one"})
    anna.pending.append(replace(anna.save(record, {"status": "two"}), case=town.new_id()))
    del anna.pending[1]
    assert [one.code for one in anna.send(anna.request()).refused] == ["sync.record.moved"]


def test_a_demo_device_does_not_speak_to_a_real_server(town: Any) -> None:
    anna = town.tablet("anna")
    with pytest.raises(Problem, match=r"sync\.demo\.mismatch"):
        anna.send(replace(anna.request(), demo=True))
    town.exchange = Exchange(town.database, town.exchange._catalogue, lambda: town.now, demo=True)
    with pytest.raises(Problem, match=r"sync\.demo\.mismatch"):
        anna.send(anna.request())


def test_the_edit_that_was_truly_later_wins_over_a_fast_clock(town: Any) -> None:
    fast, right = town.tablet("anna", offset=48 * HOUR), town.tablet("ben")
    record = town.new_id()
    fast.save(record, {"status": "first"})
    town.now += HOUR
    right.save(record, {"status": "second"})
    town.now += HOUR
    right.sync()
    fast.sync()
    right.sync()
    assert right.values(record) == fast.values(record) == {"status": "second"}
    assert len(town.log()) == 1


def test_nobody_is_dragged_into_the_future(town: Any) -> None:
    fast, right = town.tablet("anna", offset=48 * HOUR), town.tablet("ben")
    fast.save(town.new_id(), {"status": "x"})
    fast.sync()
    right.sync()
    assert int(right.clock.tick()[:12], 16) <= town.now + 1


def test_a_page_is_bounded_in_bytes_and_the_cursor_goes_on(town: Any) -> None:
    anna, ben = town.tablet("anna"), town.tablet("ben")
    for number in range(20):
        anna.save(town.new_id(), {"text": "x" * 1_000, "number": number})
    anna.sync()
    pages = []
    while True:
        response = ben.send(ben.request(limit=4_000))
        ben.take(response)
        pages.append(len(response.page.items))
        if not response.page.more:
            break
    assert len(pages) > 4
    assert sum(pages) == 20 == len(ben.base)


def test_one_record_larger_than_the_limit_still_comes(town: Any) -> None:
    anna, ben, record = town.tablet("anna"), town.tablet("ben"), town.new_id()
    anna.save(record, {"text": "x" * 50_000})
    anna.sync()
    ben.sync(limit=1_000)
    assert ben.values(record) == {"text": "x" * 50_000}


def test_a_later_pull_brings_only_the_paths_that_changed(town: Any) -> None:
    anna, ben, record = town.tablet("anna"), town.tablet("ben"), town.new_id()
    anna.save(record, {f"q{number}": number for number in range(30)})
    anna.sync()
    ben.sync()
    anna.save(record, {"q7": "new", "q8": None})
    anna.sync()
    (delta,) = ben.send(ben.request()).page.items
    assert delta.values == {"q7": "new", "q8": None}


def test_many_lost_values_come_page_by_page_and_none_is_left_out(town: Any) -> None:
    anna, ben = town.tablet("anna"), town.tablet("ben")
    records = [town.new_id() for _ in range(30)]
    for record in records:
        anna.save(record, {f"q{number}": "anna" for number in range(40)})
    town.now += HOUR
    for record in records:
        ben.save(record, {f"q{number}": "ben" for number in range(40)})
    anna.sync()
    ben.sync(most=7)
    anna.sync()
    assert len(anna.notices) == 1_200
    assert anna.base == ben.base


def test_a_sync_with_nothing_to_do_is_small(town: Any) -> None:
    anna = town.tablet("anna")
    anna.save(town.new_id(), {"status": "x"})
    told = anna.sync().reference
    anna.fingerprint = forms_fingerprint(town.exchange._catalogue.current())
    request = replace(anna.request(), reference=told.fingerprint)
    response = anna.send(request)
    assert response.page.items == ()
    assert response.forms is None
    assert response.reference is None
    assert len(schema.encode(request)) < 500
    assert len(schema.encode(response)) < 500


def test_the_forms_are_told_once(town: Any) -> None:
    anna = town.tablet("anna")
    forms = anna.sync().forms
    assert [form.id for form in forms] == ["visit"]
    anna.fingerprint = forms_fingerprint(forms)
    assert anna.sync().forms is None


def test_a_cursor_of_another_epoch_is_answered_from_the_start(town: Any) -> None:
    anna, ben = town.tablet("anna"), town.tablet("ben")
    anna.save(town.new_id(), {"status": "x"})
    anna.sync()
    ben.sync()
    assert ben.send(ben.request()).page.items == ()
    town.database.set_meta("epoch", "another")
    assert len(ben.send(ben.request()).page.items) == 1
    ben.cursor = str(Cursor("another", "tirana", 999))
    assert len(ben.send(ben.request()).page.items) == 1


def test_a_cursor_that_no_server_gave_is_refused(town: Any) -> None:
    anna = town.tablet("anna")
    with pytest.raises(Problem, match=r"sync\.cursor\.invalid"):
        town.exchange.sync(anna.actor, SyncRequest(ClockReading(town.now), cursor="####"))


def test_a_record_without_answers_is_a_record(town: Any) -> None:
    anna, ben, record = town.tablet("anna"), town.tablet("ben"), town.new_id()
    anna.save(record, {})
    anna.sync()
    ben.sync()
    assert ben.base == {record: {}}
    ben.save(record, {"status": "x"})
    ben.sync()
    anna.sync()
    assert anna.values(record) == {"status": "x"}

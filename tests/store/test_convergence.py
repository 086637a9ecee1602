"""Whatever two workers do offline, in whatever order things reach the office: all end equal, nothing is lost.

A state machine drives two real stores against an office that merges as the server does: answers,
finishing, discarding, reopening forms and apps, syncs that lose their request or their answer or
end after a page, refusals, clocks that are wrong.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.store import Identity, conflicts, drafts, outbox, records
from tests.examples import examples

DEVICES = st.sampled_from([0, 1])
RECORDS = st.sampled_from(["one", "one", "two"])
PATHS = st.sampled_from(["outcome", "story", "needs/need[0123456789abcdef]/action"])
VALUES = st.sampled_from(["a", "b", "c", None])


class TwoWorkers(RuleBasedStateMachine):
    """`typed[n]`: what worker n has in open forms; `seen[n]`: the heads behind what her form showed her."""

    make_device: Any
    make_office: Any
    make_clock: Any

    @initialize(skew=st.sampled_from([0, -3_600_000, 172_800_000]))
    def begin(self, skew):
        self.folder = Path(tempfile.mkdtemp())
        self.clock = self.make_clock()
        self.clocks = [self.clock, self.make_clock(self.clock.ms + skew)]
        self.office = self.make_office(self.clock)
        self.devices = [
            self.make_device(
                self.folder / login,
                Identity(f"{n + 1:08x}", login, login, "officer", "tirana", "Europe/Tirane", demo=True),
                self.clocks[n],
            )
            for n, login in enumerate(("mira", "arben"))
        ]
        self.typed: list[dict[str, dict[str, Any]]] = [{}, {}]
        self.seen: list[dict[str, dict[str, tuple[str, ...]]]] = [{}, {}]
        self.parents: list[dict[tuple[str, str], tuple[str, ...]]] = [{}, {}]
        self.claims: set[tuple[str, str, str]] = set()
        for record in ("one", "two"):
            for path in ("outcome", "story"):
                self.answer(0, record, path, "first")
            self.finish(0, record)
        self.sync(0, "well", False)
        self.sync(1, "well", False)

    def _later(self):
        for clock in self.clocks:
            clock.later(1000)

    @rule(n=DEVICES, record=RECORDS)
    def open_form(self, n, record):
        store = self.devices[n].store

        def work(db):
            drafts.begin(db, record, "case", "visit", "1")
            return drafts.open_draft(db, record), records.state(db, record)

        shown, state = store.write(work)
        self.seen[n][record] = {path: field.heads for path, field in state.items()}
        typed = self.typed[n].setdefault(record, {})
        for path, value in typed.items():
            assert shown.values.get(path) == value

    @rule(n=DEVICES, record=RECORDS, path=PATHS, value=VALUES)
    def answer(self, n, record, path, value):
        if record not in self.typed[n]:
            self.open_form(n, record)
        self._later()
        self.devices[n].store.write(lambda db: drafts.save_answers(db, record, {path: value}))
        self.parents[n].setdefault((record, path), self.seen[n][record].get(path, ()))
        self.typed[n][record][path] = value

    @rule(n=DEVICES, record=RECORDS, path=PATHS, values=st.lists(VALUES, min_size=1, max_size=3))
    def fill_in(self, n, record, path, values):
        """A whole form in one go, as most are, and the same answer corrected once or twice."""
        for value in values:
            self.open_form(n, record)
            self.answer(n, record, path, value)
            self.finish(n, record)

    @rule(n=DEVICES, record=RECORDS, path=PATHS, values=st.tuples(VALUES, VALUES))
    def answer_what_was_replaced_unseen(self, n, record, path, values):
        """The other's answer comes down while the form is open, and the worker answers the same question."""
        self.open_form(n, record)
        self.fill_in(1 - n, record, path, values[:1])
        self.sync(1 - n, "well", False)
        self.sync(n, "well", False)
        self.answer(n, record, path, values[1])

    @rule(n=DEVICES, record=RECORDS)
    def finish(self, n, record):
        if record not in self.typed[n]:
            return
        store = self.devices[n].store
        refused = {
            change.path: change.stamp
            for entry in store.read(lambda db: outbox.of_record(db, record))
            if entry.state == "refused"
            for change in entry.change_set.changes()
        }
        # They go out again, or what was answered since goes out in their place.
        self.claims -= {
            (record, change.path, change.stamp)
            for entry in store.read(lambda db: outbox.of_record(db, record))
            if entry.state == "refused"
            for change in entry.change_set.changes()
        }
        change_set = store.write(lambda db: drafts.finish(db, record))
        typed = self.typed[n].pop(record)
        sent = dict(change_set.values) if change_set else {}
        assert set(refused) <= set(sent), "refused work was forgotten"
        for change in change_set.changes() if change_set else ():
            self.claims.add((record, change.path, change.stamp))
            if change.path in typed and change.path not in refused:
                assert change.value == typed[change.path]
                assert change.parents == self.parents[n][record, change.path], "not what she had seen"
        self._forget(n, record)

    @rule(n=DEVICES, record=RECORDS)
    def discard(self, n, record):
        if record in self.typed[n]:
            self.devices[n].store.write(lambda db: drafts.discard(db, record))
            del self.typed[n][record]
            self._forget(n, record)

    def _forget(self, n, record):
        for key in [key for key in self.parents[n] if key[0] == record]:
            del self.parents[n][key]

    @rule(
        n=DEVICES,
        fate=st.sampled_from(["well", "well", "refused", "request lost", "answer lost"]),
        bit_by_bit=st.booleans(),
    )
    def sync(self, n, fate, bit_by_bit):
        """One sync. Bit by bit, it ends with work still waiting, and brings one record a page."""
        self._later()
        self.office.refusing = "sync.case.not_granted" if fate == "refused" else None
        self.office.sync(
            self.devices[n],
            lose_request=fate == "request lost",
            lose_answer=fate == "answer lost",
            page=1 if bit_by_bit else 1000,
            batch=1 if bit_by_bit and fate != "refused" else 1000,
        )
        self.office.refusing = None

    @precondition(lambda self: self.office.conflicts)
    @rule(n=DEVICES, restore=st.booleans())
    def settle(self, n, restore):
        store = self.devices[n].store
        for found in store.read(lambda db: conflicts.listed(db, "open"))[:1]:
            if store.read(lambda db, found=found: drafts.is_open(db, found.record)):
                return
            self._later()
            if not restore:
                store.write(lambda db, found=found: conflicts.accept(db, found.id))
                return
            change_set = store.write(lambda db, found=found: conflicts.restore(db, found.id))
            for change in change_set.changes() if change_set else ():
                self.claims.add((found.record, change.path, change.stamp))

    @rule(n=DEVICES)
    def restart(self, n):
        self.devices[n].reopen()

    @invariant()
    def what_is_typed_is_shown_whatever_was_pulled(self):
        for n, device in enumerate(getattr(self, "devices", ())):
            for record, typed in self.typed[n].items():
                shown = device.store.read(lambda db, record=record: records.values(db, record))
                assert {path: shown.get(path) for path in typed} == typed

    def teardown(self):
        if not hasattr(self, "devices"):
            return
        try:
            self._end()
        finally:
            for device in self.devices:
                device.store.close()
            shutil.rmtree(self.folder)

    def _end(self):
        for n, device in enumerate(self.devices):
            for record in list(self.typed[n]):
                self.finish(n, record)
            for entry in device.store.read(outbox.refused):
                device.store.write(lambda db, entry=entry: outbox.send_again(db, entry.change_set.id))
        for device in (*self.devices, *self.devices):
            self.office.sync(device)
        for device in self.devices:
            assert device.store.read(outbox.by_record) == {}
            assert device.store.read(outbox.only_here) == ()
            for record, state in self.office.states.items():
                assert device.store.read(lambda db, record=record: records.base(db, record)) == state
                shown = device.store.read(lambda db, record=record: records.values(db, record))
                assert shown == {p: field.value for p, field in state.items() if field.value is not None}
        logged = {
            (record, path, known.change.stamp)
            for (record, path), log in self.office.log.items()
            for known in log
        }
        assert logged == self.claims, "finished work did not arrive, or something that nobody made did"
        for (record, path), log in self.office.log.items():
            replaced = {parent for known in log for parent in known.change.parents}
            stamps = {known.change.stamp for known in log}
            assert replaced <= stamps, "a parent that the office has never heard of"
            heads = set(self.office.states[record][path].heads)
            assert stamps - replaced == heads, "an answer vanished without anybody replacing it"


TwoWorkers.TestCase.settings = settings(max_examples=examples(100), stateful_step_count=25, deadline=None)


@pytest.fixture(autouse=True)
def _parts(parts_of_an_office):
    TwoWorkers.make_device, TwoWorkers.make_office, TwoWorkers.make_clock = parts_of_an_office


@pytest.mark.random
@pytest.mark.timeout(900)  # a failure is made small before it is shown
class TestTwoWorkers(TwoWorkers.TestCase):
    """Runs the machine; each step and the end of each run assert."""

"""Work that a restored store has from the device that was backed up, and how it becomes this device's.

Two devices must never work under one name: what one of them says would count as said by the other, and
where both answered one question nobody would be told which answer was lost. So a restored store works under
a provisional name at once. What the old device had finished is sent under the old device's name as long as
the server takes that: the server knows it again if it has it. Then this device gets a name of its own,
and everything that no server has seen goes on under that.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Final

from app.store import cases, meta, outbox, records
from app.store.identity import Identity, write_identity
from app.store.transaction import Snapshot, Transaction, to_json
from sync_server.protocol.change import Change, ChangeSet
from sync_server.protocol.merge import FieldState

_DEVICE: Final = "restored.device"
_TOKEN: Final = "restored.token"  # noqa: S105  # the name of a fact
_MADE: Final = "restored.made_ms"

#: The old device may have sent it, and others may have answered on top of that.
UNCERTAIN: Final = "restore.work.uncertain"


@dataclass(frozen=True, slots=True)
class Inherited:
    """The device that was backed up; `token` is empty where nothing may be sent in its name."""

    device: str
    token: str


def begin(db: Transaction, old: Identity, provisional: str, made_ms: int) -> Identity:
    """Have the store of `old` be a restored one from now on, under a provisional name, which is returned."""
    earlier = of(db)
    device, token = (earlier.device, earlier.token) if earlier else (old.device, old.token)
    meta.put(db, _DEVICE, device)
    meta.put(db, _TOKEN, token)
    meta.put(db, _MADE, str(made_ms))
    # Where the server is further than this copy knows, that is no fault of somebody's.
    meta.put(db, meta.RECOUNT, "true")
    now = replace(old, device=provisional, token="")
    write_identity(db, now)
    return now


def of(db: Snapshot) -> Inherited | None:
    """None for a store that was not restored, or has a name of its own by now."""
    device = meta.get(db, _DEVICE)
    return Inherited(device, meta.get(db, _TOKEN) or "") if device else None


def waits(db: Snapshot) -> bool:
    """Whether finished work of the old device still waits to be sent in its name."""
    found = of(db)
    return found is not None and bool(outbox.batch(db, limit=1, device=found.device))


def adopt(db: Transaction, device: str) -> int:
    """Have everything here that no server has seen be this device's work; how many answers are uncertain.

    Where the old device's work was sent in its name before, only what was refused, drafts, and what was
    written since the restore is left. Where that was not possible (its token was revoked), call this
    after a pull: what the server shows is dropped; what stands on all that the server shows goes out; any
    other answer stays here as a refused one, for its author to look at, since the old device may have sent
    it, and it must not come to lie beside what others have said of it since.
    """
    found = of(db)
    if found is None:
        return 0
    plan = _Plan(db, found.device, device)
    uncertain = plan.outbox()
    plan.drafts()
    for fact in (_DEVICE, _TOKEN, _MADE):
        meta.put(db, fact, None)
    outbox.renumber(db, 0)
    cases.rebuild(db)
    return uncertain


class _Plan:
    """Which claims get this device's name, and then everything that names them."""

    def __init__(self, db: Transaction, old: str, device: str) -> None:
        self._db, self._old, self._device = db, old, device
        self._names: dict[str, str] = {}
        self._base: dict[str, Mapping[str, FieldState]] = {}
        #: By record and path: every claim on which what goes out stands.
        self._below: dict[tuple[str, str], set[str]] = {}
        #: By record, path and claim: what an answer stands on that stays here.
        self._aside: dict[tuple[str, str, str], tuple[str, ...]] = {}

    def outbox(self) -> int:
        uncertain = 0
        rows = self._db.rows(
            "SELECT place, state, change_set FROM outbox WHERE state <> 'sent' ORDER BY place"
        )
        for place, state, text in rows:
            change_set = outbox.read(text)
            inherited = change_set.device == self._old
            if inherited and self._server_has(change_set):
                self._db.run("DELETE FROM outbox WHERE place = ?", place)
                continue
            unsure = self._unsure(change_set) if inherited and state == "waiting" else set[str]()
            self._rename(change_set.stamp, *change_set.stamps.values())
            for change in change_set.changes():
                if change.path in unsure:
                    key = change_set.record, change.path, change.stamp
                    self._aside[key] = self._parents(change_set.record, change)
            own = self._own(change_set)
            sure = outbox.without(own, unsure)
            if sure.values:
                self._put(place, sure)
            else:
                self._db.run("DELETE FROM outbox WHERE place = ?", place)
            if unsure:
                uncertain += len(unsure)
                stays = outbox.without(own, own.values.keys() - unsure)
                outbox.add_refused(self._db, replace(stays, id=self._db.new_id()), UNCERTAIN)
        return uncertain

    def drafts(self) -> None:
        for record, path, stamp, parents in self._db.rows("SELECT record, path, stamp, parents FROM answer"):
            held = self._fields(record).get(path)
            if held is not None and stamp in held.heads:
                # The old device has finished it since.
                self._db.run("DELETE FROM answer WHERE record = ? AND path = ?", record, path)
                continue
            self._rename(stamp)
            self._db.run(
                "UPDATE answer SET stamp = ?, parents = ?, boot = NULL, uptime = NULL"
                " WHERE record = ? AND path = ?",
                self._name(stamp),
                to_json(self._names_of(record, path, json.loads(parents))),
                record,
                path,
            )
        for record, seen in self._db.rows("SELECT record, seen FROM draft"):
            note = {
                path: [self._names_of(record, path, heads), value]
                for path, (heads, value) in json.loads(seen).items()
            }
            self._db.run("UPDATE draft SET seen = ? WHERE record = ?", to_json(note), record)
        self._db.run(
            "DELETE FROM draft WHERE NOT EXISTS (SELECT 1 FROM answer WHERE answer.record = draft.record)"
            " AND EXISTS (SELECT 1 FROM record WHERE id = draft.record AND changed <> '')"
        )

    def _fields(self, record: str) -> Mapping[str, FieldState]:
        if record not in self._base:
            self._base[record] = records.base(self._db, record)
        return self._base[record]

    def _server_has(self, change_set: ChangeSet) -> bool:
        """A change set is taken in as a whole: where one of its answers stands there, it was."""
        fields = self._fields(change_set.record)
        return any(
            (held := fields.get(change.path)) is not None and change.stamp in held.heads
            for change in change_set.changes()
        )

    def _unsure(self, change_set: ChangeSet) -> set[str]:
        """The paths of which the server shows something that this answer does not stand on."""
        fields, unsure = self._fields(change_set.record), set()
        for change in change_set.changes():
            below = self._below.setdefault((change_set.record, change.path), set())
            below.update(change.parents)
            held = fields.get(change.path)
            if held is not None and not below.issuperset(held.heads):
                unsure.add(change.path)
        return unsure

    def _rename(self, *claims: str) -> None:
        self._names.update((claim, claim[:18] + self._device) for claim in claims)

    def _name(self, claim: str) -> str:
        return self._names.get(claim, claim)

    def _parents(self, record: str, change: Change) -> tuple[str, ...]:
        """What a change stands on, in the names of now; what stays here gives way to what it stood on."""
        return self._names_of(record, change.path, change.parents)

    def _names_of(self, record: str, path: str, claims: Iterable[str]) -> tuple[str, ...]:
        found: list[str] = []
        for claim in claims:
            found += self._aside.get((record, path, claim), (self._name(claim),))
        return tuple(dict.fromkeys(found))

    def _own(self, change_set: ChangeSet) -> ChangeSet:
        inherited = change_set.device == self._old
        parents = tuple(map(self._name, change_set.parents))
        by_path = {change.path: self._parents(change_set.record, change) for change in change_set.changes()}
        return replace(
            change_set,
            device=self._device,
            stamp=self._name(change_set.stamp),
            stamps={path: self._name(claim) for path, claim in change_set.stamps.items()},
            parents=parents,
            path_parents={path: claims for path, claims in by_path.items() if claims != parents},
            # What another machine's clock said since its boot tells nothing here.
            boot=None if inherited else change_set.boot,
            uptime=None if inherited else change_set.uptime,
        )

    def _put(self, place: int, change_set: ChangeSet) -> None:
        self._db.run("UPDATE outbox SET change_set = ? WHERE place = ?", to_json(asdict(change_set)), place)

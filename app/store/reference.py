"""What the server tells every device and no worker writes: colleagues, programmes, and standing alarms."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final

from app.store import meta
from app.store.transaction import Snapshot, Transaction
from sync_server.protocol import schema
from sync_server.protocol.messages import AlarmNotice, Alarms, Reference

_REFERENCE: Final = "sync.reference"
_FINGERPRINT: Final = "sync.reference.fingerprint"
_ALARMS: Final = "sync.alarms"


def get(db: Snapshot) -> Reference:
    """What was told last; nothing before the first sync."""
    kept = meta.get(db, _REFERENCE)
    return schema.load(Reference, json.loads(kept)) if kept else Reference()


def only_cover(db: Snapshot) -> list[tuple[str, str]]:
    """Of what was told, how devices are covered and locked, as a fact of a store in which nothing else is."""
    cover = get(db).cover
    return [] if cover is None else [(_REFERENCE, schema.encode(Reference(cover=cover)).decode())]


def fingerprint(db: Snapshot) -> str | None:
    """By which the server knows whether there is news; None before the first sync."""
    return meta.get(db, _FINGERPRINT)


def put(db: Transaction, told: Reference) -> None:
    meta.put(db, _REFERENCE, schema.encode(told).decode())
    meta.put(db, _FINGERPRINT, told.fingerprint)


def alarms(db: Snapshot) -> tuple[AlarmNotice, ...]:
    """The alarms that stood at the last sync."""
    kept = meta.get(db, _ALARMS)
    return schema.load(Alarms, json.loads(kept)).alarms if kept else ()


def put_alarms(db: Transaction, standing: Iterable[AlarmNotice]) -> bool:
    """Keep what stands now in the place of what stood; whether that changed anything."""
    told = tuple(standing)
    if told == alarms(db):
        return False
    meta.put(db, _ALARMS, schema.encode(Alarms(told)).decode() if told else None)
    return True

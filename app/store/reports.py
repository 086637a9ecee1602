"""Reports that a coordinator froze on this device, and the ledger of what was published: in the encrypted
store, and sent nowhere."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from app.store import meta
from app.store.transaction import Snapshot, Transaction

_HEAD: Final = "report.head."
_BODY: Final = "report.body."
_LEDGER: Final = "report.ledger"


def put(db: Transaction, report: str, head: Mapping[str, Any], body: Mapping[str, Any]) -> None:
    """Keep a report for ever; what is frozen is never written again."""
    meta.put(db, _HEAD + report, json.dumps(head, ensure_ascii=False))
    meta.put(db, _BODY + report, json.dumps(body, ensure_ascii=False))


def heads(db: Snapshot) -> dict[str, Mapping[str, Any]]:
    """What is told of each, by id."""
    kept = meta.beginning(db, _HEAD)
    return {key.removeprefix(_HEAD): json.loads(text) for key, text in kept.items()}


def body(db: Snapshot, report: str) -> Mapping[str, Any] | None:
    """One report as it was frozen; None where it is not here."""
    kept = meta.get(db, _BODY + report)
    return None if kept is None else dict(json.loads(kept))


def ledger(db: Snapshot) -> Mapping[str, Any] | None:
    """Who was told of in public so far; None before the first publication."""
    kept = meta.get(db, _LEDGER)
    return None if kept is None else dict(json.loads(kept))


def put_ledger(db: Transaction, told: Mapping[str, Any]) -> None:
    meta.put(db, _LEDGER, json.dumps(told, ensure_ascii=False))

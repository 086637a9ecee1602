"""A record's fields as the server knows them, in one row of the store.

The row keeps what a `RecordDelta` says in the same brief form: stamp, effective stamp and author
that hold for most paths, and the exceptions. A record that is pulled for the first time is stored
as it came.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any, Final

from app.store.transaction import Row, to_json
from sync_server.protocol.merge import FieldState, Head
from sync_server.protocol.messages import RecordDelta

#: The columns that `decode` reads and `encode` gives, in their order.
COLUMNS: Final = "author, stamp, effective, field_values, stamps, effectives, authors, rivals, changed"


def decode(row: Row) -> dict[str, FieldState]:
    """The fields of a row with the `COLUMNS`; none of a record that the server has never shown."""
    author, stamp, effective, values, stamps, effectives, authors, rivals, _ = row
    if values == "{}":
        return {}
    return RecordDelta(
        record="",
        case="",
        form="",
        form_version="",
        author=author,
        stamp=stamp,
        effective=effective,
        values=json.loads(values),
        stamps=_map(stamps),
        effectives=_map(effectives),
        authors=_map(authors),
        rivals={path: tuple(Head(**head) for head in heads) for path, heads in _map(rivals).items()},
    ).states()


def encode(delta: RecordDelta) -> Row:
    """The `COLUMNS` of a record that consists of this delta alone."""
    claims = [delta.stamp, *delta.stamps.values()]
    claims.extend(head.stamp for heads in delta.rivals.values() for head in heads)
    return (
        delta.author,
        delta.stamp,
        delta.effective,
        to_json(delta.values),
        to_json(delta.stamps) if delta.stamps else "{}",
        to_json(delta.effectives) if delta.effectives else "{}",
        to_json(delta.authors) if delta.authors else "{}",
        to_json({path: [asdict(head) for head in heads] for path, heads in delta.rivals.items()})
        if delta.rivals
        else "{}",
        max(claims),
    )


def _map(text: str) -> dict[str, Any]:
    found: dict[str, Any] = {} if text == "{}" else json.loads(text)
    return found

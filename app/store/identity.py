"""Who works on this device, for which office, with which server: what enrolment has settled."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.store.transaction import Snapshot, Transaction


@dataclass(frozen=True, slots=True)
class Identity:
    """What the server gave at enrolment. `device` is its name in every stamp; `token` proves it.

    `server` is the address to call, `server_id` and `epoch` tell whether the same server answers
    with the same history. A demo store never meets a real server, nor a real store a demo server.
    """

    device: str
    login: str
    display_name: str
    role: str
    office: str
    zone: str
    server: str = ""
    server_id: str = ""
    epoch: str = ""
    demo: bool = False
    token: str = field(default="", repr=False)


def read_identity(db: Snapshot) -> Identity:
    kept = {
        key.partition(".")[2]: value
        for key, value in db.rows("SELECT key, value FROM meta WHERE key GLOB 'identity.*'")
    }
    return of_rows(kept)


def of_rows(kept: Mapping[str, str]) -> Identity:
    """The identity that rows of `meta` tell, by the names of its fields; TypeError where some are missing."""
    values: dict[str, Any] = {each.name: kept[each.name] for each in fields(Identity) if each.name in kept}
    values["demo"] = values.get("demo") == "true"
    return Identity(**values)


def write_identity(db: Transaction, identity: Identity) -> None:
    db.run_many("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", identity_rows(identity))


def to_note(identity: Identity) -> bytes:
    """An identity as it is kept outside of the store; `from_note` reads it again."""
    return json.dumps(asdict(identity)).encode()


def from_note(note: bytes) -> Identity | None:
    """None where there is none."""
    return Identity(**json.loads(note)) if note else None


def identity_rows(identity: Identity) -> list[tuple[str, str]]:
    """The rows of `meta` that keep an identity."""
    return [(f"identity.{name}", value) for name, value in told(identity).items()]


def told(identity: Identity) -> dict[str, str]:
    """Its fields as texts: what `of_rows` reads."""
    return {
        name: ("true" if value else "false") if isinstance(value, bool) else str(value)
        for name, value in asdict(identity).items()
    }

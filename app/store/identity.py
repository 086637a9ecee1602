"""Who works on this device, for which office, with which server: what enrolment has settled."""

from __future__ import annotations

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
    values: dict[str, Any] = {each.name: kept[each.name] for each in fields(Identity) if each.name in kept}
    values["demo"] = values.get("demo") == "true"
    return Identity(**values)


def write_identity(db: Transaction, identity: Identity) -> None:
    db.run_many("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", identity_rows(identity))


def identity_rows(identity: Identity) -> list[tuple[str, str]]:
    """The rows of `meta` that keep an identity."""
    return [
        (f"identity.{name}", ("true" if value else "false") if isinstance(value, bool) else str(value))
        for name, value in asdict(identity).items()
    ]

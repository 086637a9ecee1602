"""From a backup to a device that works: restoring it, and making it known to the server."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app import passphrases
from app.boot import boot_facts
from app.problems import Problem
from app.store import KeyCost, Store
from app.store import restore as restores
from app.store.keys import FLOOR
from app.store.restore import Restored
from app.store.store import system_now_ms
from app.sync.rejoining import rejoin
from app.unlocking import attempts_at
from sync_server.protocol.recovery_key import RecoveryKey


@dataclass(frozen=True, slots=True)
class Rejoined:
    """Under which name the device works from now on; how many answers wait for their author."""

    login: str
    role: str
    office: str
    device: str
    uncertain: int


def refuse_used(folder: Path) -> None:
    """Problem store.file.exists: a backup is never restored over a store."""
    if Store.exists(folder):
        raise Problem("store.file.exists", {"name": folder.name})


def restore(folder: Path, backup: Path, key: RecoveryKey, passphrase: str, cost: KeyCost = FLOOR) -> Restored:
    """Problems as of `app.store.restore.restore`; store.passphrase.empty, .short, .trivial."""
    refuse_used(folder)
    passphrases.refuse_weak(passphrase)
    return restores.restore(folder, backup, key, passphrase, now_ms=system_now_ms, cost=cost)


def make_known(
    folder: Path,
    passphrase: str,
    server: str,
    login: str,
    password: str,
    label: str = "",
    floor: KeyCost = FLOOR,
) -> Rejoined:
    """Problems as of `app.sync.rejoining.rejoin` and of opening a store."""
    store = Store.open(folder, passphrase, boot_facts=boot_facts, floor=floor, attempts=attempts_at(folder))
    try:
        who, uncertain = rejoin(store, server, login, password, label=label)
    finally:
        store.close()
    return Rejoined(who.login, who.role, who.office, who.device, uncertain)

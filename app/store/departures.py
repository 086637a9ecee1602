"""How an open store is left for good: a journey without a case on the device, or an end to everything."""

from __future__ import annotations

from app.problems import Problem
from app.store import erase as erasing
from app.store import travel
from app.store.attempts import Attempts
from app.store.folder import writing
from app.store.keys import FLOOR, FindKeyring, KeyCost
from app.store.store import Store
from app.store.system_keyring import system_keyring

#: Seconds for a save that is under way, where everything is to be destroyed.
_PATIENCE_S = 1.0


def begin_travel(
    store: Store,
    passphrase: str,
    *,
    cost: KeyCost = FLOOR,
    floor: KeyCost = FLOOR,
    attempts: Attempts | None = None,
    find_keyring: FindKeyring = system_keyring,
) -> None:
    """Put a store without any case in the place of this one, and close it: `Store.open` opens that one.

    Problems: travel.work.unsent {count}, travel.mode.on, store.passphrase.wrong, store.unlock.wait,
    .code_needed, those of `unsaved`, and then all cases are here still; or store.closed.already.
    """
    with store.alone():
        keys = store.proved(passphrase, floor, attempts, find_keyring)
        store.read(travel.refuse)
        with writing():
            store.read(
                lambda db: travel.depart(
                    *(store.folder, db, keys, passphrase),
                    cost=cost,
                    find_keyring=find_keyring,
                    now_ms=store.now_ms(),
                )
            )
        store.leave(lambda: travel.finish(store.folder, find_keyring))


def end_travel(
    store: Store,
    passphrase: str,
    *,
    floor: KeyCost = FLOOR,
    attempts: Attempts | None = None,
    find_keyring: FindKeyring = system_keyring,
) -> None:
    """Let the next sync bring everything back. Problems as of `Store.change_passphrase`."""
    store.proved(passphrase, floor, attempts, find_keyring)
    store.write(travel.end)


def erase(store: Store, *, find_keyring: FindKeyring = system_keyring) -> None:
    """Destroy the keys, then everything else of this store, and close. It does not wait long for a save that
    is under way.

    Problems of `unsaved`: where `erase.is_begun` says no, nothing was destroyed; else the next start goes on
    with what could not be deleted.
    """
    with store.alone(_PATIENCE_S) as alone:
        try:
            with writing():
                erasing.begin(store.folder)
        except Problem:
            if not erasing.is_begun(store.folder):
                raise
        store.leave(lambda: erasing.finish(store.folder, find_keyring), close=alone)

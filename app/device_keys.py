"""What opens this device, for who works on it: her passphrase, the system's keyring, the office's key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from app import passphrases
from app.background import Job
from app.problems import Problem
from app.store import KeyCost, Store
from app.store.keys import FLOOR
from app.store.system_keyring import system_keyring
from app.unlocking import attempts_at
from sync_server.protocol.recovery_key import fingerprint

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class KeysView:
    """`keyring`: whether the store is bound to the keyring of the system; `keyring_here`: whether there is
    one that it could be bound to. `recovery` and `offered` are fingerprints of the office's recovery key:
    of the one that opens this store, and of another that waits for the worker's word; or empty."""

    keyring: bool
    keyring_here: bool
    recovery: str
    offered: str


class DeviceKeys:
    """`submit` runs something on the thread of the store. `floor` is the cheapest key; lower for tests."""

    def __init__(
        self,
        store: Store,
        submit: Callable[[Callable[[], Any]], Job[Any]],
        floor: KeyCost = FLOOR,
    ) -> None:
        self._store, self._submit, self._floor = store, submit, floor
        self._attempts = attempts_at(store.folder)

    def view(self) -> Job[KeysView]:
        def look() -> KeysView:
            now, bound = self._store.recovery_standing(), self._store.is_bound_to_keyring()
            return KeysView(
                keyring=bound,
                keyring_here=bound or system_keyring() is not None,
                recovery=fingerprint(now.slot) if now.slot else "",
                offered=fingerprint(now.offered) if now.offered else "",
            )

        return self._submit(look)

    def change_passphrase(self, old: str, new: str, again: str, *, take_offered: bool = False) -> Job[None]:
        """Have `new` open this device. `again` is the same typed once more.

        Problems store.passphrase.empty, .short, .trivial, .different; store.passphrase.wrong for the old
        one, and store.unlock.wait, .code_needed after too many of those.
        """

        def change() -> None:
            passphrases.refuse_weak(new)
            if not passphrases.same(new, again):
                raise Problem("store.passphrase.different")
            self._store.change_passphrase(
                old,
                new,
                cost=self._floor,
                floor=self._floor,
                attempts=self._attempts,
                take_offered=take_offered,
            )

        return self._submit(change)

    def take_recovery_key(self, passphrase: str) -> Job[None]:
        """Let the office's new recovery key open this device, and the one before no more. Problems
        store.passphrase.wrong, store.unlock.wait, .code_needed, store.recovery.none."""

        def take() -> None:
            self._store.take_recovery_key(passphrase, floor=self._floor, attempts=self._attempts)

        return self._submit(take)

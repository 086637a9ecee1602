"""The keyring of the system account as a second factor: what is copied from the disk alone opens nothing.

Only keyrings that encrypt are used, each named here: libsecret's Secret Service, KWallet, the macOS
Keychain, the Windows Credential Locker. The library would also hand out one that writes plain text,
one that keeps nothing, one that always fails, or whatever a settings file in the user's home names;
none of them is ever asked.
"""

from __future__ import annotations

import base64
import logging
import sys
from importlib import import_module
from typing import Any, Final

import nacl.utils

from app.problems import Problem

#: Where each system keeps secrets: module and class of the library's back end.
_BACK_ENDS: Final = {
    "linux": (("SecretService", "Keyring"), ("kwallet", "DBusKeyring")),
    "win32": (("Windows", "WinVaultKeyring"),),
    "darwin": (("macOS", "Keyring"),),
}
#: What a list of the keyring's entries shows: a neutral name, as the window has.
_SERVICE: Final = "notes"
_FACTOR_BYTES: Final = 32

log = logging.getLogger(__name__)


class SystemKeyring:
    """One back end that encrypts. `make` and `find` keep and give a random factor by the store's id."""

    def __init__(self, back_end: Any) -> None:
        self._back_end = back_end

    def find(self, store: str) -> bytes | None:
        """The factor of a store; None where there is none, or the keyring stays locked."""
        try:
            kept = self._back_end.get_password(_SERVICE, store)
        except Exception as error:
            # Each back end raises what its own system gives it: not ours to list.
            log.warning("keyring.refused", extra={"error": type(error).__name__})
            return None
        try:
            factor = base64.b64decode(kept or "", validate=True)
        except ValueError:
            return None
        return factor if len(factor) == _FACTOR_BYTES else None

    def make(self, store: str) -> bytes | None:
        """The factor of a store, a new one where there is none yet; None where the keyring does not keep it.

        One that is there stays: a change of passphrase that is cut off must not lose it.
        """
        there = self.find(store)
        if there is not None:
            return there
        factor: bytes = nacl.utils.random(_FACTOR_BYTES)
        try:
            self._back_end.set_password(_SERVICE, store, base64.b64encode(factor).decode())
        except Exception as error:
            log.warning("keyring.refused", extra={"error": type(error).__name__})
            return None
        return factor if self.find(store) == factor else None

    def forget(self, store: str) -> None:
        """Have it keep nothing of a store any more; harmless where it kept nothing."""
        try:
            if self._back_end.get_password(_SERVICE, store) is not None:
                self._back_end.delete_password(_SERVICE, store)
        except Exception as error:
            log.warning("keyring.refused", extra={"error": type(error).__name__})


def system_keyring() -> SystemKeyring | None:
    """The keyring of who is logged in to the system; None where there is none that encrypts."""
    for module, name in _BACK_ENDS.get(sys.platform, ()):
        try:
            kind = getattr(import_module(f"keyring.backends.{module}"), name)
            if kind.priority >= 1:  # asks the system whether the service answers
                return SystemKeyring(kind())
        except Exception as error:
            log.info("keyring.absent", extra={"error": type(error).__name__})
    return None


def factor_for(store: str, keyring: SystemKeyring | None) -> bytes:
    """The second factor of a store that is bound to a keyring. Problem store.keyring.missing."""
    factor = keyring.find(store) if keyring is not None else None
    if factor is None:
        raise Problem("store.keyring.missing")
    return factor

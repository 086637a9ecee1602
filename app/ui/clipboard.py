"""What this window gave to the clipboard, and how it takes it back.

A copied name would outlive the lock: any program may read the clipboard. So whatever was copied here is
taken back half a minute later, under the cover, and at the lock. What somebody else has put there since
stays, for it is not ours. Programs that keep a history of the clipboard have had it by then.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Any, Final

from kivy.clock import Clock

#: Seconds for which a copied text can be pasted.
LASTS: Final = 30.0


class OwnCopy:
    """The one text that was copied last, known by its hash only."""

    def __init__(self) -> None:
        self._salt = secrets.token_bytes(16)
        self._hash: bytes | None = None
        self._later: Any = None

    def made(self, text: str) -> None:
        """This text was just given to the clipboard."""
        if not text:
            return
        self._hash = self._of(text)
        if self._later is not None:
            self._later.cancel()
        self._later = Clock.schedule_once(lambda _seconds: self.take_back(), LASTS)

    def take_back(self) -> None:
        """Empty the clipboard where it still holds what was copied here."""
        if self._later is not None:
            self._later.cancel()
            self._later = None
        known, self._hash = self._hash, None
        if known is None:
            return
        from kivy.core.clipboard import Clipboard

        if self._of(Clipboard.paste() or "") == known:
            # Kivy's `copy` leaves an empty text alone.
            Clipboard._copy("")

    def _of(self, text: str) -> bytes:
        return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), salt=self._salt).digest()


own_copy: Final = OwnCopy()

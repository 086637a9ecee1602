"""An unlock code as it is written, typed, and known again by its hash."""

from __future__ import annotations

import hashlib
import unicodedata
from typing import Final

#: Read over the telephone, 0 and O, 1 and I or L, 8 and B are easily taken for each other.
_HEARD: Final = str.maketrans({"0": "O", "1": "I", "8": "B"})


def written(code: str) -> str:
    """In groups of four."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def code_hash(device: str, typed: str) -> str:
    """What a device keeps of a code; the same for the same code, however it was typed."""
    text = unicodedata.normalize("NFKC", typed).upper().translate(_HEARD)
    letters = "".join(each for each in text if each.isascii() and each.isalnum())
    told = f"{device} {letters}".encode()
    return hashlib.blake2b(told, person=b"homeward-ucode", digest_size=8).hexdigest()

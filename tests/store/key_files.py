"""Key files as tests need them: of the first format, and changed by somebody who makes the checksum fit."""

from __future__ import annotations

import base64
import json
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nacl.bindings
import nacl.pwhash.argon2id
import nacl.utils

from app.store.key_file import FILE_NAME, canonical, checksum_of
from app.store.key_slots import KeyCost

CHEAP = KeyCost(8, 1)


def rewrite(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Edit `keys.json` as somebody would who also makes the checksum fit."""
    path = folder / FILE_NAME
    content = json.loads(path.read_text())
    content.pop("checksum")
    change(content)
    content["checksum"] = checksum_of(content)
    path.write_text(json.dumps(content))


def write_format_1(folder: Path, store: str, data_key: bytes, passphrase: str, cost: KeyCost = CHEAP) -> None:
    """As the first devices wrote it: the text composed and else as it was typed, one seal, no slots."""
    salt = nacl.utils.random(nacl.pwhash.argon2id.SALTBYTES)
    header = {
        "format": 1,
        "kdf": "argon2id",
        "memory_kib": cost.memory_kib,
        "passes": cost.passes,
        "salt": base64.b64encode(salt).decode(),
        "store": store,
        "demo": True,
    }
    text = unicodedata.normalize("NFC", passphrase).encode()
    wrapping = nacl.pwhash.argon2id.kdf(32, text, salt, opslimit=cost.passes, memlimit=cost.memory_kib * 1024)
    nonce = nacl.utils.random(24)
    sealed = nonce + nacl.bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(
        data_key, canonical(header), nonce, wrapping
    )
    content: dict[str, Any] = {"header": header, "sealed": base64.b64encode(sealed).decode()}
    content["checksum"] = checksum_of(content)
    (folder / FILE_NAME).write_text(json.dumps(content, indent=1))

"""Hashes, base64, signatures."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import TYPE_CHECKING

from forms.expression.ed25519 import is_signature
from forms.expression.functions.registry import function, special

if TYPE_CHECKING:
    from forms.expression.compile import Compiler
    from forms.expression.focus import Closure, Focus
    from forms.expression.parser import Tree

_ALGORITHMS = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}
_SIGNATURE = 64
_CHECKING = 20_000
"""What it costs to check a signature, in nodes looked at."""


@function("digest", "text text text?", "text", cost=10)
def digest(data: str, algorithm: str, encoding: str = "base64") -> str:
    """The hash of a text's UTF-8 (XForms 1.1, 7.8.1): MD5, SHA-1, SHA-256, SHA-384 or SHA-512, in base64 or
    hex. Of another algorithm or encoding it is empty: the names may come from answers."""
    name = _ALGORITHMS.get(algorithm.strip().upper())
    if name is None:
        return ""
    hashed = hashlib.new(name, data.encode("utf-8", "replace"), usedforsecurity=False)
    if encoding.strip().lower() == "hex":
        return hashed.hexdigest()
    return base64.b64encode(hashed.digest()).decode() if encoding.strip().lower() == "base64" else ""


def _decoded(text: str) -> bytes | None:
    compact = "".join(text.split()).rstrip("=")
    try:
        return base64.b64decode(compact + "=" * (-len(compact) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


@function("base64-decode", "text", "text")
def base64_decode(text: str) -> str:
    """The UTF-8 text that the base64 stands for; empty when it is no base64. Bytes that are no UTF-8 show
    as replacement characters."""
    decoded = _decoded(text)
    return decoded.decode("utf-8", "replace") if decoded is not None else ""


@special("extract-signed", 2, 2, "text")
def extract_signed(compiler: Compiler, arguments: tuple[Tree, ...]) -> Closure[str]:
    """The message in the first text (base64 of a signature of 64 bytes and the message) when it was signed
    with the Ed25519 key whose public half the second is in base64; otherwise empty."""
    contents, public_key = compiler.text(arguments[0]), compiler.text(arguments[1])
    work = compiler.work
    work.used = True

    def extracted(focus: Focus) -> str:
        signed, key = _decoded(contents(focus)), _decoded(public_key(focus))
        if signed is None or key is None or len(signed) < _SIGNATURE:
            return ""
        work.spend(_CHECKING)
        signature, message = signed[:_SIGNATURE], signed[_SIGNATURE:]
        return message.decode("utf-8", "replace") if is_signature(signature, message, key) else ""

    return extracted

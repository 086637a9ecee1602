"""Hashes, base64, signatures."""

from __future__ import annotations

import base64
import binascii
import hashlib

from forms.expression.ed25519 import is_signature
from forms.expression.functions.registry import function

_ALGORITHMS = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}
_SIGNATURE = 64


@function("digest", "text text text?", "text")
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


@function("extract-signed", "text text", "text")
def extract_signed(contents: str, public_key: str) -> str:
    """The message in `contents` (base64 of a signature of 64 bytes and the message) when it was signed with
    the Ed25519 key whose public half is given in base64; otherwise empty."""
    signed, key = _decoded(contents), _decoded(public_key)
    if signed is None or key is None or len(signed) < _SIGNATURE:
        return ""
    signature, message = signed[:_SIGNATURE], signed[_SIGNATURE:]
    return message.decode("utf-8", "replace") if is_signature(signature, message, key) else ""

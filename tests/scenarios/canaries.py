"""Invented things that must never be read outside a store, and every way in which they could be."""

from __future__ import annotations

import base64
import io
import json
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

NAMES = {
    "given_name": "Kanarina Fshehtaj",
    "family_name": "Секретенко Пташина",
    "other_names": "عصفورة السرّية ⵜⴰⴳⵔⴰⵡⵍⴰ",
}
PHONE = "+355 69 8472913"
NOTE = "Zogëza këndon vonë, пташка співає, الكناري يغنّي, ⴰⴼⵔⵓⵅ"
LOGIN = "shpendi.kanari"
DISPLAY_NAME = "Шпенді Канарейко"
PASSWORD = "fjalëkalim-канарейка-كلمة-ⴰⵡⴰⵍ"
PASSPHRASE = "kalimi-фразаказ عبارتي ⵜⴰⵡⵉⵏⴰ"
ALL = (*NAMES.values(), PHONE, NOTE, LOGIN, DISPLAY_NAME, PASSWORD, PASSPHRASE)

_ENCODINGS = (
    *("utf-8", "utf-16-le", "utf-16-be", "utf-32-le"),
    *("cp1251", "cp1256", "iso8859-5", "iso8859-6", "latin-1"),
)


def _words() -> Iterator[str]:
    for text in ALL:
        yield text
        yield from (word for word in text.replace(",", " ").split() if len(word) > 4)
    yield "".join(PHONE.split())


def needles() -> dict[bytes, str]:
    """Each canary as it could stand in a file, and which one it is."""
    found: dict[bytes, str] = {}
    for word in _words():
        for form in {word, unicodedata.normalize("NFC", word), unicodedata.normalize("NFD", word)}:
            for dress in _dresses(form):
                found[dress] = word
    return found


def _dresses(word: str) -> Iterator[bytes]:
    for encoding in _ENCODINGS:
        try:
            raw = word.encode(encoding)
        except UnicodeEncodeError:
            continue
        yield raw
    yield word.encode("unicode_escape")
    yield ascii(word)[1:-1].encode()
    yield json.dumps(word)[1:-1].encode()
    yield quote(word).encode()
    yield word.encode().hex().encode()
    for raw in (word.encode(), word.encode("utf-16-le")):
        for alignment in range(3):
            yield _in_base64(raw, alignment)


def _in_base64(raw: bytes, alignment: int) -> bytes:
    """The letters of it that are the same whatever stands before it, `alignment` bytes after a third one,
    and behind it."""
    text = base64.b64encode(b"\0" * alignment + raw)
    return text[-(-alignment * 8 // 6) : (alignment + len(raw)) * 8 // 6]


def found_in(*places: Path) -> set[str]:
    """Which canaries stand where, in files, in names of files and in packed files below these places."""
    wanted = needles()
    files = [
        file
        for place in places
        for file in ([place] if place.is_file() else place.rglob("*"))
        if file.is_file()
    ]
    return {f"{word} in {file.name}" for file in files for word in _in_file(file, wanted)}


def _in_file(file: Path, wanted: dict[bytes, str]) -> set[str]:
    raw = file.read_bytes() + file.name.encode()
    if file.suffix == ".zip":
        with zipfile.ZipFile(io.BytesIO(raw[: -len(file.name.encode())])) as packed:
            raw += b"\0".join(packed.read(name) for name in packed.namelist())
    return {word for needle, word in wanted.items() if needle in raw}

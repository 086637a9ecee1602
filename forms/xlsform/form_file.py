"""The bytes of a form's file, never more than a form has: files come from outside, and may be anything."""

from __future__ import annotations

import io
import stat
import zipfile
from pathlib import Path
from typing import Final

from forms.errors import FormProblem

MAX_FILE: Final = 16 * 1024 * 1024
MAX_UNPACKED: Final = 256 * 1024 * 1024


def content_of(path: Path) -> bytes:
    """What is in the file. Raises FormProblem for one that is too large, packed or unpacked, for one that
    cannot be read, and for what is no file: a device or a pipe may never end."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise FormProblem("form.file.unreadable", file=path.name)
        with path.open("rb") as file:
            content = file.read(MAX_FILE + 1)
    except (OSError, ValueError) as problem:
        raise FormProblem("form.file.unreadable", file=path.name) from problem
    if len(content) > MAX_FILE:
        raise FormProblem("form.file.too_large", file=path.name, limit=MAX_FILE)
    if _unpacked_size(content) > MAX_UNPACKED:
        raise FormProblem("form.file.too_large", file=path.name, limit=MAX_UNPACKED)
    return content


def text_of(path: Path) -> str:
    """The file as a text in UTF-8, with or without the mark that some editors put first."""
    try:
        return content_of(path).decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise FormProblem("form.file.unreadable", file=path.name) from problem


def _unpacked_size(content: bytes) -> int:
    """How large a zipped workbook says it is unpacked, and no reader unpacks more of it than that; 0 for
    what is no zip archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return sum(part.file_size for part in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return 0

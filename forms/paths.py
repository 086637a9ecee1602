"""Addresses of answers, stable while repeats are added, removed and reordered.

`household/member[9f3c0a1b2c3d4e5f]/age` names the age in one instance of a repeat; its template is
`household/member/age`. There is no leading slash, and the form's root element is not part of it.
"""

from __future__ import annotations

import hashlib
import re

INSTANCE_ID = re.compile(r"[0-9a-f]{16}")
_BRACKETED = re.compile(r"\[[^\]/]*\]")
_SEGMENT = re.compile(r"([^\[\]/]+)(?:\[([0-9a-f]{16})\])?")


def template(path: str) -> str:
    """The path of the question in the form's definition: without instance ids."""
    return _BRACKETED.sub("", path) if "[" in path else path


def parent(path: str) -> str:
    """The path one level up; of a top-level path the empty text, which stands for the root."""
    return path.rpartition("/")[0]


def join(base: str, name: str) -> str:
    return f"{base}/{name}" if base else name


def instance(repeat: str, instance_id: str) -> str:
    """The path of one instance of a repeat."""
    return f"{repeat}[{instance_id}]"


def split(path: str) -> tuple[tuple[str, str | None], ...] | None:
    """(name, instance id) of each step, or None when the text is no path."""
    steps = []
    for segment in path.split("/"):
        match = _SEGMENT.fullmatch(segment)
        if match is None:
            return None
        steps.append((match.group(1), match.group(2)))
    return tuple(steps)


def instance_id(path: str) -> str | None:
    """The instance id at the end of the path, if it names an instance of a repeat."""
    steps = split(path)
    return steps[-1][1] if steps else None


def is_within(path: str, ancestor: str) -> bool:
    """Whether the path is the ancestor itself or lies below it; everything lies below the root."""
    return not ancestor or path == ancestor or path.startswith(f"{ancestor}/")


def counted_instance_id(holder: str, repeat: str, number: int) -> str:
    """The id of the instance that a count makes in this place: the same on every device, so that what two
    people answer in 'the second child' merges question by question.
    """
    place = f"{holder}/{repeat}/{number}".encode()
    return hashlib.blake2b(place, digest_size=8).hexdigest()


def new_instance_id(random_bits: int) -> str:
    """64 random bits as text."""
    return f"{random_bits:016x}"

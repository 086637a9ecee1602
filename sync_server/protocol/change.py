"""What travels and is merged: one save of one record, and each field that it changed.

A change is known by the *claimed* stamp that its device gave it, for ever. Ancestry is told in
these claims: `parents` names the changes of the same path that the author had seen and replaced.
The *effective* stamp, which the server derives from the claim (see clock.py), only orders.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from sync_server.protocol.problems import Problem

#: The value of a path that was cleared or deleted. On the wire: JSON null.
TOMBSTONE: Final = None

Json = Any

MAX_PATHS: Final = 4_000
MAX_PATH: Final = 400
MAX_TEXT: Final = 200_000
MAX_CHOICES: Final = 2_000
MAX_INTEGER: Final = 2**63 - 1

_PATH = re.compile(r"(?:[^\W\d][\w.\-]*(?:\[[0-9a-f]{16}\])?/)*[^\W\d][\w.\-]*(?:\[[0-9a-f]{16}\])?")


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one record, changed once.

    `stamp` is the claim and the identity; `parents` the claims that this change replaced: none
    for a first answer, one for an edit, several for an edit of a text that `both` had joined.
    `role` is the author's when the server took it in, `beside` all that the same save changed, by path,
    and `restored` says that it only puts back what had lost: some rules of merging ask for them.
    """

    path: str
    value: Json
    stamp: str
    parents: tuple[str, ...]
    author: str
    device: str
    role: str = field(default="", compare=False)
    restored: bool = field(default=False, compare=False)
    beside: Mapping[str, Json] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """One save of one record, as it stands in the outbox, on the wire and in the server's log.

    `values` maps each changed path to its JSON value, or to None where it was cleared. All paths
    share `stamp` and `parents` but those listed in `stamps` and `path_parents`. `sequence` counts
    the change sets of one device, from 1, without gaps. `boot` and `uptime` (milliseconds since
    that boot, by the monotonic clock) let the server see through a clock that was set in between;
    both are None where the system does not tell. `restores`: it puts back a value that had lost.
    `role` does not travel: the server knows its author's, and a device its own.
    """

    id: str
    record: str
    case: str
    form: str
    form_version: str
    stamp: str
    author: str
    device: str
    sequence: int
    values: Mapping[str, Json]
    parents: tuple[str, ...] = ()
    stamps: Mapping[str, str] = field(default_factory=dict)
    path_parents: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    boot: str | None = None
    uptime: int | None = None
    restores: bool = False
    role: str = ""

    def changes(self) -> Iterator[Change]:
        """Each changed path as a `Change`, in the order of `values`."""
        for path, value in self.values.items():
            yield Change(
                path=path,
                value=value,
                stamp=self.stamps.get(path, self.stamp),
                parents=self.path_parents.get(path, self.parents),
                author=self.author,
                device=self.device,
                role=self.role,
                restored=self.restores,
                beside=self.values,
            )


def check(change_set: ChangeSet) -> None:
    """Raise Problem('sync.change.invalid', what=…) unless paths, values and stamps are allowed.

    The envelope is the schema's to check. A value is null, a truth value, a finite number, a text
    or a list of texts; a change neither names itself as its parent nor bears a stamp of another
    device.
    """
    values = change_set.values
    if len(values) > MAX_PATHS:
        raise _invalid("paths")
    for path, value in values.items():
        if not is_path(path):
            raise _invalid("path")
        if not is_value(value):
            raise _invalid("value")
    if not (change_set.stamps.keys() <= values.keys() and change_set.path_parents.keys() <= values.keys()):
        raise _invalid("path")
    own = {change_set.stamp, *change_set.stamps.values()}
    if any(not _bears(stamp, change_set.device) for stamp in own):
        raise _invalid("stamp")
    for change in change_set.changes() if change_set.parents or change_set.path_parents else ():
        if change.stamp in change.parents:
            raise _invalid("parents")


@lru_cache(maxsize=65_536)
def is_path(path: str) -> bool:
    """Whether `path` is the address of an answer: `group/repeat[16 hex]/name`."""
    return len(path) <= MAX_PATH and _PATH.fullmatch(path) is not None


def is_value(value: Json) -> bool:
    """Whether `value` may stand in a record, on the wire and in every database."""
    if value is None or isinstance(value, bool):
        return True
    if isinstance(value, str):
        return len(value) <= MAX_TEXT and is_text(value)
    if isinstance(value, int):
        return -MAX_INTEGER <= value <= MAX_INTEGER
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, list):
        return len(value) <= MAX_CHOICES and all(
            isinstance(item, str) and len(item) <= MAX_TEXT and is_text(item) for item in value
        )
    return False


def is_text(text: str) -> bool:
    """No NUL, which PostgreSQL cannot keep, and no half of a surrogate pair, which UTF-8 cannot."""
    if "\0" in text:
        return False
    return text.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in text)


def _bears(stamp: str, device: str) -> bool:
    return stamp[18:] == device


def _invalid(what: str) -> Problem:
    return Problem("sync.change.invalid", {"what": what})

"""What travels and is merged: one save of one record, and each field that it changed.

A change is known by the *claimed* stamp that its device gave it, for ever. Ancestry is told in
these claims: `parents` names the changes of the same path that the author had seen and replaced.
The *effective* stamp, which the server derives from the claim (see clock.py), only orders.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

#: The value of a path that was cleared or deleted. On the wire: JSON null.
TOMBSTONE: Final = None

Json = Any


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one record, changed once.

    `stamp` is the claim and the identity; `parents` the claims that this change replaced: none
    for a first answer, one for an edit, several for an edit of a text that `both` had joined.
    """

    path: str
    value: Json
    stamp: str
    parents: tuple[str, ...]
    author: str
    device: str


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """One save of one record, as it stands in the outbox, on the wire and in the server's log.

    `values` maps each changed path to its JSON value, or to None where it was cleared. All paths
    share `stamp` and `parents` but those listed in `stamps` and `path_parents`. `sequence` counts
    the change sets of one device, from 1, without gaps. `boot` and `uptime` (milliseconds since
    that boot, by the monotonic clock) let the server see through a clock that was set in between;
    both are None where the system does not tell.
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
            )

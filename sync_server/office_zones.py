"""In which time zone an office lives: days begin and end there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sync_server.storage.base import User


def office_zones(users: Iterable[User]) -> Mapping[str, ZoneInfo]:
    """The zone of each office: the one of most of its people. One whose zone is not known is left out."""
    zones: dict[str, Counter[str]] = {}
    for user in users:
        zones.setdefault(user.office, Counter())[user.zone] += 1
    found = {}
    for office, count in zones.items():
        name = min(count, key=lambda each: (-count[each], each))
        try:
            found[office] = ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            continue
    return found

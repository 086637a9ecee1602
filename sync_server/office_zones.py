"""In which time zone an office lives: days begin and end there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from zoneinfo import ZoneInfo

from forms.casework.days import zones_of_offices
from sync_server.storage.base import User


def office_zones(users: Iterable[User]) -> Mapping[str, ZoneInfo]:
    """The zone of each office: the one of most of its people. One whose zone is not known is left out."""
    return zones_of_offices((user.office, user.zone) for user in users)

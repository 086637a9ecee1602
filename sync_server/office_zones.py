"""In which time zone an office lives: days begin and end there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from zoneinfo import ZoneInfo

from forms.casework.days import zones_of_offices
from sync_server.protocol.merge_rules import COORDINATOR
from sync_server.storage.base import User


def office_zones(users: Iterable[User]) -> Mapping[str, ZoneInfo]:
    """The zone of each office: the one of most of its people, or where two have as many, of its coordinators.
    One whose zone is not known is left out."""
    return zones_of_offices((user.office, user.zone, user.role == COORDINATOR) for user in users)


def zone_beside(users: Iterable[User], office: str) -> str | None:
    """The name of the zone in which the people of an office live already; None where nobody does."""
    zone = office_zones(user for user in users if user.office == office).get(office)
    return None if zone is None else zone.key

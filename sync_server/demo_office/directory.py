"""The service directory of the demo office: invented organisations, among them an old entry and a full house.

Each name says 'example' or 'fairy tale' in its language, and no number belongs to anybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from sync_server.demo_office.journeys import Answer, Answers

ORGANISATION: Final = "organisation"

_ENTRIES: Final[tuple[Mapping[str, Answer], ...]] = (
    {
        "organisation_name": "Shtëpia Shembull", "organisation_country": "al", "areas": "Tirana\nDurrës",
        "languages": ["sq", "en"], "services": ["shelter", "psychosocial", "child_protection"], "places": "2",
        "minors": "yes", "hotline": "+355 00 000 0001", "hours": "24/7", "vetting": "vetted",
    },
    {
        "organisation_name": "Qendra Ligjore Përrallë", "organisation_country": "al",
        "languages": ["sq", "it"], "services": ["legal", "papers"], "minors": "no", "vetting": "vetted",
    },
    {
        "organisation_name": "دار المثال", "organisation_country": "ma", "areas": "Tanger",
        "languages": ["ar", "fr"], "services": ["shelter", "medical"], "places": "0", "minors": "no",
        "hotline": "+212 00 000 0002", "hours": "8-20", "vetting": "vetted",
    },
    {
        "organisation_name": "Дім прикладу", "organisation_country": "ua", "areas": "Львів",
        "languages": ["uk", "pl"], "services": ["work", "education", "money"], "places": "12",
        "minors": "no", "vetting": "in_progress",
    },
    {
        "organisation_name": "Spiti Paramythi", "organisation_country": "gr", "areas": "Athens",
        "languages": ["el", "en", "ar"], "services": ["shelter", "legal"], "minors": "no",
        "hotline": "+30 00 0000 0003", "vetting": "vetted",
    },
)  # fmt: skip
#: How many days before today each was checked: the last one long ago.
_CHECKED: Final = (12, 40, 75, 30, 420)


def organisations(today: date) -> list[Answers]:
    """The answers of each entry."""
    return [
        {**entry, "checked_on": (today - timedelta(days=days)).isoformat()}
        for entry, days in zip(_ENTRIES, _CHECKED, strict=True)
    ]

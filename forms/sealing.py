"""Who is to read an answer besides who wrote it, as `bind::homeward:seal` says at its question.

Today's store and server know no seals yet: they guard a case as a whole. What passes answers on obeys them:
an answer that is sealed to a circle is no field of HTCDS, and those of testimony and complaint are in no
parcel to a partner.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from forms.definition import Question

#: Everybody who is granted the case; not the server.
TEAM: Final = "yes"
#: Stays readable for the server too: a date or a code by which work is planned.
OPEN: Final = "no"
#: Those of the team whom a coordinator has named for it, one circle for each word.
CIRCLES: Final = ("testimony", "health", "complaint")
SEALS: Final = (TEAM, OPEN, *CIRCLES)

#: How the meanings begin whose answers hurt most, and the circle that they belong to.
_BELONGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "testimony.": "testimony",
        "proceedings.": "testimony",
        "checkup.": "health",
        "health.": "health",
        "feedback.": "complaint",
    }
)
_FREE: Final = frozenset({"string", "binary", "geo", "barcode"})


def circle_of(meaning: str | None) -> str | None:
    """The circle that an answer of this meaning belongs to; None for one that is not sensitive in itself."""
    found = (circle for begin, circle in _BELONGS.items() if (meaning or "").startswith(begin))
    return next(found, None)


def in_circle(question: Question) -> bool:
    """Whether the answer is for named readers only."""
    return question.seal in CIRCLES


def unsealed(question: Question) -> bool:
    """Whether a sensitive answer lacks its mark. Only a code or a day may be left open: nobody knows what a
    text, a picture or a place will hold."""
    if circle_of(question.meaning) is None or not question.asks:
        return False
    free = question.data_type in _FREE and not question.chooses
    return not question.seal or (question.seal == OPEN and free)

"""What a person needs, and which kinds of help meet it.

A plan and a contact name the need; a record of help names the help, which is told apart more finely. Whoever
sets help against a need asks here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

#: The need that a kind of help meets, where it does not bear the need's own name.
_MEETS: Final[Mapping[str, str]] = {
    "medical": "health",
    "papers": "documents",
    "education": "training",
    "vocational": "training",
    "job": "income",
    "cash": "income",
    "security": "protection",
}


def need_met_by(kind: str) -> str:
    """The need that help of this kind meets; the kind itself where it is called like the need."""
    return _MEETS.get(kind, kind)

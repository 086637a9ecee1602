"""What a filled form says to the rules of casework."""

from __future__ import annotations

from datetime import date

from forms.casework.facts import Evidence, evidence
from forms.record import Record
from tests.library.test_stories import Filling


def said(
    filling: Filling, on: date, *, record: str = "r", order: str = "a", author: str = "elira"
) -> Evidence:
    """The answers as they stand, as a record that was finished on this day."""
    definition = filling.entry.definition
    kept = Record(record, "c", definition.id, definition.version, "finished", filling.entry.values())
    return evidence(definition, kept, on=on, author=author, order=order)

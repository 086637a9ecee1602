"""What records say of one matter, one statement after the other, whether they say it once or in rows."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import replace
from datetime import date
from typing import TypeVar

from forms.casework.facts import Evidence

K = TypeVar("K", bound=Hashable)


def statements(evidence: Iterable[Evidence], today: date, *meanings: str) -> list[Evidence]:
    """Each record, or row of one, that says something of these meanings, the oldest first.

    A row is read with the answers around it. Records dated after today are looked at only where nothing
    else says anything: a wrong year must neither replace what is known nor hide what is known only by it.
    """
    wanted = set(meanings)
    found: list[Evidence] = []
    for each in evidence:
        for rows in each.rows.values():
            for row in rows:
                if wanted & row.keys():
                    found.append(replace(each, values={**each.values, **row}, rows={}))
        if wanted & each.values.keys():
            found.append(replace(each, rows={}))
    said = [each for each in found if each.on <= today] or found
    return sorted(said, key=lambda each: (each.on, each.order))


def latest_of_each(said: Iterable[tuple[K, Evidence]]) -> dict[K, list[Evidence]]:
    """The last statements by key, from statements in order: several where they are of one day and order."""
    last: dict[K, list[Evidence]] = {}
    for key, each in said:
        before = last.get(key)
        if before and (before[0].on, before[0].order) == (each.on, each.order):
            before.append(each)
        else:
            last[key] = [each]
    return last

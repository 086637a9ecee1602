"""The figures of an office, computed on a coordinator's device from all that is on it: the internal output.

What each figure counts is said by `forms.casework.indicators`; here it gets the cases and the office's own
file. Cases that other offices share are among them: an office counts whom it works for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from app import evidence, persons
from app.decisions import COORDINATOR
from app.problems import Problem
from app.shelf import Shelf
from app.store import Snapshot, cases
from app.views import FigureView
from forms.casework.case import Case
from forms.casework.facts import Evidence
from forms.casework.indicators.figures import report
from forms.casework.indicators.population import GROUPS, Office, Period, Person
from forms.casework.office_file import activities, office_file
from forms.casework.programme import programme_of


def views(
    db: Snapshot, shelf: Shelf, period: Period, now: datetime, by: Sequence[str] = ()
) -> tuple[FigureView, ...]:
    """All indicators of a period, by what is known today; of each first the row over all, then those of its
    definition and of the groups `by`.

    Problems figures.role.not_coordinator, figures.period.reversed, figures.group.unknown.
    """
    if db.identity.role != COORDINATOR:
        raise Problem("figures.role.not_coordinator")
    if period.last < period.first:
        raise Problem("figures.period.reversed")
    if unknown := [name for name in by if name not in GROUPS]:
        raise Problem("figures.group.unknown", {"group": unknown[0]})
    return tuple(
        FigureView(each.indicator, each.group, each.value, each.of, each.persons, each.missing)
        for each in report(_office(db, shelf), period, now.date(), by=by)
    )


def _office(db: Snapshot, shelf: Shelf) -> Office:
    here, own = cases.listed(db), db.identity.office
    wanted = {each.id for each in here} | {office_file(own)}
    of_office, said = activities(evidence.of_cases(db, shelf, wanted, evidence.everything), [own])
    return Office(tuple(_people(db, shelf, here, said)), of_office, _targets(db, shelf))


def _targets(db: Snapshot, shelf: Shelf) -> Mapping[str, int] | None:
    """Those of the only programme that there is; of several, none are the office's."""
    programme = programme_of("", shelf.known(db).programmes)
    if not programme.persons:
        return None
    return {"assisted": programme.persons, "assisted.minors": programme.minors_among_them}


def _people(
    db: Snapshot,
    shelf: Shelf,
    here: Sequence[cases.CaseFacts],
    said: Mapping[str, Sequence[Evidence]],
) -> Iterator[Person]:
    """Each person once, also one of whom there are several files."""
    joined = persons.joined_files(db, shelf)
    for case in persons.in_one(here, joined):
        one = joined.get(case.id) or persons.Person(case.id, (case.id,), Case.from_values(case.facts))
        told = tuple(each for file in one.members for each in said.get(file, ()))
        yield Person(one.key, one.facts, told, frozenset(one.members) - {one.key})

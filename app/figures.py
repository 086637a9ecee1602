"""The figures of an office, computed on a coordinator's device from all that is on it: the internal output.

What each figure counts is said by `forms.casework.indicators`; here it gets the cases and the office's own
file. Cases that other offices share are among them: an office counts whom it works for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from app import evidence, persons
from app.decisions import COORDINATOR
from app.problems import Problem
from app.shelf import Shelf
from app.store import Snapshot, cases
from app.views import FigureView
from forms.casework.case import Case
from forms.casework.facts import Evidence
from forms.casework.indicators.figures import report
from forms.casework.indicators.journey import in_euros
from forms.casework.indicators.population import GROUPS, Office, Period, Person
from forms.casework.money import Money, Rates
from forms.casework.office_file import activities, office_file
from forms.casework.programme import Programme, programme_of


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
        for each in report(office(db, shelf), period, now.date(), by=by)
    )


def office(db: Snapshot, shelf: Shelf, programme: str = "") -> Office:
    """The persons and activities of this office; of a programme, those that belong to it: who names it, and
    where it is the only one also who names none. Costs are in EUR where there is a rate for their day.
    """
    here, own = cases.listed(db), db.identity.office
    wanted = {each.id for each in here} | {office_file(own)}
    of_office, said = activities(evidence.of_cases(db, shelf, wanted, evidence.everything), [own])
    known = shelf.known(db).programmes
    people = tuple(_people(db, shelf, here, said))
    if programme:
        people = tuple(each for each in people if programme_of(each.case.programme, known).id == programme)
        of_office = tuple(
            each for each in of_office if programme_of(each.text("programme.code"), known).id == programme
        )
    return Office(people, of_office, _targets(programme_of(programme, known)))


def _targets(programme: Programme) -> Mapping[str, int] | None:
    """Those of one programme; of several together, none are the office's."""
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
    programmes = shelf.known(db).programmes
    for case in persons.in_one(here, joined):
        one = joined.get(case.id) or persons.Person(case.id, (case.id,), Case.from_values(case.facts))
        told = tuple(each for file in one.members for each in said.get(file, ()))
        person = Person(one.key, one.facts, told, frozenset(one.members) - {one.key})
        yield in_euros(person, _converter(programme_of(one.facts.programme, programmes).rates))


def _converter(rates: Rates) -> Callable[[Decimal, str, date], Decimal | None]:
    """By the rates of a programme; what has no rate, or is no amount of money, stays unknown."""

    def convert(amount: Decimal, currency: str, on: date) -> Decimal | None:
        money = Money.read(amount, currency)
        return None if money is None else rates.euro(money, on).eur

    return convert

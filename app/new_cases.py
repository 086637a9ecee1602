"""A new case: what is known of the person goes into its case file, so that nothing is asked twice."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Final

from app.entries import Entries
from app.persons import NewPerson
from app.problems import Problem
from app.shelf import Shelf
from app.store import Snapshot, Transaction, cases
from app.views import NewCaseView, Titles
from forms.casework.duplicates import Birth
from forms.definition import FormDefinition
from forms.display import text_of

_SEVERAL: Final = re.compile(r"[,;،؛\n]+")


def choices(db: Snapshot, shelf: Shelf) -> NewCaseView:
    """What can be chosen, from the form of case files. Problem record.form.missing while it is not here."""
    form = shelf.newest(db, cases.FORM)
    countries = _choices(form, "country")
    own = shelf.known(db).author(db.identity.login).country
    return NewCaseView(
        countries,
        _choices(form, "language"),
        _choices(form, "sex"),
        own if own in dict(countries) else "",
    )


def several(text: str) -> tuple[str, ...]:
    """Numbers that were typed in one line, with commas between them."""
    return tuple(each.strip() for each in _SEVERAL.split(text) if each.strip())


def birth_facts(text: str, today: date) -> dict[str, str]:
    """The answers of a case file for a date of birth as it was typed: the day, or as much of it as is known.

    Problem case.birth.unclear for what is no date, or one that is still to come.
    """
    if not text.strip():
        return {}
    born, parts = Birth.from_text(text), len(re.findall(r"\d+", text))
    if born is None:
        raise Problem("case.birth.unclear")
    try:
        # The first of January tells two people apart as a year does; a day all the same, if it was typed.
        first = date(born.year, born.month or 1, born.day or 1)
    except ValueError as no_day:
        raise Problem("case.birth.unclear") from no_day
    if first > today:
        raise Problem("case.birth.unclear")
    if parts == len(("year", "month", "day")):
        return {"birth_date": first.isoformat()}
    return {"born": f"{first:%Y-%m}" if born.month else f"{first:%Y}"}


def open_case(
    db: Transaction, entries: Entries, country: str, language: str, person: NewPerson, today: date
) -> str:
    """A new case with what is known of the person in its case file; the case's id.

    Problems case.country.missing, case.birth.unclear. Nothing is kept then.
    """
    if not country:
        raise Problem("case.country.missing")
    known: dict[str, Any] = {
        "given_name": person.given_name.strip(),
        "family_name": person.family_name.strip(),
        "other_names": person.other_names.strip(),
        "sex": person.sex,
        "phone": "\n".join(person.phones),
        "documents": "\n".join(person.documents),
        **birth_facts(person.birth, today),
    }
    return entries.new_case(db, country, language, {name: value for name, value in known.items() if value})


def _choices(form: FormDefinition, name: str) -> tuple[tuple[str, Titles], ...]:
    offered = form.questions[name].choices if name in form.questions else ()
    return tuple((each.name, text_of(form, name, each.name)) for each in offered)

"""The file of an office: what it does for no single person, such as meetings, leaflets and agreements.

Its records are kept as those of a case are, in a case of their own that has no case file, so that no person
comes of it: it is in no list of cases, and no indicator on persons counts it. Its id follows from the
office's, so that two tablets of one office begin the same file without having met. Anybody can work it out:
it says whose file it is, and protects nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from uuid import UUID, uuid5

from forms.casework.facts import Evidence
from forms.library import COORDINATION, MEETING, ORGANISATION

#: The forms that are begun here, in their order. In a case of a person they would tell of somebody else.
FORMS: Final = (MEETING, COORDINATION, ORGANISATION)
_NAMESPACE: Final = UUID("6f0c3d52-9a41-5b7e-8f25-0d1c7a64e93b")


def office_file(office: str) -> str:
    """The id under which an office's own records are kept. ValueError when the office has no id."""
    if not office.strip():
        raise ValueError("an office file belongs to an office")
    return str(uuid5(_NAMESPACE, office))


def is_office_file(case: str) -> bool:
    """Whether a case is an office's own file, of whichever office: only its id is made of a name, as those
    of persons' cases are by chance."""
    try:
        return UUID(case).version == 5
    except ValueError:
        return False


def belongs(form: str, case: str) -> bool:
    """Whether a form is written here: what is of no person in an office's file, all else in a person's."""
    return (form in FORMS) == is_office_file(case)


def offered(available: Iterable[str]) -> tuple[str, ...]:
    """Of the forms that a device has, those that are begun in an office file, in their order."""
    here = set(available)
    return tuple(form for form in FORMS if form in here)


def activities(
    evidence: Mapping[str, Sequence[Evidence]], offices: Iterable[str]
) -> tuple[tuple[Evidence, ...], dict[str, Sequence[Evidence]]]:
    """(the records of these offices' own files, those of the persons by case), from all records by case."""
    files = {office_file(office) for office in offices}
    of_offices = tuple(each for case in sorted(files & evidence.keys()) for each in evidence[case])
    return of_offices, {case: found for case, found in evidence.items() if case not in files}

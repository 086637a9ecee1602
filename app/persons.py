"""Files of one person: which may be, before a new one is made, and those that were said to be, read as one.

Nothing is moved between files. What is due, the gates and the risk of a person follow from all of her files;
a list shows the file that is not called a duplicate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from app import evidence
from app.problems import Problem
from app.shelf import Shelf
from app.store import Snapshot, cases, form_library, records
from app.store.cases import CaseFacts
from app.views import FactConflict, LikelyView
from forms.casework.case import Case
from forms.casework.case_merge import MergedCase, SameCase, merged_view, said_in
from forms.casework.duplicates import Birth, Identity, likely
from forms.casework.facts import Evidence, lines
from forms.casework.files_of_one import once_joined, taken_back_while_joined
from forms.casework.joined_files import PARTING, JoinedFile, joined_to, joins
from forms.definition import FormDefinition
from sync_server.protocol.merge_rules import COORDINATOR

_PHONE: Final = "person.phone"
_DOCUMENT: Final = "person.document"
_BORN: Final = "age.born"

#: The facts of a case file by which somebody is reached.
_SAFE_CONTACT: Final = ("safe_channel", "safe_times", "code_word_agreed")


@dataclass(frozen=True, slots=True)
class NewPerson:
    """What is known of somebody before there is a file: names in any script, a birth date as far as known."""

    given_name: str = ""
    family_name: str = ""
    other_names: str = ""
    birth: str = ""
    sex: str = ""
    country: str = ""
    phones: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()

    @property
    def says_something(self) -> bool:
        """Whether there is anything by which the person could be known again."""
        return any((self.given_name, self.family_name, self.other_names, self.phones, self.documents))


@dataclass(frozen=True, slots=True)
class Person:
    """All files of one person that are here: `key` is the one to work in."""

    key: str
    members: tuple[str, ...]
    facts: Case
    conflicts: tuple[FactConflict, ...] = ()
    statements: tuple[str, ...] = ()


def likely_same(db: Snapshot, shelf: Shelf, new: NewPerson) -> tuple[LikelyView, ...]:
    """The cases here that may be of this person, the likeliest first, with the codes of the reasons.

    Telephones and documents are those that any finished record of a case tells."""
    asked = Case(
        given_name=new.given_name, family_name=new.family_name, other_names=new.other_names, sex=new.sex,
        country=new.country,
    )  # fmt: skip
    who = replace(Identity.from_case("", asked, new.documents, new.phones), birth=Birth.from_text(new.birth))
    return _views(who, _identities(db, shelf))


def likely_others(db: Snapshot, shelf: Shelf, case: str) -> tuple[LikelyView, ...]:
    """The same for a case that is here: those that may be of its person and are not joined to it yet.

    Problem case.row.unknown."""
    person = person_of(db, shelf, cases.get(db, case))
    found = _identities(db, shelf)
    others = {key: each for key, each in found.items() if key not in person.members}
    return _views(found[case][1], others)


def _views(who: Identity, known: Mapping[str, tuple[str, Identity]]) -> tuple[LikelyView, ...]:
    return tuple(
        LikelyView(found.case, known[found.case][0], found.score, found.because)
        for found in likely(who, [identity for _, identity in known.values()])
    )


def _identities(db: Snapshot, shelf: Shelf) -> dict[str, tuple[str, Identity]]:
    """By case, its code and by what its person may be known."""
    here = {each.id: each for each in cases.listed(db)}
    said = evidence.of_cases(db, shelf, here.keys(), (_PHONE, _DOCUMENT, _BORN).__contains__)
    return {case: (each.code, _identity(each, said.get(case, ()))) for case, each in here.items()}


def _identity(case: CaseFacts, said: Sequence[Evidence]) -> Identity:
    found = Identity.from_case(
        case.id, Case.from_values(case.facts), _told(said, _DOCUMENT), _told(said, _PHONE)
    )
    # Where no day is known, a year was told, or a year and a month.
    told = (Birth.from_text(each) for each in reversed(_told(said, _BORN)))
    return found if found.birth else replace(found, birth=next((each for each in told if each), None))


def _told(found: Sequence[Evidence], meaning: str) -> list[str]:
    """What records and their rows say of a meaning: a text may hold several, one a line."""
    answers = [a for each in found for a in (each.values, *(r for rows in each.rows.values() for r in rows))]
    return [line for each in answers for line in lines(each.get(meaning))]


def person_of(db: Snapshot, shelf: Shelf, case: CaseFacts) -> Person:
    """All files of the person of this case; alone where nobody has said otherwise."""
    return of(case, joined_files(db, shelf))


def of(case: CaseFacts, joined: Mapping[str, Person]) -> Person:
    """The same where it is known already who has several files."""
    return joined.get(case.id) or Person(case.id, (case.id,), Case.from_values(case.facts))


def joined_files(db: Snapshot, shelf: Shelf) -> dict[str, Person]:
    """By case, the person of each file that was said to be one of several. The one to work in is of this
    office where one of them is: what is written in another one goes to its office."""
    said = _statements(db, shelf)
    if not said:
        return {}
    named = {each.duplicate for each in said} | {each.original for each in said}
    files = {each.id: each for each in cases.those(db, named)}
    own = {key for key, each in files.items() if each.office == db.identity.office}
    known = {key: (Case.from_values(each.facts), ()) for key, each in files.items()}
    merged = merged_view(known, said, own)
    return {case: _person(each, files) for each in merged if len(each.members) > 1 for case in each.members}


def said_of(db: Snapshot, shelf: Shelf, person: Person) -> list[list[Evidence]]:
    """What each file of one person says, the one to work in first; all in the days of that one. What was
    taken back in another file while it was joined to one of them is said there too."""
    zone = evidence.zone_of(db, shelf, person.key)
    once = once_joined(_same(db, shelf))

    def said(case: str) -> list[Evidence]:
        return evidence.of_case(db, shelf, case, zone=zone)

    return [[*said(case), *taken_back_while_joined(case, once, said)] for case in person.members]


def joined_at_home(db: Snapshot, shelf: Shelf, case: CaseFacts, reads: evidence.Reads) -> list[JoinedFile]:
    """The other files of the person that are of the same office, as the server joins them when it decides who
    has this one: by what cases of that office say."""
    homes = cases.offices(db)
    said = {key: found for key, found in _same(db, shelf).items() if homes.get(key) == case.office}
    others = {key for key in joined_to(case.id, said) if homes.get(key) == case.office}
    zone = evidence.zone_of(db, shelf, case.id)
    return [
        JoinedFile(Case.from_values(each.facts), evidence.of_case(db, shelf, each.id, reads, zone))
        for each in cases.those(db, others)
    ]


def refuse_parting(db: Snapshot, definition: FormDefinition, record: str) -> None:
    """Whether a finished record may say from now on what its draft says of files of one person, as the
    server judges it: otherwise this device would part them, and the server not.

    Problems person.part.not_home in a case of another office, and person.part.not_coordinator where the
    server has the record already and it would part them.
    """
    head, now = records.summary(db, record), records.values(db, record)
    if not head.finished:
        return
    said = {
        each.meaning
        for path, each in definition.questions.items()
        if each.meaning and joins(each.meaning) and now.get(path) != head.values.get(path)
    }
    if not said:
        return
    if cases.get(db, head.case).office != db.identity.office:
        raise Problem("person.part.not_home")
    if said & PARTING and head.on_server_ms is not None and db.identity.role != COORDINATOR:
        raise Problem("person.part.not_coordinator")


def now_of(db: Snapshot, shelf: Shelf, person: Person, now: datetime) -> datetime:
    """The moment in the zone in which the days of this person's files are counted."""
    return now.astimezone(evidence.zone_of(db, shelf, person.key))


def unread_of(db: Snapshot, person: Person) -> tuple[str, ...]:
    """The records of all files of one person whose form is not here."""
    return tuple(each for case in person.members for each in form_library.unread(db, case))


def differ_on_safe_contact(person: Person) -> bool:
    """Whether her files say different things of how she may be reached: then nobody contacts her."""
    return any(each.freezes for each in person.conflicts)


def in_one(found: Sequence[CaseFacts], joined: dict[str, Person]) -> list[CaseFacts]:
    """Each person once: without the files that are duplicates of another one here."""
    return [each for each in found if each.id not in joined or joined[each.id].key == each.id]


def _statements(db: Snapshot, shelf: Shelf) -> list[SameCase]:
    said = _same(db, shelf)
    return [each for case, records in sorted(said.items()) for each in said_in(case, records)]


def _same(db: Snapshot, shelf: Shelf) -> dict[str, list[Evidence]]:
    return evidence.of_all(db, shelf, lambda meaning: meaning.startswith("same."))


def _person(merged: MergedCase, files: dict[str, CaseFacts]) -> Person:
    return Person(
        merged.key,
        merged.members,
        merged.case,
        tuple(
            FactConflict(
                each.fact,
                tuple((files[key].code, value) for key, value in each.values),
                freezes=each.fact in _SAFE_CONTACT,
            )
            for each in merged.conflicts
        ),
        merged.statements,
    )

"""Decisions about a case that are taken by one tap and a reason: each is a record of a built-in form, so that
it merges, is logged and sent like any other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any, Final, Protocol, TypeVar

from app import evidence, new_cases, persons
from app.background import Job
from app.entries import Entries
from app.persons import NewPerson
from app.problems import Problem
from app.protection import reason_views
from app.shelf import Known, Shelf
from app.store import Snapshot, Transaction, cases, records
from app.views import LikelyView, NewCaseView, OfficeView, ShareView
from forms import library
from forms.casework import sharing
from forms.casework.case import Case, check_case_code
from forms.casework.files_of_one import check_files
from forms.casework.gates import Gate
from forms.casework.programme import programme_of
from forms.entry import FormEntry
from forms.errors import FormProblem

COORDINATOR: Final = "coordinator"
#: By the reason of the rule, the problem that a worker is told.
_REFUSED: Final = {"sharing.ground.adult": "share.ground.adult", "sharing.age.unknown": "share.age.unknown"}

T = TypeVar("T")


class Reading(Protocol):
    """Runs work on the thread that reads the store."""

    def __call__(self, work: Callable[[Snapshot], T], /) -> Job[T]: ...


class Writing(Protocol):
    """Runs work on the store's own thread, in one transaction, and tells the screens."""

    def __call__(self, work: Callable[[Transaction], T], /) -> Job[T]: ...


class Decisions:
    """What a fieldbook offers of them; the problems are those of the functions below."""

    def __init__(
        self, shelf: Shelf, entries: Entries, now: Callable[[], datetime], read: Reading, write: Writing
    ) -> None:
        self._shelf, self._entries, self._now = shelf, entries, now
        self._read, self._write = read, write

    def pass_gate(self, case_id: str, gate: Gate, codes: Collection[str], reason: str) -> Job[str]:
        """A coordinator passes what is soft of a gate."""
        return self._write(
            lambda db: pass_gate(db, self._shelf, self._entries, case_id, gate, codes, reason, self._now())
        )

    def offices(self) -> Job[tuple[OfficeView, ...]]:
        """The offices that work with this server."""
        return self._read(lambda db: offices(self._shelf.known(db)))

    def shares(self, case_id: str) -> Job[tuple[ShareView, ...]]:
        """Which other offices have the case, and which have not, and why."""
        return self._read(lambda db: share_views(db, self._shelf, case_id, self._now()))

    def share(self, case_id: str, office: str, ground: str = "consent", reason: str = "") -> Job[str]:
        """Give another office the case too."""
        return self._write(
            lambda db: share(db, self._shelf, self._entries, case_id, office, ground, reason, self._now())
        )

    def unshare(self, case_id: str, office: str) -> Job[None]:
        """Take the case back from another office."""
        return self._write(lambda db: unshare(db, self._shelf, self._entries, case_id, office))

    def new_case_choices(self) -> Job[NewCaseView]:
        """What can be chosen of a new case."""
        return self._read(lambda db: new_cases.choices(db, self._shelf))

    def open_case(self, country: str, language: str, person: NewPerson) -> Job[str]:
        """Open a case for somebody, with what is known of the person in its case file; its id."""
        return self._write(
            lambda db: new_cases.open_case(db, self._entries, country, language, person, self._now().date())
        )

    def likely_same(self, new: NewPerson) -> Job[tuple[LikelyView, ...]]:
        """Cases here that may be of somebody for whom a new case is about to be made."""
        return self._read(lambda db: persons.likely_same(db, self._shelf, new))

    def likely_others(self, case_id: str) -> Job[tuple[LikelyView, ...]]:
        """Cases here that may be of the person of this one, and are not joined to it."""
        return self._read(lambda db: persons.likely_others(db, self._shelf, case_id))

    def join_files(self, duplicate: str, original: str, because: str) -> Job[str]:
        """Two files are of one person, and are read as one."""
        return self._write(lambda db: join_files(db, self._entries, duplicate, original, because))

    def join_by_code(self, case_id: str, code: str, because: str) -> Job[str]:
        """The same with a file that is named by its code, as it stands on a paper; the one that was begun
        first is the one to work in."""

        def join(db: Transaction) -> str:
            duplicate, original = later_first(db, case_id, of_code(db, code))
            return join_files(db, self._entries, duplicate, original, because)

        return self._write(join)

    def part_files(self, case_id: str, because: str) -> Job[None]:
        """They are two people after all."""
        return self._write(lambda db: part_files(db, self._shelf, self._entries, case_id, because))


def pass_gate(
    db: Transaction,
    shelf: Shelf,
    entries: Entries,
    case: str,
    gate: Gate,
    codes: Collection[str],
    reason: str,
    now: datetime,
) -> str:
    """A coordinator passes what is soft of a gate, with a reason; the record's id.

    `codes` are those of the gate's reasons. Problems gate.pass.not_coordinator, gate.pass.hard for one that
    nobody can pass or that is not missing, gate.pass.reason_missing. Nothing is kept then.
    """
    if db.identity.role != COORDINATOR:
        raise Problem("gate.pass.not_coordinator")
    known = shelf.known(db)
    person = persons.person_of(db, shelf, cases.get(db, case))
    programme = programme_of(person.facts.programme, known.programmes)
    filed = persons.said_of(db, shelf, person)
    today = persons.now_of(db, shelf, person, now).date()
    found = check_files(gate, person.facts, filed, today, programme, coordinators=known.coordinators)
    soft = {each.code for each in found.reasons if not each.hard}
    if not codes or not set(codes) <= soft:
        raise Problem("gate.pass.hard")
    names = sorted(code.removeprefix(f"gate.{gate}.") for code in codes)
    given = {"gate": gate, "passed_over": names, "why": reason}
    return _written(db, entries, case, library.GATE_PASSED, given, "gate.pass.reason_missing")


def share(
    db: Transaction,
    shelf: Shelf,
    entries: Entries,
    case: str,
    office: str,
    ground: str,
    reason: str,
    now: datetime,
) -> str:
    """The case goes to another office too, on this ground; the record's id.

    Whether it does is for the server to say, by the same rule. Problems share.office.not_home for a case of
    another office, share.office.unknown, and share.ground.missing where no ground holds: without consent to
    share with this very office, a vital interest or a duty to report needs a reason. share.ground.adult and
    share.age.unknown where a duty to report is no ground, since nobody has told that the person may be a
    child. Nothing is kept then.
    """
    facts = cases.get(db, case)
    if facts.office != db.identity.office:
        raise Problem("share.office.not_home", {"office": facts.office})
    if office not in {each.id for each in offices(shelf.known(db))} - {db.identity.office}:
        raise Problem("share.office.unknown", {"office": office})
    given = {"share_office": office, "share_state": "shared", "share_ground": ground, "share_reason": reason}
    answers = {name: value for name, value in given.items() if value}
    record = _written(db, entries, case, library.SHARING, answers, "share.ground.missing")
    found = [each for each in shares(db, shelf, case, now) if each.office == office]
    if not any(each.shared for each in found):
        reasons = {reason.code for each in found for reason in each.reasons}
        why = next((_REFUSED[code] for code in _REFUSED if code in reasons), "share.ground.missing")
        raise Problem(why)
    return record


def join_files(db: Transaction, entries: Entries, duplicate: str, original: str, because: str) -> str:
    """Two files are of one person: `duplicate` is read with `original` from now on. The record's id.

    It is said in a file of the own office: which of two is called the duplicate only orders them, and in a
    case of another office that office alone says it.

    Problems person.files.same for a file and itself, person.files.not_home where both are cases of other
    offices, person.reason.missing; case.row.unknown.
    """
    if duplicate == original:
        raise Problem("person.files.same")
    cases.get(db, original)
    own = db.identity.office
    homes = {each.id: each.office for each in cases.those(db, {duplicate, original})}
    if own not in homes.values():
        raise Problem("person.files.not_home")
    if homes.get(duplicate, own) != own:
        duplicate, original = original, duplicate
    given = {"original": original, "state": "same", "because": because}
    answers = {name: value for name, value in given.items() if value.strip()}
    return _written(db, entries, duplicate, library.SAME_PERSON, answers, "person.reason.missing")


def of_code(db: Snapshot, code: str) -> str:
    """The case of a whole code; Problem person.code.unknown, also for the beginning of one: whoever reads
    two files as one shows each to the workers of the other, so it is no place to guess."""
    try:
        found = cases.by_code(db, check_case_code(code))
    except FormProblem as unreadable:
        raise Problem("person.code.unknown") from unreadable
    if found is None:
        raise Problem("person.code.unknown")
    return found.id


def later_first(db: Snapshot, *files: str) -> list[str]:
    """Cases by when their code was made, the latest first. Problem case.row.unknown."""
    made = {
        case: records.summary(db, cases.get(db, case).record).stamps.get("case_code", "") for case in files
    }
    return sorted(files, key=lambda case: made[case], reverse=True)


def part_files(db: Transaction, shelf: Shelf, entries: Entries, case: str, because: str) -> None:
    """The person of this case has one file again: all that joined others to it is taken back. Why stands
    below why they were joined. What another office said in a case of its own stays: only it takes that back.

    Problems person.files.single where nothing joined them, person.part.reason_missing,
    person.part.not_coordinator once the server knows that they were joined (what a file says against somebody
    counts in those that are joined to it, so to part them lifts a protection), person.part.not_home where
    only another office joined them, and decision.record.open where one of those records lacks something;
    nothing is taken back then.
    """
    person = persons.person_of(db, shelf, cases.get(db, case))
    if not person.statements:
        raise Problem("person.files.single")
    if not because.strip():
        raise Problem("person.part.reason_missing")
    own = [
        record
        for record in person.statements
        if cases.get(db, records.summary(db, record).case).office == db.identity.office
    ]
    if not own:
        raise Problem("person.part.not_home")
    for record in own:
        before = records.values(db, record).get("because", "")
        _changed(db, entries, record, {"state": "apart", "because": f"{before}\n{because.strip()}".strip()})


def unshare(db: Transaction, shelf: Shelf, entries: Entries, case: str, office: str) -> None:
    """The other office loses the case. Problems share.office.unknown where it does not have it, and
    decision.record.open where a record of it lacks something; nothing is taken back then.
    """
    given = {"share_office": office, "share_state": "shared"}
    standing = [
        each
        for each in records.of_case(db, case)
        if each.form == library.SHARING and given.items() <= each.values.items()
    ]
    if not standing:
        raise Problem("share.office.unknown", {"office": office})
    for each in standing:
        _changed(db, entries, each.id, {"share_state": "ended"})


def share_views(db: Snapshot, shelf: Shelf, case: str, now: datetime) -> tuple[ShareView, ...]:
    return tuple(
        ShareView(each.office, each.shared, each.ground, reason_views(each.reasons), each.until)
        for each in shares(db, shelf, case, now)
    )


def shares(db: Snapshot, shelf: Shelf, case: str, now: datetime) -> tuple[sharing.Share, ...]:
    """Which other offices have the case today, and which one has not, and why; other files of the person can
    speak against it, where they are here."""
    known = shelf.known(db)
    facts = cases.get(db, case)
    listed = {each.id: each for each in offices(known)}
    home = listed.get(facts.office) or OfficeView(facts.office, "")
    programme = programme_of(Case.from_values(facts.facts).programme, known.programmes)
    said = evidence.of_case(db, shelf, case, sharing.reads)
    return sharing.shares(
        said,
        [_other(each, known) for each in listed.values()],
        now.astimezone(evidence.zone_of(db, shelf, case)).date(),
        home=_other(home, known),
        case=Case.from_values(facts.facts),
        coordinators=known.coordinators_of(facts.office),
        rules=programme.consent,
        joined=persons.joined_at_home(db, shelf, facts, sharing.reads),
    )


def offices(known: Known) -> tuple[OfficeView, ...]:
    """All offices that somebody works in, by name."""
    found = {each.office: each.country for each in known.colleagues.values() if each.office}
    return tuple(OfficeView(office, found[office]) for office in sorted(found))


def _other(office: OfficeView, known: Known) -> sharing.OtherOffice:
    staff = (each for each in known.colleagues.values() if each.office == office.id)
    people = tuple(name for each in staff for name in (each.login, each.name, each.role))
    return sharing.OtherOffice(office.id, office.id, office.country, people)


def _written(
    db: Transaction, entries: Entries, case: str, form: str, answers: Mapping[str, Any], lacking: str
) -> str:
    """A finished record of a built-in form. Problem `lacking` where the form wants more."""
    record = db.new_id()
    opened = entries.begin(db, record, case, form, None)
    _answered(db, entries, record, opened.entry, answers)
    if entries.finish(db, record, None):
        raise Problem(lacking)
    return record


def _changed(db: Transaction, entries: Entries, record: str, answers: Mapping[str, Any]) -> None:
    """Problem decision.record.open where the record is not complete: it would stay here unsent."""
    opened = entries.open(db, record, None)
    _answered(db, entries, record, opened.entry, answers)
    if entries.finish(db, record, None):
        raise Problem("decision.record.open")


def _answered(
    db: Transaction, entries: Entries, record: str, entry: FormEntry, answers: Mapping[str, Any]
) -> None:
    for name, value in answers.items():
        entries.save(db, record, entry.answer(name, value))

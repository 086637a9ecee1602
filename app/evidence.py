"""The finished records of this device as the rules of casework read them: answers by meaning, and whose
word each record is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any, Final

from app.shelf import Known, Shelf
from app.store import Snapshot, cases, conflicts, records
from app.store.identity import read_identity
from app.store.records import Summary
from forms import paths
from forms.casework.days import zone_named
from forms.casework.facts import LAST_MOMENT, Evidence, evidence, whose
from forms.definition import FormDefinition
from forms.record import Record
from sync_server.protocol.clock import milliseconds_of

#: Whether a rule reads a meaning.
Reads = Callable[[str], bool]


#: So many cases are read one by one faster than all records of all.
_FEW: Final = 20


def everything(meaning: str) -> bool:
    """For rules that may read any meaning."""
    return True


def of_case(
    db: Snapshot, shelf: Shelf, case: str, reads: Reads = everything, zone: tzinfo | None = None
) -> list[Evidence]:
    """All that one case says. Drafts say nothing, nor do records whose form has not come down yet. Its days
    are those of `zone`, or of the case."""
    here = zone or zone_of(db, shelf, case)
    return _said(db, shelf, records.of_case(db, case), reads, lambda _: here).get(case, [])


def of_cases(db: Snapshot, shelf: Shelf, wanted: Collection[str], reads: Reads) -> dict[str, list[Evidence]]:
    """All that these cases say of what `reads` reads, by case. Forms that cannot say it are not looked at."""
    if len(wanted) <= _FEW:
        return {case: of_case(db, shelf, case, reads) for case in wanted}
    found = records.of_forms(db, sorted({each.id for each in forms_that_say(db, shelf, reads)}))
    return _said(db, shelf, (each for each in found if each.case in wanted), reads, _zones(db, shelf))


def of_all(db: Snapshot, shelf: Shelf, reads: Reads) -> dict[str, list[Evidence]]:
    """All that any case says of what `reads` reads, by case."""
    found = records.of_forms(db, sorted({each.id for each in forms_that_say(db, shelf, reads)}))
    return _said(db, shelf, found, reads, _zones(db, shelf))


def zone_of(db: Snapshot, shelf: Shelf, case: str) -> tzinfo:
    """The zone in which the days of a case are counted: that of the office that holds it, on whichever device
    (see `forms.casework.days`); where nobody knows that, this office's."""
    return _zone_of_office(db, shelf, cases.office_of(db, case))


def _zone_of_office(db: Snapshot, shelf: Shelf, office: str) -> tzinfo:
    return shelf.known(db).zones.get(office) or zone_named(read_identity(db).zone)


def _zones(db: Snapshot, shelf: Shelf) -> Callable[[str], tzinfo]:
    """The same for many cases."""
    offices = cases.offices(db)
    known = {office: _zone_of_office(db, shelf, office) for office in {"", *offices.values()}}
    return lambda case: known[offices.get(case, "")]


def forms_that_say(db: Snapshot, shelf: Shelf, reads: Reads) -> list[FormDefinition]:
    """The forms of this device, in every version, that ask for something that `reads` reads."""
    return [each for each in shelf.all(db) if _read_paths(each, reads)]


def contested(db: Snapshot, shelf: Shelf, case: str | None = None) -> dict[str, frozenset[str]]:
    """By case, the meanings whose answer stands where different ones were given apart and nobody has
    answered on top of all of them, or whose loser has not yet said what becomes of hers; of one case, or of
    all."""
    found: dict[str, set[str]] = {}
    those_of = {record: set(those) for record, those in records.all_contested(db, case).items()}
    for each in conflicts.listed(db, "open"):
        if each.case and case in (None, each.case) and records.exists(db, each.record):
            those_of.setdefault(each.record, set()).add(each.path)
    for record, those in those_of.items():
        head = records.header(db, record)
        definition = shelf.find(db, head.form, head.form_version)
        if definition is None:
            continue
        questions = (definition.questions.get(paths.template(path)) for path in those)
        found.setdefault(head.case, set()).update(each.meaning for each in questions if each and each.meaning)
    return {each: frozenset(meanings) for each, meanings in found.items()}


def _said(
    db: Snapshot, shelf: Shelf, found: Iterable[Summary], reads: Reads, zone_of_case: Callable[[str], tzinfo]
) -> dict[str, list[Evidence]]:
    known = shelf.known(db)
    definitions: dict[tuple[str, str], tuple[FormDefinition, frozenset[str]] | None] = {}
    said: dict[str, list[Evidence]] = {}
    for each in found:
        if not each.finished:
            continue
        key = (each.form, each.form_version)
        if key not in definitions:
            definition = shelf.find(db, *key)
            definitions[key] = None if definition is None else (definition, _read_paths(definition, reads))
        read = definitions[key]
        if read is not None and read[1]:
            said.setdefault(each.case, []).append(_evidence(each, *read, known, zone_of_case(each.case)))
    return said


def _read_paths(definition: FormDefinition, reads: Reads) -> frozenset[str]:
    return frozenset(
        path for path, each in definition.questions.items() if each.meaning and reads(each.meaning)
    )


def _evidence(
    each: Summary, definition: FormDefinition, read: frozenset[str], known: Known, zone: tzinfo
) -> Evidence:
    """The record speaks of the day on which it was last changed, in the zone of its case: by the server's
    clock as soon as it has it, since a clock that is fast must not make a word the last one."""
    answers, authors = _answers(each, read)
    author = whose([known.author(login) for login in authors])
    record = Record(each.id, each.case, each.form, each.form_version, "finished", answers)
    order = max(each.stamps.values(), default="") or each.changed or f"{each.changed_ms:012x}"
    on = moment(order, zone).date()
    return evidence(
        definition,
        record,
        on=on,
        country=author.country,
        office=author.office,
        author=author.login,
        order=order,
        stamps=each.stamps,
        zone=zone,
        wrote=lambda path: each.authors.get(path, each.author),
        zone_of=lambda login: known.colleagues[login].zone if login in known.colleagues else zone,
    )


def moment(stamp: str, zone: tzinfo) -> datetime:
    """When that was; of a clock that runs in a century without a name, the last moment that has one."""
    return datetime.fromtimestamp(min(milliseconds_of(stamp), LAST_MOMENT) / 1000, UTC).astimezone(zone)


def _answers(each: Summary, read: frozenset[str]) -> tuple[Mapping[str, Any], tuple[str, ...]]:
    """The answers that are read, with the places of their repeats; and who gave or cleared them, her first
    who wrote most of the record."""
    answers = {}
    others = each.authors
    gave = set()
    for path, value in each.values.items():
        template = paths.template(path) if "[" in path else path
        if template in read:
            answers[path] = value
            gave.add(others.get(path, each.author))
        elif path.endswith("]"):
            answers[path] = value
    # Who took an answer or a row away has a word in what is left.
    cleared = (path for path in others if path not in each.values)
    gave |= {others[path] for path in cleared if path.endswith("]") or paths.template(path) in read}
    authors = [login for login in (each.author, *sorted(gave - {each.author})) if login in gave]
    return answers, tuple(authors or [each.author])

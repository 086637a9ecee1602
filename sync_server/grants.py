"""Who has a case, and whom it denies, decided by the case's own records, whatever a device says.

The rules are `forms.casework.sharing` and `deny_list`; here they get what they ask for, from the transaction
in which it counts: the merged records of the case and of the files joined to it, the offices that there are,
and who is a coordinator of the home office.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from forms.casework.case import Case
from forms.casework.consent import ConsentRules
from forms.casework.days import zone_named
from forms.casework.facts import Evidence, evidence
from forms.casework.joined_files import ORIGINAL, JoinedFile, denied_in, joined_to, joins
from forms.casework.sharing import WHO, OtherOffice, Share, reads, shares
from forms.definition import FormDefinition
from forms.errors import FormProblem
from forms.library import CASE_FILE
from forms.paths import template
from forms.record import Record
from sync_server.office_zones import office_zones
from sync_server.protocol.change import ChangeSet, is_text
from sync_server.protocol.clock import milliseconds_of
from sync_server.protocol.merge import FieldState
from sync_server.protocol.merge_rules import COORDINATOR
from sync_server.protocol.messages import RecordDelta
from sync_server.storage.base import Office, StoredRecord, User
from sync_server.storage.shared_base import SharedCase, SharedLedger

#: Answers whose author decides whether they count.
_DENIAL: Final = ("deny.who", "deny.decision")
#: No office has a longer id.
_LONGEST_ID: Final = 200


def _standard(case: Case) -> ConsentRules:
    return ConsentRules()


@dataclass(frozen=True, slots=True)
class Read:
    """What of a form the rule reads: the form, and the paths of those questions with their meanings."""

    definition: FormDefinition
    paths: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Decision:
    """Who has a case from now on, whom it denies by name, and all records of it.

    `staff` are the people of its home; `today` is the day, there, for which this was decided.
    """

    rows: tuple[SharedCase, ...]
    records: tuple[str, ...]
    denied: frozenset[str]
    staff: tuple[User, ...]
    today: str


def matters(form: str, meanings: frozenset[str]) -> bool:
    """Whether records of a form that says these meanings can change who has a case."""
    return form == CASE_FILE or any(map(reads, meanings))


class Grants:
    """Safe to use from many threads. What it keeps are published forms, which never change. `rules` are those
    of consent in the programme of a case."""

    def __init__(self, rules: Callable[[Case], ConsentRules] = _standard) -> None:
        self._rules = rules
        self._forms: dict[tuple[str, str], Read] = {}

    def decide(
        self,
        ledger: SharedLedger,
        home: str,
        case: str,
        before: Sequence[SharedCase],
        offices: Mapping[str, Office],
        now_ms: int,
    ) -> Decision:
        """Who has this case at this moment. `before` is what was decided last; `offices` are those that
        may come into question, and no other one gets it."""
        stored = ledger.records_of_case(home, case)
        staff = ledger.staff(home)
        zone = office_zones(staff).get(home, ZoneInfo("UTC"))
        today = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(zone).date()
        own = ledger.offices_named({home})[home]
        others = [(office, ledger.staff(office.id)) for office in offices.values()]
        people = [*(user for _, there in others for user in there), *staff]
        zones = {user.login: zone_named(user.zone) for user in people}

        def zone_of(login: str) -> tzinfo:
            return zones.get(login, zone)

        def said_in(records: Iterable[StoredRecord]) -> list[Evidence]:
            read = (self._said(ledger, record, own, zone, zone_of) for record in records)
            return [each for each in read if each is not None]

        said, case_facts, coordinators = said_in(stored), _case(stored), _coordinators(staff)
        files = (ledger.records_of_case(home, each) for each in self._joined(ledger, home, case, said_in))
        joined = [JoinedFile(_case(each), said_in(each)) for each in files]
        denied = denied_in(said, joined, coordinators, today)
        found = shares(
            said,
            [_other(office, there) for office, there in others],
            today,
            home=OtherOffice(own.id, own.name, own.country),
            case=case_facts,
            coordinators=coordinators,
            rules=self._rules(case_facts),
            joined=joined,
        )
        rows = _rows(home, case, before, found, today.isoformat(), now_ms)
        records = tuple(record.delta.record for record in stored)
        return Decision(rows, records, denied.names, tuple(staff), today.isoformat())

    def named_in(self, ledger: SharedLedger, delta: RecordDelta) -> set[str]:
        """The offices that a record names as those that are to have its case, whether they exist or not."""
        return {name for name in self._answers(ledger, delta, WHO) if _may_be_an_office(name)}

    def originals(self, ledger: SharedLedger, told: RecordDelta | ChangeSet) -> set[str]:
        """The cases that this names as files of the same person, whether they exist or not."""
        return {name for name in self._answers(ledger, told, ORIGINAL) if name and is_text(name)}

    def joins(self, ledger: SharedLedger, form: str, version: str) -> bool:
        """Whether records of this form say which files are of one person."""
        read = self._read(ledger, form, version)
        return read is not None and any(map(joins, read.paths.values()))

    def _answers(self, ledger: SharedLedger, told: RecordDelta | ChangeSet, meaning: str) -> set[str]:
        read = self._read(ledger, told.form, told.form_version)
        paths = read.paths if read is not None else {}
        said = (value for path, value in told.values.items() if paths.get(template(path)) == meaning)
        return {value.strip() for value in said if isinstance(value, str)}

    def _joined(
        self,
        ledger: SharedLedger,
        home: str,
        case: str,
        said_in: Callable[[Iterable[StoredRecord]], list[Evidence]],
    ) -> list[str]:
        """The other files of the person in this office, in the order of their ids."""
        found: dict[str, list[StoredRecord]] = {}
        for record in ledger.joining_records(home):
            found.setdefault(record.delta.case, []).append(record)
        said = {each: said_in(records) for each, records in found.items()}
        return sorted(filter(is_text, joined_to(case, said)))

    def _said(
        self,
        ledger: SharedLedger,
        stored: StoredRecord,
        home: Office,
        zone: ZoneInfo,
        zone_of: Callable[[str], tzinfo],
    ) -> Evidence | None:
        """A record in the meanings that the rule reads; None when it says none of them."""
        read = self._read(ledger, stored.delta.form, stored.delta.form_version)
        if read is None or not read.paths:
            return None
        delta = stored.delta
        states = {path: state for path, state in delta.states().items() if template(path) in read.paths}
        if not states:
            return None
        values = {
            path: value
            for path, value in delta.values.items()
            if value is not None and (path in states or path.endswith("]"))
        }
        record = Record(delta.record, delta.case, delta.form, delta.form_version, "finished", values)
        written = max(state.effective for state in states.values())
        return evidence(
            read.definition,
            record,
            on=datetime.fromtimestamp(milliseconds_of(written) / 1000, UTC).astimezone(zone).date(),
            country=home.country,
            office=home.id,
            author=_author(states, read.paths),
            order=written,
            stamps={path: state.effective for path, state in states.items()},
            zone=zone,
            wrote=lambda path: states[path].author,
            zone_of=zone_of,
        )

    def _read(self, ledger: SharedLedger, form: str, version: str) -> Read | None:
        """None for a form that the server does not know or cannot read: it says nothing."""
        key = form, version
        if key not in self._forms:
            from forms.xform.load import load_form

            try:
                definition = load_form(ledger.form(*key) or "")
            except FormProblem:
                return None
            meanings = {path: each.meaning or "" for path, each in definition.questions.items()}
            self._forms[key] = Read(
                definition,
                {path: meaning for path, meaning in meanings.items() if reads(meaning) or joins(meaning)},
            )
        return self._forms[key]


def _may_be_an_office(name: str) -> bool:
    return 0 < len(name) <= _LONGEST_ID and is_text(name)


def _author(states: Mapping[str, FieldState], meanings: Mapping[str, str]) -> str:
    """Who wrote last what the record decides, so that nobody lends another one's name to her answer."""
    denial = [state for path, state in states.items() if meanings[template(path)] in _DENIAL]
    if denial:
        return max(denial, key=lambda state: state.effective).author
    authors = {state.author for state in states.values()}
    return authors.pop() if len(authors) == 1 else ""


def _other(office: Office, staff: Sequence[User]) -> OtherOffice:
    people = tuple(name for user in staff for name in (user.login, user.display_name, user.role))
    return OtherOffice(office.id, office.name, office.country, people)


def _case(stored: Sequence[StoredRecord]) -> Case:
    """The facts of the case file; should there be two, the later one's answers count."""
    facts: dict[str, object] = {}
    files = [record.delta for record in stored if record.delta.form == CASE_FILE]
    for delta in sorted(files, key=lambda each: (each.latest, each.record)):
        facts.update(delta.values)
    return Case.from_values(facts)


def _coordinators(staff: Sequence[User]) -> frozenset[str]:
    return frozenset(user.login for user in staff if user.role == COORDINATOR)


def _rows(
    home: str, case: str, before: Sequence[SharedCase], found: Sequence[Share], today: str, now_ms: int
) -> tuple[SharedCase, ...]:
    """One row for each office that is named now or was before. What was shared and is not any more has
    ended; a name that no office could have is passed over."""
    known = {row.office: row for row in before}
    told = {share.office: share for share in found if _may_be_an_office(share.office)}
    rows = []
    for office in sorted({*known, *told}):
        share, old = told.get(office), known.get(office)
        if share is not None and share.shared:
            rows.append(SharedCase(office, case, home, "shared", "", share.ground, today))
            continue
        reasons = share.reasons if share is not None else ()
        code = reasons[0].code if reasons else "sharing.record.ended"
        if old is None or old.standing == "asked":
            rows.append(SharedCase(office, case, home, "asked", code, "", today))
            continue
        ended = now_ms if old.ended_ms is None else old.ended_ms
        rows.append(SharedCase(office, case, home, "ended", code, "", today, ended))
    return tuple(rows)

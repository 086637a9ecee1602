"""The arrival watch of the server: an arrival that nobody confirms raises an alarm, whatever devices do.

The tablet of the worker at the gate may be off, or out of reach; so the server decides by itself, by the
rule that devices have (`forms.casework.due.arrival_alarm`), from what has been synced. An alarm is a row
that the office of the case can read, and the offices of the countries that it names. It ends when what is
synced says so. It holds the case's code and no more of the person.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import partial
from typing import Final, cast
from zoneinfo import ZoneInfo

from forms.casework.case import STAGES, Case, Stage, moment
from forms.casework.days import zone_named
from forms.casework.due import arrival_alarm
from forms.casework.facts import Evidence, evidence, latest
from forms.definition import FormDefinition
from forms.errors import FormProblem
from forms.record import Record
from sync_server.form_catalogue import FormCatalogue
from sync_server.office_zones import office_zones
from sync_server.protocol.clock import milliseconds_of
from sync_server.protocol.problems import Problem
from sync_server.reference import Programmes
from sync_server.storage.base import Alarm, Ledger, Office, Storage, StoredRecord

#: How many records are read at once.
_ROWS: Final = 500
#: All that is kept in memory of a record: nothing by which a person could be known.
_READ: Final = frozenset(
    {
        "case.code", "case.country", "case.host_country", "case.stage", "case.expected_arrival",
        "case.arrived_on", "arrival.outcome", "arrival.met_by", "arrival.at", "arrival.handed_over_at",
        "contact.outcome", "contact.date", "travel.arrival_at", "case.programme",
    }
)  # fmt: skip

_SILENT: Final = Evidence("", "", date.min)


@dataclass
class _Watched:
    """What is known of one office: up to which change, and what each record of each case says."""

    sequence: int = 0
    said: dict[str, dict[str, Evidence]] = field(default_factory=dict)


class ArrivalWatch:
    """Looks at every office. For one thread: the scheduler runs one look at a time."""

    def __init__(
        self,
        storage: Storage,
        forms: FormCatalogue,
        now_ms: Callable[[], int],
    ) -> None:
        self._storage = storage
        self._forms = forms
        self._now_ms = now_ms
        self._programmes = Programmes(storage)
        self._offices: dict[str, _Watched] = {}
        self._zones: Mapping[str, ZoneInfo] = {}
        self._definitions: dict[tuple[str, str], FormDefinition | None] = {}

    def look(self) -> int:
        """Raise the alarms that stand now, end those that do not; how many were raised or ended."""
        self._programmes.refresh()
        users = self._storage.users()
        zones = office_zones(users)
        self._zones = {user.login: zone_named(user.zone) for user in users}
        return sum(
            self._look_at(office, zones.get(office.id, ZoneInfo("UTC"))) for office in self._storage.offices()
        )

    def _look_at(self, office: Office, zone: ZoneInfo) -> int:
        watched = self._offices.setdefault(office.id, _Watched())
        self._read(office, watched, zone)
        now = datetime.fromtimestamp(self._now_ms() / 1000, UTC).astimezone(zone)
        standing = []
        for case, said in watched.said.items():
            known = tuple(said.values())
            facts = _case(known)
            alarm = arrival_alarm(facts, known, now, self._programmes.of(facts).due)
            if alarm is not None:
                # A year that was mistyped must not make a message that no device accepts.
                since = max(0, round(alarm.since.timestamp() * 1000))
                standing.append(Alarm(office.id, case, alarm.code, facts.code, since, alarm.countries))
        return self._storage.put_alarms(office.id, standing, self._now_ms())

    def _read(self, office: Office, watched: _Watched, zone: ZoneInfo) -> None:
        """Take in what has changed since the last look."""
        while True:
            position = watched.sequence
            found = self._storage.read(partial(_changed_after, office=office.id, sequence=position))
            for stored in found:
                said = self._said(stored, office, zone)
                watched.said.setdefault(stored.delta.case, {})[stored.delta.record] = said
                watched.sequence = max(watched.sequence, stored.changed)
            if len(found) < _ROWS:
                return

    def _said(self, stored: StoredRecord, office: Office, zone: ZoneInfo) -> Evidence:
        """A record in those of its meanings that the watch reads. One of a form that the server does not
        know says nothing."""
        delta = stored.delta
        written = delta.effective or delta.stamp
        on = datetime.fromtimestamp(milliseconds_of(written) / 1000, UTC).astimezone(zone).date()
        definition = self._definition(delta.form, delta.form_version)
        if definition is None:
            return Evidence(delta.record, delta.form, on)
        answers = {path: value for path, value in delta.values.items() if value is not None}
        record = Record(delta.record, delta.case, delta.form, delta.form_version, "finished", answers)
        states = delta.states()
        said = evidence(
            definition,
            record,
            on=on,
            country=office.country,
            office=office.id,
            order=written,
            wrote=lambda path: states[path].author if path in states else "",
            stamps={path: state.effective for path, state in states.items()},
            zone=zone,
            zone_of=lambda login: self._zones.get(login, zone),
        )
        kept = {meaning: value for meaning, value in said.values.items() if meaning in _READ}
        return replace(said, values=kept, rows={})

    def _definition(self, form: str, version: str) -> FormDefinition | None:
        if (form, version) not in self._definitions:
            self._definitions[form, version] = self._load(form, version)
        return self._definitions[form, version]

    def _load(self, form: str, version: str) -> FormDefinition | None:
        from forms.xform.load import load_form

        try:
            return load_form(self._forms.xml(form, version))
        except (Problem, FormProblem):
            return None


def _changed_after(ledger: Ledger, office: str, sequence: int) -> list[StoredRecord]:
    return ledger.changed_after(office, sequence, _ROWS)


def _case(known: tuple[Evidence, ...]) -> Case:
    """The case's facts by what its records mean. A stage that is not understood is no closed case."""

    def said(meaning: str) -> Evidence:
        return latest(known, meaning) or _SILENT

    stage = said("case.stage").text("case.stage")
    return Case(
        code=said("case.code").text("case.code"),
        country=said("case.country").text("case.country"),
        stage=cast(Stage, stage) if stage in STAGES else "identified",
        expected_arrival=moment(said("case.expected_arrival").get("case.expected_arrival")),
        arrived_on=said("case.arrived_on").day("case.arrived_on"),
        programme=said("case.programme").text("case.programme"),
    )

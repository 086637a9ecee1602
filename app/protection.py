"""What protects the person of a case, as screens show it: gates and the clearance to travel, the risk with
its reasons and its history, and whether anybody may make contact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from app import evidence, persons
from app.persons import Person
from app.shelf import Shelf
from app.store import Snapshot, reference
from app.store.cases import CaseFacts
from app.views import AlarmView, ClearanceView, FormOffer, GateView, ProtectionView, ReasonView, RiskView
from forms.casework import gates, risk, safe_contact
from forms.casework.ahead import ahead, answered_by
from forms.casework.clearance import Clearance
from forms.casework.due import arrived_on, finished_of
from forms.casework.facts import Evidence
from forms.casework.files_of_one import check_files, clearance_of_files
from forms.casework.programme import programme_of
from forms.casework.word import Reason

LAPSED: Final = "alarm.clearance.lapsed"
#: What only cases with a clearance say: all others are not looked at for lapses.
_CLEARED: Final = "clearance.decision"

#: By meaning, the form that asks for it.
Asking = Mapping[str, FormOffer]
_NOTHING: Final[Asking] = {}


def view(
    db: Snapshot, shelf: Shelf, case: CaseFacts, now: datetime, asking: Asking = _NOTHING
) -> ProtectionView:
    """All of it for one case, as of today; of all files of its person. `asking`: which form asks for a
    meaning."""
    known = shelf.known(db)
    person = persons.person_of(db, shelf, case)
    facts = person.facts
    programme = programme_of(facts.programme, known.programmes)
    filed = persons.said_of(db, shelf, person)
    said = [each for found in filed for each in found]
    today = persons.now_of(db, shelf, person, now).date()
    unread = persons.unread_of(db, person)
    given = clearance_of_files(facts, filed, today, programme, coordinators=known.coordinators, unread=unread)
    standing = risk.standing(said, today, known.coordinators, programme.risk)
    arrived = arrived_on(facts, [each for each in finished_of(said) if each.on <= today], today)
    contested: set[str] = set()
    for each in person.members:
        contested |= evidence.contested(db, shelf, each).get(each, frozenset())
    if persons.differ_on_safe_contact(person):
        contested.add(safe_contact.CHANNEL)
    return ProtectionView(
        gates=tuple(
            _gate(
                check_files(
                    gate, facts, filed, today, programme, coordinators=known.coordinators, unread=unread
                ),
                asking,
            )
            for gate in gates.GATES
        ),
        clearance=None if given is None else _clearance(given, asking),
        risk=RiskView(
            standing.level,
            standing.since,
            standing.advice.level,
            standing.advice.because,
            standing.notes,
            {} if arrived is None else risk.over_the_months(said, arrived, today, known.coordinators),
        ),
        frozen=(frozen := safe_contact.safe_contact(said, today, contested).frozen),
        thaws=asking.get(safe_contact.STILL_SAFE) if "contact.frozen.doubted" in frozen else None,
        ahead=ahead(facts.stage, said, today, programme.stages),
    )


def lapses(db: Snapshot, shelf: Shelf, found: Sequence[CaseFacts], now: datetime) -> tuple[AlarmView, ...]:
    """Clearances that stand no more, of journeys that are not over: nobody travels on them.

    One is told until somebody decides anew, or until the person has arrived; also of a closed case, whose
    ticket somebody may still have.
    """
    joined = persons.joined_files(db, shelf)
    told = evidence.of_cases(db, shelf, {case.id for case in found}, lambda meaning: meaning == _CLEARED)
    cleared = {
        joined[case].key if case in joined else case
        for case, said in told.items()
        if any(each.text(_CLEARED) for each in said)
    }
    lapsed = (_lapse(db, shelf, case, persons.of(case, joined), now) for case in found if case.id in cleared)
    return tuple(alarm for alarm in lapsed if alarm is not None)


def alarms(db: Snapshot, shelf: Shelf, found: Sequence[CaseFacts], now: datetime) -> tuple[AlarmView, ...]:
    """What must not wait: clearances that lapsed, and what the server has raised; the oldest first.

    The server's word on a case that is on this device is left out where the device knows it itself.
    """
    own = lapses(db, shelf, found, now)
    known = {(each.case, each.kind) for each in own}
    here = {case.id for case in found}
    told = [
        AlarmView(
            each.code,
            each.case if each.case in here else None,
            each.case_code,
            datetime.fromtimestamp(each.since / 1000, now.tzinfo),
        )
        for each in reference.alarms(db)
        if (each.case, each.code) not in known
    ]
    return tuple(sorted([*own, *told], key=lambda each: (each.since, each.case_code, each.kind)))


def _lapse(db: Snapshot, shelf: Shelf, case: CaseFacts, person: Person, now: datetime) -> AlarmView | None:
    known = shelf.known(db)
    facts = person.facts
    filed = persons.said_of(db, shelf, person)
    said = [each for found in filed for each in found]
    today = persons.now_of(db, shelf, person, now).date()
    programme = programme_of(facts.programme, known.programmes)
    unread = persons.unread_of(db, person)
    given = clearance_of_files(facts, filed, today, programme, coordinators=known.coordinators, unread=unread)
    if given is None or given.stands:
        return None
    arrived = gates.check("close_arrival", facts, said, today, programme)
    if arrived.open and given.boarded_on is not None:
        return None
    if facts.stage == "closed" and (arrived.open or facts.arrived_on is not None):
        return None
    since = _since(given, said, now)
    return AlarmView(LAPSED, case.id, facts.code, since, reason_views(given.reasons), given.alert)


def _since(given: Clearance, said: Iterable[Evidence], now: datetime) -> datetime:
    """From the day of the newest record that a reason rests on; today where none does."""
    resting = {record for reason in given.reasons for record in reason.evidence}
    days = [each.on for each in said if each.record in resting]
    day = max(days, default=now.date())
    return datetime.combine(day, datetime.min.time(), now.tzinfo)


def _gate(result: gates.GateResult, asking: Asking) -> GateView:
    reasons = sorted(reason_views(result.reasons, asking), key=lambda each: not each.hard)
    return GateView(
        result.gate, result.open, tuple(reasons), reason_views(result.passed, asking), result.opens_until
    )


def _clearance(given: Clearance, asking: Asking) -> ClearanceView:
    return ClearanceView(given.stands, reason_views(given.reasons, asking), given.alert, given.boarded_on)


def reason_views(found: Iterable[Reason], asking: Asking = _NOTHING) -> tuple[ReasonView, ...]:
    return tuple(
        ReasonView(
            each.code,
            each.hard,
            each.evidence,
            each.expires,
            asking.get(answered_by(each.code)) if not each.evidence or each.expires else None,
        )
        for each in found
    )

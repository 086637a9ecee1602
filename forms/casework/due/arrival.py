"""The arrival that is awaited: when it is due, and when its silence is an alarm in both countries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final, Literal

from forms.casework.case import Case, moment
from forms.casework.due.finished import Finished
from forms.casework.due.items import Due
from forms.casework.due.rules import DueRules
from forms.casework.facts import Evidence, latest
from forms.library import AIRPORT_RECEPTION

#: How long after the expected time an unconfirmed arrival raises the alarm, unless the office says else.
ARRIVAL_WATCH: Final = timedelta(hours=3)
#: An arrival so much before the expected day is still that arrival; an earlier one was another journey.
EARLY: Final = timedelta(days=3)

ARRIVED: Final = frozenset({"received", "declined", "unknown_person"})
_HEARD: Final = frozenset({"met", "phone_only"})

AlarmCode = Literal["alarm.arrival.unconfirmed", "alarm.arrival.not_arrived", "alarm.arrival.unknown_person"]


@dataclass(frozen=True, slots=True)
class ArrivalAlarm:
    """Nobody knows whether the person has come home safely.

    `since` is the moment from which it is an alarm. `countries` are those whose offices have to know, as
    far as the case tells them: the host state and the country of return.
    """

    code: AlarmCode
    since: datetime
    countries: tuple[str, ...]


def arrived_on(case: Case, finished: Iterable[Finished], today: date) -> date | None:
    """The day of the last arrival, by the case file or a reception; None when none is confirmed.

    A reception that ended in 'did not arrive' confirms nothing.
    """
    days = [r.on for r in finished if r.is_arrival and r.outcome in ARRIVED]
    if case.arrived_on is not None:
        days.append(case.arrived_on)
    return max((day for day in days if day <= today), default=None)


def awaited(case: Case, arrived: date | None, early: timedelta = EARLY) -> bool:
    """Whether the case has an expected arrival that is not confirmed."""
    if case.expected_arrival is None:
        return False
    if arrived is None:
        return True
    if case.stage in ("arrival", "reintegration"):
        return False
    return arrived < case.expected_arrival.date() - early


def arrival_due(case: Case, today: date, now: datetime | None, watch: timedelta) -> Due:
    """The arrival of a case that awaits one. `now` lets it become overdue on its very day."""
    expected = case.expected_arrival
    assert expected is not None
    if now is None:
        return Due("arrival", AIRPORT_RECEPTION, expected.date(), overdue=expected.date() < today)
    local = in_zone(expected, now)
    return Due("arrival", AIRPORT_RECEPTION, local.date(), overdue=now >= local + watch)


def arrival_alarm(
    case: Case, evidence: Iterable[Evidence], now: datetime, rules: DueRules | None = None
) -> ArrivalAlarm | None:
    """The alarm that the case raises at `now` (in the office's zone), or None.

    A person who was not there, or whom somebody unknown took along, is an alarm from the first word of it
    until she was met or heard afterwards. Otherwise silence is, from the expected time and the office's
    hours on. The same on a device and on the server, whose records may differ until the next sync.
    """
    rules = rules or DueRules()
    known = tuple(evidence)
    case = with_expected(case, known)
    if case.stage == "closed":
        return None
    countries = _countries(case, known)
    said = _last_word(known, now)
    if said is not None:
        code, since = said
        return ArrivalAlarm(code, since, countries)
    done = [Finished.from_evidence(each) for each in known]
    arrived = arrived_on(case, [each for each in done if each.about != "other"], now.date())
    if not awaited(case, arrived, timedelta(days=rules.early_days)):
        return None
    expected = case.expected_arrival
    assert expected is not None
    since = in_zone(expected, now) + rules.watch
    return ArrivalAlarm("alarm.arrival.unconfirmed", since, countries) if now >= since else None


def with_expected(case: Case, evidence: Iterable[Evidence]) -> Case:
    """The case with the time of arrival that the travel's record tells, where its own file tells none."""
    if case.expected_arrival is not None:
        return case
    said = [each for each in evidence if moment(each.get("travel.arrival_at")) is not None]
    last = latest(said, "travel.arrival_at")
    if last is None:
        return case
    return replace(case, expected_arrival=moment(last.get("travel.arrival_at")))


def in_zone(when: datetime, now: datetime) -> datetime:
    """A moment in the zone of `now`; one without an offset was meant in it."""
    return when.replace(tzinfo=now.tzinfo) if when.tzinfo is None else when.astimezone(now.tzinfo)


def _last_word(evidence: tuple[Evidence, ...], now: datetime) -> tuple[AlarmCode, datetime] | None:
    """What the last reception says, if that is an alarm and nobody has heard the person since.

    One that is dated in the future cannot take back what was said before; if it alarms itself, it counts.
    """
    told = []
    for each in evidence:
        done = Finished.from_evidence(each)
        if done.about == "arrival" and (done.on <= now.date() or _alarms(each)):
            told.append((done.on, each.order, each))
    if not told:
        return None
    day, order, last = max(told, key=lambda each: each[:2])
    code = _alarms(last)
    if code is None or _heard_since((min(day, now.date()), order), evidence, now):
        return None
    at = moment(last.get("arrival.at"))
    since = in_zone(at or datetime.combine(day, time(), now.tzinfo), now)
    return code, min(since, now)


def _alarms(reception: Evidence) -> AlarmCode | None:
    if reception.text("arrival.outcome") == "unknown_person" or reception.text("arrival.met_by") == "unknown":
        return "alarm.arrival.unknown_person"
    return "alarm.arrival.not_arrived" if reception.text("arrival.outcome") == "not_arrived" else None


def _heard_since(when: tuple[date, str], evidence: tuple[Evidence, ...], now: datetime) -> bool:
    told = ((Finished.from_evidence(each), each.order) for each in evidence)
    return any(
        done.about == "contact"
        and done.outcome in _HEARD
        and done.on <= now.date()
        and (done.on, order) > when
        for done, order in told
    )


def _countries(case: Case, evidence: tuple[Evidence, ...]) -> tuple[str, ...]:
    told = {case.country}
    for each in evidence:
        told |= {each.country, each.text("case.host_country")}
    # Where a person is need not be a country that can be alarmed: 'home', 'other'.
    return tuple(sorted({code.upper() for code in told if len(code) == 2}))

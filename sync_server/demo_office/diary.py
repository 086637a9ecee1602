"""What happened to each invented person, and when: from her story's few facts to single entries.

Everything lies before today's midnight in the office's zone, so that the demo can be made at any
hour. The same day and the same people always give the same diary.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sync_server.demo_office.journeys import Answer, Answers, journey
from sync_server.demo_office.people import Person
from sync_server.demo_office.phrases import PHRASES, Phrases

CASE_FILE: Final = "case_file"
RECEPTION: Final = "airport_reception"
CONTACT: Final = "monitoring_contact"

STAGES: Final = (
    "identified", "shelter", "decision", "pre_departure", "travel", "arrival", "reintegration", "closed",
)  # fmt: skip
#: Days from the arrival at which each stage begins.
_BEGINS: Final = {
    "identified": -88, "shelter": -81, "decision": -40, "pre_departure": -21, "travel": -2, "arrival": 0,
    "reintegration": 3, "closed": 367,
}  # fmt: skip
#: Days after arrival at which a contact is made.
CONTACT_DAYS: Final = (2, 7, 14, 30, 61, 91, 182, 273, 365)
_HOSTS: Final = ("gr", "it", "fr")
_PROGRAMMES: Final = ("care", "tact")
#: What the authorities of a country have given to who is still on the way.
_STATUSES: Final = {"al": "potential_victim", "ma": "victim", "ua": "victim"}
_ARRIVAL_HOUR: Final = time(19, 30)


@dataclass(frozen=True, slots=True)
class Entry:
    """One save of one worker: `record` names the record within its case."""

    at: datetime
    login: str
    person: int
    record: str
    form: str
    answers: Answers


def diary(people: Sequence[Person], today: date, zone: ZoneInfo) -> list[Entry]:
    """Every entry of every person, in the order of time."""
    entries = [entry for number, person in enumerate(people) for entry in _Life(number, person, today, zone)]
    return sorted(entries, key=lambda entry: (entry.at, entry.person))


class _Life:
    """The entries about one person. The order of draws from `random` is part of the story."""

    def __init__(self, number: int, person: Person, today: date, zone: ZoneInfo) -> None:
        self._number = number
        self._person = person
        self._today = today
        self._zone = zone
        self._random = random.Random(f"demo office, person {number}")  # noqa: S311 - the same story every day
        self._words: Phrases = PHRASES[person.language]

    def __iter__(self) -> Iterator[Entry]:
        arrival = self._day_of_arrival()
        reached = STAGES[: STAGES.index(self._person.stage) + 1]
        for stage in reached:
            day = arrival + timedelta(days=_BEGINS[stage])
            # A stage that the plan puts today or later was entered yesterday: it has been reached.
            day = min(day, self._today - timedelta(days=1))
            if stage == "arrival":
                yield self._reception(day)
            yield self._case_file(stage, day, arrival)
        if self._person.arrived is not None:
            yield from self._contacts(arrival)
        yield from self._journey(arrival)

    def _day_of_arrival(self) -> date:
        """The day of arrival, real or expected; for who is not so far, a day that fits the stage."""
        person = self._person
        if person.arrived is not None:
            return self._today - timedelta(days=person.arrived)
        if person.expected is not None:
            return self._today + timedelta(days=person.expected)
        since = self._random.randint(2, 12)
        return self._today - timedelta(days=since + _BEGINS[person.stage])

    def _at(self, day: date, hour: int | None = None) -> datetime:
        if hour is None:
            hour = self._random.randint(8, 17)
        moment = time(hour, self._random.randint(0, 59), self._random.randint(0, 59))
        return datetime.combine(day, moment, self._zone)

    def _entry(self, at: datetime, login: str, record: str, form: str, answers: Answers) -> Entry:
        return Entry(at, login, self._number, record, form, answers)

    def _case_file(self, stage: str, day: date, arrival: date) -> Entry:
        person, words = self._person, self._words
        answers: dict[str, Answer | Sequence[Mapping[str, Answer]]] = {"stage": stage}
        login = person.carer
        at = self._at(day)
        if stage == "identified":
            answers |= {
                "country": person.country,
                "host_country": _HOSTS[self._number % len(_HOSTS)],
                "programme": _PROGRAMMES[self._number % len(_PROGRAMMES)],
                "carer": person.carer,
                "risk": "unknown",
                "language": person.language,
                "given_name": person.given_name,
                "family_name": person.family_name,
                "birth_date": person.birth_date,
                "sex": person.sex,
            }
            if person.other_names:
                answers["other_names"] = person.other_names
        elif stage == "shelter":
            answers |= {
                "risk": person.risk,
                "safe_channel": self._random.choice(
                    (["phone_call"], ["messenger", "in_person"], ["in_person"])
                ),
                "safe_times": self._random.choice(words.safe_times),
                "safe_never": self._random.choice(words.safe_never),
                "never_at": ["night"],
                "code_word_agreed": "yes",
            }
            if person.arrived is None and person.country in _STATUSES:
                kind = _STATUSES[person.country]
                answers["has_status"] = "yes"
                answers["status"] = [
                    {"status_country": person.country, "status_kind": kind, "status_on": day.isoformat()}
                ]
        elif stage == "decision":
            answers["notes"] = self._random.choice(words.notes)
        elif stage == "pre_departure":
            answers["expected_arrival"] = self._arrival_time(arrival).isoformat(timespec="seconds")
        elif stage == "arrival":
            login, at = "reception", self._arrival_time(day) + timedelta(minutes=70)
            answers["arrived_on"] = day.isoformat()
        if stage == "identified" and person.stage == "identified":
            answers["risk"] = person.risk
        return self._entry(at, login, "file", CASE_FILE, answers)

    def _arrival_time(self, day: date) -> datetime:
        return datetime.combine(day, _ARRIVAL_HOUR, self._zone)

    def _reception(self, day: date) -> Entry:
        landed = self._arrival_time(day)
        with_child = self._number % 5 == 0
        answers: dict[str, Answer | Sequence[Mapping[str, Answer]]] = {
            "reception_outcome": "received",
            "identity_confirmed": self._random.choice(("code", "code_word")),
            "arrived_at": landed.isoformat(timespec="seconds"),
            "met_by": "officer",
            "with_others": "yes" if with_child else "no",
            "urgent_health": ["medicine"] if self._person.risk == "high" else ["none"],
            "feels_safe": "unsure" if self._person.risk == "high" else "yes",
            "needs_now": self._random.choice((["rest"], ["food", "rest"], ["phone"])),
            "luggage": "complete",
            "escorted_to": "shelter" if self._person.risk == "high" else "accommodation",
            "handed_over_to": self._words.shelter,
            "handed_over_at": (landed + timedelta(minutes=55)).isoformat(timespec="seconds"),
            "remarks": self._words.remarks,
        }
        if with_child:
            answers["companion"] = [{"companion_relation": "child", "companion_age": "4"}]
        return self._entry(landed + timedelta(minutes=62), "reception", "reception", RECEPTION, answers)

    def _journey(self, arrival: date) -> Iterator[Entry]:
        person = self._person
        for written in journey(person.journey, person.language, self._today, arrival, self._zone):
            at = self._at(self._today - timedelta(days=written.days_ago))
            login = written.login or person.carer
            yield self._entry(at, login, written.record, written.form, written.answers)

    def _contacts(self, arrival: date) -> Iterator[Entry]:
        for days in CONTACT_DAYS:
            day = arrival + timedelta(days=days)
            if day >= self._today or days in self._person.missed:
                continue
            yield self._entry(
                self._at(day), self._person.carer, f"contact {days}", CONTACT, self._contact(day, days)
            )

    def _contact(self, day: date, days: int) -> Answers:
        chosen, person = self._random, self._person
        high = person.risk == "high"
        answers: dict[str, Answer | Sequence[Mapping[str, Answer]]] = {
            "contact_date": day.isoformat(),
            "outcome": "phone_only" if days in (7, 61) else "met",
            "present": ["nobody"],
            "safe_to_talk": "yes",
            "channel_still_safe": "no" if days in person.doubted else "yes",
            "lives_with": chosen.choice((["alone"], ["parents"], ["children", "parents"], ["friends"])),
            "housing": "temporary" if days < 30 else "stable",
            "work": "looking" if days < 30 else chosen.choice(("training", "formal")),
            "work_conditions": ["none"],
            "own_documents": "self",
            "debt": "debt" if high else "none",
            "threats": ["online"] if high and days < 7 else ["none"],
            "home": ["none"],
            "offers_abroad": "no",
            "own_safety": chosen.choice("23" if high else "45"),
            "health": chosen.choice(("good", "fair")),
            "wellbeing": ["sleep", "fear"] if high else ["none"],
            "family_change": "no_change",
            "plan_progress": chosen.choice(("on_track", "slower")),
            "needs_any": "yes" if days <= 14 else "no",
            "further_contact": "as_planned",
            "risk_level": person.risk,
            "observation": chosen.choice(self._words.observations),
        }
        if days <= 14:
            answers["need"] = [
                {
                    "need_kind": kind,
                    "need_action": action,
                    "need_owner": "worker",
                    "need_due": (day + timedelta(days=10)).isoformat(),
                }
                for kind, action in zip(("income", "health"), self._words.actions, strict=True)
            ]
        return answers

"""What is counted of the twelve months after the arrival: contacts, risk, who is lost, new exploitation."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from forms.casework.due import add_months, milestones
from forms.casework.facts import Evidence, saying
from forms.casework.indicators.entries import Entry, of, unknown
from forms.casework.indicators.population import UNKNOWN, Person, arrived_on

#: The person was spoken to, alone or not wanting more: somebody knows that she is there.
REACHED: Final = frozenset({"met", "phone_only", "not_alone", "refused", "suspected_retrafficking"})
#: The contact took place.
DONE: Final = frozenset({"met", "phone_only"})
#: The months at which risk is told.
MONTHS: Final = (1, 3, 6, 12)
#: So many failed tries in a row, with none that reached the person after them, and the person is lost.
TRIES: Final = 2
#: A need of which this is said is not unmet any more.
_CLOSED: Final = ("done", "dropped")


def _contacts(person: Person) -> list[tuple[date, Evidence]]:
    """The contacts since the arrival, the oldest first."""
    day = arrived_on(person)
    if day is None:
        return []
    told = [
        (each.day("contact.date") or each.on, each) for each in saying(person.evidence, "contact.outcome")
    ]
    return sorted(((on, each) for on, each in told if on >= day), key=lambda pair: pair[0])


def first_contact(person: Person, until: date) -> Iterable[Entry]:
    """Days from the arrival to the first contact that took place; who had none yet is missing."""
    day = arrived_on(person)
    if day is None or day > until:
        return
    done = [on for on, each in _contacts(person) if each.text("contact.outcome") in DONE]
    if done:
        yield of(person, day, (done[0] - day).days)
    else:
        yield unknown(person, day)


def contact_done(person: Person, until: date) -> Iterable[Entry]:
    """Each contact that took place, by its month."""
    for on, each in _contacts(person):
        if each.text("contact.outcome") in DONE:
            yield Entry(each.record, on, person.key, {"month": on.strftime("%Y-%m")})


def contact_due(person: Person, until: date) -> Iterable[Entry]:
    """Each planned contact whose day has come, by the month of that day. Who has ended the contacts, or
    whose case was closed before, had none due any more.
    """
    day = arrived_on(person)
    if day is None:
        return
    stop = min((on for on in (_stopped_on(person), _closed_on(person)) if on is not None), default=None)
    for each in milestones(day):
        if each.due <= until and (stop is None or each.due <= stop):
            yield Entry(
                f"{person.key}|{each.kind}", each.due, person.key, {"month": each.due.strftime("%Y-%m")}
            )


def contact_overdue(person: Person, until: date) -> Iterable[Entry]:
    """Of these, the ones whose day is over and that no contact made up for, then or later."""
    day = arrived_on(person)
    if day is None:
        return
    opens = {f"{person.key}|{each.kind}": each.opens for each in milestones(day)}
    done = [on for on, each in _contacts(person) if each.text("contact.outcome") in DONE]
    for entry in contact_due(person, until):
        if entry.on < until and not any(on >= opens[entry.key] for on in done):
            yield entry


def reached(person: Person, until: date) -> Iterable[Entry]:
    """Who was reached since the arrival, or of whom a suspicion is known all the same: a suspicion is
    never left out of the rate because nobody could speak to the person. Dated by the last word.
    """
    days = [on for on, each in _contacts(person) if each.text("contact.outcome") in REACHED]
    days += [entry.on for entry in retrafficking_suspected(person, until)]
    if days:
        yield of(person, max(days))


def retrafficking_suspected(person: Person, until: date) -> Iterable[Entry]:
    """Of whom new exploitation is suspected or confirmed; until it is ruled out."""
    found = _suspicions(person)
    if found and found[-1][1] != "ruled_out":
        since = [on for on, state in found if state != "ruled_out"]
        yield of(person, since[-1])


def retrafficking_confirmed(person: Person, until: date) -> Iterable[Entry]:
    """Of whom it is confirmed."""
    days = [on for on, state in _suspicions(person) if state == "confirmed"]
    if days and _suspicions(person)[-1][1] != "ruled_out":
        yield of(person, days[-1])


def _suspicions(person: Person) -> list[tuple[date, str]]:
    """Each word on new exploitation, the oldest first; a mere suspicion does not undo what is confirmed."""
    told = []
    for each in saying(person.evidence, "incident.retrafficking", "contact.outcome"):
        on = each.day("contact.date") or each.on
        state = each.text("incident.retrafficking")
        if state:
            told.append((on, state))
        elif each.text("contact.outcome") == "suspected_retrafficking":
            told.append((on, "suspected"))
    return sorted(told, key=lambda pair: pair[0])


def lost(person: Person, until: date) -> Iterable[Entry]:
    """Who was lost after the arrival: the last tries failed (twice or more in a row), or the case was
    closed as 'lost'.
    """
    day = arrived_on(person)
    if day is None:
        return
    failed: list[date] = []
    for on, each in _contacts(person):
        outcome = each.text("contact.outcome")
        if outcome in REACHED:
            failed = []
        elif outcome in ("unreachable", "moved"):
            failed.append(on)
    if len(failed) >= TRIES:
        yield of(person, failed[TRIES - 1])
        return
    for each in saying(person.evidence, "closure.outcome"):
        if each.text("closure.outcome") == "lost" and each.on >= day:
            yield of(person, each.on)
            return


def refused(person: Person, until: date) -> Iterable[Entry]:
    """Who did not want a contact at least once."""
    for on, each in _contacts(person):
        if each.text("contact.outcome") == "refused":
            yield of(person, on)
            return


def dropped_out(person: Person, until: date) -> Iterable[Entry]:
    """Who ended the contacts before the twelve months were over, and did not take them up again."""
    day, stop = arrived_on(person), _stopped_on(person)
    if day is not None and stop is not None and stop < add_months(day, 12):
        yield of(person, stop)


def month_reached(person: Person, until: date) -> Iterable[Entry]:
    """Whose month 1, 3, 6, 12 after the arrival is over, and who was not lost to the count before it."""
    for month, _, due, _ in _months(person):
        if due <= until:
            yield of(person, due, month=str(month))


def risk_at_month(person: Person, until: date) -> Iterable[Entry]:
    """The risk at months 1, 3, 6, 12: of the contact from when that month's contact opened until the next
    opens that is nearest to its day; unknown, and missing, where there is none with a risk.
    """
    for month, opens, due, closes in _months(person):
        if due > until:
            continue
        judged = [
            (abs((on - due).days), on, each)
            for on, each in _contacts(person)
            if opens <= on < closes and each.text("contact.risk") not in ("", UNKNOWN)
        ]
        if judged:
            level = min(judged, key=lambda found: found[:2])[2].text("contact.risk")
            yield of(person, due, month=str(month), level=level)
        else:
            yield unknown(person, due, month=str(month), level=UNKNOWN)


def _months(person: Person) -> Iterable[tuple[int, date, date, date]]:
    """Of each month: its number, when its contact opens, when it is due, when the next one opens."""
    day = arrived_on(person)
    if day is None:
        return
    planned = milestones(day)
    for place, each in enumerate(planned):
        month = each.kind.rpartition("contact.month_")[2]
        if month.isdigit() and int(month) in MONTHS:
            following = planned[place + 1].opens if place + 1 < len(planned) else add_months(each.due, 1)
            yield int(month), each.opens, each.due, following


def unmet_needs(person: Person, until: date) -> Iterable[Entry]:
    """The kinds of needs that the last contact which speaks of needs found unmet, without those it closed."""
    told = saying(person.evidence, "plan.unmet_needs")
    if not told or told[-1].text("plan.unmet_needs") != "yes":
        return
    rows = told[-1].rows.get("need", ())
    if rows and all(row.get("need.state") in _CLOSED for row in rows):
        return
    rows = tuple(row for row in rows if row.get("need.state") not in _CLOSED)
    for kind in sorted({str(row.get("need.kind") or UNKNOWN) for row in rows}) or [UNKNOWN]:
        yield of(person, told[-1].on, kind=kind)


def asked_for_needs(person: Person, until: date) -> Iterable[Entry]:
    """Who was asked for unmet needs."""
    told = saying(person.evidence, "plan.unmet_needs")
    if told:
        yield of(person, told[-1].on)


def _stopped_on(person: Person) -> date | None:
    """Since when the person has ended the contacts, in the contacts' last word on it."""
    stopped: date | None = None
    for each in saying(person.evidence, "contact.further"):
        stop = each.text("contact.further") == "stop"
        stopped = (stopped or each.day("contact.date") or each.on) if stop else None
    return stopped


def _closed_on(person: Person) -> date | None:
    """The day on which the case was closed."""
    told = saying(person.evidence, "closure.outcome")
    return told[-1].on if told else None

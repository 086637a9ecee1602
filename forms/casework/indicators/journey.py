"""What is counted of the way up to the arrival and of the help given: one function a counted thing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from forms.casework.facts import Evidence, Row, saying
from forms.casework.indicators.entries import Entry, of, unknown
from forms.casework.indicators.population import (
    UNKNOWN,
    Person,
    arrivals,
    arrived_on,
    boarded,
    departed_on,
    minority,
    number,
)
from forms.casework.referral_answer import answer_of


def identified(person: Person, until: date) -> Iterable[Entry]:
    """Who was found to be a victim, or possibly one; by the last word, on the day of the first one."""
    told = saying(person.evidence, "screening.outcome")
    if told and told[-1].text("screening.outcome") in ("victim", "possible"):
        first = next(e for e in told if e.text("screening.outcome") in ("victim", "possible"))
        yield of(person, first.on, outcome=told[-1].text("screening.outcome"))


def assisted(person: Person, until: date) -> Iterable[Entry]:
    """Who got help of any kind, on the day of the first."""
    days = [on for on, _, (_, row) in _given(person) if _received(row)]
    if days:
        yield of(person, min(days))


def assisted_minors(person: Person, until: date) -> Iterable[Entry]:
    """Who was a minor on the day of the first help. Whose age nobody has established counts as missing."""
    for entry in assisted(person, until):
        group = minority(person, entry.on)
        if group == "minor":
            yield entry
        elif group == "not_established":
            yield unknown(person, entry.on)


def decided(person: Person, until: date) -> Iterable[Entry]:
    """The durable solution that was decided last. 'Undecided' is no decision."""
    told = saying(person.evidence, "solution.decision")
    if told and told[-1].text("solution.decision") not in ("", "undecided"):
        yield of(person, told[-1].on, solution=told[-1].text("solution.decision"))


def returned(person: Person, until: date) -> Iterable[Entry]:
    """Who departed, on the day of the first departure."""
    departed = departed_on(person)
    if departed is not None:
        yield of(person, departed)


def assessed(person: Person, until: date) -> Iterable[Entry]:
    """The last risk assessment of each side before the departure, by its outcome."""
    departed = departed_on(person) or date.max
    last: dict[str, Entry] = {}
    for each in saying(person.evidence, "assessment.outcome"):
        on = each.day("assessment.on") or each.on
        side, outcome = each.text("assessment.side"), each.text("assessment.outcome")
        if on <= departed and side in ("host", "return"):
            last[side] = of(person, on, side=side, outcome=outcome or UNKNOWN)
    yield from last.values()


def assessed_by_both(person: Person, until: date) -> Iterable[Entry]:
    """Who departed and had been assessed by both sides before; dated by the departure."""
    departed = departed_on(person)
    if departed is not None and {e.labels["side"] for e in assessed(person, until)} == {"host", "return"}:
        yield of(person, departed)


def plan_agreed(person: Person, until: date) -> Iterable[Entry]:
    """Who has agreed to a plan: confirmed and signed, by thumbprint or before a witness too."""
    for each in saying(person.evidence, "plan.state"):
        if each.text("plan.state") == "confirmed" and each.text("plan.signed") in _SIGNED:
            yield of(person, each.on)
            return


_SIGNED = ("written", "verbal_witnessed", "thumbprint")


def received(person: Person, until: date) -> Iterable[Entry]:
    """How the last expected arrival ended, 'did not arrive' among it. Who departed and of whom no
    reception is recorded is missing.
    """
    told = arrivals(person)
    if told:
        yield of(person, told[-1][0], outcome=told[-1][1] or UNKNOWN)
    elif boarded(person) is not None and arrived_on(person) is None:
        departed = departed_on(person)
        assert departed is not None
        yield unknown(person, departed)


def no_show(person: Person, until: date) -> Iterable[Entry]:
    """Whose last expected arrival ended in 'did not arrive'."""
    told = arrivals(person)
    if told and told[-1][1] == "not_arrived":
        yield of(person, told[-1][0])


def arrived(person: Person, until: date) -> Iterable[Entry]:
    """Who arrived, on the day of the first arrival."""
    day = arrived_on(person)
    if day is not None and day <= until:
        yield of(person, day)


def arrival_expected(person: Person, until: date) -> Iterable[Entry]:
    """Of whom a reception is recorded, whatever its end."""
    told = arrivals(person)
    if told:
        yield of(person, told[-1][0])


def checked_up(person: Person, until: date) -> Iterable[Entry]:
    """Days from the arrival to the first check-up of each kind; who had none yet is missing."""
    day = arrived_on(person)
    if day is None or day > until:
        return
    first: dict[str, date] = {}
    for each in saying(person.evidence, "checkup.kind"):
        on = each.day("checkup.on") or each.on
        for kind in each.chosen("checkup.kind"):
            if on >= day:
                first[kind] = min(on, first.get(kind, on))
    for kind in ("medical", "psychosocial"):
        if kind in first:
            yield of(person, day, (first[kind] - day).days, kind=kind)
        else:
            yield unknown(person, day, kind=kind)


def minor_returned(person: Person, until: date) -> Iterable[Entry]:
    """Who departed and may have been a minor then: so is who nobody established to be an adult."""
    departed = departed_on(person)
    if departed is not None and minority(person, departed) != "adult":
        yield of(person, departed)


def minor_determined(person: Person, until: date) -> Iterable[Entry]:
    """Of these, in whose best interest the return had been found, by the last determination before the
    departure, not expired then.
    """
    departed = departed_on(person)
    if departed is None or minority(person, departed) == "adult":
        return
    told = [each for each in saying(person.evidence, "bid.outcome") if each.on <= departed]
    if told and told[-1].text("bid.outcome") == "in_favour":
        expires = told[-1].day("bid.expires")
        if expires is not None and expires >= departed:
            yield of(person, departed)


def _given(person: Person) -> list[tuple[date, str, tuple[Evidence, Row]]]:
    """Each assistance: its day, a key of its own, and its answers, whether in a repeat or not."""
    found: list[tuple[date, str, tuple[Evidence, Row]]] = []
    for each in person.evidence:
        rows: Iterable[Row] = each.rows.get("assistance", ())
        if each.text("assistance.kind"):
            rows = [each.values, *rows]
        for place, row in enumerate(rows):
            if isinstance(row.get("assistance.kind"), str) and row["assistance.kind"]:
                on = Evidence("", "", each.on, row).day("assistance.on") or each.on
                found.append((on, f"{each.record}/{place}", (each, row)))
    return found


def assistance(person: Person, until: date) -> Iterable[Entry]:
    """Each time that help was given, by its kind and budget line."""
    for on, key, (_, row) in _given(person):
        if _received(row):
            yield Entry(key, on, person.key, _line(row))


def assistance_cost(person: Person, until: date) -> Iterable[Entry]:
    """What it cost in EUR. Help without a cost, with one that is no number or below zero, or in a currency
    for which the office had no rate (`in_euros`) is missing.
    """
    for on, key, (_, row) in _given(person):
        cost = number(row.get("assistance.amount")) if row.get("assistance.currency") == "EUR" else None
        known = cost is not None and cost >= 0
        amount = cost if known and cost is not None else Decimal(0)
        yield Entry(key, on, person.key, _line(row), amount, missing=not known)


def _received(row: Row) -> bool:
    """Help that was declined, or never came, helped nobody; what it cost all the same is a cost."""
    return row.get("assistance.outcome") not in ("declined", "not_delivered")


def _line(row: Row) -> dict[str, str]:
    line = row.get("assistance.line")
    return {
        "kind": str(row["assistance.kind"]),
        "budget_line": line if isinstance(line, str) and line else UNKNOWN,
    }


def in_euros(person: Person, convert: Callable[[Decimal, str, date], Decimal | None]) -> Person:
    """The person with the costs of help in EUR, by the office's rates: of an amount, its currency, and the
    day. What cannot be converted (None) stays as it is, and counts as missing.
    """

    def converted(row: Row, on: date) -> Row:
        amount, currency = number(row.get("assistance.amount")), row.get("assistance.currency")
        if amount is None or not isinstance(currency, str) or currency == "EUR":
            return row
        day = Evidence("", "", on, row).day("assistance.on") or on
        euros = convert(amount, currency, day)
        if euros is None:
            return row
        return {**row, "assistance.amount": str(euros), "assistance.currency": "EUR"}

    return replace(
        person,
        evidence=tuple(
            replace(
                each,
                values=converted(each.values, each.on),
                rows={
                    noun: tuple(converted(row, each.on) for row in rows) for noun, rows in each.rows.items()
                },
            )
            for each in person.evidence
        ),
    )


def referred(person: Person, until: date) -> Iterable[Entry]:
    """Each referral that was sent, whatever became of it; a draft or one that was called off is none."""
    for each in saying(person.evidence, "referral.state", "referral.answer"):
        answer = answer_of(each) or each.text("referral.answer")
        if answer or each.text("referral.state") in ("sent", "completed"):
            yield Entry(each.record, each.on, person.key, {"answer": answer or UNKNOWN})


def referral_accepted(person: Person, until: date) -> Iterable[Entry]:
    """Those that were accepted; a completed one was."""
    completed = {each.key for each in referral_completed(person, until)}
    for each in referred(person, until):
        if each.labels["answer"] == "accepted" or each.key in completed:
            yield each


def referral_completed(person: Person, until: date) -> Iterable[Entry]:
    """Those that were completed, by the answer or by who sent it."""
    done = {e.record for e in person.evidence if e.text("referral.state") == "completed"}
    for each in referred(person, until):
        if each.labels["answer"] == "completed" or (each.key in done and each.labels["answer"] != "declined"):
            yield each

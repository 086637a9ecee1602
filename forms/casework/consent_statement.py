"""What records say about consent, one statement after the other: who decided what, for what, until when.

Nothing but this module and `consent` reads these answers. Whether a consent is in force is decided there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final, Literal

from forms.casework.case import add_months, local_date
from forms.casework.consent_rules import ConsentRules
from forms.casework.facts import Evidence
from forms.casework.word import newer

Party = Literal["person", "guardian"]

#: What a statement is made of: who asks a rule about consent has to leave these answers in.
READ: Final = frozenset(
    {
        "consent.by",
        "consent.decision",
        "consent.how",
        "consent.interpreter",
        "consent.language",
        "consent.language_other",
        "consent.on",
        "consent.purpose",
        "consent.recipient",
        "consent.until",
        "consent.withdrawn_on",
        "consent.witness",
        "consent.witness_fits",
        "guardian.consent",
        "tracing.child_consent",
        "tracing.guardian_consent",
    }
)
#: The two by which a question is answered at all.
DECISION: Final = "consent.decision"
ANSWER: Final = ("consent.purpose", DECISION)
#: A consent is as old as the older of these answers.
_GIVEN: Final = (*ANSWER, "guardian.consent")
_DECISIONS: Final = ("given", "refused", "withdrawn")
#: Older records of tracing asked for it beside the consent itself: who said no there has said no.
_OF_TRACING: Final[tuple[tuple[str, Party], ...]] = (
    ("tracing.child_consent", "person"),
    ("tracing.guardian_consent", "guardian"),
)
#: The choice beside which a text says which language it is.
OTHER_LANGUAGE: Final = "other"
_NO_NO: Final = ("given", "not_asked", "", None)


@dataclass(frozen=True, slots=True)
class Statement:
    """What one record says about consent for one purpose or several."""

    source: Evidence
    values: Mapping[str, Any]

    @property
    def decision(self) -> str:
        """Given, refused or withdrawn. A word that is not known is taken for a withdrawal."""
        said = self.values.get("consent.decision")
        return said if said in ("given", "refused") else "withdrawn"

    @property
    def readable(self) -> bool:
        """Whether the decision is one that is known."""
        return self.values.get("consent.decision") in _DECISIONS

    @property
    def purposes(self) -> frozenset[str]:
        return listed(self.values.get("consent.purpose"))

    @property
    def recipients(self) -> frozenset[str]:
        return several(self.values.get("consent.recipient"))

    @property
    def told(self) -> date | None:
        """The day that the record itself tells; None where it tells none that can be read."""
        return local_date(self.values.get("consent.on"))

    @property
    def day(self) -> date:
        """The day it counts from: of a consent the older, of a refusal or withdrawal the newer of the two."""
        if self.decision == "given":
            return min(self.source.at(*_GIVEN)[0], self.told or self.source.on)
        return max(self.source.on, self.told or self.source.on)

    @property
    def given_at(self) -> str:
        """When the answers by which it decides were given, as an order."""
        return self.source.at(*_GIVEN)[1]

    @property
    def day_there(self) -> date:
        """The same day as it is called where it was said, should that be the day before."""
        there = self.source.on_there or self.source.on
        return self.day - max(self.source.on - there, timedelta())

    @property
    def withdrawn_on(self) -> date | None:
        return local_date(self.values.get("consent.withdrawn_on"))

    def by(self, party: Party) -> bool:
        return self.values.get("consent.by") in (party, "both")

    def ahead_of(self, at: date) -> bool:
        """Whether one of its two days is still to come."""
        return max(self.source.on, self.told or self.source.on) > at

    def said_by(self, at: date) -> bool:
        """Whether it was certainly said on this day or before."""
        unread = self.values.get("consent.on") not in (None, "") and self.told is None
        return not unread and not self.ahead_of(at)

    def until(self, purpose: str, rules: ConsentRules) -> date | None:
        """The last day; None where an end was written down that cannot be read."""
        if self.values.get("consent.until") in (None, ""):
            return _months_on(self.day, rules.unsaid(purpose))
        told = local_date(self.values.get("consent.until"))
        return None if told is None else min(told, _months_on(self.day, rules.longest(purpose)))

    def concerns(self, purpose: str, recipient: str) -> bool:
        """A consent covers what it names. A refusal or a withdrawal that names nothing is of everything."""
        purposes, recipients = self.purposes, self.recipients
        if self.decision == "given":
            return purpose in purposes and (not recipient or recipient in recipients)
        return (not purposes or purpose in purposes) and (
            not recipient or not recipients or recipient in recipients
        )

    def after(self, other: Statement) -> bool:
        """Whether it certainly comes after the other."""
        if self.day != other.day:
            return self.day > other.day
        return self.source.on == other.source.on and newer(self.source, other.source, *_GIVEN)

    def knows_of(self, withdrawal: Statement) -> bool:
        """Whether its author knew of the withdrawal: she wrote it herself, or names its day."""
        same = bool(self.source.author) and self.source.author == withdrawal.source.author
        told = self.withdrawn_on
        return same or (told is not None and withdrawal.day_there <= told <= self.day)

    def beaten_by(self, other: Statement) -> bool:
        """Whether a refusal or a withdrawal stands against this consent."""
        if not self.after(other):
            return True
        return other.decision == "withdrawn" and not self.knows_of(other)

    def narrowed_by(self, other: Statement) -> bool:
        """Whether another consent says anew how long this one lasts: it may be the later one, by the day
        that it tells or by that of its record.
        """
        same = not other.recipients or bool(other.recipients & self.recipients)
        return same and not (self.after(other) and newer(self.source, other.source, *_GIVEN))


def statements(evidence: Iterable[Evidence]) -> list[Statement]:
    """What the records say about consent: each by itself, and each row of a repeat of purposes.

    A row that leaves out who, how or when has it from the record around it. A guardian's consent to the
    return, which the form of the guardian asks for, is one of them; and a no to tracing from records of an
    older form of tracing, whose yes is none.
    """
    found = []
    for each in evidence:
        rows = each.rows.get("consent", ())
        found += [Statement(each, {**each.values, **row}) for row in rows]
        split = any("consent.decision" in row for row in rows)
        against = each.get("consent.decision") != "given"
        if not rows or "consent.purpose" in each.values or (split and against):
            found.append(Statement(each, each.values))
        if "guardian.consent" in each.values:
            found.append(Statement(each, _of_guardian(each)))
        found += [
            Statement(each, _against_tracing(each, meaning, party))
            for meaning, party in _OF_TRACING
            if each.get(meaning) not in _NO_NO
        ]
    return [each for each in found if each.values.get("consent.decision") not in (None, "")]


def under_one_name(evidence: Iterable[Evidence], name: str, id: str) -> list[Evidence]:
    """The records with a recipient under its id wherever they call it by its name, so that a consent by one
    of the two and its withdrawal by the other meet. An empty name changes nothing."""
    if not plain(name):
        return list(evidence)
    return [
        replace(
            each,
            values=_renamed(each.values, name, id),
            rows={
                noun: tuple(_renamed(row, name, id) for row in rows) if noun == "consent" else rows
                for noun, rows in each.rows.items()
            },
        )
        for each in evidence
    ]


def _renamed(values: Mapping[str, Any], name: str, id: str) -> Mapping[str, Any]:
    said = values.get("consent.recipient")
    if said is None:
        return values
    several = said if isinstance(said, list | tuple) else [said]
    return {**values, "consent.recipient": [id if plain(each) == plain(name) else each for each in several]}


def _of_guardian(each: Evidence) -> dict[str, Any]:
    return {
        "consent.decision": each.get("guardian.consent"),
        "consent.purpose": "return",
        "consent.by": "guardian",
        "consent.how": "written",
        "consent.withdrawn_on": each.get("consent.withdrawn_on"),
    }


def _against_tracing(each: Evidence, meaning: str, party: Party) -> dict[str, Any]:
    """Silence is a no; what nobody can read is taken for a withdrawal, as everywhere."""
    said = each.get(meaning)
    decision = "refused" if said in ("refused", "no_answer") else "withdrawn"
    return {"consent.decision": decision, "consent.purpose": "tracing", "consent.by": party}


def listed(value: object) -> frozenset[str]:
    """The texts of an answer of one or of several."""
    each = value if isinstance(value, list | tuple) else [value]
    return frozenset(one for one in each if isinstance(one, str) and one)


def several(value: object) -> frozenset[str]:
    """The names of an answer of one or of several, as they are compared."""
    return frozenset(plain(each) for each in listed(value)) - {""}


def plain(value: object) -> str:
    """A name or a language tag as it is compared: `ar_MA` is `ar-ma`."""
    return " ".join(value.replace("_", "-").split()).casefold() if isinstance(value, str) else ""


def tongue(code: object, words: object) -> str:
    """A language as it is compared; empty where nobody knows which: `other` is told apart by its words."""
    named = plain(code)
    if named != OTHER_LANGUAGE:
        return named
    return f"{named} {plain(words)}" if plain(words) else ""


def _months_on(day: date, months: int) -> date:
    return add_months(day, months) if day.year + months // 12 + 1 <= date.max.year else date.max

"""Consent: whether it is in force for one purpose and recipient, and what may go to whom without it.

Consent is given per purpose and recipient, for a time, by the person herself (for a minor by the guardian,
and by the child where asked), in writing or before a witness, in a language that she speaks or through an
interpreter with a name. It can be withdrawn at any time. A withdrawal beats every consent that is not
newer or had not seen it, so that a colleague who was offline cannot revive what a person has ended.

It gates recipients and exports. It does not gate the sync within the team, which is the office that holds
the case; the office of the other country is a recipient.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final, Literal

from forms.casework.age import Age, AgeRules, age
from forms.casework.case import Case, local_date
from forms.casework.due import add_months
from forms.casework.facts import Evidence
from forms.casework.meanings import CONSENT
from forms.casework.table import number, only, section
from forms.casework.word import Reason, ids, in_order, last_word, named, newer

Party = Literal["person", "guardian"]
Basis = Literal["team", "consent", "vital_interest", "duty_to_report", "none"]

PURPOSES: Final = CONSENT["consent.purpose"] or ()
#: Purposes that mean nothing without the name of who receives.
SHARING: Final = frozenset({"share_with_country", "share_with_organisation"})
_WITNESSED: Final = frozenset({"verbal_witnessed", "thumbprint"})
_WITHOUT_CONSENT: Final[tuple[Literal["vital_interest", "duty_to_report"], ...]] = (
    "vital_interest",
    "duty_to_report",
)
#: How a record logs it: the ground, who receives, and why.
_LOGGED_AS: Final = (
    ("disclosure.basis", "disclosure.recipient", "disclosure.reason"),
    ("referral.consent", "referral.to", "referral.without_consent"),
)
_LONGEST: Final = 120
_AGES: Final = AgeRules()


@dataclass(frozen=True, slots=True)
class ConsentRules:
    """What a programme may set: how long a consent lasts at most, from which age a child is asked herself,
    how many days a logged transfer without consent stays open.
    """

    months: int = 12
    months_for: Mapping[str, int] = field(default_factory=lambda: {"retention": _LONGEST})
    own_consent_from: int = 0
    disclosure_days: int = 7
    age: AgeRules = _AGES

    @classmethod
    def from_table(cls, table: Mapping[str, Any], ages: AgeRules = _AGES) -> ConsentRules:
        """Problem form.programme.value_invalid, form.programme.value_unknown."""
        only(table, "months", "months_for", "own_consent_from", "disclosure_days")
        standard = cls()
        named_months = section(table, "months_for")
        only(named_months, *PURPOSES)
        months_for = {name: number(named_months, name, 0, 1, _LONGEST) for name in named_months}
        return cls(
            number(table, "months", standard.months, 1, 24),
            {**standard.months_for, **months_for},
            number(table, "own_consent_from", standard.own_consent_from, 0, 12),
            number(table, "disclosure_days", standard.disclosure_days, 0, 30),
            ages,
        )

    def longest(self, purpose: str) -> int:
        """The months that a consent for this purpose lasts at most."""
        return self.months_for.get(purpose, self.months)


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
    def purposes(self) -> frozenset[str]:
        return _listed(self.values.get("consent.purpose"))

    @property
    def recipients(self) -> frozenset[str]:
        return _several(self.values.get("consent.recipient"))

    @property
    def told(self) -> date | None:
        """The day that the record itself tells; None where it tells none that can be read."""
        return local_date(self.values.get("consent.on"))

    @property
    def day(self) -> date:
        """The day it counts from: of a consent the older, of a refusal or withdrawal the newer of the two."""
        pick = min if self.decision == "given" else max
        return pick(self.source.on, self.told or self.source.on)

    @property
    def withdrawn_on(self) -> date | None:
        return local_date(self.values.get("consent.withdrawn_on"))

    def by(self, party: Party) -> bool:
        return self.values.get("consent.by") in (party, "both")

    def until(self, purpose: str, rules: ConsentRules) -> date | None:
        """The last day; None where an end was written down that cannot be read."""
        end = _months_on(self.day, rules.longest(purpose))
        if self.values.get("consent.until") in (None, ""):
            return end
        told = local_date(self.values.get("consent.until"))
        return None if told is None else min(told, end)

    def after(self, other: Statement) -> bool:
        """Whether it certainly comes after the other."""
        if self.day != other.day:
            return self.day > other.day
        return self.source.on == other.source.on and newer(self.source, other.source)

    def knows_of(self, withdrawal: Statement) -> bool:
        """Whether its author knew of the withdrawal: she wrote it herself, or names its day."""
        same = bool(self.source.author) and self.source.author == withdrawal.source.author
        told = self.withdrawn_on
        return same or (told is not None and withdrawal.day <= told <= self.day)

    def beaten_by(self, other: Statement) -> bool:
        """Whether a refusal or a withdrawal stands against this consent."""
        if not self.after(other):
            return True
        return other.decision == "withdrawn" and not self.knows_of(other)


@dataclass(frozen=True, slots=True)
class Consent:
    """Whether a consent is in force, by which records and until when, or why it is not."""

    purpose: str
    recipient: str
    in_force: bool
    reasons: tuple[Reason, ...] = ()
    evidence: tuple[str, ...] = ()
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Transfer:
    """Whether something may go to a recipient, on what ground, and by which records."""

    allowed: bool
    basis: Basis
    reasons: tuple[Reason, ...] = ()
    evidence: tuple[str, ...] = ()
    until: date | None = None


_STANDARD: Final = ConsentRules()


def in_force(
    purpose: str,
    recipient: str,
    evidence: Iterable[Evidence],
    at: date,
    *,
    case: Case,
    rules: ConsentRules = _STANDARD,
) -> Consent:
    """Whether there is consent for this purpose and recipient on this day.

    An empty recipient asks for a purpose that has none, such as the return itself. Reasons:
    consent.missing, guardian_missing, child_missing, withdrawn, refused, expired, dated_ahead,
    witness_missing, interpreter_missing, language_unknown, how_unknown, until_unclear, given_as_minor,
    guardian_conflict, recipient_unknown.
    """
    found = in_order(evidence)
    asked = _plain(recipient)
    if purpose in SHARING and not asked:
        return Consent(purpose, asked, False, (Reason("consent.recipient_unknown"),))
    about = [each for each in statements(found) if _concerns(each, purpose, asked)]
    known = age(case, found, at, rules.age)
    reasons: list[Reason] = []
    used: list[Evidence] = []
    ends: list[date] = []
    for party in _parties(known, at, rules):
        valid, why = _of_party(party, about, found, at, purpose, case, known, rules)
        used += [each.source for each in valid]
        ends += [max(until for each in valid if (until := each.until(purpose, rules)))] if valid else []
        reasons += why
    if reasons:
        return Consent(purpose, asked, False, tuple(dict.fromkeys(reasons)))
    if known.minor_on(at) and known.adult_from is not None:
        ends.append(known.adult_from - timedelta(days=1))
    return Consent(purpose, asked, True, (), ids(used), min(ends))


def may_send(
    purpose: str,
    recipient: str,
    evidence: Iterable[Evidence],
    at: date,
    *,
    case: Case,
    rules: ConsentRules = _STANDARD,
) -> Transfer:
    """Whether the case may be shared with a recipient, or be part of an export to them, on this day.

    Within the team it may. Otherwise by consent; without it, for a vital interest or a duty to report, if
    someone has logged who receives it and why. That path leads to sharing alone, never to a return, a
    testimony or a photo, and closes after the days of the programme.
    """
    found = in_order(evidence)
    asked = _plain(recipient)
    if asked and asked == _plain(case.office):
        return Transfer(True, "team")
    consent = in_force(purpose, recipient, found, at, case=case, rules=rules)
    if consent.in_force:
        return Transfer(True, "consent", (), consent.evidence, consent.until)
    if purpose in SHARING and asked:
        open_for = timedelta(days=rules.disclosure_days)
        for basis in _WITHOUT_CONSENT:
            logged = [e for e in found if e.on <= at <= e.on + open_for and _logs(e, basis, asked)]
            if logged:
                until = max(each.on for each in logged) + open_for
                return Transfer(True, basis, (), ids(logged), until)
    return Transfer(False, "none", consent.reasons)


def statements(evidence: Iterable[Evidence]) -> list[Statement]:
    """What the records say about consent: each by itself, and each row of a repeat of purposes.

    A row that leaves out who, how or when has it from the record around it. A guardian's consent to the
    return, which the form of the guardian asks for, is one of them.
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
    return [each for each in found if each.values.get("consent.decision") not in (None, "")]


def _of_guardian(each: Evidence) -> dict[str, Any]:
    return {
        "consent.decision": each.get("guardian.consent"),
        "consent.purpose": "return",
        "consent.by": "guardian",
        "consent.how": "written",
        "consent.withdrawn_on": each.get("consent.withdrawn_on"),
    }


def _concerns(said: Statement, purpose: str, recipient: str) -> bool:
    """A consent covers what it names. A refusal or a withdrawal that names nothing is of everything."""
    if said.decision == "given":
        return purpose in said.purposes and (not recipient or recipient in said.recipients)
    purposes, recipients = said.purposes, said.recipients
    return (not purposes or purpose in purposes) and (
        not recipient or not recipients or recipient in recipients
    )


def _parties(known: Age, at: date, rules: ConsentRules) -> tuple[Party, ...]:
    if not known.minor_on(at):
        return ("person",)
    return ("guardian",) if known.surely_under(rules.own_consent_from, at) else ("guardian", "person")


def _of_party(
    party: Party,
    about: list[Statement],
    found: list[Evidence],
    at: date,
    purpose: str,
    case: Case,
    known: Age,
    rules: ConsentRules,
) -> tuple[list[Statement], list[Reason]]:
    """The consents of one party that count, or why none does."""
    minor = known.minor_on(at)
    given = [each for each in about if each.decision == "given" and each.by(party)]
    against = [each for each in about if each.decision != "given"]
    if party == "guardian" and (unfit := _unfit_guardian(found, at)):
        return [], [Reason("consent.guardian_conflict", evidence=unfit)]
    valid, why = [], []
    for each in given:
        beaten = [other for other in against if each.beaten_by(other)]
        flaw = _flaw(each, party, at, purpose, case, known, rules)
        if beaten:
            withdrawn = [other for other in beaten if other.decision == "withdrawn"]
            code = "consent.withdrawn" if withdrawn else "consent.refused"
            why.append(Reason(code, evidence=ids(other.source for other in withdrawn or beaten)))
        elif flaw:
            expired = each.until(purpose, rules) if flaw == "consent.expired" else None
            why.append(Reason(flaw, evidence=(each.source.record,), expires=expired))
        else:
            valid.append(each)
    if valid:
        return valid, []
    if not given and against:
        code = "withdrawn" if any(each.decision == "withdrawn" for each in against) else "refused"
        why.append(Reason(f"consent.{code}", evidence=ids(each.source for each in against)))
    missing = "missing" if not minor else "guardian_missing" if party == "guardian" else "child_missing"
    return [], why or [Reason(f"consent.{missing}")]


def _flaw(
    said: Statement, party: Party, at: date, purpose: str, case: Case, known: Age, rules: ConsentRules
) -> str:
    """What keeps a consent that nobody withdrew from being in force; empty where nothing does."""
    values = said.values
    how, until = values.get("consent.how"), said.until(purpose, rules)
    if (values.get("consent.on") not in (None, "") and said.told is None) or until is None:
        return "consent.until_unclear" if until is None else "consent.dated_ahead"
    if max(said.source.on, said.told or said.source.on) > at:
        return "consent.dated_ahead"
    if until < at:
        return "consent.expired"
    if how != "written" and how not in _WITNESSED:
        return "consent.how_unknown"
    if how in _WITNESSED and not named(values.get("consent.witness")):
        return "consent.witness_missing"
    if party == "person" and not named(values.get("consent.interpreter")):
        spoken, own = _plain(values.get("consent.language")), _plain(case.language)
        if not spoken or not own:
            return "consent.language_unknown"
        if spoken != own:
            return "consent.interpreter_missing"
    if not known.minor_on(at) and known.minor_on(said.day):
        return "consent.given_as_minor"
    return ""


def _unfit_guardian(found: list[Evidence], at: date) -> tuple[str, ...]:
    """The records by which the guardian has a conflict of interest, or is none; their word is no consent."""
    conflict = last_word(found, at, "guardian.conflict_check", good=has_no_conflict)
    absent = last_word(found, at, "guardian.appointed", good=is_appointed)
    return ids([e for e in conflict if not has_no_conflict(e)] + [e for e in absent if not is_appointed(e)])


def has_no_conflict(each: Evidence) -> bool:
    """Whether a record says that the guardian was checked and has no conflict of interest."""
    return each.get("guardian.conflict_check") == "none"


def is_appointed(each: Evidence) -> bool:
    """Whether a record says that the guardian is appointed by a document."""
    return each.get("guardian.appointed") == "yes"


def _logs(each: Evidence, basis: str, recipient: str) -> bool:
    """Whether somebody logged a transfer on this ground: by itself, or with the referral that it is for."""
    return bool(each.author) and any(
        each.text(ground) == basis and recipient in _several(each.get(to)) and named(each.get(why))
        for ground, to, why in _LOGGED_AS
    )


def _listed(value: object) -> frozenset[str]:
    listed = value if isinstance(value, list | tuple) else [value]
    return frozenset(each for each in listed if isinstance(each, str) and each)


def _several(value: object) -> frozenset[str]:
    return frozenset(_plain(each) for each in _listed(value)) - {""}


def _plain(value: object) -> str:
    """A name or a language tag as it is compared: `ar_MA` is `ar-ma`."""
    return " ".join(value.replace("_", "-").split()).casefold() if isinstance(value, str) else ""


def _months_on(day: date, months: int) -> date:
    return add_months(day, months) if day.year + months // 12 + 1 <= date.max.year else date.max

"""Consent: whether it is in force for one purpose and recipient, and what may go to whom without it.

Consent is given per purpose and recipient, for a time, by the person herself (for a minor by the guardian,
and by the child where asked), in writing or before a witness, in a language that she speaks or through an
interpreter with a name. It can be withdrawn at any time. A withdrawal beats every consent that is not
newer or had not seen it, so that a colleague who was offline cannot revive what a person has ended.

It gates recipients and exports. It does not gate the sync within the team, which is the office that holds
the case; the office of the other country is a recipient.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from forms.casework.age import Age, age
from forms.casework.case import Case
from forms.casework.consent_rules import ConsentRules
from forms.casework.consent_statement import (
    ANSWER,
    DECISION,
    Party,
    Statement,
    plain,
    several,
    statements,
    tongue,
    under_one_name,
)
from forms.casework.consent_statement import READ as STATED
from forms.casework.facts import Evidence
from forms.casework.word import Reason, ids, in_order, last_word, named

__all__ = [
    "ANSWER", "DECISION", "READ", "SHARING", "Basis", "Consent", "ConsentRules", "Party", "Standing",
    "Statement", "Transfer", "answered_no", "decided_since", "ended", "has_no_conflict", "in_force",
    "is_appointed", "may_send", "standing", "statements", "unclear", "under_one_name",
]  # fmt: skip

Basis = Literal["team", "consent", "vital_interest", "duty_to_report", "none"]

#: Every meaning from which it follows whether a consent is in force.
READ: Final = STATED | {
    "age.born", "age.established", "age.estimate", "guardian.appointed", "guardian.document",
    "guardian.conflict_check",
}  # fmt: skip
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


@dataclass(frozen=True, slots=True)
class Standing:
    """A consent that was given and that nobody has taken back, and its last day, which may have passed.

    `source` is the last record that gives it.
    """

    purpose: str
    recipient: str
    until: date
    source: Evidence


_STANDARD: Final = ConsentRules()


@dataclass(frozen=True, slots=True)
class _Question:
    """What a consent is asked for, when, and of whom."""

    purpose: str
    at: date
    case: Case
    age: Age
    rules: ConsentRules
    unfit_guardian: tuple[str, ...] = ()


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
    asked = plain(recipient)
    if purpose in SHARING and not asked:
        return Consent(purpose, asked, False, (Reason("consent.recipient_unknown"),))
    about = [each for each in statements(found) if each.concerns(purpose, asked)]
    known = age(case, found, at, rules.age)
    question = _Question(purpose, at, case, known, rules, _unfit_guardian(found, at))
    reasons: list[Reason] = []
    used: list[Evidence] = []
    ends: list[date] = []
    for party in _parties(known, at, rules):
        valid, why = _of_party(party, about, question)
        used += [each.source for each, _ in valid]
        ends += [max(until for _, until in valid)] if valid else []
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
    asked = plain(recipient)
    if asked and asked == plain(case.office):
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


def standing(
    evidence: Iterable[Evidence], at: date, *, case: Case, rules: ConsentRules = _STANDARD
) -> tuple[Standing, ...]:
    """What was agreed to and stands, by purpose and recipient, with the day on which it is to be asked anew.

    Not whether it is in force: one that lacks a witness stands, and what has ended does until it is asked
    anew or taken back. One whose end nobody can read ended at once. Where both the guardian and the child
    agreed, the sooner of the two ends counts; what a guardian or a minor agreed to ends with the childhood.
    A consent that is dated ahead counts only where nothing else was said.
    """
    found = in_order(evidence)
    said = statements(found)
    given = [each for each in said if each.decision == "given"]
    keys = {
        (purpose, recipient)
        for each in given
        for purpose in each.purposes
        for recipient in each.recipients or {""}
    }
    known = age(case, found, at, rules.age)
    stands = []
    for purpose, recipient in sorted(keys):
        about = [
            each for each in given if purpose in each.purposes and recipient in (each.recipients or {""})
        ]
        against = [each for each in said if each.decision != "given" and each.readable]
        against = [each for each in against if each.concerns(purpose, recipient)]
        here = [each for each in about if each.said_by(at) and not any(map(each.beaten_by, against))]
        here = here or ([] if against or any(each.said_by(at) for each in about) else about)
        if not known.minor_on(at):
            here = [each for each in here if each.by("person") and not known.minor_on(each.day)] or here
        if here:
            until = _asked_anew(here, _Question(purpose, at, case, known, rules))
            last = max(here, key=lambda each: (each.source.on, each.source.order, each.source.record))
            stands.append(Standing(purpose, recipient, until, last.source))
    return tuple(stands)


def _asked_anew(stands: list[Statement], question: _Question) -> date:
    ends: dict[tuple[bool, bool], date] = {}
    for each in stands:
        end = _until(each, stands, question) or each.day
        guardians = each.by("guardian") and not each.by("person")
        if question.age.adult_from is not None and (guardians or question.age.minor_on(each.day)):
            end = min(end, question.age.adult_from - timedelta(days=1))
        who = (each.by("person"), each.by("guardian"))
        ends[who] = max(end, ends.get(who, end))
    return min(ends.values())


def ended(purpose: str, evidence: Iterable[Evidence], at: date) -> bool:
    """Whether a refusal or a withdrawal of this purpose stands against every consent to it.

    One that bears a date to come was said all the same; a consent that does was not. That a consent was
    never asked for, or has run out, ends nothing; nor does a word that nobody can read: what has to be done
    for a person is not forgotten because of it.
    """
    about = [each for each in statements(in_order(evidence)) if each.concerns(purpose, "")]
    against = [each for each in about if each.decision != "given" and each.readable]
    given = [each for each in about if each.decision == "given" and each.said_by(at)]
    return bool(against) and all(any(map(each.beaten_by, against)) for each in given)


def unclear(evidence: Iterable[Evidence], at: date) -> tuple[tuple[str, Evidence], ...]:
    """The purposes that somebody agreed to after a withdrawal that this consent does not know of, each with
    the record that gives it anew: the withdrawal stands, and a person has to ask what is meant.

    It is clear again when a consent names the day of the withdrawal, or a newer no confirms it.
    """
    said = statements(in_order(evidence))
    against = [each for each in said if each.decision != "given" and each.readable]
    given = [each for each in said if each.decision == "given" and each.said_by(at)]
    found = {}
    for purpose in sorted({purpose for each in given for purpose in each.purposes}):
        about = [each for each in given if purpose in each.purposes]
        no = [each for each in against if each.concerns(purpose, "")]
        if any(not any(map(each.beaten_by, no)) for each in about):
            continue
        anew = [each for each in about if no and all(map(each.after, no))]
        if anew:
            found[purpose] = max(anew, key=lambda each: (each.day, each.source.order, each.source.record))
    return tuple((purpose, each.source) for purpose, each in found.items())


def answered_no(purpose: str, evidence: Iterable[Evidence], at: date) -> bool:
    """Whether somebody was asked for this very purpose up to that day, and refused or took it back."""
    return any(
        purpose in each.purposes and each.decision != "given" and each.readable and each.day <= at
        for each in statements(evidence)
    )


def decided_since(day: date, evidence: Iterable[Evidence], at: date) -> bool:
    """Whether the person herself has decided anything from that day on, be it a no."""
    return any(
        each.readable and each.by("person") and day <= min(each.source.on, each.told or each.source.on) <= at
        for each in statements(evidence)
    )


def _parties(known: Age, at: date, rules: ConsentRules) -> tuple[Party, ...]:
    if not known.minor_on(at):
        return ("person",)
    return ("guardian",) if known.surely_under(rules.own_consent_from, at) else ("guardian", "person")


def _of_party(
    party: Party, about: list[Statement], question: _Question
) -> tuple[list[tuple[Statement, date]], list[Reason]]:
    """The consents of one party that count, each with its last day, or why none does."""
    minor = question.age.minor_on(question.at)
    given = [each for each in about if each.decision == "given" and each.by(party)]
    against = [each for each in about if each.decision != "given"]
    if party == "guardian" and question.unfit_guardian:
        return [], [Reason("consent.guardian_conflict", evidence=question.unfit_guardian)]
    valid, why = [], []
    for each in given:
        beaten = [other for other in against if each.beaten_by(other)]
        until = _until(each, given, question)
        flaw = _flaw(each, until, party, question)
        if beaten:
            withdrawn = [other for other in beaten if other.decision == "withdrawn"]
            code = "consent.withdrawn" if withdrawn else "consent.refused"
            why.append(Reason(code, evidence=ids(other.source for other in withdrawn or beaten)))
        elif flaw or until is None:
            expired = until if flaw == "consent.expired" else None
            why.append(Reason(flaw, evidence=(each.source.record,), expires=expired))
        else:
            valid.append((each, until))
    if valid:
        return valid, []
    if not given and against:
        code = "withdrawn" if any(each.decision == "withdrawn" for each in against) else "refused"
        why.append(Reason(f"consent.{code}", evidence=ids(each.source for each in against)))
    missing = "missing" if not minor else "guardian_missing" if party == "guardian" else "child_missing"
    return [], why or [Reason(f"consent.{missing}")]


def _until(said: Statement, given: list[Statement], question: _Question) -> date | None:
    """The last day of a consent: its own, or the sooner one of a later consent that says it anew; None where
    one of them cannot be read.
    """
    later = [each for each in given if each is not said and not each.ahead_of(question.at)]
    ends = [
        each.until(question.purpose, question.rules)
        for each in [said, *(each for each in later if said.narrowed_by(each))]
    ]
    return None if None in ends else min(end for end in ends if end is not None)


def _flaw(said: Statement, until: date | None, party: Party, question: _Question) -> str:
    """What keeps a consent that nobody withdrew from being in force; empty where nothing does."""
    values, at = said.values, question.at
    how = values.get("consent.how")
    if until is None:
        return "consent.until_unclear"
    if not said.said_by(at):
        return "consent.dated_ahead"
    if until < at:
        return "consent.expired"
    if how != "written" and how not in _WITNESSED:
        return "consent.how_unknown"
    if how in _WITNESSED and not _witnessed(said):
        return "consent.witness_missing"
    if party == "person" and not named(values.get("consent.interpreter")):
        spoken = tongue(values.get("consent.language"), values.get("consent.language_other"))
        own = tongue(question.case.language, question.case.language_other)
        if not spoken or not own:
            return "consent.language_unknown"
        if spoken != own:
            return "consent.interpreter_missing"
    if not question.age.minor_on(at) and question.age.minor_on(said.day):
        return "consent.given_as_minor"
    return ""


def _witnessed(said: Statement) -> bool:
    """Whether somebody is named who can witness it: neither the interpreter nor who was found not to fit.
    Older records did not ask whether the witness fits."""
    witness, interpreter = (said.values.get(f"consent.{who}") for who in ("witness", "interpreter"))
    fits = said.values.get("consent.witness_fits") in (None, "", "yes")
    return named(witness) and fits and plain(str(witness)) != plain(str(interpreter))


def _unfit_guardian(found: list[Evidence], at: date) -> tuple[str, ...]:
    """The records by which the guardian has a conflict of interest, or is none; their word is no consent."""
    conflict = last_word(found, at, "guardian.conflict_check", good=has_no_conflict)
    absent = last_word(found, at, "guardian.appointed", good=_proved)
    return ids([e for e in conflict if not has_no_conflict(e)] + [e for e in absent if not _proved(e)])


def has_no_conflict(each: Evidence) -> bool:
    """Whether a record says that the guardian was checked and has no conflict of interest."""
    return each.get("guardian.conflict_check") == "none"


def is_appointed(each: Evidence) -> bool:
    """Whether a record says that a guardian is appointed, and not that no document was seen."""
    return each.get("guardian.appointed") == "yes" and each.get("guardian.document") != "none"


def _proved(each: Evidence) -> bool:
    """The same by more than a plain copy, on which nobody consents for a child."""
    return is_appointed(each) and each.get("guardian.document") != "copy"


def _logs(each: Evidence, basis: str, recipient: str) -> bool:
    """Whether somebody logged a transfer on this ground: by itself, or with the referral that it is for."""
    return bool(each.author) and any(
        each.text(ground) == basis and recipient in several(each.get(to)) and named(each.get(why))
        for ground, to, why in _LOGGED_AS
    )

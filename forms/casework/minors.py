"""What a minor needs before travel, and what ends and is asked anew when she comes of age."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Literal

from forms.casework.age import age
from forms.casework.case import Case
from forms.casework.consent import (
    ConsentRules,
    Party,
    Statement,
    has_no_conflict,
    in_force,
    is_appointed,
    statements,
)
from forms.casework.facts import Evidence, Row
from forms.casework.table import only, words
from forms.casework.word import Reason, ids, in_order, last_word, named

Ending = Literal["guardian_consent", "own_consent", "guardianship", "determination", "grant"]

_CONSENTS: Final = ConsentRules()
_ENDING_CONSENTS: Final[tuple[tuple[Ending, Party], ...]] = (
    ("guardian_consent", "guardian"),
    ("own_consent", "person"),
)
_ENDING_RECORDS: Final[tuple[tuple[Ending, str], ...]] = (
    ("guardianship", "guardian.appointed"),
    ("determination", "bid.outcome"),
)
#: The document of an appointment as it was seen: the decision itself, or a certified copy. A plain copy is
#: easily made, and who brings a child along has a reason to make one.
_PROVEN: Final = ("court", "authority", "certified")
_OPEN_BID: Final = ("against", "more_needed")


@dataclass(frozen=True, slots=True)
class MinorRules:
    """What a programme gives to minors alone: the names of its grants."""

    grants: tuple[str, ...] = ()

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> MinorRules:
        """Problem form.programme.value_invalid, form.programme.value_unknown."""
        only(table, "grants")
        return cls(words(table, "grants"))


@dataclass(frozen=True, slots=True)
class Ends:
    """One thing that ends on the 18th birthday. `about` is a purpose of consent or a programme's grant."""

    kind: Ending
    about: str = ""
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Majority:
    """What changes on the first day on which a person is of age; `asks` are the consents to ask anew."""

    on: date
    ends: tuple[Ends, ...]
    asks: tuple[tuple[str, str], ...]


_STANDARD: Final = MinorRules()


def changes_at_18(
    case: Case,
    evidence: Iterable[Evidence],
    today: date,
    *,
    minors: MinorRules = _STANDARD,
    consents: ConsentRules = _CONSENTS,
) -> Majority | None:
    """What ends and is asked anew at 18, before that day and after it; None where the day is not known.

    Every consent that was given while she was a minor ends, the child's own too, and is asked of her anew,
    by purpose and recipient, until she has answered as an adult. What was withdrawn is not asked anew.
    """
    found = in_order(evidence)
    known = age(case, found, today, consents.age)
    on = known.adult_from
    if on is None:
        return None
    ends: list[Ends] = []
    asks: set[tuple[str, str]] = set()
    said = statements(found)
    as_minor = [each for each in said if each.decision == "given" and each.day < on]
    for purpose in sorted({purpose for each in as_minor for purpose in each.purposes}):
        about = [each for each in as_minor if purpose in each.purposes]
        for kind, party in _ENDING_CONSENTS:
            of_party = ids(each.source for each in about if each.by(party))
            if of_party:
                ends.append(Ends(kind, purpose, of_party))
        asks |= {
            (purpose, recipient)
            for recipient in {name for each in about for name in each.recipients} or {""}
            if not _answered(said, purpose, recipient, about, on)
            and not in_force(purpose, recipient, found, max(on, today), case=case, rules=consents).in_force
        }
    for kind, meaning in _ENDING_RECORDS:
        records = [each for each in found if meaning in each.values and each.on < on]
        if records:
            ends.append(Ends(kind, "", ids(records)))
    ends += [Ends("grant", name) for name in minors.grants]
    return Majority(on, tuple(ends), tuple(sorted(asks)))


def _answered(
    said: list[Statement], purpose: str, recipient: str, as_minor: list[Statement], on: date
) -> bool:
    """Whether a withdrawal of the consents of a minor stands, or she has refused since she is of age."""
    against = [each for each in said if each.decision != "given" and each.concerns(purpose, recipient)]
    ended = all(any(each.beaten_by(other) for other in against) for each in as_minor)
    return ended or any(each.day >= on for each in against)


def before_travel(found: list[Evidence], today: date) -> tuple[list[Reason], list[date]]:
    """What a minor lacks for a journey, all of it hard, and the last days of what she has.

    The guardian's consent and the child's own belong to the consent to return, not here.
    """
    reasons: list[Reason] = []
    until: list[date] = []
    for part in (_determination, _guardian, _home, _escort):
        lacking, ends = part(found, today)
        reasons += lacking
        until += ends
    return reasons, until


def _determination(found: list[Evidence], today: date) -> tuple[list[Reason], list[date]]:
    """The newest best interest determination: in favour, complete, neither expired nor due for review.

    One that asks for more, or is against, reopens the question, however many were in favour before.
    """

    def lacks(each: Evidence) -> list[str]:
        outcome = each.text("bid.outcome")
        codes = [] if outcome == "in_favour" else [f"bid_{outcome if outcome in _OPEN_BID else 'open'}"]
        parts = ("decision_makers", "reasons", "options", "child_views")
        codes += [f"bid_{part}_missing" for part in parts if not named(each.get(f"bid.{part}"))]
        codes += [f"bid_{part}_missing" for part in ("review_on", "expires") if not each.day(f"bid.{part}")]
        return codes

    newest = last_word(found, today, "bid.outcome", good=lambda each: not lacks(each))
    if not newest:
        return [Reason("bid_missing")], []
    reasons = [Reason(code, evidence=(each.record,)) for each in newest for code in lacks(each)]
    until = []
    for meaning, code in (("bid.expires", "bid_expired"), ("bid.review_on", "bid_review_overdue")):
        days = [(each, day) for each in newest if (day := each.day(meaning))]
        reasons += [Reason(code, True, (each.record,), day) for each, day in days if day < today]
        until += [day for _, day in days]
    return reasons, until


def _guardian(found: list[Evidence], today: date) -> tuple[list[Reason], list[date]]:
    appointed = last_word(found, today, "guardian.appointed", good=is_appointed)
    checked = last_word(found, today, "guardian.conflict_check", good=has_no_conflict)
    reasons = []
    if not appointed or not all(map(is_appointed, appointed)):
        reasons.append(Reason("guardian_missing", evidence=ids(appointed)))
    elif plain := [each for each in appointed if each.get("guardian.document") not in _PROVEN]:
        copies = all(each.get("guardian.document") == "copy" for each in plain)
        reasons.append(Reason("guardian_copy_only" if copies else "guardian_missing", evidence=ids(plain)))
    if not checked:
        reasons.append(Reason("guardian_conflict_unchecked"))
    elif not all(map(has_no_conflict, checked)):
        reasons.append(Reason("guardian_conflict", evidence=ids(checked)))
    until = []
    for each in appointed:
        if each.get("guardian.document_expires") in (None, ""):
            continue  # an appointment often ends only at 18
        day = each.day("guardian.document_expires")
        if day is None or day < today:
            reasons.append(Reason("guardian_document_expired", True, (each.record,), day))
        else:
            until.append(day)
    return reasons, until


def _home(found: list[Evidence], today: date) -> tuple[list[Reason], list[date]]:
    """A family that was found fit, with lawful custody; or an organisation that has confirmed in writing
    that it admits the child, cares for it and picks it up.
    """

    def fit(each: Evidence) -> bool:
        return each.get("family.assessment") == "positive" and each.get("family.lawful_custody") == "yes"

    def admits(each: Evidence) -> bool:
        return all(each.get(f"admission.{part}") == "yes" for part in ("confirmed", "care", "pick_up"))

    def clear(each: Evidence) -> bool:
        return each.get("tracing.risk_screen") == "clear"

    family = last_word(found, today, "family.assessment", "family.lawful_custody", good=fit)
    screens = last_word(found, today, "tracing.risk_screen", good=clear)
    organisation = last_word(
        found, today, "admission.confirmed", "admission.care", "admission.pick_up", good=admits
    )
    safe_family = bool(family) and all(map(fit, family)) and all(map(clear, screens))
    if safe_family or (organisation and all(map(admits, organisation))):
        return [], []
    return [Reason("home_missing", evidence=ids([*family, *screens, *organisation]))], []


def legs(found: Iterable[Evidence], today: date) -> list[tuple[Evidence, Row]]:
    """The legs of the journey as it was planned last, in their order."""
    told = [each for each in found if each.rows.get("leg") or any(m.startswith("leg.") for m in each.values)]
    # An unescorted leg of a plan that is dated ahead counts as much as one of today.
    days = [(_planned_on(each), each) for each in told if each.on <= today or not _escorted(each)]
    newest = max((day for day, _ in days), default=None)
    plans = sorted((each for day, each in days if day == newest), key=lambda each: (each.order, each.record))
    return [(each, row) for each in plans for row in _legs_of(each)]


def _planned_on(each: Evidence) -> date:
    """An escort is as old as its answer, whatever else of the plan was corrected since."""
    return each.at("leg.escort", "leg.escort_name")[0] if _escorted(each) else each.on


def _legs_of(each: Evidence) -> tuple[Row, ...]:
    single = {meaning: value for meaning, value in each.values.items() if meaning.startswith("leg.")}
    return (*each.rows.get("leg", ()), *([single] if single else []))


def _accompanied(row: Row) -> bool:
    """By the guardian, or by a member of the staff who is named."""
    escort = row.get("leg.escort")
    return escort == "guardian" or (escort == "staff" and named(row.get("leg.escort_name")))


def _escorted(each: Evidence) -> bool:
    return all(map(_accompanied, _legs_of(each)))


def _escort(found: list[Evidence], today: date) -> tuple[list[Reason], list[date]]:
    journey = legs(found, today)
    if not journey:
        return [Reason("legs_missing")], []
    alone = [each for each, row in journey if not _accompanied(row)]
    return ([Reason("escort_missing", evidence=ids(alone))] if alone else []), []


def last_day_of_childhood(adult_from: date | None) -> list[date]:
    """The day after which what was agreed for a minor ends."""
    return [] if adult_from is None else [adult_from - timedelta(days=1)]

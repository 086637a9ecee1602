"""What ends on a day of its own: consents, determinations, assessments, documents, agreements, childhood.

Each is due on its last valid day, is on the desk some days before, and is overdue from the day after.
Where a record does not say until when it is valid, or nobody can read it, the programme's days count from
the record: a validity that nobody has stated is never taken for unlimited.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from forms.casework.age import age
from forms.casework.case import Case, add_years
from forms.casework.consent import ConsentRules, decided_since, ended, standing, unclear
from forms.casework.due.items import Due
from forms.casework.due.rules import DueRules
from forms.casework.due.statements import latest_of_each, statements
from forms.casework.facts import Evidence

_OF_AGE: Final = frozenset({"age.born", "age.established", "age.estimate", "age.said"})

_CONSENTS: Final = ConsentRules()
_NO_STATUS: Final = ("none", "ended", "refused")


def expiries(
    case: Case,
    evidence: Sequence[Evidence],
    today: date,
    rules: DueRules,
    consents: ConsentRules = _CONSENTS,
) -> list[Due]:
    """All of them, those of years to come too: `Due.on_desk` tells which are to be seen today."""
    return [
        *_consents(case, evidence, today, rules, consents),
        *_determinations(case, evidence, today, rules),
        *_assessments(evidence, today, rules),
        *_travel_documents(evidence, today, rules),
        *_statuses(evidence, today, rules),
        *_guardian_documents(case, evidence, today, rules),
        *_eighteenth_birthday(case, evidence, today, rules),
        *_agreements(evidence, today, rules),
    ]


def monitoring_withdrawn(evidence: Sequence[Evidence], today: date) -> bool:
    """Whether the person does not want the contacts: then they stop, and are not overdue."""
    return ended("monitoring", evidence, today)


def may_be_minor(case: Case, evidence: Sequence[Evidence], today: date) -> bool:
    """Until the contrary is established, as `age` tells: who was found to be a minor is one until 18."""
    told = [each for each in evidence if each.values.keys() & _OF_AGE]
    return age(case, told, today).minor_on(today)


def known_child(case: Case, evidence: Sequence[Evidence], today: date) -> bool:
    """Whether something says that the person is a child, or may be one: a birth date that nobody has
    written down says neither, and does not choose the form in which a visit is written.
    """
    said = statements(evidence, today, "age.established")
    if said and said[-1].text("age.established") in ("minor", "unclear"):
        return case.birth_date is None or case.may_be_minor(today)
    return case.birth_date is not None and case.may_be_minor(today)


def eighteenth(case: Case) -> date | None:
    return None if case.birth_date is None else add_years(case.birth_date, 18)


def _consents(
    case: Case, evidence: Sequence[Evidence], today: date, rules: DueRules, consents: ConsentRules
) -> list[Due]:
    """Each consent that stands, by purpose and recipient: it is to be asked anew. And each that was given
    after a withdrawal it does not know of: nothing is done on it until somebody has asked what is meant.
    """
    doubts = [
        Due("consent.unclear", said.form, said.on, said.on < today, subject=purpose, record=said.record)
        for purpose, said in unclear(evidence, today)
    ]
    return doubts + [
        _expiry(
            "consent.expires", each.source, each.until, today, rules, "consent",
            f"{each.purpose}:{each.recipient}" if each.recipient else each.purpose,
        )
        for each in standing(evidence, today, case=case, rules=consents)
    ]  # fmt: skip


def _determinations(case: Case, evidence: Sequence[Evidence], today: date, rules: DueRules) -> list[Due]:
    """The last determination's end and its review, for as long as the person may be a minor. A visit that
    finds it in need of review, or is not sure, brings that day forward to its own.
    """
    said = statements(evidence, today, "bid.outcome", "bid.expires", "bid.review_on")
    if not said or not may_be_minor(case, evidence, today):
        return []
    last = latest_of_each(("", each) for each in said)[""]
    birthday = eighteenth(case)
    ends = [_until(each, "bid.expires", "determination", rules) for each in last]
    if birthday is not None and birthday > today:
        ends.append(birthday - timedelta(days=1))
    review = min(_until(each, "bid.review_on", "review", rules) for each in last)
    since = (last[-1].on, last[-1].order)
    asked = statements(evidence, today, "child.bid_review")
    review = min(
        [review, *(e.on for e in asked if (e.on, e.order) > since and e.text("child.bid_review") != "no")]
    )
    return [
        _expiry("determination.expires", last[-1], min(ends), today, rules, "determination"),
        _expiry("determination.review", last[-1], review, today, rules, "determination"),
    ]


def _assessments(evidence: Sequence[Evidence], today: date, rules: DueRules) -> list[Due]:
    """The last one of each side; one that does not tell its side is a side of its own."""
    said = statements(evidence, today, "assessment.outcome", "assessment.expires")
    sides = latest_of_each((each.text("assessment.side"), each) for each in said)
    return [
        _expiry(
            "assessment.expires",
            last[-1],
            min(_until(each, "assessment.expires", "assessment", rules) for each in last),
            today, rules, "assessment", side,
        )
        for side, last in sides.items()
    ]  # fmt: skip


def _travel_documents(evidence: Sequence[Evidence], today: date, rules: DueRules) -> list[Due]:
    said = [
        each
        for each in statements(evidence, today, "travel.document_expires")
        if each.day("travel.document_expires") is not None
    ]
    if not said:
        return []
    last = latest_of_each(("", each) for each in said)[""]
    day = min(day for each in last if (day := each.day("travel.document_expires")) is not None)
    return [_expiry("travel_document.expires", last[-1], day, today, rules, "travel_document")]


def _statuses(evidence: Sequence[Evidence], today: date, rules: DueRules) -> list[Due]:
    """Each certificate of a national status: one a country and authority. A status that was ended, or was
    refused, is none. Where no end is told the days count from when it was given, not from the record, which
    may have been changed since for another reason.
    """
    said = statements(evidence, today, "status.kind", "status.expires")
    keyed = (((each.text("status.country").upper(), each.text("status.authority")), each) for each in said)
    found = []
    for (country, _), last in latest_of_each(keyed).items():
        stands = [each for each in last if each.text("status.kind") not in _NO_STATUS]
        if stands:
            day = min(_status_until(each, rules) for each in stands)
            found.append(_expiry("status.expires", stands[-1], day, today, rules, "status", country))
    return found


def _status_until(each: Evidence, rules: DueRules) -> date:
    given = min(each.day("status.on") or each.on, each.on)
    return each.day("status.expires") or given + timedelta(days=rules.valid_days["status"])


def _guardian_documents(case: Case, evidence: Sequence[Evidence], today: date, rules: DueRules) -> list[Due]:
    said = statements(evidence, today, "guardian.appointed", "guardian.document_expires")
    if not said or not may_be_minor(case, evidence, today):
        return []
    last = latest_of_each(("", each) for each in said)[""]
    if all(each.text("guardian.appointed") == "no" for each in last):
        return []
    day = min(_until(each, "guardian.document_expires", "guardian_document", rules) for each in last)
    return [_expiry("guardian_document.expires", last[-1], day, today, rules, "guardian_document")]


def _eighteenth_birthday(case: Case, evidence: Sequence[Evidence], today: date, rules: DueRules) -> list[Due]:
    """Of who was a minor in the case: due until she has consented herself, on that day or later.

    What a guardian said, the determination and what minors are granted end with it.
    """
    birthday = eighteenth(case)
    began = min((each.on for each in evidence), default=today)
    if birthday is None or birthday <= min(began, today):
        return []
    if decided_since(birthday, evidence, today):
        return []
    opens = birthday - timedelta(days=rules.lead_days["birthday"])
    return [Due("birthday.18", "", birthday, overdue=birthday < today, opens=opens)]


def _agreements(evidence: Sequence[Evidence], today: date, rules: DueRules) -> list[Due]:
    """Each mechanism of coordination that is in force or suspended, by its name: the last entry of a name
    counts. One without an end is looked at again after the programme's days.
    """
    said = statements(evidence, today, "mechanism.name")
    named = latest_of_each((" ".join(each.text("mechanism.name").casefold().split()), each) for each in said)
    found = []
    for last in named.values():
        if all(each.text("mechanism.state") in ("ended", "draft") for each in last):
            continue
        day = min(_until(each, "mechanism.until", "agreement", rules) for each in last)
        found.append(_expiry("agreement.expires", last[-1], day, today, rules, "agreement"))
    return found


def _until(each: Evidence, meaning: str, kind: str, rules: DueRules) -> date:
    return each.day(meaning) or each.on + timedelta(days=rules.valid_days[kind])


def _expiry(
    kind: str, said_by: Evidence, day: date, today: date, rules: DueRules, lead: str, subject: str = ""
) -> Due:
    opens = day - timedelta(days=min(rules.lead_days[lead], (day - date.min).days))
    return Due(
        kind, said_by.form, day, overdue=day < today, opens=opens, subject=subject, record=said_by.record
    )

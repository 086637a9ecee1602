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
from forms.casework.due.items import Due
from forms.casework.due.rules import DueRules
from forms.casework.due.statements import latest_of_each, statements
from forms.casework.facts import Evidence

_OF_AGE: Final = frozenset({"age.born", "age.established", "age.estimate", "age.said"})


def expiries(case: Case, evidence: Sequence[Evidence], today: date, rules: DueRules) -> list[Due]:
    """All of them, those of years to come too: `Due.on_desk` tells which are to be seen today."""
    return [
        *_consents(case, evidence, today, rules),
        *_determinations(case, evidence, today, rules),
        *_assessments(evidence, today, rules),
        *_travel_documents(evidence, today, rules),
        *_statuses(evidence, today, rules),
        *_guardian_documents(case, evidence, today, rules),
        *_eighteenth_birthday(case, evidence, today, rules),
        *_agreements(evidence, today, rules),
    ]


def monitoring_withdrawn(evidence: Sequence[Evidence]) -> bool:
    """Whether the person does not want the contacts: then they stop, and are not overdue.

    The last word on the purpose counts. A withdrawal that carries a date to come was said all the same; a
    consent that does was not. Of two words of one moment the withdrawal counts.
    """
    words = []
    for each in statements(evidence, date.max, "consent.decision"):
        decision = each.text("consent.decision")
        if "monitoring" in each.chosen("consent.purpose") and decision in ("given", "refused", "withdrawn"):
            words.append((each.on, each.order, decision != "given"))
    return max(words)[2] if words else False


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


def _consents(case: Case, evidence: Sequence[Evidence], today: date, rules: DueRules) -> list[Due]:
    """One a purpose and recipient in force. A refusal or withdrawal without a recipient goes for all of them.

    What a guardian has consented to ends on the eve of the eighteenth birthday at the latest.
    """
    birthday = eighteenth(case)
    in_force: dict[tuple[str, str], list[Evidence]] = {}
    for each in statements(evidence, today, "consent.decision"):
        for purpose in sorted(each.chosen("consent.purpose")):
            recipient = each.text("consent.recipient")
            if each.text("consent.decision") == "given":
                in_force.setdefault((purpose, recipient), []).append(each)
            elif each.text("consent.decision") in ("refused", "withdrawn"):
                for key in [k for k in in_force if k[0] == purpose and recipient in ("", k[1])]:
                    del in_force[key]
    found = []
    for (purpose, recipient), given in in_force.items():
        last = latest_of_each((recipient, each) for each in given)[recipient]
        ends = [_until(each, "consent.until", "consent", rules) for each in last]
        if birthday is not None and any(each.text("consent.by") == "guardian" for each in last):
            ends.append(birthday - timedelta(days=1))
        subject = f"{purpose}:{recipient}" if recipient else purpose
        found.append(_expiry("consent.expires", last[-1], min(ends), today, rules, "consent", subject))
    return found


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
    """Each certificate of a national status: one a country and authority. A status that was ended is none."""
    said = statements(evidence, today, "status.kind", "status.expires")
    keyed = (((each.text("status.country"), each.text("status.authority")), each) for each in said)
    found = []
    for (country, _), last in latest_of_each(keyed).items():
        if all(each.text("status.kind") in ("none", "ended") for each in last):
            continue
        day = min(_until(each, "status.expires", "status", rules) for each in last)
        found.append(_expiry("status.expires", last[-1], day, today, rules, "status", country))
    return found


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
    for each in statements(evidence, today, "consent.decision"):
        said_on = min(each.day("consent.on") or each.on, each.on)
        if each.text("consent.by") in ("person", "both") and birthday <= said_on <= today:
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

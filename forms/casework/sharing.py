"""Which other offices have a case today: those it is shared with, on a ground that holds.

The office of the case says so in a record for each other office, and ends it there. The ground is the
person's consent to share with this very office; or a vital interest or a duty to report, with its reason.
A duty to report gives the whole file of a child, or of who may be one, to another office; of an adult it is
a referral with the fields that the law asks for, and no ground here.
When consent is taken back or has run out, the sharing is over. The deny list of the case beats all of it,
whether it names the office, its country, somebody who works there or a role that somebody there has. As long
as somebody is denied and nobody wrote whom, no other office has the case. A denial, a refusal or a withdrawal
counts in each file of the person, and what gives a file to an office in that file alone (`joined_files`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from forms.casework.age import age
from forms.casework.case import Case
from forms.casework.consent import ConsentRules, in_force, under_one_name
from forms.casework.facts import Evidence
from forms.casework.joined_files import JoinedFile, denied_in, of_age_in, refusals
from forms.casework.word import Reason, ids, in_order, named, newer

WHO: Final = "share.office"
STATE: Final = "share.state"
ENDED: Final = "ended"
_WITHOUT_CONSENT: Final = ("vital_interest", "duty_to_report")
_STANDARD: Final = ConsentRules()

#: The beginnings of all meanings that can change the answer: consent asks for age, guardian and language.
_READ: Final = ("share.", "consent.", "deny.", "guardian.", "age.", "person.")


@dataclass(frozen=True, slots=True)
class OtherOffice:
    """An office that a case may be shared with: its id, its name, its country as a code, and the logins,
    names and roles of all who work there: what is shared with an office comes to each of them."""

    id: str
    name: str = ""
    country: str = ""
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Share:
    """Whether one other office has the case, on what ground and by which records, or why it has not.

    Codes, in `reasons`: sharing.office.unknown, sharing.office.denied, sharing.denial.unnamed,
    sharing.record.ended, sharing.record.dated_ahead, sharing.ground.unknown, sharing.ground.adult,
    sharing.age.unknown, sharing.reason.missing, and those of consent.
    `until` is the last day of the consent.
    """

    office: str
    shared: bool
    ground: str = ""
    reasons: tuple[Reason, ...] = ()
    evidence: tuple[str, ...] = ()
    until: date | None = None


def reads(meaning: str) -> bool:
    """Whether an answer of this meaning can change who has a case."""
    return meaning.startswith(_READ)


def shares_on(meaning: str) -> bool:
    """Whether an answer of this meaning says who is to have a case."""
    return meaning.startswith("share.")


def shares(
    evidence: Iterable[Evidence],
    offices: Iterable[OtherOffice],
    at: date,
    *,
    home: OtherOffice,
    case: Case,
    coordinators: Collection[str],
    rules: ConsentRules = _STANDARD,
    joined: Sequence[JoinedFile] = (),
) -> tuple[Share, ...]:
    """What holds on this day for every office that some record names, in the order of their ids.

    `home` is the office whose case it is: it is never among them. `offices` are those that there are;
    another name is `sharing.office.unknown`. `coordinators` are the logins whose word lifts a denial.
    `joined` are the other files of the person in the home office, of which only what protects her counts.
    """
    found = in_order(evidence)
    known = {office.id: office for office in offices}
    denied = denied_in(found, joined, coordinators, at)
    told: dict[str, list[Evidence]] = {}
    for each in found:
        if (name := each.text(WHO).strip()) and name != home.id:
            told.setdefault(name, []).append(each)
    answers = []
    for name in sorted(told):
        office = known.get(name)
        if office is None:
            answers.append(_refused(name, "sharing.office.unknown", told[name]))
        elif denied.denies(*filter(None, (office.id, office.name, office.country, *office.people))):
            answers.append(_refused(name, "sharing.office.denied", told[name]))
        elif denied.unnamed:
            answers.append(_refused(name, "sharing.denial.unnamed", told[name]))
        else:
            answers.append(_share(office, told[name], found, at, home, case, rules, joined))
    return tuple(answers)


def _share(
    office: OtherOffice,
    told: list[Evidence],
    found: list[Evidence],
    at: date,
    home: OtherOffice,
    case: Case,
    rules: ConsentRules,
    joined: Sequence[JoinedFile],
) -> Share:
    """The first ground that holds, of the records that no other one has ended."""
    ended = [each for each in told if each.get(STATE) != "shared"]
    standing = [
        each
        for each in told
        if each.get(STATE) == "shared" and all(newer(each, end, STATE, WHO) for end in ended)
    ]
    if not standing:
        return _refused(office.id, "sharing.record.ended", ended)
    reasons: list[Reason] = []
    for each in standing:
        ground = each.text("share.ground")
        if each.on > at:
            reasons.append(Reason("sharing.record.dated_ahead", evidence=(each.record,)))
        elif ground == "consent":
            purpose = "share_with_country" if office.country != home.country else "share_with_organisation"
            about = under_one_name([*found, *refusals(joined)], office.name, office.id)
            consent = in_force(purpose, office.id, about, at, case=case, rules=rules)
            if consent.in_force:
                rests_on = tuple(sorted({each.record, *consent.evidence}))
                return Share(office.id, True, ground, (), rests_on, consent.until)
            reasons += consent.reasons
        elif ground not in _WITHOUT_CONSENT:
            reasons.append(Reason("sharing.ground.unknown", evidence=(each.record,)))
        elif not named(each.get("share.reason")):
            reasons.append(Reason("sharing.reason.missing", evidence=(each.record,)))
        elif ground == "duty_to_report" and (why := _not_a_child(found, at, case, rules, joined)):
            reasons.append(replace(why, evidence=ids([each])))
        else:
            return Share(office.id, True, ground, (), (each.record,))
    return Share(office.id, False, "", tuple(dict.fromkeys(reasons)), ids(standing))


def _not_a_child(
    found: list[Evidence], at: date, case: Case, rules: ConsentRules, joined: Sequence[JoinedFile]
) -> Reason | None:
    """Why a duty to report does not give the whole file away; None where the records say that the person is
    a child, or may be one, and no other file that she is none. That nobody has told any age says neither, and
    gives nothing away."""
    known = age(case, found, at, rules.age)
    if not known.minor_on(at) or of_age_in(joined, at, rules):
        return Reason("sharing.ground.adult")
    doubted = any(each.text("age.established") in ("minor", "unclear") for each in found)
    return None if known.accounts or doubted else Reason("sharing.age.unknown")


def _refused(office: str, code: str, told: list[Evidence]) -> Share:
    return Share(office, False, "", (Reason(code, evidence=ids(told)),), ids(told))

"""Referral and hand-over to another organisation or country: what may be sent, what was, and its answer.

Only the fields that were agreed with the recipient are sent, and only while the person's consent to share
with this recipient is in force. A logged ground of vital interest or a duty to report takes the place of
consent, never that of the agreement or of the deny list. What was sent is kept as a list of fields and a
hash, so that it can be shown later without keeping the data twice.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from forms.casework.case import Case
from forms.casework.consent import ConsentRules, in_force
from forms.casework.deny_list import same_name
from forms.casework.due.statements import statements
from forms.casework.facts import Evidence
from forms.casework.referral_answer import answer_of
from forms.casework.tables import Table, names_of

Purpose = Literal["share_with_organisation", "share_with_country"]
Ground = Literal["consent", "vital_interest", "duty_to_report"]
Refusal = Literal[
    "referral.recipient.denied",
    "referral.agreement.missing",
    "referral.consent.missing",
    "referral.reason.missing",
    "referral.nothing_to_send",
]
State = Literal["draft", "sent", "accepted", "declined", "completed", "cancelled"]

#: Nobody agrees on these for a referral: testimony has its own consent, a complaint its own readers, safe
#: contact stays with the office.
NEVER_SENT: Final = (
    "testimony.", "proceedings.", "feedback.", "deny.", "contact.observation", "tracing.",
    "child.tell_nobody",
)  # fmt: skip


_CONSENTS: Final = ConsentRules()


@dataclass(frozen=True, slots=True)
class Agreement:
    """Which fields one recipient gets, by meaning: what two organisations or states have agreed on."""

    recipient: str
    purpose: Purpose
    fields: frozenset[str]

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> Agreement:
        """One of the section `agreements`. Problem form.programme.section_invalid, also for a field that is
        never sent."""
        given = Table("agreements", table, names_of(cls))
        purpose, fields = given.text("purpose"), given.words("fields")
        if purpose not in ("share_with_organisation", "share_with_country"):
            raise given.wrong("purpose")
        if not fields or any(each.startswith(NEVER_SENT) or "." not in each for each in fields):
            raise given.wrong("fields")
        return cls(given.text("recipient"), purpose, frozenset(fields))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is sent: values by meaning, rows by noun, and what is recorded of it.

    `withheld` are agreed fields of which nothing is known. `ground` and `reason` go into the log.
    """

    recipient: str
    values: Mapping[str, Any]
    rows: Mapping[str, tuple[Mapping[str, Any], ...]]
    fields: tuple[str, ...]
    hash: str
    ground: Ground
    reason: str = ""
    withheld: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """Why nothing is sent."""

    code: Refusal
    recipient: str


def parcel(
    recipient: str,
    evidence: Iterable[Evidence],
    agreements: Iterable[Agreement],
    today: date,
    *,
    case: Case,
    consents: ConsentRules = _CONSENTS,
    denied: Collection[str] = (),
    ground: Ground = "consent",
    reason: str = "",
) -> Parcel | Refused:
    """What this recipient gets of a case today, or why it gets nothing.

    `denied` is the case's deny list: it beats every ground. Another ground than consent needs a reason.
    The last word on each field is sent. Of a repeat, the rows of the last record that has any.
    """
    said = tuple(evidence)
    known = [each for each in said if each.on <= today]
    if not recipient.strip() or same_name(recipient) in map(same_name, denied):
        return Refused("referral.recipient.denied", recipient)
    agreed = [each for each in agreements if each.recipient == recipient]
    if not agreed:
        return Refused("referral.agreement.missing", recipient)
    if ground != "consent":
        if not reason.strip():
            return Refused("referral.reason.missing", recipient)
        open_ones = agreed
    else:
        open_ones = [
            each
            for each in agreed
            if may_share(said, each.purpose, recipient, today, case=case, consents=consents)
        ]
        if not open_ones:
            return Refused("referral.consent.missing", recipient)
    wanted = frozenset[str]().union(*(each.fields for each in open_ones))
    fields = sorted(field for field in wanted if not field.startswith(NEVER_SENT))
    values = {field: found for field in fields if (found := _last(known, field)) is not None}
    rows = _rows(known, fields)
    sent = sorted({*values, *(name for each in rows.values() for row in each for name in row)})
    if not sent:
        return Refused("referral.nothing_to_send", recipient)
    withheld = tuple(field for field in fields if field not in sent)
    return Parcel(
        recipient, values, rows, tuple(sent), fingerprint(values, rows), ground, reason.strip(), withheld
    )


def may_share(
    evidence: Iterable[Evidence],
    purpose: str,
    recipient: str,
    today: date,
    *,
    case: Case,
    consents: ConsentRules = _CONSENTS,
) -> bool:
    """Whether consent to share for this purpose with this very recipient is in force today.

    Without a recipient it never is, and consent that names no recipient is for none.
    """
    return in_force(purpose, recipient, evidence, today, case=case, rules=consents).in_force


def fingerprint(values: Mapping[str, Any], rows: Mapping[str, Iterable[Mapping[str, Any]]]) -> str:
    """The SHA-256 of what is sent, the same however it is ordered."""
    content = {
        "values": dict(values),
        "rows": {noun: [dict(row) for row in each] for noun, each in rows.items()},
    }
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Referral:
    """One referral as its record tells it."""

    record: str
    to: str
    services: frozenset[str]
    state: State
    sent_on: date | None = None
    answered_on: date | None = None
    reason: str = ""
    fields: tuple[str, ...] = ()
    hash: str = ""

    @classmethod
    def of(cls, found: Evidence, today: date) -> Referral:
        """From its record. An answer of a day to come, or a refusal without a reason, is no answer yet."""
        sent, answered = found.day("referral.sent_on"), found.day("referral.answered_on")
        said = answer_of(found)
        reason = found.text("referral.declined_reason").strip()
        state: State = "draft" if sent is None or sent > today else "sent"
        if found.text("referral.state") == "cancelled":
            state = "cancelled"
        elif state == "sent" and (answered is None or answered <= today):
            completed = found.day("referral.completed_on")
            if said == "completed" or (said == "accepted" and completed is not None and completed <= today):
                state = "completed"
            elif said == "accepted":
                state = "accepted"
            elif said == "declined" and reason:
                state = "declined"
        fields = tuple(sorted(found.text("referral.sent_fields").split()))
        return cls(
            found.record, found.text("referral.to"), found.chosen("referral.service"), state, sent, answered,
            reason, fields, found.text("referral.sent_hash"),
        )  # fmt: skip

    def was(self, sent: Parcel) -> bool:
        """Whether this is what was sent then: the same recipient, fields and content."""
        return (self.to, self.fields, self.hash) == (sent.recipient, sent.fields, sent.hash)


def record_of(sent: Parcel, today: date) -> dict[str, str]:
    """The answers that a referral's record keeps of what was sent, by meaning."""
    return {
        "referral.to": sent.recipient,
        "referral.state": "sent",
        "referral.sent_on": today.isoformat(),
        "referral.sent_fields": " ".join(sent.fields),
        "referral.sent_hash": sent.hash,
    }


def referrals_of(evidence: Iterable[Evidence], today: date) -> tuple[Referral, ...]:
    """The referrals of a case, in the order of their records."""
    found = statements(evidence, today, "referral.to", "referral.sent_on")
    return tuple(Referral.of(each, today) for each in found)


def _last(evidence: Iterable[Evidence], meaning: str) -> Any:
    said = [each for each in evidence if each.get(meaning) is not None]
    return max(said, key=lambda each: (each.on, each.order)).get(meaning) if said else None


def _rows(evidence: Iterable[Evidence], fields: Collection[str]) -> dict[str, tuple[Mapping[str, Any], ...]]:
    nouns = {field.partition(".")[0] for field in fields}
    found: dict[str, tuple[Mapping[str, Any], ...]] = {}
    for each in sorted(evidence, key=lambda each: (each.on, each.order)):
        for noun in sorted(nouns & each.rows.keys()):
            rows = ({name: row[name] for name in fields if name in row} for row in each.rows[noun])
            if kept := tuple(row for row in rows if row):
                found[noun] = kept
    return found

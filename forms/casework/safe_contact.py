"""How a person may be reached without danger: by which ways, when, by what code word, through whom never.

Nobody is contacted while that is in doubt: two workers said different things and nobody has looked at it
since, or the person said that a way is not safe any more. A person decides, no rule.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from forms.casework.facts import Evidence, saying
from forms.casework.meanings import SAFE_CONTACT

CHANNEL: Final = "contact.safe_channel"
STILL_SAFE: Final = "contact.channel_still_safe"
CONFIRMED: Final = "contact.confirmed_on"
NEVER_AT: Final = "contact.never_at"
CODE_WORD: Final = "contact.code_word_agreed"
_NONE: Final = "none"
_CHANNELS: Final = frozenset(SAFE_CONTACT[CHANNEL] or ()) - {_NONE}
#: Ways by which a message goes out without somebody who listens first.
AUTOMATIC: Final = ("text_message", "messenger", "email")

#: Every code that `SafeContact.frozen` can have.
FROZEN: Final = (
    "contact.frozen.conflict",
    "contact.frozen.doubted",
    "contact.frozen.unknown",
    "contact.frozen.none",
)
#: Every code that `Permission.code` can have.
REMINDERS: Final = (
    "reminder.allowed",
    "reminder.frozen",
    "reminder.channel_not_safe",
    "reminder.channel_not_automatic",
    "reminder.code_word_needed",
    "reminder.times_in_words",
)


@dataclass(frozen=True, slots=True)
class SafeContact:
    """What is agreed. `channels` is empty while `frozen` has a reason: then nobody contacts at all.

    `agreed` are the ways that were agreed, for who resolves the doubt; `times` and `never` are words for a
    person to read, `never_at` parts of the day and weekdays. `code_word`: whether one was agreed; None where
    nobody asked.
    """

    channels: tuple[str, ...]
    agreed: tuple[str, ...]
    times: str
    never: str
    code_word: bool | None
    frozen: tuple[str, ...]
    never_at: tuple[str, ...] = ()

    def allows(self, channel: str) -> bool:
        return channel in self.channels


@dataclass(frozen=True, slots=True)
class Permission:
    """Whether something may be sent, and the reason."""

    allowed: bool
    code: str


def safe_contact(found: Iterable[Evidence], today: date, contested: Collection[str] = ()) -> SafeContact:
    """What is agreed with a person today.

    `contested`: the meanings of questions whose answer stands where two were given apart and nobody has
    answered on top of both. Any of safe contact freezes all of it. Of several records of one moment, and of
    those dated after today, only the ways that all of them name count.
    """
    records = list(found)
    agreed = _agreed(records, today)
    frozen = []
    if any(meaning in SAFE_CONTACT for meaning in contested):
        frozen.append("contact.frozen.conflict")
    if _doubted(records, today):
        frozen.append("contact.frozen.doubted")
    if agreed is None:
        frozen.append("contact.frozen.unknown")
    elif not agreed:
        frozen.append("contact.frozen.none")
    ways = tuple(sorted(agreed or ()))
    return SafeContact(
        channels=() if frozen else ways,
        agreed=ways,
        times=_words(records, "contact.safe_times", today),
        never=_words(records, "contact.safe_never", today),
        code_word=_code_word(records, today),
        frozen=tuple(frozen),
        never_at=_never_at(records, today),
    )


def may_remind(safe: SafeContact, channel: str) -> Permission:
    """Whether a message may go to the person by itself. What it may not, a worker does, who can read.

    A message that goes out names nobody, no case and no organisation; that is its sender's to keep.
    """
    if safe.frozen:
        return Permission(False, "reminder.frozen")
    if not safe.allows(channel):
        return Permission(False, "reminder.channel_not_safe")
    if channel not in AUTOMATIC:
        return Permission(False, "reminder.channel_not_automatic")
    if safe.code_word is not False:
        return Permission(False, "reminder.code_word_needed")
    if safe.times.strip() or safe.never_at:
        return Permission(False, "reminder.times_in_words")
    return Permission(True, "reminder.allowed")


def _agreed(records: list[Evidence], today: date) -> frozenset[str] | None:
    """The ways that all records which count name; None where nobody has said anything yet."""
    if not any(each.on <= today for each in saying(records, CHANNEL)):
        return None
    return frozenset.intersection(*(_ways(each) for each in _counting(records, CHANNEL, today)))


def _ways(record: Evidence) -> frozenset[str]:
    chosen = record.chosen(CHANNEL)
    return frozenset() if _NONE in chosen else chosen & _CHANNELS


def _doubted(records: list[Evidence], today: date) -> bool:
    """Whether somebody said that a way may not be safe, and nobody since that it is, or agreed it anew."""
    said = saying(records, STILL_SAFE)
    fine = [each.at(STILL_SAFE) for each in said if each.text(STILL_SAFE) == "yes" and each.on <= today]
    confirmed = [day for each in records if (day := each.day(CONFIRMED)) is not None and day <= today]
    return any(
        (each.on, each.order) >= max(fine, default=(date.min, ""))
        and each.on >= max(confirmed, default=date.min)
        for each in said
        if each.text(STILL_SAFE) != "yes"
    )


def _words(records: list[Evidence], meaning: str, today: date) -> str:
    words = [each.text(meaning) for each in _counting(records, meaning, today)]
    return "\n".join(dict.fromkeys(word for word in words if word.strip()))


def _never_at(records: list[Evidence], today: date) -> tuple[str, ...]:
    """What any of the records that count names: a time too many rather than one too few."""
    found = (each.chosen(NEVER_AT) for each in _counting(records, NEVER_AT, today))
    return tuple(sorted(frozenset[str]().union(*found)))


def _code_word(records: list[Evidence], today: date) -> bool | None:
    said = {each.text(CODE_WORD) for each in _counting(records, CODE_WORD, today)}
    return None if not said & {"yes", "no"} else "yes" in said or said != {"no"}


def _counting(records: list[Evidence], meaning: str, today: date) -> list[Evidence]:
    """The last record that says something, all of its moment, and all that are dated after today."""
    said = sorted(saying(records, meaning), key=lambda each: each.at(meaning))
    past = [each for each in said if each.on <= today]
    last = [each for each in past if each.at(meaning) == past[-1].at(meaning)]
    return [*last, *(each for each in said if each.on > today)]

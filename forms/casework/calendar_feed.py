"""What is due, as a calendar file that names nobody: iCalendar by RFC 5545.

A calendar is copied to clouds and shown on locked screens. So an entry has a neutral word for a title and
nothing else: no person, no case, no kind of work, no place, no alarm. Days are whole days; a moment is
written in UTC, so that no calendar has to know our zones.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

_MOST_OCTETS: Final = 75
#: What stands in an entry where the worker has chosen no word.
NEUTRAL: Final = "Appointment"
#: What stands near the top of every such file. It names no programme, as nothing in the file does.
MADE_BY: Final = "PRODID:-//Notes//Calendar//EN"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: of a day, or of a moment where `at` is given (with an offset).

    `case` and `kind` only make the entry's identity, through a hash, so that a calendar which reads the
    file again moves an entry instead of doubling it. `code` is shown where the worker asks for it.
    """

    case: str
    kind: str
    day: date
    at: datetime | None = None
    code: str = ""


def calendar(
    entries: Iterable[Entry], made: datetime, *, word: str = NEUTRAL, with_codes: bool = False
) -> str:
    """The whole file, lines ended by CRLF. `made` is the moment of writing, with an offset.

    `word` is the title of every entry: the office's neutral word in the worker's language. `with_codes` is
    the worker's own wish to see the case codes. Raises ValueError for a moment without an offset.
    """
    stamp = _utc(made)
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", MADE_BY, "CALSCALE:GREGORIAN"]
    seen: set[str] = set()
    for entry in sorted(entries, key=lambda each: (each.day, each.kind, each.case)):
        uid = _identity(entry)
        if uid in seen:
            continue
        seen.add(uid)
        title = f"{word} {entry.code}" if with_codes and entry.code else word
        lines += ["BEGIN:VEVENT", f"UID:{uid}", f"DTSTAMP:{stamp}", *_when(entry)]
        lines += [f"SUMMARY:{_escaped(title)}", "CLASS:PRIVATE", "TRANSP:TRANSPARENT", "END:VEVENT"]
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _when(entry: Entry) -> list[str]:
    if entry.at is not None:
        return [f"DTSTART:{_utc(entry.at)}"]
    start = f"DTSTART;VALUE=DATE:{_day(entry.day)}"
    if entry.day == date.max:
        return [start]
    return [start, f"DTEND;VALUE=DATE:{_day(entry.day + timedelta(days=1))}"]


def _identity(entry: Entry) -> str:
    """The same for the same thing of the same day; nobody who does not know the case's id gets it back."""
    said = "\n".join((entry.case, entry.kind, entry.day.isoformat()))
    return hashlib.blake2b(said.encode(), digest_size=16, person=b"calendar-entry").hexdigest()


def _utc(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError("a moment of a calendar has an offset")
    utc = moment.astimezone(UTC)
    return f"{utc.year:04}{utc:%m%dT%H%M%S}Z"


def _day(day: date) -> str:
    return day.isoformat().replace("-", "")


def _escaped(text: str) -> str:
    """TEXT of RFC 5545, 3.3.11; other control characters may not stand in it."""
    escaped = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    escaped = "\\n".join(escaped.splitlines())
    return "".join(character for character in escaped if character.isprintable() or character == "\u200f")


def _folded(line: str) -> str:
    """Lines of at most 75 octets, broken between characters, each further one after a blank (3.1)."""
    parts, part, size = [], "", 0
    for character in line:
        octets = len(character.encode())
        if size + octets > _MOST_OCTETS:
            parts.append(part)
            part, size = "", 1
        part += character
        size += octets
    return "\r\n ".join([*parts, part])

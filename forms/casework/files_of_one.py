"""Gates and the clearance of a person who has several files: each of them can close a gate, and none opens
one by being joined.

That two files are of one person is what somebody says, and it can be wrong. So what speaks against a journey
counts from every file; what is hard has to be whole in one of them. Otherwise a stranger's consent or
assessment would clear somebody, and a clearance that had lapsed would stand again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final

from forms.casework.case import Case
from forms.casework.clearance import Clearance, clearance
from forms.casework.consent import statements
from forms.casework.facts import Evidence
from forms.casework.gates import Gate, GateResult, check
from forms.casework.word import Reason

if TYPE_CHECKING:
    from forms.casework.programme import Programme

Files = Sequence[Sequence[Evidence]]


#: What nobody opens as long as there are records that cannot be read: one of them may say no.
_GUARDED: Final[tuple[Gate, ...]] = ("contact_family", "clear_to_travel", "testify")


@dataclass(frozen=True, slots=True)
class OnceJoined:
    """Two files that were read as one, and are not any more; from when and until when, as orders."""

    files: frozenset[str]
    since: str
    until: str


def once_joined(said: Mapping[str, Iterable[Evidence]]) -> tuple[OnceJoined, ...]:
    """What the records of each case tell of files that were parted again."""
    return tuple(
        OnceJoined(frozenset({case, original}), each.at("same.original")[1], each.at("same.state")[1])
        for case, found in sorted(said.items())
        for each in found
        if (original := each.text("same.original").strip()) and each.text("same.state") != "same"
    )


def taken_back_while_joined(
    case: str, once: Iterable[OnceJoined], said: Callable[[str], Iterable[Evidence]]
) -> list[Evidence]:
    """What was refused or taken back in files that were joined to this one, in that time, directly or by way
    of others; `said` tells what a file says.

    Nobody could tell then whose word it was: it counts in each of the files. Nothing else is carried over.
    """
    several = list(once)
    near = {case}
    while more := {file for each in several if each.files & near for file in each.files} - near:
        near |= more
    spans = [each for each in several if each.files & near]
    if not spans:
        return []
    since, until = min(each.since for each in spans), max(each.until for each in spans)
    return [
        replace(told.source, values=dict(told.values), rows={})
        for file in sorted(near - {case})
        for told in statements(said(file))
        if told.decision != "given" and since <= told.given_at <= until
    ]


def check_files(
    gate: Gate,
    case: Case,
    files: Files,
    today: date,
    programme: Programme,
    *,
    coordinators: Collection[str] = (),
    unread: Collection[str] = (),
) -> GateResult:
    """Whether this gate is open today for the person of these files, the one to work in first.

    `case` are the facts of all of them. What the file that lacks least lacks of what is hard is missing.
    `unread` are records of theirs that this app cannot read: `gate.<gate>.record_unread`.
    """

    def checked(found: Sequence[Evidence]) -> GateResult:
        return check(gate, case, found, today, programme, coordinators=coordinators)

    together = checked(_all(files))
    lacking = _least([_hard(checked(each).reasons) for each in files]) if len(files) > 1 else ()
    told = {each.code for each in together.reasons}
    more = tuple(each for each in lacking if each.code not in told)
    if gate in _GUARDED:
        more = (*more, *_unread(gate, unread))
    if not more:
        return together
    return replace(together, open=False, reasons=(*together.reasons, *more), opens_until=None)


def clearance_of_files(
    case: Case,
    files: Files,
    today: date,
    programme: Programme,
    *,
    coordinators: Collection[str] = (),
    unread: Collection[str] = (),
) -> Clearance | None:
    """The clearance that was given last, in whichever file. It stands where nothing in any file is against
    it, nothing that is hard was ever missing in the file that it is in, and every record can be read."""
    together = clearance(case, _all(files), today, programme, coordinators=coordinators)
    if together is None:
        return None
    lacking = _unread("clear_to_travel", unread)
    if len(files) > 1:
        alone = [clearance(case, each, today, programme, coordinators=coordinators) for each in files]
        lacking += _least([_hard(each.reasons) for each in alone if each is not None])
    more = tuple(each for each in lacking if each not in together.reasons)
    if not more:
        return together
    return replace(together, stands=False, reasons=(*together.reasons, *more))


def _unread(gate: Gate, records: Collection[str]) -> tuple[Reason, ...]:
    return (Reason(f"gate.{gate}.record_unread", True, tuple(sorted(records))),) if records else ()


def _all(files: Files) -> list[Evidence]:
    return [each for found in files for each in found]


def _hard(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    return tuple(each for each in reasons if each.hard)


def _least(lacking: Sequence[tuple[Reason, ...]]) -> tuple[Reason, ...]:
    """Of the first file that lacks fewest."""
    return min(lacking, key=len, default=())

"""A report that is kept as it was made, so that a later one with other numbers can be explained.

A frozen report is plain data (JSON) with a hash. Beside its figures it keeps their definitions and, for the
explanation, digests of what was counted: pseudonymous data of persons, for the office's encrypted store,
never for a donor or the public.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import sha256
from typing import Any, Final, Literal

from forms.casework.due import add_months
from forms.casework.indicators.definitions import INDICATORS, Definition
from forms.casework.indicators.entries import Entry
from forms.casework.indicators.figures import Group, report
from forms.casework.indicators.population import Office, Period, arrived_on, held_on
from forms.errors import FormProblem

FORMAT: Final = 1

#: Why a number is another: a record dated since; one dated before that came, changed or went since; days
#: that passed (a contact became due); another definition, period or target.
Reason = Literal["new_data", "late_data", "time_passed", "definition", "period", "target"]


@dataclass(frozen=True, slots=True)
class Change:
    """One figure that is not what it was. A row that there was not, or is no more, has None on that side.

    `because` has each reason with how many persons (or records of no case) it concerns; 0 for reasons
    that concern the figure as a whole.
    """

    indicator: str
    group: Group
    before: str | None
    after: str | None
    of_before: str | None
    of_after: str | None
    because: tuple[tuple[Reason, int], ...]


@dataclass(frozen=True, slots=True)
class AfterEnd:
    """How many persons have their month 12 after the programme's end, and when the last one has it."""

    persons: int
    last: date


def month_12_after_end(office: Office, end: date) -> AfterEnd | None:
    """The warning that follow-up outlasts the programme; None when nobody's does.

    Whoever arrived counts, also who has ended the contacts: the money for what may yet be asked ends too.
    """
    days = [day for person in office.persons if (day := arrived_on(person)) is not None]
    late = [month_12 for day in days if (month_12 := add_months(day, 12)) > end]
    return AfterEnd(len(late), max(late)) if late else None


def freeze(
    office: Office,
    period: Period,
    as_of: date,
    *,
    definitions: Sequence[Definition] = INDICATORS,
    by: Sequence[str] = (),
    programme_end: date | None = None,
) -> dict[str, Any]:
    """The report of a period by data up to `as_of`, to be kept."""
    until = min(period.last, as_of)
    seen = office.until(until)
    warning = month_12_after_end(seen, programme_end) if programme_end else None
    content: dict[str, Any] = {
        "format": FORMAT,
        "period": [period.first.isoformat(), period.last.isoformat()],
        "as_of": as_of.isoformat(),
        "by": list(by),
        "definitions": {each.code: each.as_data() for each in definitions},
        "figures": [
            {
                "indicator": figure.indicator,
                "group": [list(part) for part in figure.group],
                "value": None if figure.value is None else str(figure.value),
                "of": None if figure.of is None else str(figure.of),
                "persons": figure.persons,
                "missing": figure.missing,
                "entries": _entries(figure.entries),
                "whole": _entries(figure.whole),
            }
            for figure in report(office, period, as_of, definitions, by)
        ],
        "records": _records(seen),
        "month_12_after_end": (
            {"persons": warning.persons, "last": warning.last.isoformat()} if warning else None
        ),
    }
    return sealed(content)


def sealed(content: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept, with its hash; `check` knows it again. A donor's and the public's are kept so too."""
    kept = {**content, "format": FORMAT}
    return {**kept, "hash": _hash(kept)}


def check(frozen: Mapping[str, Any]) -> None:
    """FormProblem unless the report is as it was frozen. The hash shows an accident, not a forger."""
    content = {name: value for name, value in frozen.items() if name != "hash"}
    if frozen.get("format") != FORMAT or frozen.get("hash") != _hash(content):
        raise FormProblem("indicators.frozen.damaged")


def explain(frozen: Mapping[str, Any], later: Mapping[str, Any]) -> tuple[Change, ...]:
    """Which numbers of a later frozen report are others than they were, and why.

    The reasons of a figure are those of the persons whose part in it is another. Raises FormProblem when
    one of the reports was changed since it was frozen.
    """
    check(frozen)
    check(later)
    before, after = _by_row(frozen), _by_row(later)
    changes = []
    for row in dict.fromkeys((*before, *after)):
        old, new = before.get(row, {}), after.get(row, {})
        if (old.get("value"), old.get("of")) != (new.get("value"), new.get("of")):
            changes.append(
                Change(
                    row[0], row[1], old.get("value"), new.get("value"), old.get("of"), new.get("of"),
                    tuple(_because(row[0], old, new, frozen, later)),
                )
            )  # fmt: skip
    return tuple(changes)


def _by_row(frozen: Mapping[str, Any]) -> dict[tuple[str, Group], Mapping[str, Any]]:
    return {
        (figure["indicator"], tuple((name, value) for name, value in figure["group"])): figure
        for figure in frozen["figures"]
    }


def _because(
    indicator: str,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    frozen: Mapping[str, Any],
    later: Mapping[str, Any],
) -> Iterable[tuple[Reason, int]]:
    if frozen["definitions"].get(indicator) != later["definitions"].get(indicator) or (
        frozen["by"] != later["by"]
    ):
        yield "definition", 0
    until = min(frozen["period"][1], frozen["as_of"])
    reasons: dict[Reason, set[str]] = {}
    moved = False
    for part in ("entries", "whole"):
        was = {key: rest for key, *rest in old.get(part, ())}
        now = {key: rest for key, *rest in new.get(part, ())}
        for key in was.keys() | now.keys():
            if was.get(key) == now.get(key):
                continue
            moved = True
            subject, on = (now.get(key) or was[key])[:2]
            found: Iterable[Reason] = _of_records(subject, until, frozen, later)
            if (key not in now and not _within(on, later)) or (key not in was and on < frozen["period"][0]):
                found = ["period"]
            for reason in found:
                reasons.setdefault(reason, set()).add(subject)
    for each in _OF_ENTRIES:
        if each in reasons:
            yield each, len(reasons[each])
    if not moved and old.get("of") != new.get("of"):
        yield "target", 0


_OF_ENTRIES: Final[tuple[Reason, ...]] = ("new_data", "late_data", "time_passed", "period")


def _within(on: str, frozen: Mapping[str, Any]) -> bool:
    """Whether a day is in the report's period; dates in this form compare as text."""
    return bool(frozen["period"][0] <= on <= frozen["period"][1])


def _of_records(
    subject: str, until: str, frozen: Mapping[str, Any], later: Mapping[str, Any]
) -> Iterable[Reason]:
    """What happened to the records of one person, or to one record of no case, since the frozen report."""
    was, now = frozen["records"].get(subject, {}), later["records"].get(subject, {})
    other = [record for record in was.keys() | now.keys() if was.get(record) != now.get(record)]
    late = [record for record in other if record in was or now[record][0] <= until]
    if late:
        yield "late_data"
    if len(late) < len(other):
        yield "new_data"
    if not other:
        yield "time_passed"


def _entries(entries: Iterable[Entry]) -> list[list[Any]]:
    """Of each entry: a digest of its key, of whom, when, how much, whether it is missing."""
    return sorted(
        [_token(each.key), _token(_subject(each)), each.on.isoformat(), str(each.amount), each.missing]
        for each in entries
    )


def _subject(entry: Entry) -> str:
    """The person, or the record of no case that an entry comes from."""
    return entry.person or entry.key.partition("|")[0].partition("/")[0]


def _records(office: Office) -> dict[str, dict[str, list[str]]]:
    """Of each person (or record of no case) its records: date and digest. Facts of the case have no date."""
    found: dict[str, dict[str, list[str]]] = {}
    for person in office.persons:
        records = {
            _token(each.record): [each.on.isoformat(), _token(repr(asdict(each)))] for each in person.evidence
        }
        found[_token(person.key)] = {**records, "case": ["", _token(repr(person.case))]}
    for each in office.activities:
        token, day = _token(each.record), held_on(each).isoformat()
        found[token] = {token: [day, _token(repr(asdict(each)))]}
    return found


def _token(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:20]


def _hash(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()

"""Reports of an office on a coordinator's device: looked at, frozen with their definitions, opened again.

Three outputs. The internal one is exact, and for nobody else. A donor's withholds what is of too few. The
public one tells each person once, and never again: its ledger stays on this device, so that only one device
of an office may publish. What is shown is what would be frozen.
"""

from __future__ import annotations

import csv
import io
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Literal

from app import figures, labels
from app.background import Job
from app.decisions import COORDINATOR, Reading, Writing
from app.problems import Problem
from app.shelf import Shelf
from app.store import Snapshot, Transaction, reports
from app.views import Titles
from forms.casework.indicators import donor, frozen, public
from forms.casework.indicators.definitions import BY_CODE
from forms.casework.indicators.frozen import Change
from forms.casework.indicators.population import GROUPS, Period
from forms.casework.programme import programme_of

Output = Literal["internal", "donor", "public"]
#: By group of a table, the questions whose choices name its rows.
_NAMED_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "outcome": ("screening.outcome", "assessment.outcome", "arrival.outcome"),
    "solution": ("solution.decision",),
    "kind": ("assistance.kind", "checkup.kind", "need.kind", "activity.kind"),
    "about": ("feedback.about",),
    "children": ("activity.children",),
    "organisation": ("attendance.kind",),
    "to": ("leaflet.to",),
    "sector": ("exploitation.sector",),
    "sex": ("person.sex",),
    "programme": ("case.programme",),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A report that is asked for. The public one has no period and no programme: it is of everybody told of
    so far, so that nobody can subtract one from another."""

    output: Output
    period: Period
    programme: str = ""
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One line. `value` is None where nothing can be told; `withheld` where it is of too few persons.
    `missing` is None where that number is of too few itself."""

    indicator: str
    group: tuple[tuple[str, str], ...]
    value: Decimal | None
    of: Decimal | None
    missing: int | None
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class ReportView:
    """A report. `id` and `frozen_at` are empty in one that is not kept. `definitions` are those by which it
    was made. `late`: how many have their month 12 after the programme's end, and when the last one has it.
    `named` calls the rows of its tables, by group and code."""

    output: Output
    programme: str
    first: date | None
    last: date | None
    as_of: date
    lines: tuple[ReportLine, ...]
    definitions: Mapping[str, Mapping[str, Any]]
    named: Mapping[str, Mapping[str, Titles]]
    k: int | None = None
    late: tuple[int, date] | None = None
    id: str = ""
    frozen_at: datetime | None = None
    frozen_by: str = ""


@dataclass(frozen=True, slots=True)
class FrozenRow:
    """A report in the list of those that are kept."""

    id: str
    output: Output
    programme: str
    first: date | None
    last: date | None
    as_of: date
    frozen_at: datetime
    frozen_by: str


class Reports:
    """What a fieldbook offers of them to a coordinator; to others problem figures.role.not_coordinator."""

    def __init__(self, shelf: Shelf, now: Callable[[], datetime], read: Reading, write: Writing) -> None:
        self._shelf, self._now, self._read, self._write = shelf, now, read, write

    def programmes(self) -> Job[Mapping[str, str]]:
        """The titles of the programmes that a report can be made for, by id."""
        return self._read(
            lambda db: {name: each.title for name, each in sorted(self._shelf.known(db).programmes.items())}
        )

    def look(self, wanted: Wanted) -> Job[ReportView]:
        """The report by what is known today; of the public output the one that was published last, since to
        make one is to publish it. Problems as of `figures.views`, and report.public.none."""
        return self._read(lambda db: look(db, self._shelf, wanted, self._now()))

    def freeze(self, wanted: Wanted) -> Job[str]:
        """Keep the report as it is now; its id. To freeze the public output is to publish it."""
        return self._write(lambda db: freeze(db, self._shelf, wanted, self._now()))

    def frozen(self) -> Job[tuple[FrozenRow, ...]]:
        """The reports that are kept, the last one first."""
        return self._read(rows)

    def open(self, report: str) -> Job[ReportView]:
        """One that is kept. Problems report.frozen.missing, indicators.frozen.damaged."""
        return self._read(lambda db: kept(db, self._shelf, report))

    def changes(self, report: str) -> Job[tuple[Change, ...]]:
        """What the same internal report would say otherwise today, and why."""
        return self._read(lambda db: changes(db, self._shelf, report, self._now()))

    def write(self, out: Path, table: Sequence[Sequence[str]]) -> Job[None]:
        """Write a table as a CSV file, outside the encrypted store, for its owner's eyes. Problems
        report.file.exists, report.file.not_written."""
        return self._read(lambda db: write(db, out, table))


def look(db: Snapshot, shelf: Shelf, wanted: Wanted, now: datetime) -> ReportView:
    _check(db, wanted)
    if wanted.output == "public":
        found = [each for each in rows(db) if each.output == "public"]
        if not found:
            raise Problem("report.public.none")
        return kept(db, shelf, found[0].id)
    return _view(db, shelf, _head(wanted), _content(db, shelf, wanted, now.date()))


def freeze(db: Transaction, shelf: Shelf, wanted: Wanted, now: datetime) -> str:
    _check(db, wanted)
    if wanted.output == "public":
        content = _published(db, shelf, now.date())
    else:
        content = _content(db, shelf, wanted, now.date())
    head = {
        **_head(wanted),
        "as_of": now.date().isoformat(),
        "frozen_at": now.isoformat(),
        "frozen_by": db.identity.login,
    }
    report = db.new_id()
    reports.put(db, report, head, content)
    return report


def rows(db: Snapshot) -> tuple[FrozenRow, ...]:
    _check_role(db)
    found = [
        FrozenRow(
            report,
            head["output"],
            str(head["programme"]),
            _day(head["first"]),
            _day(head["last"]),
            date.fromisoformat(head["as_of"]),
            datetime.fromisoformat(head["frozen_at"]),
            str(head["frozen_by"]),
        )
        for report, head in reports.heads(db).items()
    ]
    return tuple(sorted(found, key=lambda each: (each.frozen_at, each.id), reverse=True))


def kept(db: Snapshot, shelf: Shelf, report: str) -> ReportView:
    _check_role(db)
    head, content = reports.heads(db).get(report), reports.body(db, report)
    if head is None or content is None:
        raise Problem("report.frozen.missing")
    frozen.check(content)
    return _view(db, shelf, head, content, report)


def changes(db: Snapshot, shelf: Shelf, report: str, now: datetime) -> tuple[Change, ...]:
    _check_role(db)
    head, before = reports.heads(db).get(report), reports.body(db, report)
    if head is None or before is None or head["output"] != "internal":
        raise Problem("report.frozen.missing")
    period = Period(date.fromisoformat(head["first"]), date.fromisoformat(head["last"]))
    wanted = Wanted("internal", period, str(head["programme"]), tuple(before["by"]))
    return frozen.explain(before, _content(db, shelf, wanted, now.date()))


def write(db: Snapshot, out: Path, table: Sequence[Sequence[str]]) -> None:
    """A file that is there already is left as it is. Cells that a spreadsheet would take for a formula are
    marked as text: a budget line is called what somebody typed."""
    _check_role(db)
    text = io.StringIO()
    csv.writer(text).writerows([[_cell(cell) for cell in row] for row in table])
    handle = -1
    try:
        if out.exists():
            raise Problem("report.file.exists", {"name": out.name})
        handle, beside = tempfile.mkstemp(dir=out.parent, prefix=".report-")
        with os.fdopen(handle, "wb") as file:
            # Spreadsheets read the letters of every script only with this mark at the beginning.
            file.write(b"\xef\xbb\xbf" + text.getvalue().encode())
        os.replace(beside, out)
    except OSError:
        raise Problem("report.file.not_written", {"name": out.name}) from None


def _cell(text: str) -> str:
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _check(db: Snapshot, wanted: Wanted) -> None:
    _check_role(db)
    if wanted.period.last < wanted.period.first:
        raise Problem("figures.period.reversed")
    if unknown := [name for name in wanted.by if name not in GROUPS]:
        raise Problem("figures.group.unknown", {"group": unknown[0]})


def _check_role(db: Snapshot) -> None:
    if db.identity.role != COORDINATOR:
        raise Problem("figures.role.not_coordinator")


def _head(wanted: Wanted) -> dict[str, Any]:
    public_one = wanted.output == "public"
    return {
        "output": wanted.output,
        "programme": "" if public_one else wanted.programme,
        "first": None if public_one else wanted.period.first.isoformat(),
        "last": None if public_one else wanted.period.last.isoformat(),
    }


def _content(db: Snapshot, shelf: Shelf, wanted: Wanted, today: date) -> Mapping[str, Any]:
    programme = programme_of(wanted.programme, shelf.known(db).programmes)
    office = figures.office(db, shelf, wanted.programme)
    if wanted.output == "internal":
        return frozen.freeze(office, wanted.period, today, by=wanted.by, programme_end=programme.ends)
    agreed = programme.donor
    return frozen.sealed(
        {
            "as_of": today.isoformat(),
            "k": agreed.k,
            "definitions": {code: BY_CODE[code].as_data() for code, _ in agreed.tables},
            "lines": [
                {**asdict(line), "value": _text(line.value), "of": _text(line.of)}
                for line in donor.donor_report(office, wanted.period, today, agreed)
            ],
        }
    )


def _published(db: Transaction, shelf: Shelf, today: date) -> Mapping[str, Any]:
    """The public tables, with the new ledger kept in the same breath."""
    before = reports.ledger(db)
    ledger = public.Ledger() if before is None else public.Ledger.from_data(before)
    rules = programme_of("", shelf.known(db).programmes).consent
    report, after = public.publish(figures.office(db, shelf), today, ledger, rules)
    reports.put_ledger(db, after.as_data())
    return frozen.sealed(report.as_data())


def _view(
    db: Snapshot, shelf: Shelf, head: Mapping[str, Any], content: Mapping[str, Any], report: str = ""
) -> ReportView:
    late = content.get("month_12_after_end")
    return ReportView(
        head["output"],
        str(head["programme"]),
        _day(head["first"]),
        _day(head["last"]),
        date.fromisoformat(content["as_of"]),
        tuple(_lines(content)),
        content.get("definitions", {}),
        {group: labels.of_meanings(db, shelf, meanings) for group, meanings in _NAMED_BY.items()},
        content.get("k"),
        (int(late["persons"]), date.fromisoformat(late["last"])) if late else None,
        report,
        datetime.fromisoformat(head["frozen_at"]) if report else None,
        str(head.get("frozen_by", "")),
    )


def _lines(content: Mapping[str, Any]) -> Sequence[ReportLine]:
    if "tables" in content:
        return [line for table in content["tables"] for line in _of_table(table)]
    return [
        ReportLine(
            each["indicator"],
            tuple((name, value) for name, value in each["group"]),
            _number(each["value"]),
            _number(each["of"]),
            each["missing"],
            each.get("withheld", False),
        )
        for each in content.get("lines", content.get("figures", ()))
    ]


def _of_table(table: Mapping[str, Any]) -> Sequence[ReportLine]:
    """The line over all, with how many wait to be told, and the rows. A table within a row stands under its
    row's name: `country/al`."""
    outer, _, within = str(table["code"]).partition("/")
    shared = ((outer, within),) if within else ()
    name = "region" if within else outer
    code = f"public.{name}"
    total = Decimal(table["total"])
    first = ReportLine(code, shared, total, None, int(table["waiting"]))
    told = sorted(table["rows"].items()) if outer != public.PERSONS else ()
    return [first, *(ReportLine(code, (*shared, (name, row)), Decimal(n), total, 0) for row, n in told)]


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def _number(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)

"""What is counted record by record, in a case or in none: meetings, trainings, exchanges, complaints."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from forms.casework.facts import Evidence
from forms.casework.indicators.entries import Entry
from forms.casework.indicators.population import UNKNOWN, number


def meeting(record: Evidence) -> Iterable[Entry]:
    """Each meeting."""
    return _activity(record, "meeting")


def training(record: Evidence) -> Iterable[Entry]:
    """Each training."""
    return _activity(record, "training")


def _activity(record: Evidence, kind: str) -> Iterable[Entry]:
    if record.text("activity.kind") == kind:
        yield Entry(record.record, record.on)


def participants(record: Evidence) -> Iterable[Entry]:
    """Who took part, summed over meetings and trainings: one person in two of them counts twice."""
    if record.text("activity.kind"):
        yield _amount(record, "activity.participants", {"kind": record.text("activity.kind")})


def leaflets(record: Evidence) -> Iterable[Entry]:
    """Leaflets handed out."""
    if "leaflets.given" in record.values:
        yield _amount(record, "leaflets.given", {})


def knowledge_tested(record: Evidence) -> Iterable[Entry]:
    """Each participant with a score before and after; with one only, missing."""
    return (each for each, _ in _scores(record))


def knowledge_gained(record: Evidence) -> Iterable[Entry]:
    """Of these, who knew more after than before; who has one score only is missing."""
    return (each for each, more in _scores(record) if more or each.missing)


def _scores(record: Evidence) -> Iterable[tuple[Entry, bool]]:
    for place, row in enumerate(record.rows.get("knowledge", ())):
        before, after = number(row.get("knowledge.before")), number(row.get("knowledge.after"))
        known = before is not None and after is not None
        more = before is not None and after is not None and after > before
        yield Entry(f"{record.record}/{place}", record.on, missing=not known), more


def exchange(record: Evidence) -> Iterable[Entry]:
    """Each exchange between two states, by who told whom."""
    if record.text("exchange.from") or record.text("exchange.to"):
        labels = {
            "from": record.text("exchange.from") or UNKNOWN,
            "to": record.text("exchange.to") or UNKNOWN,
        }
        yield Entry(record.record, record.on, labels=labels)


def complaint(record: Evidence) -> Iterable[Entry]:
    """Each complaint, once for each thing that it is about."""
    for about in sorted(record.chosen("complaint.about")):
        yield Entry(f"{record.record}|{about}", record.on, labels={"about": about})


def _amount(record: Evidence, meaning: str, labels: dict[str, str]) -> Entry:
    amount = number(record.get(meaning))
    known = amount is not None and amount >= 0
    return Entry(
        record.record,
        record.on,
        labels=labels,
        amount=amount if known and amount is not None else Decimal(0),
        missing=not known,
    )

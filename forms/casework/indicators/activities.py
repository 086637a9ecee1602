"""What is counted record by record, in a case or in none: meetings, trainings, exchanges, complaints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from forms.casework.facts import Evidence
from forms.casework.indicators.entries import Entry
from forms.casework.indicators.population import UNKNOWN, number

#: Kinds that have participants; who only hands out leaflets counts nobody.
_GATHERING: Final = frozenset({"meeting", "training", "awareness"})
#: The meanings of a row of participants, by the sex that they count.
_SEXES: Final = {"female": "attendance.women", "male": "attendance.men", "other": "attendance.others"}


def meeting(record: Evidence) -> Iterable[Entry]:
    """Each meeting."""
    return _activity(record, "meeting")


def training(record: Evidence) -> Iterable[Entry]:
    """Each training, by whether it was about children: above all, among others, or not."""
    return _activity(record, "training")


def awareness(record: Evidence) -> Iterable[Entry]:
    """Each event that raised awareness."""
    return _activity(record, "awareness")


def _activity(record: Evidence, kind: str) -> Iterable[Entry]:
    if record.text("activity.kind") == kind:
        yield Entry(record.record, record.on, labels=_children(record))


def _children(record: Evidence) -> dict[str, str]:
    return {"children": record.text("activity.children") or UNKNOWN}


def participants(record: Evidence) -> Iterable[Entry]:
    """Who took part, summed over all activities: one person in two of them counts twice."""
    if record.text("activity.kind") in _GATHERING:
        yield _amount(record, "activity.participants", {"kind": record.text("activity.kind")})


def participants_by_organisation(record: Evidence) -> Iterable[Entry]:
    """The same by kind of organisation and sex; what is not told apart is in the row 'unknown'."""
    rows = record.rows.get("attendance", ())
    if not rows:
        for entry in participants(record):
            labels = {"organisation": UNKNOWN, "sex": UNKNOWN}
            yield Entry(entry.key, entry.on, labels=labels, amount=entry.amount, missing=entry.missing)
    for place, row in enumerate(rows):
        organisation = str(row.get("attendance.kind") or UNKNOWN)
        for sex, meaning in _SEXES.items():
            amount = number(row.get(meaning))
            if amount is not None and amount > 0:
                labels = {"organisation": organisation, "sex": sex}
                yield Entry(f"{record.record}/{place}/{sex}", record.on, labels=labels, amount=amount)


def leaflets(record: Evidence) -> Iterable[Entry]:
    """Leaflets handed out."""
    if "leaflets.given" in record.values:
        yield _amount(record, "leaflets.given", {})


def leaflets_by_reader(record: Evidence) -> Iterable[Entry]:
    """The same by whom they were given to and in which language; what is not told apart is 'unknown'."""
    rows = record.rows.get("leaflet", ())
    if not rows:
        for entry in leaflets(record):
            labels = {"to": UNKNOWN, "language": UNKNOWN}
            yield Entry(entry.key, entry.on, labels=labels, amount=entry.amount, missing=entry.missing)
    for place, row in enumerate(rows):
        amount = number(row.get("leaflet.copies"))
        yield Entry(
            f"{record.record}/{place}",
            record.on,
            labels={
                "to": str(row.get("leaflet.to") or UNKNOWN),
                "language": str(row.get("leaflet.language") or UNKNOWN),
            },
            amount=amount or Decimal(0),
            missing=amount is None,
        )


@dataclass(frozen=True, slots=True)
class _Test:
    """What the papers of one side, before or after, say: how many, and their mean share of right answers;
    `score` is the mean as it was written down, for who told no highest score."""

    papers: int
    score: Decimal | None
    share: Decimal | None


def knowledge_tested(record: Evidence) -> Iterable[Entry]:
    """Each activity before and after which knowledge was tested by the same questions; with one side
    only, or other questions, missing.
    """
    return (each for each, _ in _compared(record))


def knowledge_gained(record: Evidence) -> Iterable[Entry]:
    """Of these, after which the mean score was higher than before."""
    return (each for each, more in _compared(record) if more or each.missing)


def knowledge_before(record: Evidence) -> Iterable[Entry]:
    """Each paper of before, with the mean share of right answers: over all papers it is the mean of all."""
    return _papers(record, "before")


def knowledge_after(record: Evidence) -> Iterable[Entry]:
    """The same of after."""
    return _papers(record, "after")


def _compared(record: Evidence) -> Iterator[tuple[Entry, bool]]:
    tests = _tests(record)
    if tests is None:
        return
    before, after = tests["before"].score, tests["after"].score
    comparable = record.text("knowledge.comparable") != "no"
    known = comparable and before is not None and after is not None
    more = before is not None and after is not None and after > before
    yield Entry(record.record, record.on, labels=_children(record), missing=not known), more and known


def _papers(record: Evidence, side: str) -> Iterator[Entry]:
    tests = _tests(record)
    if tests is None:
        return
    test = tests[side]
    known = test.share is not None and record.text("knowledge.comparable") != "no"
    for paper in range(test.papers if known else 1):
        yield Entry(
            f"{record.record}/{side}/{paper}",
            record.on,
            labels=_children(record),
            amount=test.share if known and test.share is not None else Decimal(0),
            missing=not known,
        )


def _tests(record: Evidence) -> dict[str, _Test] | None:
    """Both sides of a test, by the means that were written down, or of rows, one a participant, of which
    only those with both scores are comparable. None where knowledge was not tested.
    """
    rows = record.rows.get("knowledge", ())
    if rows:
        pairs = [(number(row.get("knowledge.before")), number(row.get("knowledge.after"))) for row in rows]
        both = [(before, after) for before, after in pairs if before is not None and after is not None]
        return {
            side: _Test(len(both), sum((pair[at] for pair in both), Decimal(0)) / len(both), None)
            if both
            else _Test(0, None, None)
            for at, side in enumerate(("before", "after"))
        }
    if record.text("knowledge.tested") != "yes" and not {"knowledge.before", "knowledge.after"} & set(
        record.values
    ):
        return None
    points = number(record.get("knowledge.points"))
    return {side: _of_means(record, side, points) for side in ("before", "after")}


def _of_means(record: Evidence, side: str, points: Decimal | None) -> _Test:
    papers = number(record.get(f"knowledge.papers_{side}"))
    mean = number(record.get(f"knowledge.{side}"))
    if papers is not None and papers < 1:
        mean = None
    share = mean / points if mean is not None and points and papers is not None else None
    return _Test(int(papers or 0), mean, share)


def exchange(record: Evidence) -> Iterable[Entry]:
    """Each exchange between two states, by who told whom; what was never sent, or stayed in one state, is
    none.
    """
    told, heard = record.text("exchange.from"), record.text("exchange.to")
    if record.text("exchange.state") == "not_sent" or (told and told == heard):
        return
    if told or heard:
        yield Entry(record.record, record.on, labels={"from": told or UNKNOWN, "to": heard or UNKNOWN})


def complaint(record: Evidence) -> Iterable[Entry]:
    """Each complaint, once for each thing that it is about. Praise, suggestions and wishes for one's own file
    are none."""
    if record.text("feedback.kind") not in ("complaint", "misconduct"):
        return
    for about in sorted(record.chosen("feedback.about")):
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

"""What casework's rules read: finished records of a case, their answers by what they mean.

A rule never names a form or a question. It asks for meanings (`bind::homeward:meaning`, such as
`consent.purpose`), so that another programme's form serves as well as ours, and a form may be arranged
anew. The meanings that rules read are listed in `meanings`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, tzinfo
from typing import Any, Final, TypeVar

from forms import paths
from forms.casework.case import local_date
from forms.casework.days import as_told_here
from forms.casework.meanings import SAID_ON
from forms.definition import FormDefinition, Question
from forms.library import CASE_FILE
from forms.record import Record

Row = Mapping[str, Any]
T = TypeVar("T")
_SIGNED: Final = "— "
#: Nouns whose rows count by who gave each answer, and speak on when somebody has taken the row away: the deny
#: list, from which not everybody who may write in a record may take somebody off.
BY_AUTHOR: Final = frozenset({"deny"})

#: In milliseconds, some time in the year 9987: beyond 9999 no day has a name.
LAST_MOMENT: Final = 253_000_000_000_000


@dataclass(frozen=True, slots=True)
class Author:
    """Whose word a record is. What is not known of her is empty, and she is no coordinator."""

    login: str
    country: str = ""
    office: str = ""
    coordinator: bool = False
    zone: tzinfo = UTC
    name: str = ""
    role: str = ""


def whose(authors: Iterable[Author]) -> Author:
    """Whose word it is when several wrote at one record, the last one first.

    It has the country and the office of all of them, or none: one office's word that another one has
    changed is the word of neither alone. It is a coordinator's only where all of them are.
    """
    said = list(authors)
    one = next((each for each in said if not each.coordinator), said[0])
    countries, offices = {each.country for each in said}, {each.office for each in said}
    return replace(
        one,
        country=one.country if len(countries) == 1 else "",
        office=one.office if len(offices) == 1 else "",
    )


def coordinators_of(office: str, people: Iterable[Author]) -> frozenset[str]:
    """The logins of the coordinators of one office."""
    return frozenset(each.login for each in people if each.coordinator and each.office == office)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One finished record, as rules see it.

    `on` is the local date that it speaks of, in the zone of its case (see `days`), and `on_there` the one
    that its author's office had then, None where it is not known to differ; `order` decides between records
    of one date (the later one is greater). `country` and `office` are those of the author.
    `values` holds answers by meaning. `rows` holds, for each noun of a repeat (`leg` for `leg.escort`), its
    instances in order, each with its answers by meaning; `said_by`, for the nouns of `BY_AUTHOR`, who gave
    each of these answers. `given` tells when an answer was given, as an order by meaning, where that was
    before the record was last changed; of several rows, the oldest.
    """

    record: str
    form: str
    on: date
    values: Mapping[str, Any] = field(default_factory=dict)
    rows: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    country: str = ""
    office: str = ""
    author: str = ""
    order: str = ""
    said_by: Mapping[str, tuple[Mapping[str, str], ...]] = field(default_factory=dict)
    given: Mapping[str, str] = field(default_factory=dict)
    zone: tzinfo = UTC
    on_there: date | None = None

    def get(self, meaning: str) -> Any:
        """The answer of this meaning, or None."""
        return self.values.get(meaning)

    def text(self, meaning: str) -> str:
        """The answer as text; empty where there is none or it is no text."""
        value = self.values.get(meaning)
        return value if isinstance(value, str) else ""

    def chosen(self, meaning: str) -> frozenset[str]:
        """The names of the choices of a question of several, or the one of a question of one."""
        value = self.values.get(meaning)
        if isinstance(value, str):
            return frozenset({value})
        return frozenset(str(name) for name in value) if isinstance(value, list | tuple) else frozenset()

    def day(self, meaning: str) -> date | None:
        """The local date of a date or dateTime answer, as it was written down; None where there is none."""
        return local_date(self.values.get(meaning))

    def at(self, *meanings: str) -> tuple[date, str]:
        """When the oldest of these answers was given, as a date and an order; where none of them is older,
        when the record was last changed. Who corrects another answer says none of these anew."""
        order = min((self.given[each] for each in meanings if each in self.given), default="")
        if not order:
            return self.on, self.order
        return min(_moment(order, self.zone).date(), self.on), order


def evidence(
    definition: FormDefinition,
    record: Record,
    *,
    on: date,
    country: str = "",
    office: str = "",
    author: str = "",
    order: str = "",
    wrote: Callable[[str], str] | None = None,
    stamps: Mapping[str, str] | None = None,
    zone: tzinfo = UTC,
    zone_of: Callable[[str], tzinfo] | None = None,
) -> Evidence:
    """A record in its meanings. Answers of questions without a meaning, or without a question, say nothing
    to rules; nor does what was only shown for reading, which another record says (but in the case file,
    whose code nobody types and no other record has first). What is in a row that was taken away is not said
    any more, but in those of `BY_AUTHOR`. `wrote` tells who gave the answer of a path; without it all are
    the author's. `stamps` tells when each answer was given.

    `on` is a day in `zone`. `zone_of` tells the zone in which somebody counts days: what she wrote down as
    the day of writing is that day in `zone`. Without it every day is taken as it was written.
    """
    values: dict[str, Any] = {}
    given: dict[str, str] = {}
    rows: dict[str, dict[str, dict[str, Any]]] = {}
    said_by: dict[str, dict[str, dict[str, str]]] = {}
    for path, value in record.values.items():
        question = definition.questions.get(paths.template(path))
        if not isinstance(question, Question) or not question.meaning:
            continue
        if definition.id != CASE_FILE and _only_shown(question):
            continue
        stamp = stamps.get(path, order) if stamps else order
        if stamp < given.get(question.meaning, order):
            given[question.meaning] = stamp
        if zone_of is not None and stamp and question.meaning in SAID_ON:
            there = zone_of(author if wrote is None else wrote(path))
            value = as_told_here(value, _moment(stamp, UTC), there, zone)
        instance = _instance_around(path)
        if not instance:
            values[question.meaning] = value
            continue
        noun = question.meaning.partition(".")[0]
        if noun in BY_AUTHOR:
            by = author if wrote is None else wrote(path)
            said_by.setdefault(noun, {}).setdefault(instance, {})[question.meaning] = by
        elif _taken_away(record, instance):
            continue
        rows.setdefault(noun, {}).setdefault(instance, {})[question.meaning] = value
    ordered = {noun: _in_place(record, found) for noun, found in rows.items()}
    by_row = {noun: _in_place(record, found) for noun, found in said_by.items()}
    on_there = None if zone_of is None or not order else _moment(order, zone_of(author)).date()
    return Evidence(
        record.id, record.form, on, values, ordered, country, office, author, order, by_row, given, zone,
        on_there,
    )  # fmt: skip


def _moment(order: str, zone: tzinfo) -> datetime:
    return datetime.fromtimestamp(min(int(order[:12], 16), LAST_MOMENT) / 1000, UTC).astimezone(zone)


def lines(value: object) -> list[str]:
    """The lines of a text, empty ones left out. Where two workers wrote apart, the merge rule `both` has
    joined their texts and signed each in a line of its own, `— who`: that is nobody's answer.
    """
    if not isinstance(value, str):
        return []
    return [line.strip() for line in value.splitlines() if line.strip() and not line.startswith(_SIGNED)]


def saying(found: Iterable[Evidence], *meanings: str) -> list[Evidence]:
    """The records that say something of any of these meanings, the oldest first."""
    wanted = set(meanings)
    return sorted((each for each in found if wanted & each.values.keys()), key=lambda e: (e.on, e.order))


def latest(found: Iterable[Evidence], *meanings: str) -> Evidence | None:
    """The last record that says something of any of these meanings, or None."""
    said = saying(found, *meanings)
    return said[-1] if said else None


def _only_shown(question: Question) -> bool:
    """A copy of another record's answer: by it, that answer would come back after its correction."""
    return question.readonly == "true()" and not question.calculate


def _instance_around(path: str) -> str:
    """The path of the innermost instance of a repeat that an answer is in; empty where it is in none."""
    end = path.rfind("]")
    return path[: end + 1] if end >= 0 else ""


def _taken_away(record: Record, instance: str) -> bool:
    """Whether somebody has taken away this instance or one around it. Its answers stay in the record."""
    steps = instance.split("/")
    ends = (count for count, step in enumerate(steps, 1) if step.endswith("]"))
    return any(not isinstance(record.values.get("/".join(steps[:count])), int) for count in ends)


def _in_place(record: Record, found: Mapping[str, T]) -> tuple[T, ...]:
    return tuple(found[instance] for instance in sorted(found, key=lambda each: _places(record, each)))


def _places(record: Record, instance: str) -> tuple[tuple[int, str], ...]:
    """Where an instance stands: the order numbers of the instances around it and its own."""
    steps = instance.split("/")
    ends = [count for count, step in enumerate(steps, 1) if step.endswith("]")]
    around = ["/".join(steps[:count]) for count in ends]
    return tuple((order if isinstance(order := record.values.get(each), int) else 0, each) for each in around)

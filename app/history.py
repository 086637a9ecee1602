"""The history of a record, as a screen shows it: who said what when, on which device, in place of what.

It is of the finished record, from what this device keeps and what sync has brought; `app.store.history`
tells what it cannot know. Names may stand in it, so no list shows it, and not while somebody reads along.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from app.background import Job
from app.casefile import moment
from app.discretion import Discretion
from app.problems import Problem
from app.shelf import Shelf
from app.store import Snapshot, history, records
from app.store.history import Said, Standing
from app.views import Titles
from forms import paths
from forms.definition import FormDefinition
from forms.display import question_titles, text_of
from forms.errors import FormProblem

#: What follows each other within this time, of one person on one device, is one step.
ONE_STEP_MS: Final = 30 * 60 * 1000

Kind = Literal["answer", "photo", "added", "removed"]
Read = Callable[[Callable[[Snapshot], Any]], Job[Any]]


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One answer that was given. `text` and `was` are empty where nothing was answered; `first`: nothing is
    known to have stood there before. `within` and `number`: in which instance of which repeat; `added` and
    `removed` are of a whole instance."""

    path: str
    kind: Kind
    question: Titles
    within: Titles | None
    number: int
    text: Titles
    was: Titles
    first: bool
    at: datetime
    standing: Standing


@dataclass(frozen=True, slots=True)
class HistoryStep:
    """What one person said on one device in one go, the latest first. `here`: on this device; `login` is
    all that is known of somebody without a `name`."""

    login: str
    name: str
    device: str
    here: bool
    begun: datetime
    ended: datetime
    lines: tuple[HistoryLine, ...]


@dataclass(frozen=True, slots=True)
class HistoryView:
    """The steps of one record, the latest first; none where it was never finished."""

    record: str
    case: str
    titles: Titles
    steps: tuple[HistoryStep, ...]


class Histories:
    """The histories of the records on this device; `read` runs on the reader's thread."""

    def __init__(self, shelf: Shelf, discretion: Discretion, now: Callable[[], datetime], read: Read) -> None:
        self._shelf, self._discretion, self._now, self._read = shelf, discretion, now, read

    def of(self, record: str) -> Job[HistoryView]:
        """Problems record.history.not_alone while any short form is on, since somebody may be reading along;
        record.row.unknown."""

        def look(db: Snapshot) -> HistoryView:
            if self._discretion.is_on_somewhere:
                raise Problem("record.history.not_alone")
            return view(db, self._shelf, record, self._now())

        return self._read(look)


def view(db: Snapshot, shelf: Shelf, record: str, now: datetime) -> HistoryView:
    """Problem record.row.unknown when it is not on this device."""
    head = records.header(db, record)
    definition = shelf.find(db, head.form, head.form_version)
    numbers = _Numbers(definition, records.values(db, record, draft=False))
    known = shelf.known(db)

    def step(some: list[Said]) -> HistoryStep:
        first = some[0]
        name = known.author(first.author).name
        return HistoryStep(
            login=first.author,
            name="" if name == first.author else name,
            device=first.device,
            here=first.device == db.identity.device,
            begun=moment(some[-1].at_ms, now),
            ended=moment(first.at_ms, now),
            lines=tuple(_line(definition, numbers, each, now) for each in some),
        )

    return HistoryView(
        record,
        head.case,
        definition.titles if definition is not None else {"en": head.form},
        tuple(step(some) for some in _steps(history.of_record(db, record))),
    )


def _steps(said: Iterable[Said]) -> Iterator[list[Said]]:
    some: list[Said] = []
    for each in said:
        if some and (
            (each.author, each.device) != (some[-1].author, some[-1].device)
            or some[-1].at_ms - each.at_ms > ONE_STEP_MS
        ):
            yield some
            some = []
        some.append(each)
    if some:
        yield some


class _Numbers:
    """Which place an instance of a repeat has, now or when somebody last knew."""

    def __init__(self, definition: FormDefinition | None, values: dict[str, Any]) -> None:
        self._definition, self._values = definition, values

    def of(self, path: str) -> tuple[Titles | None, int]:
        """The innermost instance around it: its repeat's label, and its number, 0 for one that is gone."""
        around = paths.parent(path)
        while around and paths.instance_id(around) is None:
            around = paths.parent(around)
        if not around or self._definition is None:
            return None, 0
        order = self._values.get(around)
        return question_titles(self._definition, around), order if isinstance(order, int) else 0


def _line(definition: FormDefinition | None, numbers: _Numbers, said: Said, now: datetime) -> HistoryLine:
    kind = _kind(definition, said)
    within, number = numbers.of(said.path)
    if kind in ("added", "removed"):
        number = said.value if isinstance(said.value, int) else 0
    return HistoryLine(
        path=said.path,
        kind=kind,
        question=question_titles(definition, said.path) if definition else {"en": said.path},
        within=within,
        number=number,
        text=_text(definition, said.path, said.value, kind),
        was=_text(definition, said.path, said.was, kind),
        first=said.first,
        at=moment(said.at_ms, now),
        standing=said.standing,
    )


def _kind(definition: FormDefinition | None, said: Said) -> Kind:
    if paths.instance_id(said.path) is not None:
        return "removed" if said.value is None else "added"
    try:
        question = definition.question_at(said.path) if definition else None
    except FormProblem:
        question = None
    return "photo" if question is not None and question.type == "image" else "answer"


def _text(definition: FormDefinition | None, path: str, value: Any, kind: Kind) -> Titles:
    """The answer in words. A photo's name opens it, and is nothing to read."""
    if kind != "answer" or value is None:
        return {}
    return text_of(definition, path, value) if definition is not None else {"en": str(value)}

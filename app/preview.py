"""A form tried out in the window: the part of a fieldbook that the screens of a form use, and that keeps
nothing. Answers live in the entry, photos in memory, and both are gone with the window.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any, Final, TypeVar

from app.background import Deliver, Job
from app.discretion import Discretion
from app.entries import OpenEntry
from app.problems import Problem
from app.views import CaseRow, Session
from forms.definition import FormDefinition
from forms.entry import EntryChange, FormEntry
from forms.validation import Violation

T = TypeVar("T")

#: A photo larger than this is no photo.
MAX_PHOTO: Final = 64 * 1024 * 1024


class PreviewBook:
    """Answers every call of the entry and the review at once, on the thread that `deliver` leads to."""

    def __init__(self, definition: FormDefinition, name: str, deliver: Deliver) -> None:
        self.session = Session("", "", "officer", "", "UTC", "", False)
        self.on_change: list[Callable[[Any], Any]] = []
        self.on_problem: list[Callable[[Problem], Any]] = []
        self.discretion = Discretion()
        self._definition = definition
        self._name = name
        self._deliver = deliver
        self._photos: dict[str, bytes] = {}
        self._opened: OpenEntry | None = None

    def open(self, language: str) -> OpenEntry:
        """A new entry; what was answered before is forgotten."""
        self._photos.clear()
        self.discretion.take_off("")
        case = CaseRow("", self._name, "", "", "unknown", language, None, None, 0)
        entry = FormEntry(
            self._definition,
            language=language,
            now=lambda: datetime.now(UTC),
            random=Random(),  # noqa: S311 - nothing secret is made here
        )
        self._opened = OpenEntry("", case, self._definition.id, entry)
        return self._opened

    def save(self, record: str, change: EntryChange) -> Job[None]:
        return self._done(lambda: None)

    def finish(self, record: str, language: str | None = None) -> Job[tuple[Violation, ...]]:
        """What is wrong with the whole form; nothing is finished."""
        opened = self._opened
        return self._done(lambda: opened.entry.validate() if opened is not None else ())

    def discard(self, record: str) -> Job[None]:
        return self._done(lambda: None)

    def attach(self, record: str, path: str, source: Path) -> Job[str]:
        """Takes a copy of the file into memory."""

        def take() -> str:
            try:
                with source.open("rb") as file:
                    content = file.read(MAX_PHOTO + 1)
            except OSError as problem:
                raise Problem("attachment.source.missing") from problem
            if len(content) > MAX_PHOTO:
                raise Problem("attachment.source.too_large")
            name = f"{len(self._photos) + 1}{source.suffix}"
            self._photos[name] = content
            return name

        return self._done(take)

    def attachment(self, name: str) -> Job[bytes]:
        def give() -> bytes:
            if name not in self._photos:
                raise Problem("attachment.file.missing")
            return self._photos[name]

        return self._done(give)

    def close(self) -> Job[None]:
        return self._done(self._photos.clear)

    def _done(self, work: Callable[[], T]) -> Job[T]:
        job: Job[T] = Job(self._deliver, self._tell)
        job.run(work)
        return job

    def _tell(self, problem: Problem) -> None:
        for told in tuple(self.on_problem):
            told(problem)

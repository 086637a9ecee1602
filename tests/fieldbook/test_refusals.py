"""No refusal is silent: what a tap decides is told when it fails, also where no screen asked how it ended."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import pytest

from app.decisions import Decisions
from app.fieldbook import Fieldbook, World, unlock
from app.persons import NewPerson
from app.problems import TEXTS
from app.settings import Settings
from tests.fieldbook.conftest import CHEAP, PASSPHRASE, Clock

NOBODY = "00000000-0000-4000-8000-000000000000"

#: Every decision, tried where it is refused.
REFUSED: dict[str, tuple[Callable[[Decisions], Any], str]] = {
    "pass_gate": (lambda d: d.pass_gate(NOBODY, "testify", ["x"], "Why"), "gate.pass.not_coordinator"),
    "shares": (lambda d: d.shares(NOBODY), "case.row.unknown"),
    "share": (lambda d: d.share(NOBODY, "Athens"), "case.row.unknown"),
    "unshare": (lambda d: d.unshare(NOBODY, "Athens"), "share.office.unknown"),
    "open_case": (lambda d: d.open_case("", "sq", NewPerson()), "case.country.missing"),
    "likely_others": (lambda d: d.likely_others(NOBODY), "case.row.unknown"),
    "join_files": (lambda d: d.join_files(NOBODY, NOBODY, "Why"), "person.files.same"),
    "join_by_code": (lambda d: d.join_by_code(NOBODY, "AL-1", "Why"), "person.code.unknown"),
    "part_files": (lambda d: d.part_files(NOBODY, "Why"), "case.row.unknown"),
}
#: What is only looked up, and finds nothing where there is nothing.
NEVER_REFUSED = {"offices", "likely_same", "new_case_choices"}


class Window:
    """The thread of a window: what is delivered to it is done when it comes to it."""

    def __init__(self) -> None:
        self.queue: Queue[Callable[[], Any]] = Queue()
        self.told: list[str] = []

    def until_told(self) -> list[str]:
        try:
            while not self.told:
                self.queue.get(timeout=20)()
        except Empty:
            pass
        return self.told


@pytest.fixture
def window() -> Window:
    return Window()


@pytest.fixture
def watched(folder: Path, clock: Clock, window: Window) -> Iterator[Fieldbook]:
    settings = Settings(folder, auto_sync=False)
    book = unlock(settings, PASSPHRASE, window.queue.put, World(now_ms=clock, floor=CHEAP)).wait(30)
    book.on_problem.append(lambda problem: window.told.append(problem.code))
    yield book
    book.close()


def test_every_decision_is_tried() -> None:
    offered = {name for name, _ in inspect.getmembers(Decisions, inspect.isfunction) if name[0] != "_"}
    assert offered == REFUSED.keys() | NEVER_REFUSED


@pytest.mark.parametrize("decision", REFUSED)
def test_a_refusal_is_told_although_the_screen_did_not_ask(
    watched: Fieldbook, window: Window, decision: str
) -> None:
    decide, code = REFUSED[decision]
    decide(watched.decisions)
    assert window.until_told() == [code]
    assert code in TEXTS


def test_what_a_form_does_is_told_when_it_fails(watched: Fieldbook, window: Window) -> None:
    watched.restore("nothing")
    assert window.until_told() == ["conflict.row.unknown"]
    window.told.clear()
    watched.tick(NOBODY, "step", True)
    assert window.until_told() == ["case.row.unknown"]

"""A worker at one window who fills in one form after the other, and looks at what she has filled in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from forms.definition import FormDefinition
from forms.library import CASE_FILE, PROCEDURE_STEP
from tests.ui.answer_plan import AnswerPlan
from tests.ui.filling import PlannedFiller
from tests.ui.pages import leaf_through
from tests.ui.window import AppWindow

LANGUAGES = ("en", "ar", "uk")
#: How a receipt says that the record has reached the server.
ON_THE_SERVER = {"en": "On the server since", "ar": "على الخادم منذ", "uk": "На сервері:"}


@dataclass
class Filled:
    """One form as it was filled in: in which case, in which language, and what was said.

    `typed`: the paths of what was typed or chosen, the rest stood there. `record` is where its plan was made;
    by hand it gets another id.
    """

    form: str
    language: str
    case: str
    code: str
    record: str = ""
    said: dict[str, Any] = field(default_factory=dict)
    typed: frozenset[str] = frozenset()
    seconds: float = 0.0
    problem: str = ""


class Desk:
    """A coordinator at one window, for as many forms as there are. Her language changes with the forms."""

    def __init__(self, window: AppWindow) -> None:
        """At a window that was opened just now."""
        self.window = window
        self._language = "en"

    def speak(self, language: str) -> None:
        if language != self._language:
            self.window.touch("nav.settings")
            self.window.touch(f"settings.language.{language}")
            self._language = language

    def open_file(self, code: str) -> None:
        """A case by its code; the office's own file where there is none."""
        window = self.window
        window.touch("nav.cases")
        if not code:
            window.touch("cases.office")
            window.see("office.offer.meeting")
            return
        window.see("cases.search")
        window.fill("cases.search", code.split("-")[1].lower())
        window.wait_for(lambda: window.names("cases.row.") == [f"cases.row.{code}"], f"only {code}")
        window.touch(f"cases.row.{code}")
        window.see("case.new_form")

    def begin(self, filled: Filled, definition: FormDefinition) -> None:
        window = self.window
        self.open_file(filled.code)
        if not filled.code:
            window.touch(f"office.offer.{filled.form}")
        elif filled.form == CASE_FILE:
            window.touch(f"case.record.{CASE_FILE}")
            window.touch("review.change")
        else:
            window.touch("case.new_form")
            window.see("case.offers.search")
            window.fill("case.offers.search", definition.titles[filled.language])
            window.touch(f"case.offer.{filled.form}")
        window.see("entry.progress")

    def finish(self, language: str) -> None:
        """From the last page to the receipt, and to the server."""
        window = self.window
        window.touch("entry.finish")
        window.touch("review.finish")
        window.see("receipt.only_here")
        window.touch("receipt.sync")
        window.see("receipt.on_server", 40)
        window.read(ON_THE_SERVER[language])
        window.touch("receipt.case")

    def fill_in(self, filled: Filled, definition: FormDefinition, plan: AnswerPlan) -> None:
        self.speak(filled.language)
        self.begin(filled, definition)
        filler = PlannedFiller(self.window, definition, plan)
        for number in filler.pages():
            wrong = self.window.names("entry.violation.")
            assert not wrong, f"page {number} refuses {wrong}"
        missed = plan.raw.keys() - filler.given
        assert not missed, f"planned, and never asked: {sorted(missed)}"
        self.finish(filled.language)

    def show(self, filled: Filled, take: Callable[[str], None]) -> None:
        """The record read, then each of its pages from top to end; what was changed is nothing."""
        window = self.window
        self.open_file(filled.code)
        if filled.form == PROCEDURE_STEP:
            # Nothing of it is ever opened: the checklist tells it.
            window.touch("case.checklist")
            window.settle()
            take("00-checklist")
            return
        window.touch(f"{'case' if filled.code else 'office'}.record.{filled.form}")
        window.see("review.change")
        take("00-read")
        window.touch("review.change")
        window.see("entry.progress")
        leaf_through(window, take)
        window.touch("entry.finish")
        window.touch("review.finish")
        window.touch("receipt.case")

"""A new case: what is known of the person, and who of those here it may be, while it is being typed."""

from __future__ import annotations

from typing import Any, Final

from kivy.clock import Clock
from kivy.metrics import dp
from kivy.uix.widget import Widget

from app.problems import Problem
from app.ui.i18n import T, joined
from app.ui.screens import wording
from app.ui.screens.likely import SHOWN, likely_row
from app.ui.screens.person_fields import PersonFields
from app.ui.screens.screen import Screen, heading, note
from app.ui.theme import L
from app.ui.widgets import Button, Column, Dialog, focus
from app.views import LikelyView

#: Seconds without a key after which what was typed is compared.
PAUSE: Final = 0.4


class NewCaseScreen(Screen):
    """What was typed stays here until a case is made of it or it is emptied, also under the cover and while
    a likely case is looked at; it is in memory alone, and the lock ends it."""

    place = "cases"

    def __init__(self, desk: Any, **where: Any) -> None:
        super().__init__(desk, **where)
        self._person = PersonFields(lambda: self.now().date(), self._typed)
        self._found: tuple[LikelyView, ...] = ()
        self._failed: Problem | None = None
        self._comparing = self._again = self._making = False
        self._pane = Column(spacing=dp(L))
        self._soon = Clock.create_trigger(lambda _seconds: self._compare(), PAUSE)
        self._person.restore(desk.unfinished.get("new_case", {}))

    # -- for the navigator --------------------------------------------------------------------------

    def enter(self) -> None:
        self._draw()
        self.book.decisions.new_case_choices().then(self._person.offer)
        self._compare()

    def appeared(self) -> None:
        self._person.give("given_name")

    def leave(self) -> None:
        self._soon.cancel()
        self._keep()

    def redraw(self) -> None:
        self._draw()

    # -- drawing ------------------------------------------------------------------------------------

    def _draw(self) -> None:
        self.titled(
            T("New case"),
            back=True,
            actions=[
                Button(
                    text=T("Clear all"),
                    kind="plain",
                    name="new_case.empty",
                    on_release=lambda *_: self._empty(),
                )
            ],
        )
        if self._pane.parent is not None:
            self._pane.parent.remove_widget(self._pane)
        told = note(T("Nothing here has to be filled in. What is known now is not asked again."))
        self.fill_two([*self._person.lines(wide=self.wide), told], [self._pane])
        self._draw_pane()

    def _draw_pane(self) -> None:
        """Beside what is typed, so that no field moves while somebody types in it."""
        held = focus.current.name if focus.current is not None and focus.current.by_key else ""
        self._pane.clear_widgets()
        found = self._found
        parts: list[Widget] = []
        if found:
            parts.append(heading(T("May be here already"), len(found), name="new_case.count"))
            parts += [likely_row(each, f"new_case.likely.{each.code}", self._look) for each in found[:SHOWN]]
        elif self._failed is not None:
            parts.append(note(wording.problem(self._failed), name="new_case.not_compared"))
        elif self._person.person.says_something:
            parts.append(note(T("Nobody like this is on this device."), name="new_case.nobody"))
        parts.append(
            note(T("Compared with the cases on this device only. Another office may know the person."))
        )
        parts.append(
            Button(
                text=T("Make a new case all the same…") if found else T("Make the case"),
                kind="outlined" if found else "filled",
                stretch=True,
                name="new_case.make",
                disabled=self._making,
                on_release=lambda *_: self._make(),
            )
        )
        for part in parts:
            self._pane.add_widget(part)
        if held.startswith(("new_case.make", "new_case.likely")):
            focus.give_named(held)

    # -- who it may be ------------------------------------------------------------------------------

    def _keep(self) -> None:
        self.desk.remember("new_case", dict(self._person.typed))

    def _empty(self) -> None:
        self._person.empty()
        self._person.give("given_name")

    def _typed(self) -> None:
        self._soon.cancel()
        self._soon()

    def _compare(self) -> None:
        """One comparison at a time: what was typed meanwhile is compared after it."""
        if self._comparing:
            self._again = True
            return
        self._comparing = True
        self.book.decisions.likely_same(self._person.person).then(self._compared, self._not_compared)

    def _compared(self, found: tuple[LikelyView, ...]) -> None:
        self._show_found(found, None)

    def _not_compared(self, problem: Problem) -> None:
        self._show_found((), problem)

    def _show_found(self, found: tuple[LikelyView, ...], failed: Problem | None) -> None:
        self._comparing = False
        if self._again:
            self._again = False
            self._compare()
            return
        self._found, self._failed = found, failed
        if self.shown:
            self._draw_pane()

    def _look(self, found: LikelyView) -> None:
        self.desk.go("case", case=found.case)

    # -- making it ----------------------------------------------------------------------------------

    def _make(self) -> None:
        """What stands in the fields now is compared once more: the last letters may have told."""
        if not self._making:
            self._busy(True)
            self.book.decisions.likely_same(self._person.person).then(self._make_or_ask, self._ask_uncompared)

    def _make_or_ask(self, found: tuple[LikelyView, ...]) -> None:
        self._found, self._failed = found, None
        self._busy(False)
        if not found:
            self._open()
            return
        self._ask(
            T.n(
                "{n} case here may be of this person: {codes}. Look at it first.",
                "{n} cases here may be of this person: {codes}. Look at them first.",
                len(found),
                codes=joined(*(each.code for each in found[:3]), separator=", "),
            )
        )

    def _ask_uncompared(self, problem: Problem) -> None:
        self._found, self._failed = (), problem
        self._busy(False)
        self._ask(T("The cases on this device could not be compared."))

    def _ask(self, message: T) -> None:
        if self.shown:
            Dialog(
                title=T("A second file of one person?"),
                message=message,
                actions=[
                    (T("Look first"), "filled", None),
                    (T("Make a new case all the same"), "outlined", self._open),
                ],
            ).open()

    def _open(self) -> None:
        self._busy(True)
        person = self._person.person
        self.book.decisions.open_case(person.country, self._person.language, person).then(
            self._made, self._refused
        )

    def _made(self, case: str) -> None:
        self._person.empty()
        self._soon.cancel()
        self._keep()
        if self.shown:
            self.desk.replace("case", case=case)

    def _refused(self, problem: Problem) -> None:
        self._busy(False)
        self.desk.tell_problem(problem)
        if problem.code == "case.birth.unclear" and self.shown:
            self._person.give("birth")

    def _busy(self, busy: bool) -> None:
        self._making = busy
        if self.shown:
            self._draw_pane()

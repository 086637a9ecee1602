"""A store that does not open although the passphrase is right: what happened, the repair, what came of it.

Records are told by the code of their case and their form, never by a name. The passphrase that was typed is
held for the repair only: it is forgotten when the screen is left, and when nobody touches it for long.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from kivy.clock import Clock
from kivy.core.window import Window
from kivy.metrics import dp
from kivy.uix.anchorlayout import AnchorLayout
from kivy.uix.widget import Widget

from app.mending import MendedView, RepairedRecord, Step
from app.problems import Problem
from app.ui.i18n import T
from app.ui.screens import wording
from app.ui.screens.screen import Screen, flow, heading, note
from app.ui.theme import L, M
from app.ui.widgets import BidiLabel, Button, Card, Column, ProgressBar, Row

_WIDTH: Final = 820
#: Lines of one list; a list of a thousand is read by nobody.
_MOST: Final = 60
#: How far a step is along the whole, from where to where.
_STEPS: Final[Mapping[Step, tuple[float, float]]] = {
    "look": (0.02, 0.1),
    "read": (0.1, 0.75),
    "write": (0.75, 0.9),
    "check": (0.9, 1.0),
}


class RepairScreen(Screen):
    """`go("repair", problem=…, passphrase=…)`, from the unlock screen."""

    def __init__(self, desk: Any, **where: Any) -> None:
        self._passphrase = str(where.pop("passphrase"))
        super().__init__(desk, **where)
        self._problem: Problem = where["problem"]
        self._running = False
        self._mended: MendedView | None = None
        self._bar = ProgressBar(value=0.0)
        self._step = BidiLabel(text="", style="strong", name="repair.step")
        self._forgets: Any = None

    def enter(self) -> None:
        if self._mended is not None:
            self._show(self._mended)
        elif self._running:
            self._show_running()
        else:
            self._offer()

    def leave(self) -> None:
        self._forget()

    def back(self) -> bool:
        """Not out of a repair that runs; after one there is nothing to go back to but the passphrase."""
        return self._running

    def _forget(self) -> None:
        self._passphrase = ""
        if self._forgets is not None:
            self._forgets.cancel()
            self._forgets = None

    # -- before it ----------------------------------------------------------------------------------

    def _offer(self) -> None:
        if self._forgets is None:
            after = self.desk.window.settings.lock_after
            self._forgets = Clock.schedule_once(lambda _seconds: self.desk.back(), after)
        told = Card(fill="danger_container", border="danger", name="repair.problem")
        told.add_widget(BidiLabel(text=wording.problem(self._problem), style="strong", tone="danger"))
        if self._problem.code != "store.file.damaged":  # which says so itself
            told.add_widget(BidiLabel(text=T("The passphrase is right.")))
        does = Card(name="repair.does")
        does.add_widget(BidiLabel(text=T("What a repair does"), style="question"))
        for line in (
            T("It saves what can be read into a new file, which the same passphrase opens."),
            T("The next sync brings what could not be read here and is on the server."),
            T("It deletes nothing: the damaged file is kept beside the new one."),
            T("It takes a few minutes at most. Leave the device on its charger."),
        ):
            does.add_widget(BidiLabel(text=line))
        does.add_widget(
            flow(
                [
                    Button(
                        text=T("Repair now"),
                        kind="filled",
                        name="repair.start",
                        on_release=lambda *_: self._start(),
                    ),
                    Button(
                        text=T("Not now"),
                        kind="plain",
                        name="repair.later",
                        on_release=lambda *_: self.desk.back(),
                    ),
                ]
            )
        )
        self._draw(T("The records do not open"), told, does, back=True)

    # -- while it runs ------------------------------------------------------------------------------

    def _start(self) -> None:
        if self._running:
            return
        self._running = True
        self._show_running()
        passphrase = self._passphrase
        self._forget()
        self.desk.window.mend(passphrase, self._tell_step).then(self._done, self._failed)

    def _show_running(self) -> None:
        card = Card(name="repair.running")
        for part in (self._step, self._bar):
            if part.parent is not None:
                part.parent.remove_widget(part)
            card.add_widget(part)
        card.add_widget(note(T("Do not switch the device off. If it stops all the same, begin again.")))
        self._draw(T("Repairing…"), card)

    def _tell_step(self, step: Step, part: float) -> None:
        begin, end = _STEPS[step]
        self._bar.value = begin + (end - begin) * part
        self._step.text = _step_words()[step]

    # -- after it -----------------------------------------------------------------------------------

    def _failed(self, problem: Problem) -> None:
        self._running = False
        card = Card(fill="danger_container", border="danger", name="repair.failed")
        card.add_widget(BidiLabel(text=wording.problem(problem), style="strong", tone="danger"))
        card.add_widget(flow([self._to_unlock(T("Back to the passphrase"))]))
        self._draw(T("Not repaired"), card)

    def _done(self, mended: MendedView) -> None:
        self._running = False
        self._mended = mended
        self._show(mended)

    def _show(self, mended: MendedView) -> None:
        lost, missing, saved = (mended.of(fate) for fate in ("lost", "server", "saved"))
        grave = bool(lost) or not mended.complete
        head = Card(
            fill="attention_container" if grave else "done_container",
            border="attention" if grave else "done",
            name="repair.done",
        )
        for line in (
            T.n("{n} record is saved.", "{n} records are saved.", len(saved)),
            T.n("{n} record comes with the next sync.", "{n} records come with the next sync.", len(missing))
            if missing
            else None,
            T.n("Of {n} record unsent work is lost.", "Of {n} records unsent work is lost.", len(lost))
            if lost
            else T("No unsent work is known to be lost."),
            None
            if mended.complete
            else T("There may have been more: a part of the file cannot be read at all. Compare with the "
                   "coordinator after the sync."),
        ):  # fmt: skip
            if line is not None:
                head.add_widget(BidiLabel(text=line, style="strong"))
        head.add_widget(
            BidiLabel(text=T("Open the records now, and sync. Tell the coordinator what is lost."))
        )
        head.add_widget(flow([self._to_unlock(T("Go to the passphrase"))]))
        parts: list[Widget] = [head]
        if lost:
            parts += [heading(T("Lost: write these again"), len(lost))]
            parts += record_rows("repair.lost", lost, mended.titles)
        if missing:
            parts += [heading(T("Comes back with the next sync"), len(missing))]
            parts += record_rows("repair.server", missing, mended.titles)
        if saved:
            parts += [heading(T("Saved"), len(saved)), _by_case(saved)]
        self._draw(T("Repaired"), *parts)

    def _to_unlock(self, text: T) -> Button:
        return Button(text=text, kind="filled", name="repair.unlock", on_release=lambda *_: self.desk.start())

    # -- the page -----------------------------------------------------------------------------------

    def _draw(self, title: T, *parts: Widget, back: bool = False) -> None:
        self.titled(title, back=back)
        column = Column(size_hint_x=None, spacing=dp(M), width=min(dp(_WIDTH), Window.width - dp(2 * L)))
        for part in parts:
            column.add_widget(part)
        middle = AnchorLayout(anchor_x="center", anchor_y="top", size_hint_y=None)
        middle.add_widget(column)
        column.fbind("height", middle.setter("height"))
        middle.height = column.height
        self.fill(middle)


def record_rows(
    name: str, records: Iterable[RepairedRecord], titles: Mapping[str, Mapping[str, str]]
) -> list[Widget]:
    """A line for each record: the code of its case, and its form; as far as anybody could read them."""
    those = list(records)
    rows: list[Widget] = [
        Row(
            name=f"{name}.{each.record}",
            title=each.code or T("Of which case cannot be read"),
            subtitle=_form_title(each.form, titles),
        )
        for each in those[:_MOST]
    ]
    if len(those) > _MOST:
        rows.append(note(T.n("and {n} more", "and {n} more", len(those) - _MOST)))
    return rows


def _form_title(form: str, titles: Mapping[str, Mapping[str, str]]) -> T | str:
    if not form:
        return T("Of which form cannot be read")
    return T.titles(titles[form]) if form in titles else form


def _by_case(saved: Iterable[RepairedRecord]) -> Widget:
    """The codes of all cases, each with how many of its records are there."""
    counts = Counter(each.code for each in saved)
    known = sorted((code, count) for code, count in counts.items() if code)
    card = Card(name="repair.saved")
    for code, count in known[:_MOST]:
        card.add_widget(BidiLabel(text=T.n("{code}: {n} record", "{code}: {n} records", count, code=code)))
    more = sum(count for _, count in known[_MOST:]) + counts.get("", 0)
    if more:
        card.add_widget(
            BidiLabel(text=T.n("{n} record of other cases", "{n} records of other cases", more), tone="ink2")
        )
    return card


def _step_words() -> dict[Step, T]:
    return {
        "look": T("Looking once more whether it opens…"),
        "read": T("Reading what can be read…"),
        "write": T("Writing the new file…"),
        "check": T("Checking the new file…"),
    }

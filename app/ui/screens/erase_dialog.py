"""Quick erase: what would be lost, one confirmation, and everything on this device is gone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from kivy.uix.widget import Widget

from app import leaving
from app.leaving import LossView, TravelView
from app.lock import lock
from app.problems import Problem
from app.ui.i18n import T
from app.ui.screens import loss_words
from app.ui.screens.screen import below, note
from app.ui.theme import S
from app.ui.widgets import BidiLabel, Dialog, focus

if TYPE_CHECKING:
    from app.ui.navigation import Navigator

NAME = "erase"


def ask_to_erase(desk: Navigator) -> None:
    """From any screen of the open app; once, however often it is asked for."""
    book = desk.fieldbook
    if book is None or not desk.keeps or any(getattr(each, "name", "") == NAME for each in focus.modals):
        return

    def erase() -> None:
        def refused(problem: Problem) -> None:
            # What could not be deleted goes with the next start; the keys are gone.
            if book.leaving.gone:
                start_anew(desk)
            else:
                desk.tell_problem(problem)

        book.leaving.erase().then(lambda _: start_anew(desk), refused)

    def ask(view: TravelView) -> None:
        _dialog(_lost(view.loss), erase)

    # What is typed would be lost as well.
    book.unfinished.keep(desk.all_typed())
    # Where the store cannot even tell what it holds, it can be erased all the same.
    book.leaving.look().then(ask, lambda _: _dialog([_UNTOLD], erase))


def ask_to_erase_locked(desk: Navigator) -> None:
    """From the unlock screen, where the office's policy lets whoever holds the device erase it."""

    def erase() -> None:
        leaving.erase_unopened(desk.window.settings, desk.window.deliver).then(
            lambda _: start_anew(desk), desk.tell_problem
        )

    _dialog([_UNTOLD], erase)


def start_anew(desk: Navigator) -> None:
    """Replace this program, which held the data, by one that never has."""
    desk.guard.clear_window()
    desk.clear_widgets()
    lock(desk.fieldbook, replace(desk.window.settings, language=desk.window.preferences.language))


_UNTOLD = T("What is on no server is lost. How much that is nobody can tell now.")


def _lost(loss: LossView) -> list[T]:
    if loss.nothing:
        return [T("Everything is on the server. Nothing is lost."), *loss_words.set_aside(loss)]
    return [T("This is on no server, and is lost:"), *loss_words.counts(loss), *loss_words.set_aside(loss)]


def _dialog(told: list[T], erase: Callable[[], None]) -> None:
    lines: list[Widget] = [BidiLabel(text=text, style="strong", name="erase.loss") for text in told]
    Dialog(
        name=NAME,
        title=T("Erase everything on this device?"),
        body=below(
            *lines,
            note(
                T(
                    "First the keys go, then all files. There is no way back; to work here again the device "
                    "has to be enrolled again."
                )
            ),
            gap=S,
        ),
        actions=[(T("Erase everything"), "danger", erase), (T("Keep"), "plain", None)],
    ).open()

"""One form in the app's real window, to be tried out: no store, no passphrase, no places to go to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from app.fieldbook import Fieldbook, OpenEntry
from app.preview import PreviewBook
from app.settings import Settings
from app.ui.homeward_app import HomewardApp, Keyboard, on_window_thread  # arranges the window: before Kivy
from app.ui.i18n import T, language
from app.ui.navigation import Navigator, screen_class
from app.ui.widgets import DemoBar
from forms.definition import FormDefinition

if TYPE_CHECKING:
    from kivy.uix.widget import Widget


class PreviewApp(HomewardApp):
    """`run()` shows the form's first questions, and returns when the window is closed."""

    def __init__(self, settings: Settings, definition: FormDefinition, name: str) -> None:
        super().__init__(settings)
        self._book = PreviewBook(definition, name, on_window_thread)

    def _navigator(self) -> Navigator:
        return PreviewNavigator(self, self._book)

    @property
    def is_demo(self) -> bool:
        return False

    def _may_be_watched(self) -> bool:
        """Nobody's answers are in here."""
        return True


class PreviewNavigator(Navigator):
    """From the questions to the review and back. Thrown away or gone through, a new entry begins."""

    keeps = False

    def __init__(self, window: PreviewApp, book: PreviewBook) -> None:
        super().__init__(window)
        self._book = book
        # What the screens of a form ask of a fieldbook, it answers.
        self.fieldbook = cast(Fieldbook, book)
        book.on_problem.append(self.tell_problem)

    @property
    def has_places(self) -> bool:
        return False

    def _strip(self) -> Widget:
        return DemoBar(text=T("PREVIEW — nothing is kept"), name="preview.bar")

    def start(self) -> None:
        self._stack = [screen_class("entry")(self, opened=self._book.open(language.code))]
        self._appear()

    def leave_to(self, name: str, **where: Any) -> None:
        """The entry was thrown away."""
        self._leave()
        self.start()

    def finished(self, opened: OpenEntry) -> None:
        self.tell(T("The form is complete. Nothing was kept."))

    def key(self, key: int, modifiers: frozenset[str]) -> bool:
        """Esc only: there is nothing to sync, and nothing to cover."""
        if key in (Keyboard.keycodes["f2"], Keyboard.keycodes["l"]):
            return self.current is not None and self.current.key(key, modifiers)
        return super().key(key, modifiers)


def run(settings: Settings, definition: FormDefinition, name: str) -> None:
    PreviewApp(settings, definition, name).run()

"""What every widget of the kit has: a name for tests, and the wish to follow language and look."""

from __future__ import annotations

from typing import Any

from kivy.properties import StringProperty
from kivy.uix.widget import Widget

from app.ui.i18n import language
from app.ui.theme import theme


class Live(Widget):
    """A widget that is told when the language or the look changes. Give `name` what tests call it."""

    name = StringProperty("")

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        language.follow(self)
        theme.follow(self)

    def language_changed(self) -> None:
        """Texts and directions may differ from now on."""

    def look_changed(self) -> None:
        """Colours and sizes of text may differ from now on."""

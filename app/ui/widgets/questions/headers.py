"""Headings between questions: of groups, of repeats and what adds to them, of instances."""

from __future__ import annotations

from typing import Any

from kivy.metrics import dp
from kivy.properties import NumericProperty, ObjectProperty, StringProperty

from app.ui.i18n import T
from app.ui.widgets.buttons import PushButton
from app.ui.widgets.label import BidiLabel
from app.ui.widgets.layouts import Column, Hairline, RowLayout


class GroupHeader(Column):
    """The name of a group of questions."""

    text = ObjectProperty("")

    def __init__(self, **options: Any) -> None:
        options.setdefault("padding", [0, dp(8), 0, 0])
        super().__init__(**options)
        self._label = BidiLabel(text=self.text, style="heading")
        self.add_widget(self._label)
        self.fbind("text", self._label.setter("text"))


class RepeatHeader(RowLayout):
    """The name of a repeat and how many there are, in brackets: below it stands the number of the first."""

    path = StringProperty("")
    text = ObjectProperty("")
    count = NumericProperty(0)

    def __init__(self, **options: Any) -> None:
        options.setdefault("padding", [0, dp(8), 0, 0])
        super().__init__(**options)
        self._label = BidiLabel(text=self.text, style="heading", fit=True, max_width=dp(480))
        self._count = BidiLabel(style="heading", bold=False, tone="ink2", text=f"({int(self.count)})")
        self.add_widget(self._label)
        self.add_widget(self._count)
        self.fbind("text", self._label.setter("text"))
        self.fbind("count", lambda _, count: setattr(self._count, "text", f"({int(count)})"))


class InstanceHeader(Column):
    """One of a repeat: its name, its number, and `on_remove(path)`."""

    path = StringProperty("")
    text = ObjectProperty("")
    number = NumericProperty(1)

    def __init__(self, *, removable: bool = True, **options: Any) -> None:
        self.register_event_type("on_remove")
        super().__init__(**options)
        line = RowLayout()
        line.add_widget(
            BidiLabel(text=T.of(lambda: f"{self.text} {int(self.number)}"), style="strong", tone="ink2")
        )
        if removable:
            remove = PushButton(
                icon="trash", text=T("Remove"), kind="plain", name=f"entry.remove.{self.path}"
            )
            remove.fbind("on_release", lambda _: self.dispatch("on_remove", self.path))
            line.add_widget(remove)
        self.add_widget(Hairline())
        self.add_widget(line)

    def on_remove(self, path: str) -> None:
        """The worker wants to take this one away."""


class RepeatFooter(RowLayout):
    """The button below a repeat's last instance: `on_add(path)`. It says of what there will be one more."""

    path = StringProperty("")
    text = ObjectProperty("")

    def __init__(self, **options: Any) -> None:
        self.register_event_type("on_add")
        super().__init__(**options)
        words = T("Add: {what}", what=self.text) if str(self.text) else T("Add")
        add = PushButton(icon="plus", text=words, name=f"entry.add.{self.path}")
        add.fbind("on_release", lambda _: self.dispatch("on_add", self.path))
        self.add_widget(add)

    def on_add(self, path: str) -> None:
        """The worker wants one more."""

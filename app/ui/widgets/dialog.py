"""Windows above the others: a dialog with a question and its answers, and a sheet with any content."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kivy.core.window import Window
from kivy.graphics import Color, Rectangle
from kivy.metrics import dp
from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.widget import Widget

from app.ui.theme import XL, L, M, theme
from app.ui.widgets.buttons import PushButton
from app.ui.widgets.choices import ChoiceList
from app.ui.widgets.fields import TextField
from app.ui.widgets.focus import Focusable, focus
from app.ui.widgets.label import BidiLabel
from app.ui.widgets.layouts import Flow, Page
from app.ui.widgets.live import Live
from app.ui.widgets.surfaces import Card

Action = tuple[Any, str, Callable[[], Any] | None]
#: What was typed in a dialog that a lock took away, by what the dialog `keeps`; it is handed back once.
typed_before: dict[str, Mapping[str, Any]] = {}


class Sheet(Live, FloatLayout):
    """A card in the middle of the darkened window, with a title and `content`.

    `open()`, `dismiss()`; Escape or a touch outside closes it, too. `on_dismiss` when it is gone; the
    keyboard returns to where it was.

    `keeps`: a name for what is typed in it, as `<case>/<what is decided>`. Where the lock comes while it is
    open, that is there again when the same is opened next. Secret fields keep nothing, whatever it says.
    """

    title = ObjectProperty("")
    content = ObjectProperty(None, allownone=True)
    name = StringProperty("sheet")

    def __init__(self, *, max_width: float = 560, keeps: str = "", **options: Any) -> None:
        self.register_event_type("on_dismiss")
        self.keeps = keeps
        self._untouched: dict[str, Any] = {}
        self._max_width = max_width
        self._returns_to: Focusable | None = None
        super().__init__(**options)
        self.card = Card(size_hint_x=None, spacing=dp(L), padding=[dp(XL)] * 4)
        self.page = Page(size_hint=(None, None))
        self.page.add(self.card)
        self.add_widget(self.page)
        if str(self.title):
            self.card.add_widget(BidiLabel(text=self.title, style="heading"))
        if self.content is not None:
            self.card.add_widget(self.content)
        for name in ("pos", "size"):
            self.fbind(name, self._place)
        self.card.fbind("height", self._place)

    def on_dismiss(self) -> None:
        """It is gone."""

    def open(self) -> Sheet:
        self._untouched = self._entered()
        if self.keeps:
            self._restore(typed_before.pop(self.keeps, {}))
        if focus.aside is not None:  # the window is covered
            focus.aside.append(self)
            return self
        self._returns_to = focus.current
        focus.give(None)
        focus.modals.append(self)
        Window.add_widget(self)
        self._place()
        return self

    def typed(self) -> dict[str, Any]:
        """What stands in its fields and lists; nothing where nobody has typed anything."""
        entered = self._entered()
        return entered if entered != self._untouched else {}

    def _entered(self) -> dict[str, Any]:
        texts = {each.name: each.text for each in self._fields()}
        return {**texts, **{each.prefix: each.value for each in self._lists()}} if texts else {}

    def _restore(self, typed: Mapping[str, Any]) -> None:
        # A text may choose something in a list: what was chosen has the last word.
        for field in self._fields():
            field.text = typed.get(field.name, field.text)
        for choices in self._lists():
            if choices.prefix in typed:
                choices.value = typed[choices.prefix]

    def _fields(self) -> list[TextField]:
        each = self.card.walk(restrict=True)
        return [found for found in each if isinstance(found, TextField) and found.name and not found.secret]

    def _lists(self) -> list[ChoiceList]:
        return [found for found in self.card.walk(restrict=True) if isinstance(found, ChoiceList)]

    def put_aside(self) -> None:
        """Out of the window while it is covered; what is written in it stays."""
        Window.remove_widget(self)

    def put_back(self) -> None:
        focus.modals.append(self)
        Window.add_widget(self)
        self._place()

    def dismiss(self, *_: Any) -> None:
        if focus.aside is not None and self in focus.aside:
            focus.aside.remove(self)
            self.dispatch("on_dismiss")
            return
        if self not in focus.modals:
            return
        focus.modals.remove(self)
        Window.remove_widget(self)
        if self._returns_to is not None and self._returns_to.get_root_window() is not None:
            focus.give(self._returns_to)
        self.dispatch("on_dismiss")

    def look_changed(self) -> None:
        self._place()

    def _place(self, *_: Any) -> None:
        self.canvas.before.clear()
        with self.canvas.before:
            Color(rgba=theme.colour("scrim"))
            Rectangle(pos=self.pos, size=self.size)
        self.card.width = min(dp(self._max_width), self.width - dp(2 * L))
        self.page.size = (self.card.width, min(self.card.height, self.height - dp(2 * L)))
        self.page.pos = (
            self.x + (self.width - self.page.width) / 2,
            self.y + (self.height - self.page.height) / 2,
        )

    def on_touch_down(self, touch: Any) -> bool:
        if not self.page.collide_point(*touch.pos):
            self.dismiss()
            return True
        super().on_touch_down(touch)
        return True

    def on_touch_move(self, touch: Any) -> bool:
        super().on_touch_move(touch)
        return True

    def on_touch_up(self, touch: Any) -> bool:
        super().on_touch_up(touch)
        return True


class Dialog(Sheet):
    """`Dialog(title=…, message=…,
    actions=[(T("Discard"), "danger", do_it), (T("Keep"), "plain", None)])`.

    An action closes the dialog, then calls its function. Buttons are named `dialog.<number from 0>`.
    """

    def __init__(
        self, *, message: Any = "", actions: Sequence[Action] = (), body: Widget | None = None, **options: Any
    ) -> None:
        options.setdefault("name", "dialog")
        super().__init__(**options)
        if str(message):
            self.card.add_widget(BidiLabel(text=message))
        if body is not None:
            self.card.add_widget(body)
        line = Flow(spacing=dp(M))
        for number, (text, kind, action) in enumerate(actions):
            button = PushButton(text=text, kind=kind, name=f"{self.name}.{number}")
            button.fbind("on_release", lambda _, chosen=action: self._act(chosen))
            line.add_widget(button)
        if actions:
            self.card.add_widget(line)

    def _act(self, action: Callable[[], Any] | None) -> None:
        self.dismiss()
        if action is not None:
            action()

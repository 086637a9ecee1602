"""Messages: a banner inside a page, a note that goes by itself, the bar of the demo, word of the lock."""

from __future__ import annotations

from typing import Any, ClassVar

from kivy.clock import Clock
from kivy.core.window import Window
from kivy.metrics import dp
from kivy.properties import BooleanProperty, ObjectProperty, OptionProperty

from app.ui.i18n import T
from app.ui.theme import CARD_RADIUS, L, M
from app.ui.widgets.icon import Icon
from app.ui.widgets.label import BidiLabel
from app.ui.widgets.layouts import RowLayout
from app.ui.widgets.surfaces import Painted

_ICONS = {"neutral": "info", "primary": "info", "attention": "warning", "danger": "warning", "done": "check"}
_ICONS["conflict"] = "conflict"


class Banner(Painted, RowLayout):
    """`Banner(text=T("…"), meaning="danger", action=PushButton(…))`: icon, words and colour say the same."""

    text = ObjectProperty("")
    meaning = OptionProperty("neutral", options=tuple(_ICONS))
    action = ObjectProperty(None, allownone=True)

    def __init__(self, **options: Any) -> None:
        options.setdefault("radius", CARD_RADIUS)
        options.setdefault("spacing", dp(M))
        options.setdefault("padding", [dp(L), dp(M), dp(L), dp(M)])
        super().__init__(**options)
        self._icon = Icon(extent=22)
        self._label = BidiLabel(text=self.text)
        self.add_widget(self._icon)
        self.add_widget(self._label)
        if self.action is not None:
            self.add_widget(self.action)
        self.fbind("text", self._label.setter("text"))
        self.fbind("meaning", self._colour)
        self._colour()

    def _colour(self, *_: Any) -> None:
        tone = "ink2" if self.meaning == "neutral" else self.meaning
        self.fill, self.border = f"{self.meaning}_container", "none"
        self._icon.icon, self._icon.tone = _ICONS[self.meaning], tone
        self._label.tone = "ink" if self.meaning == "neutral" else tone


class DemoBar(Painted, RowLayout):
    """The permanent strip over everything of a demo, or of what is as little real."""

    shown = BooleanProperty(True)

    def __init__(self, text: Any = None, name: str = "demo.bar", **options: Any) -> None:
        super().__init__(fill="demo", radius=0, padding=[dp(8), dp(2), dp(8), dp(2)], **options)
        self._label = BidiLabel(
            text=text or T("DEMO — invented people, never real ones"),
            style="small",
            tone="on_demo",
            halign="center",
            name=name,
        )
        self.add_widget(self._label)
        self.fbind("shown", self._show)
        self._show()

    def _show(self, *_: Any) -> None:
        self.opacity = 1 if self.shown else 0
        self.clear_widgets()
        if self.shown:
            self.add_widget(self._label)
        else:
            self.padding = 0


class Toast(Painted, RowLayout):
    """A short note at the foot of the window: `Toast.show(T("Saved"), meaning="done")`. One at a time."""

    _now: ClassVar[Toast | None] = None

    def __init__(self, text: Any, meaning: str = "neutral", **options: Any) -> None:
        super().__init__(
            fill="ink",
            fit=True,
            radius=CARD_RADIUS,
            spacing=dp(M),
            padding=[dp(L), dp(M), dp(L), dp(M)],
            name="toast",
            **options,
        )
        self.text = text
        self.add_widget(Icon(icon=_ICONS[meaning], tone="on_ink", extent=20))
        self.add_widget(
            BidiLabel(text=text, tone="on_ink", fit=True, max_width=min(dp(520), Window.width - dp(110)))
        )

    @classmethod
    def show(cls, text: Any, meaning: str = "neutral", seconds: float = 4.0) -> Toast:
        if cls._now is not None:
            cls._now.hide()
        toast = cls(text, meaning)
        cls._now = toast
        Window.add_widget(toast)
        toast.fbind("size", toast._place)
        Window.bind(size=toast._place)
        toast._place()
        Clock.schedule_once(toast.hide, seconds)
        return toast

    @classmethod
    def hide_now(cls) -> None:
        if cls._now is not None:
            cls._now.hide()

    def _place(self, *_: Any) -> None:
        self.pos = ((Window.width - self.width) / 2, dp(88))

    def hide(self, *_: Any) -> None:
        Window.unbind(size=self._place)
        if self.parent is not None:
            Window.remove_widget(self)
        if Toast._now is self:
            Toast._now = None

    def on_touch_down(self, touch: Any) -> bool:
        return False


class LockSoon(Banner):
    """Word that the app is about to lock, at the head of the window above everything, dialogs too.

    It takes no touch: what lies under it is pressed as ever.
    """

    def __init__(self, text: Any) -> None:
        super().__init__(text=text, meaning="attention", size_hint_x=None, name="lock.soon")
        self.border, self.border_width = "attention", 1

    def open(self) -> None:
        Window.bind(size=self._place)
        Window.add_widget(self)
        self.fbind("height", self._place)
        self._place()

    def close(self) -> None:
        Window.unbind(size=self._place)
        if self.parent is not None:
            Window.remove_widget(self)

    def on_touch_down(self, touch: Any) -> bool:
        return False

    def _place(self, *_: Any) -> None:
        self.width = min(dp(560), Window.width - dp(2 * L))
        self.pos = ((Window.width - self.width) / 2, Window.height - self.height - dp(40))

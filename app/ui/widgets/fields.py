"""The field to type into: Kivy's TextInput in the theme's look, with the text in the right order."""

from __future__ import annotations

from typing import Any

from kivy.graphics import Color, Rectangle
from kivy.metrics import dp
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, OptionProperty, StringProperty
from kivy.uix.textinput import TextInput

from app.ui.bidi import has_rtl
from app.ui.clipboard import own_copy
from app.ui.i18n import T, language
from app.ui.theme import BUTTON_RADIUS, REGULAR, TARGET, XS, L, S, theme
from app.ui.widgets.buttons import PushButton
from app.ui.widgets.focus import Focusable, focus
from app.ui.widgets.label import BidiLabel
from app.ui.widgets.layouts import RowLayout
from app.ui.widgets.surfaces import Painted


class _Input(TextInput):
    """Kivy's input without its own look. Tab is left to the focus manager; a secret is never copied."""

    def __init__(self, *, secret: bool, **options: Any) -> None:
        self._secret = secret
        super().__init__(
            background_normal="",
            background_active="",
            background_disabled_normal="",
            background_color=(0, 0, 0, 0),
            font_name=REGULAR,
            write_tab=False,
            use_bubble=False,
            use_handles=False,
            password=secret,
            password_mask="•",  # noqa: S106
            text_validate_unfocus=False,
            padding=[0, dp(S), 0, dp(S)],
            size_hint_y=None,
            **options,
        )

    def copy(self, data: str = "") -> None:
        if not self._secret:
            super().copy(data)
            own_copy.made(data or self.selection_text)

    def cut(self) -> None:
        if not self._secret:
            cut = self.selection_text
            super().cut()
            own_copy.made(cut)

    def _update_cutbuffer(self, *_: Any) -> None:
        """Marking a text never hands it to the desktop by itself; Kivy would, and a shown secret with it."""

    def keyboard_on_key_down(self, window: Any, keycode: Any, text: str, modifiers: list[str]) -> Any:
        if keycode[1] == "tab":
            return True
        if keycode[1] == "escape" and not focus.modals:
            return False
        return super().keyboard_on_key_down(window, keycode, text, modifiers)


class TextField(Focusable, Painted, RowLayout):
    """`TextField(hint=T("Search"), on_text_validate=…)`.

    `text` is what stands in it. `on_commit(text)` comes once when the keyboard leaves a field that was
    changed, and on Enter. `secret=True` masks it and offers to show it; `multiline=True` grows with the text.
    `invalid=True` paints the border in the colour of errors. `kind`: text, number, decimal, phone.
    """

    text = StringProperty("")
    hint = ObjectProperty("")
    secret = BooleanProperty(False)
    multiline = BooleanProperty(False)
    invalid = BooleanProperty(False)
    readonly = BooleanProperty(False)
    kind = OptionProperty("text", options=("text", "number", "decimal", "phone"))
    lines = NumericProperty(3)
    takes_text = True

    def __init__(self, **options: Any) -> None:
        options.setdefault("radius", BUTTON_RADIUS)
        options.setdefault("fill", "card")
        options.setdefault("padding", [dp(L), dp(2), dp(L), dp(2)])
        options.setdefault("min_height", dp(TARGET + 4))
        self.register_event_type("on_commit")
        self.register_event_type("on_text_validate")
        super().__init__(**options)
        kinds = {"number": "number", "decimal": "number", "phone": "tel"}
        self._input = _Input(
            text=self.text,
            secret=self.secret,
            multiline=self.multiline,
            readonly=self.readonly,
            input_type=kinds.get(self.kind, "text"),
        )
        self._shown = BidiLabel(style="body", valign="top", tone="ink")
        self._hint = BidiLabel(text=self.hint, style="body", tone="ink2", shorten=not self.multiline)
        self._committed = self.text
        self._reveal = PushButton(text=T("Show"), kind="plain", on_release=self._toggle_secret)
        self.add_widget(self._input)
        if self.secret:
            self.add_widget(self._reveal)
            self.padding = [dp(L), dp(2), dp(XS), dp(2)]
        self._input.fbind("text", self._typed)
        self._input.fbind("focus", self._input_focus)
        self._input.fbind("on_text_validate", self._entered)
        self._input.fbind("minimum_height", self._grow)
        self.fbind("text", self._set)
        self.fbind("hint", self._hint.setter("text"))
        for name in ("focused", "invalid", "disabled", "readonly"):
            self.fbind(name, self._colour)
        self._input.fbind("line_height", self._settle)
        for name in ("pos", "size", "text"):
            self._input.fbind(name, self._overlay)
        self._input.fbind("cursor", self._overlay)
        self.look_changed()

    def on_commit(self, text: str) -> None:
        """The worker is done with the field for now."""

    def on_text_validate(self) -> None:
        """Enter in a field of one line."""

    def select_all(self) -> None:
        self._input.select_all()

    def look_changed(self) -> None:
        super().look_changed()
        self._input.font_size = theme.font_pixels("body")
        self._settle()
        self._colour()
        self._grow()

    def language_changed(self) -> None:
        super().language_changed()
        self._overlay()

    def focus_gained(self) -> None:
        if not self._input.focus:
            self._input.focus = True

    def focus_lost(self) -> None:
        if self._input.focus:
            self._input.focus = False
        self._commit()

    def commit(self) -> None:
        """Tells of a change now, as if the keyboard had left the field."""
        self._commit()

    def _commit(self) -> None:
        if self.text != self._committed:
            self._committed = self.text
            self.dispatch("on_commit", self.text)

    def _entered(self, *_: Any) -> None:
        self._commit()
        self.dispatch("on_text_validate")

    def _typed(self, *_: Any) -> None:
        self.text = self._input.text

    def _set(self, *_: Any) -> None:
        if self._input.text != self.text:
            self._input.text = self.text
            if not self.focused:
                self._committed = self.text

    def _input_focus(self, _input: Any, has_it: bool) -> None:
        if has_it and not self.focused:
            focus.give(self)
        elif not has_it and self.focused:
            focus.give(None)

    def _toggle_secret(self, *_: Any) -> None:
        self._input.password = not self._input.password
        self._reveal.text = T("Show") if self._input.password else T("Hide")
        focus.give(self)

    def _grow(self, *_: Any) -> None:
        if self.multiline:
            least = self._input.line_height * self.lines + dp(2 * S)
            shown = self._shown.height + dp(2 * S) if has_rtl(self.text) else 0
            self._input.height = max(self._input.minimum_height, least, shown)
        else:
            self._input.height = dp(TARGET)

    def _settle(self, *_: Any) -> None:
        """One line stands in the middle of its field."""
        spare = max(0.0, (dp(TARGET) - self._input.line_height) / 2)
        self._input.padding = [0, dp(S), 0, dp(S)] if self.multiline else [0, spare, 0, spare]

    def _colour(self, *_: Any) -> None:
        self.border = "danger" if self.invalid else "primary" if self.focused else "outline"
        self.border_width = 2 if self.focused or self.invalid else 1
        self.fill = "neutral_container" if self.disabled or self.readonly else "card"
        self._overlay()

    def _overlay(self, *_: Any) -> None:
        """Shows the text by our own label where Kivy's input would misorder it, and the hint when empty."""
        own = has_rtl(self.text) and not self.secret
        ink = theme.colour("ink2" if self.disabled else "ink")
        self._input.halign = "right" if language.rtl or own else "left"
        self._input.foreground_color = (0, 0, 0, 0) if own else ink
        self._input.disabled_foreground_color = (0, 0, 0, 0) if own else ink
        self._input.cursor_color = (0, 0, 0, 0) if own else theme.colour("primary")
        self._input.selection_color = (*theme.colour("primary")[:3], 0.25)
        canvas = self._input.canvas.after
        canvas.clear()
        label = self._shown if own else self._hint if not self.text else None
        if label is None:
            return
        label.halign = "end" if own and not language.rtl else "start"
        label.width = self._input.width
        if own:
            label.text = self.text
        top = dp(S) if self.multiline else (self._input.height - label.height) / 2
        label.pos = (self._input.x, self._input.y + self._input.height - top - label.height)
        canvas.add(label.canvas)
        if own and self.focused:
            x, y, height = label.caret(self._input.cursor_index())
            with canvas:
                Color(rgba=theme.colour("primary"))
                Rectangle(pos=(x, y), size=(dp(2), height))

    def on_touch_down(self, touch: Any) -> Any:
        """A touch on the frame of the field is one on the field."""
        parts = (self._input, self._reveal) if self.secret else (self._input,)
        inside = self.collide_point(*touch.pos) and not any(part.collide_point(*touch.pos) for part in parts)
        if inside and not self.disabled:
            self._input.focus = True
            return True
        return super().on_touch_down(touch)

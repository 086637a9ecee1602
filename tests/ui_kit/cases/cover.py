"""What the cover and the lock ask of the kit: secrets, the clipboard, dialogs, a PIN."""

from __future__ import annotations

from kivy.core.window import Window

from app.ui.widgets import (
    ChoiceList,
    Column,
    Dialog,
    PinPad,
    TextField,
    focus,
)
from app.ui.widgets.dialog import typed_before
from tests.ui_kit.hands import (
    ESCAPE,
    frames,
    key,
    later,
    named,
    show,
)


def case_a_secret_is_never_copied() -> None:
    from kivy.core.clipboard import Clipboard, CutBuffer

    field = show(TextField(secret=True, text="never copied"))
    Clipboard.copy("before")
    focus.give(field)
    field.select_all()
    for action in (field._input.copy, field._input.cut):
        action()
    assert field.text == "never copied"
    assert Clipboard.paste() != "never copied"
    field._toggle_secret()
    field.select_all()
    frames(8)
    assert not CutBuffer or CutBuffer.get_cutbuffer() != "never copied"


def case_what_was_copied_is_taken_back_after_a_while_and_only_that() -> None:
    from kivy.core.clipboard import Clipboard

    from app.ui import clipboard

    lasts, clipboard.LASTS = clipboard.LASTS, 0.2
    try:
        assert lasts == 30
        field = show(TextField(text="Kanarina"))
        focus.give(field)
        field.select_all()
        field._input.copy()
        assert Clipboard.paste() == "Kanarina"
        later(0.5)
        assert Clipboard.paste() == ""
        field.select_all()
        field._input.cut()
        assert (Clipboard.paste(), field.text) == ("Kanarina", "")
        Clipboard.copy("a bus ticket")
        later(0.5)
        assert Clipboard.paste() == "a bus ticket", "what is another's stays"
    finally:
        clipboard.LASTS = lasts


def case_a_dialog_waits_outside_of_a_covered_window_and_one_that_opens_meanwhile_too() -> None:
    typed = TextField(name="typed", text="half a sen")
    first = Dialog(title="First", body=typed, actions=[("Keep", "plain", None)])
    first.open()
    focus.set_aside()
    assert (first.parent, focus.modals) == (None, [])
    gone: list[str] = []
    second = Dialog(title="Second", actions=[("Keep", "plain", None)])
    second.fbind("on_dismiss", lambda *_: gone.append("second"))
    second.open()
    third = Dialog(title="Third").open()
    third.dismiss()
    assert focus.holds(second)
    assert not focus.holds(third)
    assert second.parent is None
    focus.bring_back()
    frames(4)
    assert focus.modals == [first, second]
    assert typed.text == "half a sen"
    key(ESCAPE)
    key(ESCAPE)
    assert (focus.modals, gone) == ([], ["second"])


def case_a_dialog_keeps_what_is_typed_and_chosen_in_it_and_never_a_secret() -> None:
    def dialog() -> tuple[Dialog, TextField, TextField, ChoiceList]:
        why, secret = TextField(name="why", text="as usual"), TextField(name="secret", secret=True)
        which = ChoiceList(prefix="which", choices=[("a", "A"), ("b", "B")], value="a")
        body = Column()
        for part in (why, secret, which):
            body.add_widget(part)
        return Dialog(title="Why?", body=body, keeps="c1/why"), why, secret, which

    first, why, secret, which = dialog()
    first.open()
    assert first.typed() == {}, "what stood there before is nobody's words"
    secret.text = "granite window"
    assert first.typed() == {}
    why.text, which.value = "she asked", "b"
    assert first.typed() == {"why": "she asked", "which": "b"}
    first.dismiss()
    typed_before["c1/why"] = {"why": "she asked", "which": "b"}
    second, why, secret, which = dialog()
    second.open()
    assert (why.text, secret.text, which.value) == ("she asked", "", "b")
    assert second.typed() == {"why": "she asked", "which": "b"}, "a second lock keeps it again"
    second.dismiss()
    third, why, *_ = dialog()
    third.open()
    assert why.text == "as usual", "it is handed back once"
    third.dismiss()


def case_a_pin_is_typed_on_any_keyboard() -> None:
    heard: list[str] = []
    pad = show(PinPad())
    pad.fbind("on_enter", lambda _pad, entered: heard.append(entered))
    pad.listen()
    # French, unshifted: é & by the places of 2 and 1. Arabic-Indic by what is written. A numpad by place.
    for number, place, text in ((233, 31, "é"), (38, 30, "&"), (0, 0, "٧"), (273, 96, None)):
        Window.dispatch("on_key_down", number, place, text, [])
    assert pad.entered == "2178"
    Window.dispatch("on_key_down", ord("x"), 27, "x", [])
    Window.dispatch("on_key_down", 8, 42, None, [])
    assert pad.entered == "217"
    assert str(named("pin.dots").text) == "•••"
    Window.dispatch("on_key_down", 13, 40, None, [])
    assert heard == ["217"]
    pad.deaf()
    Window.dispatch("on_key_down", ord("5"), 34, "5", [])
    assert pad.entered == "217"

"""The fields of a new case: names in any script, a birth as far as known, numbers, country, language, sex."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from kivy.uix.widget import Widget

from app.new_cases import birth_facts, several
from app.persons import NewPerson
from app.problems import Problem
from app.ui.i18n import N_, T
from app.ui.screens import wording
from app.ui.screens.screen import below, beside, note
from app.ui.theme import L
from app.ui.widgets import BidiLabel, Column, Pick, TextField, focus
from app.views import NewCaseView

_FIELDS: Final = {
    "given_name": N_("Given name"),
    "family_name": N_("Family name"),
    "other_names": N_("Other names and spellings"),
    "birth": N_("Born"),
    "phone": N_("Telephone or account"),
    "document": N_("Number of a document"),
}
_HINTS: Final = {"birth": N_("1998, 5.1998 or 12.5.1998")}
_PICKS: Final = {"country": N_("Country of return"), "language": N_("Language"), "sex": N_("Sex")}
#: What stands side by side where there is room, in the order of the keyboard.
_LINES: Final = (
    ("given_name", "family_name"),
    ("other_names", "birth"),
    ("phone", "document"),
    ("country", "language", "sex"),
)


class PersonFields:
    """Widgets that outlive the drawing of their screen. `changed` is called with every letter and choice.

    Enter in a field goes to the next. They are named `new_case.<field>`.
    """

    def __init__(self, today: Callable[[], date], changed: Callable[[], Any]) -> None:
        self._today, self._changed = today, changed
        self._fields = {name: self._field(name) for name in _FIELDS}
        self._picks = {name: self._pick(name) for name in _PICKS}
        self._born = note("", name="new_case.birth.read")

    def _field(self, name: str) -> TextField:
        field = TextField(
            name=f"new_case.{name}",
            hint=T(_HINTS[name]) if name in _HINTS else "",
            kind="phone" if name == "phone" else "text",
        )
        field.fbind("text", lambda *_: self._typed())
        field.fbind("on_text_validate", lambda *_: focus.move(1))
        if name == "birth":
            field.fbind("focused", lambda *_: self._read_birth())
        return field

    def _pick(self, name: str) -> Pick:
        pick = Pick(title=T(_PICKS[name]), name=f"new_case.{name}", clearable=name != "country")
        pick.fbind("on_choice", lambda *_: self._changed())
        return pick

    # -- on the screen ------------------------------------------------------------------------------

    def lines(self, *, wide: bool) -> list[Widget]:
        """The fields, each under its label, drawn anew."""
        lines: list[Widget] = []
        for names in _LINES:
            parts = [self._labelled(name) for name in names]
            if wide:
                line = beside(gap=L)
                line.align = "top"
                for part in parts:
                    line.add_widget(part)
                lines.append(line)
            else:
                lines += parts
        return lines

    def _labelled(self, name: str) -> Column:
        widgets = [self._fields[name] if name in self._fields else self._picks[name]]
        widgets += [self._born] if name == "birth" else []
        for widget in widgets:
            if widget.parent is not None:
                widget.parent.remove_widget(widget)
        label = T(_FIELDS[name] if name in _FIELDS else _PICKS[name])
        return below(BidiLabel(text=label, style="label", tone="ink2"), *widgets, gap=4)

    def offer(self, view: NewCaseView) -> None:
        """What can be chosen; the country is the office's own until another one is chosen."""
        offered = {"country": view.countries, "language": view.languages, "sex": view.sexes}
        for name, choices in offered.items():
            self._picks[name].choices = [(value, T.titles(titles)) for value, titles in choices]
        self._picks["country"].value = self._picks["country"].value or view.country

    def give(self, name: str) -> None:
        """The keyboard goes to this field."""
        focus.give(self._fields[name], by_key=True)

    # -- what is in them ----------------------------------------------------------------------------

    @property
    def person(self) -> NewPerson:
        typed = {name: field.text.strip() for name, field in self._fields.items()}
        return NewPerson(
            typed["given_name"],
            typed["family_name"],
            typed["other_names"],
            typed["birth"],
            self._picks["sex"].value,
            self._picks["country"].value,
            several(typed["phone"]),
            several(typed["document"]),
        )

    @property
    def language(self) -> str:
        return str(self._picks["language"].value)

    @property
    def typed(self) -> Mapping[str, str]:
        """All of it, to be put back by `restore`; empty where nothing but a country was chosen."""
        texts = {name: field.text for name, field in self._fields.items() if field.text}
        chosen = {name: pick.value for name, pick in self._picks.items() if pick.value}
        return {**texts, **chosen} if texts or set(chosen) - {"country"} else {}

    def restore(self, typed: Mapping[str, str]) -> None:
        for name, text in typed.items():
            if name in self._fields:
                self._fields[name].text = text
            else:
                self._picks[name].value = text

    def empty(self) -> None:
        """Nothing is typed and chosen any more; the country stays."""
        for field in self._fields.values():
            field.text = ""
        self._picks["language"].value = self._picks["sex"].value = ""

    def _typed(self) -> None:
        self._read_birth()
        self._changed()

    def _read_birth(self) -> None:
        """How it is understood, so that no day is taken for a month. It is wrong only once it was left."""
        field = self._fields["birth"]
        try:
            facts, problem = birth_facts(field.text, self._today()), None
        except Problem as unclear:
            facts, problem = {}, unclear
        field.invalid = problem is not None and not field.focused
        self._born.tone = "danger" if field.invalid else "ink2"
        self._born.text = wording.problem(problem) if problem and field.invalid else wording.birth(facts)

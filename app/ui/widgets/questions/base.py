"""What all questions have: label, hint, the answer's own part, and below it what is wrong with the answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from kivy.metrics import dp
from kivy.uix.widget import Widget

from app.ui.theme import S
from app.ui.widgets.label import BidiLabel
from app.ui.widgets.layouts import Column


class Choice(Protocol):
    """A choice as the form hands it out, its label in the entry's language."""

    @property
    def name(self) -> str: ...
    @property
    def label(self) -> str: ...


class State(Protocol):
    """The state of a question, as `forms.entry.QuestionState` has it."""

    @property
    def path(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def hint(self) -> str: ...
    @property
    def guidance(self) -> str: ...
    @property
    def value(self) -> Any: ...
    @property
    def raw(self) -> Any: ...
    @property
    def required(self) -> bool: ...
    @property
    def readonly(self) -> bool: ...
    @property
    def appearances(self) -> frozenset[str]: ...
    @property
    def scale(self) -> Any: ...
    @property
    def choices(self) -> tuple[Any, ...]: ...
    @property
    def violation(self) -> Any: ...
    @property
    def calculated(self) -> bool: ...


Deliver = Callable[[bytes], None]


def local_now() -> datetime:
    return datetime.now(UTC).astimezone()


@dataclass(frozen=True, slots=True)
class Context:
    """What questions need from outside: local time, the bytes of a picture by name, where photos are."""

    now: Callable[[], datetime] = local_now
    load_picture: Callable[[str, Deliver], Any] | None = None
    pictures_folder: Path = field(default_factory=Path.home)


def shown_value(state: State) -> str:
    """What stands in a typed field: the raw text when it was refused, else the value."""
    given = state.raw if state.raw not in (None, "") else state.value
    if given is None:
        return ""
    if isinstance(given, float) and given.is_integer():
        return str(int(given))
    if isinstance(given, list | tuple):
        return " ".join(str(part) for part in given)
    return str(given)


def violation_text(state: State) -> str:
    """The words for what is wrong, empty when nothing is."""
    found = state.violation
    if found is None:
        return ""
    return str(getattr(found, "message", found))


class QuestionWidget(Column):
    """One question on a page. `on_answer(path, raw)` when the worker answered, `raw` None to clear.

    `redraw(state)` shows a new state without taking the keyboard away or undoing what is being typed.
    `on_attach(path, source)` asks to take a file in (photos); the screen answers with a new state.
    """

    def __init__(self, state: State, context: Context, **options: Any) -> None:
        self.state = state
        self.context = context
        self.register_event_type("on_answer")
        self.register_event_type("on_attach")
        options.setdefault("spacing", dp(S))
        super().__init__(**options)
        self._label = BidiLabel(style="question")
        self._hint = BidiLabel(style="secondary", tone="ink2")
        self._wrong = BidiLabel(style="label", tone="danger", name=f"entry.violation.{state.path}")
        self.body = Column(spacing=dp(S))
        self.build()
        self.redraw(state)

    def on_answer(self, path: str, raw: Any) -> None:
        """The worker answered."""

    def on_attach(self, path: str, source: str) -> None:
        """The worker chose a file."""

    @property
    def path(self) -> str:
        return self.state.path

    @property
    def foot(self) -> Widget:
        """Its lowest part: what is wrong with the answer, else the answer."""
        return self.children[0]

    def answer(self, raw: Any) -> None:
        self.dispatch("on_answer", self.path, raw)

    def build(self) -> None:
        """Puts the answer's own widgets into `body`, once."""

    def show(self, state: State) -> None:
        """Shows the state's value in them."""

    def flush(self) -> None:
        """Gives an answer that is still being typed."""

    def redraw(self, state: State) -> None:
        self.state = state
        self._label.text = f"{state.label} *" if state.required and state.label else state.label
        self._hint.text = state.hint or ""
        self._wrong.text = violation_text(state)
        self.show(state)
        self._arrange()

    def _arrange(self) -> None:
        wanted = [self._label] if str(self._label.text) else []
        if str(self._hint.text):
            wanted.append(self._hint)
        wanted.append(self.body)
        if str(self._wrong.text):
            wanted.append(self._wrong)
        if list(reversed(self.children)) != wanted:
            self.clear_widgets()
            for widget in wanted:
                self.add_widget(widget)

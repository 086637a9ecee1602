"""A person who fills in any form at the window: by touch where a page begins, then on with the keyboard."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime

from forms.definition import FormDefinition
from forms.entry import FormEntry
from forms.paths import template
from tests.scenarios.strangers import fill_in
from tests.ui.answer_plan import AnswerPlan, Numbers
from tests.ui.window import AppWindow

PHOTO = "files.file.luggage-tag.png"
#: Beginnings of names at which Tab stops inside of a page, and kinds of widgets that take an answer.
_STOPS = ("choice", "question", "add", "remove", "clear", "calendar", "now", "search", "all", "directory")
_TAKES = ("ChoiceRow", "TextField", "PushButton")
_YES = ("yes", "1", "ok")
_ENDLESS = 100


class FormFiller:
    """Fills in the form that is open in the window, page by page, and adds to each of its repeats.

    It finds on the window what there is to do. Of the definition it knows only of what type a question is,
    whether it must be answered, and what may be typed there. `optional=False`: what need not be answered
    is passed over, unless a page begins with it.
    """

    def __init__(self, window: AppWindow, definition: FormDefinition, *, optional: bool = True) -> None:
        self._window = window
        self._definition = definition
        self._optional = optional
        self._chance = random.Random(5)
        self._words = words_that_are_taken(definition)
        self.added: list[str] = []
        self._passed: set[str] = set()

    def pages(self) -> Iterator[int]:
        """Fill in one page after the other. Each is still in sight when its number comes."""
        for number in range(1, _ENDLESS):
            self._fill_page()
            yield number
            if self._window.find("entry.finish"):
                return
            # What glides still would look like another page.
            time.sleep(0.2)
            self._window.settle()
            before = self._window.names("entry.")
            self._window.keys("Page_Down")
            self._window.wait_for(lambda old=before: self._window.names("entry.") != old, "another page")
        raise AssertionError("the form never ends")

    def progress(self) -> tuple[int, int]:
        """How many answers the window counts, and of how many."""
        answered, asked = re.findall(r"\d+", str(self._window.see("entry.progress")["text"]))
        return int(answered), int(asked)

    # -- one page -----------------------------------------------------------------------------------

    def _fill_page(self) -> None:
        name = self._first_thing()
        by_touch = True
        while name:
            kind, rest = _parts(name)
            if kind == "add" and (added := self._add(rest)):
                name, by_touch = self._first_thing(added), True
                continue
            if kind in ("choice", "question"):
                self._answer(name, self._question_of(rest), by_touch=by_touch)
            self._window.keys("Tab")
            name, by_touch = self._held_after(name), False

    def _first_thing(self, within: str = "") -> str:
        """The first on the page, or in an instance, that takes an answer; empty where only notes are."""
        for _ in range(_ENDLESS):
            for widget in self._window.widgets():
                name = str(widget["name"])
                takes = widget["kind"] in _TAKES and _stands_in(name, ("choice", "question", "add"))
                if takes and within in name:
                    return name
            if not self._window.scroll_down():
                break
        return ""

    def _held_after(self, name: str) -> str:
        """What has the keyboard once it has left this; empty when it has left the page."""

        def moved() -> str | None:
            held = next((str(each["name"]) for each in self._window.widgets() if each["focus"]), "")
            return held if held and self._stop(held) != self._stop(name) else None

        held = str(self._window.wait_for(moved, f"the keyboard to leave {name}"))
        return held if _stands_in(held, _STOPS) else ""

    def _stop(self, name: str) -> str:
        """Tab stops once in a list of choices."""
        kind, rest = _parts(name)
        return f"choice.{self._question_of(rest)}" if kind == "choice" else name

    def _add(self, repeat: str) -> str | None:
        """One more instance and its path, unless the form has two of them already."""
        start = template(repeat)
        there = {_instance(path, start) for path in {*self._passed, *self.added}} - {None}
        if len(there) > 1:
            return None
        self._window.touch(f"entry.add.{repeat}", rest=0)

        def new() -> str | None:
            frames = [name.removeprefix("entry.instance.") for name in self._window.names("entry.instance.")]
            return next((path for path in frames if template(path) == start and path not in there), None)

        self.added.append(str(self._window.wait_for(new, f"one more of {repeat}")))
        # The page glides to where the new one begins.
        time.sleep(0.5)
        return self.added[-1]

    # -- one question -------------------------------------------------------------------------------

    def _answer(self, name: str, path: str, *, by_touch: bool) -> None:
        question = self._definition.questions[template(path)]
        if path in self._passed:
            return
        self._passed.add(path)
        if not (by_touch or self._optional or question.required):
            return
        if name.startswith("entry.choice."):
            self._choose(path, 2 if question.type == "select_multiple" else 1, by_touch=by_touch)
        elif question.type == "image":
            self._window.touch(name)
            self._window.touch(PHOTO)
            self._window.see(f"entry.picture.{path}")
        elif template(path) in self._words:
            if by_touch:
                self._go_into(name)
            self._window.type_quickly(self._words[template(path)])

    def _go_into(self, name: str) -> None:
        self._window.touch(name, rest=0)
        # A slow app takes keys that come with a touch before the touch: they would be lost.
        self._window.wait_for(lambda: self._holds_keyboard(name), f"the keyboard in {name}")

    def _holds_keyboard(self, name: str) -> bool:
        field = self._window.find(name)
        return field is not None and bool(field["focus"])

    def _choose(self, path: str, several: int, *, by_touch: bool) -> None:
        rows = self._window.whole_names(f"entry.choice.{path}.")
        chosen = self._chosen(rows, min(several, len(rows)))
        if by_touch:
            for row in chosen:
                self._window.touch(row, rest=0)
        else:
            self._window.keys(
                *["Down"] * rows.index(chosen[0]), "space", *["Down", "space"][: 2 * len(chosen) - 2]
            )
        for row in chosen:
            self._window.wait_for(lambda row=row: self._window.see(row)["selected"], f"{row} to be chosen")

    def _chosen(self, rows: list[str], several: int) -> list[str]:
        """Yes where it is a question of yes or no, so that more is asked; else any."""
        yes = [row for row in rows if row.lower().endswith(tuple(f".{name}" for name in _YES))]
        if yes and len(rows) <= 2:
            return yes[:1]
        first = self._chance.randrange(min(len(rows), 3) - several + 1)
        return rows[first : first + several]

    def _question_of(self, rest: str) -> str:
        """The question in what follows `choice.` or `question.`: a choice's name comes after its path."""
        while rest and template(rest) not in self._definition.questions:
            rest, _, _ = rest.rpartition(".")
        return rest


class PlannedFiller(FormFiller):
    """Fills in a form as a plan has it, and passes over what the plan leaves out.

    Each text is read again in its field, and each choice is seen to be chosen. `given`: what was answered so
    far, by numbered path.
    """

    def __init__(self, window: AppWindow, definition: FormDefinition, plan: AnswerPlan) -> None:
        super().__init__(window, definition)
        self._plan = plan
        self._numbers = Numbers()
        self.given: set[str] = set()

    def _first_thing(self, within: str = "") -> str:
        """The first that the plan has an answer for, or that adds an instance."""
        for _ in range(_ENDLESS):
            for widget in self._window.widgets():
                name = str(widget["name"])
                if widget["kind"] not in _TAKES or within not in name:
                    continue
                if _stands_in(name, ("add",)):
                    return name
                if _stands_in(name, ("choice", "question")):
                    path = self._question_of(_parts(name)[1])
                    if self._numbers.of(path) in self._plan.raw:
                        return name
            if not self._window.scroll_down():
                break
        return ""

    def _answer(self, name: str, path: str, *, by_touch: bool) -> None:
        at = self._numbers.of(path)
        if path in self._passed:
            return
        self._passed.add(path)
        if at not in self._plan.raw:
            return
        raw = self._plan.raw[at]
        if name.startswith("entry.choice."):
            self._choose_these(path, raw if isinstance(raw, list) else [raw], by_touch=by_touch)
        elif self._definition.questions[template(path)].type == "image":
            self._window.touch(name)
            self._window.touch(PHOTO)
            self._window.see(f"entry.picture.{path}")
        else:
            self._write(name, str(raw), by_touch=by_touch)
        self.given.add(at)

    def _choose_these(self, path: str, wanted: list[str], *, by_touch: bool) -> None:
        """With the arrow keys from the list's first row on, else by touch."""
        start = f"entry.choice.{path}."
        if by_touch or self._names_held() != self._window.names(start)[:1]:
            for choice in wanted:
                self._window.touch(f"{start}{choice}", rest=0)
                self._see_chosen(f"{start}{choice}")
            return
        left = {f"{start}{choice}" for choice in wanted}
        while left:
            (held,) = self._names_held()
            rows = self._window.names(start)
            below = rows[rows.index(held) :]
            here = next((row for row in below if row in left), None)
            steps = max(1, len(below) - 1) if here is None else below.index(here)
            if steps:
                self._move_down(steps, held, below[steps] if steps < len(below) else "")
            if here is not None:
                self._window.keys("space")
                self._see_chosen(here)
                left.discard(here)

    def _move_down(self, steps: int, held: str, to: str) -> None:
        """To this row; to whatever comes next, where it is not in sight yet."""
        self._window.keys(*["Down"] * steps)

        def moved() -> bool:
            now = self._names_held()
            return now == [to] if to else now != [held]

        self._window.wait_for(moved, "the keyboard to move down")

    def _names_held(self) -> list[str]:
        return [str(each["name"]) for each in self._window.widgets() if each["focus"]][:1]

    def _see_chosen(self, row: str) -> None:
        """What an answer brings along may push the choice out of sight: it is looked for again."""

        def chosen() -> bool:
            there = self._window.find(row) or self._window.scroll_to(row)
            return bool(there["selected"])

        self._window.wait_for(chosen, f"{row} to be chosen")

    def _write(self, name: str, words: str, *, by_touch: bool) -> None:
        """Letters that a keyboard of another language has not are lost now and then: they are typed anew."""
        if by_touch:
            self._go_into(name)
        for _ in range(3):
            self._window.type_quickly(words)
            until = time.monotonic() + 3 * self._window.patience
            while time.monotonic() < until:
                field = self._window.find(name)
                if field is not None and field["text"] == words:
                    return
            self._window.press("ctrl+a", "BackSpace")
        raise AssertionError(f"{words!r} could not be typed into {name}")


def words_that_are_taken(definition: FormDefinition) -> dict[str, str]:
    """What may be typed into each question: a person knows what a phone number looks like here."""
    entry = FormEntry(definition, now=lambda: datetime.now(UTC), random=random.Random(1))
    fill_in(entry, lambda _change: None, random.Random(11))
    return {
        template(line.path): str(state.raw)
        for line in entry.outline()
        if line.kind == "question" and (state := entry.state(line.path)).value is not None
    }


def _instance(path: str, repeat: str) -> str | None:
    """The instance of a repeat in which something stands."""
    ends = [match.end() for match in re.finditer(r"\]", path)]
    return next((path[:end] for end in ends if template(path[:end]) == repeat), None)


def _parts(name: str) -> tuple[str, str]:
    kind, _, rest = name.removeprefix("entry.").partition(".")
    return kind, rest


def _stands_in(name: str, kinds: tuple[str, ...]) -> bool:
    return name.startswith(tuple(f"entry.{kind}." for kind in kinds))

"""`python -m forms preview FILE`: fills a form in, in the terminal, line by line; nothing is kept.

One question after the other, as they become relevant. An empty line leaves an answer as it is. A line
that begins with `:` is a command (`:help` tells them all); an answer that begins with it is written `::`.
At the end the form is validated, and the record is printed as JSON. Ctrl-D ends at any place.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Final

from forms import paths
from forms.check import check_file
from forms.choices import ChoiceView
from forms.entry import FormEntry
from forms.entry_views import Node, QuestionState
from forms.validation import Violation

HELP: Final = """\
  an answer        as it is stored (2026-11-22, 14:30, 2.5), or the number or name of a choice;
                   several choices with blanks between them
  an empty line    leaves the answer as it is
  :clear           takes the answer away
  :back            goes back one question
  :go NAME         goes to a question
  :show            shows all that can be answered now
  :language CODE   changes the language
  :end             goes to the end and validates
  :quit            ends at once (as Ctrl-D)
  ::text           an answer that begins with a colon"""

#: What is wrong with an answer that is none, where the form has no words of its own for it.
WORDS: Final = {
    "answer.choice.too_many": "Only one answer can be chosen.",
    "answer.choice.unknown": "This is none of the choices.",
    "answer.range.outside": "This is not on the scale.",
    "answer.date.not_a_date": "This is no date. Write it as 2026-11-22.",
    "answer.dateTime.not_a_moment": "This is no date and time. Write it as 2026-11-22T14:30.",
    "answer.decimal.not_a_number": "This is no number. Write it as 12.5.",
    "answer.file.bad_name": "This is no name of a file.",
    "answer.geo.not_a_place": "This is no place. Write latitude and longitude, as 41.33 19.82; a line of "
    "points has ';' between them.",
    "answer.integer.not_a_number": "This is no whole number. Write it as 12.",
    "answer.text.too_long": "This text is too long.",
    "answer.time.not_a_time": "This is no time. Write it as 14:30.",
}
_KINDS: Final = {"required": "An answer is required.", "constraint": "This answer is not allowed."}
_RANGE: Final = ("start", "end", "step")
_SEVERAL: Final = frozenset({"select_multiple", "rank"})

Ask = Callable[[str], str]
Say = Callable[[str], None]


class Quit(Exception):
    """The person has had enough."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A place where the preview waits for a line: a question, or the end of a repeat."""

    kind: str
    node: Node


class Preview:
    """A conversation about one entry. `ask` gives the next line, and raises EOFError when there is none."""

    def __init__(self, entry: FormEntry, ask: Ask, say: Say) -> None:
        self.entry = entry
        self._ask = ask
        self._say = say
        self._shown_above: tuple[str, ...] = ()

    def run(self) -> None:
        """From the first question to the record. Ctrl-D and `:quit` go to the record at once."""
        form = self.entry.definition
        self._say(f"{form.titles.get(self.entry.language) or form.id} ({form.id} {form.version})".rstrip())
        self._say("Each line is an answer; :help tells what else can be written. Ctrl-D ends.")
        try:
            self._walk()
        except (EOFError, Quit):
            self._say("\nEnded before the end of the form. Nothing is kept.")
            self._tell_wrong(self.entry.validate())
        self._record()

    def _record(self) -> None:
        form = self.entry.definition
        record = {"form": form.id, "version": form.version, "values": self.entry.values()}
        self._say(json.dumps(record, ensure_ascii=False, indent=2))

    # Going through the form

    def _walk(self) -> None:
        at: Stop | None = self._first()
        while True:
            while at is not None:
                at = self._visit(at)
            wrong = self.entry.validate()
            if not wrong:
                self._say("\nThe form is complete: nothing is missing, nothing is wrong.")
                return
            self._tell_wrong(wrong)
            line = self._line("[Enter] goes to the first of them, :end leaves it so")
            if line in (":end", ":quit"):
                return
            at = self._stop_at(wrong[0].path)

    def _tell_wrong(self, wrong: tuple[Violation, ...]) -> None:
        if wrong:
            self._say(f"\n{len(wrong)} to correct:")
        for violation in wrong:
            self._say(
                f"  {self.entry.state(violation.path).label or _name(violation.path)}: {_told(violation)}"
            )

    def _stops(self) -> list[Stop]:
        """The stops of now, in order. That of a repeat comes after all that is in it."""
        found: list[Stop] = []
        open_: list[Node] = []
        for node in self.entry.outline():
            while open_ and node.depth <= open_[-1].depth:
                found.append(Stop("repeat", open_.pop()))
            if node.kind == "repeat":
                open_.append(node)
            elif node.kind == "question":
                found.append(Stop("question", node))
        found += [Stop("repeat", node) for node in reversed(open_)]
        return [stop for stop in found if stop.kind == "question" or self._may_change(stop.node.path)]

    def _may_change(self, repeat: str) -> bool:
        state = self.entry.repeat(repeat)
        return state.can_add or state.can_remove

    def _first(self) -> Stop | None:
        return next(iter(self._stops()), None)

    def _stop_at(self, path: str) -> Stop | None:
        return next((stop for stop in self._stops() if stop.node.path == path), None)

    def _beside(self, stop: Stop, step: int, before: list[Stop]) -> Stop | None:
        """The next stop (or the one before); where this one is gone, from the nearest that was beside it."""
        order = [each.node.path for each in before]
        index = order.index(stop.node.path)
        now = {each.node.path: each for each in self._stops()}
        if stop.node.path in now:
            stops = list(now)
            after = stops.index(stop.node.path) + step
            return now[stops[after]] if 0 <= after < len(stops) else None
        following = order[index:] if step > 0 else order[:index][::-1]
        return next((now[path] for path in following if path in now), None)

    def _visit(self, stop: Stop) -> Stop | None:
        """Shows a stop, takes one line, and gives the stop that is next; None at the end."""
        self._say_above(stop.node.path)
        if stop.kind == "repeat":
            return self._visit_repeat(stop)
        state = self.entry.state(stop.node.path)
        self._show(state)
        asked = state.type != "note" and not state.readonly
        line = self._line(self._prompt(state) if asked else "[Enter]")
        before = self._stops()
        if line.startswith(":") and not line.startswith("::"):
            return self._command(line, stop, before)
        if not line or not asked:
            return self._beside(stop, 1, before)
        if not self._answer(state, line.removeprefix(":") if line.startswith("::") else line):
            return self._stop_at(stop.node.path)
        return self._beside(stop, 1, before)

    def _answer(self, state: QuestionState, line: str) -> bool:
        """Gives the answer; False when it has to be given again. One against a constraint stays, as in
        the app, and is told."""
        change = self.entry.answer(state.path, _meant(state, line))
        if change.violation is None:
            return True
        self._say(f"  ! {_told(change.violation)}")
        return False

    def _visit_repeat(self, stop: Stop) -> Stop | None:
        path = stop.node.path
        state = self.entry.repeat(path)
        count = len(state.instances)
        ways = ["y adds one" if count == 0 else "y adds another"] if state.can_add else []
        ways += ["'remove N' takes one away"] if state.can_remove else []
        self._say(f"\n{state.label or path}: {count} so far")
        line = self._line(f"[Enter] goes on, {', '.join(ways)}")
        before = self._stops()
        word, _, rest = line.strip().partition(" ")
        if word.lower() in ("y", "yes") and state.can_add:
            added = self.entry.add_instance(path).path
            inside = (each for each in self._stops() if paths.is_within(each.node.path, added))
            return next(inside, self._stop_at(path))
        if word.lower() == "remove" and state.can_remove:
            if not (rest.strip().isdecimal() and 1 <= int(rest) <= count):
                self._say(f"  ! Write 'remove' and a number from 1 to {count}.")
                return stop
            self.entry.remove_instance(state.instances[int(rest) - 1])
            return self._stop_at(path)
        if line.startswith(":"):
            return self._command(line, stop, before)
        if word.lower() not in ("", "n", "no"):
            self._say("  ! This is none of the ways to go on.")
            return stop
        return self._beside(stop, 1, before)

    def _command(self, line: str, stop: Stop, before: list[Stop]) -> Stop | None:
        word, _, rest = line[1:].strip().partition(" ")
        rest = rest.strip()
        if word == "quit":
            raise Quit
        if word == "end":
            return None
        if word == "back":
            return self._beside(stop, -1, before) or self._first()
        if word == "go":
            found = next((s for s in self._stops() if rest in (_name(s.node.path), s.node.path)), None)
            if found is None:
                self._say(f"  ! There is no question '{rest}' now.")
            return found or stop
        if word == "clear" and stop.kind == "question":
            self.entry.answer(stop.node.path, None)
        elif word == "language":
            self._speak(rest)
        elif word == "show":
            self._show_all()
        elif word == "help":
            self._say(HELP)
        else:
            self._say(f"  ! There is no command ':{word}' here. :help tells those that there are.")
        return self._stop_at(stop.node.path)

    def _speak(self, code: str) -> None:
        languages = self.entry.definition.languages
        if code in languages:
            self.entry.language = code
            self._shown_above = ()
        else:
            self._say(f"  ! {_no_language(code, languages)}")

    # Showing

    def _line(self, prompt: str) -> str:
        return self._ask(f"  {prompt} > ").strip()

    def _say_above(self, path: str) -> None:
        """The groups and the instances that a stop is in, where they are other ones than before."""
        above = tuple(
            f"{'  ' * node.depth}== {node.label} =="
            for node in self.entry.outline()
            if node.kind in ("group", "instance")
            and node.label
            and node.path
            and path != node.path
            and paths.is_within(path, node.path)
        )
        for line in above:
            if line not in self._shown_above:
                self._say(f"\n{line}")
        self._shown_above = above

    def _show(self, state: QuestionState) -> None:
        question = self.entry.definition.question_at(state.path)
        star = " *" if state.required else ""
        self._say(f"\n{state.label or question.name}{star}")
        if state.hint:
            self._say(f"  {state.hint}")
        if state.guidance:
            self._say(f"  ({state.guidance})")
        for form, file in state.media.items():
            self._say(f"  [{form}: {file}]")
        if question.constraint:
            self._say(f"  Allowed: {' '.join(question.constraint.split())}")
        given = [f"{name} {value}" for name, value in state.parameters.items() if name in _RANGE]
        if given:
            self._say(f"  Range: {', '.join(given)}")
        for number, choice in enumerate(state.choices, 1):
            self._say(f"  {number:>3}  {choice.label}{_apart(choice)}")
        if question.chooses and not state.choices:
            self._say("  (There is nothing to choose from now.)")
        if state.readonly and state.raw:
            self._say(f"  = {_lexical(state)}")
        if state.violation is not None:
            self._say(f"  ! {_told(state.violation)}")

    def _prompt(self, state: QuestionState) -> str:
        kind = f"{state.type}, several" if state.type == "select_multiple" else state.type
        shown = _lexical(state)
        return f"[{kind}] ({shown})" if shown else f"[{kind}]"

    def _show_all(self) -> None:
        for node in self.entry.outline():
            value = ""
            if node.kind == "question":
                value = f": {_lexical(self.entry.state(node.path))}"
            self._say(f"  {'  ' * node.depth}{node.label or _name(node.path)}{value}")


def _meant(state: QuestionState, line: str) -> str | list[str]:
    """A line as an answer: choices by name or, where no choice has that name, by number."""
    if not state.choices:
        # What nobody can look through is acknowledged by any word.
        return "OK" if state.type == "acknowledge" else line.replace("\\n", "\n")
    names = [choice.name for choice in state.choices]
    if state.type not in _SEVERAL:
        return _choice(names, line)
    if line in names:
        return [line]
    return [_choice(names, word) for word in line.replace(",", " ").split()]


def _lexical(state: QuestionState) -> str:
    return " ".join(state.raw) if isinstance(state.raw, list) else state.raw


def _choice(names: list[str], word: str) -> str:
    if word not in names and word.isdecimal() and 1 <= int(word) <= len(names):
        return names[int(word) - 1]
    return word


def _told(violation: Violation) -> str:
    return violation.message or WORDS.get(violation.code) or _KINDS.get(violation.kind, violation.code)


def _apart(choice: ChoiceView) -> str:
    return f" ({choice.name})" if choice.label != choice.name else ""


def _name(path: str) -> str:
    return paths.template(path).rpartition("/")[2]


def _no_language(code: str, languages: tuple[str, ...]) -> str:
    return f"The form has no language '{code}'. It has: {', '.join(languages)}."


# The command


def declare(parser: argparse.ArgumentParser) -> None:
    """The arguments of `preview`."""
    parser.add_argument("file", type=Path, metavar="FILE", help=".md, .xlsx, .xls or .xml")
    parser.add_argument("--language", metavar="CODE", help="language of the form, as en or ar")


def run(options: argparse.Namespace) -> int:
    """1 for a form that cannot be used or does not have the language; otherwise 0, however it ended."""
    report = check_file(options.file)
    if report.definition is None:
        print("\n".join(report.lines()))
        return 1
    language = options.language
    if language is not None and language not in report.definition.languages:
        print(_no_language(language, report.definition.languages), file=sys.stderr)
        return 1
    entry = FormEntry(
        report.definition,
        language=language,
        now=lambda: datetime.now().astimezone(),
        random=Random(),  # noqa: S311 - nothing secret is made here
    )
    try:
        Preview(entry, _asked, print).run()
    except KeyboardInterrupt:
        print("\nEnded. Nothing is kept.")
        return 130
    return 0


def _asked(prompt: str) -> str:
    """A line of the terminal; what comes through a pipe is shown behind its prompt, as if it were typed."""
    if sys.stdin.isatty():
        return input(prompt)
    print(prompt, end="", flush=True)
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    print(line.rstrip())
    return line

"""A random filler of forms: it answers, clears, adds, removes and changes the language, in any order,
and compares what an entry shows with a full recalculation of the same answers (see recalculation.py).

    python -m tests.forms.filler [FILE…] [--answers 1000] [--every K] [--seed N] [--workers 2]

Without files it fills all of ../shared/wild_forms that pyxform compiles. `--every` says after how many
actions the comparison is made; by default it is rarer the larger the form is, and always made at the end.
A failing form is told with the action after which it went wrong; the same seed does the same again.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from forms.definition import FormDefinition, Question
from forms.dependencies import DependencyGraph
from forms.entry import EntryChange, Node
from forms.errors import FormProblem
from forms.expression.tokens import tokenize
from forms.xform.load import load_form
from forms.xlsform.to_xform import xform_from_xlsform
from tests.forms.recalculation import Difference, Look, begin, differences, look, unequal

WILD = Path(__file__).resolve().parents[3] / "shared" / "wild_forms"
_SUFFIXES = (".xlsx", ".xls", ".xlsm", ".md", ".xml")

LARGEST = 1500
"""A tree of more nodes than this gets no further instances: a count of hundreds would take the time."""

_WORDS = ("", "x", "Ana", 'o\'clock "quoted"', "عائشة", "Ї", "1", "0", "-1", "12.5", "yes", "no", " ", "a b")
_NUMBERS = ("0", "1", "2", "3", "5", "7", "18", "60", "-3", "1.5", "0,25", "٣")
_WRONG = ("abc", "1e400", "9" * 30, "2026-13-40", "25:99", "nowhere", "1;2;3", "--", "\ud83d", "=1+1", "../x")
_DATES = ("2026-11-22", "1999-02-28", "2024-2-29", "0999-01-01", "2026-11-22T10:30:00+01:00")
_TIMES = ("00:00", "9:05", "23:59:59", "12:00:00+02:00")
_PLACES = ("41.33 19.82", "41.33 19.82 110 5", "0 0 0 0; 1 1 0 0; 1 0 0 0; 0 0 0 0", "91 0")


@dataclass(slots=True)
class Outcome:
    """What became of one form."""

    name: str
    questions: int = 0
    answers: int = 0
    actions: int = 0
    checks: int = 0
    seconds: float = 0.0
    problem: str = ""
    failures: list[str] = field(default_factory=list)


class Filler:
    """Fills one entry. Everything it does follows from the seed."""

    def __init__(self, definition: FormDefinition, seed: int | str, largest: int) -> None:
        self.definition = definition
        self.largest = largest
        self.chance = Random(seed)
        self.entry = begin(definition)
        self.said = _literals(definition)
        self.saved = dict(self.entry.opening.values)
        self.screen: Look | None = None
        self.lines: tuple[Node, ...] = self.entry.outline()
        self.answers = 0
        self.last = "opening"

    # Doing

    def act(self) -> None:
        """One action, most often an answer."""
        roll = self.chance.random()
        if roll < 0.04 and len(self.definition.languages) > 1:
            self._speak()
        elif roll < 0.12:
            self._add()
        elif roll < (0.20 if self.size < self.largest // 3 else 0.35):
            self._remove()
        elif roll > 0.99:
            self.last = "validate"
            self.entry.validate()
            self.screen = None
        else:
            self._answer()

    def _answer(self) -> None:
        shown = [line.path for line in self.lines if line.kind == "question"]
        if not shown:
            self.answers += 1
            return
        path = self.chance.choice(shown)
        raw = self._raw(path)
        self.last = f"answer {path} {raw!r}"
        self.answers += 1
        self._took(self.entry.answer(path, raw))
        if self.size > self.largest:
            # A count of hundreds: the same question once more, with a small number.
            self.last = f"answer {path} '1' after {raw!r}"
            self._took(self.entry.answer(path, "1"))

    def _speak(self) -> None:
        language = self.chance.choice(self.definition.languages)
        self.last = f"language {language}"
        self.entry.language = language
        self.screen = None
        self.lines = self.entry.outline()

    def _add(self) -> None:
        repeats = [line.path for line in self.lines if line.kind == "repeat"]
        if repeats and self.size < self.largest:
            path = self.chance.choice(repeats)
            self.last = f"add {path}"
            self._took(self.entry.add_instance(path))

    def _remove(self) -> None:
        instances = [line.path for line in self.lines if line.kind == "instance"]
        if instances:
            path = self.chance.choice(instances)
            self.last = f"remove {path}"
            self._took(self.entry.remove_instance(path))

    def _took(self, change: EntryChange) -> None:
        """What somebody does who saves and redraws what each change tells."""
        for path, value in change.values.items():
            if value is None:
                self.saved.pop(path, None)
            else:
                self.saved[path] = value
        if change.restructured:
            self.screen = None
            self.lines = self.entry.outline()
        elif self.screen is not None:
            self.screen.update({path: self.entry.state(path) for path in change.redraw})

    @property
    def size(self) -> int:
        """The number of nodes in the tree."""
        return len(self.entry._document.by_path)

    # Answers

    def _raw(self, path: str) -> Any:
        question = self.definition.question_at(path)
        chance = self.chance
        roll = chance.random()
        if roll < 0.1:
            return chance.choice((None, "", []))
        if roll < 0.17:
            return chance.choice(_WRONG)
        if question.chooses:
            return self._chosen(path, question)
        if roll < 0.5 and self.said:
            return chance.choice(self.said)
        pools: dict[str, tuple[str, ...]] = {
            "int": _NUMBERS,
            "decimal": _NUMBERS,
            "date": _DATES,
            "dateTime": _DATES,
            "time": _TIMES,
            "geo": _PLACES,
        }
        return chance.choice(pools.get(question.data_type, _WORDS))

    def _chosen(self, path: str, question: Question) -> Any:
        chance = self.chance
        names = [choice.name for choice in question.choices]
        if question.itemset is not None and question.itemset.filtered and chance.random() < 0.8:
            names = [choice.name for choice in self.entry.state(path).choices] or names
        if not names:
            return chance.choice(_WORDS)
        if question.type == "select_one":
            return chance.choice(names)
        if question.type == "rank":
            return chance.sample(names, len(names))
        return chance.sample(names, chance.randint(1, min(4, len(names))))

    # Comparing

    def compare(self) -> list[Difference]:
        """All that is wrong now: beside a recalculation, in what was told to save, in what was redrawn."""
        found = list(differences(self.entry))
        if not self.last.startswith("language"):
            # A new language is not an answer; what it changes is told with the next one.
            found += unequal("told", self.saved, self.entry.values())
        seen = look(self.entry)
        if self.screen is not None:
            found += unequal("redrawn", self.screen, seen)
        self.screen = seen
        return found


def _literals(definition: FormDefinition) -> list[str]:
    """What the form's expressions compare with, so that conditions come true now and then."""
    found: dict[str, None] = {}
    for source in expressions_of(definition):
        try:
            tokens = tokenize(source)
        except FormProblem:
            continue
        for token in tokens:
            if token.kind == "literal" and len(token.text) < 40:
                found[token.text] = None
            elif token.kind == "number" and len(token.text) < 8:
                found[token.text] = None
                found[str(int(float(token.text)) + 1)] = None
    return [text for text in found if text]


def expressions_of(definition: FormDefinition) -> Iterator[str]:
    """All expressions of a form, as often as they occur."""
    for _, sources in DependencyGraph.of(definition)._sources():
        yield from sources
    for set_value in definition.set_values:
        yield set_value.expression


def fill(
    definition: FormDefinition,
    seed: int | str,
    answers: int,
    every: int | None = None,
    largest: int = LARGEST,
) -> tuple[Filler, list[str], int, int]:
    """Fills a new entry with so many answers; the failures, the number of actions and of comparisons.

    A comparison costs about as much as an answer for each node. Without `every` it is therefore made
    after one action for each 40 nodes that the tree has then. It ends at the first that fails: what comes
    after follows from it.
    """
    filler = Filler(definition, seed, max(largest, 2 * len(definition.questions)))
    failures = [f"after the opening: {found}" for found in filler.compare()]
    actions, checks, since = 0, 1, 0
    while filler.answers < answers and not failures:
        filler.act()
        actions += 1
        since += 1
        if since >= (every or filler.size // 40) or filler.answers >= answers:
            checks += 1
            since = 0
            failures = [f"after action {actions}, {filler.last}: {found}" for found in filler.compare()]
    return filler, failures, actions, checks


def source_of(path: Path) -> str:
    return path.read_text("utf-8") if path.suffix == ".xml" else xform_from_xlsform(path).xml


def fill_file(path: Path, answers: int, every: int | None, seed: int) -> Outcome:
    """Fills one form's file, and never raises."""
    outcome = Outcome(path.stem)
    start = time.perf_counter()
    try:
        xml = source_of(path)
    except FormProblem as problem:
        outcome.problem = f"not converted: {problem}"
        return outcome
    try:
        definition = load_form(xml)
    except FormProblem as problem:
        outcome.problem = f"refused: {problem}"
        return outcome
    try:
        outcome.questions = len(definition.questions)
        filler, outcome.failures, outcome.actions, outcome.checks = fill(
            definition, f"{seed}:{path.name}", answers, every
        )
        outcome.answers = filler.answers
    except Exception:
        outcome.failures.append(traceback.format_exc(limit=-6))
    outcome.seconds = time.perf_counter() - start
    return outcome


def _print(outcome: Outcome) -> None:
    word = "FAILED" if outcome.failures else "-" if outcome.problem else "ok"
    print(
        f"{word:6} {outcome.name[-60:]:60} {outcome.questions:5} questions {outcome.answers:5} answers "
        f"{outcome.actions:5} actions {outcome.checks:5} comparisons {outcome.seconds:6.1f} s",
        flush=True,
    )
    for line in outcome.failures[:5] or ([outcome.problem] if outcome.problem else []):
        print("       ", line)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--answers", type=int, default=1000)
    parser.add_argument("--every", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    chosen = parser.parse_args()
    files = chosen.files or sorted(path for path in WILD.glob("*") if path.suffix in _SUFFIXES)
    if not files:
        print(f"no forms: {WILD} is not there, and no file was named")
        return 2
    start = time.perf_counter()
    outcomes: list[Outcome] = []
    with ProcessPoolExecutor(chosen.workers) as pool:
        started = [pool.submit(fill_file, path, chosen.answers, chosen.every, chosen.seed) for path in files]
        for one in started:
            outcomes.append(one.result())
            _print(outcomes[-1])
    converted = [outcome for outcome in outcomes if not outcome.problem]
    failed = [outcome for outcome in converted if outcome.failures]
    refused = sum(outcome.problem.startswith("refused") for outcome in outcomes)
    print(
        f"{len(converted)} of {len(files)} forms filled, {refused} refused though they were converted: "
        f"{sum(o.answers for o in converted)} answers, {sum(o.actions for o in converted)} actions, "
        f"{sum(o.checks for o in converted)} comparisons in {time.perf_counter() - start:.0f} s; "
        f"{len(failed)} failed"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

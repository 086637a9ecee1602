"""Scenarios recorded from a reference engine: a form, what was done with it, its state after each step.

Two tiers. What the recorded test itself asserted (`read`, `read_choices`, `serialize`, `validate`) must
hold for a scenario to pass. The whole state after each step is compared too, and counted apart.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import Element as Xml
from zoneinfo import ZoneInfo

from defusedxml import ElementTree

from forms import paths
from forms.conformance.state import positional, whole_state
from forms.entry import FormEntry
from forms.errors import FormProblem
from forms.surroundings import Surroundings
from forms.xform.external_data import with_external_data
from forms.xform.load import load_form
from forms.xform.submission import read_submission, submission

Case = Mapping[str, Any]
State = dict[str, dict[str, Any]]

_ASSERTED = frozenset({"read", "read_choices", "serialize", "validate"})
#: Where the recorder's device said it was.
_PLACE = "38.295 21.7567 110.0 5.0"
_MADE_UP = re.compile(r"uuid:[0-9a-f-]{36}")


@dataclass(slots=True)
class ScenarioOutcome:
    """What became of one scenario. `misses` are asserted steps, `differences` steps whose state differs."""

    misses: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    asserted: int = 0
    compared: int = 0

    @property
    def passed(self) -> bool:
        return not self.misses


def run_scenario(case: Case) -> ScenarioOutcome:
    """Goes through the steps of one scenario. What cannot be done is a miss, never an exception."""
    outcome = ScenarioOutcome(asserted=sum(step["op"] in _ASSERTED for step in case["steps"]))
    try:
        player = _Player(case)
    except (FormProblem, ValueError) as problem:
        outcome.misses.append(f"cannot begin: {problem}")
        return outcome
    for number, step in enumerate(case["steps"]):
        place = f"step {number} ({step['op']} {step.get('ref', '')})"
        try:
            miss = player.play(step)
        except (FormProblem, ValueError, KeyError) as problem:
            outcome.misses.append(f"{place}: {problem!r}")
            return outcome
        if miss:
            outcome.misses.append(f"{place}: {miss}")
        if "changed" in step:
            outcome.compared += 1
            difference = player.compare(step)
            if difference:
                outcome.differences.append(f"{place}: {difference}")
    return outcome


class _Player:
    """One scenario being played: our entry, and the state that the reference engine has by now."""

    def __init__(self, case: Case) -> None:
        resources = {source: file["data"] for source, file in case["resources"].items()}
        self.definition = load_form(with_external_data(case["form_xml"], resources.get))
        zone = ZoneInfo(case["tz"])
        moment = datetime.fromisoformat(case["now"].replace("Z", "+00:00")).astimezone(zone)
        self.now = lambda: moment
        given = case["edit_instance"]
        if given:
            self.entry = read_submission(self.definition, given, now=self.now, random=_chance(), edit=True)
        else:
            self.entry = FormEntry(
                self.definition,
                now=self.now,
                random=_chance(),
                surroundings=Surroundings(location=lambda: _PLACE),
            )
        self.expected: State = {}

    def play(self, step: Case) -> str:
        """Does the step; a word on what is not as asserted, else the empty text."""
        act = getattr(self, f"_{step['op']}", None)
        if act is None:
            return "unknown step"
        return act(step) or ""

    def compare(self, step: Case) -> str:
        """The first difference between the whole states; the empty text when there is none."""
        for gone in step.get("removed", ()):
            self.expected.pop(gone, None)
        self.expected.update(step["changed"])
        found = whole_state(self.entry)
        for path in {**self.expected, **found}:
            wanted, have = self.expected.get(path), found.get(path)
            if wanted is None or have is None:
                return f"{path} is {'ours alone' if wanted is None else 'missing'}"
            for name, value in wanted.items():
                if not _same(value, have.get(name)):
                    return f"{path} {name}: {have.get(name)!r}, not {value!r}"
        return ""

    # Steps

    def _init(self, step: Case) -> None:
        return None

    def _answer(self, step: Case) -> None:
        given = step["given"]
        if isinstance(given, str) and given.startswith("[object "):
            given = step["stored"]
        if isinstance(given, list):
            given = " ".join(given)
        elif isinstance(given, bool):
            given = "1" if given else "0"
        self.entry.put(self._path(step["ref"]), "" if given is None else str(given))

    def _new_repeat(self, step: Case) -> None:
        parent, _, name = step["ref"].rpartition("/")
        above = self._path(parent)
        self.entry.add_instance(f"{above}/{name}" if above else name)

    def _remove_repeat(self, step: Case) -> None:
        self.entry.remove_instance(self._path(step["ref"]))

    def _set_language(self, step: Case) -> None:
        self.entry.language = step["language"]

    def _fork(self, step: Case) -> None:
        """Written down and read in again. What the recorder read in may have been another submission, of
        which it kept nothing: then the answers that changed are what that one held.
        """
        self.entry = read_submission(
            self.definition, submission(self.entry), now=self.now, random=_chance(), edit=False
        )
        for place, state in step["changed"].items():
            path = {where: path for path, where in positional(self.entry).items()}.get(place)
            question = self.definition.questions.get(paths.template(path or ""))
            if path is not None and question is not None and question.asks:
                self.entry.put(path, state["value"])

    def _read(self, step: Case) -> str:
        state = whole_state(self.entry).get(step["ref"])
        if state is None:
            return "there is no such node"
        if not _same(step["value"], state.get("value")):
            return f"value {state.get('value')!r}, not {step['value']!r}"
        if state["relevant"] != step["relevant"]:
            return f"relevant {state['relevant']}, not {step['relevant']}"
        return ""

    def _read_choices(self, step: Case) -> str:
        options = whole_state(self.entry).get(step["ref"], {}).get("options")
        return "" if options == step["options"] else f"choices {options}, not {step['options']}"

    def _serialize(self, step: Case) -> str:
        ours, theirs = _parsed(submission(self.entry)), _parsed(step["xml"])
        return "" if ours == theirs else f"{ours}, not {theirs}"

    def _validate(self, step: Case) -> str:
        places = positional(self.entry)
        ours = [{"ref": places[each.path], "condition": each.kind} for each in self.entry.validate()]
        theirs = [{"ref": each["ref"], "condition": each["condition"]} for each in step["violations"]]
        return "" if ours == theirs else f"violations {ours}, not {theirs}"

    def _path(self, reference: str) -> str:
        for path, place in positional(self.entry).items():
            if place == reference:
                return path
        raise KeyError(reference)


def _chance() -> random.Random:
    return random.Random(1)  # noqa: S311 - nothing secret is made here


def _same(wanted: Any, have: Any) -> bool:
    if isinstance(wanted, str) and isinstance(have, str):
        return _MADE_UP.sub("uuid", wanted) == _MADE_UP.sub("uuid", have)
    return bool(wanted == have)


def _parsed(xml: str) -> Any:
    def shape(element: Xml) -> Any:
        inner = [shape(child) for child in element]
        text = "" if inner else _MADE_UP.sub("uuid", element.text or "")
        return element.tag, sorted(element.attrib.items()), text, inner

    return shape(ElementTree.fromstring(xml, forbid_dtd=True))

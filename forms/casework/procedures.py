"""Procedures and leaflets: what each stage asks for, ticked by who did it, and what people are handed.

A procedure informs and is accounted for; it forbids nothing (what forbids is a gate). A step that is left
out is a deviation, and a deviation without a reason is an open step.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Any, Final, Literal

from forms.casework.case import STAGES, Stage
from forms.casework.due.statements import latest_of_each, statements
from forms.casework.facts import Evidence
from forms.casework.tables import Table
from forms.xform.recordings import is_slot

StepState = Literal["open", "done", "deviated"]
_STEP: Final = frozenset({"id", "stage", "title", "guidance", "minors"})
_LEAFLET: Final = frozenset({"id", "title", "text", "audio", "unreviewed"})


@dataclass(frozen=True, slots=True)
class Step:
    """One step. Texts are by language; `minors`: it is asked for only where the person may be a minor."""

    id: str
    stage: Stage
    title: Mapping[str, str]
    guidance: Mapping[str, str]
    minors: bool = False


@dataclass(frozen=True, slots=True)
class Leaflet:
    """A leaflet in several languages. `audio` is its slot for recorded speech, as a question has one: an
    office records `<audio>-<language>.m4a`; empty where there is none. `unreviewed` are languages whose text
    no native speaker has signed off, which is shown on it."""

    id: str
    title: Mapping[str, str]
    text: Mapping[str, str]
    audio: str = ""
    unreviewed: frozenset[str] = frozenset()

    def language_for(self, wanted: str) -> str:
        """The one that is handed out: the wanted one, its base (`ar` for `ar_MA`), or English."""
        for each in (wanted, wanted.partition("_")[0].partition("-")[0]):
            if each in self.text:
                return each
        return "en"


@dataclass(frozen=True, slots=True)
class Item:
    """A step in a case: done or deviated from by whom and when. A deviation has its reason."""

    step: Step
    state: StepState
    by: str = ""
    on: date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Procedures:
    """The lists `steps` and `leaflets` of a programme's procedures, in the order of the file."""

    steps: tuple[Step, ...] = ()
    leaflets: tuple[Leaflet, ...] = ()

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> Procedures:
        """Problem form.programme.section_invalid, also for two of one id and for texts without English."""
        given = Table("procedures", table, frozenset({"steps", "leaflets"}))
        steps = [_step(each) for each in given.tables("steps", _STEP)]
        leaflets = [_leaflet(each) for each in given.tables("leaflets", _LEAFLET)]
        for key, ids in (("steps", [s.id for s in steps]), ("leaflets", [each.id for each in leaflets])):
            if len(set(ids)) != len(ids):
                raise given.wrong(key)
        return cls(tuple(steps), tuple(leaflets))

    def checklist(self, stage: Stage, evidence: Iterable[Evidence], minor: bool) -> tuple[Item, ...]:
        """The steps of a stage as they stand in a case; the last word on each step counts, so that a tick
        can be taken back. Who has done it is the one whom the record names, else its author.
        """
        said = statements(evidence, date.max, "procedure.step")
        last = latest_of_each((step, each) for each in said for step in sorted(each.chosen("procedure.step")))
        wanted = (each for each in self.steps if each.stage == stage and (minor or not each.minors))
        return tuple(_item(step, last.get(step.id, [])) for step in wanted)

    def leaflet(self, id: str) -> Leaflet | None:
        return next((each for each in self.leaflets if each.id == id), None)


def built_in() -> Procedures:
    """Homeward's own procedures and leaflets, for programmes that bring none."""
    text = (files("forms.casework") / "procedures.toml").read_text(encoding="utf-8")
    return Procedures.from_table(tomllib.loads(text))


def _item(step: Step, said: list[Evidence]) -> Item:
    """Of several words of one moment the one that leaves most to do."""
    items = [_one_word(step, each) for each in said]
    order: tuple[StepState, ...] = ("open", "deviated", "done")
    return min(items, key=lambda item: order.index(item.state), default=Item(step, "open"))


def _one_word(step: Step, each: Evidence) -> Item:
    reason, done = each.text("procedure.deviation").strip(), each.text("procedure.done")
    by = each.text("procedure.by") or each.author
    if done == "yes":
        return Item(step, "done", by, each.on, reason)
    if done == "no" and reason:
        return Item(step, "deviated", by, each.on, reason)
    return Item(step, "open")


def _step(table: Table) -> Step:
    stage, minors = table.text("stage"), table.text("minors", "no")
    if stage not in STAGES:
        raise table.wrong("stage")
    if minors not in ("yes", "no"):
        raise table.wrong("minors")
    title, guidance = _in_english(table, "title"), _in_english(table, "guidance")
    return Step(table.text("id"), stage, title, guidance, minors == "yes")


def _leaflet(table: Table) -> Leaflet:
    title, text = _in_english(table, "title"), _in_english(table, "text")
    audio = table.text("audio", "")
    if audio and not is_slot(audio):
        raise table.wrong("audio")
    return Leaflet(table.text("id"), title, text, audio, frozenset(table.words("unreviewed")))


def _in_english(table: Table, key: str) -> dict[str, str]:
    texts = table.texts(key)
    if not texts.get("en", "").strip():
        raise table.wrong(key)
    return {"en": texts["en"], **texts}

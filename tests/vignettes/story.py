"""A situation told in its own words, and every fact of it answered in a form of the library.

A test quotes the situation phrase by phrase: `fact` answers a phrase in a form, `rule` says which rule speaks
to it. At the end nothing of the text may be left over but small words, and hardly anything may have gone into
'other' or a remark. What the rules read are these very records.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any, Final, Literal

from forms import paths
from forms.casework.age import age
from forms.casework.case import Case
from forms.casework.facts import Evidence, evidence
from forms.definition import FormDefinition, Question
from forms.entry import FormEntry
from forms.record import Record

CODE: Final = "AL-7Q4KD2M-X"
Place = Literal["question", "other", "remark", "nowhere"]

#: Questions that take whatever has no question: the last part of their meaning.
_REMARKS: Final = frozenset({"remarks", "notes", "observation", "summary", "reasons"})
#: Words that tell no fact by themselves.
_SMALL: Final = frozenset(
    {
        *("a", "an", "the", "and", "or", "but", "of", "in", "on", "at", "to", "by", "for", "from", "with"),
        *("as", "is", "are", "was", "has", "have", "had", "be", "she", "he", "her", "his", "they", "its"),
        *("that", "who", "whom", "which", "it", "there", "then", "now", "only", "also", "not", "nor"),
        *("after", "before", "while", "when", "where"),
    }
)
_MOST_ELSEWHERE: Final = 0.10


@dataclass(frozen=True)
class Fact:
    words: str
    form: str
    place: Place


class Story:
    """One situation. `text` is what a caseworker is told; `definitions` are the forms of the library."""

    def __init__(self, definitions: Mapping[str, FormDefinition], text: str, name: str = "") -> None:
        self.definitions = definitions
        self.text = " ".join(text.split())
        self.name = name
        self.facts: list[Fact] = []
        self.spoken: list[str] = []
        self.followed: list[str] = []
        self.by_hand: set[str] = set()
        self.sheets: list[Sheet] = []
        self.ended = False

    def sheet(
        self, form: str, on: date, *, by: str = "mira", country: str = "AL", office: str = "tirana",
        at: time = time(20, 0), again: bool = False,
    ) -> Sheet:  # fmt: skip
        """A form that is filled in on a day, in an office. `again`: the record of before is gone on with."""
        if again:
            return next(each for each in reversed(self.sheets) if each.form.id == form)
        number = len(self.sheets) + 1
        sheet = Sheet(self, self.definitions[form], f"{number:03}", on, by, country, office, at)
        self.sheets.append(sheet)
        return sheet

    def rule(self, words: str, spoken: object) -> None:
        """A rule speaks to these words of the text, as it should."""
        self._in_text(words)
        assert spoken, words
        self.spoken.append(words)

    def follows(self, words: str, spoken: object) -> None:
        """These words are no answer of anybody: they are what a rule makes of the records."""
        self.rule(words, spoken)
        self.followed.append(words)

    def evidence(self, until: date = date.max) -> list[Evidence]:
        """What the rules read of all records that were finished up to a day."""
        return [sheet.evidence() for sheet in self.sheets if sheet.on <= until]

    def case(self, **changes: Any) -> Case:
        """The case as its file tells it."""
        files = [sheet for sheet in self.sheets if sheet.form.id == "case_file"]
        return replace(Case.from_values(files[-1].entry.values()), **changes)

    def of_age(self, on: date) -> str:
        """What the app says of the person's age by all that was told so far, as `case.of_age`."""
        told = [
            evidence(each.form, Record(each.id, each.id, each.form.id, "", "finished", values), on=each.on)
            for each in self.sheets
            if (values := each.entry.values())
        ]
        files = [each for each in self.sheets if each.form.id == "case_file"]
        case = Case.from_values(files[-1].entry.values() if files else {})
        return "no" if age(case, told, on).minor_on(on) else "yes"

    def end(self) -> None:
        """Both demands: every word has its place, and hardly any of them in 'other' or a remark."""
        self.ended = True
        for sheet in self.sheets:
            sheet.evidence()
        assert not self.left_over(), f"nobody has recorded: {self.left_over()}"
        assert self.spoken
        assert self.elsewhere <= _MOST_ELSEWHERE, [fact for fact in self.facts if fact.place != "question"]

    @property
    def elsewhere(self) -> float:
        """The share of facts that had no question of their own."""
        return sum(fact.place != "question" for fact in self.facts) / len(self.facts)

    def left_over(self) -> list[str]:
        """The words of the text that are in no record and follow from none; small ones left out."""
        told = bytearray(len(self.text))
        for words in {*(fact.words for fact in self.facts), *self.followed}:
            for found in re.finditer(re.escape(words), self.text):
                told[found.start() : found.end()] = b"x" * len(words)
        words = re.finditer(r"\w+", self.text)
        return [w[0] for w in words if not told[w.start()] and w[0].casefold() not in _SMALL]

    def tally(self) -> str:
        other = [fact for fact in self.facts if fact.place in ("other", "remark")]
        nowhere = [fact.words for fact in self.facts if fact.place == "nowhere"]
        placed = len(self.facts) - len(other) - len(nowhere)
        return (
            f"{self.name}: {placed} facts placed, {len(other)} in other or a remark"
            f" {[fact.words for fact in other] or ''}, {len(nowhere)} without a place {nowhere or ''},"
            f" {len(self.spoken)} rules, by hand: {', '.join(sorted(self.by_hand)) or 'nothing'}"
        )

    def _in_text(self, words: str) -> None:
        assert words in self.text, f"the story does not say: {words}"


class Sheet:
    """One record being filled in as on a screen: only what is asked can be answered, and nothing refused."""

    def __init__(
        self, story: Story, form: FormDefinition, id: str, on: date, by: str, country: str, office: str,
        at: time,
    ) -> None:  # fmt: skip
        self.story, self.form, self.id = story, form, id
        self.on, self.by, self.country, self.office = on, by, country, office
        self.entry = FormEntry(
            form, language="en", now=lambda: datetime.combine(on, at, UTC), random=random.Random(int(id)),
            facts={"case.code": CODE, "case.office": office, "case.of_age": story.of_age(on)},
        )  # fmt: skip
        self._by_hand: dict[str, Any] = {}
        self._rows: set[str] = set()

    def fact(self, words: str, **answers: Any) -> Sheet:
        """These words of the story, answered by the names of questions."""
        return self._fact(words, answers, "")

    def usual(self, **answers: Any) -> Sheet:
        """What the form asks for and the story does not tell."""
        for name, raw in answers.items():
            self._answer(name, raw, "")
        return self

    def row(self, repeat: str) -> RowOf:
        """One more of a repeat."""
        (path,) = [n.path for n in self.entry.outline() if n.kind == "repeat" and _last(n.path) == repeat]
        return RowOf(self, self._new_row(path))

    def meant(self, words: str, **answers: Any) -> Sheet:
        """Like `fact`, by meanings (`case__region`), some of which no question may have yet: those count as
        facts without a place, and the rules are told of them by hand."""
        places = self.by_meaning(**answers)
        self._told(words, "nowhere" if "nowhere" in places else "question")
        return self

    def by_meaning(self, **answers: Any) -> list[Place]:
        """What the office decides by itself, by meanings; what no question has yet, the rules are told."""
        places: list[Place] = []
        for name, raw in answers.items():
            meaning = name.replace("__", ".")
            asked = [q for q in self.form.questions.values() if q.meaning == meaning]
            if not asked:
                self._by_hand[meaning] = raw
                self.story.by_hand.add(meaning)
                places.append("nowhere")
                continue
            within = ""
            if "[" in asked[0].path or asked[0].path not in self._asked():
                repeat = next(path for path in self.form.groups if asked[0].path.startswith(f"{path}/"))
                within = self._new_row(repeat)
            self._answer(asked[0].name, raw, within)
            places.append("question")
        return places

    def offered(self, name: str, *choices: str) -> str:
        """The first of these choices that the question has."""
        question = next(q for q in self.form.questions.values() if q.name == name)
        names = {choice.name for choice in question.choices}
        return next(choice for choice in choices if choice in names)

    def value(self, name: str) -> Any:
        return {_last(path): value for path, value in self.entry.values().items()}.get(name)

    def shown(self) -> set[str]:
        """The names of all that is on the screen, notes too."""
        return {_last(node.path) for node in self.entry.outline()}

    def refuses(self, **answers: Any) -> bool:
        """Whether the form takes none of these answers."""
        refused = True
        for name, raw in answers.items():
            path, before = self._path(name, ""), self.value(name)
            refused = refused and self.entry.answer(path, raw).violation is not None
            self.entry.answer(path, before)
        return refused

    def evidence(self) -> Evidence:
        """What the rules read; the record must be such that it can be finished."""
        missing = self.entry.validate()
        assert missing == (), (self.form.id, missing)
        record = Record(self.id, self.id, self.form.id, self.form.version, "finished", self.entry.values())
        found = evidence(
            self.form,
            record,
            on=self.on,
            country=self.country,
            office=self.office,
            author=self.by,
            order=self.id,
        )
        return replace(found, values={**found.values, **self._by_hand})

    def _fact(self, words: str, answers: Mapping[str, Any], within: str) -> Sheet:
        placed: set[Place] = {self._answer(name, raw, within) for name, raw in answers.items()}
        self._told(words, next(place for place in ("remark", "other", "question") if place in placed))  # type: ignore[arg-type]
        return self

    def _told(self, words: str, place: Place) -> None:
        self.story._in_text(words)
        self.story.facts.append(Fact(words, self.form.id, place))

    def _answer(self, name: str, raw: Any, within: str) -> Place:
        path = self._path(name, within)
        assert not self.entry.state(path).readonly, name
        change = self.entry.answer(path, raw)
        assert change.violation is None, (self.form.id, name, raw, change.violation)
        question = self.form.questions[paths.template(path)]
        assert isinstance(question, Question)
        if (question.meaning or "").rpartition(".")[2] in _REMARKS:
            return "remark"
        chosen = raw if isinstance(raw, list | tuple) else [raw]
        return "other" if question.chooses and "other" in chosen else "question"

    def _new_row(self, repeat: str) -> str:
        """An instance of a repeat that nobody has written in: a form may begin with one."""
        nodes = self.entry.outline()
        found = [n.path for n in nodes if n.kind == "instance" and n.path.startswith(f"{repeat}[")]
        empty = [path for path in found if path not in self._rows]
        path = empty[0] if empty else self.entry.add_instance(repeat).path
        self._rows.add(path)
        return path

    def _asked(self) -> list[str]:
        return [node.path for node in self.entry.outline()]

    def _path(self, name: str, within: str) -> str:
        found = [path for path in self._asked() if _last(path) == name and path.startswith(within)]
        assert len(found) == 1, f"{self.form.id} does not ask for {name} (now): {found}"
        return found[0]


@dataclass(frozen=True)
class RowOf:
    """One instance of a repeat."""

    sheet: Sheet
    path: str

    def fact(self, words: str, **answers: Any) -> RowOf:
        self.sheet._fact(words, answers, self.path)
        return self

    def usual(self, **answers: Any) -> RowOf:
        for name, raw in answers.items():
            self.sheet._answer(name, raw, self.path)
        return self


def _last(path: str) -> str:
    return path.rpartition("/")[2]

"""One form of the library filled in at random, as by a hurried worker, and what is looked at then.

A filling answers in any order, goes back, changes, clears, adds and takes away rows, changes the language,
thinks better of an answer and takes that back; then it puts right what is wrong, and finishes. It is checked
that

- the record is what a recalculation from scratch gives (see tests/forms/recalculation.py);
- a draft that is put away and taken up again is the same draft;
- an answer that is changed and changed back has hidden no other for good;
- the short form displays and changes nothing of the answers, and no answer is lost by ending a contact in it;
- what is finished is written as a submission, and is read back as the same record.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from forms import paths
from forms.definition import FormDefinition, Repeat
from forms.discreet import ShortForm, end_partial, outcome_of
from forms.entry import EntryChange, FormEntry
from forms.xform.submission import read_submission, submission
from tests.forms.filler import Filler
from tests.forms.recalculation import NOON, SteadyChance, differences, unequal

#: Nodes after which a repeat gets no more rows: nobody has hundreds of needs.
_LARGEST: Final = 160
_FEWEST, _MOST = 10, 45
#: So often what is wrong is looked for and put right before a record counts as one that cannot be finished.
_ROUNDS: Final = 40
#: A question or choice that no filling has met yet is taken so much more often.
_CURIOUS: Final = 0.4

#: What a condition compares an answer with: `/data/x/name = 'word'`, `selected(/data/x/name, 'word')`.
_COMPARED: Final = re.compile(r"(?:selected\(\s*)?([\w/.]+)\s*(?:=|,)\s*'(\w+)'")

#: (form, question, answer) that calls for a stop and takes back what was answered before, each for a reason.
TAKEN_BACK: Final = frozenset(
    {
        # Nobody speaks with who has not arrived or has left; what was written before was of somebody else.
        ("airport_reception", "identity/reception_outcome", "not_arrived"),
        ("airport_reception", "identity/reception_outcome", "unknown_person"),
        # Who declines the reception is escorted nowhere, and handed over to nobody.
        ("airport_reception", "identity/reception_outcome", "declined"),
        # How a consent was given is no part of a refusal.
        ("consent", "choice/decision", "refused"),
        ("consent", "choice/decision", "withdrawn"),
        # Who declines a check-up, or does not want to testify, has nothing kept of it.
        ("check_up", "offer/agreed", "declined"),
        ("testimony", "wish_group/wish", "no"),
        # Nobody was met.
        ("monitoring_contact", "contact/outcome", "unreachable"),
        ("child_monitoring", "contact/outcome", "unreachable"),
        ("child_monitoring", "contact/outcome", "moved"),
        # Where there is no guardian, the papers are none of a guardian.
        ("guardian_and_tracing", "guardianship/guardian_appointed", "no"),
        # Conditions of a fitness that is not there, the name of an escort that is none, the place of a return
        # that is not wanted, a reception that was declined.
        ("travel", "papers/fit_to_travel", "no"),
        ("travel", "route/leg/leg_escort", "none"),
        ("travel", "route/leg/leg_escort", "chosen"),
        ("travel", "at_the_end/reception", "declined"),
        ("durable_solution", "decision_group/decision", "stay"),
        # Who complains is not asked for papers, as who wants to see the own file is.
        ("feedback", "feedback_kind", "misconduct"),
        ("feedback", "feedback_kind", "complaint"),
        # Without consent nobody is told anything; where another ground counts, no consent was looked at.
        ("skills_and_contacts", "contacts/contact_consent", "refused"),
        ("skills_and_contacts", "contacts/contact_consent", "withdrawn"),
        ("skills_and_contacts", "contacts/contact_consent", "not_asked"),
        ("skills_and_contacts", "contacts/contact_consent", "no_answer"),
        ("exchange", "before/ground", "vital_interest"),
        ("exchange", "before/ground", "duty_to_report"),
        # Who wants all erased corrects no entry.
        ("feedback", "feedback_kind", "erasure"),
        # The household is not looked at where an organisation takes the child in.
        ("family_assessment", "about/taken_in_by", "organisation"),
        # The reason for passing on without consent goes with the ground that it is the reason of.
        ("referral", "sharing/consent_covers", "no"),
        ("referral", "sharing/consent_covers", "not_asked"),
        # Nobody has heard the person for this closure.
        ("closure", "ending/outcome", "retrafficking"),
    }
)

Choice = tuple[str, str]

#: (form, question, choice) that no record is finished with: who takes it is told what to do instead.
ALWAYS_REFUSED: Final = frozenset(
    {
        ("consent", "given/understood", "no"),
        ("consent", "given/pressure", "yes"),
        ("consent", "given/witness_fits", "no"),
    }
)


@dataclass(slots=True)
class Tally:
    """What became of the fillings of one form."""

    form: str
    questions: int = 0
    fillings: int = 0
    answers: int = 0
    finished: int = 0
    languages: int = 0
    rows: int = 0
    reconsidered: int = 0
    hidden: int = 0
    """Answers that another answer hid, and that came back with it."""
    stops: int = 0
    """How often a change of an answer called for a safety stop."""
    seconds: float = 0.0
    dead_questions: tuple[str, ...] = ()
    dead_choices: tuple[Choice, ...] = ()
    failures: list[str] = field(default_factory=list)
    hidden_by_stops: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def dead(self) -> bool:
        return bool(self.dead_questions or self.dead_choices)


class Met:
    """What the fillings of one form have met so far, and what there is to meet."""

    def __init__(self, definition: FormDefinition) -> None:
        self.questions = {path for path, each in definition.questions.items() if each.visible}
        self.choices = {
            (path, choice.name)
            for path, each in definition.questions.items()
            if each.asks and (each.readonly or "").strip() not in ("true()", "yes")
            for choice in each.choices
            if (definition.id, path, choice.name) not in ALWAYS_REFUSED
        }
        self.open_questions = set(self.questions)
        self.open_choices = set(self.choices)


class Filling(Filler):
    """One filling of one form; everything in it follows from the seed."""

    def __init__(self, definition: FormDefinition, seed: str, met: Met, tally: Tally) -> None:
        super().__init__(definition, seed, _LARGEST)
        self.met = met
        self.tally = tally
        self._begin_with_facts()
        self.stops = {
            path for path, each in definition.questions.items() if each.type == "note" and each.relevant
        }
        self.set_by_others = {each.target for each in definition.set_values}
        self._meet()

    def _begin_with_facts(self) -> None:
        """Begins anew with what the case says already, as it may be; often the case does not say it."""
        facts = {
            each.meaning: self.chance.choice([choice.name for choice in each.choices] or ["AL-7Q4KD2M-X"])
            for each in self.definition.questions.values()
            if each.meaning and (each.readonly or "").strip() == "true()" and self.chance.random() < 0.5
        }
        self.entry = FormEntry(
            self.definition,
            now=lambda: NOON,
            random=SteadyChance(),
            facts=facts,
            language=self.entry.language,
        )
        self.saved = dict(self.entry.opening.values)
        self.lines = self.entry.outline()

    # Doing

    def fill(self) -> Iterator[str]:
        """The whole filling, with all that is found wrong in it."""
        for _ in range(self.chance.randint(_FEWEST, _MOST)):
            if self.chance.random() < 0.12:
                yield from self._reconsider()
            else:
                self.act()
        self._open_the_way()
        self._curious()
        self.tally.answers += self.answers
        yield from self._checked("as a draft")
        if self._put_right():
            self.tally.finished += 1
            yield from self._checked("finished")
            yield from self._sent()
        else:
            wrong = ", ".join(f"{each.path} ({each.kind})" for each in self.entry.validate())
            yield f"cannot be finished: {wrong}"

    def _speak(self) -> None:
        super()._speak()
        self.tally.languages += 1

    def _add(self) -> None:
        before = self.size
        super()._add()
        self.tally.rows += self.size > before

    def _answer(self) -> None:
        """As any filler, and rather what no filling has met yet."""
        fresh = [
            line.path
            for line in self.lines
            if line.kind == "question"
            and any(path == paths.template(line.path) for path, _ in self.met.open_choices)
        ]
        if not fresh or self.chance.random() > _CURIOUS:
            super()._answer()
            return
        path = self.chance.choice(fresh)
        names = [name for at, name in sorted(self.met.open_choices) if at == paths.template(path)]
        name = self.chance.choice(names)
        raw = [name] if self.definition.question_at(path).type == "select_multiple" else name
        self.last = f"answer {path} {raw!r}"
        self.answers += 1
        self._took(self.entry.answer(path, raw))

    def _took(self, change: EntryChange) -> None:
        super()._took(change)
        self._meet()
        question = self.definition.questions.get(paths.template(change.path))
        if question is not None and question.chooses and change.violation is None:
            # Not `change.values`: an answer that was refused before is kept, and is no change any more.
            for name in self.entry.document.at(change.path).text.split():
                self.met.open_choices.discard((question.path, name))
                if (self.definition.id, question.path, name) in ALWAYS_REFUSED:
                    self.tally.failures.append(f"{self.last}: is not refused any more")

    def _meet(self) -> None:
        if self.met.open_questions:
            self.met.open_questions -= {paths.template(line.path) for line in self.lines}

    def _reconsider(self) -> Iterator[str]:
        """An answer is changed and changed back: what the change hid is there again."""
        answered = [
            line.path
            for line in self.lines
            if line.kind == "question"
            and self.definition.question_at(line.path).type == "select_one"
            and self.entry.state(line.path).value is not None
            and not self.entry.state(line.path).readonly
        ]
        if not answered:
            return
        path = self.chance.choice(answered)
        before, stops = self.typed(self.entry), self._stops_shown()
        old = self.entry.state(path)
        # The answer as it is kept: what was typed wrongly since then is not part of it.
        other = self.chance.choice([*(choice.name for choice in old.choices), ""])
        self.last = f"reconsider {path} {old.value!r}: {other!r}"
        self._took(self.entry.answer(path, other))
        hidden = [at for at in before if at != path and at not in self.entry.values()]
        called = [at for at in self._stops_shown() - stops if self._reads(at, old.path)]
        self.tally.reconsidered += 1
        self.tally.hidden += len(hidden)
        self.tally.stops += bool(called)
        if called:
            self._told_by_stop(paths.template(path), other, hidden)
        assert not isinstance(old.value, list)
        self._took(self.entry.answer(path, old.value))
        after = self.typed(self.entry)
        for at, value in before.items():
            if after.get(at) != value:
                yield f"after {self.last} and back: {at} was {value!r}, is {after.get(at)!r}"

    def _told_by_stop(self, path: str, choice: str, hidden: list[str]) -> None:
        """What a danger is known by is not put out of sight by the answer that calls it one."""
        if not choice or (self.definition.id, path, choice) in TAKEN_BACK:
            return
        for at in hidden:
            question = self.definition.questions.get(paths.template(at))
            if question is not None and question.safety:
                self.tally.hidden_by_stops[(f"{path} = {choice}", question.path)] += 1

    def _stops_shown(self) -> set[str]:
        return {line.path for line in self.lines if paths.template(line.path) in self.stops}

    def _reads(self, stop: str, path: str) -> bool:
        """Whether a stop comes by this very answer, and not by one that came into sight with it."""
        shown_when = self.definition.questions[paths.template(stop)].relevant or ""
        return re.search(rf"/{path.rpartition('/')[2]}\b", shown_when) is not None

    def typed(self, entry: FormEntry) -> dict[str, Any]:
        """What people gave: answers and rows, without what the form calculates or sets itself."""
        questions = self.definition.questions
        return {
            path: value
            for path, value in entry.values().items()
            if (question := questions.get(paths.template(path))) is None
            or not (question.computed or paths.template(path) in self.set_by_others)
        }

    # Finishing

    def _put_right(self) -> bool:
        """Answers what is wrong or missing until nothing is, as who finishes a record."""
        for turn in range(_ROUNDS):
            wrong = self.entry.validate()
            if not wrong:
                self.last = "finish"
                self._took(self.entry.finish())
                return True
            for violation in wrong:
                if any(line.path == violation.path for line in self.lines):
                    self._put_right_at(violation.path, turn)
        return False

    def _put_right_at(self, path: str, turn: int) -> None:
        likely = self._likely(path)
        self.chance.shuffle(likely)
        for raw in likely:
            self.last = f"put right {path} {raw!r}"
            change = self.entry.answer(path, raw)
            self._took(change)
            if change.violation is None:
                return
        if turn > 3:
            # What contradicts it stands somewhere else.
            self._put_right_beside(path)

    def _put_right_beside(self, path: str) -> None:
        """A likely answer to some other question: of the same kind where that is a day, else of any."""
        kind = self.definition.question_at(path).data_type
        others = [
            line.path
            for line in self.lines
            if line.kind == "question"
            and line.path != path
            and kind in ("string", "select", self.definition.question_at(line.path).data_type)
        ]
        if others:
            other = self.chance.choice(others)
            raw = self.chance.choice(self._likely(other))
            self.last = f"put right {other} {raw!r}"
            self._took(self.entry.answer(other, raw))

    def _open_the_way(self) -> None:
        """Says what the conditions of something that no filling has met compare with, from the outside in."""
        unmet = sorted(self.met.open_questions | {path for path, _ in self.met.open_choices})
        if not unmet:
            return
        goal = self.chance.choice(unmet)
        around = [path for path in self.definition.groups if path and paths.is_within(goal, path)]
        for path in [*sorted(around, key=len), goal]:
            element = self.definition.groups.get(path) or self.definition.questions[path]
            for named, wanted in _COMPARED.findall(element.relevant or ""):
                self._say(named.rpartition("/")[2], wanted)
            if isinstance(element, Repeat) and not any(
                paths.template(line.path) == path for line in self.lines
            ):
                self._add()

    def _say(self, name: str, wanted: str) -> None:
        shown = [
            line.path
            for line in self.lines
            if line.kind == "question" and line.path.rpartition("/")[2] == name
        ]
        if shown:
            path = self.chance.choice(shown)
            several = self.definition.question_at(path).type == "select_multiple"
            self.last = f"answer {path} {wanted!r}"
            self._took(self.entry.answer(path, [wanted] if several else wanted))

    def _curious(self) -> None:
        """A choice that no filling has taken and that is offered: tries what else has to be said for it."""
        offered = [
            (line.path, name)
            for line in self.lines
            if line.kind == "question"
            for at, name in sorted(self.met.open_choices)
            if at == paths.template(line.path)
        ]
        if not offered:
            return
        path, name = self.chance.choice(offered)
        several = self.definition.question_at(path).type == "select_multiple"
        constraint = self.definition.question_at(path).constraint or ""
        beside = [
            line.path
            for line in self.lines
            if line.kind == "question" and line.path != path and line.path.rpartition("/")[2] in constraint
        ]
        for _ in range(60):
            self.last = f"answer {path} {name!r}"
            change = self.entry.answer(path, [name] if several else name)
            self._took(change)
            if change.violation is None or not beside:
                return
            other = self.chance.choice(beside)
            raw = self.chance.choice(self._likely(other))
            self.last = f"answer {other} {raw!r}"
            self._took(self.entry.answer(other, raw))
            if not any(line.path == path for line in self.lines):
                return
            beside = [at for at in beside if any(line.path == at for line in self.lines)]

    def _likely(self, path: str) -> list[Any]:
        question = self.definition.question_at(path)
        if question.chooses:
            names = [choice.name for choice in self.entry.state(path).choices]
            if question.type == "select_one":
                return list(names)
            pairs = [self.chance.sample(names, 2) for _ in names] if len(names) > 1 else []
            return [*([name] for name in names), *pairs]
        if question.data_type in ("int", "decimal"):
            return ["0", "1", "2", "5", "10", ""]
        days = [NOON + timedelta(days=by) for by in (-400, -30, -1, 0, 1, 7, 60, 400)]
        if question.data_type == "date":
            return [*(day.date().isoformat() for day in days), ""]
        if question.data_type == "dateTime":
            return [*(day.isoformat() for day in days), ""]
        if question.type == "acknowledge":
            return ["OK"]
        return ["10:00"] if question.data_type == "time" else ["Ana", "a" * 64, ""]

    # Checking

    def _checked(self, when: str) -> Iterator[str]:
        entry = self.entry
        for difference in differences(entry):
            yield f"{when}, after {self.last}: {difference}"
        for difference in unequal("told", self.saved, entry.values()):
            yield f"{when}, after {self.last}: {difference}"
        again = FormEntry(
            self.definition, entry.values(), language=entry.language, now=lambda: NOON, random=SteadyChance(2)
        )
        for difference in unequal("taken up again", again.values(), entry.values()):
            yield f"{when}: {difference}"
        yield from self._in_short(when)

    def _in_short(self, when: str) -> Iterator[str]:
        """Looks at everything that the short form displays."""
        short, before = ShortForm.of(self.definition), self.entry.values()
        for line in short.outline(self.entry.outline()):
            if line.kind == "question":
                short.state(self.entry.state(line.path))
        short.progress(self.entry)
        path = outcome_of(self.entry, lambda: NOON)
        for difference in unequal("short form", self.entry.values(), before):
            yield f"{when}: {difference}"
        if path is None:
            return
        trial = FormEntry(
            self.definition, before, language=self.entry.language, now=lambda: NOON, random=SteadyChance(3)
        )
        end_partial(trial, path)
        kept = self.typed(trial)
        for at, value in self.typed(self.entry).items():
            if at != path and kept.get(at) != value:
                yield f"{when}, ended in the short form: {at} was {value!r}, is {kept.get(at)!r}"

    def _sent(self) -> Iterator[str]:
        """Written as XML and read again it is the same record; its rows have new ids, in their order."""
        sent = submission(self.entry)
        back = read_submission(self.definition, sent, now=lambda: NOON, random=SteadyChance(4), edit=False)
        if submission(back) != sent:
            yield "the submission that was read back is another one"
        ours, theirs = _in_order(self.entry), _in_order(back)
        if ours != theirs:
            first = next(
                (pair for pair in zip(ours, theirs, strict=False) if pair[0] != pair[1]), "its length"
            )
            yield f"read back it is another record: {first}"
        if back.validate():
            yield f"read back it is not finished: {back.validate()[0].path}"


def _in_order(entry: FormEntry) -> list[tuple[str, Any]]:
    return [
        (paths.template(path), value)
        for path, value in entry.values().items()
        if paths.template(path) in entry.definition.questions
    ]

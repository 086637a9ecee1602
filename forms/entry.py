"""One record being filled in: the object that a screen drives, without knowing about screens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from random import Random
from typing import Any, Literal

from forms import answer_types, choices, paths, validation
from forms.answer_types import BadAnswer, Json, Raw
from forms.calculation import MAX_INSTANCES, MAX_NODES, Calculation
from forms.definition import Element, FormDefinition, Question, Repeat
from forms.entry_views import EntryChange, Node, QuestionState, RepeatState, Values
from forms.errors import FormProblem
from forms.instance import Document, InstanceNode
from forms.surroundings import NOWHERE, Surroundings, preloaded
from forms.validation import Violation
from forms.world import World

__all__ = ["EntryChange", "FormEntry", "Node", "QuestionState", "RepeatState", "Values"]


class FormEntry:
    """The answers of one record, kept consistent with the rules of its form.

    Without `values` the entry is new and has its defaults; with them it goes on where it was left.
    `facts` fill questions of a new entry by their meaning (`case.code`); `surroundings` are what the form
    may ask of the device. Not safe for several threads.
    """

    def __init__(
        self,
        definition: FormDefinition,
        values: Mapping[str, Any] | None = None,
        *,
        language: str | None = None,
        now: Callable[[], datetime],
        random: Random,
        facts: Mapping[str, Any] | None = None,
        surroundings: Surroundings = NOWHERE,
    ) -> None:
        self.definition = definition
        self._surroundings = surroundings
        self._document = Document(definition)
        self._world = World(self._document, language or definition.default_language, now, random)
        self._world.furthest = surroundings.furthest
        self._calculation = Calculation(
            self._document,
            self._world,
            lambda: paths.new_instance_id(random.getrandbits(64)),
            surroundings.location,
        )
        self._rejected: dict[str, tuple[str, Violation]] = {}
        self._told: Values = {}
        self._validated: set[str] = set()
        if values is None:
            self._begin(facts or {})
        else:
            self._told = {path: value for path, value in values.items() if value is not None}
            self._resume(values)
        self.opening = self._change("", None)

    # Beginning

    def _begin(self, facts: Mapping[str, Any]) -> None:
        calculation, document = self._calculation, self._document
        calculation.fill(document.root)
        calculation.schedule_all(document.root)
        calculation.run()
        calculation.fresh.clear()
        self._preload("start")
        calculation.run()
        self._set_values("odk-instance-first-load")
        self._set_values("odk-instance-load")
        for question in self.definition.questions.values():
            if question.meaning and question.meaning in facts and not question.calculate:
                for node in document.nodes(question.path):
                    calculation.set_answer(node, answer_types.from_record(question, facts[question.meaning]))
        calculation.settle()
        calculation.touched.update((node.path, None) for node in document.root.everything())

    def _preload(self, moment: Literal["start", "end"]) -> None:
        """What the form takes from its surroundings, when a record begins or when it is finished."""
        for question in self.definition.questions.values():
            found = preloaded(question, moment, self._surroundings, self._world)
            if found:
                for node in self._document.nodes(question.path):
                    self._calculation.set_answer(node, found)

    def _set_values(self, event: str) -> None:
        for set_value in self.definition.set_values:
            if event in set_value.events:
                for node in self._calculation.targets(set_value, self._document.root):
                    self._calculation.set_value(set_value, node)

    def _resume(self, values: Mapping[str, Any]) -> None:
        calculation, document = self._calculation, self._document
        markers = [
            (path.count("/"), order, path)
            for path, order in values.items()
            if isinstance(order, int) and paths.instance_id(path) and self.definition.is_repeat(path)
        ]
        for _, order, path in sorted(markers):
            above = paths.parent(path)
            holder = document.by_path.get(above) if above else document.root
            repeat = self.definition.groups[paths.template(path)]
            assert isinstance(repeat, Repeat)
            if len(document.by_path) > 2 * MAX_NODES:
                # More than an entry lets anybody make. To open a part of it would be to lose the rest.
                raise FormProblem("entry.record.too_large", limit=2 * MAX_NODES)
            if holder is not None and path not in document.by_path:
                calculation.restore(holder, repeat, paths.instance_id(path) or "", order)
        for path, value in values.items():
            node = document.by_path.get(path)
            if node is not None and isinstance(node.definition, Question):
                node.answer = answer_types.from_record(node.definition, value)
        self._identify()
        calculation.schedule_all(document.root)
        calculation.run()
        self._restore_defaults(values)
        # A hidden repeat has no instances in the record; it shall not be empty when it appears.
        for holder in list(document.root.everything()):
            if isinstance(holder.definition, Question):
                continue
            for repeat in document.repeats_in(holder):
                empty = repeat.count is None and not holder.instances(repeat.name)
                if empty and not calculation.is_offered(holder, repeat):
                    calculation.append_initial(holder, repeat)
        self._set_values("odk-instance-load")
        calculation.settle()
        calculation.touched.update((node.path, None) for node in document.root.everything())
        calculation.touched.update(
            (path, None) for path in self._told if paths.template(path) in self.definition.questions
        )

    def _identify(self) -> None:
        for question in self.definition.questions.values():
            if question.identifies:
                for node in self._document.nodes(question.path):
                    node.answer = preloaded(question, "start", self._surroundings, self._world)

    def _restore_defaults(self, values: Mapping[str, Any]) -> None:
        """What was hidden is not in the record; it shall not be empty when it appears for the first time."""
        for node in self._document.root.everything():
            if not node.visible and isinstance(node.definition, Question) and node.path not in values:
                node.answer = answer_types.from_default(node.question, self._world.zone)

    @property
    def document(self) -> Document:
        """The tree of answers, for who writes it down; only the entry changes it."""
        return self._document

    @property
    def calculation(self) -> Calculation:
        """What keeps the tree right, for who looks into it; only the entry drives it."""
        return self._calculation

    # Language

    @property
    def language(self) -> str:
        """The language of all texts; setting it changes them at once."""
        return self._world.language

    @language.setter
    def language(self, language: str) -> None:
        if language != self._world.language:
            self._world.speak(language)
            self._calculation.language_changed()

    # Answering

    def answer(self, path: str, raw: Raw) -> EntryChange:
        """Takes what was typed or chosen; None or an empty text clears.

        What is no answer of the question's type stays visible as `raw`, and the value stays as it was.
        An answer against a constraint is kept, and reported: a draft must not lose it.
        A question that cannot be answered now (calculated, read-only, hidden) does not change.
        """
        node = self._question_node(path)
        question = node.question
        if not node.visible or question.type == "note" or validation.is_readonly(self._calculation, node):
            return self._change(path, None)
        try:
            lexical = answer_types.parse(question, raw, self._world.zone)
            self._check_choices(node, lexical)
        except BadAnswer as bad:
            shown = raw if isinstance(raw, str) else answer_types.from_json(raw)
            self._rejected[path] = (shown, Violation(path, "type", "", bad.code))
            self._calculation.redrawn[path] = None
            return self._change(path, self._rejected[path][1])
        return self._take(node, lexical)

    def put(self, path: str, lexical: str) -> EntryChange:
        """A value that a program gives, as a submission has it: what its type does not allow clears it.

        Unlike `answer` it needs no person's forgiveness: `2026-4-2` is no date here.
        """
        node = self._question_node(path)
        if not node.visible:
            return self._change(path, None)
        return self._take(node, answer_types.from_lexical(node.question, lexical, self._world.zone))

    def _take(self, node: InstanceNode, lexical: str) -> EntryChange:
        path = node.path
        if self._rejected.pop(path, None) is not None:
            self._calculation.redrawn[path] = None
        before = node.answer
        self._calculation.set_answer(node, self._in_order(node, lexical))
        self._calculation.run()
        if before != node.answer:
            self._calculation.value_changed(node)
        self._calculation.settle()
        self._calculation.redrawn[path] = None
        self._validated.add(path)
        violation = validation.wrong_value(self._calculation, node) or validation.missing_value(
            self._calculation, node
        )
        return self._change(path, violation)

    def _in_order(self, node: InstanceNode, lexical: str) -> str:
        """Several choices are kept in the order of the list, whoever touched which of them first."""
        if node.question.type != "select_multiple" or " " not in lexical:
            return lexical
        rank = {choice.name: at for at, choice in enumerate(choices.offered(self._calculation, node))}
        return " ".join(sorted(lexical.split(), key=lambda name: rank.get(name, len(rank))))

    def _check_choices(self, node: InstanceNode, lexical: str) -> None:
        if node.question.chooses and lexical:
            names = {choice.name for choice in choices.offered(self._calculation, node)}
            if any(name not in names for name in answer_types.chosen(node.question, lexical)):
                several = len(lexical.split()) > 1 and names.issuperset(lexical.split())
                raise BadAnswer("answer.choice.too_many" if several else "answer.choice.unknown")

    # Repeats

    def add_instance(self, repeat_path: str) -> EntryChange:
        """A new instance at the end. Where a count decides, or the repeat is hidden, nothing changes."""
        holder, repeat = self._document.holder_of(repeat_path)
        state = self.repeat(repeat_path)
        if not state.can_add:
            return self._change(repeat_path, None)
        node = self._calculation.append(holder, repeat)
        self._calculation.settle()
        return self._change(node.path, None)

    def remove_instance(self, instance_path: str) -> EntryChange:
        """Takes an instance away with all that is in it; the last one too. What is not `removable` stays."""
        node = self._document.at(instance_path)
        repeat = node.definition
        if node.instance_id is None or not isinstance(repeat, Repeat):
            raise FormProblem("entry.path.not_an_instance", path=paths.template(instance_path))
        if self.removable(instance_path):
            for inner in node.everything():
                self._rejected.pop(inner.path, None)
                self._validated.discard(inner.path)
            self._calculation.detach(node)
            self._calculation.settle()
        return self._change(instance_path, None)

    def removable(self, instance_path: str) -> bool:
        """Whether a person may take an instance away: not while it holds an answer of safety that the form
        has locked, for with the instance it would be gone."""
        node = self._document.at(instance_path)
        repeat = node.definition
        if not isinstance(repeat, Repeat) or repeat.count is not None or repeat.fixed or not node.visible:
            return False
        return not any(self._is_locked(inner) for inner in node.everything())

    def _is_locked(self, node: InstanceNode) -> bool:
        question = node.definition
        kept = isinstance(question, Question) and question.asks and question.safety and node.text
        return bool(kept) and validation.is_readonly(self._calculation, node)

    def repeat(self, path: str) -> RepeatState:
        """A repeat by its path: what is in it and what may be done."""
        holder, repeat = self._document.holder_of(path)
        instances = tuple(node.path for node in holder.instances(repeat.name) if node.visible)
        offered = self._calculation.is_offered(holder, repeat)
        free = offered and repeat.count is None and not repeat.fixed
        return RepeatState(
            path,
            self._world.told(repeat.label, holder.range_of(repeat)),
            instances,
            free and len(instances) < MAX_INSTANCES and not self._calculation.full,
            free and bool(instances),
        )

    # Looking

    def outline(self) -> tuple[Node, ...]:
        """All that is relevant now, in order. An instance is called like its repeat, with its number, and by
        the answers in it.
        """
        found: list[Node] = []
        self._outline(self.definition.children, self._document.root, 0, found)
        return tuple(found)

    def _outline(
        self, elements: tuple[Element, ...], around: InstanceNode, depth: int, found: list[Node]
    ) -> None:
        for element in elements:
            if isinstance(element, Repeat):
                self._outline_repeat(element, around, depth, found)
                continue
            node = self._nearest(around, element.path)
            if node is None or not node.visible:
                continue
            label = self._world.told(element.label, node)
            if isinstance(element, Question):
                found.append(Node(node.path, "question", depth, label))
            else:
                found.append(Node(node.path, "group", depth, label))
                self._outline(element.children, node, depth + 1, found)

    def _outline_repeat(self, repeat: Repeat, around: InstanceNode, depth: int, found: list[Node]) -> None:
        holder = self._nearest(around, paths.parent(repeat.path))
        if holder is None or not self._calculation.is_offered(holder, repeat):
            return
        label = self._world.told(repeat.label, holder.range_of(repeat))
        found.append(Node(paths.join(holder.path, repeat.name), "repeat", depth, label))
        for number, node in enumerate(holder.named(repeat.name), 1):
            assert isinstance(node, InstanceNode)
            own = self._world.told(repeat.label, node)
            found.append(Node(node.path, "instance", depth + 1, f"{own} {number}".strip()))
            self._outline(repeat.children, node, depth + 2, found)

    def _nearest(self, around: InstanceNode, template: str) -> InstanceNode | None:
        """The node of the template that is in the same instances as `around`."""
        start: InstanceNode | None = around
        while start is not None and not paths.is_within(template, start.template):
            start = start.parent
        found = self._document.nodes(template, start)
        return found[0] if found else None

    def state(self, path: str) -> QuestionState:
        """The question as it is to be shown now."""
        node = self._question_node(path)
        question, world, calculation = node.question, self._world, self._calculation
        rejected = self._rejected.get(path)
        value = answer_types.to_json(question, node.text)
        raw: str | list[str] = value if isinstance(value, list) else node.text
        if question.data_type == "decimal":
            raw = node.text.removesuffix(".0")
        violation = self._shown_violation(node)
        if rejected is not None:
            raw, violation = rejected
        return QuestionState(
            path=path,
            type=question.type,
            label=world.told(question.label, node),
            hint=world.told(question.hint, node),
            guidance=world.told(question.guidance, node),
            value=value,
            raw=raw,
            required=validation.is_required(calculation, node),
            readonly=validation.is_readonly(calculation, node),
            appearances=question.appearances,
            choices=choices.views(calculation, node) if question.chooses else (),
            violation=violation,
            calculated=question.calculate is not None and not question.prefilled,
            media=question.label.media_in(world.languages),
            parameters=question.parameters,
            scale=question.scale,
        )

    def _shown_violation(self, node: InstanceNode) -> Violation | None:
        """A missing answer is pointed out only after it was asked for: validated, or cleared again."""
        violation = validation.wrong_value(self._calculation, node)
        if violation is None and node.path in self._validated:
            violation = validation.missing_value(self._calculation, node)
        return violation

    def validate(self, within: str = "") -> tuple[Violation, ...]:
        """All that is wrong, in the order of the outline; `within` limits it to a group or an instance."""
        found: list[Violation] = []
        for line in self.outline():
            if line.kind != "question" or not paths.is_within(line.path, within):
                continue
            node = self._document.at(line.path)
            self._validated.add(line.path)
            rejected = self._rejected.get(line.path)
            violation = (
                rejected[1]
                if rejected is not None
                else validation.wrong_value(self._calculation, node)
                or validation.missing_value(self._calculation, node)
            )
            if violation is not None:
                found.append(violation)
        return tuple(found)

    def finish(self) -> EntryChange:
        """What the form notes when a record is finished, such as the time."""
        self._preload("end")
        self._calculation.settle()
        return self._change("", None)

    def values(self) -> Values:
        """The record: every visible answer, calculation and repeat instance by its path.

        The record's own id is not among them.
        """
        found: Values = {}
        for node in self._document.root.everything():
            value = self._value_of(node)
            if value is not None:
                found[node.path] = value
        return found

    def progress(self) -> tuple[int, int]:
        """How many of the questions that a person is to answer now are answered, and how many there are."""
        answered = total = 0
        for line in self.outline():
            if line.kind == "question":
                node = self._document.at(line.path)
                if node.question.asks and not validation.is_readonly(self._calculation, node):
                    total += 1
                    answered += bool(node.text)
        return answered, total

    # Telling

    def _value_of(self, node: InstanceNode) -> Json:
        if not node.visible:
            return None
        if isinstance(node.definition, Question):
            return None if node.definition.identifies else answer_types.to_json(node.definition, node.text)
        return node.order_number if node.instance_id is not None else None

    def _change(self, path: str, violation: Violation | None) -> EntryChange:
        calculation = self._calculation
        values: Values = {}
        for touched in calculation.touched:
            node = self._document.by_path.get(touched)
            value = self._value_of(node) if node is not None else None
            if value != self._told.get(touched):
                values[touched] = value
                if value is None:
                    self._told.pop(touched, None)
                else:
                    self._told[touched] = value
        redraw = tuple(redrawn for redrawn in calculation.redrawn if self._is_shown(redrawn))
        restructured = calculation.restructured
        calculation.touched.clear()
        calculation.redrawn.clear()
        calculation.restructured = False
        return EntryChange(path, values, redraw, restructured, violation)

    def _is_shown(self, path: str) -> bool:
        node = self._document.by_path.get(path)
        return (
            node is not None
            and node.visible
            and isinstance(node.definition, Question)
            and node.question.visible
        )

    def _question_node(self, path: str) -> InstanceNode:
        node = self._document.at(path)
        if not isinstance(node.definition, Question):
            raise FormProblem("entry.path.not_a_question", path=paths.template(path))
        return node

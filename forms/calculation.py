"""Keeps an entry's tree right: after a change it calculates what depends on it, each thing once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from heapq import heappop, heappush

from forms import answer_types, choices, paths
from forms.definition import Initial, Question, Repeat, SetValue
from forms.dependencies import Cell, DependencyGraph
from forms.errors import FormProblem
from forms.expression.compile import Expression
from forms.expression.nodes import Node
from forms.expression.values import Value, to_number
from forms.instance import Document, InstanceNode
from forms.world import World

MAX_INSTANCES = 1000
MAX_ROUNDS = MAX_INSTANCES + 10
MAX_NODES = 20_000
"""No instance is added to a tree of this size: counts inside of counts multiply."""
MAX_SET = 10_000
"""So many values are set one by way of another, from one answer to the next: instances multiply them."""


class Calculation:
    """The running state of calculation: what is waiting, and what has changed since it was last told."""

    def __init__(
        self, document: Document, world: World, new_id: Callable[[], str], location: Callable[[], str]
    ) -> None:
        self.location = location
        self.document = document
        self.world = world
        world.offered = lambda node: choices.offered(self, node)
        self.new_id = new_id
        self.graph = DependencyGraph.of(document.definition)
        self.touched: dict[str, None] = {}
        self.redrawn: dict[str, None] = {}
        self.restructured = False
        self.evaluations = 0
        self.fresh: list[InstanceNode] = []
        """Instances made since dynamic defaults were last set."""
        self._postponed: dict[InstanceNode, dict[SetValue, None]] = {}
        """Values that an answer set while their question was hidden; they are set when it appears."""
        self._appeared: list[InstanceNode] = []
        self._left_to_set = MAX_SET
        self._waiting: dict[Cell, dict[InstanceNode, None]] = {}
        self._heap: list[tuple[int, Cell]] = []
        self._altered: dict[tuple[Cell, InstanceNode], None] = {}

    # Scheduling

    def schedule(self, cell: Cell, nodes: Iterable[InstanceNode]) -> None:
        waiting = self._waiting.get(cell)
        if waiting is None:
            waiting = self._waiting[cell] = {}
            heappush(self._heap, (self.graph.rank[cell], cell))
        for node in nodes:
            waiting[node] = None

    def schedule_all(self, node: InstanceNode) -> None:
        """Everything in a part of the tree, such as a new instance."""
        for inner in node.everything():
            definition = inner.definition
            if definition is None:
                self._schedule_counts(inner)
                continue
            self.schedule(Cell("relevant", definition.path), (inner,))
            if isinstance(definition, Question):
                self.schedule(Cell("value", definition.path), (inner,))
            else:
                self._schedule_counts(inner)

    def _schedule_counts(self, node: InstanceNode) -> None:
        for repeat in self.document.repeats_in(node):
            if repeat.count is not None:
                self.schedule(Cell("structure", repeat.path), (node,))

    def schedule_dependents(self, cell: Cell, near: InstanceNode) -> None:
        """All that reads this cell of this node; for a structure the node is what holds the instances."""
        for dependent in self.graph.dependents.get(cell, ()):
            within = _ancestor(near, dependent.anchor) if dependent.anchor else None
            nodes = self.document.nodes(dependent.place, within)
            if dependent.reshapes:
                # A repeat without instances appears or disappears too.
                self.restructured = True
            if dependent.cell.kind == "display":
                for node in nodes:
                    self.redrawn[node.path] = None
            else:
                self.schedule(dependent.cell, nodes)

    def run(self) -> None:
        """Calculates until nothing is waiting. A cell comes after all that it reads, so each comes once.

        Where the form has a circle that may be gone through, some come again; one that never comes to rest
        is left as it is.
        """
        rounds: Counter[Cell] = Counter()
        while self._heap or self._altered:
            if self._altered:
                self._schedule_altered()
                continue
            _, cell = heappop(self._heap)
            nodes = self._waiting.pop(cell)
            if self.graph.loosened:
                rounds[cell] += 1
                if rounds[cell] > MAX_ROUNDS:
                    continue
            for node in nodes:
                if node.path and self.document.by_path.get(node.path) is not node:
                    # Taken away since it was scheduled; all of it is scheduled when it comes back.
                    continue
                self.evaluations += 1
                if cell.kind == "relevant":
                    self._relevance(node)
                elif cell.kind == "value":
                    self._value(node)
                else:
                    self._count(node, cell.template)

    # One cell of one node

    def _relevance(self, node: InstanceNode) -> None:
        definition = node.definition
        assert definition is not None
        if definition.relevant:
            node.hidden_by_itself = not self.holds(node, "relevant", definition.relevant, otherwise=True)
        assert node.parent is not None
        self._show(node, node.parent.visible)

    def _show(self, node: InstanceNode, parent_visible: bool) -> None:
        visible = parent_visible and not node.hidden_by_itself
        if visible == node.visible:
            return
        node.visible = visible
        self.document.shape.version += 1
        if visible and node in self._postponed:
            self._appeared.append(node)
        self.restructured = True
        self.touched[node.path] = None
        self.redrawn[node.path] = None
        cell = Cell("relevant", node.template)
        self.schedule_dependents(cell, node)
        if isinstance(node.definition, Question):
            self.schedule(Cell("value", node.template), (node,))
            # Hidden and empty are not the same to a count of nodes.
            self.schedule_dependents(Cell("value", node.template), node)
        for part in (*node.answered_attributes(), *node.inner()):
            self._show(part, visible)

    def _value(self, node: InstanceNode) -> None:
        question = node.question
        before = node.text
        if question.calculate and node.visible:
            # What was hidden until now has its former value again: once() reads it.
            node.set_text(node.answer)
            result = self.result(node, "calculate", question.calculate, "value", otherwise="")
            node.answer = answer_types.from_result(question, result, self.world.zone)
        text = node.answer if node.visible else ""
        if question.itemset is not None and question.itemset.filtered:
            self.redrawn[node.path] = None
            if text:
                offered = {choice.name: None for choice in choices.offered(self, node)}
                kept = [name for name in answer_types.chosen(question, text) if name in offered]
                if question.type == "rank":
                    kept += [name for name in offered if name not in kept]
                text = " ".join(kept)
        node.set_text(text)
        if text != before:
            self.touched[node.path] = None
            self.redrawn[node.path] = None
            self.schedule_dependents(Cell("value", question.path), node)

    def _count(self, holder: InstanceNode, template: str) -> None:
        """Makes a repeat as long as its count says. What is taken away waits, and comes back first."""
        repeat = self.document.definition.groups[template]
        assert isinstance(repeat, Repeat)
        assert repeat.count is not None
        instances = holder.instances(repeat.name)
        there = float(len(instances))
        count = self.result(holder.range_of(repeat), "count", repeat.count, "number", otherwise=there)
        number = to_number(count, self.world.zone)
        wanted = int(max(0.0, min(float(MAX_INSTANCES), number))) if number == number else 0
        waiting = holder.waiting.setdefault(repeat.name, [])
        while len(instances) > wanted:
            last = instances.pop()
            self.detach(last)
            waiting.append(last)
        while len(instances) < wanted and not self.full:
            node = waiting.pop() if waiting else None
            instances.append(
                self.reattach(holder, node)
                if node
                else self.append(holder, repeat, self._counted(holder, repeat))
            )

    def _counted(self, holder: InstanceNode, repeat: Repeat) -> str:
        """The id of the next instance that a count makes; the first that nothing in the tree has."""
        number = len(holder.instances(repeat.name)) + 1
        while True:
            found = paths.counted_instance_id(holder.path, repeat.name, number)
            if paths.join(holder.path, paths.instance(repeat.name, found)) not in self.document.by_path:
                return found
            number += 1

    # Structure

    @property
    def full(self) -> bool:
        """Whether the tree is as large as it may be."""
        return len(self.document.by_path) >= MAX_NODES

    def append(self, holder: InstanceNode, repeat: Repeat, instance_id: str = "") -> InstanceNode:
        """A new instance at the end, with its static defaults and what is in it. Its id is drawn or given."""
        fellows = holder.instances(repeat.name)
        order = fellows[-1].order_number + 1 if fellows else 1
        node = self.restore(holder, repeat, instance_id or self.new_id(), order)
        self.fill(node)
        self._fill_initial(node, self.initial(holder, repeat), len(fellows) + 1)
        self.fresh.append(node)
        self._settled(holder, node)
        return node

    def restore(self, holder: InstanceNode, repeat: Repeat, instance_id: str, order: int) -> InstanceNode:
        """An instance of a record in its place, empty. Nothing is scheduled: a record is calculated as a
        whole when all of it is there.
        """
        node = self.document.add(holder, repeat, instance_id, order)
        for inner in node.everything():
            inner.visible = holder.visible
        self.document.shape.version += 1
        return node

    def fill(self, node: InstanceNode) -> None:
        """Static defaults and first instances of repeats, in a new part of the tree."""
        for inner in list(node.everything()):
            if isinstance(inner.definition, Question):
                inner.answer = answer_types.from_default(inner.definition, self.world.zone)
                continue
            for repeat in self.document.repeats_in(inner):
                if repeat.count is None and not inner.instances(repeat.name):
                    self.append_initial(inner, repeat)

    def initial(self, holder: InstanceNode, repeat: Repeat) -> tuple[Initial, ...]:
        """The instances of a repeat that the empty form has where the holder is."""
        around = holder
        while around.instance_id is None:
            if around.parent is None:
                return repeat.initial
            around = around.parent
        outer = around.definition
        assert isinstance(outer, Repeat)
        assert around.parent is not None
        beside = self.initial(around.parent, outer)
        number = around.place()[0]
        return beside[number - 1].inner.get(repeat.path, ()) if number <= len(beside) else repeat.initial

    def _fill_initial(self, instance: InstanceNode, initial: tuple[Initial, ...], number: int) -> None:
        """The empty form may have other defaults in its first instances than in those that follow."""
        defaults = initial[number - 1].defaults if number <= len(initial) else {}
        for template in defaults:
            for node in self.document.nodes(template, instance):
                node.answer = answer_types.from_default(node.question, self.world.zone, defaults[template])

    def append_initial(self, holder: InstanceNode, repeat: Repeat) -> None:
        """The instances that the empty form has."""
        for _ in self.initial(holder, repeat):
            if not self.full:
                self.append(holder, repeat)

    def reattach(self, holder: InstanceNode, node: InstanceNode) -> InstanceNode:
        self.document.attach(holder, node)
        self._settled(holder, node)
        return node

    def detach(self, node: InstanceNode) -> None:
        """Takes an instance out; its paths are touched, so that they are told as cleared."""
        holder = node.parent
        assert holder is not None
        self.touched.update((inner.path, None) for inner in node.everything())
        self.document.detach(node)
        self._restructured(holder, node)

    def _settled(self, holder: InstanceNode, node: InstanceNode) -> None:
        self.touched.update((inner.path, None) for inner in node.everything())
        self.schedule_all(node)
        self._restructured(holder, node)

    def _restructured(self, holder: InstanceNode, node: InstanceNode) -> None:
        self.restructured = True
        self._altered[Cell("structure", node.template), holder] = None

    def _schedule_altered(self) -> None:
        """What depends on the instances of a repeat, once for however many of them came or went."""
        altered, self._altered = self._altered, {}
        for cell, holder in altered:
            self.schedule_dependents(cell, holder)

    def is_offered(self, holder: InstanceNode, repeat: Repeat) -> bool:
        """Whether the repeat as a whole is relevant, with or without instances."""
        if not holder.visible:
            return False
        if not repeat.relevant:
            return True
        return self.holds(holder.range_of(repeat), "relevant", repeat.relevant, otherwise=True)

    # Values that are set from outside or by events

    def set_answer(self, node: InstanceNode, lexical: str) -> None:
        """Gives a question an answer; `run` calculates what follows from it."""
        if node.answer != lexical:
            node.answer = lexical
            self.schedule(Cell("value", node.template), (node,))

    def targets(self, set_value: SetValue, near: InstanceNode) -> list[InstanceNode]:
        """The nodes that a set value is about: those in the same instances as the node it happens at."""
        around: InstanceNode | None = near
        while around is not None and not paths.is_within(set_value.target, around.template):
            around = around.parent
        found = self.document.nodes(set_value.target, around)
        if set_value.chosen:
            none: list[Node] = []
            chosen = self.result(near, f"target:{set_value.chosen}", set_value.chosen, "nodes", none)
            assert isinstance(chosen, list)
            found = [node for node in found if node in chosen]
        return [node for node in found if isinstance(node.definition, Question)]

    def value_changed(self, node: InstanceNode) -> None:
        """All that the form sets because a question has another value, whoever gave it: what is set may set
        more. One question sets another once for each answer, so that a circle of them comes to an end. What
        is hidden is set when it appears; beyond MAX_SET the rest stays as it is.
        """
        changed = [node]
        done: set[tuple[InstanceNode, SetValue, InstanceNode]] = set()
        for source in changed:
            for set_value in source.question.triggers:
                if "xforms-value-changed" not in set_value.events:
                    continue
                for target in self.targets(set_value, source):
                    if (source, set_value, target) in done or not self._left_to_set:
                        continue
                    done.add((source, set_value, target))
                    self._left_to_set -= 1
                    if not target.visible:
                        self._postponed.setdefault(target, {})[set_value] = None
                    elif self._assign(set_value, target):
                        self.run()
                        changed.append(target)

    def set_value(self, set_value: SetValue, node: InstanceNode) -> None:
        """Evaluates a set value for one node and calculates what follows."""
        if self._assign(set_value, node):
            self.run()
            self.value_changed(node)

    def _assign(self, set_value: SetValue, node: InstanceNode) -> bool:
        """True when the node has another value now. A hidden one keeps what it has."""
        if not node.visible:
            return False
        before = node.answer
        if set_value.action == "setgeopoint":
            self.set_answer(node, self.location())
        else:
            source = set_value.expression
            result = self.result(node, f"set:{source}", source, "value", otherwise=before)
            self.set_answer(node, answer_types.from_result(node.question, result, self.world.zone))
        return node.answer != before

    def settle(self) -> None:
        """Calculates all that is waiting; instances that came into being get their dynamic defaults."""
        self.run()
        while self.fresh or self._appeared:
            appeared, self._appeared = self._appeared, []
            for node in appeared:
                for set_value in self._postponed.pop(node, ()):
                    self.set_value(set_value, node)
            fresh, self.fresh = self.fresh, []
            for set_value in self.document.definition.set_values:
                if "odk-new-repeat" not in set_value.events:
                    continue
                changed: list[InstanceNode] = []
                for instance in fresh:
                    if paths.is_within(set_value.target, instance.template):
                        for node in self.targets(set_value, instance):
                            if self._assign(set_value, node):
                                changed.append(node)
                            if set_value not in self.graph.by_place:
                                self.run()
                self.run()
                for node in changed:
                    self.value_changed(node)
            self.run()
        self._left_to_set = MAX_SET

    # Expressions

    def holds(self, node: InstanceNode, purpose: str, source: str, otherwise: bool) -> bool:
        """Whether a condition is true; `otherwise` where it goes beyond the limits of an evaluation.

        Nobody who answers can mend a form: a rule that cannot be worked out hides nothing, asks nothing
        and refuses nothing. It is noted in the world's troubles, and the check of a form tells it.
        """
        try:
            return self.expression(node, purpose, source, "boolean").holds()
        except FormProblem as problem:
            self.world.note(node.template, problem)
            return otherwise

    def result(self, node: InstanceNode, purpose: str, source: str, kind: str, otherwise: Value) -> Value:
        """What an expression gives; `otherwise` where it goes beyond the limits of an evaluation."""
        try:
            return self.expression(node, purpose, source, kind).evaluate()
        except FormProblem as problem:
            self.world.note(node.template, problem)
            return otherwise

    def expression(self, node: InstanceNode, purpose: str, source: str, kind: str) -> Expression:
        """The expression bound to the node, compiled at its first use."""
        bound = node.bound.get(purpose)
        if bound is None:
            try:
                bound = node.bound[purpose] = Expression(source, self.world, node, kind)
            except FormProblem as problem:
                raise problem.at(node.template) from problem
        return bound

    def language_changed(self) -> None:
        """Recalculates what speaks a language."""
        for cell in self.graph.language_cells:
            template = paths.parent(cell.template) if cell.kind == "structure" else cell.template
            self.schedule(cell, self.document.nodes(template))
        self.settle()


def _ancestor(node: InstanceNode, template: str) -> InstanceNode | None:
    """The node itself or the ancestor of that template; None stands for the whole tree."""
    if not template:
        return None
    found: InstanceNode | None = node
    while found is not None and found.template != template:
        found = found.parent
    return found

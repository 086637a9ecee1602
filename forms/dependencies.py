"""What depends on what in a form, and in which order it is calculated.

The graph is one of templates, found once for a form: cells are the relevance and the value of each
question and the number of instances of each repeat. A reference remembers the innermost repeat that
it does not leave, so that an answer in one instance recalculates that instance only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple
from weakref import WeakKeyDictionary, ref

from forms import paths
from forms.definition import FormDefinition, Question, Repeat, SetValue
from forms.errors import FormProblem
from forms.expression.functions import functions_by_name
from forms.expression.parser import (
    Binary,
    Call,
    Negation,
    Path,
    Step,
    Tree,
    Union_,
    operands,
    parse,
)
from forms.expression.parser import (
    Literal as Text,
)
from forms.expression.rehearsal import rehearse

CellKind = Literal["relevant", "value", "structure", "display"]

_SPEAKS = frozenset({"jr:choice-name", "jr:itext", "format-date", "format-date-time"})
"""Functions whose result depends on the language."""


_NODES_ONLY = {
    "position": frozenset({0}),
    "count": frozenset({0}),
    "name": frozenset({0}),
    "local-name": frozenset({0}),
    "indexed-repeat": frozenset({1, 3, 5}),
}
"""Arguments of which only the nodes count, and not what is in them."""


class Cell(NamedTuple):
    """Something that is calculated, for every node of a template."""

    kind: CellKind
    template: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A cell that an expression reads; `anchor` is the innermost repeat shared with the reader, or ''."""

    cell: Cell
    anchor: str


@dataclass(frozen=True, slots=True)
class Dependent:
    """A cell to be calculated again, in the instances below the anchor.

    `place` is the template of the nodes that it is calculated for; `reshapes` says that the outline may
    change with it even where there is no such node: a repeat appears, a group is called otherwise.
    """

    cell: Cell
    anchor: str
    place: str
    reshapes: bool


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a path may be, in the definition. `outside` is in another instance, such as a choice list."""

    template: str
    anchor: str
    outside: bool = False


_OUTSIDE = _Spot("", "", True)
_TOP = "/"
"""The spot above the form's root element."""


class DependencyGraph:
    """The dependants of each cell, and each cell's rank: what it reads has a lower one."""

    _known: WeakKeyDictionary[FormDefinition, DependencyGraph] = WeakKeyDictionary()

    def __init__(self, definition: FormDefinition) -> None:
        self._form = ref(definition)
        self.dependents: dict[Cell, list[Dependent]] = {}
        self.language_cells: set[Cell] = set()
        self.by_place: set[SetValue] = set()
        """What is set by nothing but the place of an instance, so that no other that is set comes first."""
        self.rank: dict[Cell, int] = {}
        self.loosened = False
        """Whether some cells are worked out again and again until they stay the same."""
        self._reads: dict[Cell, set[Cell]] = {}
        self._offers: set[tuple[Cell, Cell]] = set()
        for cell, sources in self._sources():
            found: dict[Reference, None] = {}
            for source in sources:
                collector = _Collector(definition, cell.template)
                try:
                    collector.collect(source)
                except FormProblem as problem:
                    raise problem.at(cell.template) from problem
                found.update(dict.fromkeys(collector.references))
                if collector.speaks and cell.kind != "display":
                    self.language_cells.add(cell)
            for reference in found:
                self.dependents.setdefault(reference.cell, []).append(self._dependent(cell, reference.anchor))
            if cell.kind != "display":
                reads = self._reads.setdefault(cell, set())
                reads.update(reference.cell for reference in found)
                reads.update(self._contained_in(cell))
            if cell.kind == "value":
                self._note_offers(cell, found)
        self._order()

    @property
    def definition(self) -> FormDefinition:
        """The form. `of` keeps a graph as long as its form, so it must not be what keeps the form."""
        definition = self._form()
        assert definition is not None
        return definition

    @classmethod
    def of(cls, definition: FormDefinition) -> DependencyGraph:
        """The graph of a form, worked out once. Raises FormProblem for a cycle or a bad expression."""
        graph = cls._known.get(definition)
        if graph is None:
            graph = cls._known[definition] = cls(definition)
        return graph

    def _sources(self) -> Iterator[tuple[Cell, list[str]]]:
        """Each cell with the expressions that it is calculated from."""
        for path, group in self.definition.groups.items():
            yield Cell("relevant", path), _given(group.relevant)
            if isinstance(group, Repeat):
                yield Cell("structure", path), _given(group.count)
            yield Cell("display", path), [*_given(group.readonly), *group.label.outputs()]
        for path, question in self.definition.questions.items():
            yield Cell("relevant", path), _given(question.relevant)
            itemset = question.itemset
            offered = [itemset.nodeset] if itemset is not None and itemset.filtered else []
            yield Cell("value", path), [*_given(question.calculate), *offered]
            yield Cell("display", path), _display_sources(question)
        for set_value in self.definition.set_values:
            if set_value.action == "setgeopoint":
                continue
            collector = _Collector(self.definition, set_value.target)
            try:
                collector.collect(set_value.expression)
            except FormProblem as problem:
                raise problem.at(set_value.target) from problem
            read = {reference.cell for reference in collector.references}
            if all(
                cell.kind != "value" and paths.is_within(set_value.target, cell.template) for cell in read
            ):
                self.by_place.add(set_value)

    def _dependent(self, cell: Cell, anchor: str) -> Dependent:
        place = paths.parent(cell.template) if cell.kind == "structure" else cell.template
        group = self.definition.groups.get(cell.template)
        reshapes = (
            isinstance(group, Repeat) if cell.kind == "relevant" else cell.kind == "display" and bool(group)
        )
        return Dependent(cell, anchor, place, reshapes)

    def _note_offers(self, cell: Cell, found: Iterable[Reference]) -> None:
        """What a question reads for its choices alone, and not for its value."""
        question = self.definition.questions[cell.template]
        if question.itemset is None or not question.itemset.filtered:
            return
        calculated = _Collector(self.definition, cell.template)
        for source in _given(question.calculate):
            calculated.collect(source)
        own = {reference.cell for reference in calculated.references}
        self._offers.update((cell, reference.cell) for reference in found if reference.cell not in own)

    def _contained_in(self, cell: Cell) -> Iterator[Cell]:
        """A node is calculated after its own relevance, its parent's, and the repeats that make it."""
        above = paths.parent(cell.template)
        if cell.kind == "value":
            yield Cell("relevant", cell.template)
        elif cell.kind == "relevant" and above:
            yield Cell("relevant", above)
        inside = above if cell.kind == "structure" else cell.template
        for repeat in _repeats_around(self.definition, inside) if inside else ():
            yield Cell("structure", repeat)

    def _order(self) -> None:
        waiting = {
            cell: {read for read in reads if read in self._reads} for cell, reads in self._reads.items()
        }
        readers: dict[Cell, list[Cell]] = {}
        for cell, reads in waiting.items():
            for read in reads:
                readers.setdefault(read, []).append(cell)
        ready = [cell for cell, reads in waiting.items() if not reads]
        while True:
            while ready:
                following: list[Cell] = []
                for cell in ready:
                    self.rank[cell] = len(self.rank)
                    for reader in readers.get(cell, ()):
                        waiting[reader].discard(cell)
                        if not waiting[reader] and reader not in self.rank:
                            following.append(reader)
                ready = following
            stuck = {cell for cell, reads in waiting.items() if reads}
            if not stuck:
                return
            reader, read = self._loosest(_one_cycle(stuck, waiting))
            self.loosened = True
            waiting[reader].discard(read)
            ready = [] if waiting[reader] else [reader]

    def _loosest(self, cycle: list[tuple[Cell, Cell]]) -> tuple[Cell, Cell]:
        """The reading in a circle that need not come first: who reads is worked out again instead, until
        all stay the same.

        A count may depend on what is in its own repeat ('is there another one?', asked in the last
        instance), and the choices of a question on one that is hidden by its answer. Any other circle has
        no answer. Raises FormProblem, naming its questions.
        """
        for reader, read in cycle:
            if reader.kind == "structure" or (reader, read) in self._offers:
                return reader, read
        names = ", ".join(dict.fromkeys(read.template for _, read in reversed(cycle)))
        raise FormProblem("form.dependency.cycle", questions=names)


def _given(source: str | None) -> list[str]:
    return [source] if source else []


def _display_sources(question: Question) -> list[str]:
    sources = [
        *_given(question.constraint),
        *_given(question.required),
        *_given(question.readonly),
    ]
    for text in (
        question.label,
        question.hint,
        question.guidance,
        question.constraint_message,
        question.required_message,
        *(choice.label for choice in question.choices),
    ):
        sources += text.outputs()
    return sources


def _repeats_around(definition: FormDefinition, template: str) -> list[str]:
    """The repeats that a template lies in, itself included, the outermost first."""
    steps = template.split("/")
    prefixes = ["/".join(steps[: count + 1]) for count in range(len(steps))]
    return [prefix for prefix in prefixes if isinstance(definition.groups.get(prefix), Repeat)]


def _innermost_repeat(definition: FormDefinition, template: str) -> str:
    around = _repeats_around(definition, template)
    return around[-1] if around else ""


def _one_cycle(stuck: set[Cell], waiting: dict[Cell, set[Cell]]) -> list[tuple[Cell, Cell]]:
    """One loop among the cells that wait for each other, from its first question on: who reads, and what."""
    cell = min(stuck)
    seen: list[Cell] = []
    while cell not in seen:
        seen.append(cell)
        cell = min(waiting[cell])
    loop = [*seen[seen.index(cell) :], cell]
    return list(pairwise(loop))


class _Collector:
    """Finds what the expressions of one template read."""

    def __init__(self, definition: FormDefinition, template: str) -> None:
        self.definition = definition
        self.origin = _Spot(template, _innermost_repeat(definition, template))
        self.around = set(_repeats_around(definition, template))
        self.references: dict[Reference, None] = {}
        self.speaks = False

    def collect(self, source: str) -> None:
        self.visit(parse(source), {self.origin})
        rehearse(source)

    def visit(self, tree: Tree, context: set[_Spot]) -> set[_Spot]:
        """Notes all references in the tree; gives the spots that it may select."""
        if isinstance(tree, Path):
            return self.path(tree, context)
        if isinstance(tree, Union_):
            return self.visit(tree.left, context) | self.visit(tree.right, context)
        if isinstance(tree, Binary):
            for _, operand in operands(tree):
                self.visit(operand, context)
        elif isinstance(tree, Negation):
            self.visit(tree.operand, context)
        elif isinstance(tree, Call):
            return self.call(tree, context)
        return set()

    def call(self, tree: Call, context: set[_Spot]) -> set[_Spot]:
        function = functions_by_name(tree.name)
        given = len(tree.arguments)
        if given < function.least or (function.most is not None and given > function.most):
            raise FormProblem("form.expression.arguments", function=tree.name, given=given)
        self.speaks = self.speaks or tree.name in _SPEAKS
        if tree.name == "current":
            return {self.origin}
        found: set[_Spot] = set()
        counted = _NODES_ONLY.get(tree.name, frozenset())
        for at, argument in enumerate(tree.arguments):
            if at in counted and isinstance(argument, Path):
                found |= self.path(argument, context, reads=False)
            else:
                found |= self.visit(argument, context)
        if tree.name == "instance":
            return {_OUTSIDE}
        if tree.name == "jr:choice-name" and isinstance(tree.arguments[1], Text):
            self.choice_of(tree.arguments[1].value, context)
        if tree.name == "indexed-repeat":
            found = {_Spot(spot.template, "") for spot in found if not spot.outside}
            for spot in found:
                self.note(spot)
                for repeat in _repeats_around(self.definition, spot.template):
                    self.reference(Cell("structure", repeat), "")
        return found

    def choice_of(self, path: str, context: set[_Spot]) -> None:
        """Which choice a name means may hang on what is offered now, where several have it."""
        try:
            tree = parse(path)
        except FormProblem:
            return
        spots = _Collector(self.definition, self.origin.template).visit(tree, context)
        for spot in spots:
            question = self.definition.questions.get(spot.template)
            itemset = question.itemset if question is not None else None
            if question is None or itemset is None or not itemset.filtered:
                continue
            names = {choice.name for choice in question.choices}
            if len(names) == len(question.choices) and names:
                continue
            offered = _Collector(self.definition, spot.template)
            offered.collect(itemset.nodeset)
            for reference in offered.references:
                self.reference(reference.cell, "")

    def path(self, path: Path, context: set[_Spot], *, reads: bool = True) -> set[_Spot]:
        if path.absolute:
            spots = {_Spot(_TOP, "")}
        elif path.start is not None:
            spots = self.visit(path.start, context)
        else:
            spots = context
        for predicate in path.filters:
            self.visit(predicate, spots)
        for index, step in enumerate(path.steps):
            last = index + 1 == len(path.steps)
            spots = {after for spot in spots for after in self.step(spot, step, path.absolute, last)}
            for predicate in step.predicates:
                self.visit(predicate, spots)
        for spot in spots:
            self.note(spot)
            if reads:
                self.note_content(spot)
        return spots

    def note_content(self, spot: _Spot) -> None:
        """The text of a group is that of all that is in it."""
        if spot.outside or spot.template in ("", _TOP) or spot.template in self.definition.questions:
            return
        for path in self.definition.questions:
            if path.startswith(f"{spot.template}/"):
                self.reference(Cell("value", path), spot.anchor)

    def note(self, spot: _Spot) -> None:
        """A reference to what the path ends at."""
        if spot.outside or spot.template in ("", _TOP):
            return
        if spot.template in self.definition.questions:
            self.reference(Cell("value", spot.template), spot.anchor)
            return
        self.reference(Cell("relevant", spot.template), spot.anchor)
        if self.definition.is_repeat(spot.template):
            self.reference(Cell("structure", spot.template), spot.anchor)

    def reference(self, cell: Cell, anchor: str) -> None:
        if cell.kind == "structure" and anchor == cell.template:
            anchor = _innermost_repeat(self.definition, paths.parent(anchor))
        self.references[Reference(cell, anchor)] = None

    def step(self, spot: _Spot, step: Step, absolute: bool, last: bool) -> Iterable[_Spot]:
        if spot.outside:
            return (_OUTSIDE,)
        if step.axis == "self" and step.test == "node()":
            return (spot,)
        if step.axis == "parent":
            return self.above(spot)
        if step.axis == "child" and step.test not in ("*", "node()"):
            return self.child(spot, step, absolute, last)
        if step.axis == "attribute":
            template = paths.join(spot.template, f"@{step.test.rpartition(':')[2]}")
            return (_Spot(template, spot.anchor),) if template in self.definition.questions else ()
        if step.axis == "namespace":
            return ()
        return self.search(spot, step)

    def above(self, spot: _Spot) -> Iterable[_Spot]:
        if spot.template in ("", _TOP):
            return (_Spot(_TOP, ""),)
        above = paths.parent(spot.template)
        leaves = spot.anchor == spot.template
        return (_Spot(above, _innermost_repeat(self.definition, above) if leaves else spot.anchor),)

    def child(self, spot: _Spot, step: Step, absolute: bool, last: bool) -> Iterable[_Spot]:
        if spot.template == _TOP:
            return (_Spot("", ""),) if step.test.rpartition(":")[2] == self.definition.root else ()
        template = paths.join(spot.template, step.test.rpartition(":")[2])
        if template in self.definition.questions:
            return (_Spot(template, spot.anchor),)
        if template not in self.definition.groups:
            return ()
        if not self.definition.is_repeat(template):
            return (_Spot(template, spot.anchor),)
        if absolute and not last and not step.predicates and template in self.around:
            return (_Spot(template, template),)
        self.reference(Cell("structure", template), spot.anchor)
        return (_Spot(template, spot.anchor),)

    def search(self, spot: _Spot, step: Step) -> Iterable[_Spot]:
        """Any other axis: all that it could reach, from wherever."""
        wanted = step.test.rpartition(":")[2]
        everything = [*self.definition.questions, *self.definition.groups]
        names = (
            everything
            if step.test in ("*", "node()")
            else [p for p in everything if p.rpartition("/")[2] == wanted]
        )
        if step.axis in ("child", "descendant", "descendant-or-self") and spot.template not in ("", _TOP):
            names = [path for path in names if path.startswith(f"{spot.template}/")]
        if step.axis == "child":
            names = [path for path in names if paths.parent(path) == spot.template]
        found = {_Spot(path, "") for path in names}
        for path in names:
            for repeat in _repeats_around(self.definition, path):
                self.reference(Cell("structure", repeat), "")
        if step.axis in ("descendant-or-self", "ancestor-or-self", "self") and step.test == "node()":
            found.add(spot)
        return found

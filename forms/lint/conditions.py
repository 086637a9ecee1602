"""What can be said of a form's conditions without an answer: those that can never hold, and comparisons
of a question with a choice that its list does not have.

Only what is certain is told: a list from a file, a calculated answer or a path that is not plain may
hold anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from forms import paths
from forms.definition import FormDefinition, Group, Question, Repeat
from forms.errors import FormProblem
from forms.expression.parser import (
    Binary,
    Call,
    Literal,
    Negation,
    Number,
    Path,
    Tree,
    Union_,
    operands,
    parse,
    subtrees,
)
from forms.expression.values import number_to_text

_CHOSEN: Final = frozenset({"selected", "is-selected"})
_COMPARES: Final = frozenset({"=", "!=", "<", "<=", ">", ">="})


@dataclass(frozen=True, slots=True)
class UnknownChoice:
    """A comparison of a question with what is no choice of it."""

    question: Question
    choice: str


class Conditions:
    """The conditions of one form. `at` is the template path of the question whose expression it is."""

    def __init__(self, definition: FormDefinition) -> None:
        self.definition = definition
        events = (*definition.set_values, *(s for q in definition.questions.values() for s in q.triggers))
        self._set = frozenset(set_value.target for set_value in events)

    def unknown_choices(self, source: str, at: str) -> Iterator[UnknownChoice]:
        """Each comparison in the expression with a choice that does not exist, once."""
        found = {(one.question.path, one.choice): one for one in self._unknown(_tree(source), at)}
        yield from found.values()

    def never(self, source: str, at: str) -> bool:
        """Whether the condition is false whatever is answered."""
        tree = _tree(source)
        return tree is not None and self._truth(tree, at) is False

    # Comparisons

    def _unknown(self, tree: Tree | None, at: str, *, inside: bool = False) -> Iterator[UnknownChoice]:
        """`inside` a predicate, a relative path starts at an item that is not known here."""
        if isinstance(tree, Binary):
            if tree.operator in ("=", "!="):
                yield from self._compared(tree, at, inside)
            for _, operand in operands(tree):
                yield from self._unknown(operand, at, inside=inside)
        elif isinstance(tree, Negation):
            yield from self._unknown(tree.operand, at, inside=inside)
        elif isinstance(tree, Union_):
            yield from self._unknown(tree.left, at, inside=inside)
            yield from self._unknown(tree.right, at, inside=inside)
        elif isinstance(tree, Call):
            if tree.name in _CHOSEN and len(tree.arguments) == 2:
                question = self._question(tree.arguments[0], at, inside)
                names = _names(tree.arguments[1])
                if question is not None and names is not None:
                    yield from self._missing(question, names)
            for argument in tree.arguments:
                yield from self._unknown(argument, at, inside=inside)
        elif isinstance(tree, Path):
            yield from self._unknown(tree.start, at, inside=inside)
            for predicate in (*tree.filters, *(each for step in tree.steps for each in step.predicates)):
                yield from self._unknown(predicate, at, inside=True)

    def _compared(self, tree: Binary, at: str, inside: bool) -> Iterator[UnknownChoice]:
        for side, other in ((tree.left, tree.right), (tree.right, tree.left)):
            question = self._question(side, at, inside)
            names = _names(other)
            if question is not None and names is not None:
                yield from self._missing(question, names)

    def _missing(self, question: Question, names: str) -> Iterator[UnknownChoice]:
        if not names.strip() or not self._choices_are_known(question):
            return
        wanted = [names] if question.type == "select_one" else names.split()
        # Some forms write 'NaN' for what was not answered.
        wanted = [name for name in wanted if name != "NaN"]
        known = [choice.name for choice in question.choices]
        for name in wanted:
            if name not in known and not any(_same_number(name, each) for each in known):
                yield UnknownChoice(question, name)

    def _choices_are_known(self, question: Question) -> bool:
        """Whether an answer can only be a name of its list: not where it is calculated or set."""
        return (
            question.chooses
            and bool(question.choices)
            and question.calculate is None
            and question.path not in self._set
            and all(choice.name for choice in question.choices)
            and (not question.default or question.default in [choice.name for choice in question.choices])
        )

    def _repeated(self, path: str) -> bool:
        steps = path.split("/")
        return any(self.definition.is_repeat("/".join(steps[:count])) for count in range(1, len(steps)))

    # Truth

    def _truth(self, tree: Tree, at: str) -> bool | None:
        """What the condition always is; None when an answer decides."""
        if isinstance(tree, Number):
            return tree.value == tree.value and tree.value != 0
        if isinstance(tree, Literal):
            return bool(tree.value)
        if isinstance(tree, Call):
            return self._called(tree, at)
        if isinstance(tree, Binary):
            if tree.operator in ("and", "or"):
                return self._joined(tree, at)
            if tree.operator in _COMPARES:
                return self._comparison(tree, at)
        return None

    def _called(self, tree: Call, at: str) -> bool | None:
        if tree.name in ("true", "false") and not tree.arguments:
            return tree.name == "true"
        if tree.name == "not" and len(tree.arguments) == 1:
            inner = self._truth(tree.arguments[0], at)
            return None if inner is None else not inner
        if tree.name == "boolean" and len(tree.arguments) == 1:
            return self._truth(tree.arguments[0], at)
        if tree.name in _CHOSEN and len(tree.arguments) == 2:
            return False if any(self._unknown_here(tree, at)) else None
        return None

    def _unknown_here(self, tree: Call, at: str) -> Iterator[UnknownChoice]:
        question, names = self._question(tree.arguments[0], at, False), _names(tree.arguments[1])
        if question is not None and names is not None:
            yield from self._missing(question, names)

    def _joined(self, tree: Binary, at: str) -> bool | None:
        """`and` is false when a part is, or when two parts want different answers to one question."""
        parts = [operand for _, operand in operands(tree)]
        truths = [self._truth(part, at) for part in parts]
        if tree.operator == "or":
            return True if True in truths else (None if None in truths else False)
        if False in truths or self._contradicts(parts, at):
            return False
        return None if None in truths else True

    def _contradicts(self, parts: list[Tree], at: str) -> bool:
        wanted: dict[str, str] = {}
        for part in parts:
            if not isinstance(part, Binary) or part.operator != "=":
                continue
            for side, other in ((part.left, part.right), (part.right, part.left)):
                question, names = self._question(side, at, False), _names(other)
                if question is None or names is None or question.type != "select_one":
                    continue
                if isinstance(side, Path) and side.absolute and self._repeated(question.path):
                    # Of several instances, each may have another answer.
                    continue
                before = wanted.setdefault(question.path, names)
                if before != names and not _same_number(before, names):
                    return True
        return False

    def _comparison(self, tree: Binary, at: str) -> bool | None:
        left, right = _constant(tree.left), _constant(tree.right)
        if left is not None and right is not None:
            return _holds(tree.operator, left, right)
        if tree.operator == "=" and any(self._compared(tree, at, False)):
            return False
        return None

    # Paths

    def _question(self, tree: Tree, at: str, inside: bool) -> Question | None:
        """The question that a plain path names: of names, `.`, `..` and `current()` only."""
        if not isinstance(tree, Path) or tree.filters:
            return None
        if tree.absolute:
            place: str | None = None
        elif tree.start is None:
            if inside:
                return None
            place = at
        elif isinstance(tree.start, Call) and tree.start.name == "current":
            place = at
        else:
            return None
        for step in tree.steps:
            if step.predicates:
                return None
            if step.axis == "self" and step.test == "node()":
                continue
            if step.axis == "parent" and step.test == "node()" and place:
                place = paths.parent(place)
            elif step.axis == "child" and place is None:
                if step.test.rpartition(":")[2] != self.definition.root:
                    return None
                place = ""
            elif step.axis == "child" and place is not None:
                place = paths.join(place, step.test.rpartition(":")[2])
            else:
                return None
        return self.definition.questions.get(place or "")


def patterns_of(source: str) -> Iterator[str]:
    """The patterns that stand in an expression, in `regex(…, 'pattern')`."""
    for part in subtrees(parse(source)):
        if isinstance(part, Call) and part.name == "regex" and len(part.arguments) == 2:
            pattern = part.arguments[1]
            if isinstance(pattern, Literal):
                yield pattern.value


def sources_of(element: Question | Group | Repeat) -> Iterator[tuple[str, str]]:
    """(column, expression) of all that is worked out for a question, a group or a repeat."""
    given: list[tuple[str, str | None]] = [("relevant", element.relevant), ("readonly", element.readonly)]
    if isinstance(element, Question):
        given += [
            ("constraint", element.constraint),
            ("required", element.required),
            ("calculation", element.calculate),
        ]
        if element.itemset is not None and element.itemset.filtered:
            given.append(("choice_filter", element.itemset.nodeset))
        texts = (element.label, element.hint, element.constraint_message, element.required_message)
        given += [("label", output) for text in texts for output in text.outputs()]
    elif isinstance(element, Repeat):
        given.append(("repeat_count", element.count))
    yield from ((column, source) for column, source in given if source)


def _tree(source: str) -> Tree | None:
    try:
        return parse(source)
    except FormProblem:
        return None


def _names(tree: Tree) -> str | None:
    """What an answer is compared with, as text, when it stands there."""
    if isinstance(tree, Literal):
        return tree.value
    return number_to_text(tree.value) if isinstance(tree, Number) else None


def _constant(tree: Tree) -> str | float | None:
    if isinstance(tree, Literal | Number):
        return tree.value
    if isinstance(tree, Negation) and isinstance(tree.operand, Number):
        return -tree.operand.value
    return None


def _holds(operator: str, left: str | float, right: str | float) -> bool | None:
    if operator in ("=", "!="):
        if type(left) is not type(right):
            return None
        return (left == right) == (operator == "=")
    if isinstance(left, str) or isinstance(right, str):
        return None
    return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}.get(operator)


def _same_number(first: str, second: str) -> bool:
    try:
        return float(first) == float(second)
    except ValueError:
        return False

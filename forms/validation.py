"""What is wrong with the answers of an entry: of the wrong type, missing, or against a constraint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from forms import answer_types, choices

if TYPE_CHECKING:
    from forms.calculation import Calculation
    from forms.instance import InstanceNode

ViolationKind = Literal["required", "constraint", "type"]


@dataclass(frozen=True, slots=True)
class Violation:
    """One answer that cannot stay as it is. `message` is the form's own, empty when it has none.

    `code` tells more than the kind, for texts of our own: `answer.integer.not_a_number`.
    """

    path: str
    kind: ViolationKind
    message: str
    code: str = ""


def is_required(calculation: Calculation, node: InstanceNode) -> bool:
    source = node.question.required
    return bool(source) and calculation.holds(node, "required", source or "", otherwise=False)


def is_readonly(calculation: Calculation, node: InstanceNode) -> bool:
    """Whether a person cannot change it: calculated, or read-only itself or by a group around it."""
    fixed = bool(node.question.calculate) and not node.question.prefilled
    return fixed or is_marked_readonly(calculation, node)


def is_marked_readonly(calculation: Calculation, node: InstanceNode) -> bool:
    """Whether the form says `readonly` of it, or of a group around it."""
    around: InstanceNode | None = node
    while around is not None:
        source = around.definition.readonly if around.definition is not None else None
        if source and calculation.holds(around, "readonly", source, otherwise=False):
            return True
        around = around.parent
    return False


def wrong_value(calculation: Calculation, node: InstanceNode) -> Violation | None:
    """What is wrong with the answer that is there; an empty one breaks no constraint."""
    question = node.question
    if not node.visible or not node.text or not question.visible:
        return None
    if question.type in ("select_one", "select_multiple", "rank") and (question.choices or question.itemset):
        names = {choice.name for choice in choices.offered(calculation, node)}
        if any(name not in names for name in answer_types.chosen(question, node.text)):
            return Violation(node.path, "type", "", "answer.choice.unknown")
    scale = question.scale
    if scale is not None and not scale.holds(node.text):
        return Violation(node.path, "constraint", "", "answer.range.outside")
    if question.constraint and not _keeps(calculation, node, question.constraint):
        return Violation(node.path, "constraint", calculation.world.told(question.constraint_message, node))
    return None


def _keeps(calculation: Calculation, node: InstanceNode, constraint: str) -> bool:
    """Whether a constraint holds here or where the next day comes first: what a colleague wrote there as
    today is no day to come."""
    world = calculation.world
    if calculation.holds(node, "constraint", constraint, otherwise=True):
        return True
    if world.furthest is None:
        return False
    with world.furthest_on():
        return calculation.holds(node, "constraint", constraint, otherwise=True)


def missing_value(calculation: Calculation, node: InstanceNode) -> Violation | None:
    """Whether an answer is required and not there. What nobody can answer is never missing."""
    question = node.question
    if not node.visible or node.text or not question.asks or not is_required(calculation, node):
        return None
    if is_readonly(calculation, node):
        return None
    return Violation(node.path, "required", calculation.world.told(question.required_message, node))

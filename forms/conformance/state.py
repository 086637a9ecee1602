"""The whole state of an entry as the recorded scenarios tell it: each node by its place and number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from forms import choices, validation
from forms.definition import Group, Question, Repeat
from forms.entry import FormEntry
from forms.instance import InstanceNode
from forms.xform.names import prefixed

_KINDS = {
    "input": "input",
    "secret": "input",
    "textarea": "input",
    "range": "range",
    "upload": "upload",
    "select": "select",
    "select1": "select",
    "rank": "rank",
    "trigger": "trigger",
    "": "model-value",
}


def positional(entry: FormEntry) -> dict[str, str]:
    """The place of each node (`/data/child[2]/name`), by its path here."""
    return {node.path: place for node, place in _placed(entry)}


def _placed(entry: FormEntry) -> Iterator[tuple[InstanceNode, str]]:
    root = entry.document.root
    yield from _below(entry, root, f"/{prefixed(entry.definition.places[''].tag)}")


def _below(entry: FormEntry, node: InstanceNode, place: str) -> Iterator[tuple[InstanceNode, str]]:
    yield node, place
    numbers: dict[str, int] = {}
    for child in node.inner():
        inner = f"{place}/{prefixed(entry.definition.places[child.template].tag)}"
        if child.instance_id is not None:
            numbers[child.name] = numbers.get(child.name, 0) + 1
            inner = f"{inner}[{numbers[child.name]}]"
        yield from _below(entry, child, inner)


def whole_state(entry: FormEntry) -> dict[str, dict[str, Any]]:
    """What each node is like now, by its place; a repeat as a whole is `/data/child#range`."""
    state: dict[str, dict[str, Any]] = {}
    for node, place in _placed(entry):
        if isinstance(node.definition, Question):
            state[place] = _leaf(entry, node)
            continue
        kind = "root" if node.definition is None else "group"
        if node.instance_id is not None:
            kind = "repeat-instance"
        state[place] = {
            "type": kind,
            "relevant": node.visible,
            "readonly": validation.is_marked_readonly(entry.calculation, node),
            "required": False,
            "label": _label(entry, node),
        }
        for repeat in entry.document.repeats_in(node):
            inner = f"{place}/{prefixed(entry.definition.places[repeat.path].tag)}#range"
            state[inner] = _range(entry, node, repeat)
    return state


def _range(entry: FormEntry, holder: InstanceNode, repeat: Repeat) -> dict[str, Any]:
    controlled = repeat.count is not None or repeat.fixed
    return {
        "type": f"repeat-range:{'controlled' if controlled else 'uncontrolled'}",
        "relevant": entry.calculation.is_offered(holder, repeat),
        "readonly": validation.is_marked_readonly(entry.calculation, holder.range_of(repeat)),
        "required": False,
        "count": len(holder.instances(repeat.name)),
        "label": entry.calculation.world.shown(repeat.label, holder.range_of(repeat)),
    }


def _label(entry: FormEntry, node: InstanceNode) -> str:
    if not isinstance(node.definition, Group | Repeat):
        return ""
    return entry.calculation.world.shown(node.definition.label, node)


def _leaf(entry: FormEntry, node: InstanceNode) -> dict[str, Any]:
    calculation, question = entry.calculation, node.question
    violation = validation.wrong_value(calculation, node) or validation.missing_value(calculation, node)
    state: dict[str, Any] = {
        "type": "note" if question.type == "note" else _KINDS[question.control],
        "relevant": node.visible,
        "readonly": validation.is_marked_readonly(calculation, node),
        "required": validation.is_required(calculation, node),
        "value": node.text,
        "violation": violation.kind if violation is not None else None,
        "label": calculation.world.shown(question.label, node),
        "hint": calculation.world.shown(question.hint, node),
    }
    if question.chooses:
        world = calculation.world
        options = [
            [choice.name, world.shown(choice.label, node) or choice.name]
            for choice in choices.offered(calculation, node)
        ]
        state["n_options"] = len(options)
        state["options"] = options
    return state

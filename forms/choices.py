"""The choices that a question offers now: all of its list, those that its filter lets through, or
the instances of a repeat.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from forms.definition import Choice, FormDefinition, Itemset, Question
from forms.expression.nodes import Node
from forms.translations import NO_TEXT, same_everywhere

if TYPE_CHECKING:
    from forms.calculation import Calculation
    from forms.instance import InstanceNode


_KNOWN: WeakKeyDictionary[FormDefinition, dict[tuple[str, str, str], dict[int, Choice]]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """One choice in the entry's language. `media` maps image, audio, video to a file's name."""

    name: str
    label: str
    media: Mapping[str, str] = field(default_factory=dict)


def offered(calculation: Calculation, node: InstanceNode) -> tuple[Choice, ...]:
    """The choices of the question, in order; a choice without a name cannot be chosen and is left out."""
    question = node.question
    itemset = question.itemset
    if itemset is None or not itemset.filtered:
        return question.choices
    items = calculation.result(node, "itemset", itemset.nodeset, "nodes", otherwise="")
    if not isinstance(items, list):
        return question.choices
    known = _known(calculation, question)
    found = [known.get(id(item)) or _choice(calculation, item, itemset) for item in items]
    return tuple([choice for choice in found if choice.name])


def _known(calculation: Calculation, question: Question) -> dict[int, Choice]:
    """The choices that the form's own list gives, by their items: they were made when it was loaded."""
    definition = calculation.document.definition
    itemset = question.itemset
    if itemset is None or itemset.list is None or itemset.list not in definition.lists:
        return {}
    by_itemset = _KNOWN.setdefault(definition, {})
    key = (itemset.list, itemset.value_ref, itemset.label_ref)
    if key not in by_itemset:
        items = items_of(definition.lists[itemset.list])
        same = len(items) == len(question.choices)
        by_itemset[key] = {id(i): c for i, c in zip(items, question.choices, strict=True)} if same else {}
    return by_itemset[key]


def views(calculation: Calculation, node: InstanceNode) -> tuple[ChoiceView, ...]:
    """The choices as they are shown."""
    world = calculation.world
    return tuple(
        ChoiceView(
            choice.name,
            world.told(choice.label, node) or choice.name,
            choice.label.media_in(world.languages),
        )
        for choice in offered(calculation, node)
    )


def _choice(calculation: Calculation, item: Node, itemset: Itemset) -> Choice:
    definition = calculation.document.definition
    name = text_at(item, itemset.value_ref).strip()
    label = text_at(item, itemset.label_ref)
    if itemset.translated:
        return Choice(name, definition.texts.get(label, NO_TEXT))
    return Choice(name, same_everywhere(label, definition.languages))


def text_at(item: Node, reference: str) -> str:
    """The text of a child, or of a child of a child, of an item."""
    for step in reference.removeprefix("./").split("/"):
        found = item.named(step)
        if not found:
            return ""
        item = found[0]
    return item.text


def items_of(root: Node) -> list[Node]:
    """The items of a list: `root/item` of its instance."""
    return [item for top in root.elements() for item in top.elements()]

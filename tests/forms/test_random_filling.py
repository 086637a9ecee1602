"""Filled in at random, a form is never other than its answers say when all is calculated anew.

`make torture ONLY=forms` does the same with 1,000 answers in every form of the wild.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from forms.calculation import Calculation
from forms.dependencies import Cell, DependencyGraph
from forms.expression.focus import Shape
from forms.instance import InstanceNode
from forms.xform.load import load_form
from tests.forms.everything import EVERYTHING
from tests.forms.filler import WILD, fill, source_of

A_FEW_OF_THE_WILD = (
    "groups_in_repeats",
    "nested_repeats__",
    "cascading_select_test_equivalent",
    "xlsform_spec_test__97d80ea3",
    "socio-economic",
    "choice_filter_test",
    "whova",
)


@pytest.mark.parametrize("seed", range(4))
def test_a_form_with_everything_is_always_as_if_it_were_calculated_from_scratch(
    load: Callable[[str], Any], seed: int
) -> None:
    filler, failures, _, checks = fill(load(EVERYTHING), seed, answers=120, every=1, largest=200)
    assert not failures
    assert filler.answers == 120
    assert checks > 120


@pytest.mark.parametrize("name", A_FEW_OF_THE_WILD)
def test_a_form_of_the_wild_is_always_as_if_it_were_calculated_from_scratch(name: str) -> None:
    found = sorted(WILD.glob(f"*{name}*"))
    if not found:
        pytest.skip("the forms of the wild are not there")
    _, failures, _, _ = fill(load_form(source_of(found[0])), name, answers=40)
    assert not failures


# What the comparison is worth: each of these mistakes is found.


@contextmanager
def _forgetting(monkeypatch: pytest.MonkeyPatch, mistake: str) -> Iterator[None]:
    known = DependencyGraph._known.copy()
    DependencyGraph._known.clear()
    with monkeypatch.context() as patched:
        _MISTAKES[mistake](patched)
        try:
            yield
        finally:
            DependencyGraph._known = known


def _an_edge(patched: pytest.MonkeyPatch) -> None:
    """Nothing depends on the sum of another repeat any more."""
    build = DependencyGraph.__init__

    def without_one(self: DependencyGraph, definition: Any) -> None:
        build(self, definition)
        self.dependents.pop(Cell("value", "need/weight"), None)

    patched.setattr(DependencyGraph, "__init__", without_one)


def _the_anchor(patched: pytest.MonkeyPatch) -> None:
    """What depends on an answer across instances is calculated in the same instance only."""
    plain = Calculation.schedule_dependents

    def near(self: Calculation, cell: Cell, node: InstanceNode) -> None:
        if node.parent is not None and node.parent.instance_id:
            for dependent in self.graph.dependents.get(cell, ()):
                if dependent.cell.kind != "display" and dependent.cell.template.startswith(
                    node.parent.template
                ):
                    self.schedule(dependent.cell, self.document.nodes(dependent.cell.template, node.parent))
            return
        plain(self, cell, node)

    patched.setattr(Calculation, "schedule_dependents", near)


def _a_removal(patched: pytest.MonkeyPatch) -> None:
    plain = Calculation._restructured

    def forgetful(self: Calculation, holder: InstanceNode, node: InstanceNode) -> None:
        self.restructured = True
        if node.path in self.document.by_path:
            plain(self, holder, node)

    patched.setattr(Calculation, "_restructured", forgetful)


def _the_language(patched: pytest.MonkeyPatch) -> None:
    patched.setattr(Calculation, "language_changed", lambda self: None)


def _what_was_hidden(patched: pytest.MonkeyPatch) -> None:
    """A group that appears does not calculate what is in it."""

    def shallow(self: Calculation, node: InstanceNode, parent_visible: bool) -> None:
        visible = parent_visible and not node.hidden_by_itself
        if visible != node.visible:
            node.visible = visible
            self.restructured = True
            for child in node.inner():
                shallow(self, child, visible)

    patched.setattr(Calculation, "_show", shallow)


def _to_tell(patched: pytest.MonkeyPatch) -> None:
    """What a calculation changed is not told to who saves."""
    plain = Calculation._value

    def silent(self: Calculation, node: InstanceNode) -> None:
        plain(self, node)
        if node.question.calculate:
            self.touched.pop(node.path, None)

    patched.setattr(Calculation, "_value", silent)


def _to_redraw(patched: pytest.MonkeyPatch) -> None:
    plain = Calculation.schedule_dependents

    def undrawn(self: Calculation, cell: Cell, node: InstanceNode) -> None:
        before = dict(self.redrawn)
        plain(self, cell, node)
        self.redrawn = before

    patched.setattr(Calculation, "schedule_dependents", undrawn)


def _a_new_instance(patched: pytest.MonkeyPatch) -> None:
    """What is in a new instance is not calculated."""

    def settled(self: Calculation, holder: InstanceNode, node: InstanceNode) -> None:
        self.touched.update((inner.path, None) for inner in node.everything())
        self._restructured(holder, node)

    patched.setattr(Calculation, "_settled", settled)


def _the_shape(patched: pytest.MonkeyPatch) -> None:
    """What a path found once is found for ever."""
    steady = Shape()
    patched.setattr("forms.expression.compile_paths.shape_of", lambda environment: steady)


_MISTAKES: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "an edge of the graph": _an_edge,
    "the other instances": _the_anchor,
    "what counts instances, at a removal": _a_removal,
    "what speaks a language": _the_language,
    "the calculations of a group that appears": _what_was_hidden,
    "to tell what was calculated": _to_tell,
    "to redraw": _to_redraw,
    "what is in a new instance": _a_new_instance,
    "that a path may find other nodes": _the_shape,
}


@pytest.mark.parametrize("mistake", _MISTAKES)
def test_the_comparison_finds_who_forgets(
    load: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch, mistake: str
) -> None:
    definition = load(EVERYTHING)
    with _forgetting(monkeypatch, mistake):
        assert any(fill(definition, seed, answers=150, every=1, largest=200)[1] for seed in range(3))

# ruff: noqa: E501 - the tables of forms are wide
"""Filled in at random, a form is never other than its answers say when all is calculated anew.

`make torture ONLY=forms` does the same with 1,000 answers in every form of the wild.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from forms.calculation import Calculation
from forms.dependencies import Cell, DependencyGraph
from forms.instance import Document, InstanceNode
from forms.xform import load_form
from tests.forms.filler import WILD, fill, source_of

EVERYTHING = """
| survey |
| | type | name | label::English (en) | label::French (fr) | relevant | constraint | required | readonly | calculation | default | repeat_count | choice_filter | trigger |
| | text | name | Name | Nom | | string-length(.) < 12 | yes | | | | | | |
| | integer | size | Size of ${name}'s household | Taille du ménage de ${name} | | . >= 0 and . < 9 | | | | 2 | | | |
| | select_one country | country | Country | Pays | | | | | | | | | |
| | select_one district | district | District | Région | | | ${size} > 2 | | | | | country = ${country} | |
| | select_multiple town | towns | Towns | Villes | ${district} != '' | | | | | | | country = ${country} and district = ${district} | |
| | rank country | order | Order | Ordre | ${size} > 1 | | | | | | | | |
| | select_multiple country or_other | been | Been to | Visité | | | | | | | | | |
| | calculate | shown | | | | | | | jr:choice-name(${district}, '${district}') | | | | |
| | calculate | first_name | | | ${size} > 0 | | | | once(${name}) | | | | |
| | date | born | Born | Né | | . < today() | | | | | | | |
| | calculate | age | | | | | | | int((today() - ${born}) div 365.25) | | | | |
| | calculate | long_date | | | | | | | format-date(${born}, '%A %d %b %Y') | | | | |
| | text | note_of_day | Note of ${long_date} | Note du ${long_date} | | | | ${size} = 3 | | concat(${name}, '!') | | | |
| | calculate | stamp | | | | | | | concat('size was ', ${size}) | | | | ${country} |
| | begin_group | adult | Adult | Adulte | ${age} >= 18 or ${age} = '' | | | | | | | | |
| | decimal | income | Income | Revenu | | . >= 0 | | | | | | | |
| | begin_repeat | member | Member | Membre | | | | | | | ${size} | | |
| | text | first | First name | Prénom | | | | | | | | | |
| | integer | years | Years of ${first} | Âge de ${first} | | . < 120 | | | | position(..) * 10 | | | |
| | calculate | place | | | | | | | concat(position(..), '/', count(${member})) | | | | |
| | calculate | elder | | | position(..) > 1 | | | | indexed-repeat(${first}, ${member}, position(..) - 1) | | | | |
| | select_one town | town | Town | Ville | ${years} > 5 | | | | | | | country = ${country} and selected(${towns}, name) | |
| | begin_repeat | job | Job | Emploi | ${years} >= 15 | | | | | | | | |
| | text | what | What | Quoi | | | yes | | | | | | |
| | decimal | pay | Pay at ${what} | Salaire de ${what} | ${what} != 'none' | . > 0 | | | | | | | |
| | calculate | of_all | | | | | | | round(${pay} div sum(/data/adult/member/job/pay) * 100, 0) | | | | |
| | end_repeat | | | | | | | | | | | | |
| | calculate | earned | | | | | | | sum(${pay}) | | | | |
| | end_repeat | | | | | | | | | | | | |
| | calculate | eldest | | | | | | | max(${years}) | | | | |
| | end_group | | | | | | | | | | | | |
| | begin_repeat | need | Need | Besoin | ${size} != 4 | | | | | | | | |
| | text | thing | Thing | Chose | | | | | | concat('need ', count(${need})) | | | |
| | integer | weight | Weight | Poids | ${thing} != '' | | | | | 1 | | | |
| | begin_group | more | More | Plus | ${weight} > 1 | | | | | | | | |
| | select_one country | from | From | De | | | | | | | | | |
| | calculate | here | | | | | | | jr:choice-name(${from}, '${from}') | | | | |
| | begin_repeat | step | Step | Étape | | | | | | | ${weight} - 1 | | |
| | integer | days | Days | Jours | | | | | | 1 | | | |
| | calculate | until | | | | | | | sum(../preceding-sibling::step/days) + ${days} | | | | |
| | calculate | path | | | | | | | concat(position(../../..), '.', position(..), ' ', ${thing}, ${name}) | | | | |
| | end_repeat | | | | | | | | | | | | |
| | end_group | | | | | | | | | | | | |
| | calculate | lasts | | | | | | | sum(${days}) | | | | |
| | end_repeat | | | | | | | | | | | | |
| | select_one ${need} | worst | Worst | Pire | count(${need}) > 1 | | | | | | | ./weight > 0 | |
| | calculate | heaviest | | | | | | | sum(${weight}) + count(${step}) | | | | |
| | calculate | firsts | | | | | | | join(', ', ${first}) | | | | |
| | note | summary | ${firsts} need ${heaviest} | ${firsts} : ${heaviest} | ${heaviest} > 0 | | | | | | | | |
| | begin_group | last | Last | Fin | not(selected(${been}, 'al')) | | | | | | | | |
| | text | why | Why ${summary_of} | Pourquoi ${summary_of} | | | ${heaviest} > 3 | | | | | | |
| | calculate | summary_of | | | | | | | if(${worst} != '', concat(${worst}, '-', ${shown}), string(${eldest})) | | | | |
| | end_group | | | | | | | | | | | | |
| choices |
| | list_name | name | label::English (en) | label::French (fr) | country | district |
| | country | al | Albania | Albanie | | |
| | country | ma | Morocco | Maroc | | |
| | country | ua | Ukraine | Ukraine | | |
| | district | north | North | Nord | al | |
| | district | south | South | Sud | al | |
| | district | coast | Coast | Côte | ma | |
| | town | a | Shkodër | Shkodër | al | north |
| | town | b | Lezhë | Lezhë | al | north |
| | town | c | Vlorë | Vlorë | al | south |
| | town | d | Rabat | Rabat | ma | coast |
| settings |
| | form_id | version | default_language |
| | everything | 1 | English (en) |
"""

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


def _the_place(patched: pytest.MonkeyPatch) -> None:
    """A new instance comes first among its fellows."""
    plain = Document.attach

    def first(self: Document, parent: InstanceNode, node: InstanceNode) -> None:
        plain(self, parent, node)
        if node.order_number == 3:
            parent.children.remove(node)
            parent.children.insert(0, node)

    patched.setattr(Document, "attach", first)


_MISTAKES: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "an edge of the graph": _an_edge,
    "the other instances": _the_anchor,
    "what counts instances, at a removal": _a_removal,
    "what speaks a language": _the_language,
    "the calculations of a group that appears": _what_was_hidden,
    "to tell what was calculated": _to_tell,
    "to redraw": _to_redraw,
    "the place of a new instance": _the_place,
}


@pytest.mark.parametrize("mistake", _MISTAKES)
def test_the_comparison_finds_who_forgets(
    load: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch, mistake: str
) -> None:
    definition = load(EVERYTHING)
    with _forgetting(monkeypatch, mistake):
        assert any(fill(definition, seed, answers=150, every=1, largest=200)[1] for seed in range(3))

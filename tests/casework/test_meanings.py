"""The meanings that rules read: each listed once, and asked by the library in the words that rules know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pytest

from forms import library
from forms.casework import meanings
from forms.check import check_table

BLOCKS = {
    name: block
    for name, block in vars(meanings).items()
    if name.isupper() and name != "KNOWN" and isinstance(block, Mapping)
}
#: Answers that say nothing: a rule takes what it does not know for the more dangerous.
SILENT = ("no_answer", "not_known", "not_asked")


def test_each_meaning_is_listed_once_and_all_of_them_are_known():
    listed = Counter(code for block in BLOCKS.values() for code in block)
    assert [code for code, times in listed.items() if times > 1] == []
    assert listed.keys() == meanings.KNOWN.keys()


@pytest.mark.parametrize("form_id", [form_id for form_id, _ in library.forms()])
def test_the_choices_of_a_form_are_those_that_rules_know(form_id):
    definition = check_table(form_id, library.read(form_id)).definition
    assert definition is not None
    unknown = {
        (question.path, choice.name)
        for question in definition.questions.values()
        if question.chooses and meanings.KNOWN.get(question.meaning or "") is not None
        for choice in question.choices
        if choice.name not in (*(meanings.KNOWN[question.meaning or ""] or ()), *SILENT)
    }
    assert unknown == set()

"""regex(): a pattern that cannot be used is found before the form comes to anybody, and loses no answer."""

import pytest

from forms.check import check_table
from forms.errors import FormProblem
from forms.problem_texts import explain

BAD = "regex(., '(?=x)y')"
HEAD = "| survey |\n| | type | name | label | relevant | constraint | calculation | repeat_count |\n"


def table(*rows: tuple[str, ...]) -> str:
    return HEAD + "".join(f"| | {' | '.join(row)} |\n" for row in rows)


@pytest.mark.parametrize(
    ("question", "form"),
    {
        "a constraint": ("phone", table(("text", "phone", "P", "", BAD, "", ""))),
        "a branch that is not taken": (
            "c",
            table(("calculate", "c", "", "", "", "if(true(), 1, regex('a', '(?=x)y'))", "")),
        ),
        "a question that is hidden": ("phone", table(("text", "phone", "P", "1 = 2", BAD, "", ""))),
        "a repeat without instances": (
            "member/phone",
            table(
                ("begin_repeat", "member", "M", "", "", "", "0"),
                ("text", "phone", "P", "", BAD, "", ""),
                ("end_repeat", "", "", "", "", "", ""),
            ),
        ),
        "a relevance": ("n", table(("note", "n", "N", BAD, "", "", ""))),
    }.values(),
)  # fmt: skip
def test_a_pattern_that_cannot_be_used_is_refused_wherever_it_stands(question, form):
    problem = check_table("form.md", form).problem
    assert problem.code == "form.expression.bad_pattern"
    assert problem.params["question"] == question
    told = explain(problem)
    assert "(?=x)y" in told.cause
    assert "Lookahead" in told.remedy
    assert told.where.startswith("sheet 'survey', row ")


def test_a_form_with_such_a_pattern_does_not_load(load):
    with pytest.raises(FormProblem, match=r"form\.expression\.bad_pattern"):
        load(table(("text", "phone", "P", "", BAD, "", "")))


def test_a_count_of_what_is_no_question_is_found_where_nobody_has_been(load):
    with pytest.raises(FormProblem, match=r"form\.expression\.nodes_wanted"):
        load(table(("text", "a", "A", "1 = 2", "count(1) = 1", "", "")))


def test_a_pattern_from_an_answer_that_cannot_be_used_matches_nothing_and_keeps_the_answer(begin):
    form = table(("text", "p", "P", "", "", "", ""), ("text", "a", "A", "", "regex(., ${p})", "", ""))
    entry = begin(form)
    entry.answer("p", "(?=x")
    change = entry.answer("a", "hello")
    assert change.values == {"a": "hello"}
    assert change.violation.kind == "constraint"
    assert entry.state("a").violation.kind == "constraint"
    assert [violation.path for violation in entry.validate()] == ["a"]
    entry.answer("p", "h.*")
    assert entry.validate() == ()
    assert entry.values() == {"p": "h.*", "a": "hello"}


def test_a_constraint_that_cannot_be_evaluated_holds_no_answer_up(begin, monkeypatch):
    entry = begin(table(("text", "a", "A", "", ". != 'x'", "", "")))
    monkeypatch.setattr("forms.expression.compile.Expression.holds", fail)
    change = entry.answer("a", "hello")
    assert change.values == {"a": "hello"}
    assert change.violation is None


def fail(_expression):
    raise FormProblem("form.expression.bad_pattern", pattern="(")


def test_a_label_of_a_choice_asked_for_by_a_path_that_is_none_is_its_name(begin):
    form = table(
        ("text", "p", "P", "", "", "", ""),
        ("calculate", "c", "", "", "", "jr:choice-name(${p}, ${p})", ""),
    )
    entry = begin(form)
    assert entry.answer("p", "count((").values == {"p": "count((", "c": "count(("}

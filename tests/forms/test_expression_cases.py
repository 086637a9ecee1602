"""The expression language against what the reference engines answered, where their cases are at hand."""

import json
from collections import Counter
from pathlib import Path

import pytest

from forms.conformance.expressions import run_expression_case

CASES = Path(__file__).parents[3] / "shared" / "conformance" / "xpath_cases.jsonl"
AT_LEAST = 0.95
"""The share of all cases that do not hang on a clock or on chance. What is missing was mostly recorded with
another document than its test ran on, or is one client's way where another client's test asserts its own."""


@pytest.fixture(scope="module")
def outcomes():
    if not CASES.exists():
        pytest.skip(f"the recorded cases are not here: {CASES.name}")
    cases = [json.loads(line) for line in CASES.read_text("utf-8").splitlines()]
    return [(case, run_expression_case(case)) for case in cases if not case["volatile"]]


def test_what_a_test_asserted_holds_here(outcomes):
    asserted = [(case, outcome) for case, outcome in outcomes if case["tier"] == "asserted"]
    assert len(asserted) > 1000
    assert [(case["id"], outcome.reason) for case, outcome in asserted if not outcome.passed] == []


def test_nearly_all_that_was_observed_holds_here(outcomes):
    counts = Counter(outcome.passed for _, outcome in outcomes)
    assert counts[True] / len(outcomes) >= AT_LEAST, counts


def test_nothing_crashes(outcomes):
    assert [case["id"] for case, outcome in outcomes if outcome.reason.startswith("crashed")] == []


def case(kind, expression, expected, **more):
    return {"id": "x", "kind": kind, "expression": expression, "expected": expected, "context": None, **more}


LIST = "<a><b>1</b><b k='v'>2</b></a>"


@pytest.mark.parametrize(
    "right",
    [
        case("boolean", "1 = 1", True),
        case("number", "0 div 0", "NaN"),
        case("number", "-1 div 0", "-Infinity"),
        case("number_rounded", "1 div 3", {"value": 0.33, "factor": 100}),
        case("string", "'a'", "a"),
        case("string_length", "uuid()", 36),
        case("string_matches", "'Abc'", {"source": "^a", "flags": "i"}),
        case("nodeset", "/a/b", ["/*[1]/*[1]", "/*[1]/*[2]"], context=LIST),
        case("nodeset", "../b[2]/@k", [{"path": "/*[1]/*[2]/@*[name()='k']"}], context=LIST,
             context_node="/*[1]/*[1]"),
        case("nodeset_unordered", "//b", ["/*[1]/*[2]", "/*[1]/*[1]"], context=LIST),
        case("node", "//b", {"path": "/*[1]/*[1]"}, context=LIST),
        case("node", "//c", None, context=LIST),
        case("observed", "1 + 1", {"type": "number", "value": 2}),
        case("observed", "nothing-such()", {"type": "error", "value": "Error"}),
        case("string", "format-date('2026-01-02', '%b')", "janv.", language="fr"),
        case("string", "today()", "2026-01-02", now="2026-01-01T23:30:00.000Z", tz="Europe/Tirane"),
    ],
)  # fmt: skip
def test_a_case_that_is_right_passes(right):
    assert run_expression_case(right).reason == ""
    assert run_expression_case(right).passed


@pytest.mark.parametrize(
    "wrong",
    [
        case("boolean", "1 = 2", True),
        case("number", "1", "NaN"),
        case("number", "0 div 0", 0),
        case("number_rounded", "1 div 3", {"value": 0.34, "factor": 100}),
        case("string", "'a'", "b"),
        case("string_length", "'a'", 2),
        case("string_matches", "'Abc'", {"source": "^a", "flags": ""}),
        case("string_matches", "'Abc'", {"source": "(", "flags": ""}),
        case("nodeset", "/a/b", ["/*[1]/*[2]", "/*[1]/*[1]"], context=LIST),
        case("nodeset", "/a/b", ["/*[1]/*[1]"], context=LIST),
        case("node", "//b", {"path": "/*[1]/*[2]"}, context=LIST),
        case("observed", "1", {"type": "error", "value": "Error"}),
        case("string", "nothing-such()", "a"),
        case("string", "'a'", "a", context="<a>"),
        case("string", "'a'", "a", context=LIST, context_node="/*[1]/*[7]"),
    ],
)
def test_a_case_that_is_wrong_fails_and_says_why(wrong):
    outcome = run_expression_case(wrong)
    assert not outcome.passed
    assert outcome.reason


def test_a_defect_of_the_engine_fails_its_case_only(monkeypatch):
    monkeypatch.setattr("forms.expression.compile.Expression.evaluate", lambda _: 1 / 0)
    assert run_expression_case(case("number", "1", 1)).reason.startswith("crashed: ZeroDivisionError")


FORM = """<h:html xmlns:h="http://www.w3.org/1999/xhtml" xmlns="http://www.w3.org/2002/xforms"><h:head><model>
<itext><translation lang="en"><text id="t"><value>Yes</value></text></translation>
<translation lang="sq" default=""><text id="t"><value form="image">x</value><value>Po</value></text>
</translation></itext><instance><data id="f" version="3"><a>1</a></data></instance>
<instance id="list"><root><item><name>n</name></item></root></instance></model></h:head></h:html>"""


@pytest.mark.parametrize(
    ("expression", "language", "text"),
    [
        ("/data/a", None, "1"),
        ("version()", None, "3"),
        ("instance('list')/root/item/name", None, "n"),
        ("instance('f')/data/a", None, "1"),
        ("count(instance('none'))", None, "0"),
        ("jr:itext('t')", "en", "Yes"),
        ("jr:itext('t')", "sq", "Po"),
        ("jr:itext('t')", None, "Po"),
        ("jr:itext('none')", "en", ""),
    ],
)
def test_in_an_xform_paths_start_at_the_primary_instance(expression, language, text):
    at = "/*[1]/*[1]/*[1]/*[2]"
    outcome = run_expression_case(
        case("string", expression, text, context=FORM, context_node=at, language=language)
    )
    assert outcome.reason == ""

"""Every problem that a form can have is told in words: what is wrong, and what to do."""

import ast
import re
import sys
from pathlib import Path

import pytest

from forms.check import check_file, check_table
from forms.errors import FormProblem
from forms.problem_texts import TEXTS, explain
from forms.xlsform.problems import KNOWN

FORMS = Path(__file__).parents[2] / "forms"


def raised():
    """(code, names of parameters) wherever the package makes a problem of a form."""
    for known in KNOWN:
        yield known.code, set(re.compile(known.pattern).groupindex)
    for file in FORMS.rglob("*.py"):
        for call in ast.walk(ast.parse(file.read_text("utf-8"))):
            named = isinstance(call, ast.Call) and getattr(call.func, "id", "") == "FormProblem"
            if named and call.args and isinstance(call.args[0], ast.Constant):
                yield call.args[0].value, {keyword.arg for keyword in call.keywords if keyword.arg}


RAISED = sorted((code, names) for code, names in raised() if code.startswith("form."))


def test_every_code_has_a_text_and_every_text_a_code():
    assert {code for code, _ in RAISED} == TEXTS.keys()


@pytest.mark.parametrize(("code", "names"), RAISED)
def test_a_text_asks_for_what_its_problem_knows(code, names):
    told = explain(FormProblem(code, **dict.fromkeys(names, "x")))
    for text in (told.cause, told.remedy):
        assert text[0].isupper() or text.startswith("x")
        assert text.endswith(".")
        assert "\n" not in text


@pytest.mark.parametrize("expression", ["1 = = 2", "nope(1)", "substr('a')", "(" * 90 + "1" + ")" * 90])
def test_a_bad_expression_is_told_with_its_question(expression):
    table = f"| survey |\n| | type | name | label | relevant |\n| | text | where | W | {expression} |\n"
    problem = check_table("bad.md", table).problem
    assert problem.params["question"] == "where"
    assert explain(problem).cause.startswith("where: ")


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.md", b"", "form.file.empty"),
        ("prose.md", b"hello | world\n", "form.xlsform.no_tables"),
        ("garbage.xlsx", b"\x00\x01garbage", "form.xlsform.no_tables"),
        ("latin.md", "| survey |\n| | é".encode("latin-1"), "form.file.unreadable"),
        ("picture.png", b"\x89PNG", "form.file.not_a_form"),
        ("cut.xml", b"<h:html", "form.xml.not_well_formed"),
        ("other.xml", b"<a/>", "form.xml.not_an_xform"),
        ("spy.xml", b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "form.xml.doctype_forbidden"),
    ],
)
def test_what_is_no_form_is_told_in_four_lines(tmp_path, name, content, code):
    path = tmp_path / name
    path.write_bytes(content)
    lines = list(check_file(path).lines())
    assert lines[:2] == [f"{name}: cannot be used", f"  problem: {code}"]
    assert [line.split(":")[0] for line in lines[2:]] == ["  cause", "  remedy"]


def test_a_program_without_the_converter_says_so(tmp_path, monkeypatch):
    path = tmp_path / "form.md"
    path.write_text("| survey |\n| | type | name | label |\n| | text | a | A |\n", "utf-8")
    for module in ("pyxform", "pyxform.errors", "pyxform.xls2xform"):
        monkeypatch.setitem(sys.modules, module, None)
    assert check_file(path).problem.code == "form.xlsform.converter_missing"


def test_a_long_reason_stays_one_line():
    told = explain(FormProblem("form.xlsform.invalid", form="x", reason="row 1:\n  wrong.\n" * 100))
    assert "\n" not in told.cause
    assert len(told.cause) < 500


def test_a_problem_without_a_text_still_says_its_code():
    assert explain(FormProblem("form.new.kind", place="x")).cause == "form.new.kind (place: x)"

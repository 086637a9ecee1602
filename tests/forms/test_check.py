"""`python -m forms check`: what it prints and how it exits."""

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from forms import library
from forms.__main__ import main
from forms.check import check_file

GOOD = """
| settings |
| | form_id | version | form_title | default_language |
| | visit | 3 | Home visit | English (en) |
| survey |
| | type | name | label::English (en) | label::French (fr) |
| | text | name | Name | Nom |
| | select_one yn | ok | OK? | |
| | begin_repeat | child | Child | Enfant |
| | integer | age | Age | Âge |
| | end_repeat | | | |
| choices |
| | list_name | name | label::English (en) | label::French (fr) |
| | yn | y | Yes | |
| | yn | n | No | Non |
"""
BAD = "| survey |\n| | type | name | label | calculation |\n| | calculate | a | | ${a} + 1 |\n"


@pytest.fixture
def file(tmp_path):
    def write(text, name="visit.md"):
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return path

    return write


def test_check_says_what_is_in_a_form(file, capsys):
    assert main(["check", str(file(GOOD))]) == 0
    printed = capsys.readouterr().out
    assert "visit.md: Home visit" in printed
    assert "id visit, version 3" in printed
    assert "English (en), French (fr); default en" in printed
    assert "3 questions, 0 notes and calculations, 0 groups, 1 repeats, 1 lists" in printed


def test_check_finds_missing_translations(file):
    assert {str(finding) for finding in check_file(file(GOOD)).lint} == {
        "ok: The label is not translated (fr).",
        "yn, choice y: The label is not translated (fr).",
    }


def test_findings_fail_a_strict_check_only(file):
    path = str(file(GOOD))
    assert main(["check", path]) == 0
    assert main(["check", "--strict", path]) == 1


def test_each_finding_is_told_with_its_code_and_each_kind_with_its_remedy(file, capsys):
    assert main(["check", str(file(GOOD))]) == 0
    printed = capsys.readouterr().out
    assert "  lint: ok: The label is not translated (fr). [lint.translation.missing]\n" in printed
    assert printed.count("  remedy of lint.translation.missing: Fill in the column") == 1


def test_what_is_found_between_two_forms_fails_a_strict_check_only(file, capsys):
    columns = "| survey |\n| | type | name | label | bind::homeward:meaning |\n"
    settings = "| settings |\n| | form_id | version |\n| | {} | 1 |\n"
    first = file(f"{settings.format('one')}{columns}| | text | a | A | case.code |\n", "one.md")
    second = file(f"{settings.format('two')}{columns}| | text | b | B | case.code |\n", "two.md")
    assert main(["check", str(first), str(second)]) == 0
    assert "lint: two.md: b: It has the meaning 'case.code'" in capsys.readouterr().out
    assert main(["check", "--strict", str(first), str(second)]) == 1
    assert main(["check", "--strict", str(first)]) == 0


def test_the_library_is_held_to_the_lint_without_being_asked(monkeypatch, capsys):
    assert main(["check", "--library"]) == 0
    assert capsys.readouterr().out.count("  languages: English (en), French (fr)") == len(library.forms())
    monkeypatch.setattr("forms.library.read", lambda form_id: GOOD)
    assert main(["check", "--library"]) == 1


def test_a_check_of_nothing_is_a_wrong_command():
    with pytest.raises(SystemExit) as stopped:
        main(["check"])
    assert stopped.value.code == 2


def test_a_form_that_cannot_be_used_fails_the_check(file, capsys):
    assert main(["check", str(file(BAD)), str(file(GOOD, "good.md"))]) == 1
    printed = capsys.readouterr().out
    assert "problem: form.dependency.cycle" in printed
    assert "cause: These are calculated from each other, so none can be first: a." in printed
    assert "remedy: " in printed
    assert "good.md: Home visit" in printed


def test_an_expression_that_fails_when_it_runs_is_found(file):
    report = check_file(
        file("| survey |\n| | type | name | label | calculation |\n| | calculate | a | | regex('a', '(') |\n")
    )
    assert report.problem is not None
    assert report.problem.code == "form.expression.bad_pattern"


def test_check_reads_xforms_too(file, tmp_path):
    from forms.xlsform.to_xform import xform_from_xlsform

    path = file(xform_from_xlsform(GOOD).xml, "visit.xml")
    assert check_file(path).definition.id == "visit"


def test_the_command_runs_as_a_module(file):
    done = subprocess.run(
        [sys.executable, "-m", "forms", "check", str(file(BAD))],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        check=False,
    )
    assert done.returncode == 1
    assert "form.dependency.cycle" in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize("command", [(), ("check",), ("preview",), ("convert",), ("conformance",)])
def test_each_command_calls_itself_as_it_was_started(command):
    done = subprocess.run(
        [sys.executable, "-m", "forms", *command, "--help"],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        check=False,
    )
    name = f"{shlex.quote(sys.executable)} -m forms"
    assert " ".join(done.stdout.split()).startswith(" ".join(("usage:", name, *command, "[-h]")))
    assert "python -m forms" not in done.stdout.replace(name, "")


def test_a_merge_rule_on_what_nobody_types_is_pointed_out(file):
    found = check_file(
        file(
            "| survey |\n| | type | name | label | calculation | bind::homeward:merge |\n"
            "| | text | a | A | | both |\n| | text | b | B | concat(${a}, '!') | both |\n"
        )
    )
    assert [one.place for one in found.lint if one.code == "lint.merge.idle"] == ["b"]


@pytest.mark.parametrize("form_id", [form_id for form_id, _ in library.forms()])
def test_the_forms_of_the_library_pass_the_strict_check(form_id, capsys):
    path = Path(library.__file__).parent / form_id / "form.md"
    assert main(["check", "--strict", str(path)]) == 0
    assert f"id {form_id}, version" in capsys.readouterr().out

"""`python -m forms preview`: a form is filled in line by line, on any terminal and through a pipe."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from forms.__main__ import main
from forms.preview import WORDS, Preview

ROOT = Path(__file__).parents[2]

VISIT = """
| settings |
| | form_title | form_id | version | default_language |
| | Home visit | visit | 3 | English (en) |
| survey |
| | type | name | label::English (en) | label::Arabic (ar) | hint::English (en) | hint::Arabic (ar) \
| relevant | constraint | constraint_message::English (en) | constraint_message::Arabic (ar) | required \
| calculation | parameters | readonly |
| | begin_group | who | Who | من | | | | | | | | | | |
| | text | name | Name | الاسم | As they say it | كما يقول | | | | | yes | | | |
| | integer | age | Age | العمر | | | | . < 120 | Too old | كبير جدا | | | | |
| | select_one yn | child | A child? | طفل؟ | | | ${age} < 18 | | | | | | | |
| | end_group | | | | | | | | | | | | | |
| | select_multiple need | needs | Needs | احتياجات | | | | | | | | | | |
| | begin_repeat | person | Person | شخص | | | | | | | | | | |
| | text | first | First name | الاسم الأول | | | | | | | | | | |
| | end_repeat | | | | | | | | | | | | | |
| | note | sum | ${name} is ${age} | ${name} عمره ${age} | | | | | | | | | | |
| | text | code | Code | رمز | | | | | | | | concat('c-', ${age}) | | |
| | range | score | Score | نتيجة | | | | | | | | | start=0 end=10 step=2 | |
| choices |
| | list_name | name | label::English (en) | label::Arabic (ar) |
| | yn | y | Yes | نعم |
| | yn | n | No | لا |
| | need | food | Food | طعام |
| | need | home | Home | بيت |
| | need | 1 | Money | مال |
"""


def talk(begin, form, *lines, **options):
    """(all that was said, the record) of a conversation that ends when the lines are used up."""
    waiting = list(lines)
    said = []

    def ask(prompt):
        said.append(prompt)
        if not waiting:
            raise EOFError
        said.append(waiting.pop(0))
        return said[-1]

    entry = begin(form, **options)
    Preview(entry, ask, said.append).run()
    record = json.loads(said[-1])
    return "\n".join(said[:-1]), record


def test_a_form_is_filled_in_from_the_first_question_to_the_record(begin):
    said, record = talk(begin, VISIT, "Ana", "15", "1", "food 3", "", "Ben", "y", "Eva", "n", "", "", "4")
    assert record["form"] == "visit"
    assert record["version"] == "3"
    values = list(record["values"].values())
    assert record["values"]["who/name"] == "Ana"
    assert record["values"]["who/child"] == "y"
    assert record["values"]["needs"] == ["food", "1"]
    assert record["values"]["score"] == 4
    assert "Eva" in values
    assert "Home visit (visit 3)" in said
    assert "As they say it" in said
    assert "Allowed: . < 120" in said
    assert "Range: start 0, end 10, step 2" in said
    assert "  1  Yes (y)" in said
    assert "== Who ==" in said
    assert "== Person 2 ==" in said
    assert "Ana is 15" in said
    assert "= c-15" in said
    assert "The form is complete" in said


def test_what_is_not_relevant_is_not_asked(begin):
    said, record = talk(begin, VISIT, "Ana", "40", "food")
    assert "A child?" not in said
    assert record["values"]["needs"] == ["food"]


def test_the_language_is_chosen_before_and_changed_on_the_way(begin):
    said, _ = talk(begin, VISIT, "Ana", ":language en", "15", language="ar")
    assert said.index("الاسم *") < said.index("العمر") < said.index("Age") < said.index("A child?")
    assert "كما يقول" in said
    said, _ = talk(begin, VISIT, ":language xx")
    assert "no language 'xx'. It has: en, ar." in said


def test_bad_input_is_told_and_asked_again(begin):
    said, record = talk(begin, VISIT, "Ana", "many", "15", "maybe", "n", "food tent", ":clear")
    assert "! This is no whole number. Write it as 12." in said
    assert "! This is none of the choices." in said
    assert record["values"]["who/age"] == 15
    assert record["values"]["who/child"] == "n"
    assert "needs" not in record["values"]


def test_an_answer_against_a_constraint_gets_the_message_of_the_form(begin):
    said, record = talk(begin, VISIT, "Ana", "130", "30")
    assert "! Too old" in said
    assert record["values"]["who/age"] == 30
    said, _ = talk(begin, VISIT, "أنا", "130", language="ar")
    assert "! كبير جدا" in said


def test_the_end_lists_what_is_missing_and_leads_there(begin):
    said, record = talk(begin, VISIT, ":end", "", "Ana", ":end")
    assert "1 to correct:" in said
    assert "  Name: An answer is required." in said
    assert said.index("1 to correct") < said.index("Ana") < said.index("The form is complete")
    assert record["values"]["who/name"] == "Ana"
    said, record = talk(begin, VISIT, ":end", ":end")
    assert "The form is complete" not in said
    assert "who/name" not in record["values"]


def test_instances_are_added_and_taken_away(begin):
    lines = ["Ana", "40", "", "Ben", "y", "Eva", "remove 7", "remove 1", "huh", "", ":show"]
    said, record = talk(begin, VISIT, *lines)
    assert "Person: 2 so far" in said
    assert "Write 'remove' and a number from 1 to 2." in said
    assert "Person: 1 so far" in said
    assert "none of the ways" in said
    names = [value for path, value in record["values"].items() if path.endswith("/first")]
    assert names == ["Eva"]


def test_a_new_instance_is_asked_at_once_and_nested_repeats_too(begin):
    form = """
| survey |
| | type | name | label |
| | begin_repeat | house | House |
| | text | street | Street |
| | begin_repeat | room | Room |
| | text | colour | Colour |
| | end_repeat | | |
| | end_repeat | | |
| | text | after | After |
"""
    wanted = {"House": 2, "Room": 3}
    said: list[str] = []

    def ask(prompt):
        # Two houses of three rooms each, whatever a repeat begins with.
        asked = said[-1].strip()
        if prompt.strip().startswith("[text]"):
            return f"{asked} {len(said)}"
        name, count = asked.split(":")[0], int(asked.split(": ")[1].split()[0])
        return "y" if count < wanted[name] else ""

    Preview(begin(form), ask, said.append).run()
    record = json.loads(said[-1])
    answers = [path for path in record["values"] if not path.endswith("]")]
    assert [sum(path.endswith(name) for path in answers) for name in ("street", "colour", "after")] == [
        2,
        6,
        1,
    ]
    told = "\n".join(said)
    assert told.index("== House 1 ==") < told.index("== Room 3 ==") < told.index("== House 2 ==")
    assert "The form is complete" in told


def test_one_goes_back_and_to_any_question(begin):
    said, record = talk(begin, VISIT, "Ana", ":back", "Eva", ":go score", "6", ":go nowhere")
    assert record["values"]["who/name"] == "Eva"
    assert record["values"]["score"] == 6
    said, _ = talk(begin, VISIT, ":go nowhere", ":jump", ":help", ":back")
    assert "There is no question 'nowhere' now." in said
    assert "There is no command ':jump' here." in said
    assert ":language CODE" in said


def test_a_colon_can_begin_an_answer(begin):
    _, record = talk(begin, VISIT, "::help")
    assert record["values"]["who/name"] == ":help"


def test_the_end_of_the_input_is_a_polite_end(begin):
    said, record = talk(begin, VISIT)
    assert "Ended before the end of the form. Nothing is kept." in said
    assert record["values"].keys() >= {"code"}
    said, _ = talk(begin, VISIT, "Ana", ":quit", "never")
    assert "never" not in said


ANSWERS = {
    "text": ("a word", "a word"),
    "integer": ("7", 7),
    "decimal": ("2.5", 2.5),
    "date": ("2026-11-22", "2026-11-22"),
    "time": ("14:30", "14:30"),
    "dateTime": ("2026-11-22T14:30", "2026-11-22T14:30:00+01:00"),
    "select_one l": ("2", "b"),
    "select_multiple l": ("1 b", ["a", "b"]),
    "rank l": ("2 1", ["b", "a"]),
    "image": ("face.jpg", "face.jpg"),
    "audio": ("voice.m4a", "voice.m4a"),
    "video": ("film.mp4", "film.mp4"),
    "file": ("paper.pdf", "paper.pdf"),
    "geopoint": ("41.33 19.82", "41.33 19.82"),
    "geotrace": ("41 19; 42 20", "41 19; 42 20"),
    "geoshape": ("41 19; 42 20; 43 20; 41 19", "41 19; 42 20; 43 20; 41 19"),
    "barcode": ("4006381333931", "4006381333931"),
    "acknowledge": ("yes", "OK"),
}


@pytest.mark.parametrize("kind", ANSWERS)
def test_every_type_of_question_can_be_answered(begin, kind):
    form = f"| survey |\n| | type | name | label |\n| | {kind} | q | The question |\n"
    form += "| choices |\n| | list_name | name | label |\n| | l | a | A |\n| | l | b | B |\n"
    typed, kept = ANSWERS[kind]
    said, record = talk(begin, form, typed)
    assert record["values"]["q"] == kept
    assert f"[{kind.split()[0]}" in said
    assert "The form is complete" in said


@pytest.mark.parametrize("kind", [kind for kind in ANSWERS if kind not in ("text", "acknowledge", "barcode")])
def test_what_is_no_answer_of_a_type_is_told_in_words(begin, kind):
    form = f"| survey |\n| | type | name | label |\n| | {kind} | q | The question |\n"
    form += "| choices |\n| | list_name | name | label |\n| | l | a | A |\n| | l | b | B |\n"
    said, record = talk(begin, form, "../no such answer")
    assert "q" not in record["values"]
    assert any(f"! {words}" in said for words in WORDS.values())


def test_every_reason_against_an_answer_has_its_words():
    reasons = {
        call.args[0].value
        for file in (ROOT / "forms").rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(call, ast.Call)
        and getattr(call.func, "id", "") == "BadAnswer"
        and isinstance(call.args[0], ast.Constant)
    }
    assert reasons
    assert reasons <= WORDS.keys()


# The command


def piped(path, typed, *more):
    return subprocess.run(
        [sys.executable, "-m", "forms", "preview", str(path), *more],
        input=typed,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={"PYTHONIOENCODING": "utf-8", "PATH": ""},
        cwd=ROOT,
        check=False,
    )


def test_a_script_fills_a_form_in_through_a_pipe(tmp_path):
    path = tmp_path / "visit.md"
    path.write_text(VISIT, "utf-8")
    done = piped(path, "Ana\n15\nn\nfood\nBen\n\n\n\n4\n", "--language", "ar")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "الاسم *" in done.stdout
    assert "[text] > Ana" in done.stdout
    record = json.loads(done.stdout[done.stdout.index("\n{") :])
    assert record["values"]["who/name"] == "Ana"
    assert record["values"]["needs"] == ["food"]


def test_a_form_that_cannot_be_used_or_has_not_the_language_is_told(tmp_path, capsys):
    path = tmp_path / "bad.md"
    path.write_text("| survey |\n| | type | name | label |\n| | txet | a | A |\n", "utf-8")
    assert main(["preview", str(path)]) == 1
    assert "problem: form.xlsform.unknown_type" in capsys.readouterr().out
    path.write_text(VISIT, "utf-8")
    assert main(["preview", str(path), "--language", "uk"]) == 1
    assert capsys.readouterr().err == "The form has no language 'uk'. It has: en, ar.\n"

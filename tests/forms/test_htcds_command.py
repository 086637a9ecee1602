"""`python -m forms htcds`: a data officer takes records of HTCDS in, and writes them again."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.__main__ import main
from forms.casework.htcds.files import records_in, table_of_records

TABLE = (
    "con_Consent,prs_First_Name,prs_Email,vic_Methods_of_Control,cas_Status\n"
    "TRUE,Олена,olena@example.org,DebtBondage  PhysicalAbuse,Closed\n"
    ",,,,\n"
    'FALSE,"Amal, ""Mimi""",,FalsePromises,FollowUp\n'
)


@pytest.fixture
def office(tmp_path: Path) -> Path:
    (tmp_path / "theirs.csv").write_text(TABLE, "utf-8")
    return tmp_path


def htcds(*words: Any) -> int:
    return main(["htcds", *map(str, words)])


def lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]


def test_blerta_takes_a_table_in_and_sees_what_was_kept_aside(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert htcds("import", office / "theirs.csv", "--out", office / "ours.jsonl") == 0
    first, second = lines(office / "ours.jsonl")
    assert first["values"] == {
        "consent.decision": "given",
        "person.given_name": "Олена",
        "screening.coercion": ["debt", "violence"],
        "case.stage": "closed",
    }
    assert first["aside"] == [{"name": "prs_Email", "value": "olena@example.org", "why": "not_asked"}]
    assert second["values"] == {"consent.decision": "refused", "person.given_name": 'Amal, "Mimi"'}
    told = capsys.readouterr()
    assert told.out == f"{office / 'ours.jsonl'}: 2 records\n"
    assert "prs_Email: 1 time, is asked by no form\n" in told.err
    assert "cas_Status: 1 time, has no word on the other side\n" in told.err
    assert "olena" not in told.err.lower(), "a terminal shows no answers"


@pytest.mark.parametrize("ending", [".csv", ".jsonl"])
def test_what_she_writes_can_be_taken_in_again(office: Path, ending: str) -> None:
    ours, theirs, back = office / "ours.jsonl", office / f"out{ending}", office / "back.jsonl"
    assert htcds("import", office / "theirs.csv", "--out", ours) == 0
    assert htcds("export", ours, "--out", theirs) == 0
    assert htcds("import", theirs, "--out", back) == 0
    assert [each["values"] for each in lines(back)] == [each["values"] for each in lines(ours)]
    if ending == ".csv":
        head, first, *_ = theirs.read_text("utf-8-sig").splitlines()
        assert head.startswith("con_Consent,prs_Salutation,prs_First_Name,")
        assert head.count(",") == 30
        assert ",DebtBondage  PhysicalAbuse," in first, "the name of the choice ends in a space"
    else:
        assert lines(theirs)[0]["vic_Methods_of_Control"] == ["DebtBondage ", "PhysicalAbuse"]


def test_records_come_as_a_table_with_semicolons_as_json_or_as_the_form_sends_them(office: Path) -> None:
    (office / "a.csv").write_text("﻿cas_Status;prs_First_Name\r\nClosed;Drita\r\n", "utf-8")
    (office / "b.json").write_text('[{"cas_Status": "Closed", "g/prs_First_Name": "Drita"}]', "utf-8")
    (office / "c.xml").write_text(
        "<data id='x'><g><cas_Status>Closed</cas_Status></g><prs_First_Name>Drita</prs_First_Name></data>"
    )
    files = [office / name for name in ("a.csv", "b.json", "c.xml")]
    assert htcds("import", *files, "--out", office / "ours.jsonl") == 0
    assert (
        lines(office / "ours.jsonl")
        == [{"values": {"case.stage": "closed", "person.given_name": "Drita"}, "aside": []}] * 3
    )


def test_a_name_that_comes_twice_is_kept(office: Path) -> None:
    (office / "a.csv").write_text("prs_First_Name,prs_First_Name\nDrita,Mimoza,more\n", "utf-8")
    (found,) = records_in(office / "a.csv")
    assert list(found.values()) == ["Drita", "Mimoza", "more"]
    (office / "a.xml").write_text("<data><n>1</n><n>2</n><g><n>3</n></g></data>", "utf-8")
    (office / "a.json").write_text('{"n": "1", "n": "2"}', "utf-8")
    assert list(records_in(office / "a.xml")[0].values()) == ["1", "2", "3"]
    assert list(records_in(office / "a.json")[0].values()) == ["1", "2"]


OWN = """
| survey |
| | type | name | label | bind::homeward:meaning | bind::homeward:htcds |
| | text | mail | Mail | person.mail | prs_Email |
"""


def test_a_marked_question_of_an_own_form_counts(office: Path) -> None:
    (office / "own.md").write_text(OWN, "utf-8")
    ours = office / "ours.jsonl"
    assert htcds("import", office / "theirs.csv", "--form", office / "own.md", "--out", ours) == 0
    first, _ = lines(ours)
    assert first["values"]["person.mail"] == "olena@example.org"
    assert not first["aside"]
    assert htcds("export", ours, "--form", office / "own.md", "--out", office / "out.jsonl") == 0
    assert lines(office / "out.jsonl")[0]["prs_Email"] == "olena@example.org"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.csv", b'a,b\n"open', "form.htcds.not_readable"),
        ("a.jsonl", b"{", "form.htcds.not_readable"),
        ("a.jsonl", b"[1]\n", "form.htcds.not_readable"),
        ("a.json", b"[" * 100_000, "form.htcds.not_readable"),
        ("a.xml", b"<data><a>", "form.htcds.not_readable"),
        ("a.xml", b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "form.htcds.not_readable"),
        ("a.pdf", b"%PDF", "form.htcds.unknown_kind"),
        ("a.csv", b"\xff\xfe", "form.file.unreadable"),
    ],
)
def test_what_cannot_be_read_is_told_and_nothing_is_written(
    office: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes, code: str
) -> None:
    (office / name).write_bytes(content)
    assert htcds("import", office / name, "--out", office / "ours.jsonl") == 1
    assert f"problem: {code}\n" in capsys.readouterr().err
    assert not (office / "ours.jsonl").exists()


def test_no_file_is_written_over_unasked_and_none_of_an_unknown_kind(office: Path) -> None:
    (office / "ours.jsonl").write_text("mine", "utf-8")
    assert htcds("import", office / "theirs.csv", "--out", office / "ours.jsonl") == 1
    assert (office / "ours.jsonl").read_text("utf-8") == "mine"
    assert htcds("import", office / "theirs.csv", "--force", "--out", office / "ours.jsonl") == 0
    assert htcds("import", office / "theirs.csv", "--out", office / "ours.csv") == 1
    assert htcds("export", office / "ours.jsonl", "--out", office / "out.xlsx") == 1
    assert htcds("export", office / "theirs.csv", "--out", office / "out.csv") == 1
    (office / "other.jsonl").write_text('{"prs_First_Name": "Drita"}\n', "utf-8")
    assert htcds("export", office / "other.jsonl", "--out", office / "out.csv") == 1
    assert sorted(each.name for each in office.iterdir()) == ["other.jsonl", "ours.jsonl", "theirs.csv"]


cells = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12).filter(str.strip)
tricky = st.sampled_from(["=1+1", "'=1", "''@x", "'Aïcha", "-", "+355 69", "a\nb", "a\r\nb", '"', "a;b;c,d"])


@settings(max_examples=200, deadline=None)
@given(st.lists(st.fixed_dictionaries({"prs_First_Name": cells | tricky}), min_size=1, max_size=4))
def test_a_table_holds_every_text_and_no_cell_is_a_formula(
    tmp_path_factory: pytest.TempPathFactory, records: list[dict[str, str]]
) -> None:
    text = table_of_records(records)
    path = tmp_path_factory.getbasetemp() / "table.csv"
    path.write_bytes(text.encode("utf-8-sig"))
    back = records_in(path)
    assert [each["prs_First_Name"] for each in back] == [each["prs_First_Name"] for each in records]
    for row in csv.reader(io.StringIO(text, newline="")):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)

"""The command that runs recorded cases, and what the recorded scenarios of the reference engine say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from forms.__main__ import main
from forms.conformance.command import Tally
from forms.conformance.scenarios import run_scenario
from tests.forms.test_loading import xform

RECORDED = Path(__file__).parents[3] / "shared" / "conformance" / "scenario_cases.jsonl"


def scenario(**changes):
    form = xform(
        '<bind nodeset="/data/b" type="int" calculate="/data/a * 2"/><bind nodeset="/data/a" type="int"/>',
        '<input ref="/data/a"/>',
        '<data id="x"><a/><b/><meta><instanceID>i</instanceID></meta></data>',
    )
    node = {"relevant": True, "readonly": False, "required": False}
    leaf = {**node, "violation": None}
    case = {
        "id": "one",
        "form_xml": form,
        "resources": {},
        "edit_instance": None,
        "now": "2026-11-22T05:15:30.000Z",
        "tz": "America/Phoenix",
        "volatile": False,
        "steps": [
            {
                "op": "init",
                "changed": {
                    "/data": {**node, "type": "root"},
                    "/data/a": {**leaf, "type": "input", "value": ""},
                    "/data/b": {**leaf, "type": "model-value", "value": ""},
                    "/data/meta": {**node, "type": "group"},
                    "/data/meta/instanceID": {**leaf, "type": "model-value", "value": "i"},
                },
            },
            {
                "op": "answer",
                "ref": "/data/a",
                "given": 4,
                "stored": "4",
                "changed": {
                    "/data/a": {**leaf, "type": "input", "value": "4"},
                    "/data/b": {**leaf, "type": "model-value", "value": "8"},
                },
            },
            {"op": "read", "ref": "/data/b", "value": "8", "relevant": True},
        ],
    }
    return {**case, **changes}


def test_a_scenario_that_holds_has_neither_misses_nor_differences():
    outcome = run_scenario(scenario())
    assert (outcome.misses, outcome.differences, outcome.asserted, outcome.compared) == ([], [], 1, 2)


def test_a_value_that_is_another_one_is_a_miss_with_its_step():
    case = scenario()
    case["steps"][2]["value"] = "9"
    assert run_scenario(case).misses == ["step 2 (read /data/b): value '8', not '9'"]


def test_a_state_that_is_another_one_is_a_difference_and_no_miss():
    case = scenario()
    case["steps"][1]["changed"]["/data/b"]["readonly"] = True
    outcome = run_scenario(case)
    assert outcome.passed
    assert outcome.differences == ["step 1 (answer /data/a): /data/b readonly: False, not True"]


def test_a_form_that_does_not_load_is_a_miss():
    assert "cannot begin" in run_scenario(scenario(form_xml="<no/>")).misses[0]


def test_the_command_tells_what_failed_and_counts_what_is_volatile_apart(tmp_path, capsys):
    wrong = scenario(id="two")
    wrong["steps"][2]["value"] = "9"
    cases = [scenario(), wrong, {**wrong, "id": "three", "volatile": True}]
    expression = {"kind": "number", "context": None, "context_node": "/", "now": None, "tz": None}
    cases.append({**expression, "id": "four", "expression": "1 + 1", "expected": 2, "volatile": None})
    file = tmp_path / "cases.jsonl"
    file.write_text("\n".join(json.dumps(case) for case in cases), "utf-8")
    assert main(["conformance", str(file)]) == 1
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "two: step 2 (read /data/b): value '8', not '9'"
    assert printed[1].startswith("three (volatile): ")
    assert printed[-4:] == [
        "volatile, not counted: 0 passed, 1 failed",
        "whole state after a step: 6 of 6 the same (100.0 %)",
        "asserted: 2 of 3 passed (66.7 %)",
        "2 passed, 1 failed",
    ]


def test_a_file_without_cases_is_told(tmp_path, capsys):
    assert main(["conformance", str(tmp_path / "none.jsonl")]) == 2
    assert "no cases can be read" in capsys.readouterr().out


def test_the_recorded_scenarios_of_the_reference_engine_hold():
    if not RECORDED.exists():
        pytest.skip("the recorded scenarios are not beside the project")
    tally = Tally()
    for line in RECORDED.read_text("utf-8").splitlines():
        case = json.loads(line)
        outcome = run_scenario(case)
        tally.count(outcome.passed, bool(case["volatile"]), outcome.asserted > 0)
        tally.states += outcome.compared
        tally.states_same += outcome.compared - len(outcome.differences)
    assert tally.asserted_passed >= 0.97 * tally.asserted, list(tally.lines())
    assert tally.states_same >= 0.90 * tally.states, list(tally.lines())

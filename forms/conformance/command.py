"""Runs recorded cases, expressions or scenarios, and tells which of them do not hold, and why.

What depends on the clock or on chance is counted apart. A scenario passes when all that its recording
asserted holds; how often the whole state after a step is the recorded one too is a line of its own.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from forms.conformance.expressions import run_expression_case
from forms.conformance.scenarios import run_scenario

Case = dict[str, Any]


@dataclass(slots=True)
class Tally:
    """How many passed and failed; `volatile` ones are in neither. States are counted step by step."""

    passed: int = 0
    failed: int = 0
    volatile_passed: int = 0
    volatile_failed: int = 0
    asserted: int = 0
    asserted_passed: int = 0
    states: int = 0
    states_same: int = 0

    def count(self, passed: bool, volatile: bool, asserted: bool) -> None:
        if volatile:
            self.volatile_passed += passed
            self.volatile_failed += not passed
            return
        self.passed += passed
        self.failed += not passed
        self.asserted += asserted
        self.asserted_passed += asserted and passed

    def lines(self) -> Iterator[str]:
        """The totals, the last line the plain count."""
        if self.volatile_passed or self.volatile_failed:
            yield f"volatile, not counted: {self.volatile_passed} passed, {self.volatile_failed} failed"
        if self.states:
            share = 100 * self.states_same / self.states
            yield f"whole state after a step: {self.states_same} of {self.states} the same ({share:.1f} %)"
        if self.asserted:
            share = 100 * self.asserted_passed / self.asserted
            yield f"asserted: {self.asserted_passed} of {self.asserted} passed ({share:.1f} %)"
        yield f"{self.passed} passed, {self.failed} failed"


def declare(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("cases", type=Path, metavar="CASES.jsonl", help="a case a line")
    parser.add_argument(
        "--states", action="store_true", help="also tell which whole states differ, and where"
    )


def run(options: argparse.Namespace) -> int:
    """Prints what failed and the totals; 0 when nothing failed, 1 when something did, 2 without cases."""
    tally = Tally()
    try:
        with options.cases.open(encoding="utf-8") as lines:
            for line in lines:
                if line.strip():
                    for told in _run(json.loads(line), tally, options.states):
                        print(told)
    except (OSError, ValueError) as problem:
        print(f"{options.cases}: no cases can be read from it: {problem}")
        return 2
    print("\n".join(tally.lines()))
    return 1 if tally.failed else 0


def _run(case: Case, tally: Tally, states: bool) -> Iterator[str]:
    volatile = bool(case.get("volatile"))
    mark = " (volatile)" if volatile else ""
    if "expression" in case:
        outcome = run_expression_case(case)
        tally.count(outcome.passed, volatile, case.get("tier", "asserted") == "asserted")
        if not outcome.passed:
            yield f"{case['id']}{mark}: {case['expression']}: {outcome.reason}"
        return
    scenario = run_scenario(case)
    tally.count(scenario.passed, volatile, scenario.asserted > 0)
    tally.states += scenario.compared
    tally.states_same += scenario.compared - len(scenario.differences)
    for miss in scenario.misses:
        yield f"{case['id']}{mark}: {miss}"
    if states:
        for difference in scenario.differences:
            yield f"{case['id']}{mark}: state: {difference}"

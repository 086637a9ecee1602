"""The kit in a real window. The cases are in the folder `cases` and run in one process of their own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

_SOURCES = sorted(Path(__file__).with_name("cases").glob("*.py"))
CASES = [
    case
    for source in _SOURCES
    for case in re.findall(r"^def case_(\w+)\(", source.read_text(encoding="utf-8"), re.MULTILINE)
]


@pytest.mark.window
@pytest.mark.parametrize("case", CASES)
def test_in_a_window(case: str, window_results: dict[str, Any]) -> None:
    assert window_results[case] == "", window_results[case]

"""The kit in a real window. The cases are in window_cases.py and run in one process of their own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

_SOURCE = Path(__file__).with_name("window_cases.py").read_text(encoding="utf-8")
CASES = re.findall(r"^def case_(\w+)\(", _SOURCE, re.MULTILINE)


@pytest.mark.window
@pytest.mark.parametrize("case", CASES)
def test_in_a_window(case: str, window_results: dict[str, Any]) -> None:
    assert window_results[case] == "", window_results[case]

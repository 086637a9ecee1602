"""Runs each case of `cases` in one window and writes what it said. Started by test_window.py."""

from __future__ import annotations

import json
import os
import traceback
from importlib import import_module
from pathlib import Path

from tests.ui_kit import hands  # before whatever else imports the window

HERE = Path(__file__).parent


def main() -> None:
    hands.begin()
    results = {}
    for file in sorted((HERE / "cases").glob("[a-z]*.py")):
        module = import_module(f"tests.ui_kit.cases.{file.stem}")
        for name, case in list(vars(module).items()):
            if not name.startswith("case_"):
                continue
            hands.fresh()
            try:
                case()
                results[name.removeprefix("case_")] = ""
            except Exception:
                results[name.removeprefix("case_")] = traceback.format_exc()
    Path(os.environ["CASES_OUT"]).write_text(json.dumps(results), encoding="utf-8")


if __name__ == "__main__":
    main()

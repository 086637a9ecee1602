"""`python -m forms check FILE…`: says what is in a form and what is wrong with it.

Exit code 0 when every form can be used, 1 when one cannot, 2 when the command is wrong. With --strict
a missing translation or another finding is an error too.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from forms.check import check_file


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog=f"{sys.orig_argv[0]} -m forms", description="Checks forms.")
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="say what is in a form and what is wrong with it")
    check.add_argument("files", nargs="+", type=Path, metavar="FILE", help=".md, .xlsx, .xls or .xml")
    check.add_argument("--strict", action="store_true", help="findings are errors too")
    options = parser.parse_args(arguments)
    failed = False
    for path in options.files:
        report = check_file(path)
        print("\n".join(report.lines()))
        failed = failed or report.problem is not None or (options.strict and bool(report.lint))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

"""`python -m forms COMMAND …`: works with forms on the command line.

    check FILE…      says what is in a form, what is wrong with it, and what is worth a second look
    preview FILE     fills a form in, in the terminal
    convert FILE     turns a workbook into reviewable text, and text into a workbook
    conformance FILE runs recorded cases of expressions or scenarios
    htcds import|export FILE…  turns records of HTCDS into answers by meaning, and back

Each command is a module of its own, with `declare` for its arguments and `run`, which gives the exit
code; 2 when the command is wrong.
"""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
from collections.abc import Sequence

from forms import check, preview
from forms.casework.htcds import command as htcds
from forms.conformance import command as conformance
from forms.xlsform import convert

_COMMANDS = {
    "check": (check, "say what is in a form, what is wrong with it, what is worth a second look"),
    "preview": (preview, "fill a form in, in the terminal"),
    "convert": (convert, "turn a workbook into reviewable text, and text into a workbook"),
    "conformance": (conformance, "run recorded cases of expressions or scenarios"),
    "htcds": (htcds, "turn records of HTCDS into answers by meaning, and back"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog=_program(), description="Works with forms.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (module, about) in _COMMANDS.items():
        description = (module.__doc__ or "").replace("python -m forms", parser.prog)
        module.declare(commands.add_parser(name, help=about, description=description))
    options = parser.parse_args(arguments)
    return _COMMANDS[options.command][0].run(options)


def _program() -> str:
    """How this was started, to be typed again, in quotation marks where the system needs them."""
    words = (sys.orig_argv[0], "-m", "forms")
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)


if __name__ == "__main__":
    sys.exit(main())

"""What both programs tell on a terminal: how they were started, and which version they are."""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Final

from sync_server.protocol.version import PROGRAM, PROTOCOL

#: What `--version` prints behind the program's name.
VERSION: Final = f"Homeward {PROGRAM}, protocol {PROTOCOL}"


def program(module: str) -> str:
    """How this program was started, to be typed again: a built one by its path, else Python and module."""
    if getattr(sys, "frozen", False):
        return typed(sys.argv[0])
    return typed(sys.orig_argv[0], "-m", module)


def typed(*words: str | Path) -> str:
    """Words as they are typed on a command line of this system, in quotation marks where they need them."""
    texts = [str(word) for word in words]
    return subprocess.list2cmdline(texts) if os.name == "nt" else shlex.join(texts)


def parser(module: str, description: str, **more: object) -> argparse.ArgumentParser:
    """A parser that calls the program as the user did, and knows `--version`."""
    made = argparse.ArgumentParser(prog=program(module), description=description, **more)  # type: ignore[arg-type]
    made.add_argument("--version", action="version", version=VERSION)
    return made


def speak_any_language() -> None:
    """Letters that the terminal cannot show are written as escapes; a command does not fail over them."""
    for stream in (sys.stdout, sys.stderr):
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors="backslashreplace")

"""How `make test` shares the tests out to several processes: file by file, and all windows to one of them.

A window takes the processor from another one beside it, so they never stand there at once. They come
first, as they take the longest together. Without `-n` nothing of this happens: one test after the other.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
WINDOWS = "windows"


@cache
def part_of(file: str) -> str:
    """Which part of the work a file belongs to: those of one part run in one process, in order."""
    return WINDOWS if "pytest.mark.window" in (ROOT / file).read_text("utf-8") else file


def windows_first(items: list[pytest.Item]) -> None:
    """Everything else keeps its place."""
    items.sort(key=lambda item: part_of(item.nodeid.partition("::")[0]) != WINDOWS)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    from xdist.scheduler import LoadScopeScheduling

    class FileByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return part_of(nodeid.partition("::")[0])

    config.option.loadscopereorder = False
    return FileByFile(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):
        windows_first(items)

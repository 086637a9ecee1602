"""How `make test` shares the tests out to several processes: file by file, and all windows to one of them.

A window takes the processor from another one beside it, so they never stand there at once. They come
first, as they take the longest together. Without `-n` nothing of this happens: one test after the other.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

WINDOWS = "windows"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    from xdist.scheduler import LoadScopeScheduling

    @cache
    def opens_windows(file: str) -> bool:
        return "pytest.mark.window" in (config.rootpath / file).read_text("utf-8")

    class FileByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return WINDOWS if opens_windows(file) else file

    config.option.loadscopereorder = False
    return FileByFile(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the windows first, by the same rule: a file with one such test belongs to them as a whole."""
    if hasattr(config, "workerinput"):
        files = {item.path for item in items if item.get_closest_marker("window")}
        items.sort(key=lambda item: item.path not in files)

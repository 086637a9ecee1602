"""A teller of stories for the vignettes, and the office of the scenarios for those in which tablets sync."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from forms.definition import FormDefinition
from tests.library.conftest import definitions, sources
from tests.scenarios.conftest import coordinator, enrol_tablet, officer, server, server_template
from tests.vignettes.story import Story

__all__ = [
    "coordinator",
    "definitions",
    "enrol_tablet",
    "officer",
    "server",
    "server_template",
    "sources",
    "told",
]

Told = Callable[[str], Story]
_TALLIES: list[str] = []


@pytest.fixture
def told(definitions: dict[str, FormDefinition], request: pytest.FixtureRequest) -> Iterator[Told]:
    """Tells a situation; what was told must have been ended."""
    stories: list[Story] = []

    def tell(text: str) -> Story:
        stories.append(Story(definitions, text, request.node.name))
        return stories[-1]

    yield tell
    _TALLIES.extend(story.tally() for story in stories)
    assert all(story.ended for story in stories) or request.node.rep_failed


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if report.when == "call":
        item.rep_failed = report.failed  # type: ignore[attr-defined]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """With -v: how many facts each vignette placed, and how many rules spoke."""
    if terminalreporter.config.getoption("verbose") > 0:
        for tally in _TALLIES:
            terminalreporter.write_line(tally)

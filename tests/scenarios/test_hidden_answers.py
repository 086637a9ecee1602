"""An answer that is hidden is cleared: for everybody, by the rule of its question, never without a trace."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenarios.office import RunningServer, Tablet, command

THREATS = """
| settings |
| | form_id | version | form_title |
| | threats | 1 | Threats |
| survey |
| | type | name | label | relevant | bind::homeward:merge |
| | select_one yn | threatened | Was there a threat? | | |
| | text | told | What happened | ${threatened} = 'yes' | RULE |
| choices |
| | list_name | name | label |
| | yn | yes | Yes |
| | yn | no | No |
"""
BY_NIGHT, BY_DAY = "A car at night", "A car at night; the number is known"


@pytest.fixture(params=["last", "both"])
def rule(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def record(server: RunningServer, officer: Tablet, coordinator: Tablet, tmp_path: Path, rule: str) -> str:
    """A threat that was told, on both tablets."""
    form = tmp_path / "threats.md"
    form.write_text(THREATS.replace("RULE", rule), "utf-8")
    command("publish-form", "--dir", str(server.folder), str(form))
    case = officer.new_case()
    officer.sync()
    told = officer.fill(case, "threats", threatened="yes", told=BY_NIGHT)
    officer.sync()
    coordinator.sync()
    assert coordinator.values(told)["told"] == BY_NIGHT
    return told


def test_who_hides_an_answer_clears_it_on_every_tablet(
    officer: Tablet, coordinator: Tablet, record: str
) -> None:
    officer.change(record, threatened="no")
    officer.sync()
    coordinator.sync()
    assert officer.values(record) == coordinator.values(record) == {"threatened": "no"}
    assert officer.conflicts() == coordinator.conflicts() == ()


def test_what_a_colleague_wrote_meanwhile_is_kept_and_she_is_told(
    server: RunningServer, officer: Tablet, coordinator: Tablet, record: str, rule: str
) -> None:
    coordinator.change(record, told=BY_DAY)
    officer.change(record, threatened="no")
    for tablet in (coordinator, officer, coordinator):
        tablet.sync()
    assert officer.values(record) == coordinator.values(record)
    if rule == "both":
        # A narrative that somebody wrote is not cleared by who had not seen it.
        assert server.values(record)["told"] == BY_DAY
        return
    (lost,) = coordinator.conflicts()
    assert (lost.path, lost.lost, lost.kept) == ("told", BY_DAY, None)
    officer.change(record, threatened="yes")
    officer.sync()
    coordinator.sync()
    coordinator.book.restore(lost.id).wait(10)
    coordinator.sync()
    officer.sync()
    assert officer.values(record)["told"] == BY_DAY

"""What the documentation says is there, and what is there is in the documentation."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from app.problems import TEXTS as APP
from forms.problem_texts import TEXTS as FORMS
from sync_server.command_texts import TEXTS as COMMANDS
from sync_server.protocol.problems import CODES as WIRE

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = [
    *sorted(DOCS.rglob("*.md")),
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
]
DUTIES = [f"S{number:02}" for number in range(1, 37)]
#: What one reads and leaves as it is; every other problem says what to do.
SETTLES_ITSELF = {
    *("app.work.closed", "store.closed.already", "conflict.row.unknown", "outbox.row.unknown"),
    *("record.row.unknown", "attachment.not_found", "sync.conflict.not_found"),
}


def _links(page: str) -> list[str]:
    return [target for target in re.findall(r"\]\(([^)\s]+)\)", page) if "://" not in target]


def _anchors(page: str) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head).lower().replace(" ", "-") for head in heads}


def _questions(form: str) -> set[str]:
    """The names in the sheet `survey` of a form's table."""
    _, _, survey = form.partition("| survey |")
    survey, _, _ = survey.partition("| choices |")
    rows = [[cell.strip() for cell in line.split("|")] for line in survey.splitlines() if "|" in line]
    return {row[3] for row in rows if len(row) > 3 and row[3] not in ("", "name")}


def _broken(page: Path, target: str) -> str | None:
    """Why a link leads nowhere; None when it leads somewhere."""
    name, _, anchor = target.partition("#")
    file = (page.parent / name).resolve() if name else page
    if not file.is_relative_to(ROOT) or not file.exists():
        return f"{page.name}: there is no {target}"
    if anchor and file.name == "form.md":
        there = anchor in _questions(file.read_text("utf-8"))
    else:
        there = not anchor or anchor in _anchors(file.read_text("utf-8"))
    return None if there else f"{page.name}: there is no #{anchor} in {name or page.name}"


def _duties() -> dict[str, list[str]]:
    lines = (DOCS / "seeds.md").read_text("utf-8").splitlines()
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in lines if re.match(r"\| S\d", line)
    ]
    assert len({row[0] for row in rows}) == len(rows)
    return {row[0]: row[1:] for row in rows}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    broken = [_broken(page, target) for target in _links(page.read_text("utf-8"))]
    assert not [why for why in broken if why]


def test_a_link_that_leads_nowhere_is_noticed() -> None:
    page = DOCS / "seeds.md"
    assert _broken(page, "../forms/library/case_file/form.md#case_code") is None
    assert _broken(page, "../forms/library/case_file/form.md#shoe_size")
    assert _broken(page, "../forms/library/case_file/form.md#al"), "a choice is no question"
    assert _broken(page, "../nowhere.md")
    assert _broken(page, "index.md#nowhere")


def test_every_page_can_be_reached_from_the_index() -> None:
    reached = {
        (DOCS / target.partition("#")[0]).resolve() for target in _links((DOCS / "index.md").read_text())
    }
    assert set(DOCS.glob("*.md")) - {DOCS / "index.md"} <= reached
    assert "docs/index.md" in _links((ROOT / "README.md").read_text("utf-8"))


def test_every_duty_has_its_row() -> None:
    assert list(_duties()) == DUTIES


@pytest.mark.parametrize("duty", DUTIES)
def test_a_duty_has_a_place_or_says_what_is_planned(duty: str) -> None:
    text, place, planned = _duties()[duty]
    assert text
    if place == "not yet":
        assert planned
    else:
        assert all(_links(part) for part in place.split(" · ")), "a place is a link to something that exists"


def test_the_page_of_error_codes_is_what_the_code_says() -> None:
    done = subprocess.run(
        [sys.executable, "packaging/error_catalogue.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_every_code_is_on_the_page_of_error_codes() -> None:
    page = (DOCS / "errors.md").read_text("utf-8")
    listed = set(re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE))
    assert listed == {*APP, *FORMS, *COMMANDS, *WIRE}


def test_every_problem_says_what_to_do() -> None:
    page = (DOCS / "errors.md").read_text("utf-8")
    idle = set(re.findall(r"^\| `([^`]+)` \|.*\| Nothing has to be done. \|$", page, re.MULTILINE))
    assert idle == SETTLES_ITSELF


def test_every_problem_of_the_server_commands_has_its_text() -> None:
    raised = {
        code
        for source in (ROOT / "sync_server").rglob("*.py")
        for code in re.findall(r'SetupProblem\(\s*"([a-z_.]+)"', source.read_text("utf-8"))
    }
    assert raised
    assert raised <= set(COMMANDS)

"""A form that this project did not write, filled in by hand at the real window: cascade, nested repeat."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.ui.conftest import Office
from tests.ui.test_a_workers_day import choose, finish_and_sync, open_a_case, unlock
from tests.ui.window import ROOT, AppWindow

pytestmark = pytest.mark.window

WILD = ROOT.parent / "shared" / "wild_forms"

#: What forms of others have: no id, no version, languages without codes, names with blanks.
HOUSEHOLD = """
| survey |
| | type | name | label::English | label::Arabic | choice_filter | appearance |
| | begin_group | place | Where | أين | | field-list |
| | select_one region | region | Region | المنطقة | | |
| | select_one town | town | Town | المدينة | region=${region} | |
| | acknowledge | agreed | She agreed to be asked | وافقت | | |
| | end_group | | | | | |
| | begin_repeat | child | Child | طفل | | |
| | text | first_name | First name | الاسم | | |
| | begin_repeat | vaccine | Vaccine | لقاح | | |
| | select_one vaccine | kind | Which one | أي لقاح | | |
| | end_repeat | | | | | |
| | end_repeat | | | | | |
| | geopoint | spot | Where the house stands | مكان البيت | | |
| choices |
| | list_name | name | label::English | label::Arabic | region |
| | region | the north | North | الشمال | |
| | region | the south | South | الجنوب | |
| | town | north town | Northtown | مدينة الشمال | the north |
| | town | south town | Southtown | مدينة الجنوب | the south |
| | vaccine | bcg | BCG | بي سي جي | |
| | vaccine | opv | OPV | شلل الأطفال | |
"""


def publish(office: Office, form: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "sync_server", "publish-form", "--dir", str(office.folder), str(form)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=120,
    )


def begin_other(window: AppWindow, form: str) -> None:
    """Sync the forms down, open a case, and begin one of the forms that no stage names."""
    unlock(window)
    window.press("F2")
    window.read("Synced", 40)
    open_a_case(window, 2)
    window.touch("case.new_form")
    window.read("Other forms")
    window.touch(f"case.offer.{form}")
    window.see("entry.progress")


def vaccines(window: AppWindow) -> list[str]:
    names = (name.removeprefix("entry.instance.") for name in window.names("entry.instance."))
    return [name for name in names if "/vaccine[" in name]


def test_a_form_with_a_cascade_and_a_repeat_in_a_repeat(
    office: Office, window: AppWindow, tmp_path: Path
) -> None:
    form = tmp_path / "household.md"
    form.write_text(HOUSEHOLD, "utf-8")
    publish(office, form)
    begin_other(window, "household")

    choose(window, "place/region", "the north")
    choose(window, "place/town", "north town")
    assert window.find("entry.choice.place/town.south town") is None
    choose(window, "place/region", "the south")
    window.wait_for(lambda: window.find("entry.choice.place/town.south town"), "the towns of the south")
    assert window.find("entry.choice.place/town.north town") is None
    choose(window, "place/town", "south town")
    window.touch("entry.choice.place/agreed.OK")
    window.read("Saved on this device")

    window.touch("entry.next")
    (child,) = window.names("entry.instance.child[")[:1]
    child = child.removeprefix("entry.instance.")
    window.touch(f"entry.question.{child}/first_name")
    window.write("Nora")
    window.press("Tab")
    for number, kind in enumerate(("bcg", "opv")):
        window.touch(f"entry.add.{child}/vaccine")
        vaccine = window.wait_for(lambda n=number: vaccines(window)[n:], "one more vaccine")[-1]
        choose(window, f"{vaccine}/kind", kind)
    add, frame = window.see(f"entry.add.{child}/vaccine"), window.see(f"entry.instance.{child}")
    assert add["x"] > frame["x"], "what adds a vaccine stands inside of its child"
    window.touch("entry.next")
    window.fill("entry.question.spot", "north of the river")
    window.press("Tab")
    window.see("entry.violation.spot")
    window.fill("entry.question.spot", "41.3275 19.8187")
    window.press("Tab")
    window.gone("entry.violation.spot")
    window.picture("form-of-others")
    finish_and_sync(window)
    window.touch("receipt.case")
    window.see("case.record.household")


def test_the_case_data_standard_of_iom_is_filled_in_at_the_window(
    office: Office, window: AppWindow, tmp_path: Path
) -> None:
    found = sorted(WILD.glob("HTCDS_*.xlsx"))
    if not found:
        pytest.skip("the forms of others are not at hand beside the project")
    publish(office, found[0])
    begin_other(window, found[0].stem)
    for _ in range(30):
        rows = window.names("entry.choice.")
        if rows:
            window.touch(rows[0])
        if window.find("entry.finish"):
            break
        window.touch("entry.next")
    finish_and_sync(window)

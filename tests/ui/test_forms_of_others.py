"""Forms that this project did not write, filled in by hand at the real window, up to their receipts."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from forms.check import check_file
from forms.definition import FormDefinition
from forms.entry import FormEntry
from forms.paths import template
from tests.scenarios.strangers import FORMS_OF_OTHERS, wild_form
from tests.ui.conftest import Office, opened
from tests.ui.filling import FormFiller
from tests.ui.test_a_workers_day import begin, choose, finish_and_sync, open_a_case, unlock
from tests.ui.window import ROOT, AppWindow, Display

pytestmark = pytest.mark.window

#: In which language each of them is filled in: one that it has, or one of a worker who reads another.
#: The engine fills in all of them without a window (tests/scenarios, tests/forms).
IN_LANGUAGES = (
    pytest.param("ar", "htcds_xlsform", marks=pytest.mark.long),
    ("ar", "nested_repeats_nested"),
    pytest.param("fr", "socio-economic-survey", marks=pytest.mark.long),
    pytest.param("fr", "ifrc-distribution-site", marks=pytest.mark.long),
    ("fr", "mali_health"),
    pytest.param("en", "sw_missing_en_label", marks=pytest.mark.long),
)
ON_THE_SERVER = {"ar": "على الخادم منذ", "fr": "Sur le serveur depuis", "en": "On the server since"}

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


def publish(office: Office, *forms: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "sync_server", "publish-form", "--dir", str(office.folder), *map(str, forms)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=120,
    )


def begin_other(window: AppWindow, form: str, title: str = "") -> None:
    """Sync the forms down, open a case, and begin one of the forms that no stage names."""
    unlock(window)
    window.press("F2")
    window.read("Synced", 40)
    open_a_case(window, 2)
    window.touch("case.new_form")
    window.see("case.offers.search")
    if title:
        window.fill("case.offers.search", title)
    window.touch(f"case.offer.{form}", 60)
    window.see("entry.progress")


def first_question(definition: FormDefinition, language: str) -> str:
    """The first line of what is asked first, in this language where the form has it."""
    entry = FormEntry(definition, language=language, now=lambda: datetime.now(UTC), random=random.Random(1))
    return next(node.label for node in entry.outline() if node.kind == "question").strip().splitlines()[0]


def repeats_of(definition: FormDefinition) -> set[str]:
    return {path for path in definition.groups if definition.is_repeat(path)}


@pytest.fixture(scope="module")
def one_window(
    display: Display, office: Office, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AppWindow]:
    """One window for all forms of others, published together: each is filled in where the one before was."""
    forms = [found for part in FORMS_OF_OTHERS if (found := wild_form(part))]
    if not forms:
        pytest.skip("the forms of others are not at hand beside the project")
    publish(office, *forms)
    with opened(display, office, tmp_path_factory.mktemp("forms-of-others")) as window:
        unlock(window)
        yield window


@pytest.fixture(scope="module")
def language(request: pytest.FixtureRequest, one_window: AppWindow) -> str:
    """The language that the window speaks now; the forms in one language follow each other."""
    one_window.touch("nav.settings")
    one_window.touch(f"settings.language.{request.param}")
    one_window.touch("nav.cases")
    return str(request.param)


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
    # As every form has it, a repeat begins with one instance; another one is added.
    for number, kind in enumerate(("bcg", "opv")):
        if number:
            window.touch(f"entry.add.{child}/vaccine")
        vaccine = window.wait_for(lambda n=number: vaccines(window)[n:], "one more vaccine")[-1]
        choose(window, f"{vaccine}/kind", kind)
    add, frame = window.scroll_to(f"entry.add.{child}/vaccine"), window.see(f"entry.instance.{child}")
    assert add["x"] > frame["x"], "what adds a vaccine stands inside of its child"
    window.read("Add: Vaccine")
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
    window.touch("case.record.household")
    window.read("I have read this")
    assert {"Child", "Vaccine"}.isdisjoint(window.text().splitlines()), "a name without anything below it"
    window.read("Vaccine 1")


@pytest.mark.parametrize(("language", "part"), IN_LANGUAGES, indirect=["language"])
def test_a_form_as_others_published_it(one_window: AppWindow, language: str, part: str) -> None:
    window = one_window
    found = wild_form(part)
    if found is None:
        pytest.skip("the forms of others are not at hand beside the project")
    definition = check_file(found).definition
    assert definition is not None
    if window.find("case.new_form") is None:
        open_a_case(window, 2)
    begin(window, definition.id, definition.titles.get(language, ""))
    window.read(first_question(definition, language))
    # The longest has 39 pages: of it only what must be answered.
    short = len(definition.questions) < 50
    filler = FormFiller(window, definition, optional=short)
    for _ in filler.pages():
        assert not window.names("entry.violation.")
    assert {template(path) for path in filler.added} == repeats_of(definition)
    if short:
        window.wait_for(lambda: len(set(filler.progress())) == 1, "every question to be answered")
    finish_and_sync(window, ON_THE_SERVER[language])
    window.touch("receipt.case")
    window.see("case.new_form")

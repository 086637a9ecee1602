"""At the real window: who helps is found offline, a line over its budget asks why, a report is frozen."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.fieldbook import Fieldbook, unlock
from app.settings import Settings
from tests.ui.conftest import PASSPHRASE, Office, _run, opened
from tests.ui.test_a_workers_day import unlock as unlock_window
from tests.ui.test_what_is_missing import GENT, open_the_case_of
from tests.ui.window import AppWindow, Display

pytestmark = pytest.mark.window

PROGRAMME = """
id = "tact"
title = "Tact"
[targets]
persons = 40
minors = 4
[donor]
k = 5
tables = [{ indicator = "assisted", by = ["country"] }]
[[rates.rates]]
currency = "ALL"
on = 2026-01-01
per_euro = 100
source = "Example bank"
[[directory.organisations]]
id = "klinika"
name = "Klinika Shembull"
country = "AL"
areas = ["Tirana"]
vetting = "vetted"
checked_on = 2026-11-01
minors = "yes"
services = [{ kind = "medical" }]
"""


@pytest.fixture(scope="module")
def with_programme(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Rates, a donor's tables and one more organisation come with the programme of every second case."""
    file = tmp_path_factory.mktemp("programme") / "care.toml"
    file.write_text(PROGRAMME, encoding="utf-8")
    _run("sync_server", "add-programme", "--dir", str(office.folder), str(file))
    return office


@pytest.fixture
def officer(display: Display, with_programme: Office, tmp_path: Path) -> Iterator[AppWindow]:
    with opened(display, with_programme, tmp_path) as window:
        yield window


@pytest.fixture
def coordinator(display: Display, with_programme: Office, tmp_path: Path) -> Iterator[AppWindow]:
    with opened(display, with_programme, tmp_path, login="coordinator") as window:
        yield window


def written(
    book: Fieldbook, case: str, form: str, rows: dict[str, list[dict[str, str]]], **answers: Any
) -> str:
    """A finished record, as a worker would have written it on this device."""
    begun = book.begin(case, form).wait(60)
    asked = begun.entry.definition.questions
    for name, raw in answers.items():
        path = next(path for path in asked if path.rpartition("/")[2] == name)
        book.save(begun.record, begun.entry.answer(path, raw)).wait(60)
    for repeat, instances in rows.items():
        for row in instances:
            there = [
                n.path
                for n in begun.entry.outline()
                if n.kind == "instance" and n.path.startswith(f"{repeat}[")
            ]
            if row is not instances[0] or not there:
                change = begun.entry.add_instance(repeat)
                book.save(begun.record, change).wait(60)
                there.append(change.path)
            for name, raw in row.items():
                book.save(begun.record, begun.entry.answer(f"{there[-1]}/{name}", raw)).wait(60)
    left = book.finish(begun.record).wait(60)
    assert left == (), left
    return str(begun.record)


def spend(folder: Path, name: str) -> str:
    """The plan of a case, and help that goes over its first line; the case's code."""
    book = unlock(Settings(folder, auto_sync=False), PASSPHRASE).wait(60)
    (case,) = book.cases(name).wait(60)
    budget = [
        {
            "budget_line": "Health",
            "budget_amount": "300",
            "budget_currency": "EUR",
            "budget_donor": "Donor A",
        },
        {"budget_line": "Work", "budget_amount": "60000", "budget_currency": "ALL"},
    ]
    written(
        book, case.id, "reintegration_plan", {"money/budget": budget}, state="draft", goals="A shop",
        monitoring="draft", signed="no",
    )  # fmt: skip
    common = {
        "received": "yes",
        "paid_by": "us",
        "assistance_kind": "medical",
        "provider": "Klinika",
        "donor": "Donor A",
    }
    for amount, currency, line, receipt in (
        ("250", "EUR", "Health", "17/26"),
        ("250", "EUR", "Health", "17 / 26"),
        ("9000", "ALL", "Health", "18/26"),
        ("700", "MAD", "Work", "19/26"),
    ):
        written(
            book, case.id, "assistance", {}, **common, amount=amount, currency=currency, budget_line=line,
            receipt=receipt,
        )  # fmt: skip
    book.close().wait(60)
    return case.code


def test_who_helps_is_found_by_a_few_letters_numbers_first_and_each_says_how_far_to_trust_it(
    officer: AppWindow,
) -> None:
    window = officer
    unlock_window(window)
    window.touch("nav.directory")
    window.wait_for(lambda: window.names("directory.hotline."), "numbers to call")
    window.read("+355 00 000 0001")
    window.picture("directory-en")
    # The keyboard is in the search already; what is written in Albanian is found by plain letters.
    window.write("perralle")
    window.wait_for(lambda: len(window.names("directory.entry.")) == 1, "only the legal centre")
    window.read("Qendra Ligjore Përrallë")
    window.read("whole country")
    window.fill("directory.search", "spiti")
    window.read("Old: checked")
    assert len(window.names("directory.change.")) == 1, "what the office wrote down it can change"
    window.picture("directory-old-en")
    window.press("ctrl+a", "BackSpace")
    window.wait_for(lambda: len(window.names("directory.entry.")) > 1, "all of them")

    # By keyboard alone: to the service, and to one of them.
    window.press("Tab", "Return")
    window.see("directory.sheet")
    window.press("Down", "Return")
    window.wait_for(lambda: window.find("directory.sheet") is None, "the sheet to go")
    window.touch("directory.where")
    window.touch("directory.places.UA")
    window.touch("directory.service")
    window.picture("directory-services-en")
    window.press("Escape")

    window.touch("nav.settings")
    window.touch("settings.language.ar")
    window.touch("nav.directory")
    window.wait_for(lambda: window.names("directory.hotline."), "numbers to call")
    window.read("أرقام الاتصال")
    window.picture("directory-ar")


def test_from_a_case_somebody_is_referred_with_what_the_directory_knows(officer: AppWindow) -> None:
    window = officer
    unlock_window(window)
    open_the_case_of(window, GENT)
    window.scroll_to("case.directory")
    window.picture("case-en")
    window.touch("case.directory")
    (refer, *_) = window.wait_for(lambda: window.names("directory.refer."), "somebody to refer to")
    window.picture("directory-case-en")
    window.touch("directory.service")
    window.touch("directory.services.legal")
    window.fill("directory.search", "ligjore")
    (refer,) = window.wait_for(
        lambda: len(found := window.names("directory.refer.")) == 1 and found, "only the legal centre"
    )
    window.touch(refer)
    window.see("entry.progress")
    window.wait_for(lambda: "Qendra Ligjore Përrallë" in window.text(), "the organisation filled in")
    window.picture("referral-en")

    # Another one is picked at the question itself.
    (pick,) = window.names("entry.directory.")
    window.touch(pick)
    window.see("pick.search")
    window.write("klinika")
    window.wait_for(lambda: window.names("pick.") == ["pick.search", "pick.klinika"], "only the clinic")
    window.picture("pick-en")
    window.touch("pick.klinika")
    window.wait_for(lambda: "Klinika Shembull" in window.text(), "the clinic in its place")
    window.read("Saved on this device")


def test_a_line_over_its_budget_says_so_and_asks_why(officer: AppWindow) -> None:
    window = officer
    window.close()
    spend(window.folder, GENT)
    window.start()
    unlock_window(window)
    open_the_case_of(window, GENT)
    window.touch("case.money")
    window.see("money.line.Health")
    window.read("Over budget by 40.00 EUR")
    window.read("9,000.00 ALL")
    window.read("no rate: not known in EUR")
    window.read("Told twice: counted once")
    window.picture("money-en")
    (why,) = window.names("money.why.")
    window.touch(why)
    window.touch("money.reason")
    window.write("A second operation was needed")
    window.touch("dialog.0")
    window.read("Why it is over: A second operation was needed")
    window.wait_for(lambda: not window.names("money.why."), "nothing more is asked")
    window.picture("money-explained-en")
    window.touch("nav.settings")
    window.touch("settings.language.ar")
    open_the_case_of(window, GENT)
    window.touch("case.money")
    window.read("تجاوز الميزانية")
    window.picture("money-ar")


def test_a_coordinator_looks_at_a_report_freezes_it_and_writes_a_file_with_a_warning(
    coordinator: AppWindow, tmp_path: Path
) -> None:
    window = coordinator
    window.close()
    spend(window.folder, GENT)
    window.start()
    unlock_window(window)
    window.touch("nav.cases")
    window.touch("cases.office")
    window.touch("office.figures")
    window.see("indicators.look")
    window.touch("indicators.year")
    window.picture("indicators-en")
    window.touch("indicators.look")
    window.see("report.banner", 60)
    window.read("Exact numbers.")
    window.read("the target that was agreed")
    window.picture("report-internal-en")
    window.touch("report.freeze")
    window.see("report.changes", 60)
    window.read("frozen")
    window.touch("report.write")
    window.read("its exact numbers can tell who somebody is")
    window.picture("report-file-en")
    out = tmp_path / "figures.csv"
    window.fill("report.file.path", str(out))
    window.touch("report.file.0")
    window.read("The report is in figures.csv")
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert any(row and row[0] == "Persons who got help of any kind" for row in rows)
    window.touch("report.changes")
    window.see("report.same")
    window.press("Escape")
    window.wait_for(lambda: window.names("indicators.frozen."), "it is in the list")
    window.picture("indicators-frozen-en")

    # A donor's: rows of few are withheld, in words.
    window.touch("indicators.output.donor")
    window.touch("indicators.programme.tact")
    window.touch("indicators.look")
    window.see("report.banner", 60)
    window.read("Never to be published.")
    window.read("Withheld: of fewer than 5 persons")
    window.picture("report-donor-en")
    window.press("Escape")

    window.touch("indicators.output.public")
    window.touch("indicators.look")
    window.read("Nothing was published on this device yet.")
    window.press("Escape")

    window.touch("nav.settings")
    window.touch("settings.language.ar")
    window.touch("nav.cases")
    window.touch("cases.office")
    window.touch("office.figures")
    window.see("indicators.look")
    window.picture("indicators-ar")
    window.touch("indicators.look")
    window.see("report.banner", 60)
    window.picture("report-internal-ar")


def test_who_is_no_coordinator_is_shown_no_way_to_the_figures(officer: AppWindow) -> None:
    window = officer
    unlock_window(window)
    window.touch("nav.cases")
    window.touch("cases.office")
    window.see("office.offer.organisation")
    assert window.find("office.figures") is None

"""What offices do for no single person, through real stores and a real server: two tablets of Tirana, each
offline, and one of Athens that has guessed where Tirana keeps it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.problems import Problem
from app.store import drafts
from app.store.transaction import Transaction
from app.views import FigureView
from forms.casework.indicators.population import Period
from forms.casework.office_file import office_file
from tests.scenarios.office import PASSWORD, RunningServer, Tablet, command, copy_server
from tests.scenarios.ways_home import TODAY, day

QUARTER = Period(TODAY.replace(day=1), TODAY)
MEETING: dict[str, Any] = {
    "held_on": day(0), "activity_kind": "meeting", "organisers": ["own"], "topics": ["referral"],
    "children_focus": "no", "tested": "no", "leaflets_any": "no",
}  # fmt: skip
TRAINING: dict[str, Any] = {
    **MEETING, "activity_kind": "training", "children_focus": "main", "tested": "yes",
    "same_questions": "yes", "points": 20, "papers_before": 12, "mean_before": "9", "papers_after": 12,
    "mean_after": "15",
}  # fmt: skip
AGREEMENT: dict[str, Any] = {
    "written_on": day(0), "mechanism_kind": "agreement", "mechanism_name": "Tirana and Athens",
    "countries": ["al", "gr"], "mechanism_state": "in_force", "since": day(-300), "until": day(10),
    "document": "signed", "covers": ["reception"], "children": "yes", "data_rules": "yes",
}  # fmt: skip


@dataclass(frozen=True)
class Offices:
    """Mira and Drita, an officer and a coordinator of Tirana; Eleni of Athens."""

    server: RunningServer
    mira: Tablet
    drita: Tablet
    eleni: Tablet


@pytest.fixture(scope="module")
def template(server_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template") / "server"
    shutil.copytree(server_template, folder)
    command(
        *("add-user", "--dir", str(folder), "--login", "eleni", "--role", "officer", "--office", "Athens"),
        *("--country", "gr", "--zone", "Europe/Athens"),
        HOMEWARD_PASSWORD=PASSWORD,
    )
    return folder


@pytest.fixture
def offices(template: Path, tmp_path: Path) -> Iterator[Offices]:
    server = copy_server(template, tmp_path / "server")
    server.start()
    tablets = [Tablet(tmp_path / login, login, server) for login in ("officer", "coordinator", "eleni")]
    yield Offices(server, *tablets)
    for tablet in tablets:
        tablet.close()
    server.stop()


def record(tablet: Tablet, form: str, answers: dict[str, Any], repeat: str, **row: Any) -> str:
    """A record in the office's own file, with one row of what it asks for several times; its id."""
    opened = tablet.book.begin(tablet.book.office_file().wait(30).id, form).wait(30)
    tablet.answer(opened, answers)
    if "agreed_any" not in answers and form == "meeting":
        tablet.answer(opened, {"agreed_any": "no"})
    tablet.answer_rows(opened, repeat, row)
    return tablet.finish(opened)


def in_office(tablet: Tablet) -> dict[str, str]:
    """The records of the office's own file, each with where it is."""
    return {row.id: row.state for row in tablet.book.office_file().wait(30).records}


def figures(tablet: Tablet) -> dict[tuple[str, ...], FigureView]:
    found = tablet.book.figures(QUARTER).wait(30)
    return {(each.indicator, *(name for _, name in each.group)): each for each in found}


def test_what_each_tablet_recorded_offline_is_in_one_file_and_in_the_figures(offices: Offices) -> None:
    mira, drita = offices.mira, offices.drita
    offices.server.stop()
    hers = record(mira, "meeting", MEETING, "people/attendance", organisation="ngo", women=7, men=2)
    drita_s = record(drita, "meeting", TRAINING, "people/attendance", organisation="border", women=4, men=14)
    assert in_office(mira) == {hers: "only_here"}
    assert figures(drita)["meetings",].value == 0
    offices.server.start()
    for tablet in (mira, drita, mira):
        tablet.sync()

    assert in_office(mira) == in_office(drita) == {hers: "on_server", drita_s: "on_server"}
    assert mira.book.cases().wait(30) == ()
    found = figures(drita)
    assert (found["meetings",].value, found["trainings", "main"].value) == (1, 1)
    assert (found["participants",].value, found["participants",].persons) == (27, 0)
    assert found["participants.organisation", "border", "male"].value == 14
    assert (found["knowledge.gained",].value, found["knowledge.gained",].of) == (1, 1)
    assert found["assisted",].value == 0

    # Whoever of the office changes it, it is the same file, and the other one sees it.
    mira.change(drita_s, place="Durres")
    for tablet in (mira, drita):
        tablet.sync()
    assert drita.values(drita_s)["place"] == "Durres"
    assert figures(drita)["participants",].value == 27


def test_an_agreement_is_due_on_every_tablet_of_the_office_and_on_no_other(offices: Offices) -> None:
    mira, drita, eleni = offices.mira, offices.drita, offices.eleni
    theirs = record(drita, "coordination", AGREEMENT, "parties/party", party_kind="ngo", roles=["receives"])
    for tablet in (drita, mira, eleni):
        tablet.sync()
    (due,) = mira.book.today().wait(30).office
    assert (due.kind, due.due.isoformat(), due.detail) == (
        "agreement.expires", day(10), {"record": theirs},
    )  # fmt: skip
    assert eleni.book.today().wait(30).office == ()
    assert in_office(eleni) == {}

    mira.change(theirs, until=day(400))
    for tablet in (mira, drita):
        tablet.sync()
    assert drita.book.today().wait(30).office == ()


def test_who_knows_where_another_office_keeps_it_neither_reads_nor_writes_there(offices: Offices) -> None:
    mira, eleni = offices.mira, offices.eleni
    of_tirana = office_file("Tirana")
    with pytest.raises(Problem, match=r"case\.row\.unknown"):
        eleni.book.begin(of_tirana, "meeting").wait(30)

    # A tablet that was tampered with: it writes there all the same, before Tirana has.
    version = next(each.version for each in eleni.book.forms().wait(30) if each.form == "meeting")

    def forge(db: Transaction) -> str:
        forged = db.new_id()
        drafts.begin(db, forged, of_tirana, "meeting", version)
        drafts.save_answers(db, forged, {"activity/activity_kind": "meeting"})
        drafts.finish(db, forged)
        return forged

    forged = eleni.book._store.write(forge)
    eleni.sync()
    (refused,) = eleni.book.sync_view().wait(30).refused
    assert (refused.id, refused.refused) == (forged, "sync.office_file.not_yours")

    hers = record(mira, "meeting", MEETING, "people/attendance", organisation="ngo", women=7, men=2)
    for tablet in (mira, eleni, mira):
        tablet.sync()
    assert in_office(mira) == {hers: "on_server"}
    assert offices.server.values(forged) == {}
    assert in_office(eleni) == {}

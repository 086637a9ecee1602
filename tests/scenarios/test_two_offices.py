"""One case, two offices: Tirana shares it with Athens, both write in it, and it ends as the person wants.

Arta and Besnik work in Tirana, Eleni in Athens. Youssef in Rabat is never shared with, and never sees a row.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.problems import TEXTS, Problem
from app.store import outbox, records
from sync_server.share_watch import ShareWatch
from sync_server.storage.database import Database
from tests.scenarios.conftest import Enrol
from tests.scenarios.office import OFFICE, PASSWORD, RunningServer, Tablet, command, copy_server
from tests.scenarios.ways_home import consent

DAY_MS = 24 * 3_600_000
ABROAD = {"eleni": ("Athens", "gr", "Europe/Athens"), "youssef": ("Rabat", "ma", "Africa/Casablanca")}

DENY = """
| settings |
| | form_id | version | form_title |
| | deny_list | 1 | Who must not see this case |
| survey |
| | type | name | label | bind::homeward:merge | bind::homeward:meaning |
| | text | who | Who must not see this case? | | deny.who |
| | select_one decision | decision | Decision | highest: lifted denied; with=why | deny.decision |
| | text | why | Why? | both | deny.reason |
| choices |
| | list_name | name | label |
| | decision | denied | Denied |
| | decision | lifted | Lifted |
"""


@dataclass
class Offices:
    """A server of three offices, and a case of Tirana's, of a grown-up woman who speaks Albanian."""

    server: RunningServer
    arta: Tablet
    besnik: Tablet
    eleni: Tablet
    youssef: Tablet
    case: str
    contact: str

    def consent(self, recipient: str = "Athens", tablet: Tablet | None = None, **other: Any) -> str:
        answers = {
            "decided_by": "person",
            "decision": "given",
            "purpose": ["share_with_country"],
            "recipient": recipient,
            "in_private": "yes",
            "spoken": "sq",
            "understood": "yes",
            "valid_until": _in_days(30),
            "how_given": "written",
            **other,
        }
        return (tablet or self.arta).fill(self.case, "consent", **answers)

    def take_back(self, tablet: Tablet, **other: Any) -> str:
        return tablet.fill(self.case, "consent", decided_by="person", decision="withdrawn", **other)

    def share(self, office: str = "Athens", tablet: Tablet | None = None, **other: Any) -> str:
        answers = {"share_office": office, "share_ground": "consent", **other}
        return (tablet or self.arta).fill(self.case, "sharing", **answers)

    def call(self, tablet: Tablet) -> str:
        """A contact, written on this tablet."""
        answers = {
            "outcome": "phone_only",
            "safe_to_talk": "yes",
            "risk_level": "high",
            "observation": "Well.",
        }
        return tablet.fill(self.case, "monitoring_contact", **answers)

    def agreed(self) -> str:
        """Consent, the sharing, and everybody has synced; the record of the sharing."""
        self.consent()
        shared = self.share()
        self.meet(self.arta, self.eleni)
        return shared

    def meet(self, *tablets: Tablet) -> None:
        for tablet in tablets:
            tablet.sync()

    def of_all(self, tablet: Tablet) -> set[str]:
        """Every record of the case that is on a tablet."""
        return tablet.book._store.read(lambda db: {each.id for each in records.of_case(db, self.case)})

    def nobody_else_saw_it(self) -> None:
        self.youssef.sync()
        assert self.youssef.book.cases().wait(10) == ()
        assert self.of_all(self.youssef) == set()
        with closing(self.server.storage()) as storage:
            assert storage.read(lambda ledger: ledger.latest("Rabat")) == 0


def _in_days(days: int) -> str:
    return date.fromordinal(date.today().toordinal() + days).isoformat()


@pytest.fixture(scope="module")
def three_offices(server_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A server with the offices abroad, that was never served."""
    folder = tmp_path_factory.mktemp("three-offices") / "server"
    shutil.copytree(server_template, folder)
    for login, (office, country, zone) in ABROAD.items():
        command(
            *("add-user", "--dir", str(folder), "--login", login, "--role", "officer"),
            *("--office", office, "--country", country, "--zone", zone),
            HOMEWARD_PASSWORD=PASSWORD,
        )
    return folder


@pytest.fixture
def server(three_offices: Path, tmp_path: Path) -> Iterator[RunningServer]:
    server = copy_server(three_offices, tmp_path / "server")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def offices(server: RunningServer, enrol_tablet: Enrol) -> Offices:
    arta, besnik = enrol_tablet("officer", "arta"), enrol_tablet("coordinator", "besnik")
    eleni, youssef = enrol_tablet("eleni"), enrol_tablet("youssef")
    case = arta.new_case("al", "sq")
    arta.change(arta.case_file(case), given_name="Drita", birth_date="1999-03-08")
    contact = arta.fill(
        case,
        "monitoring_contact",
        outcome="met",
        safe_to_talk="yes",
        risk_level="medium",
        observation="Calm.",
    )
    for tablet in (arta, besnik, eleni, youssef):
        tablet.sync()
    return Offices(server, arta, besnik, eleni, youssef, case, contact)


def test_what_was_written_before_comes_with_the_sharing_and_both_write_on(offices: Offices) -> None:
    eleni, arta, besnik = offices.eleni, offices.arta, offices.besnik
    own = eleni.new_case("al", "sq")
    offices.share()
    offices.meet(arta, eleni)
    assert offices.of_all(eleni) == set(), "named, and the person has not agreed yet"
    offices.consent()
    offices.meet(arta, eleni)

    # Her cursor had long passed the day on which these were written.
    assert offices.of_all(eleni) == offices.of_all(arta) != set()
    assert {row.id for row in eleni.book.cases().wait(10)} == {own, offices.case}
    assert eleni.values(offices.contact)["observation"] == "Calm."

    hers = offices.call(eleni)
    offices.meet(eleni, arta, besnik)
    assert arta.values(hers)["outcome"] == besnik.values(hers)["outcome"] == "phone_only"
    assert "phone_only" in offices.server.values(hers).values(), "it lies with the case's home"
    arta.change(hers, observation="A van waits.")
    offices.meet(arta, eleni, besnik)
    assert eleni.values(hers)["observation"] == "A van waits."
    assert arta.book.sync_view().wait(10).refused == eleni.book.sync_view().wait(10).refused == ()

    # Her own case stays her own.
    assert {row.id for row in besnik.book.cases().wait(10)} == {offices.case}
    offices.nobody_else_saw_it()
    for tablet in (arta, besnik, eleni):
        outcome = tablet.sync()
        assert (outcome.sent, outcome.received, outcome.conflicts) == (0, 0, 0)


def test_a_text_of_both_offices_keeps_both_and_of_one_choice_the_loser_is_told_wherever_she_is(
    offices: Offices,
) -> None:
    offices.agreed()
    arta, eleni, record = offices.arta, offices.eleni, offices.arta.case_file(offices.case)
    eleni.change(record, stage="shelter", notes="Seen in Athens.")
    time.sleep(0.01)
    arta.change(record, stage="decision", notes="Called from Tirana.")
    offices.meet(eleni, arta, eleni, offices.besnik)

    for tablet in (arta, eleni, offices.besnik):
        assert tablet.values(record)["stage"] == "decision"
        assert "Seen in Athens." in tablet.values(record)["notes"]
        assert "Called from Tirana." in tablet.values(record)["notes"]
    (told,) = eleni.conflicts()
    assert (told.lost, told.kept, told.kept_by) == ("shelter", "decision", "officer")
    assert arta.conflicts() == offices.besnik.conflicts() == ()
    (logged,) = offices.server.conflict_log()
    assert (logged.id, logged.lost_author) == (told.id, "eleni")

    # She puts it back, and both offices have it; her other tablet is told that it is settled.
    eleni.book.restore(told.id).wait(10)
    offices.meet(eleni, arta)
    assert arta.values(record)["stage"] == "shelter"
    assert [each.state for each in offices.server.conflict_log()] == ["restored"]
    assert [each.state for each in eleni.conflicts()] == ["restored"]


def test_who_lost_at_home_is_told_at_home_and_may_let_it_be(offices: Offices) -> None:
    offices.agreed()
    arta, eleni, record = offices.arta, offices.eleni, offices.arta.case_file(offices.case)
    arta.change(record, stage="shelter")
    time.sleep(0.01)
    eleni.change(record, stage="decision")
    offices.meet(eleni, arta, eleni)
    (told,) = arta.conflicts()
    assert (told.lost, told.kept, told.kept_by) == ("shelter", "decision", "eleni")
    assert eleni.conflicts() == ()
    arta.book.accept(told.id).wait(10)
    offices.meet(arta, eleni)
    assert eleni.values(record)["stage"] == "decision"
    assert [each.state for each in offices.server.conflict_log()] == ["accepted"]


def test_who_lost_in_the_other_office_may_let_it_be_as_well(offices: Offices) -> None:
    offices.agreed()
    arta, eleni, record = offices.arta, offices.eleni, offices.arta.case_file(offices.case)
    eleni.change(record, stage="shelter")
    time.sleep(0.01)
    arta.change(record, stage="decision")
    offices.meet(eleni, arta, eleni)
    (told,) = eleni.conflicts()
    eleni.book.accept(told.id).wait(10)
    # What is settled travels with the next work that is sent.
    eleni.change(record, safe_times="mornings")
    offices.meet(eleni, arta)
    assert [each.state for each in offices.server.conflict_log()] == ["accepted"]
    assert [each.state for each in eleni.conflicts()] == ["accepted"]


def test_consent_taken_back_while_athens_is_offline_what_it_wrote_until_then_is_heard_at_home(
    offices: Offices,
) -> None:
    offices.agreed()
    arta, eleni = offices.arta, offices.eleni
    case_file = arta.case_file(offices.case)
    # Offline in Athens: a new record, a change of an old one, and a draft.
    new = offices.call(eleni)
    eleni.change(case_file, safe_times="never on Mondays")
    opened = eleni.book.begin(offices.case, "monitoring_contact").wait(10)
    eleni.answer(opened, {"outcome": "unreachable", "observation": "A car outside."})
    offices.take_back(arta)
    arta.sync()

    outcome = eleni.try_to_sync()
    assert (outcome.problem, outcome.refused, outcome.sent) == (None, 0, 2)
    # Nothing of the case is left with her but what she had begun.
    assert offices.of_all(eleni) == {opened.record}
    assert "Drita" not in str(eleni.book.cases("Drita").wait(10))
    offices.meet(arta, offices.besnik)
    assert arta.values(new)["observation"] == "Well."
    assert arta.values(case_file)["safe_times"] == "never on Mondays"
    offices.nobody_else_saw_it()


def test_what_athens_writes_afterwards_reaches_nobody_and_stays_with_its_reason(offices: Offices) -> None:
    offices.agreed()
    arta, eleni = offices.arta, offices.eleni
    case_file = arta.case_file(offices.case)
    offices.take_back(arta)
    arta.sync()
    new = offices.call(eleni)
    eleni.change(case_file, safe_times="never on Mondays")

    outcome = eleni.try_to_sync()
    assert (outcome.problem, outcome.refused, outcome.sent) == (None, 2, 0)
    view = eleni.book.sync_view().wait(10)
    assert {row.id: row.refused for row in view.refused} == {
        new: "sync.case.sharing_ended",
        case_file: "sync.case.sharing_ended",
    }
    assert "sync.case.sharing_ended" in TEXTS
    # What she wrote is all that is left of it, word for word; of the rest she has nothing.
    assert offices.of_all(eleni) == {new, case_file}
    assert eleni.values(new)["observation"] == "Well."
    kept = eleni.book._store.read(lambda db: records.summary(db, case_file)).values
    assert kept == {"safe_times": "never on Mondays"}
    assert eleni.book._store.read(lambda db: outbox.counts(db))["refused"] == 2

    # It reached nobody, and calling again changes nothing.
    offices.meet(arta, offices.besnik)
    assert new not in offices.of_all(arta)
    outcome = eleni.sync()
    assert (outcome.sent, outcome.received, outcome.refused) == (0, 0, 0)
    assert eleni.values(new)["observation"] == "Well."
    offices.nobody_else_saw_it()


def test_when_the_person_agrees_anew_everything_comes_back_and_what_was_refused_can_be_sent(
    offices: Offices,
) -> None:
    offices.agreed()
    arta, eleni = offices.arta, offices.eleni
    offices.take_back(arta)
    arta.sync()
    new = offices.call(eleni)
    eleni.sync()
    assert offices.of_all(eleni) == {new}
    offices.consent(taken_back_before=_in_days(0))
    offices.meet(arta, eleni)
    assert offices.of_all(eleni) == offices.of_all(arta) | {new}
    (refused,) = eleni.book._store.read(outbox.refused)
    eleni.book._store.write(lambda db: outbox.send_again(db, refused.change_set.id))
    offices.meet(eleni, arta)
    assert arta.values(new)["observation"] == "Well."


def test_athens_itself_writes_down_that_the_person_takes_it_back(offices: Offices) -> None:
    offices.agreed()
    said = offices.take_back(offices.eleni)
    offices.eleni.sync()
    assert offices.of_all(offices.eleni) == set()
    offices.arta.sync()
    assert offices.arta.values(said)["decision"] == "withdrawn"


def test_tirana_ends_it_and_its_end_beats_a_colleague_who_wrote_on_offline(offices: Offices) -> None:
    shared = offices.agreed()
    offices.besnik.sync()
    offices.arta.change(shared, share_state="ended")
    time.sleep(0.01)
    offices.besnik.change(shared, share_reason="It goes well.")
    offices.meet(offices.arta, offices.besnik, offices.eleni)
    assert offices.of_all(offices.eleni) == set()


def test_a_danger_to_life_is_a_ground_with_its_reason(offices: Offices) -> None:
    offices.share(share_ground="vital_interest", share_reason="She is in a hospital in Patras.")
    offices.meet(offices.arta, offices.eleni)
    assert offices.of_all(offices.eleni) == offices.of_all(offices.arta) != set()
    offices.nobody_else_saw_it()


def test_only_the_home_office_shares_a_case_on(offices: Offices) -> None:
    shared = offices.agreed()
    offices.consent("Rabat", offices.eleni)
    onward = offices.share("Rabat", offices.eleni)
    offices.eleni.change(shared, share_state="ended")
    outcome = offices.eleni.try_to_sync()
    assert (outcome.problem, outcome.sent, outcome.refused) == (None, 1, 2)
    codes = {row.id: row.refused for row in offices.eleni.book.sync_view().wait(10).refused}
    assert codes == dict.fromkeys((onward, shared), "sync.case.not_yours_to_share")
    offices.nobody_else_saw_it()
    offices.arta.sync()
    assert offices.arta.values(shared)["share_state"] == "shared"


def test_who_is_on_the_deny_list_is_out_whatever_the_person_agreed_to(
    offices: Offices, tmp_path: Path
) -> None:
    offices.agreed()
    form = tmp_path / "deny_list.md"
    form.write_text(DENY, "utf-8")
    command("publish-form", "--dir", str(offices.server.folder), str(form))
    offices.meet(offices.arta, offices.besnik)
    denied = offices.arta.fill(offices.case, "deny_list", who="athens", decision="denied")
    offices.meet(offices.arta, offices.eleni)
    assert offices.of_all(offices.eleni) == set()
    # An officer takes nobody off, in this record or in another; a coordinator does.
    offices.arta.change(denied, decision="lifted", why="Her cousin left that office.")
    offices.arta.fill(offices.case, "deny_list", who="Athens", decision="lifted", why="He left.")
    offices.meet(offices.arta, offices.eleni, offices.besnik)
    assert offices.of_all(offices.eleni) == set()
    offices.besnik.fill(offices.case, "deny_list", who="Athens", decision="lifted", why="He left.")
    offices.meet(offices.besnik, offices.arta, offices.eleni)
    assert offices.of_all(offices.eleni) == offices.of_all(offices.arta) != set()


def test_the_deny_list_of_the_case_file_is_lifted_row_by_row_and_by_a_coordinator(offices: Offices) -> None:
    """Arta adds two rows. Besnik lifts the one of a relative; that is no lifting of the other."""
    offices.agreed()
    offices.meet(offices.besnik)
    file = offices.arta.case_file(offices.case)

    def answer(tablet: Tablet, number: int, **answers: Any) -> None:
        opened = tablet.book.edit(file).wait(30)
        rows = [{} for _ in range(number)]
        tablet.answer_rows(opened, "denied", *rows, answers)
        tablet.finish(opened)
        offices.meet(tablet, offices.arta, offices.besnik, offices.eleni)

    answer(offices.arta, 0, deny_who="e.papadaki", deny_decision="denied")
    assert offices.of_all(offices.eleni) != set()
    answer(offices.arta, 1, deny_who="Police of Mat\nathens", deny_decision="denied")
    assert offices.of_all(offices.eleni) == set()
    answer(offices.besnik, 0, deny_decision="lifted", deny_reason="She left that office.")
    answer(offices.arta, 1, deny_decision="lifted", deny_reason="Nobody of hers is there.")
    assert offices.of_all(offices.eleni) == set(), "an officer lifts nothing"
    # She cannot take the row away either, nor the decision alone.
    opened = offices.arta.book.edit(file).wait(30)
    second = opened.entry.repeat("denied").instances[1]
    assert not opened.entry.removable(second)
    offices.arta.book.discard(opened.record).wait(30)


def test_a_coordinator_lifts_the_row_of_an_office(offices: Offices) -> None:
    offices.agreed()
    file = offices.arta.case_file(offices.case)
    opened = offices.arta.book.edit(file).wait(30)
    offices.arta.answer_rows(opened, "denied", {"deny_who": "Athens", "deny_decision": "denied"})
    offices.arta.finish(opened)
    offices.meet(offices.arta, offices.besnik, offices.eleni)
    assert offices.of_all(offices.eleni) == set()
    opened = offices.besnik.book.edit(file).wait(30)
    offices.besnik.answer_rows(opened, "denied", {"deny_decision": "lifted", "deny_reason": "He left."})
    offices.besnik.finish(opened)
    offices.meet(offices.besnik, offices.arta, offices.eleni)
    assert offices.of_all(offices.eleni) == offices.of_all(offices.arta) != set()


def test_a_consent_that_runs_out_ends_it_though_no_device_calls(offices: Offices) -> None:
    offices.consent(valid_until=_in_days(3))
    offices.share()
    offices.meet(offices.arta, offices.eleni)
    assert offices.of_all(offices.eleni) != set()
    with closing(offices.server.storage()) as storage:
        for days, changed in ((0, 0), (3, 0), (4, 1), (4, 0), (5, 0)):
            watch = ShareWatch(storage, lambda days=days: round(time.time() * 1000) + days * DAY_MS)
            assert watch.look() == changed, days
    offices.eleni.sync()
    assert offices.of_all(offices.eleni) == set()


def test_a_photo_is_for_both_offices_and_for_nobody_else(offices: Offices, tmp_path: Path) -> None:
    offices.agreed()
    photo = tmp_path / "paper.png"
    photo.write_bytes(PNG)

    def take(tablet: Tablet) -> tuple[str, bytes]:
        opened = tablet.book.edit(offices.contact).wait(10)
        path = next(p for p, q in opened.entry.definition.questions.items() if q.type == "image")
        name = tablet.book.attach(opened.record, path, photo).wait(30)
        tablet.book.save(opened.record, opened.entry.answer(path, name)).wait(30)
        assert tablet.book.finish(opened.record).wait(30) == ()
        return name, tablet.book.attachment(name).wait(10)

    name, content = take(offices.arta)
    offices.meet(offices.arta, offices.eleni)
    assert offices.eleni.book.attachment(name).wait(10) == content
    name, content = take(offices.eleni)
    offices.meet(offices.eleni, offices.besnik)
    assert offices.besnik.book.attachment(name).wait(10) == content

    digest = name.partition(":")[0]
    with pytest.raises(Problem, match=r"attachment\.not_found"):
        list(offices.youssef.book._client.get_attachment(digest))
    assert list(offices.eleni.book._client.get_attachment(digest))
    offices.take_back(offices.arta)
    offices.arta.sync()
    with pytest.raises(Problem, match=r"attachment\.not_found"):
        list(offices.eleni.book._client.get_attachment(digest))


def test_a_photo_of_a_case_that_is_shared_no_more_does_not_come_by_way_of_another_case(
    offices: Offices, tmp_path: Path
) -> None:
    offices.agreed()
    arta, eleni = offices.arta, offices.eleni
    photo = tmp_path / "paper.png"
    photo.write_bytes(PNG)
    opened = arta.book.edit(offices.contact).wait(10)
    path = next(each for each, asked in opened.entry.definition.questions.items() if asked.type == "image")
    name = arta.book.attach(opened.record, path, photo).wait(30)
    arta.book.save(opened.record, opened.entry.answer(path, name)).wait(30)
    assert arta.book.finish(opened.record).wait(30) == ()
    first, other = offices.case, arta.new_case("al", "sq")
    arta.change(arta.case_file(other), birth_date="1999-03-08")
    offices.case = other
    offices.agreed()
    theirs = offices.call(eleni)
    digest = name.partition(":")[0]
    assert list(eleni.book._client.get_attachment(digest))
    offices.case = first
    offices.take_back(arta)
    offices.meet(arta, eleni)
    # She writes its name into a text of the case that she still has, and as a photo of it.
    eleni.change(eleni.case_file(other), notes=f"See {digest}")
    opened = eleni.book.edit(theirs).wait(10)
    eleni.book.save(opened.record, opened.entry.answer(path, name)).wait(30)
    assert eleni.book.finish(opened.record).wait(30) == ()
    eleni.sync()
    assert eleni.book.sync_view().wait(10).refused == ()
    with pytest.raises(Problem, match=r"attachment\.not_found"):
        list(eleni.book._client.get_attachment(digest))
    assert list(offices.besnik.book._client.get_attachment(digest))


def test_the_offices_tables_hold_what_is_theirs(offices: Offices) -> None:
    offices.agreed()
    with closing(offices.server.storage()) as storage:
        assert isinstance(storage, Database)
        with storage.engine.connect() as connection:
            homes = connection.exec_driver_sql("SELECT DISTINCT office FROM records").scalars().all()
            given = connection.exec_driver_sql("SELECT DISTINCT office FROM shared_records").scalars().all()
    assert (homes, given) == ([OFFICE], ["Athens"])


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415478da63f8ffff3f0005"
    "fe02fea735818d0000000049454e44ae426082"
)


def test_who_takes_back_her_return_in_athens_is_heard_at_home_though_the_sharing_ends_meanwhile(
    offices: Offices,
) -> None:
    """Offline, Eleni writes down that she does not want to return; in Tirana she ends the sharing."""
    offices.agreed()
    consent(offices.arta, offices.case, "return")
    offices.meet(offices.arta, offices.eleni)
    offices.eleni.fill(offices.case, "consent", decided_by="person", decision="withdrawn", purpose=["return"])
    time.sleep(0.05)
    offices.take_back(offices.arta, purpose=["share_with_country"])
    offices.arta.sync()
    offices.eleni.try_to_sync()
    offices.arta.sync()
    assert "consent_withdrawn" in offices.arta.missing(offices.case, "clear_to_travel")

"""Somebody who works in the office turns out to be a relative: the case denies him, and his tablet loses it.

Arta and Besnik work in Tirana, Besnik as its coordinator. He is a cousin of the woman whom Arta accompanies.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.problems import Problem
from app.store import outbox, records
from tests.scenarios.conftest import Enrol
from tests.scenarios.office import OFFICE, PASSWORD, Tablet, command
from tests.scenarios.test_two_offices import DENY, PNG, Offices, offices, server, three_offices

__all__ = ["offices", "server", "three_offices"]


def deny(tablet: Tablet, case: str, who: str) -> None:
    """In the case file, as the app asks."""
    opened = tablet.book.edit(tablet.case_file(case)).wait(30)
    tablet.answer_rows(opened, "denied", {"deny_who": who, "deny_decision": "denied"})
    tablet.finish(opened)


def lift(tablet: Tablet, case: str, **other: Any) -> None:
    opened = tablet.book.edit(tablet.case_file(case)).wait(30)
    answers = {"deny_decision": "lifted", "deny_reason": "It was another man of that name.", **other}
    tablet.answer_rows(opened, "denied", answers)
    tablet.finish(opened)


def another_coordinator(offices: Offices, enrol_tablet: Enrol) -> Tablet:
    command(
        *("add-user", "--dir", str(offices.server.folder), "--login", "drin", "--role", "coordinator"),
        *("--office", OFFICE, "--zone", "Europe/Tirane"),
        HOMEWARD_PASSWORD=PASSWORD,
    )
    return enrol_tablet("drin")


def everything_on(tablet: Tablet) -> bytes:
    """Every text of his store that could name her, and every file beside it."""
    rows = tablet.book._store.read(
        lambda db: [
            *db.rows("SELECT field_values || rivals FROM record"),
            *db.rows("SELECT change_set FROM outbox"),
            *db.rows("SELECT kept || lost FROM conflict"),
        ]
    )
    return repr(rows).encode()


def test_his_tablet_loses_the_case_and_is_told_neither_by_whom_nor_why(offices: Offices) -> None:
    arta, besnik, case = offices.arta, offices.besnik, offices.case
    own = besnik.new_case("al", "sq")
    besnik.sync()
    assert b"Drita" in everything_on(besnik)
    deny(arta, case, "coordinator")
    arta.sync()
    outcome = besnik.sync()
    assert (outcome.problem, outcome.refused) == (None, 0)
    assert offices.of_all(besnik) == set()
    assert {row.id for row in besnik.book.cases().wait(10)} == {own}
    assert case not in str(besnik.book.today().wait(10))
    left = everything_on(besnik)
    for word in (b"Drita", b"denied", case.encode()):
        assert word not in left, word
    assert offices.of_all(arta) != set()


def test_whom_a_case_denies_does_not_have_it_in_her_own_office_either(
    offices: Offices, tmp_path: Path
) -> None:
    """By whichever form that says so."""
    form = tmp_path / "deny.md"
    form.write_text(DENY, "utf-8")
    command("publish-form", "--dir", str(offices.server.folder), str(form))
    offices.meet(offices.arta, offices.besnik)
    offices.arta.fill(offices.case, "deny_list", who="coordinator", decision="denied")
    offices.meet(offices.arta, offices.besnik)
    assert offices.of_all(offices.besnik) == set()


def test_what_he_had_not_sent_is_heard_and_what_he_writes_afterwards_stays_with_him(offices: Offices) -> None:
    arta, besnik, case = offices.arta, offices.besnik, offices.case
    before = offices.call(besnik)
    deny(arta, case, "coordinator")
    arta.sync()
    after = offices.call(besnik)
    outcome = besnik.try_to_sync()
    assert (outcome.problem, outcome.sent, outcome.refused) == (None, 1, 1)
    arta.sync()
    assert arta.values(before)["outcome"] == "phone_only"
    assert after not in offices.of_all(arta)
    # Word for word, and marked: as for a case of some other office.
    assert offices.of_all(besnik) == {after}
    refused = {row.id: row.refused for row in besnik.book.sync_view().wait(10).refused}
    assert refused == {after: "sync.case.not_granted"}
    assert besnik.book._store.read(lambda db: outbox.counts(db))["refused"] == 1
    outcome = besnik.sync()
    assert (outcome.sent, outcome.received, outcome.refused) == (0, 0, 0)


def test_his_photos_of_it_are_gone_too(offices: Offices, tmp_path: Path) -> None:
    arta, besnik = offices.arta, offices.besnik
    photo = tmp_path / "paper.png"
    photo.write_bytes(PNG)
    opened = besnik.book.edit(offices.contact).wait(10)
    path = next(p for p, q in opened.entry.definition.questions.items() if q.type == "image")
    name = besnik.book.attach(opened.record, path, photo).wait(30)
    besnik.book.save(opened.record, opened.entry.answer(path, name)).wait(30)
    assert besnik.book.finish(opened.record).wait(30) == ()
    offices.meet(besnik, arta)
    digest = name.partition(":")[0]
    assert list(besnik.book._client.get_attachment(digest))
    deny(arta, offices.case, "coordinator")
    offices.meet(arta, besnik)
    with pytest.raises(Problem, match=r"attachment\.not_found"):
        list(besnik.book._client.get_attachment(digest))
    assert list(arta.book._client.get_attachment(digest))
    assert not (besnik.folder / "attachments" / f"{digest}.sealed").exists()


def test_he_was_the_only_coordinator_so_the_administrator_makes_another_who_lifts_it(
    offices: Offices, enrol_tablet: Enrol
) -> None:
    arta, besnik, case = offices.arta, offices.besnik, offices.case
    deny(arta, case, "coordinator")
    offices.meet(arta, besnik)
    arta.change(offices.contact, observation="Calm again.")
    arta.sync()
    drin = another_coordinator(offices, enrol_tablet)
    assert offices.of_all(drin) == offices.of_all(arta)
    lift(drin, case)
    offices.meet(drin, besnik)
    assert offices.of_all(besnik) == offices.of_all(drin) == offices.of_all(arta)
    assert besnik.values(offices.contact)["observation"] == "Calm again."
    assert besnik.book.sync_view().wait(10).refused == ()


def test_who_is_engaged_later_and_bears_the_name_never_has_a_word_of_it(
    offices: Offices, enrol_tablet: Enrol
) -> None:
    deny(offices.arta, offices.case, "drin")
    offices.arta.sync()
    drin = another_coordinator(offices, enrol_tablet)
    assert offices.of_all(drin) == set()
    assert drin.book._store.read(lambda db: records.of_case(db, offices.case)) == ()
    assert b"Drita" not in everything_on(drin)

"""Answers that protect somebody, changed on two tablets that are offline: in either order of syncing, the
more protective one stands, and who wrote the other one is told."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from app.store import records
from forms.casework.facts import Evidence, evidence
from forms.casework.safe_contact import may_remind, safe_contact
from forms.library import read as library_table
from forms.record import Record
from tests.scenarios.office import RunningServer, Tablet, command

AGREEMENT = """
| settings |
| | form_id | version | form_title |
| | agreement | 1 | Agreement |
| survey |
| | type | name | label | bind::homeward:merge | bind::homeward:safety |
| | select_one decision | decision | What does she say? | withdrawn | private |
| | select_one decision | testimony | And on testifying? | withdrawn; with=given_on | private |
| | date | given_on | Said on | | |
| | select_multiple who | denied | Who must not see this | union | private |
| | select_multiple threat | threats | Threats | set | private |
| choices |
| | list_name | name | label |
| | decision | given | Given |
| | decision | refused | Refused |
| | decision | withdrawn | Withdrawn |
| | who | uncle | Her uncle |
| | who | police | The police of her town |
| | who | neighbour | A neighbour |
| | threat | watched | Watched |
| | threat | online | On the internet |
| | threat | family | To the family |
"""

ORDERS = ["officer first", "coordinator first"]


def meet(order: str, officer: Tablet, coordinator: Tablet) -> None:
    """Both come online, one before the other; at the end each has what the other brought."""
    first, second = (officer, coordinator) if order == ORDERS[0] else (coordinator, officer)
    for tablet in (first, second, first, second):
        tablet.sync()


def same_everywhere(server: RunningServer, record: str, name: str, *tablets: Tablet) -> object:
    """The answer, which is the same on the server and every tablet."""
    on_server = {path.rpartition("/")[2]: value for path, value in server.values(record).items()}.get(name)
    for tablet in tablets:
        assert tablet.values(record).get(name) == on_server
    return on_server


@pytest.fixture
def case(officer: Tablet, coordinator: Tablet) -> str:
    case = officer.new_case()
    officer.sync()
    coordinator.sync()
    return case


@pytest.fixture
def agreement(server: RunningServer, officer: Tablet, coordinator: Tablet, case: str, tmp_path: Path) -> str:
    """An agreement that both tablets have."""
    form = tmp_path / "agreement.md"
    form.write_text(AGREEMENT, "utf-8")
    command("publish-form", "--dir", str(server.folder), str(form))
    officer.sync()
    coordinator.sync()
    record = officer.fill(
        case, "agreement", decision="given", testimony="given", given_on="2026-05-01",
        denied=["uncle"], threats=["watched"],
    )  # fmt: skip
    officer.sync()
    coordinator.sync()
    return record


# Risk


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("later", ["low", "high"])
def test_low_and_high_on_the_same_afternoon_high_stays_and_the_officer_is_told(
    server: RunningServer, officer: Tablet, coordinator: Tablet, case: str, order: str, later: str
) -> None:
    record = officer.fill(
        case, "monitoring_contact", outcome="not_alone", safe_to_talk="no", risk_level="unknown"
    )
    officer.sync()
    coordinator.sync()
    steps = [(officer, "low"), (coordinator, "high")]
    for tablet, level in steps if later == "high" else reversed(steps):
        tablet.change(record, risk_level=level)
    meet(order, officer, coordinator)
    assert same_everywhere(server, record, "risk_level", officer, coordinator) == "high"
    (told,) = officer.conflicts()
    assert (told.lost, told.kept, told.kept_by, told.rule) == ("low", "high", "coordinator", "highest")
    assert not told.can_restore
    assert coordinator.conflicts() == ()

    # To put it back is a lowering like any other.
    officer.book.restore(told.id).wait(10)
    meet(order, officer, coordinator)
    assert same_everywhere(server, record, "risk_level", officer, coordinator) == "high"
    assert [each.lost for each in server.conflict_log()] == ["low", "low"]


def test_an_officer_who_lowers_a_risk_that_she_saw_is_told_that_it_stands(
    server: RunningServer, officer: Tablet, coordinator: Tablet, case: str
) -> None:
    record = officer.case_file(case)
    officer.change(record, risk="high")
    officer.sync()
    officer.change(record, risk="low")
    officer.change(record, risk_lowered_because="She says so.")
    meet(ORDERS[0], officer, coordinator)
    assert same_everywhere(server, record, "risk", officer, coordinator) == "high"
    assert [(each.lost, each.kept, each.kept_by) for each in officer.conflicts()] == [
        ("low", "high", "officer")
    ]


def test_a_coordinator_lowers_a_risk_with_a_reason_and_not_without(
    server: RunningServer, officer: Tablet, coordinator: Tablet, case: str
) -> None:
    record = officer.case_file(case)
    officer.change(record, risk="high")
    meet(ORDERS[0], officer, coordinator)
    coordinator.change(record, risk="medium")
    meet(ORDERS[1], officer, coordinator)
    assert same_everywhere(server, record, "risk", officer, coordinator) == "high"
    coordinator.change(record, risk="medium", risk_lowered_because="The uncle is in prison.")
    assert coordinator.values(record)["risk"] == "medium", "on her own tablet at once"
    meet(ORDERS[1], officer, coordinator)
    assert same_everywhere(server, record, "risk", officer, coordinator) == "medium"


@pytest.mark.parametrize("order", ORDERS)
def test_a_lowering_that_had_not_seen_the_higher_level_does_not_lower_it(
    server: RunningServer, officer: Tablet, coordinator: Tablet, case: str, order: str
) -> None:
    record = officer.case_file(case)
    officer.change(record, risk="medium")
    meet(ORDERS[0], officer, coordinator)
    officer.change(record, risk="high")
    coordinator.change(record, risk="low", risk_lowered_because="A quiet month.")
    meet(order, officer, coordinator)
    assert same_everywhere(server, record, "risk", officer, coordinator) == "high"
    assert [each.lost for each in coordinator.conflicts()] == ["low"]


# Safe contact


def facts_of(tablet: Tablet, record: str) -> tuple[list[Evidence], set[str]]:
    """What rules read of the case file on this tablet, and the meanings that are contested there."""
    opened = tablet.book.edit(record).wait(30)
    definition = opened.entry.definition
    kept = Record(record, "", definition.id, definition.version, "finished", opened.entry.values())
    found = evidence(definition, kept, on=date(2026, 11, 20))
    store = tablet.book._store
    paths = store.read(lambda db: records.contested(db, record))
    tablet.book.discard(record).wait(30)
    return [found], {definition.question_at(path).meaning or "" for path in paths}


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("resolved_by", ["accepting", "answering", "another answer"])
def test_never_call_again_against_a_new_account_narrows_and_freezes_until_a_person_looks(
    server: RunningServer, officer: Tablet, coordinator: Tablet, case: str, order: str, resolved_by: str
) -> None:
    record = officer.case_file(case)
    officer.change(record, safe_channel=["phone_call", "in_person"], code_word_agreed="no")
    meet(ORDERS[0], officer, coordinator)
    coordinator.change(record, safe_channel=["in_person"])
    officer.change(record, safe_channel=["phone_call", "messenger", "in_person"])
    meet(order, officer, coordinator)
    assert same_everywhere(server, record, "safe_channel", officer, coordinator) == ["in_person"]
    (told,) = officer.conflicts()
    assert (told.rule, told.kept) == ("narrow", ["in_person"])
    for tablet in (officer, coordinator):
        safe = safe_contact(facts_of(tablet, record)[0], date(2026, 11, 22), facts_of(tablet, record)[1])
        assert (safe.channels, safe.frozen) == ((), ("contact.frozen.conflict",))
        assert may_remind(safe, "messenger").code == "reminder.frozen"

    if resolved_by == "accepting":
        officer.book.accept(told.id).wait(10)
    elif resolved_by == "answering":
        coordinator.change(record, safe_channel=["email"])
        coordinator.change(record, safe_channel=["in_person"])
    else:
        coordinator.change(record, safe_channel=["email", "in_person"])
    meet(order, officer, coordinator)
    now = ["email", "in_person"] if resolved_by == "another answer" else ["in_person"]
    assert same_everywhere(server, record, "safe_channel", officer, coordinator) == now
    for tablet in (officer, coordinator):
        found, contested = facts_of(tablet, record)
        safe = safe_contact(found, date(2026, 11, 22), contested)
        assert (safe.channels, safe.frozen) == (tuple(now), ())


def test_the_same_answer_given_again_on_top_of_two_resolves_them(
    server: RunningServer, officer: Tablet, coordinator: Tablet, case: str
) -> None:
    record = officer.case_file(case)
    officer.change(record, safe_channel=["messenger", "in_person"])
    coordinator.change(record, safe_channel=["in_person"])
    meet(ORDERS[0], officer, coordinator)
    opened = coordinator.book.edit(record).wait(30)
    coordinator.answer(opened, {"safe_channel": ["email"]})
    coordinator.answer(opened, {"safe_channel": ["in_person"]})
    assert coordinator.book.finish(record).wait(30) == ()
    meet(ORDERS[1], officer, coordinator)
    assert facts_of(officer, record)[1] == facts_of(coordinator, record)[1] == set()


# Consent


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("later", ["given", "withdrawn"])
def test_a_withdrawn_consent_stands_against_one_that_had_not_seen_it_and_is_not_restored(
    server: RunningServer, officer: Tablet, coordinator: Tablet, agreement: str, order: str, later: str
) -> None:
    officer.change(agreement, decision="refused")
    meet(ORDERS[0], officer, coordinator)
    steps = [(officer, "withdrawn"), (coordinator, "given")]
    for tablet, word in steps if later == "given" else reversed(steps):
        tablet.change(agreement, decision=word)
    meet(order, officer, coordinator)
    assert same_everywhere(server, agreement, "decision", officer, coordinator) == "withdrawn"
    (told,) = coordinator.conflicts()
    assert (told.rule, told.lost, told.kept, told.can_restore) == ("withdrawn", "given", "withdrawn", False)

    coordinator.book.restore(told.id).wait(10)
    assert coordinator.values(agreement)["decision"] == "withdrawn", "not even on her own tablet"
    meet(order, officer, coordinator)
    assert same_everywhere(server, agreement, "decision", officer, coordinator) == "withdrawn"

    # She has been asked again, and agrees.
    officer.change(agreement, decision="given")
    meet(order, officer, coordinator)
    assert same_everywhere(server, agreement, "decision", officer, coordinator) == "given"


def test_where_a_new_consent_needs_its_date_it_takes_one(
    server: RunningServer, officer: Tablet, coordinator: Tablet, agreement: str
) -> None:
    officer.change(agreement, testimony="withdrawn")
    meet(ORDERS[0], officer, coordinator)
    coordinator.change(agreement, testimony="given")
    meet(ORDERS[1], officer, coordinator)
    assert same_everywhere(server, agreement, "testimony", officer, coordinator) == "withdrawn"
    officer.change(agreement, testimony="given", given_on="2026-09-01")
    meet(ORDERS[0], officer, coordinator)
    assert same_everywhere(server, agreement, "testimony", officer, coordinator) == "given"


# Several choices


@pytest.mark.parametrize("order", ORDERS)
def test_whom_anybody_denies_stays_denied_until_a_coordinator_takes_him_off(
    server: RunningServer, officer: Tablet, coordinator: Tablet, agreement: str, order: str
) -> None:
    officer.change(agreement, denied=["uncle", "police"])
    coordinator.change(agreement, denied=["uncle", "neighbour"])
    meet(order, officer, coordinator)
    everybody = same_everywhere(server, agreement, "denied", officer, coordinator)
    assert sorted(everybody) == ["neighbour", "police", "uncle"]

    officer.change(agreement, denied=["police"])
    meet(order, officer, coordinator)
    assert sorted(same_everywhere(server, agreement, "denied", officer, coordinator)) == sorted(everybody)
    assert [(each.rule, each.lost) for each in officer.conflicts()] == [("union", ["police"])]

    coordinator.change(agreement, denied=["police", "uncle"])
    officer.change(agreement, denied=["police", "neighbour", "uncle"], threats=["online"])
    meet(order, officer, coordinator)
    assert sorted(same_everywhere(server, agreement, "denied", officer, coordinator)) == ["police", "uncle"]


@pytest.mark.parametrize("order", ORDERS)
def test_of_several_choices_what_either_added_is_in_and_what_either_removed_is_out(
    server: RunningServer, officer: Tablet, coordinator: Tablet, agreement: str, order: str
) -> None:
    officer.change(agreement, threats=["watched", "online"])
    coordinator.change(agreement, threats=["family"])
    meet(order, officer, coordinator)
    assert sorted(same_everywhere(server, agreement, "threats", officer, coordinator)) == ["family", "online"]
    assert server.conflict_log() == []


# Versions


def publish_case_file(server: RunningServer, folder: Path, version: str, risk: str) -> None:
    """The case file in another version, with another rule for the risk."""
    table = library_table("case_file")
    table = table.replace("| Case file | 3 |", f"| Case file | {version} |")
    table = table.replace("highest: unknown low medium high; with=risk_lowered_because", risk)
    form = folder / f"case_file_{version}.md"
    form.write_text(table, "utf-8")
    command("publish-form", "--dir", str(server.folder), str(form))


@pytest.mark.parametrize("order", ORDERS)
def test_a_record_merges_by_the_rules_of_its_own_version(
    server: RunningServer, officer: Tablet, coordinator: Tablet, case: str, tmp_path: Path, order: str
) -> None:
    older = officer.case_file(case)
    publish_case_file(server, tmp_path, "4", "last")
    officer.sync()
    newer_case = officer.new_case()
    officer.sync()
    coordinator.sync()
    newer = officer.case_file(newer_case)
    for record in (older, newer):
        coordinator.change(record, risk="high")
        officer.change(record, risk="low")
    meet(order, officer, coordinator)
    assert same_everywhere(server, older, "risk", officer, coordinator) == "high"
    assert same_everywhere(server, newer, "risk", officer, coordinator) == "low"

"""Two workers change the same record while both are offline; afterwards nothing of either is lost."""

from __future__ import annotations

import pytest

from tests.scenarios.office import RunningServer, Tablet

WHO = {"the officer": 0, "the coordinator": 1}


@pytest.fixture
def shared_case(officer: Tablet, coordinator: Tablet) -> str:
    """A case that both tablets have, with everything synced."""
    case = officer.new_case()
    officer.sync()
    coordinator.sync()
    officer.sync()
    return case


@pytest.mark.parametrize("writes_last", WHO)
@pytest.mark.parametrize("syncs_first", WHO)
def test_both_keep_what_only_they_changed_and_the_later_answer_stands_until_it_is_restored(
    server: RunningServer,
    officer: Tablet,
    coordinator: Tablet,
    shared_case: str,
    syncs_first: str,
    writes_last: str,
) -> None:
    both = (officer, coordinator)
    later = both[WHO[writes_last]]
    earlier = both[1 - WHO[writes_last]]
    first = both[WHO[syncs_first]]
    second = both[1 - WHO[syncs_first]]
    record = officer.case_file(shared_case)
    own_field = {
        officer.login: ("safe_times", "weekday mornings"),
        coordinator.login: ("birth_date", "1999-03-08"),
    }
    said = {earlier.login: "shelter", later.login: "decision"}

    # Offline, one after the other: each changes the stage, and one field of her own.
    for tablet in (earlier, later):
        name, answer = own_field[tablet.login]
        tablet.change(record, stage=said[tablet.login], **{name: answer})

    first.sync()
    second.sync()
    first.sync()
    second.sync()

    # Each field that only one of them changed is kept; of the common one, the later answer stands.
    for tablet in both:
        values = tablet.values(record)
        assert values["safe_times"] == "weekday mornings"
        assert values["birth_date"] == "1999-03-08"
        assert values["stage"] == "decision"
    assert server.values(record)["stage"] == "decision"

    # The losing answer is in the server's log, with both authors.
    (logged,) = server.conflict_log()
    assert (logged.record, logged.path, logged.state) == (record, "stage", "open")
    assert (logged.lost, logged.lost_author) == ("shelter", earlier.login)
    assert (logged.kept, logged.kept_author) == ("decision", later.login)

    # Who lost sees it, in words, and nobody else does.
    (seen,) = earlier.conflicts()
    assert (seen.id, seen.state, seen.can_restore) == (logged.id, "open", True)
    assert (seen.lost, seen.kept, seen.kept_by) == ("shelter", "decision", later.login)
    assert seen.question["fr"] == "Étape"
    assert seen.lost_text["en"] == "Shelter"
    assert seen.kept_text["sq"] == "Vendim për zgjidhjen"
    assert seen.code == earlier.book.case(shared_case).wait(10).row.code
    assert later.conflicts() == ()

    # One call puts her answer back; it reaches the other tablet like any other change.
    earlier.book.restore(seen.id).wait(10)
    assert earlier.values(record)["stage"] == "shelter"
    earlier.sync()
    later.sync()
    for tablet in both:
        assert tablet.values(record)["stage"] == "shelter"
        assert tablet.values(record)["birth_date"] == "1999-03-08"
    assert server.values(record)["stage"] == "shelter"
    assert [each.state for each in server.conflict_log()] == ["restored"]
    assert [each.state for each in earlier.conflicts()] == ["restored"]
    assert later.conflicts() == ()

    # And then there is nothing left to say.
    for tablet in both:
        outcome = tablet.sync()
        assert (outcome.sent, outcome.received, outcome.conflicts) == (0, 0, 0)


def test_who_accepts_the_other_answer_is_not_asked_again(
    server: RunningServer, officer: Tablet, coordinator: Tablet, shared_case: str
) -> None:
    record = officer.case_file(shared_case)
    officer.change(record, risk="low")
    coordinator.change(record, risk="high")
    coordinator.sync()
    officer.sync()
    (lost,) = officer.conflicts()
    officer.book.accept(lost.id).wait(10)
    officer.sync()
    assert officer.values(record)["risk"] == "high"
    assert [each.state for each in officer.conflicts()] == ["accepted"]
    assert [each.state for each in server.conflict_log()] == ["accepted"]
    assert officer.book.today().wait(10).conflicts == ()


def test_the_same_answer_given_twice_is_no_conflict(
    server: RunningServer, officer: Tablet, coordinator: Tablet, shared_case: str
) -> None:
    record = officer.case_file(shared_case)
    for tablet in (officer, coordinator):
        tablet.change(record, risk="high")
    for tablet in (officer, coordinator, officer):
        tablet.sync()
    assert server.conflict_log() == []
    assert officer.conflicts() == coordinator.conflicts() == ()


def test_an_edit_made_after_seeing_the_other_is_no_conflict(
    server: RunningServer, officer: Tablet, coordinator: Tablet, shared_case: str
) -> None:
    record = officer.case_file(shared_case)
    officer.change(record, risk="low")
    officer.sync()
    coordinator.sync()
    coordinator.change(record, risk="high")
    coordinator.sync()
    officer.sync()
    assert officer.values(record)["risk"] == "high"
    assert server.conflict_log() == []


def test_of_a_narrative_both_texts_stay_each_signed(
    server: RunningServer, officer: Tablet, coordinator: Tablet, shared_case: str
) -> None:
    record = officer.fill(
        shared_case,
        "monitoring_contact",
        outcome="unreachable",
        risk_level="medium",
        observation="No answer at the door.",
    )
    officer.sync()
    coordinator.sync()
    officer.change(record, observation="The neighbour says that she moved.")
    coordinator.change(record, observation="Her brother called the office.")
    for tablet in (officer, coordinator, officer):
        tablet.sync()
    for tablet in (officer, coordinator):
        text = tablet.values(record)["observation"]
        assert "The neighbour says that she moved.\n— officer" in text
        assert "Her brother called the office.\n— coordinator" in text
    assert server.conflict_log() == []

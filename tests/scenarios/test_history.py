"""Who said what, when, on which device, and in place of what: read from a record on either device."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from app.history import HistoryLine, HistoryStep, HistoryView
from app.problems import Problem
from tests.scenarios.office import RunningServer, Tablet
from tests.scenarios.test_two_tablets_one_record import shared_case  # noqa: F401  # a fixture

Enrol = Callable[..., Tablet]


def history(tablet: Tablet, record: str) -> HistoryView:
    return tablet.book.histories.of(record).wait(30)


def told(view: HistoryView, name: str) -> list[tuple[HistoryStep, HistoryLine]]:
    """What is told of one question, the latest first."""
    return [(step, line) for step in view.steps for line in step.lines if line.path.endswith(name)]


def texts(view: HistoryView, name: str, language: str = "en") -> list[tuple[str, str]]:
    """(before, after) of each answer to a question, the latest first."""
    return [(line.was.get(language, ""), line.text.get(language, "")) for _, line in told(view, name)]


def test_both_devices_tell_who_said_what_in_place_of_what_in_the_words_of_the_form(
    officer: Tablet,
    coordinator: Tablet,
    shared_case: str,  # noqa: F811
) -> None:
    record = officer.case_file(shared_case)
    officer.change(record, stage="shelter")
    officer.sync()
    coordinator.sync()
    coordinator.change(record, stage="decision")
    coordinator.sync()
    officer.sync()
    officer.change(record, stage="pre_departure")  # not sent yet

    view = history(officer, record)
    assert texts(view, "stage") == [
        ("Decision on the solution", "Before departure"),
        ("Shelter", "Decision on the solution"),
        ("Identified", "Shelter"),
        ("", "Identified"),
    ]
    assert texts(view, "stage", "ar")[1] == ("الإيواء", "القرار بشأن الحل")
    steps = [step for step, _ in told(view, "stage")]
    assert [(step.login, step.here) for step in steps] == [
        ("officer", True),
        ("coordinator", False),
        ("officer", True),
        ("officer", True),
    ]
    assert steps[1].device == coordinator.identity.device
    lines = [line for _, line in told(view, "stage")]
    assert [line.standing for line in lines] == ["waiting", "replaced", "replaced", "replaced"]
    assert [line.first for line in lines] == [False, False, False, True]
    assert all(later.at >= earlier.at for later, earlier in pairwise(lines))

    officer.sync()
    coordinator.sync()
    assert texts(history(coordinator, record), "stage") == texts(view, "stage")
    assert told(history(officer, record), "stage")[0][1].standing == "stands"


def test_every_answer_of_her_own_is_told_also_where_several_went_in_one_sync_or_somebody_wrote_on(
    officer: Tablet,
    coordinator: Tablet,
    shared_case: str,  # noqa: F811
) -> None:
    record = officer.case_file(shared_case)
    for phone in ("1", "12", "123"):
        officer.change(record, phone=phone)
    officer.sync()
    assert [after for _, after in texts(history(officer, record), "phone")] == ["123", "12", "1"]
    coordinator.sync()
    coordinator.change(record, phone=None)
    coordinator.sync()
    officer.sync()
    assert texts(history(officer, record), "phone") == [("123", ""), ("12", "123"), ("1", "12"), ("", "1")]


def test_an_answer_that_lost_is_told_as_lost_to_who_gave_it_and_to_her_colleague(
    officer: Tablet,
    coordinator: Tablet,
    shared_case: str,  # noqa: F811
) -> None:
    record = officer.case_file(shared_case)
    officer.change(record, stage="shelter")
    coordinator.change(record, stage="decision")
    for tablet in (officer, coordinator, officer):
        tablet.sync()
    for tablet in (officer, coordinator):
        found = {
            (step.login, line.text["en"], line.standing)
            for step, line in told(history(tablet, record), "stage")
        }
        assert {
            ("officer", "Shelter", "lost"),
            ("coordinator", "Decision on the solution", "stands"),
        } <= found
        (lost,) = (line for _, line in told(history(tablet, record), "stage") if line.standing == "lost")
        assert lost.was["en"] == "Identified"


def test_rows_of_a_repeat_are_told_by_their_number_and_what_is_worked_out_is_not_told(
    officer: Tablet,
) -> None:
    record = officer.case_file(officer.new_case())
    opened = officer.book.edit(record).wait(30)
    officer.answer_rows(
        opened,
        "denied",
        {"deny_who": "An uncle", "deny_decision": "denied"},
        {"deny_who": "A neighbour", "deny_decision": "denied"},
    )
    officer.finish(opened)
    view = history(officer, record)
    lines = [line for step in view.steps for line in step.lines]
    assert {line.number for line in lines if line.kind == "added"} == {1, 2}
    assert {(line.number, line.text["en"]) for _, line in told(view, "deny_who")} == {
        (1, "An uncle"),
        (2, "A neighbour"),
    }
    assert all(line.within is not None for _, line in told(view, "deny_who"))
    rules = opened.entry.definition.merge_rules
    assert not {path for path, rule in rules.items() if rule == "calculated"} & {line.path for line in lines}


def test_half_a_form_is_nobodys_word_yet(officer: Tablet) -> None:
    opened = officer.book.begin(officer.new_case(), "monitoring_contact").wait(30)
    officer.answer(opened, {"outcome": "met"})
    assert history(officer, opened.record).steps == ()


def test_it_stays_shut_while_somebody_reads_along(officer: Tablet) -> None:
    case = officer.new_case()
    record = officer.case_file(case)
    assert history(officer, record).steps
    officer.book.discretion.put_on("the record of this visit")
    with pytest.raises(Problem, match=r"record\.history\.not_alone"):
        history(officer, record)
    officer.book.discretion.take_off("the record of this visit")
    assert history(officer, record).steps


def test_who_may_have_a_record_no_more_has_its_history_no_more(
    server: RunningServer,
    officer: Tablet,
    coordinator: Tablet,
    shared_case: str,  # noqa: F811
) -> None:
    record = officer.case_file(shared_case)
    officer.change(record, stage="shelter")
    officer.sync()
    officer.change(record, stage="decision")
    officer.sync()
    store = officer.book._store
    assert store.read(lambda db: db.value("SELECT count(*) FROM history")) > 0
    coordinator.sync()
    opened = coordinator.book.edit(record).wait(30)
    repeat = next(n.path for n in opened.entry.outline() if n.kind == "repeat" and n.path.endswith("denied"))
    answers: dict[str, Any] = {"deny_who": "officer", "deny_decision": "denied", "deny_reason": "her cousin"}
    coordinator.answer_rows(opened, repeat, answers)
    coordinator.finish(opened)
    coordinator.sync()
    officer.sync()
    assert store.read(lambda db: db.value("SELECT count(*) FROM history")) == 0
    with pytest.raises(Problem, match=r"record\.row\.unknown"):
        history(officer, record)

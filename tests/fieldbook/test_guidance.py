"""Drita looks what a case still needs: gates and their forms, the checklist of the stage, leaflets."""

from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path

import pytest

from app.boot import boot_facts
from app.fieldbook import Fieldbook
from app.problems import Problem
from app.store import Store, reference
from app.views import CaseView, GateView
from forms.casework.procedures import built_in
from sync_server.protocol.messages import Reference
from tests.fieldbook.conftest import CHEAP, PASSPHRASE, Clock
from tests.fieldbook.test_fieldbook import answer, done, finish_case_file


@pytest.fixture
def before_departure(book: Fieldbook) -> str:
    """A woman of age who leaves in ten days, of whom nothing is recorded but her case file."""
    case: str = done(book.new_case("al", "sq"))
    finish_case_file(
        book, case, stage="pre_departure", birth_date="1998-03-14",
        expected_arrival="2026-05-14T14:20:00.000+02:00",
    )  # fmt: skip
    return case


def gate(view: CaseView, name: str) -> GateView:
    (found,) = (each for each in view.protection.gates if each.gate == name)
    return found


def missing(view: CaseView, name: str) -> dict[str, str | None]:
    """What a gate misses, with the form that answers it."""
    return {
        each.code.removeprefix(f"gate.{name}."): each.form and each.form.form
        for each in gate(view, name).reasons
    }


def test_before_departure_she_sees_what_the_clearance_misses_and_which_form_answers_it(
    book: Fieldbook, before_departure: str
) -> None:
    view = done(book.case(before_departure))
    assert view.protection.ahead == ("clear_to_travel", "contact_family")
    assert missing(view, "clear_to_travel") == {
        "consent_missing": "consent",
        "assessment_host_missing": "needs_and_risks",
        "assessment_return_missing": "needs_and_risks",
        "plan_missing": "reintegration_plan",
        "monitoring_plan_missing": "reintegration_plan",
        "documents_missing": "travel",
        "itinerary_missing": "travel",
        "reception_missing": "travel",
    }


#: A programme in which nobody leaves without somebody who waits at the gate.
STRICT = """
id = "strict"
title = "Strict"

[gates]
hard = ["clear_to_travel.reception_missing"]
"""


@pytest.fixture
def strict_office(folder: Path, clock: Clock) -> None:
    store = Store.open(folder, PASSPHRASE, now_ms=clock, boot_facts=boot_facts, floor=CHEAP)
    store.write(lambda db: reference.put(db, Reference(programmes={"strict": STRICT})))
    store.close()


def test_what_nobody_can_pass_comes_first_be_it_so_in_this_programme_only(
    strict_office: None, book: Fieldbook, before_departure: str
) -> None:
    reasons = gate(done(book.case(before_departure)), "clear_to_travel").reasons
    hard = [each.hard for each in reasons]
    assert hard == sorted(hard, reverse=True)
    assert (hard[0], hard[-1]) == (True, False)
    assert {each.hard for each in reasons if each.code.endswith("reception_missing")} == {True}


def test_a_record_that_says_no_is_the_reason_and_no_second_form_is_offered(
    book: Fieldbook, before_departure: str
) -> None:
    opened = done(book.begin(before_departure, "travel"))
    answer(book, opened, documents="missing", itinerary="open", reception="open")
    assert done(book.finish(opened.record)) == ()
    view = done(book.case(before_departure))
    (documents,) = (
        each for each in gate(view, "clear_to_travel").reasons if each.code.endswith(".documents_missing")
    )
    assert (documents.records, documents.form) == ((opened.record,), None)


def test_forms_are_grouped_and_each_is_there_once(book: Fieldbook, before_departure: str) -> None:
    offers = done(book.case(before_departure)).offers
    needed = [offer.form for offer in offers.needed]
    others = [offer.form for stage in offers.by_stage for offer in stage.offers]
    assert {"consent", "travel", "clearance"} <= set(needed)
    assert {"screening", "closure", "monitoring_contact"} <= set(others)
    assert len(set(needed + others)) == len(needed + others)
    assert not {"case_file", "procedure_step"} & {*needed, *others}
    # Nothing of the library is the office's own, be it named by a stage or not.
    assert offers.own == ()


def test_forms_for_a_child_are_needed_until_he_is_known_to_be_of_age_and_can_be_begun_all_the_same(
    book: Fieldbook, before_departure: str
) -> None:
    nothing_known = done(book.new_case("al", "sq"))
    finish_case_file(book, nothing_known, stage="pre_departure")
    assert "best_interest" in {offer.form for offer in done(book.case(nothing_known)).offers.needed}
    of_age = done(book.case(before_departure)).offers
    assert "best_interest" not in {offer.form for offer in of_age.needed}
    assert "best_interest" in {offer.form for stage in of_age.by_stage for offer in stage.offers}


def test_a_step_is_ticked_by_its_worker_and_can_be_taken_back(
    book: Fieldbook, before_departure: str, clock: Clock
) -> None:
    view = done(book.case(before_departure))
    assert view.guidance.can_tick
    steps = {step.id: step for step in view.guidance.steps}
    assert steps["pre_departure.reception"].state == "open"
    assert "pre_departure.both_assess" in steps
    done(book.tick(before_departure, "pre_departure.reception", True, language="sq"))
    clock.now += timedelta(minutes=1)
    ticked = {step.id: step for step in done(book.case(before_departure)).guidance.steps}
    step = ticked["pre_departure.reception"]
    assert (step.state, step.by, str(step.on)) == ("done", "officer", "2026-05-04")
    assert ticked["pre_departure.both_assess"].state == "open"
    done(book.tick(before_departure, "pre_departure.reception", False))
    again = {step.id: step for step in done(book.case(before_departure)).guidance.steps}
    assert again["pre_departure.reception"].state == "open"


def test_a_step_left_out_has_its_reason(book: Fieldbook, before_departure: str) -> None:
    done(book.tick(before_departure, "pre_departure.reception", False, "Her sister waits at the gate"))
    (step,) = (
        each
        for each in done(book.case(before_departure)).guidance.steps
        if each.id == "pre_departure.reception"
    )
    assert (step.state, step.reason) == ("deviated", "Her sister waits at the gate")


def test_a_tick_is_a_record_that_waits_for_the_next_sync_and_fills_no_timeline(
    book: Fieldbook, before_departure: str
) -> None:
    before = done(book.case(before_departure))
    done(book.tick(before_departure, "pre_departure.reception", True))
    after = done(book.case(before_departure))
    assert after.row.only_here == before.row.only_here + 1
    assert [each.id for each in after.records] == [each.id for each in before.records]


def test_a_step_that_no_procedure_knows_is_not_ticked(book: Fieldbook, before_departure: str) -> None:
    with pytest.raises(Problem, match=r"guidance\.step\.unknown"):
        done(book.tick(before_departure, "pre_departure.dance", True))


def test_every_step_of_the_procedures_can_be_ticked(book: Fieldbook) -> None:
    for number, step in enumerate(built_in().steps):
        case = done(book.new_case("al", "sq"))
        done(book.tick(case, step.id, bool(number % 2), "" if number % 2 else "There was no time"))


def test_leaflets_are_read_offline_in_the_language_of_the_case(
    book: Fieldbook, before_departure: str
) -> None:
    leaflets = {each.id: each for each in done(book.case(before_departure)).guidance.leaflets}
    assert set(leaflets) == {"your_rights", "after_arrival"}
    for leaflet in leaflets.values():
        assert leaflet.language == "sq"
        assert leaflet.text["sq"]
        assert leaflet.titles["sq"]
        assert "sq" in leaflet.unreviewed


def test_the_calendar_holds_days_and_a_neutral_word_and_names_nobody(
    book: Fieldbook, before_departure: str, tmp_path: Path
) -> None:
    out = tmp_path / "days.ics"
    count = done(book.write_calendar(out, "Takim"))
    text = out.read_bytes().decode()
    assert count >= 1
    assert text.count("BEGIN:VEVENT") == count
    assert {line for line in text.splitlines() if line.startswith("SUMMARY")} == {"SUMMARY:Takim"}
    assert "DTSTART:20260514T122000Z" in text
    view = done(book.case(before_departure))
    for private in (view.row.code, view.row.id, "arrival", "contact", "case"):
        assert private.casefold() not in text.casefold()
    assert stat.S_IMODE(out.stat().st_mode) == 0o600


def test_a_calendar_is_written_anew_over_its_own_and_over_no_other_file(
    book: Fieldbook, before_departure: str, tmp_path: Path
) -> None:
    out = tmp_path / "days.ics"
    assert done(book.write_calendar(out)) == done(book.write_calendar(out))
    assert list(tmp_path.glob("*.ics")) == [out]
    other = tmp_path / "letter.txt"
    other.write_text("Dear Drita")
    with pytest.raises(Problem, match=r"calendar\.file\.exists"):
        done(book.write_calendar(other))
    assert other.read_text() == "Dear Drita"
    with pytest.raises(Problem, match=r"calendar\.file\.not_written"):
        done(book.write_calendar(tmp_path / "no such folder" / "days.ics"))

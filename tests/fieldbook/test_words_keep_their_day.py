"""A word is as old as its answer: who corrects something else in an old record says nothing anew."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from app.fieldbook import Fieldbook
from app.store import form_library, reference
from app.store.pages import apply_page
from forms.xform.load import load_form
from sync_server.protocol.messages import Colleague, Page, RecordDelta, Reference
from tests.fieldbook.conftest import Clock


def done(job: Any) -> Any:
    return job.wait(30)


@pytest.fixture
def case(book: Fieldbook) -> str:
    """Drita, of age, who agreed that her family is looked for."""
    made: str = done(book.new_case("al", "sq"))
    own = next(row.id for row in done(book.case(made)).records if row.form == "case_file")
    change(book, own, given_name="Drita", birth_date="1990-01-05")
    fill(
        book, made, "consent", decided_by="person", purpose=["tracing", "testimony"], decision="given",
        in_private="yes", spoken="sq", understood="yes", pressure="no", valid_until="2026-08-01",
        how_given="written",
    )  # fmt: skip
    return made


@pytest.fixture
def book(open_book: Callable[[], Fieldbook]) -> Fieldbook:
    return open_book()


def fill(book: Fieldbook, case: str, form: str, **answers: Any) -> str:
    opened = done(book.begin(case, form))
    return _finished(book, opened, answers)


def change(book: Fieldbook, record: str, **answers: Any) -> None:
    _finished(book, done(book.edit(record)), answers)


def _finished(book: Fieldbook, opened: Any, answers: dict[str, Any]) -> str:
    paths = {path.rpartition("/")[2]: path for path in opened.entry.definition.questions}
    for name, value in answers.items():
        found = opened.entry.answer(paths[name], value)
        assert found.violation is None, (name, found.violation)
        done(book.save(opened.record, found))
    assert done(book.finish(opened.record)) == ()
    return str(opened.record)


def missing(book: Fieldbook, case: str, gate: str) -> set[str]:
    gates = done(book.case(case)).protection.gates
    return {
        reason.code.removeprefix(f"gate.{gate}.")
        for each in gates
        if each.gate == gate
        for reason in each.reasons
    }


def pull(
    book: Fieldbook,
    case: str,
    form: str,
    answers: Mapping[str, Any],
    claimed: datetime,
    received: datetime,
    author: str = "officer",
    record: str = "",
    authors: Mapping[str, str] | None = None,
) -> str:
    """A record that another tablet wrote, as the server gives it: by its path; the record's id."""
    record = record or str(uuid.uuid4())
    delta = RecordDelta(
        record, case, form, "", author, _stamp(claimed), dict(answers), _stamp(received),
        authors=authors or {},
    )  # fmt: skip
    book._store.write(lambda db: apply_page(db, Page(_versioned(db, [delta]), "cursor", False)))
    return record


def _stamp(when: datetime) -> str:
    return f"{int(when.timestamp() * 1000):012x}-0000-0b0b0b0b"


def _versioned(db: Any, found: list[RecordDelta]) -> tuple[RecordDelta, ...]:
    newest = {each.id: each.version for each in form_library.newest(db)}
    return tuple(replace(each, form_version=newest[each.form]) for each in found)


def know(book: Fieldbook, login: str, office: str, country: str) -> None:
    def take(db: Any) -> None:
        known = reference.get(db)
        told = Colleague(login, login, "officer", office, country)
        reference.put(db, Reference((*known.colleagues, told), known.programmes))

    book._store.write(take)


def _own(book: Fieldbook, case: str) -> str:
    return next(row.id for row in done(book.case(case)).records if row.form == "case_file")


def _form(book: Fieldbook, form: str) -> list[str]:
    def paths(db: Any) -> list[str]:
        xml = next(each.xml for each in form_library.newest(db) if each.id == form)
        return list(load_form(xml).questions)

    return book._store.read(paths)


DETERMINATION: dict[str, Any] = {
    "age_basis": ["said"], "age_established": "minor", "views_how": "alone",
    "child_views": "He wants to go to school", "child_wish": "return", "guardian_view": "for",
    "option_kinds": ["relatives", "stay"], "options_weighed": "His aunt; staying",
    "decision_makers": "Guardian, child protection", "bid_outcome": "in_favour",
    "bid_reasons": "An aunt who is able and willing", "review_on": "2026-06-01", "bid_expires": "2026-07-01",
}  # fmt: skip
AGAINST = {**{name: each for name, each in DETERMINATION.items() if name != "bid_expires"},
           "bid_outcome": "against"}  # fmt: skip
TRACING: dict[str, Any] = {"guardian_appointed": "no", "family_signs": ["none"]}


def test_a_slip_of_the_pen_that_is_corrected_clears_no_family_anew(
    book: Fieldbook, case: str, clock: Clock
) -> None:
    old = fill(book, case, "guardian_and_tracing", **TRACING, risk_screen="clear")
    assert missing(book, case, "contact_family") == set()
    clock.now += timedelta(days=2)
    fill(book, case, "guardian_and_tracing", **TRACING, risk_screen="possible")
    assert missing(book, case, "contact_family") == {"relatives_may_be_complicit"}
    clock.now += timedelta(days=2)
    change(book, old, child_says="Her sister, Mira, not Mirela")
    assert missing(book, case, "contact_family") == {"relatives_may_be_complicit"}
    change(book, old, risk_screen="possible")
    change(book, old, risk_screen="clear")
    assert missing(book, case, "contact_family") == set(), "the screen itself was made anew"


def test_a_determination_against_is_not_outdone_by_a_letter_that_is_corrected(
    book: Fieldbook, case: str, clock: Clock
) -> None:
    """She says she is 16; the determination was in favour, and a later one is against."""
    own = next(row.id for row in done(book.case(case)).records if row.form == "case_file")
    change(book, own, birth_date="2010-01-05")
    old = fill(book, case, "best_interest", **DETERMINATION)
    assert not {each for each in missing(book, case, "clear_to_travel") if "bid" in each}
    clock.now += timedelta(days=1)
    fill(book, case, "best_interest", **AGAINST)
    assert "minor_bid_against" in missing(book, case, "clear_to_travel")
    clock.now += timedelta(days=1)
    change(book, old, decision_makers="Guardian, child protection, judge")
    assert "minor_bid_against" in missing(book, case, "clear_to_travel")


def test_the_way_to_reach_her_is_not_widened_by_a_correction(
    book: Fieldbook, case: str, clock: Clock
) -> None:
    """In one visit she said that she is safe to call; in the next, that she is not."""
    old = visit(book, case, channel_still_safe="yes")
    clock.now += timedelta(days=1)
    visit(book, case, channel_still_safe="no")
    assert "contact.frozen.doubted" in done(book.case(case)).protection.frozen
    clock.now += timedelta(days=1)
    change(book, old, observation="Calm, and tired.")
    assert "contact.frozen.doubted" in done(book.case(case)).protection.frozen


def test_what_a_clock_that_is_fast_wrote_is_as_old_as_the_server_says(
    book: Fieldbook, case: str, clock: Clock
) -> None:
    """A tablet that is a week ahead cleared the family; the screen that was made after it stands."""
    ahead = clock.now + timedelta(days=7)
    pull(book, case, "guardian_and_tracing", {"screen/risk_screen": "clear"}, ahead, clock.now)
    clock.now += timedelta(days=2)
    fill(book, case, "guardian_and_tracing", **TRACING, risk_screen="possible")
    clock.now += timedelta(days=6)
    assert missing(book, case, "contact_family") == {"relatives_may_be_complicit"}


def test_who_takes_a_danger_out_of_anothers_assessment_has_a_word_in_it(
    book: Fieldbook, case: str, clock: Clock
) -> None:
    """Tirana named a danger; Athens deletes it there, and then it is no word of Tirana's any more."""
    know(book, "mira", "Tirana", "al")
    know(book, "eleni", "Athens", "gr")
    danger = "hazards/hazard[0123456789abcdef]"
    told = {
        "side": "return", "conclusion/outcome": "proceed", "conclusion/expires": "2026-07-01",
        danger: 1, f"{danger}/hazard_level": "high", f"{danger}/hazard_kind": "debt",
    }  # fmt: skip
    paths = {path.rpartition("/")[2]: path for path in _form(book, "needs_and_risks")}
    told = {paths.get(path.rpartition("/")[2], path): value for path, value in told.items()} | {
        path: value for path, value in told.items() if danger in path
    }
    theirs = pull(book, case, "needs_and_risks", told, clock.now, clock.now, author="mira")
    ours = {**told, paths["side"]: "host", danger: None, f"{danger}/hazard_level": "low"}
    pull(book, case, "needs_and_risks", ours, clock.now, clock.now, author="eleni")
    assert {"assessment_return_mitigation_missing"} <= missing(book, case, "clear_to_travel")
    pull(
        book, case, "needs_and_risks", {**told, **{each: None for each in told if danger in each}},
        clock.now, clock.now, author="mira", record=theirs,
        authors={each: "eleni" for each in told if danger in each},
    )  # fmt: skip
    assert {"assessments_of_one_country"} <= missing(book, case, "clear_to_travel")


def test_a_record_that_this_app_cannot_read_may_say_no(book: Fieldbook, case: str, clock: Clock) -> None:
    """She took her consent back, in a form that is newer than this tablet."""
    fill(book, case, "guardian_and_tracing", **TRACING, risk_screen="clear")
    assert missing(book, case, "contact_family") == set()
    delta = RecordDelta(
        str(uuid.uuid4()), case, "consent", "99", "officer", _stamp(clock.now), {"decision": "withdrawn"}
    )
    book._store.write(lambda db: apply_page(db, Page((delta,), "cursor", False)))
    for gate in ("contact_family", "clear_to_travel", "testify"):
        assert "record_unread" in missing(book, case, gate)


ODD = (
    "9999-12-31", "0001-01-01", "9999-12-31T23:59:59.000+14:00", "0001-01-01T00:00:00.000-14:00",
    "2026-13-45", "", "x", 0, -1, 10**15, 2.5, True, [], ["x"], ["9999-12-31"],
)  # fmt: skip


def test_no_odd_answer_of_one_record_hides_the_day_of_all(book: Fieldbook, case: str, clock: Clock) -> None:
    """Every question of every form is answered by things that it never asked for."""
    other = done(book.new_case("al", "sq"))
    change(book, _own(book, other), stage="travel", expected_arrival="2026-05-01T10:00:00.000+02:00")
    forms = {row.form: _form(book, row.form) for row in done(book.forms())}
    forms["case_file"] = _form(book, "case_file")
    for number, odd in enumerate(ODD):
        claim = f"{(int(clock.now.timestamp() * 1000), 2**48 - 1)[number % 2]:012x}-0000-0b0b0b0b"
        found = [
            RecordDelta(
                str(uuid.uuid4()), f"odd {number}", form, "1", "officer", claim,
                {path: odd for path in paths if "[" not in path}, _stamp(clock.now),
            )
            for form, paths in forms.items()
        ]  # fmt: skip
        book._store.write(lambda db, found=found: apply_page(db, Page(_versioned(db, found), "c", True)))
    for number, _ in enumerate(ODD):
        assert done(book.case(f"odd {number}")).row.id == f"odd {number}"
    assert other in {each.case for each in done(book.today()).overdue}
    assert done(book.case(case)).row.id == case
    assert done(book.cases())
    assert done(book.reminder()) is not None


def visit(book: Fieldbook, case: str, **answers: Any) -> str:
    told = {"outcome": "met", "safe_to_talk": "yes", "risk_level": "low", "observation": "Calm.", **answers}
    return fill(book, case, "monitoring_contact", **told)

"""What one worker does on one device, through the only object that screens call."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from app.background import Job
from app.fieldbook import Fieldbook, OpenEntry, World, unlock
from app.problems import Problem
from app.settings import Settings
from app.store import KeyCost
from app.views import CaseRow
from forms import library
from tests.fieldbook.conftest import CHEAP, PASSPHRASE, Clock


def done(job: Job[Any]) -> Any:
    return job.wait(30)


def path_of(opened: OpenEntry, name: str) -> str:
    return next(path for path in opened.entry.definition.questions if path.rpartition("/")[2] == name)


def answer(book: Fieldbook, opened: OpenEntry, **answers: Any) -> None:
    for name, raw in answers.items():
        done(book.save(opened.record, opened.entry.answer(path_of(opened, name), raw)))


def finish_case_file(book: Fieldbook, case: str, **answers: Any) -> str:
    (row,) = (row for row in done(book.case(case)).records if row.form == "case_file")
    opened = done(book.edit(row.id))
    answer(book, opened, **answers)
    assert done(book.finish(row.id)) == ()
    return row.id


def only_case(book: Fieldbook) -> CaseRow:
    (row,) = done(book.cases())
    return row


def test_a_wrong_passphrase_is_told_as_such(folder: Path) -> None:
    job = unlock(Settings(folder, auto_sync=False), "not this one", world=World(floor=CHEAP))
    with pytest.raises(Problem, match=r"store\.passphrase\.wrong"):
        done(job)


def test_an_empty_folder_is_no_wrong_passphrase(tmp_path: Path) -> None:
    job = unlock(Settings(tmp_path / "nothing", auto_sync=False), PASSPHRASE)
    with pytest.raises(Problem, match=r"store\.file\.missing"):
        done(job)


def test_who_is_at_work_is_known_and_the_demo_is_marked(book: Fieldbook) -> None:
    assert (book.session.login, book.session.office, book.session.demo) == ("officer", "Tirana", True)
    assert "t0ken" not in repr(book.session)


def test_a_new_case_has_a_code_and_is_found_by_it_however_it_is_typed(book: Fieldbook) -> None:
    case = done(book.new_case("al", "sq"))
    done(book.new_case("ma", "ar"))
    row = done(book.case(case)).row
    assert row.code.startswith("AL-")
    assert (row.country, row.stage, row.risk, row.only_here) == ("al", "identified", "unknown", 1)
    for typed in (row.code, row.code.lower(), row.code.replace("-", "")):
        assert [found.id for found in done(book.cases(typed))] == [case]
    assert len(done(book.cases())) == 2
    assert done(book.cases(stage="arrival")) == ()


def test_a_form_begins_with_what_the_case_file_says(book: Fieldbook) -> None:
    case = done(book.new_case("al", "sq"))
    opened = done(book.begin(case, "airport_reception"))
    code = only_case(book).code
    assert opened.entry.values()[path_of(opened, "case_code")] == code
    assert opened.case.code == code


def test_a_form_that_was_only_looked_at_leaves_nothing(
    book: Fieldbook, open_book: Callable[[], Fieldbook]
) -> None:
    case = done(book.new_case("al", "sq"))
    opened = done(book.begin(case, "airport_reception"))
    assert done(book.today()).drafts == ()
    assert [row.form for row in done(book.case(case)).records] == ["case_file"]
    done(book.discard(opened.record))
    done(book.close())
    assert [row.form for row in done(open_book().case(case)).records] == ["case_file"]


def test_every_saved_answer_is_there_again_after_a_restart(
    book: Fieldbook, open_book: Callable[[], Fieldbook]
) -> None:
    case = done(book.new_case("al", "sq"))
    opened = done(book.begin(case, "monitoring_contact", "fr"))
    assert opened.entry.language == "fr"
    answer(book, opened, outcome="unreachable", observation="Rideaux tirés.")
    shown = opened.entry.values()
    done(book.close())

    again = open_book()
    (draft,) = done(again.today()).drafts
    assert (draft.record, draft.case, draft.form) == (opened.record, case, "monitoring_contact")
    assert 0 < draft.answered <= draft.questions
    assert draft.titles["en"] == "Monitoring contact"
    assert done(again.resume(draft.record)).entry.values() == shown


def test_an_unfinished_form_says_what_is_missing_and_stays_a_draft(book: Fieldbook) -> None:
    case = done(book.new_case("al", "sq"))
    opened = done(book.begin(case, "monitoring_contact"))
    answer(book, opened, outcome="unreachable")
    violations = done(book.finish(opened.record, "sq"))
    assert path_of(opened, "risk_level") in {each.path for each in violations}
    assert [draft.record for draft in done(book.today()).drafts] == [opened.record]
    answer(book, opened, risk_level="low", observation="x")
    assert done(book.finish(opened.record)) == ()
    assert done(book.today()).drafts == ()
    states = {row.form: row.state for row in done(book.case(case)).records}
    assert states == {"case_file": "only_here", "monitoring_contact": "only_here"}


def test_a_change_that_is_thrown_away_leaves_the_finished_record(book: Fieldbook) -> None:
    case = done(book.new_case("al", "sq"))
    record = finish_case_file(book, case, risk="low")
    opened = done(book.edit(record))
    answer(book, opened, risk="high")
    done(book.discard(record))
    assert done(book.edit(record)).entry.values()["risk"] == "low"


def test_the_day_shows_what_is_due_and_what_is_overdue(book: Fieldbook, clock: Clock) -> None:
    late = done(book.new_case("al", "sq"))
    finish_case_file(book, late, stage="reintegration", arrived_on="2026-04-30")
    soon = done(book.new_case("ua", "uk"))
    finish_case_file(book, soon, stage="reintegration", arrived_on="2026-05-02")
    today = done(book.today())
    assert today.day == date(2026, 5, 4)
    assert [(item.case, item.kind) for item in today.overdue] == [(late, "contact.hours_48")]
    assert [(item.case, item.kind) for item in today.today] == [(soon, "contact.hours_48")]
    assert [row.id for row in done(book.cases())] == [late, soon]

    opened = done(book.begin(late, "monitoring_contact"))
    answer(book, opened, outcome="unreachable", risk_level="low", observation="No answer.")
    done(book.finish(opened.record))
    assert late not in {item.case for item in done(book.today()).overdue}

    clock.now += timedelta(days=1)
    assert {item.case for item in done(book.today()).overdue} == {soon}


def test_a_case_offers_first_what_its_stage_needs(book: Fieldbook) -> None:
    case = done(book.new_case("al", "sq"))
    finish_case_file(book, case, stage="travel", expected_arrival="2026-05-04T14:20:00.000+02:00")
    view = done(book.case(case))
    needed = [offer.form for offer in view.offers.needed]
    assert needed[:2] == ["airport_reception", "safety_incident"], "what is due, and what went wrong"
    assert {"travel", "consent"} <= set(needed)
    others = {offer.form: stage.stage for stage in view.offers.by_stage for offer in stage.offers}
    assert others["monitoring_contact"] == "arrival"
    assert [item.kind for item in view.due] == ["arrival"]
    assert {stage.code: stage.state for stage in view.stages}["travel"] == "now"


def test_what_the_app_opens_by_itself_or_the_office_does_is_not_among_the_forms_to_choose_from(
    book: Fieldbook,
) -> None:
    view = done(book.case(done(book.new_case("al", "sq"))))
    offers = view.offers
    listed = (*offers.needed, *offers.own, *(each for stage in offers.by_stage for each in stage.offers))
    assert {offer.form for offer in listed} == {form for form, _ in library.forms()} - {
        "case_file",
        "sharing",
        "gate_passed",
        "same_person",
        "procedure_step",
        "meeting",
        "coordination",
        "organisation",
    }


def test_a_case_shows_its_facts_in_words_and_the_name_apart(book: Fieldbook) -> None:
    case = done(book.new_case("al", "sq"))
    finish_case_file(
        book,
        case,
        given_name="Drita",
        sex="female",
        safe_channel=["text_message", "messenger"],
        safe_never="through her brother",
    )
    view = done(book.case(case))
    assert view.name == "Drita"
    shown = {label["en"]: text for label, text in view.facts}
    assert shown["Country of return"]["sq"] == "Shqipëri"
    assert "Drita" not in {text["en"] for text in shown.values()}
    assert view.safe_contact["en"] == (
        "Text message, Messenger app · Never contact through: through her brother"
    )


def test_a_case_shows_each_status_that_was_given_and_when_never_to_contact(book: Fieldbook) -> None:
    """National status is a repeat of the case: Ukraine's certificate, and one of the host state."""
    case = done(book.new_case("ua", "uk"))
    finish_case_file(
        book, case, host_country="gr", programme="care",
        safe_channel=["messenger"], never_at=["night", "sunday"],
    )  # fmt: skip
    (row,) = done(book.case(case)).records
    opened = done(book.edit(row.id))
    answer(book, opened, has_status="yes")
    entry = opened.entry
    given = (
        {"status_country": "ua", "status_kind": "victim", "status_on": "2026-02-01", "status_aid": "applied"},
        {"status_country": "gr", "status_kind": "residence", "status_expires": "2026-06-01"},
    )
    while len(entry.repeat("status").instances) < len(given):
        done(book.save(opened.record, entry.add_instance("status")))
    for instance, answers in zip(entry.repeat("status").instances, given, strict=True):
        for name, value in answers.items():
            done(book.save(opened.record, entry.answer(f"{instance}/{name}", value)))
    assert done(book.finish(row.id)) == ()

    view = done(book.case(case))
    told = [(label["en"], text["en"]) for label, text in view.facts]
    assert ("Programme that pays for the case", "CARE programme") in told
    assert [text for label, text in told if label == "Status"] == [
        "Victim of trafficking", "Right to stay as a victim",
    ]  # fmt: skip
    assert ("One-time aid of the state", "Applied for") in told
    assert view.safe_contact["en"] == "Messenger app · Never at these times: Night (22–6), Sunday"
    assert [(item.kind, item.detail) for item in view.due if item.kind == "status.expires"] == [
        ("status.expires", {"subject": "GR"})
    ]


def test_a_photo_is_sealed_shown_and_never_lies_open(book: Fieldbook, folder: Path, tmp_path: Path) -> None:
    photo = tmp_path / "paper.png"
    Image.new("RGB", (40, 30), (200, 30, 30)).save(photo)
    case = done(book.new_case("al", "sq"))
    opened = done(book.begin(case, "airport_reception"))
    answer(book, opened, reception_outcome="received", identity_confirmed="yes")
    name = done(book.attach(opened.record, path_of(opened, "paper_photo"), photo))
    answer(book, opened, paper_photo=name)
    assert opened.entry.values()[path_of(opened, "paper_photo")] == name
    assert done(book.attachment(name)).startswith(b"\x89PNG")
    sealed = b"".join(path.read_bytes() for path in (folder / "attachments").iterdir())
    assert b"PNG" not in sealed
    with pytest.raises(Problem, match=r"attachment\.source\.missing"):
        done(book.attach(opened.record, path_of(opened, "paper_photo"), tmp_path / "gone.png"))


def test_screens_hear_what_changed(book: Fieldbook) -> None:
    heard: list[frozenset[str]] = []
    book.on_change.append(heard.append)
    case = done(book.new_case("al", "sq"))
    assert "cases" in heard[-1]
    opened = done(book.begin(case, "monitoring_contact"))
    answer(book, opened, outcome="unreachable")
    assert heard[-1] == {"records"}
    before = len(heard)
    done(book.sync_now())
    assert any("sync" in topics for topics in heard[before:])


def test_a_save_that_fails_is_heard_even_when_the_screen_did_not_ask(book: Fieldbook) -> None:
    heard: list[Problem] = []
    book.on_problem.append(heard.append)
    case = done(book.new_case("al", "sq"))
    opened = done(book.begin(case, "monitoring_contact"))
    change = opened.entry.answer(path_of(opened, "outcome"), "unreachable")
    with pytest.raises(Problem):
        done(book.save("00000000-0000-4000-8000-000000000000", change))
    assert [problem.code for problem in heard] == ["draft.row.unknown"]


def test_a_sync_without_a_server_ends_as_an_outcome_and_is_remembered(
    book: Fieldbook, open_book: Callable[[], Fieldbook]
) -> None:
    done(book.new_case("al", "sq"))
    outcome = done(book.sync_now())
    assert outcome.problem.code == "sync.server.unreachable"
    assert not outcome.changed_something
    done(book.close())
    view = done(open_book().sync_view())
    assert (view.problem, view.waiting, view.last_success) == ("sync.server.unreachable", 1, None)
    assert view.last_try is not None


def test_a_screen_that_looks_again_when_told_sees_the_end_of_the_sync(book: Fieldbook) -> None:
    seen: list[Job[Any]] = []
    book.on_change.append(lambda topics: seen.append(book.sync_view()) if "sync" in topics else None)
    done(book.sync_now())
    assert not done(seen[-1]).running
    assert done(seen[-1]).problem == "sync.server.unreachable"


def test_asking_twice_to_sync_is_one_sync(book: Fieldbook) -> None:
    first = book.sync_now()
    if not first.done:
        assert book.sync_now() is first
    done(first)
    assert book.sync_now() is not first


def test_after_the_end_nothing_more_is_done_and_nothing_hangs(book: Fieldbook) -> None:
    done(book.close())
    for job in (book.today(), book.new_case("al", "sq"), book.sync_now(), book.close()):
        with pytest.raises(Problem, match=r"app\.work\.closed"):
            done(job)


def test_a_store_of_full_strength_opens_too(tmp_path: Path, clock: Clock) -> None:
    from app.store import Store
    from tests.fieldbook.conftest import IDENTITY

    Store.create(tmp_path / "real", PASSPHRASE, IDENTITY).close()
    with pytest.raises(Problem, match=r"store\.passphrase\.wrong"):
        done(unlock(Settings(tmp_path / "real", auto_sync=False), "guess"))
    time.sleep(1.1)  # a wrong one makes the next wait
    book = done(unlock(Settings(tmp_path / "real", auto_sync=False), PASSPHRASE))
    done(book.close())


def test_a_store_that_was_made_too_weak_is_refused(folder: Path) -> None:
    job = unlock(Settings(folder, auto_sync=False), PASSPHRASE, world=World(floor=KeyCost(2048, 1)))
    with pytest.raises(Problem, match=r"store\.keys\.weak"):
        done(job)

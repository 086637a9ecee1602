"""What is promised of the library as a whole, counted, and a count that cannot be fooled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from forms import keystrokes, library, library_figures
from forms.__main__ import main as check_library
from forms.casework.procedures import built_in
from forms.check import Report, between_forms, check_of_library
from forms.library_figures import LibraryFigure, LibraryFigures
from forms.lint.findings import Finding
from forms.translations import Text
from forms.usual_path import usual_path


@pytest.fixture(scope="module")
def reports() -> dict[str, Report]:
    return {form_id: check_of_library(form_id) for form_id, _ in library.forms()}


@pytest.fixture(scope="module")
def counted(reports: dict[str, Report]) -> LibraryFigures:
    return library_figures.library_figures(reports, len(between_forms(list(reports.values()))))


def named(figures: LibraryFigures, beginning: str) -> LibraryFigure:
    (found,) = [one for one in figures.figures if one.name.startswith(beginning)]
    return found


def changed(reports: Mapping[str, Report], form_id: str, **parts: Any) -> LibraryFigures:
    """The figures with one form otherwise than it is."""
    definition = reports[form_id].definition
    assert definition is not None
    other = replace(reports[form_id], definition=replace(definition, **parts))
    return library_figures.library_figures({**reports, form_id: other}, 0)


def test_every_promise_of_the_library_holds(counted: LibraryFigures) -> None:
    broken = [f"{one.name}: {one.value} {one.note}" for one in counted.figures if not one.holds]
    assert broken == []


def test_the_goals_are_those_that_were_promised(counted: LibraryFigures) -> None:
    goals = {one.name: one.goal for one in counted.figures}
    assert goals == {
        "forms without a finding": f"== {len(library.forms())}",
        "texts complete in 5 languages": "== 100",
        "texts equal to English without a reason": "== 0",
        "reasons that no text needs": "== 0",
        "facts asked twice": "== 0",
        "leaflets without a slot for a recording": "== 0",
        "usual paths that cannot be finished": "== 0",
        "questions on the usual path of a monitoring contact": "<= 40",
        "questions on the usual path of a visit to a child": "<= 40",
        "airport reception from a locked device": "<= 180",
    }


def test_a_finding_in_a_form_is_counted(reports: dict[str, Report]) -> None:
    spoilt = replace(reports["consent"], lint=(Finding("lint.label.missing", "given/witness"),))
    figures = library_figures.library_figures({**reports, "consent": spoilt}, 0)
    assert not named(figures, "forms without").holds
    assert not figures.hold


def test_a_leaflet_that_nobody_can_record_is_counted(
    reports: dict[str, Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    own = built_in()
    mute = replace(own, leaflets=(own.leaflets[0], replace(own.leaflets[1], audio="")))
    monkeypatch.setattr(library_figures, "built_in", lambda: mute)
    assert not named(library_figures.library_figures(reports, 0), "leaflets").holds


def test_a_text_that_one_language_lacks_is_counted(reports: dict[str, Report]) -> None:
    definition = reports["consent"].definition
    assert definition is not None
    key, text = next((key, text) for key, text in definition.texts.items() if text.by_language)
    fewer = {language: parts for language, parts in text.by_language.items() if language != "ar"}
    figures = changed(reports, "consent", texts={**definition.texts, key: Text(fewer)})
    assert not named(figures, "texts complete").holds


def test_an_english_text_in_another_language_needs_a_reason(reports: dict[str, Report]) -> None:
    definition = reports["consent"].definition
    assert definition is not None
    key, text = next((key, text) for key, text in definition.texts.items() if text.plain("en"))
    lazy = {**text.by_language, "sq": text.by_language["en"]}
    figure = named(
        changed(reports, "consent", texts={**definition.texts, key: Text(lazy)}), "texts equal to English"
    )
    assert not figure.holds
    assert figure.note == f"sq '{text.plain('en')}'"


def test_a_title_that_was_left_in_english_is_counted_too(reports: dict[str, Report]) -> None:
    definition = reports["consent"].definition
    assert definition is not None
    titles = {**definition.titles, "uk": definition.titles["en"]}
    assert not named(changed(reports, "consent", titles=titles), "texts equal to English").holds


def test_a_reason_that_no_text_needs_is_counted(
    reports: dict[str, Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    reasons = {**library_figures.same_as_english(), ("fr", "Weekend"): "the same word"}
    monkeypatch.setattr(library_figures, "same_as_english", lambda: reasons)
    figure = named(library_figures.library_figures(reports, 0), "reasons")
    assert (figure.holds, figure.note) == (False, "fr 'Weekend'")


def test_a_fact_that_is_asked_twice_is_counted(reports: dict[str, Report]) -> None:
    assert not named(library_figures.library_figures(reports, 1), "facts asked twice").holds


def test_forms_that_share_facts_are_named(counted: LibraryFigures) -> None:
    assert named(counted, "facts asked twice").note == (
        "accepted by name: child_monitoring with monitoring_contact, integration_plan with reintegration_plan"
    )


def test_the_usual_path_of_every_form_ends_in_a_record_that_can_be_finished(
    reports: dict[str, Report], counted: LibraryFigures
) -> None:
    for form_id, report in reports.items():
        assert report.definition is not None
        path = usual_path(report.definition, library_figures.about(form_id).usual)
        assert path.refused == (), form_id
        assert len(path.given) == counted.questions[form_id] > 0


def test_a_usual_path_has_nothing_out_of_the_ordinary(reports: dict[str, Report]) -> None:
    """A stop on the way would make it another path, and another length."""
    for form_id in (library.AIRPORT_RECEPTION, library.MONITORING_CONTACT, library.CHILD_MONITORING):
        definition = reports[form_id].definition
        assert definition is not None
        entry = usual_path(definition, library_figures.about(form_id).usual).entry
        told = [
            line.path
            for line in entry.outline()
            if line.kind == "question"
            and definition.question_at(line.path).type == "note"
            and definition.question_at(line.path).relevant
        ]
        assert [path.rpartition("/")[2] for path in told] in ([], ["needs_note"])


# The three minutes at the airport


def test_nobody_answers_a_reception_without_unlocking_the_tablet_and_finishing_the_record(
    counted: LibraryFigures,
) -> None:
    first, second, *sheets, last = counted.reception
    assert (first.name, first.keys) == ("unlock", 29)
    assert second.name.startswith("Today")
    assert last.name == "check and finish"
    assert sum(int(step.name.rpartition("(")[2].split()[0]) for step in sheets) == 14


def test_every_answer_costs_its_taps_and_keys(counted: LibraryFigures) -> None:
    """14 questions: nine choices, one 'now', two texts, a photo of three taps, a time that stood there."""
    taps = 1 + 1 + 6 * 2 + 9 + 1 + 2 + 3 + 1
    keys = (
        29
        + len("Night service, Mira")
        + len("Wants to sleep first, and to be called in the morning by Mira.")
    )
    assert sum(step.taps for step in counted.reception) == taps
    assert sum(step.keys for step in counted.reception) == keys
    assert sum(step.decisions for step in counted.reception) == 3 + 6 + 14
    waits = keystrokes.OPEN + keystrokes.PHOTO + 8 * keystrokes.TURN
    expected = taps * 1.3 + keys * 0.5 + 23 * 1.35 + waits
    assert keystrokes.seconds(counted.reception) == pytest.approx(expected)


def test_a_reception_with_a_child_takes_longer(reports: dict[str, Report], counted: LibraryFigures) -> None:
    definition = reports[library.AIRPORT_RECEPTION].definition
    assert definition is not None
    longer = keystrokes.from_locked(usual_path(definition, {"with_others": "yes"}))
    assert keystrokes.seconds(longer) > keystrokes.seconds(counted.reception)


def test_the_check_of_the_library_ends_with_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert check_library(["check", "--library"]) == 0
    told = capsys.readouterr().out
    _, _, table = told.partition("The library:\n")
    assert "forms without a finding: " in table
    assert "airport reception from a locked device: " in table
    assert "Card, Moran and Newell 1983" in table
    assert "DOES NOT HOLD" not in table


def test_a_promise_that_does_not_hold_fails_the_check(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keystrokes, "KEY", 1.2)
    assert check_library(["check", "--library"]) == 1
    assert "DOES NOT HOLD" in capsys.readouterr().out

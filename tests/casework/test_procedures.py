"""Procedures: each step ticked by who did it, or left out with a reason; and leaflets."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from forms.casework.case import STAGES
from forms.casework.facts import Evidence
from forms.casework.procedures import Procedures, built_in
from forms.errors import FormProblem
from forms.xform.recordings import is_slot

STEPS = Procedures.from_table(
    {
        "steps": [
            {"id": "a", "stage": "arrival", "title": {"en": "A"}, "guidance": {"en": "How"}},
            {"id": "b", "stage": "arrival", "title": {"en": "B"}, "guidance": {"en": "How"}, "minors": "yes"},
            {"id": "c", "stage": "travel", "title": {"en": "C"}, "guidance": {"en": "How"}},
        ]
    }
)


def word(on: str, step: Any, done: str, order: str = "", **more: str) -> Evidence:
    values = {"procedure.step": step, "procedure.done": done}
    values |= {f"procedure.{name}": value for name, value in more.items()}
    return Evidence("r" + on, "f", date.fromisoformat(on), values, author="drita", order=order)


def told(*said: Evidence, minor: bool = False) -> list[tuple[str, str, str]]:
    return [(item.step.id, item.state, item.by) for item in STEPS.checklist("arrival", said, minor)]


def test_a_stage_has_its_own_steps_and_a_child_more_of_them() -> None:
    assert told() == [("a", "open", "")]
    assert told(minor=True) == [("a", "open", ""), ("b", "open", "")]


def test_a_step_is_ticked_by_its_author_or_by_whom_she_names_and_can_be_taken_back() -> None:
    done = word("2026-02-01", "a", "yes")
    assert told(done) == [("a", "done", "drita")]
    assert told(word("2026-02-01", "a", "yes", by="mira")) == [("a", "done", "mira")]
    assert told(done, word("2026-02-02", "a", "no")) == [("a", "open", "")]
    assert told(done, word("2026-02-01", "a", "no", order="1")) == [("a", "open", "")]
    assert told(word("2026-02-01", ["a", "b"], "yes"), minor=True)[1] == ("b", "done", "drita")


def test_a_step_left_out_is_a_deviation_only_with_a_reason() -> None:
    left_out = word("2026-02-01", "a", "no", deviation="The flight was met by the police")
    (item,) = STEPS.checklist("arrival", [left_out], False)
    assert (item.state, item.reason, item.on) == (
        "deviated", "The flight was met by the police", date(2026, 2, 1),
    )  # fmt: skip
    assert told(word("2026-02-01", "a", "no", deviation="  ")) == [("a", "open", "")]


def test_of_two_words_of_one_moment_the_one_counts_that_leaves_most_to_do() -> None:
    yes, no = word("2026-02-01", "a", "yes"), word("2026-02-01", "a", "no")
    assert told(yes, no) == told(no, yes) == [("a", "open", "")]


def test_ticks_are_read_from_rows_too() -> None:
    rows = ({"procedure.step": "a", "procedure.done": "yes"}, {"procedure.step": "b", "procedure.done": "no"})
    record = Evidence("r", "f", date(2026, 2, 1), {}, {"procedure": rows}, author="drita")
    assert told(record, minor=True) == [("a", "done", "drita"), ("b", "open", "")]


def test_homewards_own_procedures_have_steps_for_every_stage_and_leaflets_to_hand_out() -> None:
    own = built_in()
    assert {step.stage for step in own.steps} == set(STAGES)
    leaflet = own.leaflet("your_rights")
    assert leaflet is not None
    assert leaflet.language_for("fr") == "fr"
    assert leaflet.language_for("fr_FR") == "fr"
    assert leaflet.language_for("de") == "en"
    assert set(leaflet.text) - {"en"} <= leaflet.unreviewed
    assert own.leaflet("none") is None


@pytest.mark.parametrize(
    "step",
    [
        {"id": "a", "stage": "arrival", "title": {"fr": "A"}, "guidance": {"en": "x"}},
        {"id": "a", "stage": "nowhere", "title": {"en": "A"}, "guidance": {"en": "x"}},
        {"id": "", "stage": "arrival", "title": {"en": "A"}, "guidance": {"en": "x"}},
        {"id": "a", "stage": "arrival", "title": {"en": "A"}, "guidance": {"en": "x"}, "child": "yes"},
    ],
)
def test_a_wrong_step_is_refused(step: dict[str, Any]) -> None:
    with pytest.raises(FormProblem):
        Procedures.from_table({"steps": [step]})
    fine = {"id": "a", "stage": "arrival", "title": {"en": "A"}, "guidance": {"en": "x"}}
    with pytest.raises(FormProblem):
        Procedures.from_table({"steps": [fine, fine]})


def test_our_own_steps_and_leaflets_are_read_in_all_five_languages() -> None:
    languages = {"en", "fr", "sq", "ar", "uk"}
    procedures = built_in()
    for step in procedures.steps:
        for texts in (step.title, step.guidance):
            assert texts.keys() == languages, step.id
            assert len(set(texts.values())) == len(languages), step.id
    for leaflet in procedures.leaflets:
        assert leaflet.title.keys() == leaflet.text.keys() == languages
        assert {len(text.strip().splitlines()) for text in leaflet.text.values()} == {
            len(leaflet.text["en"].strip().splitlines())
        }
        assert leaflet.unreviewed == languages - {"en"}


def test_each_of_our_leaflets_can_be_heard_and_a_slot_is_named_as_those_of_questions_are() -> None:
    named = [leaflet.audio for leaflet in built_in().leaflets]
    assert all(map(is_slot, named))
    assert len(set(named)) == len(named)
    text = {"en": "Thank you"}
    with pytest.raises(FormProblem, match=r"form\.programme\.section_invalid"):
        Procedures.from_table({"leaflets": [{"id": "a", "title": text, "text": text, "audio": "Ä b"}]})

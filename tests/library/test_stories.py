"""The forms as a worker meets them: what is asked, what is refused, what is suggested."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Any

import pytest

from forms.definition import FormDefinition
from forms.entry import FormEntry

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Filling:
    """One form being filled in, with answers given by the question's name."""

    def __init__(self, definition: FormDefinition, language: str = "en", **facts: str) -> None:
        self.entry = FormEntry(
            definition, language=language, now=lambda: NOW, random=random.Random(5), facts=facts
        )

    def paths(self) -> list[str]:
        return [node.path for node in self.entry.outline()]

    def asked(self) -> set[str]:
        """Names of all questions and notes on the screen."""
        return {path.rpartition("/")[2] for path in self.paths()}

    def path(self, name: str) -> str:
        (found,) = [path for path in self.paths() if path.rpartition("/")[2] == name]
        return found

    def answer(self, **answers: Any) -> list[str]:
        """Answers in order; gives the kinds of violation that came of them."""
        violations = []
        for name, raw in answers.items():
            change = self.entry.answer(self.path(name), raw)
            if change.violation is not None:
                violations.append(change.violation.kind)
        return violations

    def value(self, name: str) -> Any:
        return {path.rpartition("/")[2]: value for path, value in self.entry.values().items()}.get(name)

    def missing(self) -> set[str]:
        return {violation.path.rpartition("/")[2] for violation in self.entry.validate()}


@pytest.fixture
def reception(definitions: dict[str, FormDefinition]) -> Filling:
    return Filling(definitions["airport_reception"], **{"case.code": "AL-7Q4KD2M-X"})


@pytest.fixture
def contact(definitions: dict[str, FormDefinition]) -> Filling:
    return Filling(definitions["monitoring_contact"])


# --- airport reception -----------------------------------------------------------------------


def test_a_reception_as_planned_is_complete_with_fourteen_answers(reception: Filling) -> None:
    answers: dict[str, Any] = {
        "reception_outcome": "received",
        "identity_confirmed": "code_word",
        "arrived_at": "2026-03-01T22:55:00+01:00",
        "met_by": "officer",
        "with_others": "no",
        "urgent_health": ["none"],
        "feels_safe": "yes",
        "needs_now": ["rest", "food"],
        "luggage": "complete",
        "escorted_to": "shelter",
        "handed_over_to": "Night service of the shelter",
        "handed_over_at": "2026-03-01T23:40:00+01:00",
        "paper_photo": "a" * 64,
        "remarks": "Wants to sleep first",
    }
    assert reception.answer(**answers) == []
    assert reception.missing() == set()
    asked = reception.asked() - {"case_code", "identity", "arrival", "wellbeing", "handover"}
    assert asked == set(answers)


def test_the_code_is_carried_over_and_not_asked(reception: Filling) -> None:
    state = reception.entry.state(reception.path("case_code"))
    assert state.value == "AL-7Q4KD2M-X"
    assert state.readonly


def test_who_did_not_arrive_leaves_one_question_and_the_order_to_call(reception: Filling) -> None:
    reception.answer(reception_outcome="not_arrived")
    assert reception.asked() == {
        "identity", "case_code", "reception_outcome", "not_arrived_note", "remarks",
    }  # fmt: skip
    assert reception.missing() == set()


def test_a_man_with_a_sign_is_described_and_the_coordinator_called(reception: Filling) -> None:
    """Vignette 7."""
    reception.answer(reception_outcome="unknown_person", met_by="unknown")
    assert {"unknown_note", "seen_at_gate"} <= reception.asked()
    reception.answer(seen_at_gate="A man with a sign, a grey car, towards Durres")
    assert reception.missing() == set()
    assert "handed_over_to" not in reception.asked()


def test_who_is_not_confirmed_does_not_leave_together(reception: Filling) -> None:
    reception.answer(reception_outcome="received", identity_confirmed="not_confirmed")
    assert "identity_note" in reception.asked()


def test_children_who_came_along_are_counted_in_the_note(reception: Filling) -> None:
    reception.answer(reception_outcome="received", with_others="yes")
    repeat = next(node.path for node in reception.entry.outline() if node.kind == "repeat")
    while sum(node.kind == "instance" for node in reception.entry.outline()) < 3:
        reception.entry.add_instance(repeat)
    instances = [node.path for node in reception.entry.outline() if node.kind == "instance"]
    for instance, relation, age in zip(
        instances, ("child", "relative", "escort"), ("4", "17", "40"), strict=True
    ):
        reception.entry.answer(f"{instance}/companion_relation", relation)
        reception.entry.answer(f"{instance}/companion_age", age)
    values = reception.entry.values()
    assert [values["arrival/companions"], values["arrival/children"]] in ([3, 2], ["3", "2"])
    assert "2" in reception.entry.state(reception.path("children_note")).label
    assert reception.entry.answer(f"{instances[0]}/companion_age", "130").violation is not None
    reception.answer(with_others="no")
    assert "children_note" not in reception.asked()


def test_a_hand_over_is_after_the_arrival_and_not_in_the_future(reception: Filling) -> None:
    reception.answer(reception_outcome="received", arrived_at="2026-03-01T22:55:00+01:00")
    assert reception.answer(handed_over_at="2026-03-01T22:50:00+01:00") == ["constraint"]
    assert reception.answer(handed_over_at="2026-03-02T23:00:00+01:00") == ["constraint"]
    assert reception.answer(handed_over_at="2026-03-01T23:05:00+01:00") == []


def test_nothing_urgent_cannot_stand_beside_an_injury(reception: Filling) -> None:
    reception.answer(reception_outcome="received")
    assert reception.answer(urgent_health=["injury", "none"]) == ["constraint"]
    assert reception.answer(urgent_health=["injury", "distress"]) == []
    assert "urgent_note" in reception.asked()


def test_the_words_follow_the_language(definitions: dict[str, FormDefinition]) -> None:
    filling = Filling(definitions["airport_reception"], "ar")
    assert filling.entry.state(filling.path("reception_outcome")).label == "كيف انتهى الوصول؟"
    filling.entry.language = "uk"
    assert filling.entry.state(filling.path("reception_outcome")).label == "Чим завершилося прибуття?"


# --- monitoring contact ----------------------------------------------------------------------

MET: dict[str, Any] = {
    "contact_date": "2026-03-02",
    "outcome": "met",
    "present": ["nobody"],
    "safe_to_talk": "yes",
}


def test_a_quiet_contact_needs_five_answers_and_the_rest_may_be_left_out(contact: Filling) -> None:
    contact.answer(**MET, risk_level="low")
    assert contact.missing() == set()


def test_a_contact_in_the_future_is_refused(contact: Filling) -> None:
    assert contact.answer(contact_date="2026-03-03") == ["constraint"]


def test_who_was_not_reached_is_not_asked_how_she_lives(contact: Filling) -> None:
    contact.answer(contact_date="2026-03-02", outcome="unreachable", attempts="2", risk_level="medium")
    assert (
        not {"present", "lives_with", "threats", "health", "needs_any", "further_contact"} & contact.asked()
    )
    assert {"news", "observation", "next_agreed"} <= contact.asked()
    assert contact.missing() == set()
    assert contact.answer(attempts="0") == ["constraint"]


def test_when_it_is_not_safe_to_talk_a_note_says_so_and_no_answer_is_cleared(contact: Filling) -> None:
    contact.answer(**MET, threats=["contact"])
    contact.answer(safe_to_talk="no")
    assert "not_safe_note" in contact.asked()
    assert contact.value("threats") == ["contact"]


def test_thoughts_of_self_harm_stop_the_questions(contact: Filling) -> None:
    contact.answer(**MET, wellbeing=["sleep", "self_harm"])
    assert "self_harm_note" in contact.asked()
    assert contact.value("suggested_risk") == "high"


def test_unmet_needs_are_counted_and_each_has_action_owner_and_date(contact: Filling) -> None:
    contact.answer(**MET, needs_any="yes", risk_level="low")
    repeat = next(node.path for node in contact.entry.outline() if node.kind == "repeat")
    instances = [node.path for node in contact.entry.outline() if node.kind == "instance"]
    if not instances:
        contact.entry.add_instance(repeat)
        instances = [node.path for node in contact.entry.outline() if node.kind == "instance"]
    need = instances[0]
    assert {f"{need}/need_kind", f"{need}/need_action"} == {v.path for v in contact.entry.validate()}
    contact.entry.answer(f"{need}/need_kind", "health")
    contact.entry.answer(f"{need}/need_action", "Appointment with the midwife")
    contact.entry.answer(f"{need}/need_owner", "worker")
    assert contact.entry.answer(f"{need}/need_due", "2026-03-01").violation is not None
    assert contact.entry.answer(f"{need}/need_due", "2026-03-09").violation is None
    assert contact.missing() == set()
    assert contact.value("needs_count") in (1, "1")
    assert "1" in contact.entry.state(contact.path("needs_note")).label


SUGGESTIONS: list[tuple[dict[str, Any], str]] = [
    ({}, "unknown"),
    ({"own_safety": "no_answer"}, "unknown"),
    ({"own_safety": "5"}, "low"),
    ({"own_safety": "4", "threats": ["none"], "home": ["well"]}, "low"),
    ({"own_safety": "4", "threats": ["no_answer"]}, "low"),
    ({"own_safety": "3"}, "medium"),
    ({"own_safety": "5", "offers_abroad": "yes"}, "medium"),
    ({"own_safety": "5", "own_documents": "someone_else"}, "medium"),
    ({"own_safety": "5", "home": ["controlled"]}, "medium"),
    ({"own_safety": "1"}, "high"),
    ({"own_safety": "5", "threats": ["online"]}, "high"),
    ({"own_safety": "5", "home": ["hurt"]}, "high"),
    ({"own_safety": "5", "debt": "pressure"}, "high"),
]


@pytest.mark.parametrize(("answers", "suggested"), SUGGESTIONS)
def test_the_risk_is_suggested_and_the_worker_decides(
    answers: dict[str, Any], suggested: str, contact: Filling
) -> None:
    assert contact.answer(**MET, **answers, risk_level="low") == []
    assert contact.value("suggested_risk") == suggested
    assert contact.value("risk_level") == "low"
    assert ("high_note" in contact.asked()) == (suggested == "high")
    assert ("medium_note" in contact.asked()) == (suggested == "medium")


def test_a_suspicion_of_new_exploitation_is_a_high_risk_whatever_else(contact: Filling) -> None:
    contact.answer(contact_date="2026-03-02", outcome="suspected_retrafficking")
    assert contact.value("suggested_risk") == "high"
    assert {"suspected_note", "news"} <= contact.asked()


def test_nobody_else_cannot_stand_beside_someone(contact: Filling) -> None:
    """Vignette 8: the mother-in-law stays in the room."""
    contact.answer(contact_date="2026-03-02", outcome="not_alone")
    assert contact.answer(present=["nobody", "in_laws"]) == ["constraint"]
    assert contact.answer(present=["in_laws"], safe_to_talk="no", debt="pressure", risk_level="low") == []
    assert contact.value("suggested_risk") == "high"


# --- case file -------------------------------------------------------------------------------


def test_a_case_file_is_complete_with_country_stage_risk_and_language(
    definitions: dict[str, FormDefinition],
) -> None:
    filling = Filling(definitions["case_file"], **{"case.code": "AL-7Q4KD2M-X", "case.office": "tirana"})
    assert filling.missing() == {"country", "stage", "risk", "language"}
    filling.answer(country="al", stage="shelter", risk="unknown", language="sq")
    assert filling.missing() == set()
    assert filling.value("office") == "tirana"


def test_no_contact_for_now_cannot_stand_beside_a_channel(definitions: dict[str, FormDefinition]) -> None:
    filling = Filling(definitions["case_file"])
    assert filling.answer(safe_channel=["none", "messenger"]) == ["constraint"]
    assert filling.answer(safe_channel=["none"]) == []


def test_a_birth_or_an_arrival_tomorrow_is_refused(definitions: dict[str, FormDefinition]) -> None:
    filling = Filling(definitions["case_file"])
    assert filling.answer(birth_date="2026-03-03", arrived_on="2026-03-03") == ["constraint", "constraint"]
    assert filling.answer(birth_date="2003-05-17", arrived_on="2026-03-02") == []

"""Whatever a rule can say is said in words, in every language. The codes come from the rules themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import get_args

import pytest

from app.protection import LAPSED
from app.ui.i18n import LANGUAGES, T, language
from app.ui.screens import reasons
from forms.casework import risk, safe_contact
from forms.casework.due.arrival import AlarmCode
from forms.casework.gates import GATES
from forms.casework.risk import RiskTable
from tests.casework.every_reason import gate_reasons, written_reasons

#: Every code that a level can be advised by: each answer that speaks for one, each answer that is unclear.
BECAUSE = {
    *(
        f"because.{meaning}.{choice}"
        for answers in (RiskTable().high, RiskTable().medium)
        for meaning, choices in answers.items()
        for choice in choices
    ),
    *(f"because.{meaning}.unclear" for meaning in RiskTable().meanings),
    "because.safety.own_view.safe",
}
SAYS: tuple[tuple[str, Callable[[str], T], frozenset[str]], ...] = (
    ("gates", reasons.gate, frozenset(GATES)),
    ("what gates stop", reasons.stops, frozenset(GATES)),
    ("reasons", reasons.reason, gate_reasons()),
    ("because", reasons.because, frozenset(BECAUSE)),
    ("notes", reasons.note, frozenset(risk.NOTES)),
    ("frozen", reasons.frozen, frozenset(safe_contact.FROZEN)),
    ("what thaws it", reasons.thaws, frozenset(safe_contact.FROZEN)),
    ("alarms", reasons.alarm, frozenset({*get_args(AlarmCode), LAPSED})),
)


@pytest.fixture(autouse=True)
def _english_afterwards() -> Iterator[None]:
    yield
    language.switch("en")


def test_trying_finds_every_reason_that_stands_in_the_rules() -> None:
    missed = {word for word in written_reasons() if not any(word in code for code in gate_reasons())}
    assert not missed
    assert len(gate_reasons()) > 70


@pytest.mark.parametrize("what", SAYS, ids=lambda what: what[0])
@pytest.mark.parametrize("code", LANGUAGES)
def test_every_code_has_a_text_of_its_own(
    code: str, what: tuple[str, Callable[[str], T], frozenset[str]]
) -> None:
    _, says, codes = what
    language.switch("en")
    english = {each: str(says(each)) for each in codes}
    unsaid = [each for each, text in english.items() if _is_the_code(each, text)]
    assert not unsaid
    language.switch(code)
    told = {each: str(says(each)) for each in codes}
    if code != "en":
        assert not [each for each, text in told.items() if text == english[each]]
    alike = {each for each, text in told.items() if list(told.values()).count(text) > 1}
    # Two gates may miss one and the same thing.
    assert len({each.rpartition(".")[2] for each in alike}) == len({told[each] for each in alike})


@pytest.mark.parametrize("gate", GATES)
def test_a_gate_says_that_everything_can_be_recorded(gate: str) -> None:
    assert str(reasons.stops(gate)).startswith("You can record everything")


def test_a_reason_says_which_side_and_what_it_says() -> None:
    said = str(reasons.reason("gate.clear_to_travel.assessment_return_postpone"))
    assert said == "Risk assessment of the country of return: postpone the journey"


def test_an_answer_that_a_programme_has_added_is_told_by_its_question() -> None:
    assert str(reasons.because("because.life.debt.gambling")) == "Debt"


def test_a_code_of_a_newer_server_is_never_nothing() -> None:
    assert str(reasons.alarm("alarm.border.closed")) == "border closed"
    assert str(reasons.reason("gate.clear_to_travel.visa_refused")) == "visa refused"


def _is_the_code(code: str, text: str) -> bool:
    """Whether the text is what stands where no words are known: the code's letters, or the question."""
    plain = code.replace(".", " ").replace("_", " ")
    return not text or plain.endswith(text) or text in reasons.TOPICS.values()


def test_answers_that_speak_for_less_than_what_stands_do_not_read_as_its_reason() -> None:
    assert "higher" in str(reasons.advice("low", "medium"))
    assert "lower" in str(reasons.advice("medium", "low"))

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.casework.case import check_case_code, new_case_code
from forms.errors import FormProblem

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

countries = st.one_of(st.sampled_from(["al", "ma", "ua"]), st.text(LETTERS, min_size=2, max_size=2))


@st.composite
def codes(draw: st.DrawFn) -> str:
    return new_case_code(draw(countries), random.Random(draw(st.integers(0, 2**64))))


def significant(code: str) -> list[str]:
    return [character for character in code if character != "-"]


def same_when_typed(one: str, other: str) -> bool:
    """Whether the two are accepted as spellings of one character after the country."""
    spelling = {"O": "0", "I": "1", "L": "1"}
    return spelling.get(one, one) == spelling.get(other, other)


@given(codes())
def test_a_new_code_is_accepted_and_written_the_same(code: str) -> None:
    assert check_case_code(code) == code
    country, body, check = code.split("-")
    assert len(country) == 2
    assert len(body) == 7
    assert set(body + check) <= set(ALPHABET)


@settings(max_examples=400, deadline=None)
@given(codes(), st.integers(0, 9), st.sampled_from(ALPHABET + "OIL"))
def test_a_code_with_one_character_changed_is_refused(code: str, place: int, other: str) -> None:
    characters = significant(code)
    if characters[place] == other or (place >= 2 and same_when_typed(characters[place], other)):
        return
    characters[place] = other
    with pytest.raises(FormProblem):
        check_case_code("".join(characters))


@settings(max_examples=400, deadline=None)
@given(codes(), st.integers(0, 8))
def test_a_code_with_two_neighbours_swapped_is_refused(code: str, place: int) -> None:
    characters = significant(code)
    if characters[place] == characters[place + 1]:
        return
    characters[place], characters[place + 1] = characters[place + 1], characters[place]
    with pytest.raises(FormProblem):
        check_case_code("".join(characters))


def test_no_pair_of_letters_can_be_swapped_over_the_border_of_country_and_number() -> None:
    """All 26 x 32 pairs: letters of a country that the alphabet lacks have values of their own."""
    chance = random.Random(7)
    for letter in LETTERS:
        for following in ALPHABET:
            if letter == following:
                continue
            code = significant(code_with(letter, following, chance))
            code[1], code[2] = code[2], code[1]
            with pytest.raises(FormProblem):
                check_case_code("".join(code))


def code_with(country_end: str, first: str, chance: random.Random) -> str:
    class Chosen:
        """Gives the wanted first character, then chance."""

        def __init__(self) -> None:
            self.calls = 0

        def randrange(self, stop: int, /) -> int:
            self.calls += 1
            return ALPHABET.index(first) if self.calls == 1 else chance.randrange(stop)

    return new_case_code("A" + country_end, Chosen())


@given(codes())
def test_lower_case_and_missing_or_other_dashes_are_understood(code: str) -> None:
    assert check_case_code(code.lower().replace("-", "")) == code
    assert check_case_code(f"  {code.replace('-', ' ')} ") == code
    assert check_case_code(code.replace("-", "–")) == code


@given(codes())
def test_letters_that_look_like_digits_are_understood_after_the_country(code: str) -> None:
    country, rest = code[:3], code[3:]
    assert check_case_code(country + rest.replace("0", "o").replace("1", "l")) == code
    assert check_case_code(country + rest.replace("0", "O").replace("1", "I")) == code


@given(codes())
def test_digits_of_an_arabic_keyboard_and_marks_of_direction_are_understood(code: str) -> None:
    arabic = code.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    assert check_case_code(f"\u2066{arabic}\u2069") == code


@given(codes())
def test_letters_of_a_cyrillic_keyboard_that_look_the_same_are_understood(code: str) -> None:
    assert check_case_code(code.translate(str.maketrans("ABEKMHOPCTX", "АВЕКМНОРСТХ"))) == code


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=16))
def test_any_other_text_is_refused_with_a_code_and_without_the_text(text: str) -> None:
    try:
        accepted = check_case_code(text)
    except FormProblem as refused:
        problem = refused
    else:
        problem = FormProblem("case.code.none")
        assert accepted == check_case_code(accepted)
    assert problem.code.startswith("case.code.")
    assert set(problem.params) <= {"length"}


def test_a_code_says_nothing_but_its_country() -> None:
    assert new_case_code("al", random.Random(1)) != new_case_code("al", random.Random(2))
    assert new_case_code("ua", random.Random(1)).startswith("UA-")


@pytest.mark.parametrize("country", ["", "a", "alb", "4l", "ал", "a-"])
def test_a_code_needs_the_two_letters_of_a_country(country: str) -> None:
    with pytest.raises(FormProblem) as problem:
        new_case_code(country, random.Random(1))
    assert problem.value.code == "case.country.invalid"

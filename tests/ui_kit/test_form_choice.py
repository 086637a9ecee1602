"""The sheet 'Which form?' finds forms by their titles in the language of the window."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.ui.i18n import language
from app.ui.screens.form_choice import everything, found
from app.ui.searched import plain
from app.views import FormOffer, OffersView, StageOffers

CLOSURE = FormOffer("closure", "1", {"en": "Closure", "fr": "Clôture", "ar": "الإغلاق", "uk": "Закриття"})
REFERRAL = FormOffer(
    "referral",
    "1",
    {"en": "Referral and hand-over", "fr": "Orientation et transmission", "ar": "الإحالة والتسليم"},
)
OWN = FormOffer("places", "1", {"en": "Places in the shelter"})
OFFERS = OffersView((CLOSURE,), (OWN,), (StageOffers("identified", {}, (REFERRAL,)),))


@pytest.fixture(autouse=True)
def _english_afterwards() -> Iterator[None]:
    yield
    language.switch("en")


def searched(query: str) -> list[str]:
    return [each.form for each in found(everything(OFFERS), query)]


def test_a_part_of_the_title_is_enough_and_capitals_and_accents_do_not_matter() -> None:
    assert searched("CLOS") == ["closure"]
    language.switch("fr")
    assert searched("cloture") == ["closure"]
    assert searched("closure") == []
    language.switch("ar")
    assert searched("اغلاق") == ["closure"]
    assert searched("الإِغلاق") == ["closure"]


def test_every_word_has_to_be_there_in_any_order() -> None:
    assert searched("hand referral") == ["referral"]
    assert searched("hand closure") == []


def test_what_is_needed_now_is_found_first_and_the_folded_ones_too() -> None:
    assert searched("") == ["closure", "places", "referral"]
    assert searched("e") == ["closure", "places", "referral"]


def test_signs_that_only_mark_a_sound_are_left_out() -> None:
    assert plain("Étape Ë") == "etape e"

"""Texts and dates in five languages, without a window."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from gettext import NullTranslations

import pytest

from app.ui import i18n
from app.ui.bidi import without_controls
from app.ui.i18n import LANGUAGES, T, _, language, ngettext


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    yield
    language.switch("en")


class _Invented(NullTranslations):
    """A catalogue of two Arabic texts."""

    def gettext(self, message: str) -> str:
        return {"Due {day}": "موعده {day}", "today": "اليوم"}.get(message, message)


@pytest.fixture
def arabic(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(i18n, "catalogue", lambda code: _Invented() if code == "ar" else NullTranslations())
    language.switch("ar")


class _Listener:
    def __init__(self) -> None:
        self.heard: list[str] = []

    def language_changed(self) -> None:
        self.heard.append(language.code)


def test_who_follows_hears_of_a_switch_until_it_is_gone() -> None:
    listener = _Listener()
    language.follow(listener)
    language.switch("uk")
    assert listener.heard == ["uk"]
    assert not language.rtl
    language.switch("ar")
    assert language.rtl


def test_an_unknown_language_is_english_and_a_region_is_left_out() -> None:
    language.switch("fr-MA")
    assert language.code == "fr"
    language.switch("xx")
    assert language.code == "en"


def test_a_lazy_text_is_looked_up_when_it_is_shown(arabic: None) -> None:
    text = T("Due {day}", day=T("today"))
    assert without_controls(str(text)) == "موعده اليوم"
    language.switch("en")
    assert str(text) == "Due today"


def test_a_value_inside_arabic_keeps_its_own_order(arabic: None) -> None:
    assert _("Due {day}", day="+212 6") == "موعده \u2066+212 6\u2069"


def test_a_text_without_mixed_directions_has_no_marks() -> None:
    assert _("Due {day}", day="Friday") == "Due Friday"


def test_numbers_choose_their_form() -> None:
    assert ngettext("{n} record", "{n} records", 1) == "1 record"
    assert str(T.n("{n} record", "{n} records", 3)) == "3 records"


def test_titles_fall_back_to_english_then_to_any() -> None:
    language.switch("sq")
    assert i18n.chosen({"en": "Case", "sq": "Dosja"}) == "Dosja"
    assert i18n.chosen({"en": "Case"}) == "Case"
    assert i18n.chosen({"uk": "Справа"}) == "Справа"
    assert i18n.chosen({}) == ""


def test_months_in_arabic_are_those_of_the_maghreb_with_latin_digits() -> None:
    language.switch("ar")
    assert i18n.day_text(date(2026, 11, 22)) == "الأحد 22 نونبر"
    assert "2026" in i18n.month_text(date(2026, 11, 1))


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_language_names_seven_weekdays_and_its_days(code: str) -> None:
    language.switch(code)
    assert len(set(i18n.weekday_names())) == 7
    assert "22" in i18n.day_text(date(2026, 11, 22))


def test_a_moment_is_told_by_its_distance() -> None:
    now = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
    assert i18n.moment_text(now - timedelta(minutes=20), now) == "17:40"
    assert i18n.moment_text(now - timedelta(days=2), now) == "Friday 18:00"
    assert i18n.moment_text(now - timedelta(days=30), now) == "23 Oct 2026 18:00"


def test_days_near_today_have_names() -> None:
    today = date(2026, 11, 22)
    told = [i18n.relative_day(today + timedelta(days=n), today) for n in (-1, 0, 1, 4, -2, -20)]
    assert told == ["yesterday", "today", "tomorrow", "Thursday", "20 Nov 2026", "2 Nov 2026"]


def test_parts_side_by_side_leave_out_what_is_empty() -> None:
    assert str(i18n.joined("AL-7", "", T("Week 2 contact"))) == "AL-7 · Week 2 contact"

"""The language of the app: texts from gettext catalogues, dates by babel, switched while the app runs.

A screen writes `T("Today")` where a text stands; the widget that shows it asks again when the language
changes. `_("…")` gives the text of this moment, for a text that is used up at once. No Kivy in here.
"""

from __future__ import annotations

import gettext
import io
import weakref
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from importlib import resources
from typing import Any, Protocol

from babel import Locale, dates

from app.ui.bidi import has_rtl, isolate

LANGUAGES = ("en", "fr", "sq", "ar", "uk")
DOMAIN = "homeward"
# Babel's plain Arabic has other month names than the Maghreb uses; digits are Latin in all five.
_LOCALES = {"en": "en_GB", "fr": "fr", "sq": "sq", "ar": "ar_MA", "uk": "uk"}
_RTL = frozenset({"ar"})


class Follower(Protocol):
    """What shows texts: told after each change of language."""

    def language_changed(self) -> None: ...


class Language:
    """The language now, and who wants to hear of a change. Followers are held weakly."""

    def __init__(self, code: str = "en") -> None:
        self.code = code
        self._followers: weakref.WeakSet[Follower] = weakref.WeakSet()

    @property
    def rtl(self) -> bool:
        return self.code in _RTL

    @property
    def locale(self) -> Locale:
        return _locale(self.code)

    def follow(self, follower: Follower) -> None:
        self._followers.add(follower)

    def switch(self, code: str) -> None:
        """Changes the language and tells all followers, also when it stays the same (a catalogue may be new).

        A code that is not ours counts by its first part (`fr-MA` is `fr`), else it is English.
        """
        short = code.replace("_", "-").split("-")[0].lower()
        self.code = short if short in LANGUAGES else "en"
        for follower in list(self._followers):
            follower.language_changed()


language = Language()


@lru_cache(maxsize=16)
def _locale(code: str) -> Locale:
    return Locale.parse(_LOCALES[code])


@lru_cache(maxsize=16)
def catalogue(code: str) -> gettext.NullTranslations:
    """The catalogue of a language: the compiled file, else the source compiled in memory, else English.

    Entries marked fuzzy are drafts of a machine or a merge; they are left out, as msgfmt does.
    """
    folder = resources.files("app.ui").joinpath("locale", code, "LC_MESSAGES")
    compiled = folder.joinpath(f"{DOMAIN}.mo")
    if compiled.is_file():
        return gettext.GNUTranslations(io.BytesIO(compiled.read_bytes()))
    source = folder.joinpath(f"{DOMAIN}.po")
    if not source.is_file():
        return gettext.NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    target = io.BytesIO()
    write_mo(target, read_po(io.BytesIO(source.read_bytes()), locale=_LOCALES[code]))
    target.seek(0)
    return gettext.GNUTranslations(target)


def _filled(template: str, values: Mapping[str, Any]) -> str:
    """`template` with its placeholders replaced; in mixed directions each value keeps an order of its own."""
    if not values:
        return template
    mixed = has_rtl(template)
    texts = {name: str(value) for name, value in values.items()}
    if mixed or any(has_rtl(text) for text in texts.values()):
        texts = {name: isolate(text, language.rtl) for name, text in texts.items()}
    return template.format(**texts)


def _(message: str, **values: Any) -> str:
    """The text of `message` (English) in the language of now, with `{name}` placeholders filled."""
    return _filled(catalogue(language.code).gettext(message) if message else "", values)


def ngettext(singular: str, plural: str, count: int, **values: Any) -> str:
    """The form that fits `count`; `{n}` stands for the number itself."""
    return _filled(catalogue(language.code).ngettext(singular, plural, count), {"n": count, **values})


def N_(message: str) -> str:
    """Marks a message for extraction that is translated where it is shown."""
    return message


class T:
    """A text that is looked up anew each time it is shown: `T("Due {day}", day=Day(due))`.

    `T.n(one, many, count)` for numbers, `T.of(function)` for whatever else depends on the language.
    Values may be lazy texts themselves.
    """

    __slots__ = ("_make",)

    def __init__(self, message: str, **values: Any) -> None:
        self._make: Callable[[], str] = lambda: _(message, **values)

    @classmethod
    def n(cls, singular: str, plural: str, count: int, **values: Any) -> T:
        return cls.of(lambda: ngettext(singular, plural, count, **values))

    @classmethod
    def of(cls, make: Callable[[], str]) -> T:
        text = cls.__new__(cls)
        text._make = make
        return text

    @classmethod
    def titles(cls, titles: Mapping[str, str]) -> T:
        """The entry of `{language: text}` for the language of now, else English, else any."""
        return cls.of(lambda: chosen(titles))

    def __str__(self) -> str:
        return self._make()

    def __repr__(self) -> str:
        return f"T({self._make()!r})"


def chosen(titles: Mapping[str, str]) -> str:
    """The text for the language of now out of `{language: text}`; else English, else the first."""
    return titles.get(language.code) or titles.get("en") or next(iter(titles.values()), "")


def joined(*parts: Any, separator: str = " · ") -> T:
    """Parts side by side with a dot between them, empty ones left out, each in its own order."""

    def make() -> str:
        texts = [text for part in parts if (text := str(part))]
        if any(has_rtl(text) for text in texts):
            texts = [isolate(text, language.rtl) for text in texts]
        return separator.join(texts)

    return T.of(make)


def day_text(day: date) -> str:
    """'Sunday 22 November', without the year."""
    skeleton = "EEEE d MMMM"
    return dates.format_date(day, skeleton, locale=language.locale)


def date_text(day: date) -> str:
    """'22 Nov 2026'."""
    return dates.format_date(day, "d MMM y", locale=language.locale)


def month_text(day: date) -> str:
    """'November 2026', as a calendar's heading."""
    return dates.format_date(day, "LLLL y", locale=language.locale)


def weekday_names() -> tuple[str, ...]:
    """Short names of the weekdays, Monday first."""
    names = language.locale.days["stand-alone"]["abbreviated"]
    return tuple(names[number] for number in range(7))


def time_text(moment: datetime) -> str:
    """'17:40', in the zone that the moment carries."""
    return moment.strftime("%H:%M")


def moment_text(moment: datetime, now: datetime) -> str:
    """'17:40' today, 'Friday 17:40' within six days, else '13 Nov 2026 17:40'. Both in the zone of `now`."""
    local = moment.astimezone(now.tzinfo)
    age = now.date() - local.date()
    if age == timedelta(0):
        return time_text(local)
    if timedelta(0) < age < timedelta(days=7):
        return f"{dates.format_date(local.date(), 'EEEE', locale=language.locale)} {time_text(local)}"
    return f"{date_text(local.date())} {time_text(local)}"


def relative_day(day: date, today: date) -> str:
    """'today', 'yesterday', 'tomorrow', the weekday of the next days, else the date.

    A day that has gone by is told by its date: 'due Saturday' could be the one to come.
    """
    distance = (day - today).days
    if distance == 0:
        return _("today")
    if distance == -1:
        return _("yesterday")
    if distance == 1:
        return _("tomorrow")
    if 1 < distance < 7:
        return dates.format_date(day, "EEEE", locale=language.locale)
    return date_text(day)

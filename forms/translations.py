"""Texts of a form in several languages, and which one is shown when the wanted one is missing.

A text consists of parts: plain strings, and expressions whose result is filled in (`${name}`).
Languages are BCP 47 codes; XLSForm names them `English (en)`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from forms.markdown import plain

UNNAMED = "default"
_CODE_IN_NAME = re.compile(r"\(\s*([A-Za-z]{2,3}(?:[-_][A-Za-z0-9]+)*)\s*\)\s*$")
_BARE_CODE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]+)*")

#: Codes by names in small letters: the English name, the language's own, and the French one.
_WELL_KNOWN = {
    name: code
    for code, names in {
        "ar": "arabic العربية عربي arabe",
        "en": "english anglais",
        "es": "spanish español espagnol",
        "fr": "french français francais",
        "it": "italian italiano italien",
        "mk": "macedonian македонски macédonien",
        "pt": "portuguese português portugais",
        "ru": "russian русский russe",
        "sq": "albanian shqip albanais",
        "sr": "serbian српски srpski serbe",
        "sw": "swahili kiswahili",
        "tr": "turkish türkçe turc",
        "uk": "ukrainian українська ukrainien",
    }.items()
    for name in names.split()
}


def language_code(name: str) -> str:
    """`French (fr)` -> `fr`; `fr` -> `fr`; a name without a code stands for itself, in lower case."""
    match = _CODE_IN_NAME.search(name)
    if match:
        return match.group(1).replace("_", "-")
    stripped = name.strip()
    if _BARE_CODE.fullmatch(stripped) and len(stripped) <= 3:
        return stripped.lower()
    return stripped.lower() or UNNAMED


def codes_of(names: Iterable[str]) -> dict[str, str]:
    """The code of each of a form's languages, by its name.

    Many forms name a language without its code. A well-known name gets the code of its language, so that
    `French` is shown to who reads French, unless another language of the form has that code.
    """
    codes = {name: language_code(name) for name in names}
    taken = set(codes.values())
    for name, code in codes.items():
        known = _WELL_KNOWN.get(code)
        if known is not None and known not in taken:
            taken.add(known)
            codes[name] = known
    return codes


def language_name(name: str) -> str:
    """`French (fr)` -> `French`."""
    return _CODE_IN_NAME.sub("", name).strip() or name


@dataclass(frozen=True, slots=True)
class Output:
    """A place in a text that shows the result of an expression."""

    expression: str


Part = str | Output
Parts = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """One text in each language that has it, and its media (`image`, `audio`, `video`) by form."""

    by_language: Mapping[str, Parts] = field(default_factory=lambda: MappingProxyType({}))
    media: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}))

    def parts(self, languages: Iterable[str]) -> Parts:
        """The parts in the first of the languages that has the text, else in any; () when there is none."""
        for language in languages:
            found = self.by_language.get(language)
            if found:
                return found
        return next((parts for parts in self.by_language.values() if parts), ())

    def plain(self, language: str) -> str | None:
        """The text in exactly this language, its outputs shown as `…`; None when it is missing."""
        parts = self.by_language.get(language)
        return plain_text(parts) if parts else None

    def plain_by_language(self) -> dict[str, str]:
        return {language: plain_text(parts) for language, parts in self.by_language.items() if parts}

    def media_in(self, languages: Iterable[str]) -> dict[str, str]:
        """For each form of media the file of the first language that has one."""
        wanted = tuple(languages)
        chosen: dict[str, str] = {}
        for form, by_language in self.media.items():
            for language in (*wanted, *by_language):
                if language in by_language:
                    chosen[form] = by_language[language]
                    break
        return chosen

    def outputs(self) -> tuple[str, ...]:
        """The expressions in it, in any language."""
        return tuple(
            {
                part.expression: None
                for parts in self.by_language.values()
                for part in parts
                if isinstance(part, Output)
            }
        )

    def __bool__(self) -> bool:
        return any(self.by_language.values()) or bool(self.media)


NO_TEXT = Text()


def plain_text(parts: Parts) -> str:
    return plain("".join(part if isinstance(part, str) else "…" for part in parts).strip())


def same_everywhere(text: str, languages: Iterable[str]) -> Text:
    """A text that is not translated: it is shown in every language."""
    return Text(MappingProxyType(dict.fromkeys(languages, (text,)))) if text else NO_TEXT


def fallback_order(language: str, default: str, languages: Iterable[str]) -> tuple[str, ...]:
    """The languages in which to look for a text: the wanted one, its base, the form's own, the others."""
    base = language.partition("-")[0]
    relatives = [other for other in languages if other.partition("-")[0] == base]
    return tuple(dict.fromkeys((language, base, *relatives, default, *languages)))

"""One thing, one word: library and app call a thing by the term of the glossary, in every language."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po

from forms import library

GLOSSARY: Mapping[str, Mapping[str, Any]] = tomllib.loads(
    resources.files(library).joinpath("glossary.toml").read_text(encoding="utf-8")
)
CATALOGUES = Path(__file__).resolve().parents[2] / "app" / "ui" / "locale"
LANGUAGES = ("fr", "sq", "ar", "uk")
_CODE = re.compile(r"(?:::\w+ \((\w+)\)|_(\w\w))$")


@dataclass(frozen=True)
class Text:
    """One text: where it stands, in English and in another language."""

    where: str
    english: str
    language: str
    other: str


def texts_of(form_id: str) -> Iterator[Text]:
    """Titles, labels, hints and messages, as they stand in the form's own table."""
    head: list[str] = []
    for line in library.read(form_id).splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if not cells or cells[0]:
            head = []
        elif not head:
            head = cells
        else:
            yield from _pairs(form_id, dict(zip(head, cells, strict=False)))


def _pairs(form_id: str, row: Mapping[str, str]) -> Iterator[Text]:
    for column, english in row.items():
        found = _CODE.search(column)
        if not english or found is None or "en" not in found.groups():
            continue
        stem = column[: found.start()]
        for language in LANGUAGES:
            beside = [
                value
                for name, value in row.items()
                if (code := _CODE.search(name)) and name[: code.start()] == stem and language in code.groups()
            ]
            if beside:
                yield Text(f"{form_id}: {row.get('name', stem)}", english, language, beside[0])


def texts_of_the_app(language: str) -> Iterator[Text]:
    with (CATALOGUES / language / "LC_MESSAGES" / "homeward.po").open("rb") as file:
        for message in read_po(file, locale=language):
            if isinstance(message.id, str) and message.id:
                yield Text("app", message.id, language, str(message.string))


def strays(texts: Iterable[Text], glossary: Mapping[str, Mapping[str, Any]] = GLOSSARY) -> Iterator[str]:
    """The texts that call a thing of the glossary by another word, or use a word that is set apart."""
    for text in texts:
        said = text.other.casefold()
        for term, words in glossary.items():
            means = re.search(words["en"], text.english, re.IGNORECASE)
            if means and not any(word.casefold() in said for word in words[text.language]):
                yield f"{text.where} ({text.language}): {term} in “{text.other}”"
            if any(re.search(rf"\b{word}", said) for word in words.get("apart", {}).get(text.language, ())):
                yield f"{text.where} ({text.language}): a word apart from {term} in “{text.other}”"


@pytest.mark.parametrize("form_id", [form_id for form_id, _ in library.forms()])
def test_a_form_calls_a_thing_by_its_term(form_id: str) -> None:
    texts = list(texts_of(form_id))
    assert len(texts) > 40
    assert list(strays(texts)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_app_calls_a_thing_as_the_forms_do(language: str) -> None:
    assert list(strays(texts_of_the_app(language))) == []


def test_every_term_has_its_words_in_every_language_and_is_used() -> None:
    english = {text.english for form_id, _ in library.forms() for text in texts_of(form_id)}
    for term, words in GLOSSARY.items():
        assert {"en", *LANGUAGES} <= set(words), term
        assert set(words) <= {"en", "apart", *LANGUAGES}, term
        assert any(re.search(words["en"], text, re.IGNORECASE) for text in english), term


def test_a_second_word_for_a_thing_is_found() -> None:
    glossary = {"shelter": {"en": r"\bshelter", "sq": ["streh"], "apart": {"sq": ["konvikt"]}}}
    good = Text("here", "The shelter", "sq", "Streha")
    assert list(strays([good], glossary)) == []
    assert len(list(strays([Text("here", "The shelter", "sq", "Konvikti")], glossary))) == 2
    assert len(list(strays([Text("here", "A home", "sq", "Konvikti")], glossary))) == 1

"""The texts of an XForm: its itext, and labels that refer to it or stand there as they are."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from xml.etree.ElementTree import Element as Xml

from forms.errors import FormProblem
from forms.translations import (
    NO_TEXT,
    UNNAMED,
    Output,
    Part,
    Parts,
    Text,
    codes_of,
    language_name,
    same_everywhere,
)
from forms.xform.names import XFORMS

_MISSING = "-"
"""What pyxform writes where a translation is missing."""


@dataclass(frozen=True, slots=True)
class Itext:
    """All translated texts of a form by their ids, and the languages that it has."""

    texts: dict[str, Text]
    languages: tuple[str, ...]
    names: dict[str, str]
    default: str

    def labelled(self, element: Xml | None) -> Text:
        """The text of a label, hint or message element: by reference, or as it stands there."""
        if element is None:
            return NO_TEXT
        reference = element.get("ref")
        if reference:
            return self.referred(reference)
        parts = read_parts(element)
        return Text(MappingProxyType(dict.fromkeys(self.languages, parts))) if parts else NO_TEXT

    def referred(self, reference: str) -> Text:
        """`jr:itext('id')` -> the text of that id; any other text stands for itself."""
        reference = reference.strip()
        if reference.startswith("jr:itext(") and reference.endswith(")"):
            return self.texts.get(reference[9:-1].strip().strip("'\""), NO_TEXT)
        return same_everywhere(reference, self.languages)


def read_parts(element: Xml) -> Parts:
    """The words of an element and the outputs among them, without blanks at the ends."""
    parts: list[Part] = [element.text or ""]
    for child in element:
        if child.tag == f"{XFORMS}output":
            parts.append(Output((child.get("value") or child.get("ref") or "''").strip()))
        parts.append(child.tail or "")
    if isinstance(parts[0], str):
        parts[0] = parts[0].lstrip()
    if isinstance(parts[-1], str):
        parts[-1] = parts[-1].rstrip()
    return tuple(part for part in parts if part != "")


def read_itext(model: Xml) -> Itext:
    """The itext of the model; a form without one has a single, unnamed language."""
    names: dict[str, str] = {}
    default: str | None = None
    words: dict[str, dict[str, Parts]] = {}
    guidance: dict[str, dict[str, Parts]] = {}
    media: dict[str, dict[str, dict[str, str]]] = {}
    translations = model.findall(f"{XFORMS}itext/{XFORMS}translation")
    codes = codes_of(translation.get("lang") or UNNAMED for translation in translations)
    for translation in translations:
        name = translation.get("lang") or UNNAMED
        language = codes[name]
        if language in names:
            raise FormProblem("form.language.twice", language=language)
        names[language] = language_name(name)
        if translation.get("default") is not None and default is None:
            default = language
        for text in translation.iterfind(f"{XFORMS}text"):
            key = text.get("id") or ""
            for value in text.iterfind(f"{XFORMS}value"):
                form = value.get("form")
                parts = read_parts(value)
                if not parts or parts == (_MISSING,):
                    continue
                if form is None or form == "long":
                    words.setdefault(key, {})[language] = parts
                elif form == "guidance":
                    guidance.setdefault(key, {})[language] = parts
                elif form != "short" and isinstance(parts[0], str):
                    file = parts[0].rpartition("/")[2]
                    media.setdefault(key, {}).setdefault(form, {})[language] = file
    languages = tuple(names) or (UNNAMED,)
    texts = {
        key: Text(
            MappingProxyType(words.get(key, {})),
            MappingProxyType({form: MappingProxyType(files) for form, files in media.get(key, {}).items()}),
        )
        for key in dict.fromkeys((*words, *media))
    }
    for key, by_language in guidance.items():
        texts[guidance_key(key)] = Text(MappingProxyType(by_language))
    return Itext(texts, languages, names or {UNNAMED: UNNAMED}, default or languages[0])


def guidance_key(key: str) -> str:
    """Where the guidance that belongs to a hint is kept."""
    return f"{key}#guidance"

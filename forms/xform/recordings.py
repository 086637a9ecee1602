"""Slots for recorded speech: questions that are to be heard where many cannot read them.

A question names its slot in `bind::homeward:audio`, once for all languages. Other tools pass such a mark by.
An office records `<slot>-<language>.m4a` (or .mp3, .ogg, .wav) and puts the files beside the form; from then
on the XForm names each of them as the audio of its label, as any tool of the field does. A slot without a
recording leaves no trace in the label, so that nothing is looked for that nobody has recorded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape, unescape

from forms.definition import FormDefinition
from forms.translations import codes_of

Find = Callable[[str], str | None]
"""Gives the name of the file of a recording (`greeting-ar` -> `greeting-ar.m4a`), or None."""

#: What a device can play, in the order in which it is looked for.
SUFFIXES: Final = (".m4a", ".mp3", ".ogg", ".wav")
_SLOT: Final = re.compile(r"[a-z][a-z0-9_]{0,60}")
_BIND: Final = re.compile(r"<bind\b[^<>]*>")
_ATTRIBUTE: Final = re.compile(r"""([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_TRANSLATION: Final = re.compile(r"(<translation\b([^<>]*)>)(.*?)(</translation>)", re.DOTALL)
_TEXT: Final = re.compile(r"(<text\b[^<>]*\bid=\"([^\"]*)\"[^<>]*>)(.*?)(</text>)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Slot:
    """One question that may be heard: the languages in which it is recorded, and those that are empty."""

    path: str
    name: str
    recorded: tuple[str, ...]
    empty: tuple[str, ...]


def is_slot(name: str) -> bool:
    """Whether a mark is the name of a slot: small letters, digits and `_`."""
    return _SLOT.fullmatch(name) is not None


def slots_of(definition: FormDefinition) -> Iterator[Slot]:
    """The slots of a form in its order. A sample of a language has them too."""
    for question in definition.questions.values():
        if question.audio:
            there = question.label.media.get("audio", {})
            recorded = tuple(code for code in definition.languages if code in there)
            empty = tuple(code for code in definition.languages if code not in there)
            yield Slot(question.path, question.audio, recorded, empty)


def with_recordings(xml: str, find: Find) -> str:
    """The XForm in which each recording that is found is the audio of its label. What a form names as its
    audio itself stays; so does a form without translations, which has nowhere to name a file by language.
    """
    slots = dict(_slots(xml))
    if not slots:
        return xml
    names = [_attributes(head).get("lang", "") for _, head, _, _ in _TRANSLATION.findall(xml)]
    codes = codes_of(names)

    def spoken(translation: re.Match[str]) -> str:
        code = codes.get(_attributes(translation[2]).get("lang", ""), "")

        def with_audio(text: re.Match[str]) -> str:
            slot = slots.get(unescape(text[2]))
            file = find(f"{slot}-{code}") if slot and 'form="audio"' not in text[3] else None
            if file is None:
                return text[0]
            return f'{text[1]}{text[3]}<value form="audio">jr://audio/{escape(file)}</value>{text[4]}'

        return f"{translation[1]}{_TEXT.sub(with_audio, translation[3])}{translation[4]}"

    return _TRANSLATION.sub(spoken, xml)


def _slots(xml: str) -> Iterator[tuple[str, str]]:
    """(id of the text, slot) of each question that has one."""
    for bind in _BIND.findall(xml):
        told = _attributes(bind)
        slot = told.get("homeward:audio", "").strip()
        if is_slot(slot) and "nodeset" in told:
            yield f"{told['nodeset']}:label", slot


def _attributes(tag: str) -> dict[str, str]:
    quotes = {"&quot;": '"', "&apos;": "'"}
    return {name: unescape(one or other, quotes) for name, one, other in _ATTRIBUTE.findall(tag)}

"""Which of our meanings answers which field of HTCDS, and which choice of ours says which of its choices.

The file beside this one holds it for the meanings of the library. An office's own form adds to it, or
overrides it, by marking a question with the field that it answers (`bind::homeward:htcds`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

from forms.definition import FormDefinition, Question
from forms.sealing import in_circle

Kind = Literal["text", "date", "one", "several"]

#: Answers that say nothing of the person, so that no word is missed where HTCDS has none for them.
SAYS_NOTHING: Final = frozenset({"none", "no_answer", "not_known", "not_asked"})


@dataclass(frozen=True, slots=True)
class Source:
    """One meaning of ours that answers a field.

    `same` choices are written and read. `kind_of` is only written: ours is a kind of theirs. `holds` is
    only read: theirs is a kind of ours. For `silent` ones HTCDS has no word. `when` are answers without
    which this one is not of the field. `single`: one choice of ours, where theirs may be several.
    """

    meaning: str
    same: Mapping[str, str] = field(default_factory=dict)
    kind_of: Mapping[str, str] = field(default_factory=dict)
    holds: Mapping[str, str] = field(default_factory=dict)
    silent: frozenset[str] = frozenset()
    when: Mapping[str, str] = field(default_factory=dict)
    single: bool = False

    @property
    def writes(self) -> Mapping[str, str]:
        """Their choice for ours, the first of them before the others where only one can be said."""
        return {**self.same, **self.kind_of}

    @property
    def reads(self) -> Mapping[str, str]:
        """Our choice for theirs."""
        return {**self.holds, **{theirs: ours for ours, theirs in self.same.items()}}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of HTCDS, with its choices as it spells them (one ends in a space) and what answers it here.

    Where nothing does, `not_asked` is the reason.
    """

    name: str
    kind: Kind
    choices: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    not_asked: str = ""

    def choice(self, text: str) -> str | None:
        """The choice that a text names, however it is capitalised and spaced; None when it is none."""
        wanted = text.strip().casefold()
        return next((each for each in self.choices if each.strip().casefold() == wanted), None)


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """All fields of HTCDS in its own order, and the texts of the reasons why some are not asked."""

    fields: Mapping[str, Field]
    reasons: Mapping[str, str] = field(default_factory=dict)

    @property
    def meanings(self) -> frozenset[str]:
        """Every meaning that a record is made of."""
        sources = [each for found in self.fields.values() for each in found.sources]
        return frozenset(name for each in sources for name in (each.meaning, *each.when))

    def marked(self, forms: Iterable[FormDefinition]) -> Crosswalk:
        """With what an office's own forms answer: their questions that have a mark and a meaning.

        Such a question comes before what the file names. Choices are taken for those of HTCDS that have the
        same name. A meaning that the file has for this field already stays as it is; a mark that names no
        field, or stands beside no meaning or beside the seal of a circle, does nothing, as the lint tells.
        """
        fields = dict(self.fields)
        for question in (each for form in forms for each in form.questions.values()):
            known = fields.get(question.htcds or "")
            if known is None or not question.meaning or in_circle(question):
                continue
            if all(source.meaning != question.meaning for source in known.sources):
                source = _of(question, known)
                fields[known.name] = replace(known, sources=(source, *known.sources), not_asked="")
        return replace(self, fields=fields)


@cache
def standard() -> Crosswalk:
    """HTCDS 2.0 and the meanings of the library."""
    text = (files("forms.casework.htcds") / "htcds.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    return Crosswalk({each["name"]: _field(each) for each in table["field"]}, table["reasons"])


def _field(table: Mapping[str, Any]) -> Field:
    sources = tuple(
        Source(**{**each, "silent": frozenset(each.get("silent", ()))}) for each in table.get("from", ())
    )
    choices = tuple(table.get("choices", ()))
    return Field(table["name"], table["kind"], choices, sources, table.get("not_asked", ""))


def _of(question: Question, known: Field) -> Source:
    """What a marked question says. Without choices of its own, its text names one of HTCDS."""
    assert question.meaning is not None
    own = [each.name for each in question.choices] or known.choices
    same = {name: theirs for name in own if (theirs := known.choice(name)) is not None}
    silent = frozenset(own) - same.keys() - SAYS_NOTHING if known.choices else frozenset[str]()
    return Source(question.meaning, same, silent=silent, single=question.type == "select_one")

"""A record of HTCDS from our answers by meaning, and our answers from a record.

A choice of ours is written as one that it is a kind of, and one of theirs is read as one that it is a kind
of; so neither direction says more than was said. What has no such word, or is said less exactly, is listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from forms.casework.htcds.crosswalk import SAYS_NOTHING, Crosswalk, Field, Source, standard

#: One value of a record: a text, a date or a choice's name; the names where several can be chosen.
Value = str | list[str]

Why = Literal[
    "less_exact",
    "no_choice",
    "no_field",
    "no_word",
    "not_asked",
    "not_readable",
    "of_several",
    "overruled",
    "said_twice",
]
WHY: Final[Mapping[Why, str]] = {
    "less_exact": "is said by a wider word",
    "no_choice": "is no choice of this field",
    "no_field": "is no field of HTCDS",
    "no_word": "has no word on the other side",
    "not_asked": "is asked by no form",
    "not_readable": "is no value of its kind",
    "of_several": "is one of several where only one can be said",
    "overruled": "is told otherwise by what counts more",
    "said_twice": "is told otherwise by another field",
}


@dataclass(frozen=True, slots=True)
class Unplaced:
    """What was not said on the other side, or not so exactly: the meaning or field, the value, and why."""

    name: str
    value: Any
    why: Why


@dataclass(frozen=True, slots=True)
class Written:
    """A record by the names of HTCDS. A field of which nothing is known is not in it."""

    record: Mapping[str, Value]
    left_out: tuple[Unplaced, ...] = ()


@dataclass(frozen=True, slots=True)
class Read:
    """Our answers by meaning, for a person to look at before they become a record, and what is kept aside."""

    values: Mapping[str, Any]
    aside: tuple[Unplaced, ...] = ()


# Ours to theirs


def write(values: Mapping[str, Any], crosswalk: Crosswalk | None = None) -> Written:
    """The record that says what these answers say, and what of them it does not say. Nothing is guessed."""
    record: dict[str, Value] = {}
    left_out: list[Unplaced] = []
    for known in (crosswalk or standard()).fields.values():
        said = [each for each in known.sources if _belongs(each, values)]
        if known.choices:
            written = _choices(known, said, values, left_out)
            if written:
                record[known.name] = written if known.kind == "several" else written[0]
        elif text := _text(known, said, values, left_out):
            record[known.name] = text
    return Written(record, tuple(left_out))


def _belongs(source: Source, values: Mapping[str, Any]) -> bool:
    fits = all(values.get(name) == wanted for name, wanted in source.when.items())
    return fits and not _blank(values.get(source.meaning))


def _text(
    known: Field, said: Iterable[Source], values: Mapping[str, Any], left_out: list[Unplaced]
) -> str | None:
    """The first of the answers that is a text, or a day where the field wants one."""
    text: str | None = None
    for source in said:
        value = values[source.meaning]
        found = _day(value) if known.kind == "date" else _plain(value)
        if found is None:
            left_out.append(Unplaced(source.meaning, value, "not_readable"))
        elif text is None:
            text = found
        elif text != found:
            left_out.append(Unplaced(source.meaning, value, "overruled"))
    return text


def _choices(
    known: Field, said: Iterable[Source], values: Mapping[str, Any], left_out: list[Unplaced]
) -> list[str]:
    """Their choices: all that is said, in their order; or the one that counts most."""
    found: list[str] = []
    told = list(said)
    implied = {(name, wanted) for source in told for name, wanted in source.when.items()}
    for source in told:
        chosen = list(_names(values[source.meaning]))
        words = {ours: theirs for ours, theirs in source.writes.items() if ours in chosen}
        for ours, theirs in words.items():
            if known.kind == "one" and found and theirs != found[0]:
                if (source.meaning, ours) not in implied:
                    left_out.append(Unplaced(source.meaning, ours, "overruled"))
                continue
            found.append(theirs)
            if ours in source.kind_of:
                left_out.append(Unplaced(source.meaning, ours, "less_exact"))
        left_out += [
            Unplaced(source.meaning, each, "no_word")
            for each in chosen
            if each not in words and each not in SAYS_NOTHING
        ]
    return [each for each in known.choices if each in found]


# Theirs to ours


def read(record: Mapping[str, Any], crosswalk: Crosswalk | None = None) -> Read:
    """Our answers for a record of HTCDS, and all of it that they do not say, each with the reason.

    A name may have its groups before it (`case/cas_Status`). Several choices are a list, or one text with
    spaces between them. No consent follows from a record: what it says of one names neither purpose nor
    recipient, so no rule takes it for consent to anything here.
    """
    fields = (crosswalk or standard()).fields
    reader = _Reader()
    for key, value in record.items():
        known = fields.get(key.rpartition("/")[2])
        if _blank(value):
            continue
        if known is None:
            reader.keep(key, value, "no_field")
        elif not known.sources:
            reader.keep(known.name, value, "not_asked")
        elif known.choices:
            reader.choose(known, value)
        else:
            reader.take(known, value)
    return Read(reader.values, tuple(reader.aside))


class _Reader:
    """What has been read of one record so far."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.aside: list[Unplaced] = []

    def keep(self, name: str, value: Any, why: Why) -> None:
        self.aside.append(Unplaced(name, value, why))

    def take(self, known: Field, value: Any) -> None:
        """A text or a day, as the first of what answers the field here."""
        found = _day(value) if known.kind == "date" else _plain(value)
        if found is None:
            self.keep(known.name, value, "not_readable")
            return
        if known.kind == "date" and found != value:
            self.keep(known.name, value, "less_exact")
        if not self._say(known.sources[0], found):
            self.keep(known.name, value, "said_twice")

    def choose(self, known: Field, value: Any) -> None:
        """Their choices as ours, each of which is said by the first source that has a word for it."""
        words = list(_words(known, value))
        if known.kind == "one" and len(words) > 1:
            for each in words:
                self.keep(known.name, each, "of_several")
            return
        chosen: dict[str, list[str]] = {}
        for word in words:
            theirs = known.choice(word)
            source = next((each for each in known.sources if theirs in each.reads), None)
            if theirs is None:
                self.keep(known.name, word, "no_choice")
            elif source is None:
                self.keep(known.name, theirs, "no_word")
            elif theirs not in chosen.setdefault(source.meaning, []):
                chosen[source.meaning].append(theirs)
        for source in known.sources:
            if source.meaning in chosen:
                theirs_in_order = sorted(chosen.pop(source.meaning), key=known.choices.index)
                self._choose_of(known, source, theirs_in_order)

    def _choose_of(self, known: Field, source: Source, theirs: list[str]) -> None:
        if source.single and len(theirs) > 1:
            for each in theirs:
                self.keep(known.name, each, "of_several")
            return
        ours = list(dict.fromkeys(source.reads[each] for each in theirs))
        several = known.kind == "several" and not source.single
        if not self._say(source, ours if several else ours[0]):
            for each in theirs:
                self.keep(known.name, each, "said_twice")
            return
        for each in theirs:
            if each in source.holds:
                self.keep(known.name, each, "less_exact")

    def _say(self, source: Source, value: Any) -> bool:
        """Says it with what it needs; False where something else has been said in its place."""
        wanted = {**source.when, source.meaning: value}
        if any(self.values.get(name, each) != each for name, each in wanted.items()):
            return False
        self.values.update(wanted)
        return True


# Values


def _blank(value: Any) -> bool:
    """Whether it says nothing: no value, no visible character, an empty list."""
    return value is None or (isinstance(value, str) and not value.strip()) or value == []


def _plain(value: Any) -> str | None:
    """A text, or a number as it is written; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value)


def _day(value: Any) -> str | None:
    """The day of a date or of a moment, as it was written down there; None when it is none."""
    if not isinstance(value, str) or (len(value) > 10 and value[10] != "T"):
        return None
    try:
        return date.fromisoformat(value[:10]).isoformat()
    except ValueError:
        return None


def _names(value: Any) -> Iterator[str]:
    """The names of our choices: one, or several."""
    for each in value if isinstance(value, list | tuple) else (value,):
        if isinstance(each, str):
            yield each


def _words(known: Field, value: Any) -> Iterator[str]:
    """The words of a value that name choices; of a list its items, of a text those between spaces."""
    if isinstance(value, list | tuple):
        for each in value:
            yield from _words(known, each)
    elif isinstance(value, bool):
        yield str(value).upper()
    elif isinstance(value, str) and (known.choice(value) is None and known.kind == "several"):
        yield from value.split()
    else:
        yield str(value)

"""Two case files of one person, read as one: said in a record, undone by another, nothing rewritten.

'Case B is case A' is a statement of its own. Both cases keep their records; what is merged is the view of
them. So it can be undone at any time, two offices may say it at once, and what arrives late finds its place.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Final

from forms.casework.case import RISKS, Case, Risk
from forms.casework.facts import Evidence
from forms.casework.indicators.population import Person


@dataclass(frozen=True, slots=True)
class SameCase:
    """'Case `duplicate` is case `original`', or, with `undoes`, that the statement of this id was wrong.

    `id` is the record's; `on`, `author` and `because` are kept for who asks later.
    """

    id: str
    duplicate: str = ""
    original: str = ""
    undoes: str = ""
    on: date | None = None
    author: str = ""
    because: str = ""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A fact that the files tell differently: each file's value by the case's key. A person resolves it."""

    fact: str
    values: tuple[tuple[str, Any], ...]


@dataclass(frozen=True, slots=True)
class MergedCase:
    """One person's case: one file, or several that were said to be the same.

    `case` has the facts to work with until conflicts are resolved: the original's, and where a wrong one
    could harm, the more careful one. `history` has each record with the case that it was written in.
    """

    key: str
    members: tuple[str, ...]
    case: Case
    history: tuple[tuple[str, Evidence], ...]
    conflicts: tuple[Conflict, ...] = ()
    statements: tuple[str, ...] = ()

    @property
    def person(self) -> Person:
        """The person as indicators count her: once."""
        evidence = tuple(each for _, each in self.history)
        return Person(self.key, self.case, evidence, frozenset(self.members) - {self.key})


def said_in(case: str, found: Iterable[Evidence]) -> tuple[SameCase, ...]:
    """What the records of one case say of it: that it is another one's duplicate, and what of that was taken
    back. A statement that cannot be read joins nothing."""
    statements = []
    for each in found:
        original = each.text("same.original").strip()
        if not original or original == case:
            continue
        because = each.text("same.because")
        said = SameCase(each.record, case, original, "", each.on, each.author, because)
        statements.append(said)
        if each.text("same.state") != "same":
            statements.append(replace(said, id=f"{each.record}:apart", undoes=each.record))
    return tuple(statements)


def undo(statements: Iterable[SameCase], wrong: str, id: str, **told: Any) -> SameCase:
    """The statement that takes back the one with the id `wrong`, to be recorded beside it.

    `told`: `on`, `author`, `because`. ValueError when nobody said it: there is nothing to undo.
    """
    said = [each for each in statements if each.id == wrong and not each.undoes]
    if not said:
        raise ValueError("no such statement")
    return SameCase(id, said[0].duplicate, said[0].original, undoes=wrong, **told)


def in_force(statements: Iterable[SameCase]) -> tuple[SameCase, ...]:
    """The statements that nobody has undone, in any order of arrival the same.

    Who undoes wins over who says it again at the same time; to merge anew takes a new statement.
    """
    every = {each.id: each for each in statements}
    undone = {each.undoes for each in every.values() if each.undoes}
    return tuple(
        each
        for key, each in sorted(every.items())
        if not each.undoes and key not in undone and each.duplicate and each.original
    )


def merged_view(
    cases: Mapping[str, tuple[Case, Sequence[Evidence]]],
    statements: Iterable[SameCase],
    own: Collection[str] = (),
) -> tuple[MergedCase, ...]:
    """All cases, those that are the same read as one, in order of their keys.

    Of A = B and B = C, all three are one. A statement about a case that is not here (yet) joins what is
    here of it. The original is the one that no statement calls a duplicate; in a circle, the first key; of
    those in `own` first, where there are any.
    """
    said = in_force(statements)
    group: dict[str, set[str]] = {key: {key} for key in cases}
    for each in said:
        together = group.setdefault(each.duplicate, {each.duplicate}) | group.setdefault(
            each.original, {each.original}
        )
        for key in together:
            group[key] = together
    duplicates = {each.duplicate for each in said if each.duplicate != each.original}
    found = []
    for members in {frozenset(each) for each in group.values()}:
        here = sorted(members & cases.keys())
        if not here:
            continue
        first = min(here, key=lambda key: (key not in own, key in duplicates, key))
        order = [first, *(key for key in here if key != first)]
        history = sorted(
            ((key, each) for key in order for each in cases[key][1]),
            key=lambda told: (told[1].on, told[1].order, told[1].record),
        )
        files = [(key, cases[key][0]) for key in order]
        ids = tuple(each.id for each in said if each.duplicate in members)
        found.append(MergedCase(first, tuple(order), _careful(files), tuple(history), _conflicts(files), ids))
    return tuple(sorted(found, key=lambda each: each.key))


#: Texts that are true of all files together.
_BOTH: Final = ("safe_never", "notes")
#: What differs by nature, or is taken care of below.
_NO_CONFLICT: Final = frozenset({"code", "other_names", *_BOTH})


def _careful(files: Sequence[tuple[str, Case]]) -> Case:
    """The facts of the first, filled in from the others; where they differ on safety, the careful one."""
    cases = [case for _, case in files]
    first = cases[0]
    if len(cases) == 1:
        return first
    empty = Case()
    filled: dict[str, Any] = {}
    for each in fields(Case):
        known = [v for case in cases if (v := getattr(case, each.name)) != getattr(empty, each.name)]
        filled[each.name] = known[0] if known else getattr(empty, each.name)
    names = [name for case in cases for name in (case.name, case.other_names.strip()) if name]
    births = [case.birth_date for case in cases if case.birth_date is not None]
    filled |= {
        # A file that was closed as the other one's double closes nothing of the person.
        "stage": next((case.stage for case in cases if case.stage != "closed"), first.stage),
        "risk": _highest([case.risk for case in cases]),
        "other_names": ", ".join(dict.fromkeys(name for name in names if name != first.name)),
        "birth_date": max(births, default=None),  # the younger: she may be a minor
        "safe_channel": _narrow([case.safe_channel for case in cases]),
        "safe_times": _same([case.safe_times for case in cases]),
        "code_word_agreed": _agreed([case.code_word_agreed for case in cases]),
        **{name: _joined([getattr(case, name) for case in cases]) for name in _BOTH},
    }
    return replace(first, **filled)


def _conflicts(files: Sequence[tuple[str, Case]]) -> tuple[Conflict, ...]:
    empty = Case()
    found = []
    for each in fields(Case):
        values = [(key, getattr(case, each.name)) for key, case in files]
        known = {value for _, value in values if value != getattr(empty, each.name)}
        if each.name == "stage":  # the first stage is a stage as well
            known = {value for _, value in values}
        if len(known) > 1 and each.name not in _NO_CONFLICT:
            found.append(Conflict(each.name, tuple(values)))
    return tuple(found)


def _highest(risks: Sequence[Risk]) -> Risk:
    known = [risk for risk in risks if risk != "unknown"]
    return min(known, key=RISKS.index) if known else "unknown"


def _narrow(channels: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The channels that are safe by every file that names some; where they have none in common, none."""
    named = [each for each in channels if each]
    if not named:
        return ()
    common = tuple(each for each in named[0] if all(each in other for other in named))
    return common or ("none",)


def _same(times: Sequence[str]) -> str:
    """Times that the files agree on; what they tell differently is no safe time until it is resolved."""
    named = {each.strip() for each in times if each.strip()}
    return named.pop() if len(named) == 1 else ""


def _agreed(agreed: Sequence[bool | None]) -> bool | None:
    """A code word is agreed when one file says so and none says no."""
    if False in agreed:
        return False
    return True if True in agreed else None


def _joined(texts: Sequence[str]) -> str:
    return "\n".join(dict.fromkeys(text for text in texts if text))

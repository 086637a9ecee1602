"""Two versions of one form: what changed between them, and how the answers of a record move from the one
to the other without any being lost.

An answer moves with its question: to the same place, or to the only question of its name where that was
moved. It is converted where its type changed and the way back gives the same answer. Every other answer
is kept aside in the record, under the version that it was given in, and comes back with that version.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any, Final, Literal

from forms import answer_types, paths
from forms.answer_types import BadAnswer
from forms.definition import FormDefinition, Group, Question, Repeat
from forms.translations import Text

ChangeKind = Literal[
    "added", "removed", "moved", "retyped", "choices_added", "choices_removed", "label", "choice_labels",
    "relevant", "constraint", "required", "calculation", "choice_filter", "merge",
]  # fmt: skip

_KEPT: Final = "kept-from."
_NOT_IN_A_NAME: Final = re.compile(r"[^\w.\-]")
#: What is never read as another type: the answer is a file, a tap or nothing.
_ONLY_ITSELF: Final = frozenset({"image", "audio", "video", "file", "acknowledge", "note", "calculate"})
_NOTHING: Final = object()

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. The path is that of the newer version, of the older where the newer has none; `was`
    and `now` are the types, expressions, places or names that differ."""

    kind: ChangeKind
    path: str
    was: str = ""
    now: str = ""


@dataclass(frozen=True, slots=True)
class Revision:
    """All differences between two versions, in the order of the newer form; what was removed comes last."""

    form: str
    old_version: str
    new_version: str
    changes: tuple[Change, ...]

    def of(self, kind: ChangeKind) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.kind == kind)


@dataclass(frozen=True, slots=True)
class Moved:
    """The answers of a record in another version.

    `values` have a question there. `aside` have none: their paths say in which version they were given
    (`kept_in`). Together they are the record.
    """

    values: Values
    aside: Values
    origins: Mapping[str, tuple[str, Any]] = field(default_factory=dict)
    """For each of the values where it would be kept aside, and as what."""

    @property
    def record(self) -> dict[str, Any]:
        return {**self.values, **self.aside}

    def without(self, gone: Iterable[str]) -> Moved:
        """The same with some of the values put aside: those that the form does not ask for now."""
        away = [self.origins[path] for path in gone if path in self.values]
        kept = {key for key, _ in away}
        left = {path: value for path, value in self.values.items() if self.origins[path][0] not in kept}
        return Moved(left, {**self.aside, **dict(away)}, {path: self.origins[path] for path in left})


def kept_path(path: str, version: str) -> str:
    """Where an answer without a question is kept in a record."""
    return f"{_KEPT}{_NOT_IN_A_NAME.sub('-', version)}/{path}"


def kept_in(path: str) -> tuple[str, str] | None:
    """(version, path there) of an answer that is kept aside; None for any other path."""
    if not path.startswith(_KEPT):
        return None
    version, _, rest = path.removeprefix(_KEPT).partition("/")
    return version, rest


# What changed


def compare(old: FormDefinition, new: FormDefinition) -> Revision:
    """What is different in `new`, whichever of the two is the later one."""
    targets = _targets(old, new)
    found: list[Change] = []
    here = {target: path for path, target in targets.items()}
    for path, element in {**new.groups, **new.questions}.items():
        before = here.get(path)
        if before is None:
            if isinstance(element, Question | Repeat):
                found.append(Change("added", path))
            continue
        if before != path:
            found.append(Change("moved", path, before, path))
        found += _differences(_element(old, before), element)
    gone = (path for path in {**old.groups, **old.questions} if path not in targets)
    found += [Change("removed", path) for path in gone if isinstance(_element(old, path), Question | Repeat)]
    return Revision(new.id, old.version, new.version, tuple(found))


def _element(definition: FormDefinition, path: str) -> Question | Group | Repeat:
    return definition.questions.get(path) or definition.groups[path]


def _targets(old: FormDefinition, new: FormDefinition) -> dict[str, str]:
    """Where each question, group and repeat of `old` is in `new`, as far as it is there."""
    found: dict[str, str] = {}
    for before, after in (
        (old.questions, new.questions),
        (_repeats(old), _repeats(new)),
        (_groups(old), _groups(new)),
    ):
        here = {path: path for path in before if path in after}
        left = _by_name(path for path in before if path not in after)
        right = _by_name(path for path in after if path not in before)
        found |= here | {left[name]: right[name] for name in left.keys() & right.keys()}
    return found


def _repeats(definition: FormDefinition) -> dict[str, Repeat]:
    return {path: group for path, group in definition.groups.items() if isinstance(group, Repeat)}


def _groups(definition: FormDefinition) -> dict[str, Group]:
    return {path: group for path, group in definition.groups.items() if isinstance(group, Group)}


def _by_name(found: Iterable[str]) -> dict[str, str]:
    """Paths by the last name in them, where only one has it."""
    names: dict[str, list[str]] = {}
    for path in found:
        names.setdefault(path.rpartition("/")[2], []).append(path)
    return {name: several[0] for name, several in names.items() if len(several) == 1}


def _differences(old: Question | Group | Repeat, new: Question | Group | Repeat) -> Iterator[Change]:
    path = new.path
    if _texts(old.label) != _texts(new.label):
        yield Change("label", path)
    if _plain(old.relevant) != _plain(new.relevant):
        yield Change("relevant", path, old.relevant or "", new.relevant or "")
    if isinstance(old, Question) and isinstance(new, Question):
        yield from _of_questions(old, new)
    elif isinstance(old, Repeat) and isinstance(new, Repeat) and _plain(old.count) != _plain(new.count):
        yield Change("calculation", path, old.count or "", new.count or "")


def _of_questions(old: Question, new: Question) -> Iterator[Change]:
    path = new.path
    if (old.type, old.data_type) != (new.type, new.data_type):
        yield Change("retyped", path, old.type, new.type)
    before = {choice.name: choice.label for choice in old.choices}
    after = {choice.name: choice.label for choice in new.choices}
    added = [name for name in after if name not in before]
    removed = [name for name in before if name not in after]
    if added:
        yield Change("choices_added", path, "", " ".join(added))
    if removed:
        yield Change("choices_removed", path, " ".join(removed), "")
    if any(_texts(before[name]) != _texts(after[name]) for name in before.keys() & after.keys()):
        yield Change("choice_labels", path)
    kinds: tuple[tuple[ChangeKind, str | None, str | None], ...] = (
        ("constraint", old.constraint, new.constraint),
        ("required", old.required, new.required),
        ("calculation", old.calculate, new.calculate),
        ("choice_filter", _filter(old), _filter(new)),
        ("merge", old.merge, new.merge),
    )
    for kind, was, now in kinds:
        if _plain(was) != _plain(now):
            yield Change(kind, path, was or "", now or "")


def _filter(question: Question) -> str | None:
    itemset = question.itemset
    return itemset.nodeset if itemset is not None and itemset.filtered else None


def _texts(text: Text) -> dict[str, Any]:
    return {language: parts for language, parts in text.by_language.items() if parts}


def _plain(expression: str | None) -> str:
    return " ".join((expression or "").split())


# How answers move


def move(values: Values, old: FormDefinition, new: FormDefinition) -> Moved:
    """The answers of a record of `old` as a record of `new`. None is lost: moved back, they are the same.

    Answers that were kept aside earlier and belong to `new` come back, where nothing stands in their place.
    What `new` calculates is not taken from people's answers.
    """
    targets = _targets(old, new)
    moved: dict[str, Any] = {}
    aside: dict[str, Any] = {}
    origins: dict[str, tuple[str, Any]] = {}
    for path, value in values.items():
        if kept_in(path) is not None:
            aside[path] = value
            continue
        place = _place(path, old, new, targets)
        kept = _NOTHING if place is None else _carried(path, value, old, new, place)
        if place is None or kept is _NOTHING:
            aside[kept_path(path, old.version)] = value
            continue
        moved[place] = kept
        origins[place] = (kept_path(path, old.version), value)
    wanted = kept_path("", new.version)
    for path in [path for path in aside if path.startswith(wanted)]:
        home = path.removeprefix(wanted)
        if home not in moved and _belongs(home, new):
            moved[home] = aside.pop(path)
            origins[home] = (path, moved[home])
    return Moved(moved, aside, origins)


def _belongs(path: str, definition: FormDefinition) -> bool:
    template = paths.template(path)
    return template in definition.questions or (
        definition.is_repeat(path) and paths.instance_id(path) is not None
    )


def _place(path: str, old: FormDefinition, new: FormDefinition, targets: Mapping[str, str]) -> str | None:
    """The path in `new` of an answer or an instance in `old`: in the same instances of the same repeats."""
    target = targets.get(paths.template(path))
    steps = paths.split(path)
    if target is None or steps is None:
        return None
    around = [
        (targets.get("/".join(name for name, _ in steps[: count + 1])), instance)
        for count, (_, instance) in enumerate(steps)
        if instance is not None
    ]
    names = target.split("/")
    prefixes = ["/".join(names[: count + 1]) for count in range(len(names))]
    wanted = [prefix for prefix in prefixes if isinstance(new.groups.get(prefix), Repeat)]
    if [repeat for repeat, _ in around] != wanted:
        return None
    instances = iter(around)
    return "/".join(
        paths.instance(name, next(instances)[1] or "") if prefix in wanted else name
        for name, prefix in zip(names, prefixes, strict=True)
    )


def _carried(path: str, value: Any, old: FormDefinition, new: FormDefinition, place: str) -> Any:
    """The value in the other version, or _NOTHING where it cannot be said there without loss."""
    before = old.questions.get(paths.template(path))
    after = new.questions.get(paths.template(place))
    if before is None or after is None:
        # The number of an instance.
        return value if before is None and after is None else _NOTHING
    if before.computed != after.computed:
        return _NOTHING
    if (before.type, before.data_type) == (after.type, after.data_type):
        return value
    if before.type in _ONLY_ITSELF or after.type in _ONLY_ITSELF or before.computed:
        return _NOTHING
    return _converted(value, before, after)


def _converted(value: Any, before: Question, after: Question) -> Any:
    if {before.data_type, after.data_type} == {"date", "dateTime"}:
        # An hour that nobody said would be added, or one that somebody said taken away.
        return _NOTHING
    there = _read(value, after)
    if there is _NOTHING or _read(there, before) != value or type(_read(there, before)) is not type(value):
        return _NOTHING
    if after.chooses and not _known(there, after):
        return _NOTHING
    if before.chooses and not _known(value, before):
        return _NOTHING
    return there


def _read(value: Any, question: Question) -> Any:
    """The value as an answer of the question."""
    try:
        found = answer_types.to_json(
            question, answer_types.parse(question, answer_types.from_json(value), UTC)
        )
    except BadAnswer:
        return _NOTHING
    return _NOTHING if found is None else found


def _known(value: Any, question: Question) -> bool:
    names = {choice.name for choice in question.choices}
    return all(name in names for name in answer_types.chosen(question, answer_types.from_json(value)))


def settled(moved: Moved, shown: Callable[[Values], Values]) -> Moved:
    """With what the form does not ask for now put aside, until nothing more goes: a question that is not
    relevant has no answer in its record. `shown` opens an entry with values and gives those it has."""
    while True:
        there = shown(moved.values)
        gone = [path for path in moved.values if path not in there]
        if not gone:
            return moved
        moved = moved.without(gone)

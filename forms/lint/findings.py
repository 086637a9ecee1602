"""What is worth a second look in a form that can be used: each finding with a code, a place and a remedy.

A form's author accepts a finding by a line of its own in the Markdown table, with the reason:

    # accepted: lint.location.unneeded: home/spot (the safe house has no address)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from difflib import get_close_matches
from random import Random
from typing import Any, Final

from defusedxml import ElementTree

from forms import answer_types, paths
from forms.casework.htcds.crosswalk import standard
from forms.definition import FormDefinition, Group, Question, Repeat
from forms.discreet import HIDE, SHOW
from forms.entry import FormEntry
from forms.errors import FormProblem
from forms.lint.conditions import Conditions, patterns_of, sources_of
from forms.lint.discreet import discreet_findings
from forms.lint.merge import merge_findings, typed
from forms.lint.texts import TEXTS
from forms.sealing import SEALS, circle_of, in_circle, unsealed
from forms.translations import Text
from forms.xform.names import HOMEWARD, ODK, XFORMS, local, template_path
from forms.xform.recordings import is_slot

#: Types that the standard has and the app does not ask yet: it says so in their place.
NOT_ASKED: Final = frozenset({"rank", "audio", "video", "file", "geotrace", "geoshape"})
#: What `bind::homeward:safety` may say: who somebody is, how to reach them, what may harm or shame them,
#: and where they are.
SAFETY: Final = ("identity", "contact", "private", "location")
_LOCATION: Final = "location"
_COLUMNS: Final = ("merge", "safety", "seal", "meaning", "htcds", "audio", "discreet")
_MEANING: Final = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+")
#: An expression is shown up to so many characters.
_MOST: Final = 120
_GEO: Final = frozenset({"geopoint", "geotrace", "geoshape"})
_TWICE: Final = "lint.meaning.twice"
#: Before the id of another form, where two forms are accepted to ask for one fact.
_OTHER_FORM: Final = "form:"
_ACCEPTED: Final = re.compile(r"^\s*#\s*accepted:\s*(lint\.[a-z_.]+)\s*:\s*([^(\n]*)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. The place is a question's path, or a list and its choice; empty for the whole form."""

    code: str
    place: str
    params: Mapping[str, str] = field(default_factory=dict)

    @property
    def cause(self) -> str:
        return TEXTS[self.code][0].format_map(self.params)

    @property
    def remedy(self) -> str:
        return TEXTS[self.code][1]

    def __str__(self) -> str:
        return f"{self.place}: {self.cause}" if self.place else self.cause


def lint(definition: FormDefinition, xml: str, now: datetime) -> Iterator[Finding]:
    """All findings of one form that loads; `xml` is the XForm that the definition was read from."""
    if not definition.version:
        yield Finding("lint.version.missing", "")
    cells = {path: value for path, name, value in _own_attributes(definition, xml) if name == "merge"}
    for path, element in {**definition.groups, **definition.questions}.items():
        if isinstance(element, Question):
            yield from _question(definition, element, cells.get(path, ""))
        else:
            yield from _untranslated(definition, path, "label", element.label)
    for file in dict.fromkeys(definition.missing_files):
        yield Finding("lint.file.missing", "", {"file": file})
    yield from _choices(definition)
    yield from _conditions(definition)
    yield from _defaults(definition, now)
    yield from _hidden_defaults(definition, now)
    yield from _own_columns(definition, xml)
    yield from _locations(definition, xml)
    for code, place, params in discreet_findings(definition):
        yield Finding(code, place, params)
    for _, finding in _meanings([("", definition)], {}):
        yield finding


def lint_together(
    forms: Iterable[tuple[str, FormDefinition]], shares: Mapping[str, frozenset[str]] | None = None
) -> Iterator[tuple[str, Finding]]:
    """What is found only when several forms are looked at side by side, each with the name of its form.

    `shares` has, by the name of a form, the ids of those with which its author accepts to ask for one fact.
    """
    several = list(forms)
    if len(several) > 1:
        yield from _meanings(several, shares or {})


def accepted(table: str) -> frozenset[tuple[str, str]]:
    """The (code, place) pairs that the author of a Markdown table accepts."""
    return frozenset(
        (code, place)
        for code, places in _ACCEPTED.findall(table)
        for place in places.replace(",", " ").split()
    )


def apart(
    accepts: frozenset[tuple[str, str]],
) -> tuple[frozenset[tuple[str, str]], frozenset[str]]:
    """(what is accepted in the form itself, the ids of the forms with which it may ask for one fact)."""
    between = {one for one in accepts if one[0] == _TWICE and one[1].startswith(_OTHER_FORM)}
    return accepts - between, frozenset(place.removeprefix(_OTHER_FORM) for _, place in between)


def judged(
    findings: Iterable[Finding], accepts: frozenset[tuple[str, str]]
) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """(what is left, what the author accepts). To accept what is not there is a finding too: it would
    hide one that comes later."""
    left: list[Finding] = []
    right: list[Finding] = []
    for finding in findings:
        (right if (finding.code, finding.place) in accepts else left).append(finding)
    idle = accepts - {(finding.code, finding.place) for finding in right}
    left += [Finding("lint.acceptance.idle", place, {"code": code}) for code, place in sorted(idle)]
    return tuple(left), tuple(right)


# Questions


def _question(definition: FormDefinition, question: Question, cell: str) -> Iterator[Finding]:
    """`cell` is what its author wrote as the merge rule."""
    path = question.path
    for code, params in merge_findings(definition, question, cell):
        yield Finding(code, path, params)
    if question.htcds and not question.meaning:
        yield Finding("lint.htcds.meaning_missing", path, {"field": question.htcds})
    if unsealed(question):
        params = {"meaning": question.meaning or "", "circle": circle_of(question.meaning) or ""}
        yield Finding("lint.seal.missing", path, params)
    if question.htcds and in_circle(question):
        yield Finding("lint.seal.exported", path, {"field": question.htcds, "circle": question.seal or ""})
    asked, _, of = (question.preload or "").partition(":")
    if asked == "property":
        yield Finding("lint.metadata.empty", path, {"property": of})
    if not question.visible:
        return
    if question.required and question.required.strip() != "false()" and not question.label:
        yield Finding("lint.required.label_missing", path)
    elif not question.label:
        yield Finding("lint.label.missing", path)
    for what, text in (
        ("label", question.label),
        ("hint", question.hint),
        ("constraint message", question.constraint_message),
        ("required message", question.required_message),
    ):
        yield from _untranslated(definition, path, what, text)
    if question.chooses and question.appearance.strip().startswith("search("):
        yield Finding("lint.search.ignored", path)
    if question.type in NOT_ASKED:
        required = ", and since it is required, no record can be finished" if question.required else ""
        yield Finding("lint.type.not_asked", path, {"type": question.type, "required": required})
    if question.constraint and not question.constraint_message:
        yield Finding("lint.constraint.message_missing", path)


def _untranslated(definition: FormDefinition, place: str, what: str, text: Text) -> Iterator[Finding]:
    """A sample of a language lacks texts on purpose."""
    if not text.by_language:
        return
    whole = [language for language in definition.languages if language not in definition.samples]
    absent = [language for language in whole if not text.by_language.get(language)]
    if absent:
        params = {"text": what, "languages": ", ".join(absent)}
        yield Finding("lint.translation.missing", place, params)


def _choices(definition: FormDefinition) -> Iterator[Finding]:
    """Lists once each, whoever asks for them."""
    seen: set[str] = set()
    for question in definition.questions.values():
        itemset = question.itemset
        listed = itemset is None or itemset.list
        if question.chooses and not question.choices and listed and not definition.missing_files:
            yield Finding("lint.choices.missing", question.path)
        place = itemset.list if itemset is not None and itemset.list else question.path
        names = [choice.name for choice in question.choices]
        if not (itemset and itemset.filtered):
            for name in sorted({name for name in names if names.count(name) > 1}):
                yield Finding("lint.choice.twice", question.path, {"choice": name})
        if place in seen:
            continue
        seen.add(place)
        for choice in question.choices:
            yield from _untranslated(definition, f"{place}, choice {choice.name}", "label", choice.label)


# Expressions


def _conditions(definition: FormDefinition) -> Iterator[Finding]:
    conditions = Conditions(definition)
    elements: list[Question | Group | Repeat] = [
        *definition.groups.values(),
        *definition.questions.values(),
    ]
    for element in elements:
        for column, source in sources_of(element):
            yield from _misspelled(conditions, element.path, column, source)
            for pattern in patterns_of(source):
                if not (pattern.startswith("^") and pattern.endswith("$")):
                    yield Finding("lint.pattern.unanchored", element.path, {"pattern": _short(pattern)})
        if element.relevant and conditions.never(element.relevant, element.path):
            params = {"expression": _short(element.relevant)}
            yield Finding("lint.question.unreachable", element.path, params)
    for question in definition.questions.values():
        for set_value in question.triggers:
            yield from _misspelled(conditions, set_value.target, "calculation", set_value.expression)
    for set_value in definition.set_values:
        yield from _misspelled(conditions, set_value.target, "default", set_value.expression)


def _misspelled(conditions: Conditions, path: str, column: str, source: str) -> Iterator[Finding]:
    for one in conditions.unknown_choices(source, path):
        params = {
            "expression": _short(source),
            "column": column,
            "question": one.question.path,
            "choice": one.choice,
            "hint": _hint(one.choice, (choice.name for choice in one.question.choices)),
        }
        yield Finding("lint.choice.unknown", path, params)


def _short(expression: str) -> str:
    words = " ".join(expression.split())
    return words if len(words) <= _MOST else f"{words[:_MOST]}…"


def _hint(wrong: str, known: Iterable[str]) -> str:
    near = get_close_matches(wrong, list(known), 1, 0.6)
    return f" (did you mean '{near[0]}'?)" if near else ""


# Defaults


def _defaults(definition: FormDefinition, now: datetime) -> Iterator[Finding]:
    """Static defaults as an entry begins with them, with nothing hidden."""
    given = {path: q for path, q in definition.questions.items() if q.default and not q.calculate}
    if not given:
        return
    zone = now.tzinfo
    assert zone is not None, "the clock must know its zone"
    for path, question in given.items():
        if not answer_types.from_default(question, zone):
            yield Finding("lint.default.wrong_type", path, {"value": question.default})
    try:
        entry = FormEntry(
            _all_shown(definition),
            now=lambda: now,
            random=Random(0),  # noqa: S311 - nothing secret is made here
        )
        values = entry.values()
    except FormProblem:
        return
    told: set[str] = set()
    for at in values:
        begun = given.get(paths.template(at))
        if begun is None or begun.path in told:
            continue
        finding = _default(entry, at, begun)
        if finding is not None:
            told.add(begun.path)
            yield finding


def _hidden_defaults(definition: FormDefinition, now: datetime) -> Iterator[Finding]:
    """Dynamic defaults of what is hidden when an entry begins. (Web Forms leaves them out too, Collect does
    not.)"""
    given = [each for each in definition.set_values if "odk-instance-first-load" in each.events]
    if not given:
        return
    try:
        entry = FormEntry(definition, now=lambda: now, random=Random(0))  # noqa: S311 - nothing secret
    except FormProblem:
        return
    for set_value in given:
        question = definition.questions.get(set_value.target)
        nodes = entry.calculation.targets(set_value, entry.document.root)
        if question is not None and question.visible and any(not node.visible for node in nodes):
            yield Finding("lint.default.hidden", set_value.target)


def _default(entry: FormEntry, at: str, question: Question) -> Finding | None:
    names = [choice.name for choice in question.choices]
    if question.chooses and names:
        unknown = [name for name in answer_types.chosen(question, question.default) if name not in names]
        if unknown:
            params = {"value": unknown[0], "hint": _hint(unknown[0], names)}
            return Finding("lint.default.unknown_choice", question.path, params)
    violation = entry.state(at).violation
    if violation is not None and violation.kind == "constraint":
        return Finding("lint.default.breaks_constraint", question.path, {"value": question.default})
    return None


def _all_shown(definition: FormDefinition) -> FormDefinition:
    """The form without its conditions, so that every default can be looked at."""
    questions = {path: replace(question, relevant=None) for path, question in definition.questions.items()}
    groups = {path: replace(group, relevant=None) for path, group in definition.groups.items()}
    return replace(definition, questions=questions, groups=groups)


# What only the XForm itself tells


def _own_columns(definition: FormDefinition, xml: str) -> Iterator[Finding]:
    for path, column, value in _own_attributes(definition, xml):
        place = path or ""
        if column not in _COLUMNS:
            params = {"column": column, "hint": _hint(column, _COLUMNS)}
            yield Finding("lint.column.unknown", place, params)
        elif not _means_something(column, value):
            known = {
                "safety": SAFETY,
                "seal": SEALS,
                "htcds": (*standard().fields,),
                "discreet": (SHOW, HIDE),
            }.get(column, ())
            params = {"column": column, "value": value, "hint": _hint(value, known)}
            yield Finding("lint.column.value_unknown", place, params)


def _means_something(column: str, value: str) -> bool:
    if column == "safety":
        return value in SAFETY
    if column == "seal":
        return value in SEALS
    if column == "discreet":
        return value in (SHOW, HIDE)
    if column == "meaning":
        return _MEANING.fullmatch(value) is not None
    if column == "htcds":
        return value in standard().fields
    if column == "audio":
        return is_slot(value)
    # A rule of merging that does not exist keeps the form from loading.
    return True


def _own_attributes(definition: FormDefinition, xml: str) -> Iterator[tuple[str, str, str]]:
    """(path, name, value) of each of our attributes at a question."""
    for bind in _model(xml).iter(f"{XFORMS}bind"):
        path = template_path(bind.get("nodeset") or bind.get("ref"), definition.root)
        for name, value in bind.attrib.items():
            if name.startswith(HOMEWARD):
                yield path or "", local(name), value.strip()


def _locations(definition: FormDefinition, xml: str) -> Iterator[Finding]:
    """Who asks where somebody is, or notes it unasked, without saying that it is needed."""
    unasked: dict[str, str] = {}
    model = _model(xml)
    for action in model.iter(f"{ODK}setgeopoint"):
        path = template_path(action.get("ref"), definition.root)
        begins = "odk-instance-first-load" in (action.get("event") or "")
        if path:
            unasked[path] = "unasked, when a record begins" if begins else "unasked, while it is filled in"
    for recording in model.iter(f"{ODK}recordaudio"):
        yield Finding("lint.recording.ignored", template_path(recording.get("ref"), definition.root) or "")
    for path, question in definition.questions.items():
        if question.safety == _LOCATION:
            continue
        if path in unasked:
            yield Finding("lint.location.unneeded", path, {"how": unasked[path]})
        elif question.visible and (question.type in _GEO or "placement-map" in question.appearance.split()):
            yield Finding("lint.location.unneeded", path, {"how": question.type})
    for bind in model.iter(f"{XFORMS}bind"):
        if bind.get(f"{ODK}location-priority") and bind.get(f"{HOMEWARD}safety") != _LOCATION:
            place = template_path(bind.get("nodeset"), definition.root) or ""
            yield Finding("lint.location.unneeded", place, {"how": "unasked, all the time, by the audit"})


def _model(xml: str) -> Any:
    return ElementTree.fromstring(xml.encode("utf-8", "replace"), forbid_dtd=True)


# Meanings


def _meanings(
    several: list[tuple[str, FormDefinition]], shares: Mapping[str, frozenset[str]]
) -> Iterator[tuple[str, Finding]]:
    """Questions of one meaning that people answer in two places; of several forms, those in different
    ones. That two forms may share facts is said in either of them, and is idle where they share none."""
    together = len(several) > 1
    ids = {name: definition.id for name, definition in several}
    wished = {(name, other) for name, others in shares.items() for other in others & set(ids.values())}
    used: set[tuple[str, str]] = set()
    first: dict[str, tuple[str, str]] = {}
    for name, definition in several:
        for question in definition.questions.values():
            if not question.meaning or not typed(question):
                continue
            known_form, known_path = first.setdefault(question.meaning, (name, question.path))
            if (known_form, known_path) == (name, question.path) or (together and known_form == name):
                continue
            sharing = wished & {(name, ids[known_form]), (known_form, ids[name])}
            used |= sharing
            if sharing:
                continue
            other = f"{known_path} of {known_form}" if together else known_path
            yield name, Finding(_TWICE, question.path, {"meaning": question.meaning, "other": other})
    for name, other in sorted(wished - used):
        yield name, Finding("lint.acceptance.idle", f"{_OTHER_FORM}{other}", {"code": _TWICE})

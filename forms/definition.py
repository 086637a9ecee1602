"""One version of a form as immutable data: what is asked, in which order, under which rules.

Expressions are kept as text here; an entry compiles them. Paths are template paths (see `paths`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Literal

from forms import paths
from forms.appearances import known_appearances
from forms.errors import FormProblem
from forms.expression.nodes import Node
from forms.expression.parser import Call, parse
from forms.merge_rules import CALCULATED, LAST
from forms.translations import NO_TEXT, Text

QuestionType = Literal[
    "text",
    "integer",
    "decimal",
    "date",
    "time",
    "dateTime",
    "select_one",
    "select_multiple",
    "rank",
    "image",
    "audio",
    "video",
    "file",
    "geopoint",
    "geotrace",
    "geoshape",
    "barcode",
    "acknowledge",
    "note",
    "calculate",
]
DataType = Literal[
    "string", "int", "decimal", "boolean", "date", "time", "dateTime", "select", "geo", "binary", "barcode"
]
META = "meta"
"""The group of what is noted about a record: its id, its name, the entity it makes."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that can be chosen."""

    name: str
    label: Text


@dataclass(frozen=True, slots=True)
class Itemset:
    """Where a question's choices come from: a list of the form, filtered, or instances of a repeat.

    `list` names a secondary instance when there is one; `value_ref` and `label_ref` are relative to
    an item. `translated` means that the label is looked up in the form's texts.
    """

    nodeset: str
    value_ref: str
    label_ref: str
    translated: bool
    list: str | None
    filtered: bool


@dataclass(frozen=True, slots=True)
class SetValue:
    """A value that is set by an event: at the first opening, or when another question is answered.

    `setgeopoint` sets the place where the device is, and has no expression. `chosen` is a path with
    predicates that says which nodes of the target are meant, where not all are.
    """

    target: str
    expression: str
    events: tuple[str, ...]
    action: Literal["setvalue", "setgeopoint"] = "setvalue"
    chosen: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """One element of the data as a submission writes it: its name with its namespace (`{uri}name`), and
    the attributes that it always has.
    """

    tag: str
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Scale:
    """The values that a range offers: from `start` to `end`, upwards or downwards, every `step`."""

    start: Decimal
    end: Decimal
    step: Decimal

    def holds(self, lexical: str) -> bool:
        """Whether the value is one of them."""
        try:
            value = Decimal(lexical)
        except InvalidOperation:
            return False
        low, high = sorted((self.start, self.end))
        return low <= value <= high and (not self.step or (value - self.start) % self.step == 0)


@dataclass(frozen=True, slots=True)
class Question:
    """One question, note or calculation, and all that is said about it."""

    path: str
    name: str
    type: QuestionType
    data_type: DataType
    label: Text = NO_TEXT
    hint: Text = NO_TEXT
    guidance: Text = NO_TEXT
    appearance: str = ""
    relevant: str | None = None
    constraint: str | None = None
    constraint_message: Text = NO_TEXT
    required: str | None = None
    required_message: Text = NO_TEXT
    readonly: str | None = None
    calculate: str | None = None
    default: str = ""
    preload: str | None = None
    choices: tuple[Choice, ...] = ()
    itemset: Itemset | None = None
    triggers: tuple[SetValue, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    control: str = ""
    """The XForms control that asks it (`input`, `range`, `upload` …); empty when nothing is shown."""
    visible: bool = True
    merge: str = LAST
    """The rule by which answers that were given apart are brought together, as it travels."""
    safety: str | None = None
    seal: str | None = None
    meaning: str | None = None
    htcds: str | None = None
    audio: str | None = None
    """The slot for recordings of its label (see xform/recordings.py)."""
    save_to: str | None = None
    """The property of an entity that the answer is saved to (ODK Entities)."""
    discreet: str | None = None
    """What the form says itself of the short form (see discreet.py): `show`, `hide`, or nothing."""

    @property
    def asks(self) -> bool:
        """Whether a person is to answer it."""
        answered = self.calculate is None or self.prefilled
        return self.visible and answered and self.type not in ("note", "calculate")

    @property
    def prefilled(self) -> bool:
        """Whether a calculation only begins the answer: `once(…)` keeps what a person writes over it."""
        if not self.visible or not self.calculate:
            return False
        tree = parse(self.calculate)
        return isinstance(tree, Call) and tree.name == "once"

    @property
    def computed(self) -> bool:
        """Whether nobody types its value: the form itself calculates or sets it."""
        return (self.calculate is not None and not self.prefilled) or self.type == "calculate"

    @property
    def identifies(self) -> bool:
        """Whether it holds the record's own id, which the record has anyway."""
        return (self.preload or "").startswith("uid")

    @property
    def appearances(self) -> frozenset[str]:
        """How it is to look, as far as that is known."""
        return known_appearances("range" if self.control == "range" else self.type, self.appearance)

    @property
    def scale(self) -> Scale | None:
        """What a range offers; None for any other question, and for one whose ends are no numbers."""
        if self.control != "range":
            return None
        try:
            start, end, step = (Decimal(self.parameters[name]) for name in ("start", "end", "step"))
        except (KeyError, InvalidOperation):
            return None
        return Scale(start, end, abs(step))

    @property
    def chooses(self) -> bool:
        return self.type in ("select_one", "select_multiple", "rank")


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that belong together. A group without a place in the data has the path of its parent."""

    path: str
    name: str
    children: tuple[Element, ...] = ()
    label: Text = NO_TEXT
    appearance: str = ""
    relevant: str | None = None
    readonly: str | None = None
    discreet: str | None = None

    @property
    def appearances(self) -> frozenset[str]:
        """How it is to look, as far as that is known."""
        return known_appearances("group", self.appearance)


@dataclass(frozen=True, slots=True)
class Initial:
    """One instance that the empty form has: its defaults by template path, where they differ from those of a
    new instance, and the instances of the repeats that are in it, by their template paths.
    """

    defaults: Mapping[str, str] = field(default_factory=dict)
    inner: Mapping[str, tuple[Initial, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Repeat:
    """Questions that are asked once for each instance: each person, each need."""

    path: str
    name: str
    children: tuple[Element, ...] = ()
    label: Text = NO_TEXT
    appearance: str = ""
    relevant: str | None = None
    readonly: str | None = None
    count: str | None = None
    fixed: bool = False
    initial: tuple[Initial, ...] = (Initial(),)
    """The instances that the empty form has; of a repeat in another one those of a new instance of that."""
    discreet: str | None = None


Element = Question | Group | Repeat


@dataclass(frozen=True, eq=False)
class FormDefinition:
    """One immutable version of a form.

    `children` is what a person sees, in the order in which it is shown. `questions` and `groups` hold
    all that has a place in the data, calculations too, by template path in the order of the data.

    `places` tells for each template path, of attributes and the root (the empty path) too, how the data
    are written.

    `merge_rules` tells for each template path how concurrent values merge: as the form says (see
    merge_rules.py), or `calculated` for what nobody types, which are calculations and the instances that a
    count makes.
    """

    id: str
    version: str
    root: str
    titles: Mapping[str, str]
    languages: tuple[str, ...]
    language_names: Mapping[str, str]
    default_language: str
    children: tuple[Element, ...]
    questions: Mapping[str, Question]
    groups: Mapping[str, Group | Repeat]
    texts: Mapping[str, Text]
    lists: Mapping[str, Node]
    places: Mapping[str, Place]
    discreet_titles: Mapping[str, str] = field(default_factory=dict)
    """What it is called in its short form, by language; empty where it does not say."""
    set_values: tuple[SetValue, ...] = ()
    """All values that events set, those in a question's control too."""
    warnings: tuple[str, ...] = ()
    missing_files: tuple[str, ...] = ()
    """Names of files from which the form takes choices, and which are not part of it."""
    dangling: tuple[str, ...] = ()
    """References of controls to what the data do not have. Such a form can be read, not published."""
    drafts: tuple[str, ...] = ()
    """Languages that no native speaker has reviewed yet, as the form itself says."""
    samples: tuple[str, ...] = ()
    """Languages in which only some texts are there, on purpose; the others are shown in the default one."""
    merge_rules: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        rules: dict[str, str] = {
            path: CALCULATED if question.computed else question.merge
            for path, question in self.questions.items()
            if not question.identifies
        }
        for path, group in self.groups.items():
            if isinstance(group, Repeat) and group.count is not None:
                rules[path] = CALCULATED
        object.__setattr__(self, "merge_rules", rules)

    def question_at(self, path: str) -> Question:
        """The question that an instance path or a template path names."""
        question = self.questions.get(paths.template(path))
        if question is None:
            raise FormProblem("form.path.unknown", path=paths.template(path))
        return question

    def is_repeat(self, path: str) -> bool:
        """Whether the path names a repeat, or an instance of one."""
        return isinstance(self.groups.get(paths.template(path)), Repeat)


def walk(elements: tuple[Element, ...]) -> Iterator[Element]:
    """All elements, each before its children, in the order of the form."""
    for element in elements:
        yield element
        if not isinstance(element, Question):
            yield from walk(element.children)

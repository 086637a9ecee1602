"""What an XForm shows and holds: its data tree, its binds and its body together make the questions."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import cast
from xml.etree.ElementTree import Element as Xml
from xml.etree.ElementTree import SubElement

from forms import paths
from forms.choices import items_of, text_at
from forms.definition import (
    Choice,
    DataType,
    Element,
    Group,
    Initial,
    Itemset,
    Place,
    Question,
    QuestionType,
    Repeat,
    SetValue,
)
from forms.errors import FormProblem
from forms.expression.nodes import Node
from forms.expression.parser import Call, Literal, Path, parse
from forms.merge_rules import LAST, read_rule, travelling
from forms.translations import NO_TEXT, Text, same_everywhere
from forms.xform.names import ENTITIES, HOMEWARD, JAVAROSA, XFORMS, local, set_values_in, template_path
from forms.xform.texts import Itext, guidance_key

_DATA_TYPES: dict[str, DataType] = {
    "string": "string",
    "text": "string",
    "int": "int",
    "integer": "int",
    "long": "int",
    "decimal": "decimal",
    "double": "decimal",
    "boolean": "boolean",
    "date": "date",
    "time": "time",
    "dateTime": "dateTime",
    "select": "select",
    "select1": "string",
    "odk:rank": "select",
    "rank": "select",
    "geopoint": "geo",
    "geotrace": "geo",
    "geoshape": "geo",
    "binary": "binary",
    "barcode": "barcode",
    "intent": "string",
    "anyURI": "string",
}
_INPUT_TYPES: dict[str, QuestionType] = {
    "string": "text",
    "int": "integer",
    "decimal": "decimal",
    "boolean": "text",
    "date": "date",
    "time": "time",
    "dateTime": "dateTime",
    "barcode": "barcode",
    "binary": "file",
    "select": "select_multiple",
}
_CONTROLS: dict[str, QuestionType | None] = {
    "input": None,
    "secret": "text",
    "textarea": "text",
    "range": None,
    "upload": "file",
    "select": "select_multiple",
    "select1": "select_one",
    "rank": "rank",
    "trigger": "acknowledge",
}


@dataclass(slots=True)
class Content:
    """All questions and groups of a form, and the part of them that is shown."""

    children: tuple[Element, ...] = ()
    questions: dict[str, Question] = field(default_factory=dict)
    groups: dict[str, Group | Repeat] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    set_values: list[SetValue] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    dangling: list[str] = field(default_factory=list)
    """References of controls to what the data do not have: nobody can be asked that."""


@dataclass(slots=True)
class _Place:
    """One place in the data tree."""

    path: str
    name: str
    leaf: bool
    default: str
    written: Place
    copies: list[Xml] = field(default_factory=list)
    """Each instance that stands in the empty form, its template not counted."""


def written(element: Xml) -> Place:
    """How an element of the data is written; what marks a repeat's template is no part of it."""
    fixed = {name: value for name, value in element.attrib.items() if name != f"{JAVAROSA}template"}
    return Place(element.tag, MappingProxyType(fixed))


def read_body(
    body: Xml, root: Xml, binds: dict[str, dict[str, str]], itext: Itext, lists: dict[str, Node]
) -> Content:
    """Reads the body over the data tree. What the body does not show is there too, invisible."""
    return _BodyReader(root, binds, itext, lists).read(body)


class _BodyReader:
    def __init__(
        self, root: Xml, binds: dict[str, dict[str, str]], itext: Itext, lists: dict[str, Node]
    ) -> None:
        self.root = local(root.tag)
        self.binds = binds
        self.itext = itext
        self.lists = lists
        self.content = Content()
        self.places: dict[str, _Place] = {}
        self._collect_attributes(root, "")
        self._collect(root, "")

    def _collect(self, element: Xml, base: str) -> None:
        for child in element:
            path = paths.join(base, local(child.tag))
            is_template = child.get(f"{JAVAROSA}template") is not None
            known = self.places.get(path)
            if known is None:
                default = (child.text or "").strip() if not len(child) else ""
                known = self.places[path] = _Place(
                    path, local(child.tag), not len(child), default, written(child)
                )
                self._collect_attributes(child, path)
                self._collect(child, path)
            if not is_template:
                known.copies.append(child)

    def _initial(self, element: Xml, path: str) -> Initial:
        """What an instance of the empty form holds, where it is something else than in the first of them."""
        defaults: dict[str, str] = {}
        inner: dict[str, list[Initial]] = {}
        self._look_through(element, path, defaults, inner)
        return Initial(defaults, {repeat: tuple(instances) for repeat, instances in inner.items()})

    def _look_through(
        self, element: Xml, path: str, defaults: dict[str, str], inner: dict[str, list[Initial]]
    ) -> None:
        for child in element:
            place = paths.join(path, local(child.tag))
            if isinstance(self.content.groups.get(place), Repeat):
                instances = inner.setdefault(place, [])
                if child.get(f"{JAVAROSA}template") is None:
                    instances.append(self._initial(child, place))
            elif len(child):
                self._look_through(child, place, defaults, inner)
            else:
                text = (child.text or "").strip()
                known = self.places.get(place)
                if known is not None and text != known.default:
                    defaults[place] = text

    def _collect_attributes(self, element: Xml, base: str) -> None:
        """The attributes that a bind speaks of, such as those of an entity: they are answers too."""
        for tag, default in element.attrib.items():
            path = paths.join(base, f"@{local(tag)}")
            if path in self.binds:
                self.places[path] = _Place(path, f"@{local(tag)}", True, default, Place(tag, {}))

    def read(self, body: Xml) -> Content:
        shown = self._children(body, "")
        questions, groups = self.content.questions, self.content.groups
        for place in self.places.values():
            if place.path in questions or place.path in groups:
                continue
            if place.leaf:
                questions[place.path] = self._question(place, None)
            else:
                relevant, readonly = self._rules(place.path)
                groups[place.path] = Group(place.path, place.name, relevant=relevant, readonly=readonly)
        if both := questions.keys() & groups.keys():
            raise FormProblem("form.question.has_children", question=min(both))
        order = {path: number for number, path in enumerate(self.places)}
        self.content.children = shown
        self.content.questions = dict(sorted(questions.items(), key=lambda item: order[item[0]]))
        self.content.groups = dict(sorted(groups.items(), key=lambda item: order[item[0]]))
        self.content.places = {path: place.written for path, place in self.places.items()}
        for path in self.binds:
            if path and path not in order:
                self.content.warnings.append(f"bind without a place in the data: {path}")
        return self.content

    def _rules(self, path: str) -> tuple[str | None, str | None]:
        bind = self.binds.get(path, {})
        return bind.get("relevant"), bind.get("readonly")

    def _discreet(self, path: str) -> str | None:
        return (self.binds.get(path, {}).get(f"{HOMEWARD}discreet") or "").strip() or None

    def _children(self, element: Xml, base: str) -> tuple[Element, ...]:
        found: list[Element] = []
        for child in element:
            name = local(child.tag)
            if name == "group":
                found.append(self._group(child, base))
            elif name == "repeat":
                found.append(self._repeat(child, base, NO_TEXT, ""))
            elif name in _CONTROLS:
                place = self._place_or_none(child, base)
                if place is None:
                    self.content.dangling.append(_reference(child))
                    continue
                if place.path in self.content.questions:
                    self.content.warnings.append(f"question shown twice: {place.path}")
                    continue
                question = self._question(place, child)
                self.content.questions[place.path] = question
                found.append(question)
        return tuple(found)

    def _place_or_none(self, element: Xml, base: str) -> _Place | None:
        return self.places.get(template_path(_reference(element), self.root, base) or "")

    def _place(self, element: Xml, base: str) -> _Place:
        place = self._place_or_none(element, base)
        if place is None:
            raise FormProblem("form.reference.unknown", reference=_reference(element))
        return place

    def _group(self, element: Xml, base: str) -> Element:
        label = self.itext.labelled(element.find(f"{XFORMS}label"))
        appearance = element.get("appearance") or ""
        repeats = element.findall(f"{XFORMS}repeat")
        others = [child for child in element if local(child.tag) not in ("label", "repeat", "hint")]
        if len(repeats) == 1 and not others:
            return self._repeat(repeats[0], self._group_base(element, base), label, appearance)
        path = template_path(element.get("ref") or element.get("nodeset"), self.root, base)
        if path is None or path not in self.places:
            # A group for the eye only: it has no place in the data.
            return Group(base, "", self._children(element, base), label, appearance)
        relevant, readonly = self._rules(path)
        group = Group(
            path,
            self.places[path].name,
            self._children(element, path),
            label,
            appearance,
            relevant,
            readonly,
            self._discreet(path),
        )
        self.content.set_values += set_values_in(element, self.root, path)
        self.content.groups[path] = group
        return group

    def _group_base(self, element: Xml, base: str) -> str:
        """What relative references below a group start from: its own reference, where it has one."""
        path = template_path(element.get("ref") or element.get("nodeset"), self.root, base)
        return base if path is None or path not in self.places else path

    def _repeat(self, element: Xml, base: str, label: Text, appearance: str) -> Repeat:
        place = self._place(element, base)
        relevant, readonly = self._rules(place.path)
        count = element.get(f"{JAVAROSA}count")
        fixed = (element.get(f"{JAVAROSA}noAddRemove") or "").startswith("true")
        self.content.set_values += set_values_in(element, self.root, place.path)
        # What is inside comes first: the instances of the empty form may have instances in them.
        children = self._children(element, place.path)
        initial = tuple(self._initial(instance, place.path) for instance in place.copies)
        repeat = Repeat(
            path=place.path,
            name=place.name,
            children=children,
            label=label,
            appearance=appearance or element.get("appearance") or "",
            relevant=relevant,
            readonly=readonly,
            count=count.strip() if count else None,
            fixed=fixed,
            initial=initial or ((Initial(),) if fixed else ()),
            discreet=self._discreet(place.path),
        )
        self.content.groups[place.path] = repeat
        return repeat

    def _question(self, place: _Place, control: Xml | None) -> Question:
        bind = self.binds.get(place.path, {})
        if not place.leaf and control is not None:
            raise FormProblem("form.question.has_children", question=place.path)
        type_name = (bind.get("type") or "string").rpartition(":")[2] or "string"
        data_type = _DATA_TYPES.get(type_name)
        if data_type is None:
            raise FormProblem("form.type.unknown", question=place.path, type=bind.get("type") or "")
        kind = self._type(place, control, type_name, data_type, bind)
        if kind in ("select_multiple", "rank"):
            data_type = "select"
        hint = control.find(f"{XFORMS}hint") if control is not None else None
        triggers = set_values_in(control, self.root, place.path) if control is not None else ()
        self.content.set_values += triggers
        choices, itemset = self._choices(control, place)
        return Question(
            path=place.path,
            name=place.name,
            type=kind,
            data_type=data_type,
            label=self.itext.labelled(control.find(f"{XFORMS}label")) if control is not None else NO_TEXT,
            hint=self.itext.labelled(hint),
            guidance=self._guidance(hint),
            appearance=(control.get("appearance") or "") if control is not None else "",
            relevant=bind.get("relevant"),
            constraint=bind.get("constraint"),
            constraint_message=self._message(bind, "constraintMsg"),
            required=bind.get("required"),
            required_message=self._message(bind, "requiredMsg"),
            readonly=bind.get("readonly"),
            calculate=bind.get("calculate"),
            default=place.default,
            preload=self._preload(bind),
            choices=choices,
            itemset=itemset,
            triggers=triggers,
            parameters=self._parameters(control),
            control=local(control.tag) if control is not None else "",
            visible=control is not None,
            merge=self._merge_rule(place, bind, choices),
            safety=bind.get(f"{HOMEWARD}safety"),
            seal=bind.get(f"{HOMEWARD}seal"),
            meaning=bind.get(f"{HOMEWARD}meaning"),
            htcds=bind.get(f"{HOMEWARD}htcds"),
            audio=bind.get(f"{HOMEWARD}audio"),
            save_to=bind.get(f"{ENTITIES}saveto"),
            discreet=self._discreet(place.path),
        )

    def _type(
        self, place: _Place, control: Xml | None, type_name: str, data_type: DataType, bind: dict[str, str]
    ) -> QuestionType:
        if control is None:
            return "calculate"
        name = local(control.tag)
        if name == "upload":
            media = (control.get("mediatype") or "").partition("/")[0]
            return cast(QuestionType, media) if media in ("image", "audio", "video") else "file"
        fixed = _CONTROLS[name] if not control.get("query") else "select_one"
        if fixed is not None:
            return fixed
        if data_type == "geo":
            return cast(QuestionType, type_name)
        only_shown = (bind.get("readonly") or "").strip() == "true()" and not (
            bind.get("calculate") or place.default or bind.get(f"{HOMEWARD}meaning")
        )
        if data_type == "string" and only_shown:
            return "note"
        return _INPUT_TYPES[data_type]

    def _merge_rule(self, place: _Place, bind: dict[str, str], choices: tuple[Choice, ...]) -> str:
        text = bind.get(f"{HOMEWARD}merge") or LAST
        rule = read_rule(text)
        if rule is None:
            raise FormProblem("form.merge_rule.unknown", question=place.path, rule=text)
        return travelling(rule, [choice.name for choice in choices])

    def _message(self, bind: dict[str, str], name: str) -> Text:
        message = bind.get(f"{JAVAROSA}{name}")
        return self.itext.referred(message) if message else NO_TEXT

    def _guidance(self, hint: Xml | None) -> Text:
        reference = hint.get("ref") if hint is not None else None
        if not reference:
            return NO_TEXT
        key = reference.strip().removeprefix("jr:itext(").rstrip(")").strip("'\"")
        return self.itext.texts.get(guidance_key(key), NO_TEXT)

    def _preload(self, bind: dict[str, str]) -> str | None:
        kind = bind.get(f"{JAVAROSA}preload")
        if not kind:
            return None
        return f"{kind}:{bind.get(f'{JAVAROSA}preloadParams') or ''}"

    def _parameters(self, control: Xml | None) -> MappingProxyType[str, str]:
        skipped = {"ref", "nodeset", "bind", "appearance", "mediatype", "query"}
        attributes = control.attrib.items() if control is not None else ()
        return MappingProxyType(
            {local(name): value for name, value in attributes if local(name) not in skipped}
        )

    # Choices

    def _choices(self, control: Xml | None, place: _Place) -> tuple[tuple[Choice, ...], Itemset | None]:
        """Choices that are always the same as choices; those of an expression as an item set too."""
        if control is None:
            return (), None
        itemset = control.find(f"{XFORMS}itemset")
        query = control.get("query")
        if query:
            itemset = Xml("itemset", {"nodeset": query})
            SubElement(itemset, f"{XFORMS}label", {"ref": "label"})
        if itemset is None:
            return tuple(
                Choice(
                    (item.findtext(f"{XFORMS}value") or "").strip(),
                    self.itext.labelled(item.find(f"{XFORMS}label")),
                )
                for item in control.iterfind(f"{XFORMS}item")
            ), None
        value, label = itemset.find(f"{XFORMS}value"), itemset.find(f"{XFORMS}label")
        nodeset = itemset.get("nodeset") or ""
        value_ref = (value.get("ref") or "name") if value is not None else "name"
        label_ref = (label.get("ref") or value_ref) if label is not None else value_ref
        translated = label_ref.startswith("jr:itext(")
        if translated:
            label_ref = label_ref.removeprefix("jr:itext(").rstrip(") ").strip()
        list_name, filtered = _list_of(nodeset)
        found = Itemset(nodeset, value_ref, label_ref, translated, list_name, filtered)
        if list_name is None:
            return (), found
        root = self.lists.get(list_name)
        if root is None:
            raise FormProblem("form.choices.unknown_list", question=place.path, list=list_name)
        return tuple(self._choice(item, found) for item in items_of(root)), found

    def _choice(self, item: Node, itemset: Itemset) -> Choice:
        name = text_at(item, itemset.value_ref).strip()
        label = text_at(item, itemset.label_ref)
        if itemset.translated:
            return Choice(name, self.itext.texts.get(label, NO_TEXT))
        return Choice(name, same_everywhere(label, self.itext.languages))


def _reference(element: Xml) -> str:
    return element.get("ref") or element.get("nodeset") or element.get("bind") or local(element.tag)


def _list_of(nodeset: str) -> tuple[str | None, bool]:
    """The name of the list that a nodeset takes its items from, and whether it takes only some of them."""
    tree = parse(nodeset)
    shuffled = isinstance(tree, Call) and tree.name == "randomize" and bool(tree.arguments)
    if isinstance(tree, Call) and shuffled:
        tree = tree.arguments[0]
    if not isinstance(tree, Path):
        raise FormProblem("form.choices.not_understood", expression=nodeset)
    start = tree.start
    if not (isinstance(start, Call) and start.name == "instance" and len(start.arguments) == 1):
        return None, True
    name = start.arguments[0]
    if not isinstance(name, Literal):
        raise FormProblem("form.choices.not_understood", expression=nodeset)
    return name.value, shuffled or any(step.predicates for step in tree.steps)

"""A record as the XML that the tools of the field exchange (ODK XForms, 'Submission').

What is not relevant is not in it. Instances of a repeat stand where the form has the repeat.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import datetime
from random import Random
from typing import Any
from xml.etree.ElementTree import Element as Xml
from xml.etree.ElementTree import ParseError, register_namespace, tostring

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from forms import answer_types, paths
from forms.definition import FormDefinition, Question, Repeat
from forms.entry import FormEntry
from forms.errors import FormProblem
from forms.instance import InstanceNode
from forms.surroundings import Surroundings
from forms.xform.names import PREFIXES, XFORMS, local

for _namespace, _prefix in PREFIXES.items():
    if _prefix:
        register_namespace(_prefix, _namespace.strip("{}"))


def submission(entry: FormEntry) -> str:
    """The record of an entry as XML."""
    document = entry.document
    return tostring(_written(entry.definition, document.root, ""), encoding="unicode")


def _written(definition: FormDefinition, node: InstanceNode, template: str) -> Xml:
    place = definition.places[template]
    element = Xml(place.tag.removeprefix(XFORMS), dict(place.attributes))
    for attribute in node.answered_attributes():
        if attribute.visible:
            element.set(definition.places[attribute.template].tag, attribute.text)
    for child in node.inner():
        if child.visible:
            element.append(_written(definition, child, child.template))
    if isinstance(node.definition, Question):
        element.text = unicodedata.normalize("NFC", node.text)
    return element


def read_submission(
    definition: FormDefinition, xml: str, *, now: Callable[[], datetime], random: Random, edit: bool
) -> FormEntry:
    """An entry that goes on where the XML ends. To edit what was sent is to send it under a new id, with
    the old one noted in `meta/deprecatedID`.

    Raises FormProblem for XML that is none, or is of another form.
    """
    try:
        root: Xml = ElementTree.fromstring(xml, forbid_dtd=True)
    except DefusedXmlException as problem:
        raise FormProblem("form.xml.doctype_forbidden") from problem
    except (ParseError, ValueError) as problem:
        raise FormProblem("form.submission.not_well_formed", reason=str(problem)) from problem
    if local(root.tag) != definition.root or root.get("id", definition.id) != definition.id:
        raise FormProblem("form.submission.other_form", form=root.get("id") or local(root.tag))
    values: dict[str, Any] = {}
    _read(definition, root, "", values, random)
    former = values.get("meta/instanceID")
    if edit and former is not None and "meta/deprecatedID" in definition.questions:
        values["meta/deprecatedID"] = former
    surroundings = Surroundings(instance_id=None if edit else former)
    return FormEntry(definition, values, now=now, random=random, surroundings=surroundings)


def _read(
    definition: FormDefinition, element: Xml, base: str, values: dict[str, Any], random: Random
) -> None:
    for tag, text in element.attrib.items():
        _keep(definition, paths.join(base, f"@{local(tag)}"), text, values)
    order: dict[str, int] = {}
    for child in element:
        path = paths.join(base, local(child.tag))
        if isinstance(definition.groups.get(paths.template(path)), Repeat):
            order[path] = order.get(path, 0) + 1
            instance = paths.instance(path, paths.new_instance_id(random.getrandbits(64)))
            values[instance] = order[path]
            path = instance
        if paths.template(path) in definition.groups:
            _read(definition, child, path, values, random)
        else:
            _keep(definition, path, child.text or "", values)


def _keep(definition: FormDefinition, path: str, text: str, values: dict[str, Any]) -> None:
    question = definition.questions.get(paths.template(path))
    if question is not None and text:
        values[path] = answer_types.to_json(question, text)

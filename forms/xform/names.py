"""Names in XForms: namespaces, references as template paths, and the small elements that occur everywhere."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element as Xml

from forms.definition import SetValue

XFORMS = "{http://www.w3.org/2002/xforms}"
HTML = "{http://www.w3.org/1999/xhtml}"
JAVAROSA = "{http://openrosa.org/javarosa}"
ODK = "{http://www.opendatakit.org/xforms}"
OPENROSA = "{http://openrosa.org/xforms}"
ENTITIES = "{http://www.opendatakit.org/xforms/entities}"
HOMEWARD = "{https://homeward.invalid/xforms}"
#: The prefixes that forms of the field use for them.
PREFIXES = {XFORMS: "", HTML: "h", JAVAROSA: "jr", ODK: "odk", OPENROSA: "orx", ENTITIES: "entities"}

_ACTIONS = frozenset({f"{XFORMS}setvalue", f"{ODK}setvalue", f"{ODK}setgeopoint"})


def local(tag: str) -> str:
    """The name without its namespace."""
    return tag.rpartition("}")[2]


def prefixed(tag: str) -> str:
    """`{uri}name` as forms of the field write it: `orx:meta`; a namespace of no known prefix is left out."""
    namespace, brace, name = tag.rpartition("}")
    prefix = PREFIXES.get(namespace + brace, "")
    return f"{prefix}:{name}" if prefix else name


_PREDICATES = re.compile(r"\[[^\]]*\]")


def template_path(reference: str | None, root: str, base: str = "") -> str | None:
    """`/data/group/name` as `group/name`; the root as the empty text; None when it is not in the form.

    A relative reference is read from the template path `base`. Predicates do not count.
    """
    steps = _PREDICATES.sub("", reference or "").strip().split("/")
    if steps == [""]:
        return None
    if steps[0] == "":
        if len(steps) < 2 or steps[1].rpartition(":")[2] != root:
            return None
        return "/".join(step.rpartition(":")[2] for step in steps[2:])
    found = base.split("/") if base else []
    for step in steps:
        if step == "..":
            if not found:
                return None
            found.pop()
        elif step != ".":
            found.append(step.rpartition(":")[2])
    return "/".join(found)


def read_set_value(element: Xml, root: str, base: str) -> SetValue | None:
    """A setvalue or setgeopoint element; a literal text becomes the expression of that text."""
    reference = (element.get("ref") or element.get("bind") or "").strip()
    target = template_path(reference, root, base)
    if target is None:
        return None
    events = tuple((element.get("event") or "").split())
    chosen = reference if "[" in reference else ""
    if local(element.tag) == "setgeopoint":
        return SetValue(target, "", events, "setgeopoint", chosen)
    expression = element.get("value")
    if not expression:
        text = "" if expression is not None else (element.text or "").strip()
        quote = '"' if "'" in text else "'"
        expression = f"{quote}{text}{quote}"
    return SetValue(target, expression, events, "setvalue", chosen)


def set_values_in(element: Xml, root: str, base: str = "") -> tuple[SetValue, ...]:
    """The actions that stand directly in an element, in order; `base` is what it is about."""
    found = (read_set_value(child, root, base) for child in element if child.tag in _ACTIONS)
    return tuple(action for action in found if action is not None)

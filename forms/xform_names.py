"""Names in XForms: namespaces, references as template paths, and the small elements that occur everywhere."""

from __future__ import annotations

from xml.etree.ElementTree import Element as Xml

from forms.definition import SetValue

XFORMS = "{http://www.w3.org/2002/xforms}"
HTML = "{http://www.w3.org/1999/xhtml}"
JAVAROSA = "{http://openrosa.org/javarosa}"
ODK = "{http://www.opendatakit.org/xforms}"
HOMEWARD = "{https://homeward.invalid/xforms}"


def local(tag: str) -> str:
    """The name without its namespace."""
    return tag.rpartition("}")[2]


def template_path(reference: str | None, root: str) -> str | None:
    """`/data/group/name` as `group/name`; the root as the empty text; None when it is not in the form."""
    steps = (reference or "").strip().split("/")
    if len(steps) < 2 or steps[0] != "" or steps[1].rpartition(":")[2] != root:
        return None
    return "/".join(step.rpartition(":")[2] for step in steps[2:])


def read_set_value(element: Xml, root: str) -> SetValue | None:
    """A setvalue element; a literal text becomes the expression of that text."""
    target = template_path(element.get("ref") or element.get("bind"), root)
    if target is None:
        return None
    expression = element.get("value")
    if expression is None:
        text = (element.text or "").strip()
        quote = '"' if "'" in text else "'"
        expression = f"{quote}{text}{quote}"
    return SetValue(target, expression, tuple((element.get("event") or "").split()))

"""XForm XML -> FormDefinition: what a device stores and loads.

No DOCTYPE, no entities, limits on size, depth and number of elements: a form is read on every device
of an office, and comes from outside.
"""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import MappingProxyType
from weakref import WeakValueDictionary
from xml.etree.ElementTree import Element as Xml
from xml.etree.ElementTree import ParseError, SubElement

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from forms.definition import FormDefinition
from forms.dependencies import DependencyGraph
from forms.errors import FormProblem
from forms.expression.nodes import Node, add_child
from forms.xform.body import read_body, written
from forms.xform.external_data import LAST_SAVED, file_name
from forms.xform.names import HOMEWARD, HTML, JAVAROSA, OPENROSA, XFORMS, local, set_values_in, template_path
from forms.xform.texts import read_itext

MAX_SIZE = 16 * 1024 * 1024
MAX_DEPTH = 100
MAX_ELEMENTS = 400_000
MAX_ATTRIBUTES = 500_000

_LOADED: WeakValueDictionary[bytes, FormDefinition] = WeakValueDictionary()
"""The forms that somebody still holds, by the hash of their XML."""


def load_form(xml: str) -> FormDefinition:
    """The form that the XML describes. Raises FormProblem with a code that says what is wrong.

    Every expression is parsed and the order of calculation is found here, so that a form which loads
    can be filled in. As long as somebody holds it, the same XML is the same object.
    """
    encoded = xml.encode("utf-8", "replace")
    if len(encoded) > MAX_SIZE:
        raise FormProblem("form.xml.too_large", limit=MAX_SIZE)
    digest = hashlib.blake2b(encoded).digest()
    found = _LOADED.get(digest)
    if found is None:
        with _without_collections():
            found = _LOADED[digest] = _load(encoded)
    return found


@contextmanager
def _without_collections() -> Iterator[None]:
    """All that loading makes is to stay: the collector would look through it again and again, and find
    nothing. With a hundred thousand choices that took most of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _load(xml: bytes) -> FormDefinition:
    document = _parse(xml)
    head = document.find(f"{HTML}head")
    body = document.find(f"{HTML}body")
    model = head.find(f"{XFORMS}model") if head is not None else None
    if head is None or body is None or model is None:
        raise FormProblem("form.xml.not_an_xform")
    root = _primary(model)
    form_id = (root.get("id") or root.get("xmlns") or "").strip()
    if not form_id:
        raise FormProblem("form.id.missing")
    itext = read_itext(model)
    binds, warnings = _binds(model, local(root.tag))
    _identify(root, binds, f'"{OPENROSA[1:-1]}"'.encode() in xml)
    lists, missing_files = _secondary(model)
    content = read_body(body, root, binds, itext, lists)
    title = (head.findtext(f"{HTML}title") or "").strip()
    definition = FormDefinition(
        id=form_id,
        version=root.get("version") or "",
        root=local(root.tag),
        titles=MappingProxyType(_titles(root, itext.languages, title or form_id)),
        languages=itext.languages,
        language_names=MappingProxyType(itext.names),
        default_language=itext.default,
        children=content.children,
        questions=MappingProxyType(content.questions),
        groups=MappingProxyType(content.groups),
        texts=MappingProxyType(itext.texts),
        lists=MappingProxyType(lists),
        places=MappingProxyType({"": written(root), **content.places}),
        discreet_titles=MappingProxyType(_discreet_titles(root, itext.languages)),
        set_values=(*set_values_in(model, local(root.tag)), *content.set_values),
        warnings=(*warnings, *content.warnings),
        missing_files=tuple(missing_files),
        dangling=tuple(content.dangling),
        drafts=_named(root, "draft", itext.languages),
        samples=_named(root, "sample", itext.languages),
    )
    DependencyGraph.of(definition)
    return definition


def _titles(root: Xml, languages: Iterable[str], title: str) -> dict[str, str]:
    """The title in each language: an XForm has one only, so ours come as `homeward:title_<code>`."""
    return {code: root.get(f"{HOMEWARD}title_{code}") or title for code in languages}


def _named(root: Xml, attribute: str, languages: Iterable[str]) -> tuple[str, ...]:
    """Those of the form's languages that one of our attributes names: `homeward:draft` = 'fr ar'."""
    named = (root.get(f"{HOMEWARD}{attribute}") or "").split()
    return tuple(code for code in languages if code in named)


def _discreet_titles(root: Xml, languages: Iterable[str]) -> dict[str, str]:
    """The titles of the short form, in the languages that have one: `homeward:discreet_title_<code>`, and
    `homeward:discreet_title` for all others."""
    every = root.get(f"{HOMEWARD}discreet_title") or ""
    found = {code: (root.get(f"{HOMEWARD}discreet_title_{code}") or every).strip() for code in languages}
    return {code: title for code, title in found.items() if title}


def _parse(xml: bytes) -> Xml:
    # Counted before anything is made of them: an element has one or two of the one, an attribute one of
    # the other.
    if xml.count(b"<") > 2 * MAX_ELEMENTS:
        raise FormProblem("form.xml.too_many_elements", limit=MAX_ELEMENTS)
    if xml.count(b"=") > MAX_ATTRIBUTES:
        raise FormProblem("form.xml.too_many_attributes", limit=MAX_ATTRIBUTES)
    try:
        document: Xml = ElementTree.fromstring(xml, forbid_dtd=True)
    except DefusedXmlException as problem:
        raise FormProblem("form.xml.doctype_forbidden") from problem
    except (ParseError, ValueError, LookupError) as problem:
        raise FormProblem("form.xml.not_well_formed", reason=str(problem)) from problem
    count, depth, level = 0, 0, [document]
    while level:
        depth += 1
        count += len(level)
        if depth > MAX_DEPTH:
            raise FormProblem("form.xml.too_deep", limit=MAX_DEPTH)
        if count > MAX_ELEMENTS:
            raise FormProblem("form.xml.too_many_elements", limit=MAX_ELEMENTS)
        level = [child for element in level for child in element]
    return document


def _primary(model: Xml) -> Xml:
    for instance in model.findall(f"{XFORMS}instance"):
        if len(instance):
            return instance[0]
    raise FormProblem("form.instance.missing")


def _identify(root: Xml, binds: dict[str, dict[str, str]], openrosa: bool) -> None:
    """Every record has an id of its own (ODK XForms, 'Metadata'), whether its form asks for it or not."""
    meta = next((child for child in root if local(child.tag) == "meta"), None)
    if meta is None:
        namespace = OPENROSA if openrosa else root.tag[: -len(local(root.tag))]
        meta = SubElement(root, f"{namespace}meta")
    if all(local(child.tag) != "instanceID" for child in meta):
        namespace = meta.tag[: -len("meta")]
        SubElement(meta, f"{namespace}instanceID")
        binds["meta/instanceID"] = {f"{JAVAROSA}preload": "uid"}


def _binds(model: Xml, root: str) -> tuple[dict[str, dict[str, str]], list[str]]:
    binds: dict[str, dict[str, str]] = {}
    warnings: list[str] = []
    for bind in model.iter(f"{XFORMS}bind"):
        nodeset = bind.get("nodeset") or bind.get("ref") or ""
        path = template_path(nodeset, root)
        if path is None:
            warnings.append(f"bind outside the form: {nodeset}")
        else:
            binds.setdefault(path, {}).update(bind.attrib)
    return binds, warnings


def _secondary(model: Xml) -> tuple[dict[str, Node], list[str]]:
    """The other instances by id, and the names of the files that are not part of the form."""
    lists: dict[str, Node] = {}
    missing: list[str] = []
    for instance in model.findall(f"{XFORMS}instance")[1:]:
        name = instance.get("id")
        if not name:
            continue
        holder = Node("root", "")
        if instance.get("src") == LAST_SAVED:
            # What was said of one person never becomes the beginning of another one's record.
            add_child(holder, "element", "data")
        elif instance.get("src") and not len(instance):
            missing.append(file_name(instance.get("src") or ""))
            add_child(holder, "element", "root")
        for child in instance:
            _copy(child, holder)
        lists[name] = holder
    return lists, missing


def _copy(element: Xml, parent: Node) -> None:
    # Recursion is safe: the depth of the whole document has been checked.
    node = add_child(parent, "element", local(element.tag), "" if len(element) else element.text or "")
    for name, value in element.attrib.items():
        add_child(node, "attribute", local(name), value)
    for child in element:
        _copy(child, node)

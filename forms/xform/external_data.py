"""Choice lists that lie in files beside a form, put into its XForm: CSV, GeoJSON and XML.

A form travels as one text. What it reads from files is part of that text from publishing on, under the
same version, so that a device is never without a list, nor with one of another version.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from xml.etree.ElementTree import Element as Xml
from xml.etree.ElementTree import ParseError, SubElement, tostring
from xml.sax.saxutils import quoteattr, unescape

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from forms.errors import FormProblem

Find = Callable[[str], str | None]
"""Gives the content of a file by the address that a form has for it (`jr://file-csv/towns.csv`)."""

LAST_SAVED = "jr://instance/last-saved"
_INSTANCE = re.compile(
    r"<(?P<tag>(?:[\w.-]+:)?instance)\b(?P<attributes>[^<>]*?\ssrc\s*=\s*(?P<quote>[\"'])(?P<src>[^<>]*?)(?P=quote)"
    r"[^<>]*?)(?:/>|>\s*</(?P=tag)\s*>)"
)
_NAME = re.compile(r"[^\W\d][\w.\-]*")


def with_external_data(xml: str, find: Find) -> str:
    """The XForm with the content of each file that is found in its instance; others stay as they are."""

    def filled(match: re.Match[str]) -> str:
        source = unescape(match["src"].strip())
        if source == LAST_SAVED:
            return match[0]
        content = find(source)
        if content is None:
            return match[0]
        return f"<{match['tag']}{match['attributes']}>{_as_xml(source, content)}</{match['tag']}>"

    return _INSTANCE.sub(filled, xml)


def with_external_choices(xml: str, table: str) -> str:
    """The XForm with the lists of its sheet `external_choices`, each as an instance of its own.

    `table` is that sheet as CSV. A label that is there in several languages is that of the first.
    """
    rows = csv.reader(io.StringIO(table, newline=""))
    headings = [heading.strip() for heading in next(rows, [])]
    if "label" not in headings:
        translated = next((at for at, heading in enumerate(headings) if heading.startswith("label:")), None)
        if translated is not None:
            headings[translated] = "label"
    lists: dict[str, list[list[str]]] = {}
    for row in rows:
        named = dict(zip(headings, row, strict=False))
        lists.setdefault(named.get("list_name") or named.get("list name") or "", []).append(row)
    found = ""
    for name, rows_of_list in lists.items():
        items = _items(zip(headings, row, strict=False) for row in rows_of_list)
        found += f"<instance id={quoteattr(name)}>{items}</instance>" if name else ""
    return xml.replace("</instance>", f"</instance>{found}", 1)


def file_name(source: str) -> str:
    """`jr://file-csv/towns.csv` -> `towns.csv`; never anything with a folder in it."""
    return source.rpartition("/")[2].rpartition("\\")[2]


def _as_xml(source: str, content: str) -> str:
    name = file_name(source)
    suffix = name.rpartition(".")[2].lower()
    content = content.removeprefix("\ufeff")
    try:
        if suffix == "csv":
            return _of_rows(name, content)
        if suffix in ("geojson", "json"):
            return _of_features(name, content)
        return _of_xml(content)
    except DefusedXmlException as problem:
        raise FormProblem("form.external.doctype_forbidden", file=name) from problem
    except (ParseError, ValueError, csv.Error) as problem:
        raise FormProblem("form.external.unreadable", file=name, reason=str(problem)) from problem


def _of_rows(name: str, content: str) -> str:
    """The delimiter is the one of comma, semicolon and tab that the heading has most of."""
    heading = content.partition("\n")[0]
    delimiter = max(",;\t", key=heading.count)
    rows = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter, strict=True)
    columns = [cell.strip() for cell in next(rows, [])]
    if not any(columns):
        raise ValueError("no headings")
    return _items(zip(columns, row, strict=False) for row in rows if any(row))


def _of_features(name: str, content: str) -> str:
    """GeoJSON (RFC 7946): an item a feature, with its properties and its geometry as ODK writes places."""
    collection = json.loads(content)
    features = collection.get("features") if isinstance(collection, dict) else None
    if not isinstance(features, list):
        raise ValueError("no FeatureCollection")
    return _items(_feature(feature) for feature in features)


def _feature(feature: Any) -> Iterable[tuple[str, str]]:
    if not isinstance(feature, Mapping):
        raise ValueError("a feature that is none")
    yield "geometry", _places(feature.get("geometry"))
    properties = dict(feature.get("properties") or {})
    if "id" in feature:
        properties["id"] = feature["id"]
    for column, value in properties.items():
        if value is None:
            yield column, ""
        elif isinstance(value, bool):
            yield column, "true" if value else "false"
        elif isinstance(value, str | int | float):
            yield column, str(value)
        else:
            yield column, json.dumps(value, ensure_ascii=False)


def _places(geometry: Any) -> str:
    """`latitude longitude 0 0`, several of them parted by `; `; GeoJSON has the longitude first."""
    if not isinstance(geometry, Mapping):
        return ""
    points = geometry.get("coordinates")
    kind = geometry.get("type")
    if kind == "Point":
        points = [points]
    elif kind == "Polygon":
        points = points[0] if points else []
    elif kind != "LineString":
        return ""
    if not isinstance(points, list):
        raise ValueError("a geometry without coordinates")
    written = []
    for point in points:
        longitude, latitude, *rest = (float(part) for part in point)
        altitude = rest[0] if rest else 0.0
        written.append(f"{latitude:.15g} {longitude:.15g} {altitude:.15g} 0")
    return "; ".join(written)


def _of_xml(content: str) -> str:
    root: Xml = ElementTree.fromstring(content.encode("utf-8"), forbid_dtd=True)
    return tostring(root, encoding="unicode")


def _items(rows: Iterable[Iterable[tuple[str, str]]]) -> str:
    """Columns whose heading is no name cannot be asked for by any expression, and stay out."""
    root = Xml("root", {"xmlns": ""})
    for row in rows:
        item = SubElement(root, "item")
        for column, value in row:
            if _NAME.fullmatch(column):
                SubElement(item, column).text = value
    return tostring(root, encoding="unicode")

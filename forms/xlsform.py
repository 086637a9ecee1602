"""XLSForm -> XForm, through pyxform; the only place that imports it, and only when it is needed.

Forms are written as Excel workbooks or, reviewable, as Markdown tables. Our own columns
(`bind::homeward:merge` …) need a namespace in the settings; it is put in where it is missing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile

from forms.errors import FormProblem

NAMESPACE = "https://homeward.invalid/xforms"
PREFIX = "homeward"
MAX_FILE = 16 * 1024 * 1024
_MARKDOWN_SHEET = re.compile(r"^\s*\|\s*survey\s*\|", re.MULTILINE)
#: What pyxform says when it finds no sheets at all in what it was given.
_NO_TABLES = "Argument 'definition' was not recognized"
_SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls", ".csv", ".md"})


@dataclass(frozen=True, slots=True)
class XFormSource:
    """The XForm's text, and what pyxform had to say about the XLSForm."""

    xml: str
    warnings: tuple[str, ...]


def is_markdown(text: str) -> bool:
    """Whether the text is an XLSForm as Markdown tables."""
    return _MARKDOWN_SHEET.search(text) is not None


def xform_from_xlsform(path_or_text: Path | str) -> XFormSource:
    """The XForm of a workbook, a Markdown file or a Markdown text.

    Raises FormProblem `form.xlsform.invalid` with pyxform's own explanation, which names sheet and row.
    """
    from pyxform.errors import PyXFormError
    from pyxform.xls2xform import convert

    content: str | BytesIO
    if isinstance(path_or_text, str) and ("\n" in path_or_text or is_markdown(path_or_text)):
        content, suffix, name = path_or_text, ".md", ""
    else:
        path = Path(path_or_text)
        suffix, name = path.suffix.lower(), path.stem
        content = _read(path, suffix)
    try:
        converted = convert(content, file_type=suffix)
    except PyXFormError as problem:
        if str(problem).startswith(_NO_TABLES):
            raise FormProblem("form.xlsform.no_tables", file=f"{name}{suffix}") from problem
        raise FormProblem("form.xlsform.invalid", form=name, reason=str(problem)) from problem
    except (BadZipFile, KeyError, ValueError, TypeError, AttributeError, IndexError) as problem:
        # A workbook that is broken in a way that pyxform does not expect.
        raise FormProblem("form.xlsform.invalid", form=name, reason=type(problem).__name__) from problem
    return XFormSource(_declare_namespace(converted.xform), tuple(converted.warnings))


def _declare_namespace(xml: str) -> str:
    if f"{PREFIX}:" not in xml or f"xmlns:{PREFIX}=" in xml:
        return xml
    return xml.replace("<h:html ", f'<h:html xmlns:{PREFIX}="{NAMESPACE}" ', 1)


def _read(path: Path, suffix: str) -> str | BytesIO:
    if suffix not in _SUFFIXES:
        raise FormProblem("form.file.not_a_form", file=path.name)
    try:
        if path.stat().st_size > MAX_FILE:
            raise FormProblem("form.file.too_large", file=path.name, limit=MAX_FILE)
        return path.read_text("utf-8") if suffix in (".md", ".csv") else BytesIO(path.read_bytes())
    except (OSError, UnicodeDecodeError) as problem:
        raise FormProblem("form.file.unreadable", file=path.name) from problem

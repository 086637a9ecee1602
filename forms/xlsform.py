"""XLSForm -> XForm, through pyxform; the only place that imports it, and only when it is needed.

Forms are written as Excel workbooks or, reviewable, as Markdown tables. Our own columns
(`bind::homeward:merge` …) need a namespace in the settings; it is put in where it is missing.
"""

from __future__ import annotations

import codecs
import io
import re
import warnings
from dataclasses import dataclass
from pathlib import Path

from forms.errors import FormProblem
from forms.form_file import content_of
from forms.workbook import read_workbook
from forms.xlsform_problems import located, problem_of

NAMESPACE = "https://homeward.invalid/xforms"
PREFIX = "homeward"
_MARKDOWN_SHEET = re.compile(r"^\s*\|\s*survey\s*\|", re.MULTILINE)
_TEXTS = frozenset({".csv", ".md"})
_SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls"}) | _TEXTS
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"
#: The stream in which an office program keeps a workbook that asks for a password.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


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

    As the standard says, a form without an id or a title has the file's name. Raises FormProblem for
    whatever is wrong with it, an exception inside the converter included, with the sheet, the row and
    the name where they can be found.
    """
    source = _source(path_or_text)
    try:
        return _convert(source)
    except FormProblem as problem:
        if problem.code.startswith("form.file."):
            # What is no readable file has no sheets, and shall not be opened again.
            raise
        workbook = read_workbook(source)
        found = problem
        if problem.code == "form.xlsform.converter_failed" and not workbook.sheet("survey").rows:
            found = FormProblem("form.xlsform.no_tables")
        if isinstance(source, Path):
            found = FormProblem(found.code, **{"file": source.name, **found.params})
        raise located(found, workbook) from problem


def _source(path_or_text: Path | str) -> Path | str:
    if isinstance(path_or_text, str) and ("\n" in path_or_text or is_markdown(path_or_text)):
        return path_or_text
    return Path(path_or_text)


def _convert(source: Path | str) -> XFormSource:
    from pyxform.errors import PyXFormError
    from pyxform.xls2json_backends import Definition
    from pyxform.xls2xform import convert

    suffix = ".md"
    given: Definition | str
    if isinstance(source, Path):
        suffix = source.suffix.lower()
        content = _content(source, suffix)
        given = Definition(data=io.BytesIO(content), file_type=None, file_path_stem=source.stem)
    else:
        given = source
    try:
        with warnings.catch_warnings():
            # What a workbook has beside its cells is no concern of a form.
            warnings.simplefilter("ignore")
            converted = convert(given, file_type=suffix)
    except PyXFormError as problem:
        raise problem_of(str(problem)) from problem
    except RecursionError as problem:
        raise FormProblem("form.xlsform.too_deep") from problem
    except Exception as problem:
        # A form that is broken in a way that the converter, or the library below it, does not expect.
        raise FormProblem("form.xlsform.converter_failed", error=type(problem).__name__) from problem
    return XFormSource(_declare_namespace(converted.xform), tuple(converted.warnings))


def _declare_namespace(xml: str) -> str:
    if f"{PREFIX}:" not in xml or f"xmlns:{PREFIX}=" in xml:
        return xml
    return xml.replace("<h:html ", f'<h:html xmlns:{PREFIX}="{NAMESPACE}" ', 1)


def _content(path: Path, suffix: str) -> bytes:
    """What is in the file, if it is what its name says, before a library reads it."""
    if suffix not in _SUFFIXES:
        raise FormProblem("form.file.not_a_form", file=path.name)
    content = content_of(path)
    if suffix in _TEXTS and not content.startswith((_ZIP, _OLE)):
        content = content.removeprefix(codecs.BOM_UTF8)
        try:
            content.decode("utf-8")
        except UnicodeDecodeError as problem:
            raise FormProblem("form.file.unreadable", file=path.name) from problem
    if not content.strip():
        raise FormProblem("form.file.empty", file=path.name)
    if content.startswith(_OLE) and _ENCRYPTED in content:
        raise FormProblem("form.file.encrypted", file=path.name)
    inside = ".xlsx" if content.startswith(_ZIP) else ".xls" if content.startswith(_OLE) else suffix
    if inside != suffix and not (inside == ".xlsx" and suffix == ".xlsm"):
        raise FormProblem("form.file.renamed", file=path.name, kind=inside)
    return content

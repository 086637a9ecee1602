"""The library's forms, compiled once for all tests of a process, and held, so that each is loaded once."""

from __future__ import annotations

from functools import cache

from forms import library
from forms.definition import FormDefinition
from forms.xform.load import load_form
from forms.xlsform.to_xform import XFormSource, xform_from_xlsform


@cache
def library_sources() -> dict[str, XFormSource]:
    return {form_id: xform_from_xlsform(library.read(form_id)) for form_id, _ in library.forms()}


@cache
def library_definitions() -> dict[str, FormDefinition]:
    return {form_id: load_form(source.xml) for form_id, source in library_sources().items()}

"""The forms of the library, compiled once for all tests of this folder."""

from __future__ import annotations

import pytest

from forms.definition import FormDefinition
from forms.library import forms, read
from forms.xform.load import load_form
from forms.xlsform.to_xform import XFormSource, xform_from_xlsform


@pytest.fixture(scope="session")
def sources() -> dict[str, XFormSource]:
    return {form_id: xform_from_xlsform(read(form_id)) for form_id, _ in forms()}


@pytest.fixture(scope="session")
def definitions(sources: dict[str, XFormSource]) -> dict[str, FormDefinition]:
    return {form_id: load_form(source.xml) for form_id, source in sources.items()}

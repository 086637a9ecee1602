"""The forms of the library, compiled once for all tests."""

from __future__ import annotations

import pytest

from forms.definition import FormDefinition
from forms.xlsform.to_xform import XFormSource
from tests.compiled_library import library_definitions, library_sources


@pytest.fixture(scope="session")
def sources() -> dict[str, XFormSource]:
    return library_sources()


@pytest.fixture(scope="session")
def definitions() -> dict[str, FormDefinition]:
    return library_definitions()

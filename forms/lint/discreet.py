"""What is worth a second look in the short form of a form: a title that tells, or none, and what is to be
shown that must not be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from forms.definition import FormDefinition
from forms.discreet import SHOW, ShortForm, marked
from forms.telltale import tells


def discreet_findings(definition: FormDefinition) -> Iterator[tuple[str, str, Mapping[str, str]]]:
    """(code, place, params) of each finding."""
    titles = definition.discreet_titles
    absent = [language for language in definition.languages if language not in titles]
    if absent and marked(definition):
        yield "lint.discreet.title_missing", "", {"languages": ", ".join(absent)}
    for language, title in titles.items():
        if tells(title) or title == definition.titles.get(language):
            yield "lint.discreet.title_tells", "", {"title": title, "language": language}
    private = ShortForm.of(definition).private
    elements = {**definition.groups, **definition.questions}
    for path, element in elements.items():
        if element.discreet == SHOW and path in private:
            yield "lint.discreet.private_shown", path, {}

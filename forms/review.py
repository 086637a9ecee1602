"""Which texts of a form wait for a native speaker, and which of them must not reach people before.

A form says itself which of its languages are drafts (`homeward:draft`). What is asked of a person about
consent and safety, or told a worker in danger, does harm where it is wrong.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from typing import Final

from forms import library
from forms.definition import FormDefinition
from forms.translations import Output

_DRAFT: Final = re.compile(r'(\shomeward:draft=")([^"]*)(")')


def speaks_of_safety(definition: FormDefinition) -> bool:
    """Whether the form has texts of consent or safety: it is the form for consent, has a question or a note
    with a mark of safety, or a note that an answer calls up."""
    return definition.id == library.CONSENT or any(
        question.safety is not None or (question.type == "note" and question.relevant)
        for question in definition.questions.values()
    )


def to_review(definition: FormDefinition) -> tuple[str, ...]:
    """The languages that somebody has to sign off before the form is published."""
    return definition.drafts if speaks_of_safety(definition) else ()


def texts_digest(definition: FormDefinition, language: str) -> str:
    """What somebody who signs a language off has read: it is another one as soon as a word of it changes."""
    read = hashlib.blake2b(digest_size=16)
    read.update(definition.titles.get(language, "").encode())
    for key, text in sorted(definition.texts.items()):
        spoken = sorted((form, files[language]) for form, files in text.media.items() if language in files)
        parts = [
            ("=", part.expression) if isinstance(part, Output) else ("", part)
            for part in text.by_language.get(language, ())
        ]
        read.update(repr((key, parts, spoken)).encode())
    return read.hexdigest()


def with_drafts(xml: str, languages: Collection[str]) -> str:
    """The XForm with only those of its drafts that are among `languages`."""

    def left(found: re.Match[str]) -> str:
        before, codes, after = found.groups()
        return f"{before}{' '.join(code for code in codes.split() if code in languages)}{after}"

    return _DRAFT.sub(left, xml, count=1)

"""Who has read which language of a form, and answers for it: without that, texts of consent and safety that
are drafts are not published outside the demo.

What was signed off is the text itself. Change a word of the language, and it has to be read again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass

from forms.definition import FormDefinition
from forms.review import texts_digest, to_review, with_drafts
from sync_server.config import SetupProblem
from sync_server.storage.base import Storage


@dataclass(frozen=True, slots=True)
class SignOff:
    """One language of one form as somebody has read it. `by` is a name of the office, of no beneficiary."""

    form: str
    language: str
    texts: str
    by: str
    at_ms: int


class SignOffs:
    """The register of a server."""

    def __init__(self, storage: Storage, now_ms: Callable[[], int]) -> None:
        self._storage = storage
        self._now_ms = now_ms

    def refuse(self, definition: FormDefinition, languages: Iterable[str], by: str) -> None:
        """Raises SetupProblem for a name that cannot be shown, and for a language that is no draft."""
        if not by.strip() or not by.isprintable() or len(by) > 100:
            raise SetupProblem("sign_off.name.invalid")
        for language in languages:
            if language not in definition.drafts:
                raise SetupProblem(
                    "sign_off.language.no_draft",
                    form=definition.id,
                    language=language,
                    drafts=" ".join(definition.drafts) or "none",
                )

    def sign(self, definition: FormDefinition, language: str, by: str) -> SignOff:
        """Keep that `by` answers for this language of the form; what was kept before is replaced."""
        self.refuse(definition, (language,), by)
        texts = texts_digest(definition, language)
        signed = SignOff(definition.id, language, texts, by.strip(), self._now_ms())
        self._storage.set_meta(_name(signed.form, language), json.dumps(asdict(signed)))
        return signed

    def of(self, definition: FormDefinition, language: str) -> SignOff | None:
        """Who answers for the language as it is now; None for a text that nobody has read."""
        kept = self._storage.meta(_name(definition.id, language))
        found = SignOff(**json.loads(kept)) if kept is not None else None
        return found if found is not None and found.texts == texts_digest(definition, language) else None

    def unsigned(self, definition: FormDefinition) -> tuple[str, ...]:
        """The languages that keep the form from being published."""
        return tuple(language for language in to_review(definition) if self.of(definition, language) is None)

    def published(self, definition: FormDefinition, xml: str) -> str:
        """The XForm as devices get it: what was signed off is no draft any more.

        A version that is out there stays as it is, whoever has signed since: it is the same text.
        """
        there = self._storage.form(definition.id, definition.version)
        if there is not None and with_drafts(there, ()) == with_drafts(xml, ()):
            return there
        return with_drafts(
            xml, [language for language in definition.drafts if self.of(definition, language) is None]
        )


def _name(form: str, language: str) -> str:
    """Short enough for a name of a fact, whatever the form is called."""
    return f"signed.{hashlib.blake2b(f'{form} {language}'.encode(), digest_size=16).hexdigest()}"

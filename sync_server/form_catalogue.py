"""The published forms: every version that ever was, since records of every version come back."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock

from forms.casework.deny_list import DECISION, WHO, denies
from forms.casework.joined_files import joins
from forms.casework.sharing import shares_on
from sync_server.protocol.change import is_text
from sync_server.protocol.merge import LAST, Rules
from sync_server.protocol.messages import FormListing
from sync_server.protocol.problems import Problem
from sync_server.storage.base import NewForm, Storage


@dataclass(frozen=True, slots=True)
class FormFacts:
    """What the server needs of a form: its name, the merge rule of each template path, the meanings of its
    questions, and the template paths of those that ask for a file, and of those about who is denied: also of
    those about which files are of one person, since a denial counts in each of them. `joining` are the
    latter, with what each means; `names` those that name who is denied."""

    id: str
    version: str
    merge_rules: Mapping[str, str]
    meanings: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()
    denials: frozenset[str] = frozenset()
    lifts: frozenset[str] = frozenset()
    sharing: Mapping[str, str] = field(default_factory=dict)
    joining: Mapping[str, str] = field(default_factory=dict)
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Published:
    """What became of a form: whether this version is new, and which one devices get now."""

    form: FormListing
    is_new: bool
    newest: str


def read_form(xml: str) -> FormFacts:
    """The facts of an XForm. Raises the form library's own problem when it is none."""
    from forms.xform.load import load_form

    definition = load_form(xml)
    asked = definition.questions
    return FormFacts(
        definition.id,
        definition.version,
        dict(definition.merge_rules),
        frozenset(each.meaning for each in asked.values() if each.meaning),
        frozenset(path for path, each in asked.items() if each.data_type == "binary"),
        frozenset(
            path for path, each in asked.items() if denies(each.meaning or "") or joins(each.meaning or "")
        ),
        frozenset(path for path, each in asked.items() if each.meaning == DECISION),
        {path: each.meaning for path, each in asked.items() if each.meaning and shares_on(each.meaning)},
        {path: each.meaning for path, each in asked.items() if each.meaning and joins(each.meaning)},
        frozenset(path for path, each in asked.items() if each.meaning == WHO),
    )


class FormCatalogue:
    """Publishes forms, and tells how their fields are merged and what they mean. Safe to use from many
    threads."""

    def __init__(
        self, storage: Storage, now_ms: Callable[[], int], read: Callable[[str], FormFacts] = read_form
    ) -> None:
        self._storage = storage
        self._now_ms = now_ms
        self._read = read
        self._facts: dict[tuple[str, str], FormFacts] = {}
        self._lock = Lock()

    def publish(self, xml: str) -> FormListing:
        """Publish one form, as `publish_all` does."""
        return self.publish_all((xml,))[0].form

    def publish_all(self, xmls: Sequence[str]) -> tuple[Published, ...]:
        """Publish forms, all or none. The same version again changes nothing; with another content
        it raises Problem('form.version.published'), since records of it are out there."""
        new = [self._new(xml) for xml in xmls]
        fresh = self._storage.publish_forms(new, self._now_ms())
        newest = {form.id: form.version for form in self.current()}
        return tuple(
            Published(FormListing(form.id, form.version, form.hash), is_new, newest[form.id])
            for form, is_new in zip(new, fresh, strict=True)
        )

    def _new(self, xml: str) -> NewForm:
        facts = self._read(xml)
        return NewForm(
            facts.id, facts.version, xml, hashlib.blake2b(xml.encode(), digest_size=16).hexdigest()
        )

    def xml(self, id: str, version: str) -> str:
        """The XForm of a published version. Raises Problem('form.not_found')."""
        xml = self._published(id, version)
        if xml is None:
            raise Problem("form.not_found", {"form": id[:200], "version": version[:200]})
        return xml

    def current(self) -> tuple[FormListing, ...]:
        """The newest version of each form, by id."""
        newest = {form.id: FormListing(form.id, form.version, form.hash) for form in self._storage.forms()}
        return tuple(newest[id] for id in sorted(newest))

    def rules(self, id: str, version: str) -> Rules | None:
        """How the fields of a published version are merged; None when it was never published."""
        facts = self._known(id, version)
        return None if facts is None else _by_path(facts.merge_rules)

    def meanings(self, id: str, version: str) -> frozenset[str]:
        """What the questions of a published version mean; nothing when it was never published."""
        facts = self._known(id, version)
        return frozenset() if facts is None else facts.meanings

    def files(self, id: str, version: str) -> frozenset[str]:
        """The template paths of the questions that ask for a file; none of a version never published."""
        facts = self._known(id, version)
        return frozenset() if facts is None else facts.files

    def denials(self, id: str, version: str) -> frozenset[str]:
        """The template paths of the questions about who is denied; none of a version never published."""
        facts = self._known(id, version)
        return frozenset() if facts is None else facts.denials

    def lifts(self, id: str, version: str) -> frozenset[str]:
        """Those of them by whose answer a denial is lifted."""
        facts = self._known(id, version)
        return frozenset() if facts is None else facts.lifts

    def sharing(self, id: str, version: str) -> Mapping[str, str]:
        """The template paths of the questions that say who is to have a case, with what each means."""
        facts = self._known(id, version)
        return {} if facts is None else facts.sharing

    def joining(self, id: str, version: str) -> Mapping[str, str]:
        """The same of those that say which files are of one person."""
        facts = self._known(id, version)
        return {} if facts is None else facts.joining

    def denied_names(self, id: str, version: str) -> frozenset[str]:
        """The template paths of the questions that name who is denied."""
        facts = self._known(id, version)
        return frozenset() if facts is None else facts.names

    def _known(self, id: str, version: str) -> FormFacts | None:
        facts = self._facts.get((id, version))
        if facts is None:
            xml = self._published(id, version)
            if xml is None:
                return None
            facts = self._read(xml)
            with self._lock:
                self._facts[(id, version)] = facts
        return facts

    def _published(self, id: str, version: str) -> str | None:
        """None as well for names that no database could be asked for."""
        return self._storage.form(id, version) if is_text(id) and is_text(version) else None


def _by_path(rules: Mapping[str, str]) -> Rules:
    from forms.paths import template

    if not rules:
        return lambda path: LAST
    return lambda path: rules.get(template(path), LAST)

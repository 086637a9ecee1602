"""What the commands `publish-form` and `sign-off` do with forms, and what they tell."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from forms import library
from forms.check import Report, check_file, check_table, publishable
from forms.definition import FormDefinition
from forms.errors import FormProblem
from forms.problem_texts import explain
from sync_server.config import SetupProblem
from sync_server.form_catalogue import FormCatalogue, Published
from sync_server.protocol.command_line import typed
from sync_server.protocol.problems import Problem
from sync_server.sign_off import SignOffs

log = logging.getLogger("sync_server.command")


@dataclass(frozen=True, slots=True)
class Checked:
    """A form that can be published, under the name by which it was given."""

    name: str
    form: FormDefinition
    xml: str


def checked(files: Iterable[Path], *, with_library: bool) -> list[Checked]:
    """The forms, each looked at before anything is published: one that fails on a device came too far.

    Raises SetupProblem with the form's own code.
    """
    reports = [(str(path), check_file(path)) for path in files]
    if with_library:
        reports += [(form_id, _of_library(form_id)) for form_id in _ids()]
    return [_usable(name, report) for name, report in reports]


def publish(
    forms: Sequence[Checked], catalogue: FormCatalogue, register: SignOffs | None, folder: Path
) -> list[str]:
    """All are published or none. Without a `register`, as in the demo, drafts are published too.

    Raises SetupProblem: form.language.unreviewed, form.version.published.
    """
    if register is not None:
        _refuse_unread(forms, register, folder)
        forms = [replace(one, xml=register.published(one.form, one.xml)) for one in forms]
    try:
        published = catalogue.publish_all([one.xml for one in forms])
    except Problem as problem:
        files = ", ".join(one.name for one in forms if one.form.id == problem.params["form"])
        raise SetupProblem("form.version.published", file=files, **problem.params) from None
    return [_told(one) for one in published]


def _refuse_unread(forms: Sequence[Checked], register: SignOffs, folder: Path) -> None:
    """Names the first form that has to be read, and the command that signs off what is open."""
    unread = [(one.name, languages) for one in forms if (languages := register.unsigned(one.form))]
    if not unread:
        return
    name, languages = unread[0]
    several = len(unread) > 1
    raise SetupProblem(
        "form.language.unreviewed",
        forms=f"{name} ({', '.join(languages)}){f' and {len(unread) - 1} more' if several else ''}",
        which="--all" if several else f"--form {typed(name)} --language {' '.join(languages)}",
        folder=str(folder),
    )


def sign_off(
    register: SignOffs, names: Sequence[str] | None, languages: Sequence[str] | None, by: str
) -> list[str]:
    """All that was named is signed off, or nothing: of the library without `names`, and every draft without
    `languages`. A form that was not named need not have the language.

    Raises SetupProblem: sign_off.name.invalid, sign_off.language.no_draft, or the form's own code.
    """
    wanted: list[tuple[FormDefinition, Sequence[str]]] = []
    for name in names or _ids():
        form = _usable(name, _of_library(name) if name in _ids() else check_file(Path(name))).form
        drafts = [language for language in form.drafts if languages is None or language in languages]
        wanted.append((form, languages if names and languages is not None else drafts))
    for form, here in wanted:
        register.refuse(form, here, by)
    counts: Counter[str] = Counter()
    for form, here in wanted:
        for language in dict.fromkeys(here):
            counts[register.sign(form, language, by).language] += 1
    for language, count in counts.items():
        log.info("form.signed_off", extra={"language": language, "count": count})
    told = [f"Signed off: {language}, of {count} forms." for language, count in counts.items()]
    return told or ["There is no such draft; nothing changed."]


def _ids() -> list[str]:
    return [form_id for form_id, _ in library.forms()]


def _of_library(form_id: str) -> Report:
    return check_table(form_id, library.read(form_id))


def _told(one: Published) -> str:
    form = one.form
    if one.is_new:
        return f"Published {form.id}, version {form.version}."
    if one.newest == form.version:
        return f"{form.id}, version {form.version}, is published already; nothing changed."
    return (
        f"{form.id}, version {form.version}, is published already; devices keep the newer version "
        f"{one.newest}. To go back, publish the old content under a new version."
    )


def _usable(name: str, report: Report) -> Checked:
    try:
        return Checked(name, publishable(report), report.xml)
    except FormProblem as problem:
        told = explain(problem)
        where = f"{told.where}: " if told.where else ""
        raise SetupProblem(problem.code, file=name, reason=f"{where}{told.cause} {told.remedy}") from problem

"""Makes docs/forms/, a page for each form of the library and their index, from the forms: `make docs`.

    python packaging/form_pages.py [--check]

With --check nothing is written, and the exit status is 1 when a page is not what its form says.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from forms import library, paths  # noqa: E402 - found only now
from forms.about import ANY_STAGE, OF_THE_OFFICE, PLACES, About, read_about  # noqa: E402
from forms.definition import META, Element, FormDefinition, Group, Question, Repeat  # noqa: E402
from forms.translations import Text  # noqa: E402
from forms.xform.load import load_form  # noqa: E402
from forms.xlsform.to_xform import xform_from_xlsform  # noqa: E402
from forms.xlsform.workbook import read_workbook  # noqa: E402

FOLDER = ROOT / "docs" / "forms"
INDEX = FOLDER / "index.md"
_MADE = "*Made from the form by `make docs`; edit [the form]({form}).*"
_READERS = {
    "yes": "the team of the case, not the server",
    "no": "the server too: work is planned by it",
    "testimony": "who of the team is named for testimony",
    "health": "who of the team is named for health",
    "complaint": "who is named for complaints",
}
_STAGES = {
    ANY_STAGE: "At any stage",
    OF_THE_OFFICE: "Of the office, about no case",
    "identified": "Identified",
    "shelter": "Shelter",
    "decision": "Decision on a durable solution",
    "pre_departure": "Before the departure",
    "travel": "Travel",
    "arrival": "Arrival",
    "reintegration": "Reintegration, or settling in the host state",
    "closed": "Closed",
}
_GRADES = {
    "seed": "a duty that the documents behind Homeward put on it",
    "whole": "a public source that was read whole",
    "page": "a source known from a public page about it",
    "own": "our own",
}
_SAFETY = {
    "identity": "who somebody is",
    "contact": "how to reach them",
    "private": "may harm or shame them",
    "location": "where they are",
}
_HEADS = ("question", "answer", "shown when", "required", "meaning", "of two answers", "safety")


@dataclass(frozen=True, slots=True)
class Page:
    """One form beside what it says of itself."""

    form: FormDefinition
    about: About

    @property
    def title(self) -> str:
        return self.form.titles["en"]

    @property
    def asked(self) -> int:
        return sum(question.asks for question in self.form.questions.values())

    def text(self) -> str:
        return "\n\n".join([*self._head(), *self._body(), *self._foot()]) + "\n"

    def _head(self) -> Iterator[str]:
        about, link = self.about, f"../../forms/library/{self.form.id}/form.md"
        yield f"# {self.title}"
        yield about.purpose
        yield _MADE.format(form=link)
        yield _table(
            [
                ("", ""),
                ("who", about.who),
                ("when", about.when),
                ("how long", f"about {about.minutes} minutes; our own estimate, not timed"),
                ("stage", _STAGES[about.stage]),
                ("form", f"`{self.form.id}`, version {self.form.version}, {self.asked} questions"),
                ("languages", ", ".join(self._languages())),
            ]
        )

    def _languages(self) -> Iterator[str]:
        form = self.form
        for code in form.languages:
            state = "reviewed"
            if code == form.default_language:
                state = "the original"
            elif code in form.drafts:
                state = "draft, not reviewed by a native speaker"
            sample = ", a sample of some texts" if code in form.samples else ""
            yield f"{form.language_names[code]} ({state}{sample})"

    def _body(self) -> Iterator[str]:
        yield "## Questions"
        yield (
            "Behind each question its name in the form. Where nothing stands under 'of two answers', the "
            "later of two that were given apart stands."
        )
        yield from self._within(self.form.children, "")
        stops = list(self._stops())
        if stops:
            yield "## Safety stops and warnings"
            yield "What the form says as soon as an answer calls for it."
            yield _table([("shown when", "text"), *stops])
        sealed = [(f"`{one.name}`", _READERS[one.seal]) for one in self.form.questions.values() if one.seal]
        if sealed:
            yield "## Sealed answers"
            yield "Who is to read them; [what that does today](../forms.md#sealed-answers)."
            yield _table([("answer", "for whom"), *sealed])
        exported = [(f"`{one.name}`", f"`{one.htcds}`") for one in self.form.questions.values() if one.htcds]
        if exported:
            yield "## In the words of HTCDS"
            yield "[How an answer becomes a field](../htcds.md)."
            yield _table([("answer", "field"), *exported])
        worked_out = [
            (f"`{one.name}`", f"`{one.meaning}`" if one.meaning else "")
            for one in self.form.questions.values()
            if not one.visible and not paths.is_within(one.path, META)
        ]
        if worked_out:
            yield "## Worked out by the form"
            yield _table([("value", "meaning"), *worked_out])

    def _within(self, elements: tuple[Element, ...], around: str) -> Iterator[str]:
        """Groups in their order, and in a section of its own what stands between them."""
        run: list[Question] = []
        for element in elements:
            if isinstance(element, Question):
                run.append(element)
                continue
            yield from self._section(run, around)
            run = []
            yield from self._within(element.children, _heading(element))
        yield from self._section(run, around)

    def _section(self, questions: list[Question], heading: str) -> Iterator[str]:
        said = [one for one in questions if one.type == "note" and not one.relevant]
        rows = [self._row(question) for question in questions if _is_listed(question)]
        if not (said or rows):
            return
        yield heading or "### Of the whole form"
        for note in said:
            yield f"> {_english(note.label)}"
        if rows:
            yield _table([_HEADS, *rows])

    def _row(self, question: Question) -> tuple[str, ...]:
        hint = _english(question.hint)
        readonly = (question.readonly or "").strip() == "true()"
        rule = self.form.merge_rules.get(question.path, "")
        return (
            f"**{_english(question.label)}** `{question.name}`{f'<br>{hint}' if hint else ''}",
            "taken over from the case" if readonly else _answer(question),
            _code(question.relevant or ""),
            "yes" if (question.required or "").strip() == "true()" else _code(question.required or ""),
            f"`{question.meaning}`" if question.meaning else "",
            "" if readonly or rule in ("last", "calculated") else f"`{rule.replace(',', ' ')}`",
            _SAFETY.get(question.safety or "", ""),
        )

    def _stops(self) -> Iterator[tuple[str, str]]:
        for question in self.form.questions.values():
            if question.type == "note" and question.relevant:
                yield _code(question.relevant), _english(question.label)

    def _foot(self) -> Iterator[str]:
        yield "## Where its structure comes from"
        yield _listed(f"{_linked(source.text)} ({_GRADES[source.grade]})" for source in self.about.sources)
        yield "The words are our own; of no source a sentence was copied."
        yield "## What is not validated"
        yield _listed(self.about.not_validated)


def _heading(group: Group | Repeat) -> str:
    told = ["once for each"] if isinstance(group, Repeat) else []
    if group.relevant:
        told.append(f"shown when {_code(group.relevant)}")
    heading = f"### {_english(group.label) or group.name}"
    return f"{heading}\n\n*{'; '.join(told)}*" if told else heading


def _is_listed(question: Question) -> bool:
    return question.visible and question.type != "note"


def _answer(question: Question) -> str:
    """Its type, and what can be chosen."""
    kind = question.type.replace("_", " ")
    if question.calculate is not None and not question.prefilled:
        return f"{kind}, worked out"
    if not question.choices:
        return kind
    return f"{kind}: {' · '.join(_english(choice.label) for choice in question.choices)}"


def _english(text: Text) -> str:
    return " ".join((text.plain("en") or "").split())


def _code(expression: str) -> str:
    """An expression of the XForm as its author wrote it: `${name}` in the place of a path."""
    words = " ".join(re.sub(r"\s/data/(?:[\w.-]+/)*([\w.-]+)\s", r" ${\1} ", f" {expression} ").split())
    words = re.sub(r"(?<=\()\s+|\s+(?=[,)])", "", words)
    return f"`{words}`" if words else ""


def _linked(text: str) -> str:
    """Duties lead to the page that has them."""
    return f"[{text}](../seeds.md)" if re.match(r"S\d\d\b", text) else text


def _listed(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _table(rows: Iterable[tuple[str, ...]]) -> str:
    first, *others = rows
    cells = [first, tuple("---" for _ in first), *others]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in cells)


def read_page(form_id: str) -> Page:
    """Raises FormProblem for a form that cannot be used."""
    table = library.read(form_id)
    return Page(load_form(xform_from_xlsform(table).xml), read_about(read_workbook(table)))


def index(pages: Iterable[Page]) -> str:
    """All forms by the stage at which they are filled in."""
    parts = [
        "# The forms that come with Homeward",
        "What each is for, who fills it in and when. Every translation is a draft until a native speaker has "
        "reviewed it. [How to write one](../forms.md)",
        _MADE.format(form="../../forms/library"),
    ]
    by_stage: dict[str, list[Page]] = {place: [] for place in (ANY_STAGE, *PLACES)}
    for page in pages:
        by_stage[page.about.stage].append(page)
    for stage, here in by_stage.items():
        if here:
            rows = [
                (f"[{one.title}]({one.form.id}.md)", one.about.purpose, one.about.who, one.about.minutes)
                for one in here
            ]
            parts += [f"## {_STAGES[stage]}", _table([("form", "what for", "who", "minutes"), *rows])]
    return "\n\n".join(parts) + "\n"


def wanted() -> dict[Path, str]:
    """Every page of the folder, and what it has to say."""
    pages = [read_page(form_id) for form_id, _ in library.forms()]
    return {INDEX: index(pages), **{FOLDER / f"{page.form.id}.md": page.text() for page in pages}}


def main() -> int:
    parser = argparse.ArgumentParser(description="Makes docs/forms/ from the forms of the library.")
    parser.add_argument("--check", action="store_true", help="only tell whether the pages are up to date")
    texts = wanted()
    there = set(FOLDER.glob("*.md"))
    if not parser.parse_args().check:
        FOLDER.mkdir(exist_ok=True)
        for path, text in texts.items():
            path.write_text(text, encoding="utf-8")
        for path in there - set(texts):
            path.unlink()
        print(f"{FOLDER.relative_to(ROOT)}: {len(texts) - 1} forms")
        return 0
    old = [path for path, text in texts.items() if path not in there or path.read_text("utf-8") != text]
    for path in [*old, *(there - set(texts))]:
        print(f"{path.relative_to(ROOT)} is not what the form says: run 'make docs'.", file=sys.stderr)
    return 1 if old or there - set(texts) else 0


if __name__ == "__main__":
    sys.exit(main())

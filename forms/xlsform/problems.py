"""What the converter says of a broken XLSForm, as problems of ours: a code, a sheet, a name and a row.

The converter tells the row for most things, and only a name for the others; a name is looked up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from forms.errors import FormProblem
from forms.xlsform.workbook import Sheet, Workbook

_ROW = re.compile(r"\[row : (\d+)\]:?\s*")
_ON_SHEET = re.compile(r"[Oo]n the '(\w+)' sheet|for sheet: '(\w+)'")
_COLUMN = re.compile(r"the '([^']+)' value")
_REFERENCE = re.compile(r"\$\{\s*([^}]*?)\s*\}")
_STEPS = re.compile(r"(?:\.\./|/?(?:[\w.-]+/)+|/)(?=[\w.-])|\s+")
_BLANK = re.compile(r"\s+")
_PLACE: Final[tuple[str, ...]] = ("sheet", "row", "column", "name")
#: What the converter says where a column was not read as its author meant it.
_OF_HEADINGS: Final = frozenset(
    {"form.xlsform.converter_failed", "form.xlsform.heading_missing", "form.xlsform.label_missing"}
)
#: The sheets of a form; a workbook may have others, for its author's eyes.
_SHEETS: Final = ("survey", "choices", "external_choices", "settings")
#: Columns of the survey that hold expressions, under all their names.
_EXPRESSIONS: Final = (
    "calculation", "calculate", "relevant", "relevance", "constraint", "required", "read_only", "readonly",
    "choice_filter", "repeat_count", "default", "bind::calculate", "bind::relevant", "bind::constraint",
    "bind:calculate", "bind:relevant", "bind:constraint", "bind:required",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """Something that the converter says, and our code for it. The pattern's groups are parameters."""

    code: str
    pattern: str
    sheet: str = "survey"


KNOWN: Final = (
    Known("form.xlsform.unknown_type", r"Unknown question type '(?P<type>[^']*)'"),
    Known("form.xlsform.label_missing", r"survey element named '(?P<name>[^']*)' has no label or hint"),
    Known("form.xlsform.list_unknown", r"List name not in (?:\w+ )*sheet: (?P<list>.*)"),
    Known("form.xlsform.choices_missing", r"There should be an? (?:external_)?choices sheet", "choices"),
    Known("form.xlsform.choice_twice", r"Choice names must be unique", "choices"),
    Known("form.xlsform.choice_unnamed", r"Choices must have a name", "choices"),
    Known("form.xlsform.choice_with_blank", r"Choice names with spaces.*?See \[(?P<choice>.*?)\]", "choices"),
    Known("form.xlsform.name_twice", r"'name' value '(?P<name>[^']*)' is invalid\..*unique"),
    Known("form.xlsform.name_twice", r"must be unique anywhere.*The name '(?P<name>[^']*)' appears"),
    Known("form.xlsform.name_reserved", r"'name' value '(?P<name>[^']*)' is invalid"),
    Known("form.xlsform.name_missing", r"Question or group with no name"),
    Known("form.xlsform.name_invalid", r"Names must begin with a letter or underscore"),
    Known("form.xlsform.type_missing", r"Question with no type"),
    Known("form.xlsform.reference_unknown", r"Could not find the name '(?P<reference>[^']*)'"),
    Known("form.xlsform.reference_malformed", r"Reference variables? (?:must start|lists must)"),
    Known("form.xlsform.not_ended", r"Unmatched 'begin_(?P<kind>\w+)'.*for the name '(?P<name>[^']*)'"),
    Known("form.xlsform.not_begun", r"Unmatched 'end_(?P<kind>\w+)'"),
    Known("form.xlsform.heading_twice", r"Duplicate column header: (?P<heading>.*)"),
    Known("form.xlsform.heading_twice", r"names for the same column were found: (?P<heading>.*?)\. "),
    Known("form.xlsform.heading_missing", r"required column headers were not found: (?P<heading>[^.]*)"),
    Known("form.xlsform.heading_missing", r"missing header row.*mapping for '(?P<heading>[^']*)'"),
    Known("form.xlsform.heading_missing", r"the '(?P<heading>[^']*)' value is invalid. Column headers must"),
    Known("form.xlsform.survey_missing", r"must have a sheet named 'survey'|'survey' sheet is empty"),
    Known("form.xlsform.calculation_missing", r"Missing calculation"),
    Known("form.xlsform.parameters_invalid", r"(?P<reason>[^.]*'parameters' value is invalid.*)"),
    Known("form.xlsform.include_unsupported", r"This section has not been included"),
    Known("form.xlsform.instance_twice", r"same instance id will be .*Instance name: '(?P<list>[^']*)'"),
    Known("form.file.encrypted", r"^Error reading .*(?:encrypted|password)"),
    Known("form.xlsform.no_tables", r"Argument 'definition' was not recognized|^Error reading \.\w+ file"),
)  # fmt: skip


def problem_of(message: str) -> FormProblem:
    """The converter's message as a problem, with what it says about the place."""
    words = " ".join(_ROW.sub("", message).split())
    place: dict[str, str | int] = {}
    row, sheet, column = _ROW.search(message), _ON_SHEET.search(message), _COLUMN.search(message)
    if row:
        place["row"] = int(row[1])
    if column and column[1] != "parameters":
        place["column"] = column[1]
    if sheet:
        place["sheet"] = sheet[1] or sheet[2]
    for known in KNOWN:
        found = re.search(known.pattern, words)
        if found:
            place.setdefault("sheet", known.sheet)
            if known.code.startswith("form.file") or known.code.endswith(("no_tables", "survey_missing")):
                place.clear()
            said = {name: text.strip() for name, text in found.groupdict().items() if text is not None}
            return FormProblem(known.code, **{**place, **said})
    if row:
        place.setdefault("sheet", "survey")
    return FormProblem("form.xlsform.invalid", reason=words, **place)


def located(problem: FormProblem, workbook: Workbook) -> FormProblem:
    """The same problem with sheet, row and name, as far as they can be found in the workbook.

    Two headings in one cell are a problem of their own: what the converter then says is about something else.
    """
    if problem.code in _OF_HEADINGS and (joined := headings_joined(workbook)):
        return joined
    place: Place = {key: problem.params[key] for key in _PLACE if key in problem.params}
    finders = (_by_row, _by_heading, _by_type, _by_name, _by_expression, _by_list)
    for find in finders:
        found = find(problem, workbook, place)
        place = {**found, **place}
    return FormProblem(problem.code, **{**problem.params, **place})


def headings_joined(workbook: Workbook) -> FormProblem | None:
    """The first heading cell that holds two headings, as a problem."""
    for name in _SHEETS:
        if heading := workbook.sheet(name).joined():
            return FormProblem("form.xlsform.headings_joined", sheet=name, row=1, heading=heading)
    return None


Place = dict[str, str | int]


def _by_row(problem: FormProblem, workbook: Workbook, place: Place) -> Place:
    row = place.get("row")
    if not isinstance(row, int):
        return {}
    name = workbook.sheet(str(place.get("sheet", "survey"))).cell(row, "name")
    return {"name": name} if name else {}


def _by_heading(problem: FormProblem, workbook: Workbook, place: Place) -> Place:
    """A heading that is there twice stands in the first row of the sheet that has it so."""
    if problem.code != "form.xlsform.heading_twice":
        return {}
    heading = problem.params.get("heading")
    sheets = [sheet.name.lower() for sheet in workbook.sheets.values() if sheet.twice() == heading]
    if sheets:
        del place["sheet"]
        return {"sheet": sheets[0], "row": 1, "column": str(heading)}
    return {"row": 1}


def _by_type(problem: FormProblem, workbook: Workbook, place: Place) -> Place:
    """By the type that nobody knows."""
    kind = "include" if problem.code.endswith("include_unsupported") else problem.params.get("type")
    if "row" in place or not isinstance(kind, str):
        return {}
    return _first(workbook.sheet("survey"), "type", [kind])


def _by_name(problem: FormProblem, workbook: Workbook, place: Place) -> Place:
    """By the name in the message, or the last steps of the path of a question."""
    if "row" in place:
        return {}
    named = [str(problem.params[key]) for key in ("name", "question") if key in problem.params]
    named += str(problem.params.get("questions", "")).split(", ")
    found = [_at_path(workbook.sheet("survey"), path.split("/")) for path in named if path]
    # Of several questions that go round in a circle, the first one in the sheet.
    return min((place for place in found if place), key=lambda place: int(place["row"]), default={})


def _by_expression(problem: FormProblem, workbook: Workbook, place: Place) -> Place:
    """The column whose expression it is, in the row or, where that is not known, in all of them."""
    function = "regex" if "pattern" in problem.params else problem.params.get("function", "")
    expression = problem.params.get("expression") or f"{function}("
    survey = workbook.sheet("survey")
    if (
        not isinstance(expression, str)
        or expression == "("
        or "column" in place
        or place.get("sheet", "survey") != "survey"
    ):
        return {}
    wanted = _bare(expression)
    numbers: Iterable[int] = [int(place["row"])] if "row" in place else [n for n, _ in survey.numbered()]
    for number in numbers:
        for column in _EXPRESSIONS:
            cell = _bare(survey.cell(number, column))
            if cell and wanted and (wanted in cell or (len(cell) > 3 and cell in wanted)):
                return _place(survey, number, column)
    return {}


def _by_list(problem: FormProblem, workbook: Workbook, place: Place) -> Place:
    """The first question that asks for the list."""
    wanted = problem.params.get("list")
    if "row" in place or not isinstance(wanted, str):
        return {}
    survey = workbook.sheet("survey")
    for number, _ in survey.numbered():
        if wanted in survey.cell(number, "type").split()[1:]:
            return _place(survey, number, "type")
    return {}


def _first(sheet: Sheet, column: str, values: Iterable[str]) -> Place:
    wanted = {_BLANK.sub(" ", value).lower() for value in values}
    for number, _ in sheet.numbered():
        if _BLANK.sub(" ", sheet.cell(number, column)).lower() in wanted:
            return _place(sheet, number, column)
    return {}


def _at_path(sheet: Sheet, steps: list[str]) -> Place:
    """The row of a question: of its name, below groups of those names where several have it."""
    rows = [(number, above) for number, name, above in _named(sheet) if name == steps[-1]]
    exact = [number for number, above in rows if above == steps[:-1]]
    for number in (*exact, *(number for number, _ in rows)):
        return _place(sheet, number, "")
    return {}


def _named(sheet: Sheet) -> Iterator[tuple[int, str, list[str]]]:
    """Each row with a name, and the names of the groups that are open there."""
    above: list[str] = []
    for number, _ in sheet.numbered():
        kind = sheet.cell(number, "type").lower().replace("_", " ")
        name = sheet.cell(number, "name")
        if kind.startswith("end "):
            above = above[:-1]
            continue
        if name:
            yield number, name, list(above)
        if kind.startswith("begin "):
            above = [*above, name]


def _place(sheet: Sheet, number: int, column: str) -> Place:
    found: Place = {"sheet": sheet.name.lower() or "survey", "row": number}
    if column:
        found["column"] = column
    name = sheet.cell(number, "name")
    return {**found, "name": name} if name else found


def _bare(expression: str) -> str:
    """An expression without blanks, its references as bare names: as written and as converted alike."""
    return _STEPS.sub("", _REFERENCE.sub(r"\1", expression)).lower()

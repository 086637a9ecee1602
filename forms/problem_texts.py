"""What is wrong with a form, in words for who wrote it: the cause, and what to do about it.

English, like the terminal and the logs that show it; what workers see is another catalogue.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from forms.errors import FormProblem

#: A parameter in a log line or a terminal is cut after so many characters.
_MOST: Final = 400

_EXPRESSION_TOO_BIG: Final = "Calculate a part of it in a question of type 'calculate', and refer to that."
_XFORM_TOO_BIG: Final = "Split the form into several, or leave long lists of choices out."

TEXTS: Final[dict[str, tuple[str, str]]] = {
    "form.choices.not_understood": (
        "The choices are taken by an expression that is not understood: {expression}.",
        "Write a choice_filter that compares columns of the list with answers, as region = ${{region}}.",
    ),
    "form.choices.unknown_list": (
        "The question {question} asks for the list {list}, which the form does not have.",
        "Add the list to the sheet 'choices', or correct the list's name in the column 'type'.",
    ),
    "form.convert.cell_unwritable": (
        "A workbook cannot hold one of the cells: it is too long (32,767 characters are the most), or has "
        "characters that nobody sees.",
        "Shorten it, or take those characters out.",
    ),
    "form.convert.differs": (
        "Converted, {file} would be another form, so nothing was written.",
        "Look for unusual cells or headings; go on with the file as it is, and report it.",
    ),
    "form.convert.not_written": (
        "{file} cannot be written.",
        "See that its folder is there, that you may write in it, and that the disk is not full.",
    ),
    "form.convert.target_exists": (
        "{file} is there already.",
        "Give another name with --out, or write over it with --force.",
    ),
    "form.convert.unknown_kind": (
        "{file} is no kind of file to convert to.",
        "Give it the ending .md or .xlsx.",
    ),
    "form.dependency.cycle": (
        "These are calculated from each other, so none can be first: {questions}.",
        "Take one of the references out of 'calculation', 'relevant', 'choice_filter' or 'repeat_count'.",
    ),
    "form.expression.arguments": (
        "The function {function} cannot take {given} arguments.",
        "Correct the number of arguments; the ODK documentation lists them for each function.",
    ),
    "form.expression.bad_pattern": (
        "The pattern of regex() is no regular expression: {pattern}.",
        "Correct it: close brackets and parentheses, or escape them by a backslash. Lookahead, lookbehind "
        "and references back, as (?=…), (?<!…) and \\1, do not exist here; write several regex() joined "
        "by 'and' in their place.",
    ),
    "form.expression.nodes_wanted": (
        "A value stands where questions must be named: {expression}.",
        "Give count(), sum(), join() and the like a question or a repeat, as ${{name}}.",
    ),
    "form.expression.not_understood": (
        "The expression cannot be read from character {at} on: {expression}.",
        "Correct it there; look for a missing operator, bracket or quotation mark.",
    ),
    "form.expression.result_too_long": (
        "An expression makes a text of more than {limit} characters.",
        "Join fewer answers, or keep them in questions of their own.",
    ),
    "form.expression.too_deep": (
        "An expression is nested more than {limit} deep.",
        _EXPRESSION_TOO_BIG,
    ),
    "form.expression.too_long": (
        "An expression is longer than the limit of {limit}.",
        _EXPRESSION_TOO_BIG,
    ),
    "form.expression.too_much": (
        "An expression looks at more than {limit} answers or choices.",
        "Filter by an equality with one column; calculate a part of it in a question of type 'calculate'.",
    ),
    "form.expression.unknown_function": (
        "There is no function {function}().",
        "Correct its name; the functions are those of the ODK XForms specification.",
    ),
    "form.check.failed": (
        "Looking at the form failed in a way that nobody foresaw: {error}.",
        "Take what you changed last out of it, and check again; please report the form.",
    ),
    "form.file.empty": (
        "{file} is empty.",
        "Save the form again; the file may have been cut off while it was copied.",
    ),
    "form.file.encrypted": (
        "The workbook asks for a password.",
        "Open it in its office program, take the password away and save it.",
    ),
    "form.file.not_a_form": (
        "{file} is no kind of form.",
        "Give an XLSForm as .xlsx, .xls or .md, or an XForm as .xml.",
    ),
    "form.file.renamed": (
        "{file} is a {kind} file under another name.",
        "Give its name the ending {kind}, or save it as .xlsx in an office program.",
    ),
    "form.file.too_large": (
        "{file} is larger than {limit} bytes.",
        "Take pictures and unused sheets out of it.",
    ),
    "form.file.unreadable": (
        "{file} cannot be read.",
        "See that it is there, that you may read it, and that a text is in UTF-8.",
    ),
    "form.id.missing": (
        "The form has no id.",
        "Give it a 'form_id' in the sheet 'settings'.",
    ),
    "form.instance.missing": (
        "The XForm has no instance, so there is nothing to fill in.",
        "Convert it from its XLSForm again.",
    ),
    "form.htcds.not_readable": (
        "{file} holds no records that can be read.",
        "Export it again as .csv, .jsonl, .json or the .xml of the form; what `htcds export` reads is a file "
        "that `htcds import` has written.",
    ),
    "form.htcds.unknown_kind": (
        "{file} is no kind of file for this.",
        "HTCDS is read from .csv, .jsonl, .json and .xml and written as .csv or .jsonl; answers by meaning "
        "are a .jsonl.",
    ),
    "form.id.unusable": (
        "The form's id cannot be used: {id}.",
        "Give it a 'form_id' of 1 to 200 characters in the sheet 'settings', without '/', '\\' and "
        "characters that nobody sees.",
    ),
    "form.language.twice": (
        "The language {language} is there twice.",
        "Use one heading for it in all sheets, as 'label::French (fr)'.",
    ),
    "form.merge_rule.unknown": (
        "The question {question} has the merge rule '{rule}', which does not exist.",
        "Leave 'bind::homeward:merge' empty (the last answer stands), or write one that docs/forms.md names, "
        "as 'both' or 'highest: low medium high; with=why_lower'.",
    ),
    "form.path.unknown": (
        "The form has no {path}.",
        "Correct the name, or add the question.",
    ),
    "form.programme.not_found": (
        "There is no programme or country {name} here.",
        "Correct its name, or add its file.",
    ),
    "form.programme.not_readable": (
        "The file of a programme or a country is no TOML: {reason}.",
        "Correct the line that is named.",
    ),
    "form.programme.value_invalid": (
        "In the file of a programme or a country, {name} is missing, of another kind, or out of its bounds.",
        "Compare with the files that come with Homeward; no programme can make a hard gate softer.",
    ),
    "form.programme.value_unknown": (
        "In the file of a programme or a country stands {name}, which nothing reads.",
        "Correct the name, or take it out.",
    ),
    "form.programme.section_invalid": (
        "The section [{section}] of a programme's file has a setting that is unknown or cannot be so: {key}.",
        "Correct its name or its value; leave it out to have the default.",
    ),
    "form.question.has_children": (
        "The question {question} has other questions inside.",
        "Make it a group, or give it another name than the group has.",
    ),
    "form.question.missing": (
        "The form asks nothing: it has no question that a person answers.",
        "Add a question, as of type text, integer, date or select_one; notes, calculations and hidden values "
        "are no questions.",
    ),
    "form.reference.unknown": (
        "The form shows {reference}, for which it has no place in its data.",
        "Convert it from its XLSForm again; in an XForm, add the element to the instance.",
    ),
    "form.external.missing": (
        "The form takes choices from files that are not beside it: {files}.",
        "Put them into the form's folder, or into the folder <name of the form>-media; then try again.",
    ),
    "form.external.unreadable": (
        "The file {file}, from which the form takes choices, cannot be read: {reason}.",
        "Save it again as CSV with a row of headings in UTF-8, as GeoJSON or as XML.",
    ),
    "form.external.doctype_forbidden": (
        "The file {file}, from which the form takes choices, declares a document type.",
        "Take the DOCTYPE out of it.",
    ),
    "form.submission.not_well_formed": (
        "The record is no XML that can be read: {reason}.",
        "Ask for it again from where it came.",
    ),
    "form.submission.other_form": (
        "The record belongs to another form: {form}.",
        "Open it with the form that it was filled in with.",
    ),
    "form.type.unknown": (
        "The question {question} is of the type '{type}', which does not exist.",
        "Use a type of the XLSForm standard, as text, integer, date or select_one.",
    ),
    "form.version.unusable": (
        "The form's version cannot be used: {version}.",
        "Give it a 'version' of 1 to 200 characters in the sheet 'settings', without '/', '\\' and "
        "characters that nobody sees.",
    ),
    "form.xlsform.calculation_missing": (
        "A question of the type 'calculate' has no calculation.",
        "Fill in its 'calculation', or take the row out.",
    ),
    "form.xlsform.choice_twice": (
        "The choice is in its list twice.",
        "Give each choice of a list a name of its own; where two of a name are meant, write "
        "'allow_choice_duplicates' = yes in the sheet 'settings'.",
    ),
    "form.xlsform.choice_unnamed": (
        "A choice has no name.",
        "Fill in the column 'name', which is what is stored.",
    ),
    "form.xlsform.choice_with_blank": (
        "The choice '{choice}' of a question with several answers has a blank in its name.",
        "Write an underscore in place of the blank.",
    ),
    "form.xlsform.choices_missing": (
        "Questions ask for lists of choices, and there is no sheet 'choices' with them.",
        "Add the sheet 'choices' with the columns 'list_name', 'name' and 'label'.",
    ),
    "form.xlsform.converter_failed": (
        "The converter stumbles over the form: {error}.",
        "Look for unusual cells: pictures, formulas, headings that are no text. Take what you changed last "
        "out of it, and check again.",
    ),
    "form.xlsform.converter_missing": (
        "This program reads XForms only: what turns an XLSForm into one is not part of it.",
        "Give the form as .xml, which the server and other form tools export, or use the program's sources.",
    ),
    "form.xlsform.heading_missing": (
        "A heading is missing or cannot be used: {heading}.",
        "The first row of the sheet must hold the headings, as 'type', 'name' and 'label'.",
    ),
    "form.xlsform.heading_twice": (
        "Two columns have the same meaning: {heading}.",
        "Take one of them out, or give the texts of each language a heading as 'label::French (fr)'.",
    ),
    "form.xlsform.headings_joined": (
        "One cell holds two headings: {heading}.",
        "Give each heading a cell of its own, and each column its texts.",
    ),
    "form.xlsform.include_unsupported": (
        "The form includes another file, which is not part of it.",
        "Copy the questions of the other file in place of the row 'include'.",
    ),
    "form.xlsform.instance_twice": (
        "The list {list} comes both from the form and from a file, or from two files.",
        "Give one of them another name.",
    ),
    "form.xlsform.invalid": (
        "{reason}.",
        "Correct what is named, and check again.",
    ),
    "form.xlsform.label_missing": (
        "The question '{name}' has neither a label nor a hint, so there is nothing to show.",
        "Fill in the column 'label', in each language as 'label::French (fr)'; for a value that nobody sees, "
        "use the type 'calculate' or 'hidden'.",
    ),
    "form.xlsform.list_unknown": (
        "The list '{list}' is not in the sheet 'choices'.",
        "Add its choices there, or correct the list's name in the column 'type'.",
    ),
    "form.xlsform.name_invalid": (
        "The name is no name for an answer.",
        "Begin it with a letter or an underscore; then letters, digits, '_', '-' and '.', without blanks.",
    ),
    "form.xlsform.name_missing": (
        "A question or group has no name.",
        "Fill in the column 'name'.",
    ),
    "form.xlsform.name_reserved": (
        "The name '{name}' means something else already.",
        "Give it another name.",
    ),
    "form.xlsform.name_twice": (
        "The name '{name}' is there twice.",
        "Give one of the two another name; a name that is referred to by ${{name}} must be the only one.",
    ),
    "form.xlsform.no_tables": (
        "No sheet 'survey' is in it, or the file is damaged.",
        "See that it is an XLSForm: a workbook, or Markdown tables that begin with '| survey |'.",
    ),
    "form.xlsform.not_begun": (
        "A {kind} ends here that nowhere began.",
        "Take the row 'end_{kind}' out, or add the 'begin_{kind}' above that is missing.",
    ),
    "form.xlsform.not_ended": (
        "The {kind} '{name}' begins here and never ends.",
        "Add a row 'end_{kind}' after its last question.",
    ),
    "form.xlsform.parameters_invalid": (
        "{reason}.",
        "Write parameters as 'start=0 end=10 step=1', with blanks between them.",
    ),
    "form.xlsform.reference_malformed": (
        "A reference to an answer is not written as ${{name}}.",
        "Write the dollar sign, an opening brace, the question's name and a closing brace.",
    ),
    "form.xlsform.reference_unknown": (
        "The form refers to ${{{reference}}}, and has no question of that name.",
        "Correct the name (capital letters count), or add the question.",
    ),
    "form.xlsform.survey_missing": (
        "There is no sheet 'survey' with questions.",
        "Name the sheet with the questions 'survey', and give it the headings 'type', 'name' and 'label'.",
    ),
    "form.xlsform.too_deep": (
        "Its groups and repeats are nested too deep.",
        "Take groups out of other groups; a few levels are enough for any form.",
    ),
    "form.xlsform.type_missing": (
        "A row has no type.",
        "Fill in the column 'type', or empty the row.",
    ),
    "form.xlsform.unknown_type": (
        "There is no type '{type}'.",
        "Use a type of the XLSForm standard, as text, integer, date, select_one LIST or begin_repeat.",
    ),
    "form.xml.doctype_forbidden": (
        "The XForm has a DOCTYPE, which could make it read other files.",
        "Take the DOCTYPE and the entities out of it.",
    ),
    "form.xml.not_an_xform": (
        "The file is XML, but no XForm: head, model or body is missing.",
        "Give the XForm that a form tool exports, or the XLSForm itself.",
    ),
    "form.xml.not_well_formed": (
        "The file is no XML: {reason}.",
        "Export or convert the form again; the file may be damaged or cut off.",
    ),
    "form.xml.too_deep": ("Its elements are nested more than {limit} deep.", _XFORM_TOO_BIG),
    "form.xml.too_large": ("It is larger than {limit} bytes.", _XFORM_TOO_BIG),
    "form.xml.too_many_attributes": ("It has more than {limit} attributes.", _XFORM_TOO_BIG),
    "form.xml.too_many_elements": ("It has more than {limit} elements.", _XFORM_TOO_BIG),
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """A problem in words, each in one line."""

    cause: str
    remedy: str
    where: str = ""
    """Sheet, row, column and name, as far as they are known."""


def explain(problem: FormProblem) -> Explanation:
    """Cause, remedy and place. A problem of an expression names the question where it stands, if it is
    known."""
    cause, remedy = TEXTS.get(problem.code, (str(problem), "Look the code up in the documentation."))
    params = {name: _one_line(value) for name, value in problem.params.items()}
    if "question" in params and "{question}" not in cause:
        cause = f"{{question}}: {cause}"
    return Explanation(cause.format_map(params), remedy.format_map(params), _where(params))


def _where(params: dict[str, str]) -> str:
    if not {"sheet", "row"} & params.keys():
        return ""
    told = (
        ("sheet", "sheet '{}'"), ("row", "row {}"), ("column", "column '{}'"), ("name", "name '{}'")
    )  # fmt: skip
    return ", ".join(words.format(params[key]) for key, words in told if params.get(key))


def _one_line(value: str | int) -> str:
    text = " ".join(str(value).split()).rstrip(".")
    return text if len(text) <= _MOST else f"{text[:_MOST]}…"

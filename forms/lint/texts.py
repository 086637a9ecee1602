"""What the lint can find in a form, in words for who writes it: the cause, and what to do about it.

A finding is no error: the form can be used, and somebody should look at it. Codes stay as they are.
"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, tuple[str, str]]] = {
    "lint.about.missing": (
        "The sheet 'about' does not say '{part}'.",
        "Add a row for it, as docs/forms.md describes the sheet.",
    ),
    "lint.about.twice": (
        "The sheet 'about' says '{part}' twice.",
        "Make one row of the two.",
    ),
    "lint.about.unknown": (
        "The sheet 'about' has '{part}' with '{text}', which means nothing here.",
        "Use the rows, stages and grades that docs/forms.md names for this sheet.",
    ),
    "lint.acceptance.idle": (
        "A finding of the code {code} is accepted here, and there is none.",
        "Take the place out of the line '# accepted:', or correct it.",
    ),
    "lint.choice.twice": (
        "Two choices have the name '{choice}'.",
        "Give each choice of the list a name of its own.",
    ),
    "lint.choice.unknown": (
        "'{expression}' in {column} compares {question} with '{choice}', which is no choice of it{hint}.",
        "Correct the name in the expression, or add the choice to the list.",
    ),
    "lint.choices.missing": (
        "There is nothing to choose from.",
        "Add choices to its list in the sheet 'choices'.",
    ),
    "lint.column.unknown": (
        "'bind::homeward:{column}' is no column that is known here{hint}, so it does nothing.",
        "Use merge, safety, seal, meaning, htcds, audio or discreet, as docs/forms.md describes them.",
    ),
    "lint.column.value_unknown": (
        "'bind::homeward:{column}' has the value '{value}', which means nothing here{hint}.",
        "Use a value that docs/forms.md names for this column.",
    ),
    "lint.constraint.message_missing": (
        "There is a constraint, and no message for who breaks it.",
        "Fill in 'constraint_message', in each language, with what a right answer looks like.",
    ),
    "lint.default.breaks_constraint": (
        "Its default '{value}' breaks its own constraint.",
        "Change the default or the constraint: nobody should have to correct what nobody answered.",
    ),
    "lint.default.hidden": (
        "Its default is worked out when a record begins. It is hidden then, so it never gets it.",
        "Write it as 'calculation', with the question whose answer shows it as 'trigger'.",
    ),
    "lint.default.unknown_choice": (
        "Its default '{value}' is no choice of its list{hint}.",
        "Write the name of a choice, not its label, or leave the default empty.",
    ),
    "lint.default.wrong_type": (
        "Its default '{value}' is no answer of its type, so it is left out.",
        "Write it as it is stored: 5, 2.5, 2026-11-22, 14:30, or the name of a choice.",
    ),
    "lint.discreet.private_shown": (
        "It is to be shown in the short form, and it is marked for safety or follows from what is.",
        "Take 'show' out of 'bind::homeward:discreet': it does nothing there. Private answers are never in "
        "the short form.",
    ),
    "lint.discreet.title_missing": (
        "It asks private questions, and its short form has no title of its own ({languages}).",
        "Fill in 'attribute::homeward:discreet_title_en' in the sheet 'settings', and so for each language, "
        "with a word that tells nothing, as Visit.",
    ),
    "lint.discreet.title_tells": (
        "The title '{title}' of its short form ({language}) tells what it is about, or is its usual one.",
        "Use an everyday word that fits many things, as Visit, Notes, Appointment.",
    ),
    "lint.file.missing": (
        "It takes choices from the file {file}, which is not beside the form.",
        "Put it into the form's folder, or into the folder <name of the form>-media. Without it the form is "
        "not published.",
    ),
    "lint.htcds.meaning_missing": (
        "It is marked as the answer to {field} of HTCDS and has no meaning, so nothing of it is exported.",
        "Give it a meaning of its own in 'bind::homeward:meaning', as person.citizenship.",
    ),
    "lint.label.missing": (
        "It is shown, and has no label.",
        "Fill in 'label', in each language.",
    ),
    "lint.location.unneeded": (
        "The place where somebody is gets recorded ({how}), and nothing says that it is needed.",
        "Ask for a town or a district in its place. Where protection needs the spot, say so by "
        "'bind::homeward:safety' = location.",
    ),
    "lint.meaning.twice": (
        "It has the meaning '{meaning}', which {other} has too, so one fact can get two answers.",
        "Ask in one form only, and show the answer elsewhere by the same meaning and 'readonly' = yes; "
        "or give it a meaning of its own.",
    ),
    "lint.merge.idle": (
        "It has the merge rule '{rule}', and nobody types its value, so the rule does nothing.",
        "Leave 'bind::homeward:merge' empty there.",
    ),
    "lint.merge.order": (
        "The merge rule '{rule}' keeps the more protective choice, and {why}.",
        "Write all choices behind the rule, the most protective one last, as in 'highest: unknown low medium "
        "high'; or put the list itself into that order of levels.",
    ),
    "lint.merge.reason_missing": (
        "Its merge rule asks for an answer in the same save, and its group has no question{question} for it.",
        "Add such a question to the same group and name it behind the rule, as in 'highest; with=why_lower': "
        "without it nobody can lower an answer, or consent anew.",
    ),
    "lint.merge.safety_last": (
        "A question of safety ('{safety}') keeps only the later of two answers that were given apart.",
        "Write a rule that keeps what protects: 'both' for a text, 'highest' or 'cautious' with the order of "
        "its choices, 'withdrawn' for a consent, 'set', 'narrow' or 'union' where several are chosen, "
        "'cautious: later' or 'cautious: earlier' for a date. For the kind of a thing, where no choice "
        "protects more than another, say so: 'last: kind' (select_one, 'private').",
    ),
    "lint.merge.unfit": (
        "The merge rule '{rule}' does nothing for a question of the type {type}.",
        "Use 'set', 'narrow' and 'union' with select_multiple only, 'highest', 'withdrawn' and 'last: kind' "
        "with select_one, 'cautious' with select_one or, as 'cautious: later', with a date.",
    ),
    "lint.merge.withdrawing_missing": (
        "The merge rule 'withdrawn' has no choice that withdraws: there is no '{choice}'.",
        "Name the choices of the list that withdraw, as in 'withdrawn: withdrawn refused'.",
    ),
    "lint.metadata.empty": (
        "It asks the device for '{property}', and stays empty: a form is told nothing of who holds it.",
        "Leave it out: each record knows its author and its device anyway.",
    ),
    "lint.pattern.unanchored": (
        "The pattern '{pattern}' is looked for anywhere in the answer; ODK Collect wants it to be the whole.",
        "Write it from ^ to $, so that it means the same everywhere.",
    ),
    "lint.question.unreachable": (
        "It is never shown: '{expression}' cannot become true.",
        "Correct 'relevant': look for a misspelled choice, or for parts that exclude each other.",
    ),
    "lint.required.label_missing": (
        "An answer is required, and nothing says to what.",
        "Fill in 'label', in each language, or take 'required' out.",
    ),
    "lint.translation.missing": (
        "The {text} is not translated ({languages}).",
        "Fill in the column of each language, or take the language out of the whole form.",
    ),
    "lint.recording.ignored": (
        "It asks for a recording that nobody notices, and gets none.",
        "Leave 'background-audio' out: who is recorded must know and agree.",
    ),
    "lint.seal.exported": (
        "It is sealed for '{circle}' and marked as the answer to {field} of HTCDS; it is not exported.",
        "Take one of the two marks out: what is sealed for named readers goes into no record for others.",
    ),
    "lint.seal.missing": (
        "It has the meaning '{meaning}', which belongs to the circle '{circle}', and nothing says who is to "
        "read the answer.",
        "Write the circle into 'bind::homeward:seal', or 'yes' where everybody on the case needs it; 'no' is "
        "only for a day or a choice by which work is planned.",
    ),
    "lint.search.ignored": (
        "Its choices come from search(), which does nothing here.",
        "Use 'select_one_from_file' with a 'choice_filter'.",
    ),
    "lint.type.not_asked": (
        "This version of the app cannot ask a question of the type '{type}'{required}.",
        "Ask in another way, as by a text or a photo, or leave the question out.",
    ),
    "lint.version.missing": (
        "The form has no version: its content gives it one when it is published.",
        "Fill in 'version' in the sheet 'settings', and raise it with each change.",
    ),
}

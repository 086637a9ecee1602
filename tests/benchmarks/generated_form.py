"""A form of 500 questions that is made here, so that the bench of forms says something on every machine.

It has what large forms have: sections under conditions, calculations over them, constraints, a cascade
over a list of 5,000 villages, a repeat of household members, texts in two languages that fill answers in.
"""

from __future__ import annotations

from collections.abc import Iterator

SECTIONS = 48
VILLAGES = 5000
_DISTRICTS = 100
_QUESTIONS_A_SECTION = 10
_COLUMNS = (
    "type",
    "name",
    "label::English (en)",
    "label::French (fr)",
    "relevant",
    "constraint",
    "constraint_message::English (en)",
    "constraint_message::French (fr)",
    "required",
    "calculation",
    "choice_filter",
)


def form_text(sections: int = SECTIONS, villages: int = VILLAGES) -> str:
    """The form as Markdown tables."""
    lines = ["| survey |", _row(_COLUMNS)]
    for question in _questions(sections):
        lines.append(_row(tuple(question.get(column, "") for column in _COLUMNS)))
    lines += [
        "| choices |",
        _row(("list_name", "name", "label::English (en)", "label::French (fr)", "district")),
    ]
    lines += [_row(("answer", name, en, fr, "")) for name, en, fr in _ANSWERS]
    for number in range(_DISTRICTS):
        lines.append(_row(("district", f"d{number}", f"District {number}", f"Région {number}", "")))
    for number in range(villages):
        district = f"d{number % _DISTRICTS}"
        lines.append(_row(("village", f"v{number}", f"Village {number}", f"Commune {number}", district)))
    lines += ["| settings |", _row(("form_id", "version", "default_language"))]
    lines += [_row(("generated", "1", "English (en)"))]
    return "\n".join(lines) + "\n"


_ANSWERS = (
    ("yes", "Yes", "Oui"),
    ("no", "No", "Non"),
    ("dk", "Not known", "Inconnu"),
    ("ref", "Refused", "Refus"),
)


def _questions(sections: int) -> Iterator[dict[str, str]]:
    yield _question("text", "person", "Name", required="yes")
    yield _question("integer", "age", "Age of ${person}", constraint=". >= 0 and . < 120")
    yield _question("select_one district", "district", "District")
    yield _question("select_one village", "village", "Village", choice_filter="district = ${district}")
    yield from _members()
    for number in range(sections):
        yield from _section(number)
    terms = " + ".join(f"${{score{number}}}" for number in range(sections))
    yield {"type": "calculate", "name": "score", "calculation": terms}
    yield _question("note", "summary", "${person}: ${score} points, ${members} in the household")


def _members() -> Iterator[dict[str, str]]:
    yield _question("begin_repeat", "member", "Member of the household")
    yield _question("text", "first", "First name", required="yes")
    yield _question("integer", "years", "Age of ${first}", constraint=". >= 0 and . < 120")
    yield _question("select_one answer", "works", "Does ${first} work?", relevant="${years} >= 15")
    yield _question("decimal", "income", "Income of ${first}", relevant="selected(${works}, 'yes')")
    yield {"type": "calculate", "name": "adult", "calculation": "if(${years} >= 18, 1, 0)"}
    yield {"type": "end_repeat"}
    yield {"type": "calculate", "name": "members", "calculation": "count(${member})"}
    yield {"type": "calculate", "name": "incomes", "calculation": "sum(${income})"}


def _section(number: int) -> Iterator[dict[str, str]]:
    before = (
        f"selected(${{q{number - 1}_0}}, 'yes') or selected(${{q{number - 1}_0}}, 'dk')" if number else ""
    )
    yield _question("begin_group", f"section{number}", f"Section {number}", relevant=before)
    for place in range(_QUESTIONS_A_SECTION - 1):
        name, condition = f"q{number}_{place}", ""
        if place:
            condition = (
                f"selected(${{q{number}_{place // 2}}}, 'yes') and ${{age}} > {place}" if place % 3 else ""
            )
        whom = " to ${person}" if place == 1 else ""
        if place % 4 == 3:
            yield _question(
                "integer", name, f"How many times, in {number}.{place}?",
                constraint=". >= 0 and . <= 30", relevant=condition,
            )  # fmt: skip
        else:
            yield _question(
                "select_one answer" if place % 4 else "select_multiple answer", name,
                f"Did it happen{whom}, in {number}.{place}?", relevant=condition, required="yes",
            )  # fmt: skip
    times = f"if(${{q{number}_3}} != '', int(${{q{number}_3}}), 0)"
    yield {
        "type": "calculate",
        "name": f"score{number}",
        "calculation": f"{times} + count-selected(${{q{number}_0}})",
    }
    yield {"type": "end_group"}


def _question(kind: str, name: str, label: str, **columns: str) -> dict[str, str]:
    translated = {"label::English (en)": label, "label::French (fr)": f"(fr) {label}"}
    if "constraint" in columns:
        translated["constraint_message::English (en)"] = "That is not possible."
        translated["constraint_message::French (fr)"] = "Ce n'est pas possible."
    return {"type": kind, "name": name, **translated, **columns}


def _row(cells: tuple[str, ...]) -> str:
    return f"| | {' | '.join(cells)} |"

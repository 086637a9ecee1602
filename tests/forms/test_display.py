"""Values as text outside an entry, and records as they are kept."""

from datetime import UTC, datetime

from forms.display import question_titles, text_of, values_shown
from forms.record import Record, changed_values

FORM = """
| survey |
| | type | name | label::English (en) | label::French (fr) | bind::homeward:meaning |
| | select_multiple svc | services | Services | | |
| | integer | age | Age | Âge | prs.age |
| | begin_repeat | child | Child | Enfant | |
| | text | first | First name | Prénom | prs.child |
| | end_repeat | | | | |
| choices |
| | list_name | name | label::English (en) | label::French (fr) |
| | svc | food | Food | Nourriture |
| | svc | legal | Legal aid | |
"""
CHILD = "child[9f3c0a1b2c3d4e5f]"


def test_choices_are_shown_by_their_labels_with_fallback(load):
    shown = text_of(load(FORM), "services", ["food", "legal", "gone"])
    assert shown == {"en": "Food, Legal aid, gone", "fr": "Nourriture, Legal aid, gone"}


def test_several_choices_are_parted_by_the_comma_of_the_language(load):
    form = load(
        """
| survey |
| | type | name | label::English (en) | label::Arabic (ar) |
| | select_multiple svc | services | Services | خدمات |
| choices |
| | list_name | name | label::English (en) | label::Arabic (ar) |
| | svc | food | Food | طعام |
| | svc | legal | Legal aid | عون |
"""
    )
    assert text_of(form, "services", ["food", "legal"]) == {"en": "Food, Legal aid", "ar": "طعام، عون"}


def test_other_values_are_shown_as_they_are(load):
    form = load(FORM)
    assert text_of(form, "age", 30) == {"en": "30", "fr": "30"}
    assert text_of(form, f"{CHILD}/first", "Ana")["fr"] == "Ana"
    assert text_of(form, "age", None) == {"en": "", "fr": ""}
    assert text_of(form, "not/here", "kept") == {"en": "kept", "fr": "kept"}


def test_a_question_has_a_title_in_every_language(load):
    form = load(FORM)
    assert question_titles(form, f"{CHILD}/first") == {"en": "First name", "fr": "Prénom"}
    assert question_titles(form, "services") == {"en": "Services", "fr": "Services"}
    assert question_titles(form, CHILD) == {"en": "Child", "fr": "Enfant"}
    assert question_titles(form, "not/here") == {"en": "not/here", "fr": "not/here"}


def test_a_record_takes_a_change_and_finds_by_meaning(load):
    record = Record("r", "c", "test", "1", "draft", {"age": 30, CHILD: 1, f"{CHILD}/first": "Ana"})
    changed = record.with_values({"age": None, "services": ["food"]})
    assert "age" not in changed.values
    assert changed.by_meaning(load(FORM), "prs.child") == "Ana"
    assert changed.by_meaning(load(FORM), "prs.age") is None
    assert changed.instances("child") == (CHILD,)
    assert changed_values(record.values, changed.values) == {"age": None, "services": ["food"]}


def test_what_is_shown_of_a_record_is_calculated_anew(load):
    form = load(
        "| survey |\n| | type | name | label | calculation | relevant |\n"
        "| | begin_repeat | child | Child | | |\n| | integer | age | Age | | |\n| | end_repeat | | | | |\n"
        "| | calculate | children | | count(${child}) | |\n"
        "| | text | school | School | | ${children} > 5 |\n"
    )
    merged = {
        "child[00000000000000aa]": 1, "child[00000000000000aa]/age": 4,
        "child[00000000000000bb]": 2, "child[00000000000000bb]/age": 7,
        "children": "1", "school": "none",
    }  # fmt: skip
    shown = values_shown(form, merged, datetime(2026, 11, 22, tzinfo=UTC))
    assert shown["children"] == "2"
    assert "school" not in shown
    assert merged["children"] == "1"

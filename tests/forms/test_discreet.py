# ruff: noqa: E501 - the tables of forms are wide
"""The short form shows nothing private, whatever is answered, and changes nothing but what is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from forms import paths
from forms.definition import FormDefinition, Repeat
from forms.discreet import NEUTRAL_TITLES, ShortForm, end_partial, goes_on, marked, outcome_of
from forms.entry import FormEntry
from forms.telltale import tells
from tests.forms.conftest import NOON

Begin = Callable[..., FormEntry]
Load = Callable[[str], FormDefinition]

VISIT = """
| settings |
| | form_id | version | namespaces | attribute::homeward:discreet_title_en | attribute::homeward:discreet_title_fr |
| | visit | 1 | homeward="https://homeward.invalid/xforms" | Visit | Visite |
| survey |
| | type | name | label::English (en) | label::French (fr) | hint::English (en) | relevant | calculation | required | constraint | constraint_message::English (en) | bind::homeward:safety | bind::homeward:meaning | bind::homeward:discreet |
| | begin_group | contact | The contact | Le contact | | | | | | | | | |
| | date | day | Day | Jour | | | | yes | | | | contact.date | |
| | select_one outcome | outcome | How did it go? | Comment ? | | | | yes | | | | contact.outcome | |
| | select_one yes_no | safe | Can you talk? | Parler ? | | | | | | | | contact.safe_to_talk | |
| | end_group | | | | | | | | | | | | |
| | begin_group | home | How is home? | La maison ? | | ${outcome} != 'refused' | | | | | | | |
| | integer | rooms | Rooms | Pièces | Arta’s own room too | | | | . < 9 | Ask Arta again | | | |
| | select_one yes_no | hit | Does it hurt? | Douleur ? | | | | yes | | | private | | |
| | integer | since | Since when? | Depuis quand ? | | ${hit} = 'yes' | | | | | | | |
| | text | words | In own words | Ses mots | | | | | | | | | |
| | text | colour | Colour of the door | Couleur | | | | | | | | | show |
| | note | hush | Come back | Revenez | | | | | | | | | |
| | note | hello | Good day | Bonjour | | | | | | | | | show |
| | integer | beds | Beds | Lits | | | | | | | | | hide |
| | end_group | | | | | | | | | | | | |
| | begin_group | dark | Violence | Violence | | | | | | | | | |
| | integer | lamps | Lamps | Lampes | | | | | | | | | |
| | calculate | worry | | | | | if(${hit} = 'yes', 'high', 'low') | | | | | | |
| | integer | doors | Doors | Portes | | ${worry} = 'low' | | | | | | | show |
| | end_group | | | | | | | | | | | | |
| | begin_group | closed | Cellar | Cave | | | | | | | | | hide |
| | integer | shelves | Shelves | Étagères | | | | | | | | | |
| | end_group | | | | | | | | | | | | |
| choices |
| | list_name | name | label::English (en) | label::French (fr) |
| | outcome | met | Met | Vu |
| | outcome | not_alone | Not alone | Pas seul |
| | outcome | refused | Refused | Refus |
| | outcome | taken | New exploitation | Exploitation |
| | yes_no | yes | Yes | Oui |
| | yes_no | no | No | Non |
"""


def names(entry: FormEntry) -> list[str]:
    lines = ShortForm.of(entry.definition).outline(entry.outline())
    return [line.path.rpartition("/")[2] for line in lines]


def test_everyday_questions_stay_and_what_tells_or_is_marked_does_not(begin: Begin) -> None:
    assert names(begin(VISIT)) == [
        "contact",
        "day",
        "safe",
        "home",
        "rooms",
        "colour",
        "hello",
        "dark",
        "lamps",
    ]


def test_a_question_that_follows_from_a_private_answer_is_not_there_even_if_it_says_show(
    begin: Begin,
) -> None:
    entry = begin(VISIT)
    entry.answer("home/hit", "yes")
    assert "home/since" in {line.path for line in entry.outline()}
    assert "since" not in names(entry)
    entry.answer("home/hit", "no")
    assert "dark/doors" in {line.path for line in entry.outline()}
    assert "doors" not in names(entry)


FOLLOWS = """
| survey |
| | type | name | label | relevant | calculation | trigger | bind::homeward:safety |
| | integer | blows | Item 1 | | | | private |
| | integer | set | Item 2 | | 3 | ${blows} | |
| | integer | told | Item 3 ${blows} | | | | |
| | begin_group | inside | Group | ${blows} > 2 | | | |
| | integer | inner | Item 4 | | | | |
| | end_group | | | | | | |
| | integer | beyond | Item 5 | ${inner} = '' | | | |
| | integer | free | Item 6 | | | | |
"""


def test_what_an_answer_sets_or_opens_or_puts_into_words_follows_from_it(begin: Begin) -> None:
    """A number set, a group with what reads it, a label: all that would move while nobody answers it."""
    entry = begin(FOLLOWS)
    assert {line.path for line in entry.outline()} == {"blows", "set", "told", "beyond", "free"}
    assert names(entry) == ["free"]
    entry.answer("blows", "3")
    assert names(entry) == ["free"]


def test_a_group_whose_name_would_tell_has_none(begin: Begin) -> None:
    entry = begin(VISIT)
    labels = {line.path: line.label for line in ShortForm.of(entry.definition).outline(entry.outline())}
    assert (labels["dark"], labels["contact"]) == ("", "The contact")


def test_no_hint_and_no_message_of_the_form_stands_beside_a_question(begin: Begin) -> None:
    entry = begin(VISIT)
    entry.answer("home/rooms", "12")
    whole = entry.state("home/rooms")
    assert whole.hint
    assert whole.violation is not None
    short = ShortForm.of(entry.definition).state(whole)
    assert (short.hint, short.guidance, short.value) == ("", "", 12)
    assert short.violation is not None
    assert (short.violation.kind, short.violation.message) == ("constraint", "")


def test_a_form_without_a_neutral_title_is_called_notes(load: Load) -> None:
    assert ShortForm.of(load(VISIT)).titles == {"en": "Visit", "fr": "Visite"}
    plain = load("| survey |\n| | type | name | label |\n| | integer | a | A |\n")
    assert ShortForm.of(plain).titles == NEUTRAL_TITLES


@pytest.mark.parametrize(
    ("path", "raw", "comes"),
    [
        ("contact/safe", "no", True),
        ("contact/safe", "yes", False),
        ("contact/safe", None, False),
        ("contact/outcome", "refused", False),
    ],
)
def test_it_comes_by_itself_when_it_is_not_safe_to_talk(
    begin: Begin, path: str, raw: Any, comes: bool
) -> None:
    entry = begin(VISIT)
    assert goes_on(entry.definition, entry.answer(path, raw)) is comes


def test_a_contact_ends_as_not_alone_and_keeps_every_answer(begin: Begin) -> None:
    entry = begin(VISIT)
    entry.answer("contact/outcome", "met")
    entry.answer("home/hit", "yes")
    entry.answer("home/words", "At night")
    before = entry.values()
    path = outcome_of(entry, lambda: NOON)
    assert path == "contact/outcome"
    assert entry.values() == before, "to look whether it can be is no answer"
    end_partial(entry, path)
    assert entry.values() == {**before, "contact/outcome": "not_alone"}


def test_what_ended_otherwise_already_is_not_ended_as_not_alone(begin: Begin) -> None:
    entry = begin(VISIT)
    entry.answer("contact/outcome", "refused")
    assert outcome_of(entry, lambda: NOON) is None


def test_a_form_in_which_not_alone_would_clear_an_answer_is_not_ended_so(begin: Begin) -> None:
    entry = begin(VISIT.replace("${outcome} != 'refused'", "${outcome} = 'met'"))
    assert outcome_of(entry, lambda: NOON) == "contact/outcome", "nothing is answered yet"
    entry.answer("contact/outcome", "met")
    entry.answer("home/words", "At night")
    assert outcome_of(entry, lambda: NOON) is None


@pytest.mark.parametrize(
    "words",
    [
        "Threats to the family", "Suspicion of new exploitation", "self-harm", "Pressions, menaces", "Dettes ?",
        "Sécurité", "Kërcënime", "A ka borxh?", "هل هناك دَين؟", "تهديدات", "وبالتهديد", "الاستغلال", "Погрози",
        "Чи є борг?", "Безпека",
    ],
)  # fmt: skip
def test_a_word_tells_in_each_language(words: str) -> None:
    assert tells(words)


@pytest.mark.parametrize(
    "words",
    [
        "Date of the contact", "Work or study", "How does the plan go?", "Logement", "Puna ose studimi", "Nuk është e sigurt",
        "السكن في المدينة", "Робота чи навчання", "undertake", "",
    ],
)  # fmt: skip
def test_an_everyday_word_does_not(words: str) -> None:
    assert not tells(words)


# --- any form ------------------------------------------------------------------------------------

HEAD = "type | name | label | relevant | calculation | constraint | required | choice_filter | repeat_count | trigger | bind::homeward:safety | bind::homeward:discreet"
TYPES = (
    "integer",
    "select_one pair",
    "select_multiple pair",
    "date",
    "text",
    "note",
    "calculate",
    "select_one few",
)
SAFETY = ("identity", "contact", "private", "location")
LISTS = """
| choices |
| | list_name | name | label | part |
| | pair | a | A | |
| | pair | b | B | |
| | few | c | C | 0 |
| | few | d | D | 1 |
| | few | e | E | 2 |
"""
RAW: dict[str, list[Any]] = {
    "integer": ["0", "1", "2", None],
    "select_one pair": ["a", "b", None],
    "select_multiple pair": [["a"], ["a", "b"], None],
    "date": ["2026-01-01", "2026-06-01", None],
    "text": ["x", "yy", None],
    "select_one few": ["c", "d", "e", None],
}
CONDITIONS = (
    "${0} = 1",
    "${0} = 'a'",
    "string-length(${0}) > 1",
    "${0} != ''",
    "count-selected(${0}) > 1",
    "not(${0} = 2)",
)


@st.composite
def tables(draw: st.DrawFn) -> str:
    """A form of up to nine questions, a few in a group or a repeat, that read each other in every way."""
    before: list[str] = []
    rows: list[str] = []
    number = 0

    def ref() -> str | None:
        return draw(st.sampled_from(before)) if before and draw(st.integers(0, 2)) else None

    def condition() -> str:
        name = ref()
        return draw(st.sampled_from(CONDITIONS)).replace("{0}", f"{{{name}}}") if name else ""

    def row(**cells: str) -> None:
        rows.append(
            "| | "
            + " | ".join(cells.get(key.rpartition(":")[2].replace(" ", ""), "") for key in HEAD.split(" | "))
            + " |"
        )

    for part in range(draw(st.integers(1, 4))):
        around = draw(st.sampled_from(("", "", "group", "repeat")))
        kept = list(before)
        if around:
            count = ref() if around == "repeat" and draw(st.booleans()) else None
            row(
                type=f"begin_{around}", name=f"p{part}", label=f"Part {part} ${{{kept[0]}}}" if kept and draw(st.booleans()) else f"Part {part}",
                relevant=condition(), repeat_count=f"${{{count}}}" if count else "",
                discreet=draw(st.sampled_from(("", "", "", "hide"))),
            )  # fmt: skip
        for _ in range(draw(st.integers(1, 3))):
            kind, name = draw(st.sampled_from(TYPES)), f"q{number}"
            number += 1
            said = ref()
            filtered, trigger = (
                ref() if kind == "select_one few" else None,
                ref() if draw(st.integers(0, 1)) == 0 else None,
            )
            source = ref()
            calculation = (f"${{{source}}}" if source else "1") if kind == "calculate" or trigger else ""
            row(
                type=kind, name=name, label="" if kind == "calculate" else f"Item {name}" + (f" ${{{said}}}" if said else ""),
                relevant=condition(), calculation=calculation,
                constraint=condition(), required=draw(st.sampled_from(("", "yes"))) or condition(),
                choice_filter=f"part = ${{{filtered}}}" if filtered else "",
                trigger=f"${{{trigger}}}" if trigger and kind not in ("calculate", "note") else "",
                safety=draw(st.sampled_from(("", "", *SAFETY))) if kind != "note" else "",
                discreet=draw(st.sampled_from(("", "", "show", "hide"))),
            )  # fmt: skip
            if trigger and kind in ("calculate", "note"):
                continue
            if kind != "note":
                before.append(name)
        if around:
            row(type=f"end_{around}")
            if around == "repeat":
                before[:] = kept
    return "\n".join(["| survey |", f"| | {HEAD} |", *rows]) + LISTS


actions = st.lists(
    st.tuples(st.sampled_from(["answer"] * 6 + ["add", "remove"]), st.integers(0, 30), st.integers(0, 5), st.integers(0, 5)),
    max_size=14,
)  # fmt: skip


def ordinal(entry: FormEntry, path: str) -> str:
    """A path with the number of each instance for its id, which chance makes."""
    steps = []
    for end in (*(place for place, letter in enumerate(path) if letter == "/"), len(path)):
        at = path[:end]
        if at.endswith("]"):
            steps.append(str(entry.repeat(at.rpartition("[")[0]).instances.index(at)))
    return paths.template(path) + ":" + ".".join(steps)


def at_places(entry: FormEntry, kind: str) -> dict[str, str]:
    return {ordinal(entry, line.path): line.path for line in entry.outline() if line.kind == kind}


def seen(entry: FormEntry) -> Any:
    """All that stands on the screen in the short form."""
    form = ShortForm.of(entry.definition)
    lines = form.outline(entry.outline())
    states = {line.path: form.state(entry.state(line.path)) for line in lines if line.kind == "question"}
    return (
        [(line.kind, ordinal(entry, line.path), line.label, line.depth) for line in lines],
        [
            (s.label, s.hint, s.value, s.required, s.readonly, s.choices, s.violation and s.violation.kind)
            for s in states.values()
        ],
        form.progress(entry),
        [entry.repeat(line.path).can_add for line in lines if line.kind == "repeat"],
    )


def questions(definition: FormDefinition) -> list[str]:
    return [path for path, each in definition.questions.items() if each.asks]


def do(entry: FormEntry, action: tuple[str, int, int, int], *, other: bool) -> None:
    """The same in both lives, but for the answers to private questions: those are others in the other life."""
    what, which, value, otherwise = action
    if what == "answer":
        known = questions(entry.definition)
        if not known:
            return
        template = known[which % len(known)]
        question = entry.definition.questions[template]
        places = [
            path
            for place, path in sorted(at_places(entry, "question").items())
            if paths.template(path) == template
        ]
        raws = RAW[kind_of(question)]
        chosen = otherwise if other and question.safety else value
        for path in places[:1] if which % 2 else places:
            entry.answer(path, raws[chosen % len(raws)])
    elif what == "add":
        for path in sorted(at_places(entry, "repeat").values())[:1]:
            if paths.template(path) in ShortForm.of(entry.definition).displayed:
                entry.add_instance(path)
    else:
        for path in list(at_places(entry, "instance").values())[-1:]:
            if paths.template(path) in ShortForm.of(entry.definition).displayed:
                entry.remove_instance(path)


def kind_of(question: Any) -> str:
    if question.chooses:
        return f"{question.type} {'few' if any(c.name == 'c' for c in question.choices) else 'pair'}"
    return str(question.type)


def loaded(load: Load, table: str) -> FormDefinition:
    """Random forms may go in circles, or read what cannot be read: those are no forms."""
    try:
        return load(table)
    except Exception:
        assume(False)
        raise


slow = settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


@slow
@given(tables(), actions)
def test_no_marked_question_is_ever_displayed(begin: Begin, load: Load, table: str, done: list[Any]) -> None:
    entry = begin(loaded(load, table))
    private = set(marked(entry.definition))
    for action in done:
        do(entry, action, other=False)
        lines = ShortForm.of(entry.definition).outline(entry.outline())
        assert not private & {paths.template(line.path) for line in lines}


@slow
@given(tables(), actions)
def test_what_is_displayed_is_the_same_whatever_the_private_answers_are(
    begin: Begin, load: Load, table: str, done: list[Any]
) -> None:
    """Two lives with the same everyday answers: who looks at the screen cannot tell one from the other."""
    definition = loaded(load, table)
    assume(marked(definition))
    one, two = begin(definition), begin(definition)
    for action in done:
        do(one, action, other=False)
        do(two, action, other=True)
        assert seen(one) == seen(two)


@slow
@given(tables(), actions, st.lists(st.booleans(), min_size=14, max_size=14))
def test_values_relevance_and_violations_are_the_same_with_it_and_without(
    begin: Begin, load: Load, table: str, done: list[Any], looks: list[bool]
) -> None:
    definition = loaded(load, table)
    whole, short = begin(definition), begin(definition)
    for action, looked in zip(done, looks, strict=False):
        do(whole, action, other=False)
        do(short, action, other=False)
        if looked:
            seen(short)
            outcome_of(short, lambda: NOON)
        assert short.values() == whole.values()
    assert short.outline() == whole.outline()
    assert [s.value for s in map(short.state, asked(short))] == [
        s.value for s in map(whole.state, asked(whole))
    ]
    assert short.progress() == whole.progress()
    assert short.validate() == whole.validate()


def asked(entry: FormEntry) -> list[str]:
    return [line.path for line in entry.outline() if line.kind == "question"]


def test_the_random_forms_are_of_every_kind(load: Load) -> None:
    """A generator that makes no repeats, no conditions or no marks would prove nothing."""
    found: set[str] = set()

    @settings(max_examples=150, deadline=None, database=None, derandomize=True)
    @given(tables())
    def look(table: str) -> None:
        definition = loaded(load, table)
        form = ShortForm.of(definition)
        found.update(kind_of(each) for each in definition.questions.values())
        found.update("repeat" for each in definition.groups.values() if isinstance(each, Repeat))
        found.update(
            "count" for each in definition.groups.values() if isinstance(each, Repeat) and each.count
        )
        found.update("set" for _ in definition.set_values)
        if form.private - {path for path, each in definition.questions.items() if each.safety}:
            found.add("follows")
        if form.displayed:
            found.add("displayed")

    look()
    assert {
        "repeat",
        "count",
        "set",
        "follows",
        "displayed",
        "integer",
        "select_one few",
        "calculate",
    } <= found

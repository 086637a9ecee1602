# ruff: noqa: E501 - the tables of forms are wide
"""Whatever is done to an entry in whatever order, it is as if it had been calculated once, at the end."""

from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from forms import paths
from forms.entry import FormEntry

FORM = """
| survey |
| | type | name | label::English (en) | label::French (fr) | relevant | constraint | required | calculation | default | repeat_count | choice_filter |
| | text | name | Name | Nom | | | yes | | | | |
| | integer | age | Age of ${name} | Âge de ${name} | ${name} != 'x' | . < 100 | | | 5 | | |
| | select_one country | country | Country | Pays | | | | | | | |
| | select_multiple city | cities | Cities | Villes | ${age} > 3 | | | | | | country = ${country} |
| | calculate | chosen | | | | | | count-selected(${cities}) | | | |
| | calculate | shown | | | | | | jr:choice-name(${country}, '${country}') | | | |
| | begin_group | adult | Adult | Adulte | ${age} >= 18 | | | | | | |
| | decimal | income | Income | Revenu | | | | | | | |
| | integer | children | Children | Enfants | ${income} < 50 | | | | | | |
| | begin_repeat | child | Child | Enfant | | | | | | ${children} | |
| | text | first | First | Prénom | | | | | | | |
| | calculate | place | | | | | | concat(position(..), '/', count(${child})) | | | |
| | end_repeat | | | | | | | | | | |
| | end_group | | | | | | | | | | |
| | begin_repeat | need | Need | Besoin | ${chosen} < 2 | | | | | | |
| | text | what | What | Quoi | | | | | | | |
| | decimal | cost | Cost | Coût | ${what} != '' | . >= 0 | | | | | |
| | begin_repeat | step | Step | Étape | ${cost} > 10 | | | | | | |
| | integer | days | Days | Jours | | | | | 1 | | |
| | calculate | with | | | | | | concat(${what}, ${days}, ${name}) | | | |
| | end_repeat | | | | | | | | | | |
| | calculate | long | | | | | | sum(${days}) | | | |
| | end_repeat | | | | | | | | | | |
| | calculate | total | | | | | | sum(${cost}) + count(${step}) + coalesce(${income}, 0) | | | |
| | note | summary | ${total} for ${name} | ${total} pour ${name} | ${total} > 0 | | | | | | |
| choices |
| | list_name | name | label::English (en) | label::French (fr) | country |
| | country | al | Albania | Albanie | |
| | country | ma | Morocco | Maroc | |
| | city | a | Tirana | Tirana | al |
| | city | b | Shkodër | Shkodër | al |
| | city | c | Rabat | Rabat | ma |
"""

RAW: dict[str, list[Any]] = {
    "name": ["Ana", "x", "", "Ben"],
    "age": ["2", "17", "40", "200", "old", None],
    "country": ["al", "ma", "nowhere", None],
    "cities": [["a"], ["a", "b"], ["c"], []],
    "adult/income": ["0", "49,5", "80", None],
    "adult/children": ["0", "1", "3", None],
    "adult/child/first": ["Dora", ""],
    "need/what": ["bed", "", "school"],
    "need/cost": ["-1", "5", "25", None],
    "need/step/days": ["1", "9", None],
}

pick = st.integers(0, 7)
actions = st.lists(
    st.one_of(
        st.tuples(st.just("answer"), st.sampled_from(sorted(RAW)), pick, pick),
        st.tuples(st.just("add"), st.sampled_from(["need", "need/step"]), pick, pick),
        st.tuples(st.just("remove"), st.sampled_from(["need", "need/step"]), pick, pick),
        st.tuples(st.just("speak"), st.sampled_from(["en", "fr"]), pick, pick),
    ),
    max_size=25,
)


def templates(entry: FormEntry, kind: str, template: str) -> list[str]:
    return [
        line.path for line in entry.outline() if line.kind == kind and paths.template(line.path) == template
    ]


def do(entry: FormEntry, action: tuple[str, str, int, int]) -> dict[str, Any]:
    """One action on one of the places where it can be done now; what it told."""
    what, where, which, value = action
    if what == "speak":
        entry.language = where
        return {}
    kind = {"answer": "question", "add": "repeat", "remove": "instance"}[what]
    places = templates(entry, kind, where)
    if not places:
        return {}
    place = places[which % len(places)]
    if what == "answer":
        return entry.answer(place, RAW[where][value % len(RAW[where])]).values
    return (entry.add_instance(place) if what == "add" else entry.remove_instance(place)).values


def picture(entry: FormEntry) -> Any:
    """All that a screen can see, but for what was typed and refused."""
    lines = entry.outline()
    states = [entry.state(line.path) for line in lines if line.kind == "question"]
    return (
        lines,
        [(s.label, s.value, s.required, s.readonly, s.choices) for s in states],
        entry.progress(),
    )


@settings(max_examples=250, deadline=None)
@given(actions)
def test_an_entry_is_as_if_it_were_calculated_from_scratch(
    begin: Callable[..., FormEntry], done: list[Any]
) -> None:
    entry = begin(FORM)
    for action in done:
        do(entry, action)
    again = begin(entry.definition, entry.values(), language=entry.language, seed=2)
    assert again.values() == entry.values()
    assert picture(again) == picture(entry)
    assert again.opening.values == {}


@settings(max_examples=250, deadline=None)
@given(actions)
def test_who_saves_each_change_has_saved_the_entry(begin: Callable[..., FormEntry], done: list[Any]) -> None:
    entry = begin(FORM)
    saved = dict(entry.opening.values)
    for action in done:
        for path, value in do(entry, action).items():
            if value is None:
                saved.pop(path, None)
            else:
                saved[path] = value
    last = entry.answer("name", "last")
    saved.update({path: value for path, value in last.values.items() if value is not None})
    for path, value in last.values.items():
        if value is None:
            saved.pop(path, None)
    assert saved == entry.values()


@settings(max_examples=150, deadline=None)
@given(actions)
def test_calculating_everything_again_changes_nothing(
    begin: Callable[..., FormEntry], done: list[Any]
) -> None:
    entry = begin(FORM)
    for action in done:
        do(entry, action)
    before = (entry.values(), picture(entry))
    entry._calculation.schedule_all(entry._document.root)
    entry._calculation.settle()
    assert (entry.values(), picture(entry)) == before


@settings(max_examples=100, deadline=None)
@given(actions)
def test_a_redraw_leaves_out_nothing_that_looks_different(
    begin: Callable[..., FormEntry], done: list[Any]
) -> None:
    """A screen that redraws what it is told, and all when the outline changed, shows the truth."""
    entry = begin(FORM)

    def look() -> dict[str, Any]:
        return {line.path: entry.state(line.path) for line in entry.outline() if line.kind == "question"}

    screen = look()
    for action in done:
        what, where, which, value = action
        places = templates(entry, "question", where) if what == "answer" else []
        if not places:
            continue
        change = entry.answer(places[which % len(places)], RAW[where][value % len(RAW[where])])
        if change.restructured:
            screen = look()
        else:
            screen.update({path: entry.state(path) for path in change.redraw})
        assert screen == look()

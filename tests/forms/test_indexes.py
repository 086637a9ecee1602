"""A filter that looks rows up finds what a filter finds that asks every item."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.entry import FormEntry
from forms.expression import indexes
from forms.expression.compile import Expression
from forms.expression.tables import Table

FORM = """
| survey |
| | type | name | label | choice_filter |
| | select_one district | district | District | |
| | select_one village | village | Village | district = ${district} |
| | integer | size | Size | |
| | text | words | Words | |
| | begin_repeat | member | Member | |
| | text | first | First | |
| | end_repeat | | | |
| choices |
| | list_name | name | label | district | size | opened |
| | district | n | North | | | |
| | district | s | South | | | |
"""
ROWS = [
    ("v1", "n", "3", "2020-01-01"),
    ("v2", "n", "03", "2021-05-02"),
    ("v3", "s", "3.0", ""),
    ("v4", "", "7", ""),
    ("v5", "s", "", "2020-01-01"),
    ("v6", "N", "x", "2026-02-30"),
    ("v7", "n s", "-1", "2026-11-22"),
]
VILLAGES = "".join(f"| | village | {name} | {name} | {d} | {size} | {day} |\n" for name, d, size, day in ROWS)

columns = st.sampled_from(["district", "size", "opened", "name", "nothing", "label"])
values = st.sampled_from(
    [
        "/data/district",
        "/data/size",
        "/data/words",
        "'n'",
        "''",
        "3",
        "3 + 0",
        "current()/../size",
        "true()",
        "/data/member/first",
        "concat(/data/district, '')",
        "today()",
        "date('2020-01-01')",
        "/data/size * 2",
        "instance('village')/root/item/district",
        "coalesce(/data/words, 'n')",
        "if(/data/size > 2, 'n', 3)",
    ]
)
comparisons = st.builds(
    lambda column, sign, value, turned: f"{value} {sign} {column}" if turned else f"{column} {sign} {value}",
    columns,
    st.sampled_from(["=", "!=", "<", "<=", ">", ">="]),
    values,
    st.booleans(),
)
calls = st.one_of(
    st.builds(
        lambda name, one, other: f"{name}({one}, {other})",
        st.sampled_from(["contains", "starts-with", "ends-with", "selected"]),
        st.one_of(columns, values),
        st.one_of(columns, values),
    ),
    st.sampled_from(
        [
            "position() = 2",
            "position() < /data/size",
            "last() > 3",
            "2",
            "/data/size",
            "string-length(name) > 1",
            "size",
            "../item/size = 3",
            "regex(name, 'v[13]')",
            "count(/data/member) = size",
            "string(.) = 'x'",
        ]
    ),
)
predicates = st.recursive(
    st.one_of(comparisons, calls),
    lambda inner: st.one_of(
        st.builds(
            lambda one, sign, other: f"({one}) {sign} ({other})", inner, st.sampled_from(["and", "or"]), inner
        ),
        st.builds(lambda one: f"not({one})", inner),
    ),
    max_leaves=4,
)


def filled(begin: Callable[..., FormEntry]) -> FormEntry:
    entry = begin(FORM + VILLAGES)
    entry.answer("words", "n s")
    first = entry.outline()[-1].path
    entry.answer(first, "n")
    return entry


def names(entry: FormEntry, source: str) -> list[str]:
    found = Expression(source, entry._world, entry._document.at("words"), "nodes").evaluate()
    assert isinstance(found, list)
    return [node.text for node in found]


@settings(max_examples=400, deadline=None)
@given(
    predicates,
    st.one_of(st.just(""), predicates),
    st.sampled_from(["n", "s", None]),
    st.sampled_from(["3", "-1", None]),
)
def test_a_filter_finds_the_same_with_and_without_an_index(
    begin: Callable[..., FormEntry], first: str, second: str, district: str | None, size: str | None
) -> None:
    entry = filled(begin)
    source = f"instance('village')/root/item[{first}]{f'[{second}]' if second else ''}/name"
    looked_up = Expression(source, entry._world, entry._document.at("words"), "nodes")
    for answers in ((district, size), ("s", "7"), (district, size)):
        entry.answer("district", answers[0])
        entry.answer("size", answers[1])
        found = looked_up.evaluate()
        assert isinstance(found, list)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(indexes, "tables_of", lambda environment: None)
            assert [node.text for node in found] == names(entry, source)


def test_an_equality_asks_none_of_the_items(
    begin: Callable[..., FormEntry], monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = filled(begin)
    entry.answer("district", "n")

    def asked(*arguments: Any) -> Any:
        raise AssertionError("an item was asked")

    monkeypatch.setattr("forms.expression.compile_paths.test_of", asked)
    monkeypatch.setattr("forms.expression.compile_paths.predicate_of", asked)
    assert names(entry, "instance('village')/root/item[district = /data/district]/name") == ["v1", "v2"]
    assert [choice.name for choice in entry.state("village").choices] == ["v1", "v2"]


def test_what_depends_on_the_list_alone_is_worked_out_once(begin: Callable[..., FormEntry]) -> None:
    entry = filled(begin)
    source = "instance('village')/root/item[string-length(district) > 1]"
    expression = Expression(source, entry._world, entry._document.at("words"), "nodes")
    assert expression.evaluate() is expression.evaluate()


def test_entries_of_one_form_share_its_tables(begin: Callable[..., FormEntry]) -> None:
    entry, other = filled(begin), filled(begin)
    table = entry._world.tables.table("village", ("root", "item"))
    assert isinstance(table, Table)
    assert other._world.tables.table("village", ("root", "item")) is table


def test_what_falls_by_chance_falls_for_every_item(begin: Callable[..., FormEntry]) -> None:
    entry = filled(begin)
    entry._world._random = Random(5)
    counts = {len(names(entry, "instance('village')/root/item[random() < 0.5]")) for _ in range(20)}
    assert len(counts) > 2

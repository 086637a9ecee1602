"""docs/expressions.md tells every function that there is and no other, and the limits as they are."""

import re
from pathlib import Path

import pytest

from forms.expression import focus, parser, tokens
from forms.expression.functions import function_names, text

PAGE = (Path(__file__).parents[2] / "docs" / "expressions.md").read_text("utf-8")


def section(title):
    return PAGE.partition(f"## {title}\n")[2].partition("\n## ")[0]


def described():
    cells = [line.split("|")[1] for line in section("Functions").splitlines() if line.startswith("| `")]
    return [name for cell in cells for name in re.findall(r"`([a-z][\w:-]*)\(", cell)]


def test_each_function_has_a_place_in_the_reference_and_each_place_a_function():
    assert sorted(set(described())) == sorted(function_names())


def test_what_is_left_out_is_not_there():
    left_out = set(re.findall(r"`([a-z][\w:-]*)\(\)`", section("Left out"))) - {"regex"}
    assert len(left_out) >= 6
    assert not left_out & function_names()


@pytest.mark.parametrize(
    "limit",
    [
        tokens.MAX_LENGTH,
        parser.MAX_OPERATORS,
        parser.MAX_DEPTH,
        focus.MAX_VISITS,
        text.MAX_RESULT,
    ],
)
def test_the_limits_are_told(limit):
    assert re.search(rf"\| {limit:,} \|", section("Limits"))

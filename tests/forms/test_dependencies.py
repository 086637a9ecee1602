"""What is calculated after what, and loops that have no end."""

import pytest

from forms.dependencies import Cell, DependencyGraph
from forms.errors import FormProblem


def table(*rows):
    return "| survey |\n| | type | name | label | relevant | calculation |\n" + "".join(
        f"{row}\n" for row in rows
    )


def test_a_cycle_of_calculations_names_its_questions(load):
    with pytest.raises(FormProblem) as problem:
        load(
            table(
                "| | calculate | a | | | ${b} + 1 |",
                "| | calculate | b | | | ${c} + 1 |",
                "| | calculate | c | | | ${a} + 1 |",
                "| | calculate | d | | | ${a} |",
            )
        )
    assert problem.value.code == "form.dependency.cycle"
    assert set(str(problem.value.params["questions"]).split(", ")) == {"a", "b", "c"}


@pytest.mark.parametrize(
    "rows",
    [
        ("| | text | a | A | ${a} = '' | |",),
        ("| | calculate | a | | | ${a} + 1 |",),
        ("| | begin_group | g | G | ${a} = '' | |", "| | text | a | A | | |", "| | end_group | | | | |"),
        ("| | text | a | A | ${b} = '' | |", "| | text | b | B | ${a} = '' | |"),
    ],
)
def test_relevance_that_depends_on_itself_is_a_cycle(load, rows):
    with pytest.raises(FormProblem, match=r"form.dependency.cycle"):
        load(table(*rows))


def test_a_calculation_may_come_before_what_it_reads(begin):
    entry = begin(
        table(
            "| | calculate | a | | | ${b} * 2 |",
            "| | calculate | b | | | ${c} + 1 |",
            "| | integer | c | C | | |",
        )
    )
    assert entry.answer("c", "4").values == {"c": 4, "b": "5", "a": "10"}


def test_each_cell_ranks_after_what_it_reads(load):
    form = load(
        table(
            "| | calculate | a | | ${c} > 1 | ${b} * 2 |",
            "| | integer | b | B | | |",
            "| | integer | c | C | | |",
        )
    )
    rank = DependencyGraph.of(form).rank
    assert rank[Cell("value", "b")] < rank[Cell("value", "a")]
    assert rank[Cell("value", "c")] < rank[Cell("relevant", "a")] < rank[Cell("value", "a")]


def test_an_answer_evaluates_only_what_depends_on_it(begin):
    rows = [
        f"| | integer | q{n} | Q | | |\n| | calculate | c{n} | | ${{q{n}}} > 0 | ${{q{n}}} + 1 |"
        for n in range(200)
    ]
    entry = begin(table(*rows))
    before = entry._calculation.evaluations
    entry.answer("q7", "1")
    assert entry._calculation.evaluations - before <= 4


def test_a_long_chain_is_calculated_in_order(begin):
    rows = ["| | integer | q0 | Q | | |"] + [
        f"| | calculate | q{n} | | | ${{q{n - 1}}} + 1 |" for n in range(1, 400)
    ]
    assert begin(table(*rows)).answer("q0", "1").values["q399"] == "400"


ANOTHER = """
| survey |
| | type | name | label | repeat_count | calculation |
| | calculate | there | | | count(${visit}) |
| | calculate | last | | | indexed-repeat(${more}, ${visit}, ${there}) |
| | calculate | wanted | | | if(${there} = 0 or ${last} = 'yes', ${there} + 1, ${there}) |
| | begin_repeat | visit | Visit | ${wanted} | |
| | text | more | Was there another one | | |
| | end_repeat | | | | |
"""


def test_a_repeat_goes_on_as_long_as_its_last_instance_says_so(begin):
    entry = begin(ANOTHER)
    assert entry.values()["there"] == "1"
    for count in (2, 3):
        entry.answer(f"{entry.repeat('visit').instances[-1]}/more", "yes")
        assert entry.values()["there"] == str(count)
    entry.answer(f"{entry.repeat('visit').instances[-1]}/more", "no")
    assert entry.values()["there"] == "3"


CHOSEN = """
| survey |
| | type | name | label | relevant | choice_filter |
| | select_one task | task | Task | ${place} = '' | |
| | select_one place | place | Place | | ${task} = '' or task = ${task} |
| choices |
| | list_name | name | label | task |
| | task | t1 | Task one | |
| | task | t2 | Task two | |
| | place | p1 | Place one | t1 |
| | place | p2 | Place two | t2 |
"""


def test_choices_may_follow_a_question_that_their_answer_hides(begin):
    entry = begin(CHOSEN)
    entry.answer("task", "t2")
    assert [choice.name for choice in entry.state("place").choices] == ["p2"]
    entry.answer("place", "p2")
    assert entry.values() == {"place": "p2"}


NEVER = """
| survey |
| | type | name | label | repeat_count | calculation |
| | begin_repeat | visit | Visit | 1 - count(${x}) | |
| | text | x | X | | |
| | end_repeat | | | | |
"""


def test_a_circle_that_never_comes_to_rest_ends_all_the_same(begin):
    entry = begin(NEVER)
    assert len(entry.repeat("visit").instances) in (0, 1)


BEYOND = """
| survey |
| | type | name | label | repeat_count | relevant | constraint |
| | begin_repeat | r | R | 40 | | |
| | text | a | A | | | |
| | end_repeat | | | | | |
| | text | b | B | | count(//*[count(//*[count(//*[count(//*) > 0]) > 0]) > 0]) < 0 | |
"""


def test_a_rule_beyond_all_limits_hides_nothing_and_no_answer_is_lost(begin):
    entry = begin(BEYOND)
    assert entry.answer("b", "still here").violation is None
    assert entry.values()["b"] == "still here"
    (problem,) = entry.calculation.world.troubles.values()
    assert problem.code == "form.expression.too_much"
    assert problem.params["question"] == "b"

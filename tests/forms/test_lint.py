"""The lint: each finding is there in the form that earns it, and not in the form beside it."""

from datetime import UTC, datetime

import pytest

from forms import library
from forms.check import OF_LIBRARY, between_forms, check_file, check_table
from forms.lint.findings import TEXTS, accepted
from forms.lint.texts import TEXTS as ALL

SPACE = 'homeward="https://homeward.invalid/xforms"'
SETTINGS = f"""
| settings |
| | form_id | version | namespaces | attribute::homeward:discreet_title |
| | test | 1 | {SPACE} | Visit |
"""
CHOICES = """
| choices |
| | list_name | name | label |
| | yn | yes | Yes |
| | yn | no | No |
| | risk | high | High |
| | risk | low | Low |
| | n | 1 | One |
| | n | 2 | Two |
"""


def found(survey, choices=CHOICES, settings=SETTINGS):
    """{(code, place)} of a table."""
    report = check_table("test.md", f"{settings}{survey}{choices}")
    assert report.problem is None, report.problem
    return {(finding.code, finding.place) for finding in report.lint}


def survey(*rows, columns="type | name | label | relevant"):
    return "\n".join([f"| survey |\n| | {columns} |", *(f"| | {row} |" for row in rows)]) + "\n"


def test_a_plain_form_has_no_findings():
    assert found(survey("text | a | A |", "select_one yn | b | B | ${a} != ''")) == set()


def test_a_form_without_a_version_is_pointed_out():
    settings = "| settings |\n| | form_id |\n| | test |\n"
    assert found(survey("text | a | A |"), settings=settings) == {("lint.version.missing", "")}


@pytest.mark.parametrize(
    "condition",
    [
        "false()", "0", "1 = 2", "'a' = 'b'", "not(true())", "2 < 1", "${yn} = 'yess'", "'yess' = ${yn}",
        "selected(${yn}, 'yess')", "${a} = 'x' and ${yn} = 'maybe'", "${yn} = 'nope' or ${risk} = 'mid'",
        "${yn} = 'yes' and ${yn} = 'no'", "false() and ${a} = 'x'", "not(1 = 1) or ${number} = 3",
    ],
)  # fmt: skip
def test_a_question_that_can_never_be_shown_is_pointed_out(condition):
    form = survey(
        "text | a | A |", "select_one yn | yn | Y |", "select_one risk | risk | R |",
        "select_one n | number | N |", f"text | hidden | H | {condition}",
    )  # fmt: skip
    assert ("lint.question.unreachable", "hidden") in found(form)


@pytest.mark.parametrize(
    "condition",
    [
        "true()", "${yn} = 'yes'", "${yn} != 'yes'", "${yn} = ''", "${yn} = 'yes' or ${yn} = 'no'",
        "not(selected(${yn}, 'yes'))", "${a} = 'anything'", "${number} = 1", "${number} = '1'", "${a} = 1",
        "${yn} = 'maybe' or ${risk} = 'high'", "not(${yn} = 'maybe')", "${yn} = 'yes' and ${risk} = 'low'",
        "${yn} = 'NaN'",
        "count(${yn}) > 0", "string-length(${a}) > 3", "${a} = 'x' and ${a} = 'y' or ${yn} = 'no'",
    ],
)  # fmt: skip
def test_a_condition_that_an_answer_can_fulfil_is_not(condition):
    form = survey(
        "text | a | A |", "select_one yn | yn | Y |", "select_one risk | risk | R |",
        "select_one n | number | N |", f"text | shown | H | {condition}",
    )  # fmt: skip
    assert ("lint.question.unreachable", "shown") not in found(form)


def test_different_answers_in_two_instances_are_no_contradiction():
    form = """
| survey |
| | type | name | label | relevant |
| | begin_repeat | person | Person | |
| | select_one yn | ill | Ill? | |
| | text | both | B | ${ill} = 'yes' and ${ill} = 'no' |
| | end_repeat | | | |
| | text | after | After | ${ill} = 'yes' and ${ill} = 'no' |
"""
    assert found(form) == {("lint.question.unreachable", "person/both")}


def test_a_group_that_is_never_shown_is_one_finding():
    form = survey("begin_group | g | G | false()", "text | a | A |", "text | b | B |", "end_group | | |")
    assert found(form) == {("lint.question.unreachable", "g")}


@pytest.mark.parametrize(
    ("column", "expression"),
    [
        ("relevant", "${yn} != 'yse'"),
        ("constraint", "${yn} = 'yse' or . != ''"),
        ("calculation", "if(selected(${yn}, 'yse'), 1, 2)"),
        ("required", "${yn} = 'yse'"),
        ("readonly", "not(${yn} = 'yse')"),
        ("default", "if(${yn} = 'yse', 'a', 'b')"),
    ],
)
def test_a_misspelled_choice_is_found_in_every_column_with_what_was_meant(column, expression):
    form = survey(
        "select_one yn | yn | Y | | |", f"text | q | Q | {expression} | m | |",
        columns=f"type | name | label | {column} | constraint_message",
    )  # fmt: skip
    report = check_table("test.md", f"{SETTINGS}{form.replace('| | |', '| |')}{CHOICES}")
    (finding,) = [one for one in report.lint if one.code == "lint.choice.unknown"]
    assert finding.place == "q"
    assert "did you mean 'yes'?" in finding.cause
    assert finding.params["column"] == column


def test_a_misspelled_choice_in_a_label_or_in_the_question_itself_is_found():
    form = survey(
        "select_one yn | yn | Y | . != 'yse' |",
        columns="type | name | label | constraint | constraint_message",
    )
    assert ("lint.choice.unknown", "yn") in found(form)


def test_choices_that_a_calculation_or_a_default_may_hold_are_not_called_misspelled():
    form = survey(
        "select_one yn | a | A | other | |", "select_one yn | b | B | | ${a} |",
        "text | c | C | | | ${a} = 'other' and ${b} = 'third'",
        columns="type | name | label | default | calculation | relevant",
    )  # fmt: skip
    assert found(form) == {("lint.default.unknown_choice", "a")}


def test_several_chosen_answers_are_compared_name_by_name():
    form = survey(
        "select_multiple yn | m | M |", "text | a | A | ${m} = 'yes no'", "text | b | B | ${m} = 'yes nein'"
    )
    assert found(form) == {("lint.question.unreachable", "b"), ("lint.choice.unknown", "b")}


def test_a_column_of_a_list_is_not_taken_for_a_question():
    form = survey(
        "select_one yn | yn | Y | |", "select_one town | town | T | | yn = ${yn} and name != 'nowhere'",
        columns="type | name | label | relevant | choice_filter",
    )  # fmt: skip
    choices = (
        "| choices |\n| | list_name | name | label | yn |\n| | yn | yes | Y | |\n| | town | a | A | yes |\n"
    )
    assert found(form, choices) == set()


@pytest.mark.parametrize(
    ("kind", "default", "constraint", "code"),
    [
        ("integer", "17", ". >= 18", "lint.default.breaks_constraint"),
        ("integer", "18", ". >= 18", None),
        ("integer", "many", "", "lint.default.wrong_type"),
        ("date", "soon", "", "lint.default.wrong_type"),
        ("date", "2026-11-22", "", None),
        ("date", "2026-11-22", ". < '2026-01-01'", "lint.default.breaks_constraint"),
        ("select_one yn", "Yes", "", "lint.default.unknown_choice"),
        ("select_one yn", "yes", "", None),
        ("select_multiple yn", "yes no", "", None),
        ("select_multiple yn", "yes nope", "", "lint.default.unknown_choice"),
        ("text", "abc", "string-length(.) > 3", "lint.default.breaks_constraint"),
    ],
)
@pytest.mark.parametrize("relevant", ["", "${a} = 'x'"])
def test_a_default_keeps_to_the_rules_of_its_question(kind, default, constraint, code, relevant):
    form = survey(
        "text | a | A | | | |", f"{kind} | q | Q | {default} | {constraint} | m | {relevant}",
        columns="type | name | label | default | constraint | constraint_message | relevant",
    )  # fmt: skip
    assert found(form) == ({(code, "q")} if code else set())


def own(*rows, columns="type | name | label | bind::homeward:safety | bind::homeward:merge"):
    return found(survey(*rows, columns=columns))


def test_a_question_of_safety_may_not_be_simply_overwritten():
    assert own("text | a | A | private |") == {("lint.merge.safety_last", "a")}
    assert own("select_one risk | a | A | private | last") == {("lint.merge.safety_last", "a")}
    assert own("text | a | A | private | both") == set()
    assert own("note | a | A | private |", "text | b | B | |") == set()


def test_of_a_kind_no_choice_protects_more_and_its_author_says_so():
    lists = (
        "| choices |\n| | list_name | name | label |\n| | hazard | debt | Debt |\n| | hazard | war | War |\n"
        "| | level | low | Low |\n| | level | high | High |\n| | yn | yes | Yes |\n| | yn | no | No |\n"
    )

    def codes(row: str) -> set[str]:
        columns = "type | name | label | bind::homeward:safety | bind::homeward:merge"
        return {code for code, _ in found(survey(row, columns=columns), lists)}

    simply_overwritten = {"lint.merge.safety_last"}
    assert codes("select_one hazard | a | A | private | last: kind") == set()
    assert codes("select_one hazard | a | A | | last: kind") == set()
    assert codes("select_one hazard | a | A | private | last") == simply_overwritten
    assert codes("select_one hazard | a | A | private |") == simply_overwritten
    for safety in ("contact", "identity", "location"):
        assert codes(f"select_one hazard | a | A | {safety} | last: kind") == simply_overwritten
    for levels in ("level", "yn"):
        assert codes(f"select_one {levels} | a | A | private | last: kind") == simply_overwritten
    assert "lint.merge.unfit" in codes("text | a | A | private | last: kind")
    assert "lint.merge.unfit" in codes("select_multiple hazard | a | A | private | last: kind")
    columns = "type | name | label | bind::homeward:merge"
    strange = check_table("test.md", survey("select_one yn | a | A | last: sort", columns=columns) + CHOICES)
    assert strange.problem is not None
    assert strange.problem.code == "form.merge_rule.unknown"


def test_a_rule_on_what_nobody_types_does_nothing():
    columns = "type | name | label | calculation | bind::homeward:merge"
    rows = ("calculate | a | | 1 + 1 | both", "text | b | B | |")
    assert own(*rows, columns=columns) == {("lint.merge.idle", "a")}


LEVELS = "| choices |\n| | list_name | name | label |\n" + "".join(
    f"| | {name} | {choice} | {choice} |\n"
    for name, choices in {
        "up": "low medium high",
        "up_unknown": "unknown low medium high",
        "down": "high medium low",
        "unknown_last": "low medium high unknown",
        "yn": "yes no",
        "consent": "given refused withdrawn",
    }.items()
    for choice in choices.split()
)


@pytest.mark.parametrize(
    ("kind", "rule", "codes"),
    [
        ("select_one up", "highest; with=why", set()),
        ("select_one up_unknown", "highest; with=${why}", set()),
        ("select_one up", "highest", {"lint.merge.reason_missing"}),
        ("select_one up", "highest; with=nowhere", {"lint.merge.reason_missing"}),
        ("select_one down", "highest; with=why", {"lint.merge.order"}),
        ("select_one unknown_last", "cautious", {"lint.merge.order"}),
        ("select_one yn", "cautious", {"lint.merge.order"}),
        ("select_one yn", "cautious: no yes", set()),
        ("select_one yn", "cautious: no < yes", set()),
        ("select_one yn", "cautious: no maybe yes", {"lint.merge.order"}),
        ("select_one yn", "cautious: yes", {"lint.merge.order"}),
        ("select_one yn", "cautious: yes no yes", {"lint.merge.order"}),
        ("select_one down", "highest: low medium high; with=why", set()),
        ("date", "cautious: later", set()),
        ("date", "cautious", {"lint.merge.unfit"}),
        ("text", "highest; with=why", {"lint.merge.unfit"}),
        ("select_one consent", "withdrawn", set()),
        ("select_one consent", "withdrawn: withdrawn; with=why", set()),
        ("select_one yn", "withdrawn: no", set()),
        ("select_one yn", "withdrawn", {"lint.merge.withdrawing_missing"}),
        ("select_one consent", "withdrawn: gone", {"lint.merge.withdrawing_missing"}),
        ("select_multiple consent", "withdrawn", {"lint.merge.unfit"}),
        *(("select_multiple yn", rule, set()) for rule in ("set", "narrow", "union")),
        *(("select_one yn", rule, {"lint.merge.unfit"}) for rule in ("set", "narrow", "union")),
        ("text", "narrow", {"lint.merge.unfit"}),
    ],
)
def test_a_merge_rule_fits_its_question_and_says_what_protects(kind, rule, codes):
    columns = "type | name | label | bind::homeward:safety | bind::homeward:merge"
    form = survey(f"{kind} | a | A | private | {rule}", "text | why | W | |", columns=columns)
    assert found(form, LEVELS) == {(code, "a") for code in codes}


@pytest.mark.parametrize(
    "rule", ["hihgest", "highest:", "set: a", "last; with=why", "highest; because=why", "highest; with="]
)
def test_a_merge_rule_that_does_not_exist_keeps_the_form_from_loading(rule):
    columns = "type | name | label | bind::homeward:merge"
    table = SETTINGS + LEVELS + survey(f"select_one up | a | A | {rule}", "text | why | W |", columns=columns)
    report = check_table("test.md", table)
    assert report.problem is not None
    assert report.problem.code == "form.merge_rule.unknown"


def test_a_rule_travels_with_its_choices_in_full():
    columns = "type | name | label | bind::homeward:merge"
    table = SETTINGS + LEVELS + survey(
        "select_one up | a | A | highest; with=${why}", "select_one down | b | B | cautious: low high",
        "select_one consent | c | C | withdrawn", "select_multiple yn | d | D | union", "text | why | W |",
        "date | e | E | cautious: later",
        columns=columns,
    )  # fmt: skip
    definition = check_table("test.md", table).definition
    rules = {path: rule for path, rule in definition.merge_rules.items() if len(path) == 1}
    assert rules == {
        "a": "highest:low,medium,high;with=why",
        "b": "cautious:medium,low,high",
        "c": "withdrawn:withdrawn,refused",
        "d": "union",
        "e": "cautious:later",
    }


def test_an_unknown_own_column_or_value_is_told_with_what_was_meant():
    columns = "type | name | label | bind::homeward:saftey | bind::homeward:seal | bind::homeward:meaning"
    report = check_table(
        "t.md", SETTINGS + survey("text | a | A | private | maybe | Not A Name", columns=columns)
    )
    assert {one.code for one in report.lint} == {"lint.column.unknown", "lint.column.value_unknown"}
    told = " ".join(str(one) for one in report.lint)
    assert "'bind::homeward:saftey'" in told
    assert "did you mean 'safety'?" in told
    assert "'maybe'" in told
    assert "'Not A Name'" in told
    assert own("text | a | A | privat | both") == {("lint.column.value_unknown", "a")}


@pytest.mark.parametrize(
    ("meaning", "field", "codes"),
    [
        ("person.given_name", "prs_First_Name", set()),
        ("", "prs_First_Name", {"lint.htcds.meaning_missing"}),
        ("person.given_name", "prs_FirstName", {"lint.column.value_unknown"}),
    ],
)
def test_a_mark_for_exchange_names_a_field_and_stands_beside_a_meaning(meaning, field, codes):
    columns = "type | name | label | bind::homeward:meaning | bind::homeward:htcds"
    report = check_table("t.md", SETTINGS + survey(f"text | a | A | {meaning} | {field}", columns=columns))
    assert {one.code for one in report.lint} == codes
    assert all("'prs_First_Name'" in str(one) or "prs_First_Name of" in str(one) for one in report.lint)


@pytest.mark.parametrize(
    ("row", "place"),
    [
        ("geopoint | spot | S | | |", "spot"),
        ("geotrace | spot | S | | |", "spot"),
        ("geoshape | spot | S | | |", "spot"),
        ("start-geopoint | spot | | | |", "spot"),
        ("background-geopoint | spot | | | ${a} |", "spot"),
        (
            "audit | | | location-priority=balanced location-min-interval=60 location-max-age=120 | |",
            "meta/audit",
        ),
    ],
)
def test_a_place_is_recorded_only_where_the_form_says_why(row, place):
    columns = "type | name | label | parameters | trigger | bind::homeward:safety"
    places = [
        at for code, at in own("text | a | A | | |", row, columns=columns) if code.startswith("lint.location")
    ]
    assert places == [place]
    marked = row.removesuffix("|") + "| location"
    assert not [code for code, _ in own("text | a | A | | |", marked, columns=columns) if "location" in code]


def test_one_fact_is_asked_once():
    columns = "type | name | label | readonly | bind::homeward:meaning"
    assert own("text | a | A | | case.code", "text | b | B | | case.code", columns=columns) == {
        ("lint.meaning.twice", "b")
    }
    assert own("text | a | A | | case.code", "text | b | B | yes | case.code", columns=columns) == set()


def test_two_forms_that_ask_for_one_fact_are_found_together():
    columns = "type | name | label | readonly | bind::homeward:meaning"
    first = survey("text | a | A | | case.code", columns=columns)
    second = survey("text | x | X | | case.code", "text | y | Y | yes | case.office", columns=columns)
    reports = [check_table(name, SETTINGS + table) for name, table in (("one", first), ("two", second))]
    assert [report.lint for report in reports] == [(), ()]
    (finding,) = between_forms(reports)
    assert (finding.code, finding.place) == ("lint.meaning.twice", "two: x")
    assert "a of one" in finding.cause
    assert between_forms(reports[:1]) == ()


def test_two_forms_of_which_a_person_has_one_may_ask_for_one_fact_where_either_says_so():
    columns = "type | name | label | bind::homeward:meaning"
    accepts = "# accepted: lint.meaning.twice: form:{} (one plan at a time)\n"
    settings = "| settings |\n| | form_id | form_title | version |\n| | {0} | Form | 1 |\n"
    plan = survey("text | a | A | plan.state", columns=columns)
    other = survey("text | x | X | plan.state", columns=columns)
    third = survey("text | y | Y | person.name", columns=columns)

    def between(**forms):
        reports = [check_table(name, table) for name, table in forms.items()]
        assert [report.lint for report in reports] == [()] * len(reports)
        return [(one.code, one.place) for one in between_forms(reports)]

    stay, go, people = (settings.format(name) for name in ("stay", "go", "people"))
    assert between(go=go + plan, stay=stay + other) == [("lint.meaning.twice", "stay: x")]
    assert between(go=go + plan, stay=accepts.format("go") + stay + other) == []
    assert between(go=accepts.format("stay") + go + plan, stay=stay + other) == []
    strange = {"people": accepts.format("go") + people + third}
    assert between(go=go + plan, stay=stay + other, **strange) == [
        ("lint.meaning.twice", "stay: x"),
        ("lint.acceptance.idle", "people: form:go"),
    ]
    (report,) = [check_table("stay", accepts.format("go") + stay + other)]
    assert "  asks for facts of: go" in report.lines()


def test_what_is_shown_has_a_label_and_what_may_be_refused_a_message():
    columns = "type | name | hint | label | required | constraint | constraint_message"
    assert own("text | a | H | | | |", columns=columns) == {("lint.label.missing", "a")}
    assert own("text | a | H | | yes | |", columns=columns) == {("lint.required.label_missing", "a")}
    assert own("text | a | | A | | . != 'x' |", columns=columns) == {("lint.constraint.message_missing", "a")}


def test_every_text_is_there_in_every_language():
    form = """
| survey |
| | type | name | label::English (en) | label::French (fr) | hint::English (en) |
| | select_one yn | a | A | A | Hint |
| choices |
| | list_name | name | label::English (en) | label::French (fr) |
| | yn | y | Yes | |
"""
    assert found(form, choices="") == {
        ("lint.translation.missing", "a"),
        ("lint.translation.missing", "yn, choice y"),
    }


def test_types_that_are_not_asked_are_told():
    assert found(survey("audio | a | A |")) == {("lint.type.not_asked", "a")}


def test_choices_of_one_name_are_told():
    settings = "| settings |\n| | form_id | version | allow_choice_duplicates |\n| | test | 1 | yes |\n"
    choices = "| choices |\n| | list_name | name | label |\n| | yn | y | A |\n| | yn | y | B |\n"
    assert found(survey("select_one yn | a | A |"), choices, settings) == {("lint.choice.twice", "a")}


def test_a_list_that_is_not_part_of_the_form_is_told():
    assert found(survey("select_one_from_file towns.csv | a | A |")) == {("lint.file.missing", "")}


def test_an_author_accepts_a_finding_by_name_and_not_more_than_there_is():
    form = "# accepted: lint.merge.safety_last: a, b (why)\n" + SETTINGS
    form += survey(
        "text | a | A | private",
        "text | c | C | private",
        columns="type | name | label | bind::homeward:safety",
    )
    report = check_table("test.md", form)
    assert [(one.code, one.place) for one in report.accepted] == [("lint.merge.safety_last", "a")]
    assert {(one.code, one.place) for one in report.lint} == {
        ("lint.merge.safety_last", "c"),
        ("lint.acceptance.idle", "b"),
    }
    assert "  accepted: lint.merge.safety_last 1" in list(report.lines())


def test_an_accepted_finding_is_read_from_a_file_too(tmp_path):
    path = tmp_path / "form.md"
    path.write_text(
        "# accepted: lint.location.unneeded: spot\n" + SETTINGS + survey("geopoint | spot | S |"), "utf-8"
    )
    assert check_file(path).lint == ()


def test_a_comment_accepts_nothing_else():
    assert (
        accepted("# accepted: everything\n# lint.x: y\n| survey |\n| | # accepted: lint.a.b: c |")
        == frozenset()
    )


@pytest.mark.parametrize("form_id", [form_id for form_id, _ in library.forms()])
def test_the_forms_of_the_library_accept_nothing(form_id):
    report = check_table(form_id, library.read(form_id), OF_LIBRARY)
    assert (report.lint, report.accepted) == ((), ())
    pairs = {"integration_plan": {"reintegration_plan"}, "child_monitoring": {"monitoring_contact"}}
    assert report.shares == pairs.get(form_id, frozenset())


def test_in_a_form_of_the_library_nobody_accepts_that_safety_is_overwritten():
    form = "# accepted: lint.merge.safety_last: a\n" + SETTINGS
    form += survey("text | a | A | private", columns="type | name | label | bind::homeward:safety")
    assert check_table("test.md", form).lint == ()
    report = check_table("test.md", form, OF_LIBRARY)
    assert [(one.code, one.place) for one in report.lint] == [("lint.merge.safety_last", "a")]
    assert report.accepted == ()


def test_every_code_has_its_words():
    assert TEXTS is ALL
    for code, (cause, remedy) in ALL.items():
        assert code.startswith("lint.")
        assert len(code.split(".")) == 3
        assert cause.endswith(".")
        assert remedy.endswith(".")


def test_the_time_of_the_check_is_given():
    from forms.lint.findings import lint
    from forms.xform.load import load_form
    from forms.xlsform.to_xform import xform_from_xlsform

    table = SETTINGS + survey(
        "date | d | D | 2026-11-22 | . >= today() | m",
        columns="type | name | label | default | constraint | constraint_message",
    )
    xml = xform_from_xlsform(table).xml
    codes = [
        [one.code for one in lint(load_form(xml), xml, datetime(year, 1, 1, tzinfo=UTC))]
        for year in (2026, 2027)
    ]
    assert codes == [[], ["lint.default.breaks_constraint"]]


def test_a_recording_that_nobody_notices_is_not_made_and_told():
    assert ("lint.recording.ignored", "sound") in found(
        survey("background-audio | sound | |", "text | b | B |")
    )


def test_choices_of_the_old_search_are_told():
    columns = "type | name | label | appearance"
    assert own("select_one yn | a | A | search('towns')", columns=columns) >= {("lint.search.ignored", "a")}


def test_a_pattern_that_means_one_thing_here_and_another_in_collect_is_told():
    columns = "type | name | label | constraint | constraint_message"
    assert own("text | a | A | regex(., '[0-9]{4}') | No", columns=columns) == {
        ("lint.pattern.unanchored", "a")
    }
    assert own("text | a | A | regex(., '^[0-9]{4}$') | No", columns=columns) == set()


DEFAULTS = "type | name | label | relevant | default | trigger | calculation"


def test_a_default_that_is_worked_out_while_its_question_is_hidden_is_pointed_out():
    rows = ("select_one yn | came | Came | | | |", "date | day | Day | ${came} = 'yes' | today() | |")
    assert found(survey(*rows, columns=DEFAULTS)) == {("lint.default.hidden", "day")}


@pytest.mark.parametrize(
    "row",
    [
        "date | day | Day | | today() | |",
        "text | word | Word | ${came} = 'yes' | hello | |",
        "date | day | Day | ${came} = 'yes' | | ${came} | today()",
    ],
)
def test_a_default_that_its_question_gets_is_none(row):
    assert found(survey("select_one yn | came | Came | | | |", row, columns=DEFAULTS)) == set()


def test_what_a_form_is_not_told_of_the_device_is_pointed_out():
    rows = (
        "deviceid | device | |",
        "username | who | |",
        "start | begun | |",
        "today | day | |",
        "text | a | A |",
    )
    assert found(survey(*rows)) == {("lint.metadata.empty", "device"), ("lint.metadata.empty", "who")}


MARKS = (
    "type | name | label | relevant | bind::homeward:merge | bind::homeward:safety | bind::homeward:discreet"
)
UNTITLED = "| settings |\n| | form_id | version |\n| | test | 1 |\n"


def titled(title):
    return SETTINGS.replace("| Visit |", f"| {title} |")


def test_a_form_that_asks_private_questions_needs_a_neutral_title():
    private = survey("select_multiple n | a | A | | set | identity |", columns=MARKS)
    assert found(private, settings=UNTITLED) == {("lint.discreet.title_missing", "")}
    assert found(survey("integer | a | A | | | |", columns=MARKS), settings=UNTITLED) == set()
    assert found(private) == set()


@pytest.mark.parametrize("title", ["Threats", "Suivi après l’exploitation", "حماية", "test"])
def test_a_title_that_tells_or_is_the_usual_one_is_none(title):
    assert found(survey("integer | a | A | | | |", columns=MARKS), settings=titled(title)) == {
        ("lint.discreet.title_tells", "")
    }


def test_to_show_what_is_private_or_follows_from_it_does_nothing_and_is_told():
    rows = (
        "select_multiple n | a | A | | set | private | show",
        "integer | b | B | ${a} != '' | | | show",
        "integer | c | C | | | | show",
    )
    assert found(survey(*rows, columns=MARKS)) == {
        ("lint.discreet.private_shown", "a"),
        ("lint.discreet.private_shown", "b"),
    }


def test_the_short_form_knows_show_and_hide_only():
    assert found(survey("integer | a | A | | | | hid", columns=MARKS)) == {("lint.column.value_unknown", "a")}
    assert found(survey("integer | a | A | | | | hide", columns=MARKS)) == set()


@pytest.mark.parametrize(
    ("kind", "meaning", "seal", "codes"),
    [
        ("text", "testimony.reasons", "", {"lint.seal.missing"}),
        ("text", "testimony.reasons", "testimony", set()),
        ("text", "testimony.reasons", "yes", set()),
        ("text", "testimony.reasons", "no", {"lint.seal.missing"}),
        ("image", "checkup.paper", "no", {"lint.seal.missing"}),
        ("date", "proceedings.court_date", "", {"lint.seal.missing"}),
        ("date", "proceedings.court_date", "no", set()),
        ("select_one yn", "feedback.unsafe", "no", set()),
        ("select_one yn", "feedback.unsafe", "complaint", set()),
        ("select_one yn", "health.general", "everybody", {"lint.column.value_unknown"}),
        ("text", "testimonial.words", "", set()),
        ("note", "testimony.reasons", "", {"lint.seal.missing"}),
    ],
)
def test_an_answer_that_hurts_most_says_who_is_to_read_it(kind, meaning, seal, codes):
    columns = "type | name | label | bind::homeward:meaning | bind::homeward:seal"
    form = survey("text | b | B | |", f"{kind} | a | A | {meaning} | {seal} |", columns=columns)
    assert found(form) == {(code, "a") for code in codes}


@pytest.mark.parametrize(("seal", "codes"), [("health", {"lint.seal.exported"}), ("yes", set())])
def test_what_is_sealed_for_named_readers_is_no_field_for_others(seal, codes):
    columns = "type | name | label | bind::homeward:meaning | bind::homeward:htcds | bind::homeward:seal"
    form = survey(f"text | a | A | own.called | prs_First_Name | {seal} |", columns=columns)
    assert found(form) == {(code, "a") for code in codes}

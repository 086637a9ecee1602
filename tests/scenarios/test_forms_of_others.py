"""A form that nobody here wrote: published as it is, filled in on one tablet, changed on two, merged."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from forms.check import check_file
from forms.paths import instance_id, template
from tests.scenarios.office import RunningServer, Tablet, command
from tests.scenarios.strangers import FORMS_OF_OTHERS, fill_in, free_answers, wild_form

CASCADES = """
| survey |
| | type | name | label::English | label::Français | label::العربية \
| choice_filter | relevant | calculation | appearance | constraint |
| | begin_group | place | Where | Où | أين | | | | field-list | |
| | select_one region | region | Region | Région | المنطقة | | | | | |
| | select_one town | town | Town | Ville | المدينة | region=${region} | | | | |
| | select_one camp | camp | Camp | Camp | المخيم | town=${town} | ${town} != '' | | | |
| | end_group | | | | | | | | | |
| | begin_group | people | People | Personnes | الناس | | | | | |
| | integer | adults | Adults | Adultes | البالغون | | | | | . < 100 |
| | integer | children | Children | Enfants | الأطفال | | | | | . < 100 |
| | calculate | all | | | | | | coalesce(${adults}, 0) + coalesce(${children}, 0) | | |
| | note | sum | Together ${all} | Ensemble ${all} | المجموع ${all} | | ${all} > 0 | | | |
| | text | remark | Remark | Remarque | ملاحظة | | | | multiline | |
| | select_multiple need | needs | Needs | Besoins | الاحتياجات | | | | | |
| | geopoint | spot | Spot | Lieu | الموقع | | | | | |
| | end_group | | | | | | | | | |
| choices |
| | list_name | name | label::English | label::Français | label::العربية | region | town |
| | region | n | North | Nord | الشمال | | |
| | region | s | South | Sud | الجنوب | | |
| | town | n1 | Northtown | Nordville | مدينة الشمال | n | |
| | town | n 2 | Northport | Nordport | ميناء الشمال | n | |
| | town | s1 | Southtown | Sudville | مدينة الجنوب | s | |
| | camp | c1 | Camp one | Camp un | المخيم الأول | | n1 |
| | camp | c2 | Camp two | Camp deux | المخيم الثاني | | n 2 |
| | camp | c3 | Camp three | Camp trois | المخيم الثالث | | s1 |
| | need | food | Food | Nourriture | طعام | | |
| | need | home | Shelter | Abri | مأوى | | |
"""
REPEATS = """
| settings |
| | form_title | version |
| | Children of a household | 2024-05-15 14:35:45 |
| survey |
| | type | name | label | repeat_count | required | calculation | constraint |
| | text | head | Head of the household | | yes | | |
| | begin_repeat | child | Child | | | | |
| | text | first_name | First name of the child | | | | |
| | integer | age | Age of ${first_name} | | yes | | . >= 0 and . < 18 |
| | begin_repeat | vaccine | Vaccine | | | | |
| | select_one vaccine | kind | Which one | | | | |
| | date | given_on | When | | | | |
| | end_repeat | | | | | | |
| | calculate | vaccines | | | | count(${vaccine}) | |
| | end_repeat | | | | | | |
| | calculate | children | | | | count(${child}) | |
| | integer | visits | Visits | | | | . < 4 |
| | begin_repeat | visit | Visit | ${visits} | | | |
| | date | seen_on | Seen on | | | | |
| | end_repeat | | | | | | |
| | text | remark | Remark | | | | |
| choices |
| | list_name | name | label |
| | vaccine | bcg | BCG |
| | vaccine | opv | OPV |
| | vaccine | mmr | MMR |
"""


@pytest.fixture(params=["cascades", "repeats", *FORMS_OF_OTHERS])
def form(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """An XLSForm: two of our own with what forms of others have, always; and the forms of others."""
    own = {"cascades": CASCADES, "repeats": REPEATS}
    if request.param in own:
        path = tmp_path / f"{request.param} of others.md"
        path.write_text(own[request.param], "utf-8")
        return path
    found = wild_form(request.param)
    if found is None:
        pytest.skip("the forms of others are not at hand beside the project")
    return found


def everything(tablet: Tablet, record: str) -> dict[str, Any]:
    opened = tablet.book.edit(record).wait(30)
    values = opened.entry.values()
    tablet.book.discard(record).wait(30)
    return values


def change(tablet: Tablet, record: str, answers: dict[str, Any], repeat: str | None) -> str | None:
    """Change some answers of a finished record and, where there is a repeat, add an instance to it."""
    opened = tablet.book.edit(record).wait(30)
    for path, raw in answers.items():
        changed = opened.entry.answer(path, raw)
        assert changed.violation is None
        tablet.book.save(opened.record, changed).wait(30)
    added = None
    if repeat is not None:
        more = opened.entry.add_instance(repeat)
        added = more.path
        tablet.book.save(opened.record, more).wait(30)
        fill_in(opened.entry, lambda each: tablet.book.save(opened.record, each).wait(30), random.Random(3))
    assert tablet.book.finish(record).wait(30) == ()
    return added


def test_it_is_published_filled_in_synced_and_merged_as_it_is(
    server: RunningServer, officer: Tablet, coordinator: Tablet, form: Path
) -> None:
    report = check_file(form)
    assert report.definition is not None, list(report.lines())
    form_id = report.definition.id
    case = officer.new_case()
    officer.sync()
    command("publish-form", "--dir", str(server.folder), str(form))
    command("publish-form", "--dir", str(server.folder), str(form))

    # It comes to both tablets, and is offered beside the forms of the pathway.
    for tablet in (officer, coordinator):
        tablet.sync()
        view = tablet.book.case(case).wait(30)
        assert form_id in {offer.form for offer in view.offers.own}
        assert form_id not in {offer.form for offer in view.offers.needed}

    # Everything that it asks is answered, in each of its languages some.
    opened = officer.book.begin(case, form_id).wait(30)
    definition = opened.entry.definition
    for language in definition.languages:
        opened.entry.language = language
        assert all(line.label for line in opened.entry.outline() if line.kind == "group" and line.label)
    opened.entry.language = definition.default_language
    fill_in(opened.entry, lambda each: officer.book.save(opened.record, each).wait(30), random.Random(11))
    answered, asked = opened.entry.progress()
    assert answered >= asked * 0.8
    record = opened.record
    filled = opened.entry.values()
    assert officer.book.finish(record).wait(30) == ()
    officer.sync()
    coordinator.sync()
    finished = everything(officer, record)
    assert everything(coordinator, record) == finished
    ends = {path for path, each in definition.questions.items() if each.preload == "timestamp:end"}
    assert {path for path, value in finished.items() if value != filled.get(path)} == ends
    assert filled.keys() <= finished.keys()

    # Offline, both change one answer, each another one of her own; both add to a repeat.
    free = free_answers(definition, filled)
    assert len(free) >= 3, free
    assert len(next(iter(free.values()))) == 2, free
    common, hers, his = list(free)[:3]
    repeats = [
        repeat
        for repeat in {template(path): path for path in filled if instance_id(path)}
        if definition.groups[repeat].count is None and "/" not in repeat
    ]
    repeat = repeats[0] if repeats else None
    mine = change(officer, record, {common: free[common][0], hers: free[hers][0]}, repeat)
    other = change(coordinator, record, {common: free[common][1], his: free[his][1]}, repeat)
    officer.sync()
    coordinator.sync()
    officer.sync()
    coordinator.sync()

    # What only one of them changed is kept; the later one of the common answer stands, on both tablets.
    left, right = everything(officer, record), everything(coordinator, record)
    assert left == right
    assert left[hers] != filled[hers]
    assert left[his] != filled[his]
    expected = free[common][1]
    assert str(left[common]) == str(expected) or left[common] == expected
    if repeat is not None:
        assert {mine, other} <= {path for path in left if instance_id(path)}

    # The losing one is in the inbox of who lost it, and nothing else is.
    (lost,) = officer.conflicts()
    assert (lost.path, lost.record, lost.kept_by) == (common, record, coordinator.login)
    assert lost.lost != lost.kept == left[common]
    assert lost.question
    assert coordinator.conflicts() == ()
    officer.book.restore(lost.id).wait(30)
    officer.sync()
    coordinator.sync()
    assert everything(coordinator, record)[common] == lost.lost


def test_a_form_without_a_version_gets_another_one_when_it_is_changed(
    server: RunningServer, officer: Tablet, tmp_path: Path
) -> None:
    form = tmp_path / "places.md"
    form.write_text(CASCADES, "utf-8")
    command("publish-form", "--dir", str(server.folder), str(form))
    officer.sync()
    case = officer.new_case()
    record = officer.fill(case, "places", region="n", town="n 2", camp="c2", adults="2", children="3")
    officer.sync()
    form.write_text(CASCADES.replace("| Remark |", "| Remarks |"), "utf-8")
    command("publish-form", "--dir", str(server.folder), str(form))
    assert officer.sync().forms_received == 1
    assert officer.values(record)["all"] == "5"
    offered = {offer.form: offer for offer in officer.book.case(case).wait(30).offers.own}
    assert offered["places"].titles["fr"] == "places"
    opened = officer.book.begin(case, "places", "fr").wait(30)
    assert opened.entry.state("place/region").label == "Région"
    assert opened.entry.definition.languages == ("en", "fr", "ar")
    officer.answer(opened, {"region": "s"})
    towns = opened.entry.state("place/town").choices
    assert [choice.label for choice in towns] == ["Sudville"]


def test_nothing_is_published_when_one_of_several_forms_is_broken(
    server: RunningServer, officer: Tablet, tmp_path: Path
) -> None:
    good, broken = tmp_path / "good.md", tmp_path / "broken.md"
    good.write_text(REPEATS, "utf-8")
    broken.write_text(REPEATS.replace("| | end_repeat | | | | | | |\n", "", 1), "utf-8")
    with pytest.raises(Exception, match="publish-form"):
        command("publish-form", "--dir", str(server.folder), str(good), str(broken))
    officer.sync()
    assert "good" not in {offer.form for offer in officer.book.forms().wait(30)}

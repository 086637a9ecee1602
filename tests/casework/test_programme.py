"""A programme and a country are files: another one needs no code."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from forms.casework.case import STAGES
from forms.casework.due import DueRules
from forms.casework.gates import SOFT
from forms.casework.money import Money
from forms.casework.pathway import STANDARD
from forms.casework.programme import (
    NONE_NAMED,
    countries,
    country,
    programme,
    programme_of,
    programmes,
    read_country,
    read_programme,
)
from forms.casework.reminders import OfficeHours
from forms.casework.risk import RiskTable
from forms.errors import FormProblem
from forms.problem_texts import TEXTS
from tests.casework.journeys import ADULT, WOMAN, asked, codes, without

LEAST = 'id = "new"\ntitle = "New"\n'


def test_the_programmes_that_come_with_homeward_can_be_read() -> None:
    assert programmes() == ("care", "example", "tact")
    for name in programmes():
        found = programme(name)
        assert found.id == name
        assert set(found.hosts) | set(found.returns) <= set(countries())


def test_care_and_tact_are_as_their_descriptions_say() -> None:
    care, tact = programme("care"), programme("tact")
    assert (care.persons, care.minors_among_them) == (130, 10)
    assert (care.begins, care.ends) == (date(2013, 9, 2), date(2016, 2, 29))
    assert care.serves("AT", "NG")
    assert not care.serves("IT", "NG")
    assert (tact.begins, tact.ends) == (date(2015, 5, 1), date(2016, 10, 31))
    assert tact.serves("GR", "al")
    assert not tact.serves("GR", "MD")


def test_a_fourth_country_of_return_is_a_file_and_a_fifth_is_one_that_is_written_here() -> None:
    assert {code for code in countries() if not country(code).host} == {"AL", "MA", "MD", "UA"}
    georgia = read_country(
        'code = "GE"\ncurrency = "GEL"\ncalling_code = "+995"\nzone = "Asia/Tbilisi"\nlanguages = ["ka"]\n'
    )
    assert georgia.languages == ("ka",)


@pytest.mark.parametrize("code", countries())
def test_every_country_has_what_rules_need(code: str) -> None:
    found = country(code)
    assert found.code == code
    assert ZoneInfo(found.zone)
    assert re.fullmatch(r"[A-Z]{3}", found.currency)
    assert re.fullmatch(r"\+\d{1,3}", found.calling_code)
    assert all(re.fullmatch(r"[a-z]{2,3}", language) for language in found.languages)
    assert all(re.fullmatch(r"[a-z_]+", status) for status in found.statuses)


def test_a_programme_with_nothing_of_its_own_is_the_standard() -> None:
    found = read_programme(LEAST)
    assert found.stages == STANDARD
    assert (found.consent, found.minors, found.gates) == (
        NONE_NAMED.consent,
        NONE_NAMED.minors,
        NONE_NAMED.gates,
    )


def test_a_stage_says_only_what_it_changes() -> None:
    found = read_programme(
        LEAST + '[[stage]]\nid = "travel"\ntitles = { en = "Way" }\n[[stage]]\nid = "closed"\n'
    )
    travel = next(plan for plan in STANDARD if plan.id == "travel")
    assert [plan.id for plan in found.stages] == ["travel", "closed"]
    assert found.stages[0].forms == travel.forms
    assert found.stages[0].solutions == travel.solutions


def test_the_rules_of_a_programme_are_those_of_its_file_and_homewards_own_where_it_says_nothing() -> None:
    plain = read_programme(LEAST)
    assert (plain.due, plain.risk, plain.office_hours) == (DueRules(), RiskTable(), OfficeHours())
    assert plain.procedures.steps, "without procedures of its own it has Homeward's"
    own = read_programme(
        LEAST
        + """
[due]
arrival_watch_hours = 2
[risk.high]
"safety.threats" = ["watched"]
[office_hours]
closes = "15:30"
[[agreements]]
recipient = "Clinic"
purpose = "share_with_organisation"
fields = ["case.code"]
[rates]
rates = [{ currency = "ALL", on = 2026-05-01, per_euro = "98.5" }]
[directory]
organisations = []
[procedures]
steps = []
[donor]
k = 7
"""
    )
    assert own.due.watch == timedelta(hours=2)
    assert own.risk.high["safety.threats"] == {"watched"}
    assert own.office_hours.closes == "15:30"
    assert [each.recipient for each in own.agreements] == ["Clinic"]
    assert own.rates.euro(Money(Decimal(985), "ALL"), date(2026, 5, 2)).eur == Decimal("10.00")
    assert own.procedures.steps == ()
    assert own.donor.k == 7


def test_the_programme_of_a_case_is_the_one_that_its_file_names() -> None:
    care, tact = programme("care"), programme("tact")
    both = {"care": care, "tact": tact}
    assert programme_of("tact", both) is tact
    assert programme_of("", both) is NONE_NAMED, "of two, nobody can tell which"
    assert programme_of("", {"care": care}) is care
    assert programme_of("closed_long_ago", {"care": care}) is NONE_NAMED


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("id = ", "not_readable"),
        ('id = "new"', "value_invalid"),
        (LEAST + "hosts = 'GR'", "value_invalid"),
        (LEAST + 'hosts = ["Greece"]', "value_invalid"),
        (LEAST + 'begin = 2026-01-01', "value_unknown"),
        (LEAST + 'begins = "2026-01-01"', "value_invalid"),
        (LEAST + "begins = 2026-01-02\nends = 2026-01-01", "value_invalid"),
        (LEAST + "[targets]\npersons = 3\nminors = 4", "value_invalid"),
        (LEAST + "[targets]\npersons = -1", "value_invalid"),
        (LEAST + "[gates]\nsoft = []", "value_unknown"),
        (LEAST + '[gates]\nhard = ["clear_to_travel.consent_missing"]', "value_invalid"),
        (LEAST + '[age]\nestimate_margin = 11', "value_invalid"),
        (LEAST + '[minors]\nage = 16', "value_unknown"),
        (LEAST + '[consent]\nown_consent_from = 16', "value_invalid"),
        (LEAST + '[[stage]]\nid = "kitchen"', "value_invalid"),
        (LEAST + '[[stage]]\nid = "kitchen"\nlike = "garden"', "value_invalid"),
        (LEAST + '[[stage]]\nid = "travel"\nlike = "closed"', "value_invalid"),
        (LEAST + '[[stage]]\nid = "travel"\nsolutions = ["leave"]', "value_invalid"),
        (LEAST + '[[stage]]\nid = "travel"\n[[stage]]\nid = "travel"', "value_invalid"),
        (LEAST + 'stage = ["travel"]', "value_invalid"),
    ],
)  # fmt: skip
def test_a_slip_in_a_file_is_named(text: str, code: str) -> None:
    with pytest.raises(FormProblem) as problem:
        read_programme(text)
    assert problem.value.code == f"form.programme.{code}"
    assert problem.value.code in TEXTS


@pytest.mark.parametrize("name", ["nowhere", "", "../gates", "programmes/care"])
def test_what_there_is_not_is_not_found(name: str) -> None:
    for find in (programme, country):
        with pytest.raises(FormProblem) as problem:
            find(name)
        assert problem.value.code == "form.programme.not_found"


def test_no_programme_that_comes_with_homeward_softens_what_is_hard() -> None:
    nothing = codes(asked("clear_to_travel", WOMAN, without(ADULT, *ADULT)))
    for name in programmes():
        found = asked("clear_to_travel", WOMAN, [], programme=programme(name))
        assert codes(found) == nothing
        hard = {reason.code.rpartition(".")[2] for reason in found.reasons if reason.hard}
        assert hard >= nothing - set(SOFT["clear_to_travel"])


def test_every_stage_of_every_programme_is_like_one_that_rules_know() -> None:
    for name in programmes():
        assert all(plan.like in STAGES for plan in programme(name).stages)

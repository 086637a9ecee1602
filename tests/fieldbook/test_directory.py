"""The service directory on a device without a network: of programmes, and written down by the office."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import Any

import pytest

from app.directory import Asked, DirectoryView
from app.fieldbook import Fieldbook
from app.problems import Problem
from app.store import reference
from sync_server.protocol.messages import Colleague, Reference
from tests.fieldbook.conftest import Clock
from tests.fieldbook.test_fieldbook import answer, done, finish_case_file
from tests.fieldbook.test_office_file import add_row, begin

PROGRAMME = """
id = "care"
title = "Care"

[directory]
stale_months = 6

[[directory.organisations]]
id = "house"
name = "Shtëpia Shembull"
country = "AL"
areas = ["Tirana", "Durrës"]
languages = ["sq", "en"]
vetting = "vetted"
checked_on = 2026-03-01
minors = "yes"
services = [{ kind = "shelter", places = 2 }, { kind = "legal" }]
hotlines = [{ number = "+355 00 000 000", hours = "24/7", languages = ["sq"] }]

[[directory.organisations]]
id = "maison"
name = "دار المثال"
country = "MA"
languages = ["ar", "fr"]
vetting = "in_progress"
services = [{ kind = "shelter", places = 0 }]
hotlines = [{ number = "+212 00 000 001" }]

[[directory.organisations]]
id = "dim"
name = "Дім прикладу"
country = "UA"
vetting = "not_vetted"
checked_on = 2026-04-01
services = [{ kind = "medical" }]

[[directory.organisations]]
id = "shut"
name = "Closed House"
country = "AL"
vetting = "suspended"
checked_on = 2026-04-01
services = [{ kind = "shelter" }]
hotlines = [{ number = "+355 00 000 009" }]
"""

ENTRY: dict[str, Any] = {
    "organisation_name": "Qendra e Re", "organisation_country": "al", "areas": "Vlora\nFier",
    "languages": ["sq", "other"], "services": ["legal", "work"], "places": 4, "minors": "no",
    "hotline": "+355 00 000 005", "hours": "9-17", "vetting": "vetted", "checked_on": "2026-05-04",
}  # fmt: skip


@pytest.fixture
def arta(book: Fieldbook) -> Fieldbook:
    told = Reference(
        (Colleague("drita", "Drita", "coordinator", "Tirana", "AL", "Europe/Tirane"),), {"care": PROGRAMME}
    )
    book._store.write(lambda db: reference.put(db, told))
    return book


def look(book: Fieldbook, case: str | None = None, **asked: str) -> DirectoryView:
    found: DirectoryView = done(book.directory.look(Asked(**asked), case))
    return found


def ids(view: DirectoryView) -> list[str]:
    return [each.organisation.id for each in view.found]


def write_down(book: Fieldbook, **other: Any) -> str:
    opened = begin(book, "organisation")
    answer(book, opened, **{**ENTRY, **other})
    assert done(book.finish(opened.record)) == ()
    return opened.record


def adult(book: Fieldbook, **facts: Any) -> str:
    case: str = done(book.new_case("al", "sq"))
    finish_case_file(book, case, birth_date="1990-05-01", **facts)
    return case


def test_everybody_is_in_it_without_a_network_and_who_is_suspended_is_last_and_named_so(
    arta: Fieldbook,
) -> None:
    view = look(arta)
    assert ids(view) == ["house", "dim", "maison", "shut"]
    assert view.found[-1].organisation.vetting == "suspended"
    assert view.found[2].remarks == ("directory.check.never", "directory.vetting.missing")
    assert [line.number for _, line in view.hotlines] == ["+355 00 000 000", "+212 00 000 001"]
    assert (view.countries, view.areas) == (("AL", "MA", "UA"), ("Durrës", "Tirana"))
    assert view.kinds["shelter"]["fr"] == "Lieu sûr, logement"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("shtepia", ["house"]),
        ("SHEMBULL durres", ["house"]),
        ("المثال", ["maison"]),
        ("dim pryk", ["dim"]),
        ("прикл", ["dim"]),
        ("медичн", ["dim"]),
        ("ndihm ligjore", ["house"]),
        ("+212", ["maison"]),
        ("house durres", []),
    ],
)
def test_it_is_found_as_one_types_in_any_script_by_name_town_service_or_number(
    arta: Fieldbook, typed: str, found: list[str]
) -> None:
    assert ids(look(arta, text=typed)) == found


def test_it_is_narrowed_by_service_country_and_area(arta: Fieldbook) -> None:
    assert ids(look(arta, service="shelter")) == ["house", "maison", "shut"]
    assert ids(look(arta, service="shelter", country="AL", area="Durrës")) == ["house", "shut"]
    assert "directory.capacity.full" in look(arta, country="MA", service="shelter").found[0].remarks
    assert look(arta, country="UA").hotlines == ()


def test_an_entry_is_old_after_its_months(arta: Fieldbook, clock: Clock) -> None:
    assert look(arta, text="shtepia").found[0].remarks == ()
    clock.now += timedelta(days=150)
    assert look(arta, text="shtepia").found[0].remarks == ("directory.check.stale",)


def test_what_the_office_writes_down_is_in_it_at_once(arta: Fieldbook) -> None:
    record = write_down(arta)
    view = look(arta, text="qendra")
    (found,) = view.found
    each = found.organisation
    assert view.own == {record}
    assert (each.id, each.country, each.areas, each.languages) == (record, "AL", ("Vlora", "Fier"), ("sq",))
    assert [(offer.kind, offer.places) for offer in each.services] == [("legal", 4), ("work", 4)]
    assert [(line.number, line.hours) for line in each.hotlines] == [("+355 00 000 005", "9-17")]
    assert ids(look(arta, service="work", area="Fier", country="AL")) == [record]
    opened = done(arta.edit(record))
    answer(arta, opened, vetting="suspended")
    assert done(arta.finish(record)) == ()
    assert look(arta, text="qendra").found[0].organisation.vetting == "suspended"
    assert look(arta, text="qendra").hotlines == ()


def test_without_any_programme_only_the_office_s_own_entries_are_there(book: Fieldbook) -> None:
    assert look(book).total == 0
    write_down(book)
    assert look(book).total == 1


def test_an_organisation_is_of_no_person_and_begins_in_no_case(book: Fieldbook) -> None:
    with pytest.raises(Problem, match=r"record\.form\.elsewhere"):
        done(book.begin(done(book.new_case("al", "sq")), "organisation"))


def test_from_a_case_nobody_suspended_is_offered_and_it_says_how_many_are_not(arta: Fieldbook) -> None:
    view = look(arta, adult(arta), country="AL")
    assert (ids(view), view.left_out, view.of_child) == (["house"], 1, False)
    assert "directory.language.missing" not in view.found[0].remarks
    assert "directory.language.missing" in look(arta, adult(arta), country="MA").found[0].remarks


def test_a_child_is_offered_only_who_is_vetted_and_takes_children_in(arta: Fieldbook) -> None:
    write_down(arta)
    child = done(arta.new_case("al", "sq"))  # nobody has said how old: a child until the contrary is shown
    view = look(arta, child)
    assert (ids(view), view.left_out, view.of_child) == (["house"], 4, True)


def test_whom_the_person_denies_is_offered_from_none_of_her_files(arta: Fieldbook) -> None:
    first, second = adult(arta), adult(arta)
    assert ids(look(arta, second, country="AL")) == ["house"]
    (row,) = (row for row in done(arta.case(first)).records if row.form == "case_file")
    opened = done(arta.edit(row.id))
    denied = {"deny_who": "shtëpia SHEMBULL", "deny_decision": "denied", "deny_reason": "Her cousin is there"}
    add_row(arta, opened, "denied", denied)
    assert done(arta.finish(row.id)) == ()
    view = look(arta, first, country="AL")
    assert (ids(view), view.hotlines, view.left_out) == ([], (), 2)
    done(arta.decisions.join_files(second, first, "Both papers have one number"))
    assert ids(look(arta, second, country="AL")) == []


def test_the_country_to_look_in_first_is_that_of_the_case(arta: Fieldbook) -> None:
    assert done(arta.directory.country_of(adult(arta))) == "AL"


def test_of_two_programmes_that_know_one_organisation_the_later_check_counts(arta: Fieldbook) -> None:
    later = (
        PROGRAMME.replace('id = "care"', 'id = "more"', 1)
        .replace("2026-03-01", "2026-05-01")
        .replace("stale_months = 6", "stale_months = 1")
    )
    known = dataclasses.replace(Reference(), programmes={"care": PROGRAMME, "more": later})
    arta._store.write(lambda db: reference.put(db, known))
    found = {each.organisation.id: each for each in look(arta).found}
    assert len(found) == 4
    assert str(found["house"].organisation.checked_on) == "2026-05-01"
    assert "directory.check.stale" in found["dim"].remarks, "the stricter of both says when a check is old"

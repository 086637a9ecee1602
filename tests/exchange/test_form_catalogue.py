"""Published forms, and the merge rules that the server reads from them."""

from __future__ import annotations

import pytest

from sync_server.form_catalogue import FormCatalogue, FormFacts
from sync_server.protocol.problems import Problem
from sync_server.storage.database import Database


def read(xml: str) -> FormFacts:
    id, version, *paths = xml.split()
    return FormFacts(id, version, dict.fromkeys(paths, "both"))


@pytest.fixture
def catalogue(database: Database) -> FormCatalogue:
    moments = iter(range(100))
    return FormCatalogue(database, lambda: next(moments), read)


def test_the_newest_version_of_each_form_is_current(catalogue: FormCatalogue) -> None:
    for xml in ("visit 9", "visit 10", "arrival 1"):
        catalogue.publish(xml)
    assert [(form.id, form.version) for form in catalogue.current()] == [("arrival", "1"), ("visit", "10")]
    assert catalogue.xml("visit", "9") == "visit 9"


def test_publishing_again_changes_nothing_and_another_content_is_refused(catalogue: FormCatalogue) -> None:
    assert catalogue.publish("visit 1") == catalogue.publish("visit 1")
    with pytest.raises(Problem, match=r"form\.version\.published"):
        catalogue.publish("visit 1 note")


def test_of_several_forms_all_are_published_or_none(catalogue: FormCatalogue) -> None:
    catalogue.publish("visit 1")
    with pytest.raises(Problem, match=r"form\.version\.published"):
        catalogue.publish_all(["arrival 1", "visit 1 note"])
    assert [form.id for form in catalogue.current()] == ["visit"]


def test_who_publishes_an_old_version_again_hears_that_devices_keep_the_new_one(
    catalogue: FormCatalogue,
) -> None:
    for xml in ("visit 1", "visit 2"):
        catalogue.publish(xml)
    (again,) = catalogue.publish_all(["visit 1"])
    assert (again.is_new, again.newest) == (False, "2")


def test_a_form_that_was_never_published_is_not_found(catalogue: FormCatalogue) -> None:
    with pytest.raises(Problem, match=r"form\.not_found"):
        catalogue.xml("visit", "1")
    assert catalogue.rules("visit", "1") is None


@pytest.mark.parametrize("name", ["\0", "visit\0", "\ud800"])
def test_a_name_that_is_no_text_is_the_name_of_no_form(catalogue: FormCatalogue, name: str) -> None:
    catalogue.publish("visit 1")
    for id, version in ((name, "1"), ("visit", name)):
        with pytest.raises(Problem, match=r"form\.not_found"):
            catalogue.xml(id, version)
        assert catalogue.rules(id, version) is None


def test_a_rule_holds_in_every_instance_of_a_repeat(catalogue: FormCatalogue) -> None:
    catalogue.publish("visit 1 note needs/need/story")
    rules = catalogue.rules("visit", "1")
    assert rules is not None
    assert rules("needs/need[0123456789abcdef]/story") == "both"
    assert rules("note") == "both"
    assert rules("needs/need[0123456789abcdef]/owner") == "last"


def test_the_rules_of_a_real_form(database: Database) -> None:
    from forms import library
    from forms.xlsform.to_xform import xform_from_xlsform

    catalogue = FormCatalogue(database, lambda: 1)
    listing = catalogue.publish(xform_from_xlsform(library.read("monitoring_contact")).xml)
    rules = catalogue.rules(listing.id, listing.version)
    assert listing.id == "monitoring_contact"
    assert rules is not None
    assert (rules("conclusion/observation"), rules("contact/outcome")) == ("both", "last")
    assert rules("conclusion/risk_level") == "highest:unknown,low,medium,high;with=risk_lowered_because"

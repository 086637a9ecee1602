"""Which languages of a form are drafts or samples, and what somebody who signs one off has read."""

from __future__ import annotations

import pytest

from forms.check import Report, check_table
from forms.definition import FormDefinition
from forms.review import texts_digest, to_review, with_drafts
from forms.xform.load import load_form

FORM = """\
| settings |
| | form_id | version | default_language | namespaces | attribute::homeward:draft \
| attribute::homeward:sample | attribute::homeward:title_fr |
| | visit | 1 | English (en) | homeward="https://homeward.invalid/xforms" | {drafts} | {samples} | Visite |
| survey |
| | type | name | label::English (en) | label::French (fr) | label::Tamazight (zgh) | hint::English (en) \
| hint::French (fr) | bind::homeward:safety |
| | text | threat | Who threatens? | {french} | | In your own words. | Avec vos mots. | private |
| | select_one yn | sure | Is it sure? | Est-ce sûr ? | | | | |
| choices |
| | list_name | name | label::English (en) | label::French (fr) | label::Tamazight (zgh) |
| | yn | yes | Yes | Oui | ⵢⴰⵀ |
| | yn | no | No | {no} | ⵓⵀⵓ |
"""


def checked(
    drafts: str = "fr zgh", samples: str = "zgh", french: str = "Qui menace ?", no: str = "Non"
) -> Report:
    return check_table("visit.md", FORM.format(drafts=drafts, samples=samples, french=french, no=no))


def visit(**parts: str) -> FormDefinition:
    definition = checked(**parts).definition
    assert definition is not None
    return definition


def test_a_form_says_which_of_its_languages_are_drafts_and_which_are_samples() -> None:
    assert (visit().drafts, visit().samples) == (("fr", "zgh"), ("zgh",))
    assert visit(drafts="", samples="").drafts == ()
    assert visit(drafts="fr es").drafts == ("fr",), "a language that it has not is no draft of it"


def test_a_sample_lacks_texts_on_purpose_and_any_other_language_by_mistake() -> None:
    def lacking(report: Report) -> list[str]:
        return [one.params["languages"] for one in report.lint if one.code == "lint.translation.missing"]

    assert lacking(checked()) == []
    assert not [line for line in checked().warnings if "Tamazight" in line]
    assert set(lacking(checked(samples=""))) == {"zgh"}
    assert [line for line in checked(samples="").warnings if "Tamazight" in line]
    assert lacking(checked(french="")) == ["fr"], "that one language is a sample excuses no other"


def test_what_a_sample_lacks_is_read_in_the_language_of_the_form() -> None:
    label = visit().questions["threat"].label
    assert label.parts(("zgh", "en")) == label.by_language["en"]


@pytest.mark.parametrize("change", [{"french": "Qui vous menace ?"}, {"no": "Pas du tout"}])
def test_another_word_is_another_text_to_read(change: dict[str, str]) -> None:
    assert texts_digest(visit(), "fr") == texts_digest(visit(drafts="fr"), "fr")
    assert texts_digest(visit(), "fr") != texts_digest(visit(**change), "fr")
    assert texts_digest(visit(), "zgh") == texts_digest(visit(**change), "zgh")


def test_the_original_is_never_to_be_reviewed() -> None:
    assert "en" not in to_review(visit())


def test_what_was_signed_off_is_no_draft_for_devices() -> None:
    xml = checked().xml
    assert load_form(with_drafts(xml, ["zgh"])).drafts == ("zgh",)
    assert load_form(with_drafts(xml, [])).drafts == ()
    assert load_form(with_drafts(xml, ["fr", "zgh"])).drafts == ("fr", "zgh")
    assert with_drafts(checked(drafts="").xml, ["fr"]) == checked(drafts="").xml

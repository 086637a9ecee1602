"""What is read of the other files of a person when it is decided who has one of them."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

from forms.casework.consent_rules import ConsentRules
from forms.casework.consent_statement import statements
from forms.casework.joined_files import JoinedFile, denied_in, joined_to, of_age_in, reached, refusals
from tests.casework.journeys import GIRL, TODAY, WOMAN, consent, said


def test_of_what_another_file_says_of_consent_only_the_no_is_read() -> None:
    no = consent("n", -3, purpose="share_with_country", recipient="athens", decision="withdrawn")
    more = {"share.office": "athens", "age.established": "minor", "deny.who": "eleni", "guardian.consent": ""}
    no = replace(no, values={**no.values, **more})
    yes = consent("y", -3, purpose="share_with_country", recipient="athens")
    (told,) = refusals([JoinedFile(WOMAN, [yes, no])])
    assert told.record == "n"
    assert {name.partition(".")[0] for name in told.values} == {"consent"}
    assert [each.decision for each in statements([told])] == ["withdrawn"]


def test_of_a_record_with_rows_the_row_that_says_no_is_read_and_none_beside_it() -> None:
    rows = (
        {"consent.purpose": "photo", "consent.decision": "given"},
        {"consent.purpose": "share_with_country", "consent.decision": "refused"},
    )
    told = replace(said("r", -3)({"consent.by": "person"}), rows={"consent": rows})
    (no,) = statements(refusals([JoinedFile(WOMAN, [told])]))
    assert (no.decision, no.purposes) == ("refused", {"share_with_country"})


def test_each_file_lifts_its_own_denials_in_whatever_order_they_come() -> None:
    denied = said("d", -3)({"deny.who": "Eleni", "deny.decision": "denied"})
    lifted = replace(said("l", -2)({"deny.who": "eleni", "deny.decision": "lifted"}), author="ana")
    own = denied_in([denied, lifted], [], {"ana"}, TODAY)
    assert not own.denies("eleni")
    for files in permutations([[denied], [lifted], []]):
        first, *others = files
        joined = [JoinedFile(WOMAN, each) for each in others]
        assert denied_in(first, joined, {"ana"}, TODAY).denies("eleni")


def test_a_denial_that_names_nobody_may_be_anybody_in_every_file() -> None:
    unnamed = JoinedFile(WOMAN, [said("d", -3)({"deny.decision": "denied"})])
    assert denied_in([], [unnamed], (), TODAY).unnamed


def test_one_file_that_makes_her_an_adult_is_enough() -> None:
    rules = ConsentRules()
    assert of_age_in([JoinedFile(GIRL, []), JoinedFile(WOMAN, [])], TODAY, rules)
    assert not of_age_in([JoinedFile(GIRL, [])], TODAY, rules)
    assert not of_age_in([], TODAY, rules)


def test_files_are_joined_in_both_directions_and_by_way_of_others() -> None:
    links = [("b", "a"), ("c", "b"), ("d", "c"), ("y", "x"), ("a", "d")]
    assert reached("a", links) == {"b", "c", "d"}
    assert reached("x", links) == {"y"}
    assert reached("z", links) == frozenset()
    same = said("s1", -3)({"same.original": "a", "same.state": "same"})
    apart = said("s2", -3)({"same.original": "b", "same.state": "apart"})
    assert joined_to("a", {"b": [same], "c": [apart]}) == {"b"}
    assert joined_to("c", {"b": [same], "c": [apart]}) == frozenset()

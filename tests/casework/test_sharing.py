"""Which other office has a case: Tirana's goes to Athens, and to nobody whom the person did not name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from itertools import permutations
from typing import Any, get_args

import pytest

from forms.casework import meanings, referral
from forms.casework.case import Case
from forms.casework.facts import Evidence
from forms.casework.sharing import OtherOffice, Share, reads, shares, shares_on
from tests.casework.journeys import GIRL, TODAY, WOMAN, consent, day, said

TIRANA = OtherOffice("tirana", "Tirana", "al")
ATHENS = OtherOffice("athens", "Support Centre Athens", "gr")
RABAT = OtherOffice("rabat", "Rabat", "ma")
DURRES = OtherOffice("durres", "Durrës", "al")


def share(record: str = "s", offset: int = -4, **other: Any) -> Evidence:
    values = {"office": "athens", "state": "shared", "ground": "consent", **other}
    order = values.pop("order", "")
    told = {f"share.{name}": value for name, value in values.items()}
    return said(record, offset, order=order)(told)


def agreed(record: str = "c", offset: int = -5, **other: Any) -> Evidence:
    return consent(record, offset, **{"purpose": "share_with_country", "recipient": "athens", **other})


def of_all(*found: Evidence, at: date = TODAY, case: Case = WOMAN) -> dict[str, Share]:
    told = shares(
        found, (TIRANA, ATHENS, RABAT, DURRES), at, home=TIRANA, case=case, coordinators={"coordinator"}
    )
    assert [each.office for each in told] == sorted(each.office for each in told)
    return {each.office: each for each in told}


def athens(*found: Evidence, at: date = TODAY, case: Case = WOMAN) -> Share:
    return of_all(*found, at=at, case=case)["athens"]


def codes(found: Share) -> list[str]:
    return [reason.code for reason in found.reasons]


def test_a_case_is_shared_with_the_office_that_the_person_agreed_to_and_with_no_other() -> None:
    found = of_all(share(), share("s2", office="rabat"), agreed())
    assert (found["athens"].shared, found["athens"].ground, found["athens"].reasons) == (True, "consent", ())
    assert found["athens"].evidence == ("c", "s")
    assert (found["rabat"].shared, codes(found["rabat"])) == (False, ["consent.missing"])
    assert of_all(agreed()) == {}


def test_the_consent_may_call_the_office_by_its_name() -> None:
    by_name = agreed(recipient=["support centre  ATHENS", "Vatra"])
    assert athens(share(), by_name).shared
    rows = ({"consent.purpose": "share_with_country", "consent.recipient": "Support Centre Athens"},)
    around = {"consent.decision": "given", "consent.by": "person", "consent.how": "written"}
    in_rows = said("c")({**around, "consent.language": "sq"}, consent=rows)
    assert athens(share(), in_rows).shared


@pytest.mark.parametrize("given", ["athens", "Support Centre Athens"])
@pytest.mark.parametrize("taken_back", ["athens", "Support Centre Athens", ""])
def test_a_withdrawal_ends_it_by_whatever_name_and_when_it_names_nobody(given: str, taken_back: str) -> None:
    withdrawn = agreed("w", -2, decision="withdrawn", recipient=taken_back, author="eleni")
    found = athens(share(), agreed(recipient=given), withdrawn)
    assert (found.shared, codes(found)) == (False, ["consent.withdrawn"])


def test_a_withdrawal_towards_somebody_else_leaves_it() -> None:
    assert athens(share(), agreed(), agreed("w", -2, decision="withdrawn", recipient="rabat")).shared


def test_consent_to_share_runs_out_on_its_day() -> None:
    until = agreed(until=day(3).isoformat())
    assert athens(share(), until, at=day(3)).until == day(3)
    found = athens(share(), until, at=day(4))
    assert (found.shared, codes(found)) == (False, ["consent.expired"])


def test_an_office_abroad_needs_the_consent_to_leave_the_country_and_one_at_home_the_other() -> None:
    at_home = share("s2", office="durres")
    to_organisation = agreed("o", purpose="share_with_organisation", recipient=["durres", "athens"])
    found = of_all(share(), at_home, to_organisation)
    assert (found["durres"].shared, found["athens"].shared) == (True, False)
    to_country = agreed("o", purpose="share_with_country", recipient=["durres", "athens"])
    found = of_all(share(), at_home, to_country)
    assert (found["durres"].shared, found["athens"].shared) == (False, True)


def test_who_may_be_a_minor_shares_with_her_guardian() -> None:
    assert codes(athens(share(), agreed(), case=GIRL)) == ["consent.guardian_missing"]
    assert athens(share(), agreed(by="both"), case=GIRL).shared


@pytest.mark.parametrize(
    ("ground", "case"), [("vital_interest", WOMAN), ("vital_interest", GIRL), ("duty_to_report", GIRL)]
)
def test_another_ground_needs_its_reason_and_no_consent(ground: str, case: Case) -> None:
    for reason in ("", " - ", None):
        found = athens(share(ground=ground, reason=reason), case=case)
        assert (found.shared, codes(found)) == (False, ["sharing.reason.missing"])
    found = athens(share(ground=ground, reason="The recruiter waits at the port"), case=case)
    assert (found.shared, found.ground) == (True, ground)
    refused = agreed("w", -1, decision="refused", author="eleni")
    assert athens(share(ground=ground, reason="A child in danger"), refused, case=case).shared


DUTY = share(ground="duty_to_report", reason="The law asks for it")
UNKNOWN = replace(WOMAN, birth_date=None)


def aged(offset: int = -9, **ages: str) -> Evidence:
    return said("age", offset)({f"age.{name}": value for name, value in ages.items()})


def test_a_duty_to_report_gives_no_adult_s_file_to_another_office() -> None:
    """She gets a referral with the fields that the law asks for; a child is protected by both offices."""
    assert codes(athens(DUTY)) == ["sharing.ground.adult"]
    assert codes(athens(DUTY, aged(estimate="30"), case=UNKNOWN)) == ["sharing.ground.adult"]
    assert codes(athens(DUTY, aged(established="adult"), case=UNKNOWN)) == ["sharing.ground.adult"]
    assert athens(DUTY, agreed(), share("s2")).ground == "consent", "what she agreed to stands"


@pytest.mark.parametrize(
    "told", [{"estimate": "17"}, {"born": "2008"}, {"said": "16"}, {"established": "minor"},
             {"established": "unclear"}, {"estimate": "16-20"}]
)  # fmt: skip
def test_who_may_be_a_child_is_one_for_a_duty_to_report(told: dict[str, str]) -> None:
    assert athens(DUTY, aged(**told), case=UNKNOWN).shared


def test_whose_age_nobody_has_told_keeps_her_file_at_home() -> None:
    assert codes(athens(DUTY, case=UNKNOWN)) == ["sharing.age.unknown"]
    assert codes(athens(DUTY, aged(born="long ago"), case=UNKNOWN)) == ["sharing.age.unknown"]


def test_a_duty_to_report_ends_with_her_18th_birthday() -> None:
    nearly = replace(GIRL, birth_date=TODAY.replace(year=TODAY.year - 18, day=TODAY.day + 5))
    assert athens(DUTY, at=day(4), case=nearly).shared
    assert codes(athens(DUTY, at=day(5), case=nearly)) == ["sharing.ground.adult"]


def test_a_ground_that_nobody_knows_is_none() -> None:
    for ground in ("", "because", None):
        assert codes(athens(share(ground=ground, reason="So"), agreed())) == ["sharing.ground.unknown"]


def test_what_is_not_shared_in_so_many_words_has_ended() -> None:
    for state in ("ended", "", None, "perhaps"):
        assert codes(athens(share(state=state), agreed())) == ["sharing.record.ended"]


def test_of_two_records_for_one_office_an_ended_one_counts_until_a_certainly_newer_one() -> None:
    over = share("e", -3, state="ended", order="2")
    for found in permutations([share("s", -4), over, agreed()]):
        assert not athens(*found).shared
    assert not athens(over, share("s", -3, order="2"), agreed()).shared
    assert not athens(over, share("s", -3, order="1"), agreed()).shared
    assert athens(over, share("s", -3, order="3"), agreed()).shared
    assert athens(over, share("s", -1), agreed()).shared


def test_a_sharing_that_is_dated_ahead_begins_on_its_day_and_an_end_at_once() -> None:
    assert codes(athens(share(offset=2), agreed())) == ["sharing.record.dated_ahead"]
    assert athens(share(offset=2), agreed(), at=day(2)).shared
    assert not athens(share(), share("e", 300, state="ended"), agreed()).shared


@pytest.mark.parametrize("name", ["athens", "ATHENS", "Athens, Support-Centre"])
def test_the_deny_list_beats_consent_and_every_other_ground(name: str) -> None:
    denied = said("d", -9, author="mira")({"deny.who": name, "deny.decision": "denied"})
    urgent = share("v", ground="vital_interest", reason="She is in hospital there")
    for found in (athens(share(), agreed(), denied), athens(urgent, denied)):
        assert (found.shared, codes(found)) == (False, ["sharing.office.denied"])
    theirs = OtherOffice("athens", "Support Centre Athens", "gr", ("vangelis", "Vangelis P."))
    relative = said("d", -9, author="mira")({"deny.who": "P., Vangelis", "deny.decision": "denied"})
    told = shares([share(), agreed(), relative], [theirs], TODAY, home=TIRANA, case=WOMAN, coordinators=())
    assert [(each.shared, codes(each)) for each in told] == [(False, ["sharing.office.denied"])]
    lifted = {"deny.who": name, "deny.decision": "lifted"}
    assert not athens(share(), agreed(), denied, said("l", -1, author="mira")(lifted)).shared
    assert athens(share(), agreed(), denied, said("l", -1, author="coordinator")(lifted)).shared


@pytest.mark.parametrize("name", ["", "-", "?"])
def test_a_denial_without_a_name_keeps_the_case_from_every_office_until_somebody_writes_whom(
    name: str,
) -> None:
    def file(who: str, decision: str = "denied") -> Evidence:
        row = {"deny.who": who, "deny.decision": decision}
        found = said("file", -1, author="mira")({"case.office": "tirana"}, deny=(row,))
        return replace(found, said_by={"deny": ({"deny.decision": "coordinator"},)})

    found = athens(share(), agreed(), file(name))
    assert (found.shared, codes(found)) == (False, ["sharing.denial.unnamed"])
    assert athens(share(), agreed(), file("Police of Mat")).shared
    assert athens(share(), agreed(), file(name, "lifted")).shared


@pytest.mark.parametrize("name", ["coordinator", "Coordinator", "gr"])
def test_a_role_or_a_country_that_is_denied_is_denied_wherever_somebody_has_it(name: str) -> None:
    people = ("e.papadaki", "Eleni Papadaki", "officer", "n.leka", "Nikos Leka", "coordinator")
    denied = said("d", -9, author="mira")({"deny.who": name, "deny.decision": "denied"})
    (told,) = shares(
        [share(), agreed(), denied], [replace(ATHENS, people=people)], TODAY, home=TIRANA, case=WOMAN,
        coordinators=(),
    )  # fmt: skip
    assert codes(told) == ["sharing.office.denied"]


def test_an_office_in_a_row_of_the_case_file_is_denied_until_a_coordinator_lifts_it() -> None:
    """Beside a relative on the staff and an authority, each in a row of its own."""
    relative = {"deny.who": "e.papadaki", "deny.decision": "denied"}

    def file(decision: str, by: str) -> Evidence:
        office = {"deny.who": "Police of Mat\nSupport Centre Athens", "deny.decision": decision}
        found = said("file", -1, author="mira")({"case.office": "tirana"}, deny=(relative, office))
        return replace(found, said_by={"deny": ({"deny.decision": "mira"}, {"deny.decision": by})})

    assert codes(athens(share(), agreed(), file("denied", "mira"))) == ["sharing.office.denied"]
    assert codes(athens(share(), agreed(), file("lifted", "mira"))) == ["sharing.office.denied"]
    assert athens(share(), agreed(), file("lifted", "coordinator")).shared


def test_a_name_that_is_no_office_and_the_office_itself_get_nothing() -> None:
    found = of_all(share(office="Athina"), share("s2", office="tirana"), share("s3", office=" "), agreed())
    assert {name: codes(each) for name, each in found.items()} == {"Athina": ["sharing.office.unknown"]}


def test_a_second_record_may_hold_where_the_first_does_not() -> None:
    urgent = share("v", ground="vital_interest", reason="She is in hospital there")
    found = athens(share(), urgent)
    assert (found.shared, found.evidence) == (True, ("v",))


def test_the_order_in_which_records_came_does_not_matter() -> None:
    found = [
        share(),
        agreed(),
        agreed("w", -2, decision="withdrawn", author="eleni"),
        replace(agreed("c2", -1, withdrawn_on=day(-2).isoformat()), author="mira"),
        share("s2", office="rabat", ground="vital_interest", reason="The hospital there treats her"),
    ]
    answers = {tuple(of_all(*order).values()) for order in permutations(found)}
    assert len(answers) == 1
    assert all(each.shared for each in answers.pop())


def test_the_grounds_are_those_of_a_referral() -> None:
    assert meanings.SHARE["share.ground"] == get_args(referral.Ground)


def test_the_meanings_that_can_change_the_answer_are_told() -> None:
    def told(asks: Any) -> Iterable[str]:
        return {each.partition(".")[0] for each in meanings.KNOWN if asks(each)}

    assert told(reads) == {"share", "consent", "deny", "guardian", "age", "person"}
    assert reads("person.birth_date")
    assert told(shares_on) == {"share"}

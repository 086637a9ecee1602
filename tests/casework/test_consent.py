"""Consent: in force for one purpose and recipient, until it is withdrawn."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import forms
from forms.casework.case import Case
from forms.casework.consent import (
    Consent,
    ConsentRules,
    answered_no,
    decided_since,
    ended,
    in_force,
    may_send,
    standing,
    statements,
    unclear,
)
from forms.casework.consent_statement import READ as STATED
from forms.casework.facts import Evidence
from forms.errors import FormProblem
from tests.casework.journeys import GIRL, TODAY, WOMAN, consent, day, said


def of_return(*found: Evidence, case: Case = WOMAN, at: date = TODAY, **rules: Any) -> Consent:
    return in_force("return", "", found, at, case=case, rules=ConsentRules(**rules))


def told(result: Consent) -> list[str]:
    return [reason.code.removeprefix("consent.") for reason in result.reasons]


def test_a_consent_is_in_force_for_its_purpose_and_for_no_other() -> None:
    given = consent("c", purpose=["return", "monitoring"])
    for purpose, there in (("return", True), ("monitoring", True), ("photo", False), ("testimony", False)):
        assert in_force(purpose, "", [given], TODAY, case=WOMAN).in_force is there


def test_a_consent_to_share_is_in_force_for_the_recipients_that_it_names() -> None:
    given = consent("c", purpose="share_with_organisation", recipient=["Different & Equal", "Vatra"])
    shared = {
        name: in_force("share_with_organisation", name, [given], TODAY, case=WOMAN).in_force
        for name in ("vatra", " Different  & equal", "Another", "")
    }
    assert shared == {"vatra": True, " Different  & equal": True, "Another": False, "": False}
    nameless = consent("c", purpose="share_with_organisation")
    assert not in_force("share_with_organisation", "Vatra", [nameless], TODAY, case=WOMAN).in_force


def test_a_form_may_ask_for_several_purposes_one_by_one() -> None:
    rows = (
        {"consent.purpose": "return", "consent.decision": "given"},
        {"consent.purpose": "photo", "consent.decision": "refused"},
        {"consent.purpose": "tracing"},
    )
    around = {"consent.by": "person", "consent.how": "written", "consent.language": "sq"}
    form = said("c")(around, consent=rows)
    assert in_force("return", "", [form], TODAY, case=WOMAN).in_force
    assert told(in_force("photo", "", [form], TODAY, case=WOMAN)) == ["refused"]
    assert told(in_force("tracing", "", [form], TODAY, case=WOMAN)) == ["missing"]


# --- how long --------------------------------------------------------------------------------


def test_a_consent_ends_on_the_day_that_was_agreed_and_after_the_months_of_the_programme() -> None:
    agreed = consent("c", until=day(4).isoformat())
    assert of_return(agreed).until == day(4)
    assert of_return(agreed, at=day(4)).in_force
    assert told(of_return(agreed, at=day(5))) == ["expired"]
    assert of_return(agreed, at=day(5)).reasons[0].expires == day(4)

    endless = consent("c", until="2099-01-01")
    assert of_return(endless).until == date(2027, 9, 5)
    assert of_return(consent("c"), months=1).until == date(2026, 10, 5)


def test_what_is_kept_may_be_agreed_for_longer_than_the_rest() -> None:
    for purpose in ("retention", "statistics"):
        for said_until, ends in (("2099-01-01", date(2036, 9, 5)), (None, date(2027, 9, 5))):
            agreed = consent("c", purpose=purpose, until=said_until)
            assert in_force(purpose, "", [agreed], TODAY, case=WOMAN).until == ends
    assert of_return(consent("c", until="2099-01-01")).until == date(2027, 9, 5)


def test_what_was_agreed_last_says_for_how_long() -> None:
    longer, shorter = consent("a", -9, until=day(200).isoformat()), consent("b", -2, until=day(3).isoformat())
    for order in ((longer, shorter), (shorter, longer)):
        assert of_return(*order).until == day(3)
        assert set(told(of_return(*order, at=day(4)))) == {"expired"}
    renewed = consent("c", -1, until=day(300).isoformat())
    assert of_return(longer, shorter, renewed, at=day(4)).until == day(300)
    nobody_can_read = consent("d", -1, until="for ever")
    assert set(told(of_return(longer, nobody_can_read))) == {"until_unclear"}
    same_day = consent("e", -9, until=day(1).isoformat())
    assert of_return(longer, same_day).until == day(1)


def test_a_later_consent_for_somebody_else_or_of_a_day_to_come_shortens_nothing() -> None:
    vatra = consent("a", -9, purpose="share_with_organisation", recipient="Vatra")
    others = consent("b", -2, purpose="share_with_organisation", recipient="Different & Equal", until="soon")
    shared = in_force("share_with_organisation", "Vatra", [vatra, others], TODAY, case=WOMAN)
    assert shared.until == date(2027, 9, 1)
    searched = consent("r", -9, purpose="tracing", recipient="Red Cross")
    nearby = consent("n", -2, purpose="tracing", recipient="Vatra", until=day(1).isoformat())
    assert in_force("tracing", "", [searched, nearby], TODAY, case=WOMAN).until == date(2027, 9, 1)
    ahead = consent("c", 100, until=day(101).isoformat())
    assert of_return(consent("d"), ahead).until == date(2027, 9, 5)


def test_a_consent_that_is_dated_ahead_is_none_yet_and_a_withdrawal_is_one_at_once() -> None:
    assert told(of_return(consent("c", 2))) == ["dated_ahead"]
    assert of_return(consent("c", 2), at=day(2)).in_force
    ended = consent("w", 300, decision="withdrawn")
    assert told(of_return(consent("c"), ended)) == ["withdrawn"]


def test_a_consent_is_as_old_as_the_older_of_its_two_days_and_a_refusal_as_new_as_the_newer() -> None:
    entered_late = consent("c", -1, on=day(-9).isoformat())
    ended = consent("w", -5, decision="refused", author="ana")
    assert told(of_return(entered_late, ended)) == ["refused"]
    told_late = consent("w", -9, decision="refused", author="ana", on=day(-2).isoformat())
    assert told(of_return(consent("c", -5), told_late)) == ["refused"]
    assert told(of_return(consent("c", -1, on="some day"))) == ["dated_ahead"]


# --- withdrawal and refusal ------------------------------------------------------------------


def test_a_withdrawal_ends_what_was_given_before_and_on_its_day() -> None:
    for offset in (-5, -3, -1):
        given, ended = consent("c", -3), consent("w", offset, decision="withdrawn", author="ana")
        assert of_return(given, ended).in_force is False
    same_day = replace(consent("w", -3, decision="withdrawn"), order="1")
    assert not of_return(replace(consent("c", -3), order=""), same_day).in_force


def test_a_colleague_who_had_not_seen_a_withdrawal_does_not_revive_the_consent() -> None:
    ended = consent("w", -3, decision="withdrawn", author="ana")
    assert told(of_return(consent("c", -1), ended)) == ["withdrawn"]


def test_a_new_consent_that_knows_of_the_withdrawal_is_in_force() -> None:
    ended = consent("w", -3, decision="withdrawn", author="ana")
    anew = consent("c", -1, withdrawn_on=day(-3).isoformat())
    assert of_return(anew, ended).in_force
    assert of_return(consent("c", -1, author="ana"), ended).in_force


def test_a_new_consent_that_knows_of_one_withdrawal_does_not_beat_a_second() -> None:
    first = consent("w", -4, decision="withdrawn", author="ana")
    second = consent("v", -2, decision="withdrawn", author="eleni")
    anew = consent("c", -1, withdrawn_on=day(-4).isoformat())
    assert told(of_return(anew, first, second)) == ["withdrawn"]


def test_nobody_knows_of_a_withdrawal_of_a_day_to_come() -> None:
    ended = consent("w", -2, decision="withdrawn", author="ana")
    ahead = consent("c", -1, withdrawn_on="2099-01-01")
    assert told(of_return(ahead, ended)) == ["withdrawn"]


def test_who_refused_first_may_agree_later() -> None:
    refused = consent("r", -3, decision="refused", author="ana")
    assert of_return(consent("c", -1), refused).in_force
    assert told(of_return(consent("c", -3), refused)) == ["refused"]
    assert told(of_return(refused)) == ["refused"]


def test_a_withdrawal_that_names_nothing_is_one_of_everything() -> None:
    ended = consent("w", -1, purpose=None, decision="withdrawn")
    assert not of_return(consent("c"), ended).in_force
    shared = consent("s", purpose="share_with_country", recipient="GR")
    assert not in_force("share_with_country", "GR", [shared, ended], TODAY, case=WOMAN).in_force


def test_a_withdrawal_for_one_recipient_leaves_the_others() -> None:
    shared = consent("s", purpose="share_with_country", recipient=["GR", "IT"])
    ended = consent("w", -1, purpose="share_with_country", recipient="GR", decision="withdrawn")
    for country, there in (("GR", False), ("IT", True)):
        result = in_force("share_with_country", country, [shared, ended], TODAY, case=WOMAN)
        assert result.in_force is there


# --- how, and by whom ------------------------------------------------------------------------


def test_vignette_4_a_thumbprint_with_a_witness_and_an_interpreter_who_has_a_name() -> None:
    """She reads neither Arabic nor French, and speaks Tamazight."""
    speaks = replace(WOMAN, code="MA-7Q4KD2M-X", country="MA", language="zgh")
    with_all = {"how": "thumbprint", "witness": "Naima B.", "interpreter": "Tilila A.", "language": "fr"}
    assert of_return(consent("c", **with_all), case=speaks).in_force
    for part, code in (("witness", "witness_missing"), ("interpreter", "interpreter_missing")):
        assert told(of_return(consent("c", **{**with_all, part: ""}), case=speaks)) == [code]


def test_an_interpreter_is_needed_unless_it_is_known_that_they_share_a_language() -> None:
    assert of_return(consent("c", language="SQ"), case=WOMAN).in_force
    assert told(of_return(consent("c"), case=replace(WOMAN, language=""))) == ["language_unknown"]
    assert of_return(consent("c", interpreter="Tilila A."), case=replace(WOMAN, language="")).in_force
    morocco = replace(WOMAN, language="ar_MA")
    assert of_return(consent("c", language="ar-ma"), case=morocco).in_force
    assert told(of_return(consent("c", language="ar"), case=morocco)) == ["interpreter_missing"]


@pytest.mark.parametrize("how", ["thumbprint", "verbal_witnessed"])
def test_who_interprets_is_no_witness_nor_is_who_does_not_fit(how: str) -> None:
    with_all = {"how": how, "witness": "Naima B.", "interpreter": "Tilila A.", "language": "fr"}
    assert of_return(consent("c", **with_all)).in_force
    for other in ({"witness": "tilila  a."}, {"witness_fits": "no"}, {"witness_fits": "perhaps"}):
        assert told(of_return(consent("c", **with_all | other))) == ["witness_missing"]
    for fits in ("yes", None):
        assert of_return(consent("c", **with_all | {"witness_fits": fits})).in_force


def test_for_a_minor_the_guardian_and_the_child_agree_in_one_record_or_in_two() -> None:
    assert of_return(consent("c", by="both"), case=GIRL).in_force
    own, guardians = consent("c"), consent("g", by="guardian")
    assert of_return(own, guardians, case=GIRL).in_force
    assert told(of_return(own, case=GIRL)) == ["guardian_missing"]
    assert told(of_return(guardians, case=GIRL)) == ["child_missing"]


def test_either_of_them_can_end_it() -> None:
    for party in ("person", "guardian"):
        ended = consent("w", -1, by=party, decision="withdrawn")
        assert told(of_return(consent("c", by="both"), ended, case=GIRL)) == ["withdrawn"]


def test_a_programme_may_leave_small_children_unasked_who_are_small_by_every_account() -> None:
    guardians = consent("g", by="guardian")
    small = replace(GIRL, birth_date=date(2022, 1, 1))
    assert of_return(guardians, case=small, own_consent_from=6).in_force
    assert told(of_return(guardians, case=small)) == ["child_missing"]
    assert told(of_return(guardians, case=GIRL, own_consent_from=6)) == ["child_missing"]
    unknown = replace(GIRL, birth_date=None)
    assert told(of_return(guardians, case=unknown, own_consent_from=6)) == ["child_missing"]


def test_what_she_agreed_to_as_a_minor_is_asked_of_her_anew() -> None:
    grown = replace(WOMAN, birth_date=date(2008, 9, 8))
    assert told(of_return(consent("c", -5, by="both"), case=grown)) == ["given_as_minor"]
    assert of_return(consent("c", -5, by="both"), consent("d", -1), case=grown).in_force


# --- who may receive -------------------------------------------------------------------------


def test_the_team_needs_no_consent_and_the_office_of_the_other_country_does() -> None:
    assert may_send("share_with_country", "Tirana", [], TODAY, case=WOMAN).basis == "team"
    assert not may_send("share_with_country", "athens", [], TODAY, case=WOMAN).allowed
    agreed = consent("c", purpose="share_with_country", recipient="athens")
    assert may_send("share_with_country", "athens", [agreed], TODAY, case=WOMAN).basis == "consent"
    assert not may_send("share_with_country", "", [agreed], TODAY, case=replace(WOMAN, office="")).allowed


def disclosure(offset: int = 0, **other: Any) -> Evidence:
    values = {"basis": "vital_interest", "recipient": "emergency ward", "reason": "Unconscious", **other}
    return said("d", offset)({f"disclosure.{name}": value for name, value in values.items()})


@pytest.mark.parametrize("basis", ["vital_interest", "duty_to_report"])
def test_without_consent_a_vital_interest_or_a_duty_to_report_opens_a_path_that_is_logged(basis: str) -> None:
    ended = consent("w", -1, purpose=None, decision="withdrawn")
    sent = may_send(
        "share_with_organisation", "emergency ward", [ended, disclosure(basis=basis)], TODAY, case=WOMAN
    )
    assert (sent.allowed, sent.basis, sent.evidence, sent.until) == (True, basis, ("d",), day(7))


@pytest.mark.parametrize(
    "logged",
    [
        disclosure(reason=""), disclosure(recipient="someone else"), disclosure(basis="it seemed right"),
        disclosure(-8), disclosure(1), replace(disclosure(), author=""),
    ],
    ids=["no reason", "another recipient", "no such ground", "long ago", "tomorrow", "nobody's"],
)  # fmt: skip
def test_a_path_that_is_not_logged_is_closed(logged: Evidence) -> None:
    sent = may_send("share_with_organisation", "emergency ward", [logged], TODAY, case=WOMAN)
    assert not sent.allowed


@pytest.mark.parametrize("purpose", ["return", "testimony", "photo", "tracing", "statistics"])
def test_that_path_leads_to_nothing_but_sharing(purpose: str) -> None:
    assert not may_send(purpose, "emergency ward", [disclosure()], TODAY, case=WOMAN).allowed
    assert not in_force(purpose, "", [disclosure()], TODAY, case=WOMAN).in_force


# --- what older records of tracing say --------------------------------------------------------


def of_tracing(offset: int = -5, *, author: str = "ana", **answers: Any) -> Evidence:
    """A record of the form in which tracing was asked for beside the consent itself."""
    return said("t", offset, author=author)({f"tracing.{name}": value for name, value in answers.items()})


def test_a_yes_to_tracing_in_an_older_record_is_no_consent() -> None:
    yes = of_tracing(child_consent="given", guardian_consent="given")
    assert told(in_force("tracing", "", [yes], TODAY, case=GIRL)) == ["guardian_missing", "child_missing"]
    assert told(in_force("tracing", "", [yes], TODAY, case=WOMAN)) == ["missing"]


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ({"child_consent": "withdrawn"}, "withdrawn"), ({"child_consent": "refused"}, "refused"),
        ({"child_consent": "no_answer"}, "refused"), ({"child_consent": "hm"}, "withdrawn"),
        ({"guardian_consent": "refused"}, "refused"), ({"guardian_consent": "withdrawn"}, "withdrawn"),
    ],
)  # fmt: skip
def test_a_no_to_tracing_in_an_older_record_ends_the_consent_to_it_and_no_other(
    answers: dict[str, str], why: str
) -> None:
    agreed = consent("c", -6, purpose=["tracing", "return"], by="both")
    no = of_tracing(**answers)
    assert set(told(in_force("tracing", "", [agreed, no], TODAY, case=GIRL))) == {why}
    assert in_force("return", "", [agreed, no], TODAY, case=GIRL).in_force
    later = consent("d", -4, purpose="tracing", by="both")
    anew = in_force("tracing", "", [agreed, no, later], TODAY, case=GIRL)
    assert anew.in_force is (why == "refused")


def test_who_was_not_asked_yet_has_said_no_no() -> None:
    agreed = consent("c", -6, purpose="tracing", by="both")
    assert in_force("tracing", "", [agreed, of_tracing(child_consent="not_asked")], TODAY, case=GIRL).in_force


# --- what stands, what has ended, who has spoken ----------------------------------------------


def stands(*found: Evidence, case: Case = WOMAN, at: date = TODAY) -> dict[str, date]:
    return {f"{each.purpose}:{each.recipient}": each.until for each in standing(found, at, case=case)}


def test_what_was_agreed_stands_by_purpose_and_recipient_until_somebody_takes_it_back() -> None:
    agreed = consent(
        "a", -9, purpose=["photo", "share_with_organisation"], recipient=["Vatra", "Caritas"],
        until=day(-1).isoformat(), how="thumbprint",
    )  # fmt: skip
    assert stands(agreed) == dict.fromkeys(
        ["photo:caritas", "photo:vatra", "share_with_organisation:caritas", "share_with_organisation:vatra"],
        day(-1),
    )
    ended = consent("w", -2, purpose="share_with_organisation", recipient="Caritas", decision="withdrawn")
    assert set(stands(agreed, ended)) == {"photo:caritas", "photo:vatra", "share_with_organisation:vatra"}
    assert stands(agreed, consent("w", 400, purpose=None, decision="withdrawn")) == {}
    assert len(stands(agreed, consent("w", -2, purpose=None, decision="perhaps"))) == 4


def test_a_consent_is_asked_anew_as_soon_as_it_does_not_hold_for_one_of_those_who_agreed() -> None:
    own, guardians = consent("a", -9), consent("g", -8, by="guardian", until=day(20).isoformat())
    assert stands(own, guardians, case=GIRL) == {"return:": day(20)}
    assert stands(consent("b", -7), guardians, case=GIRL) == {"return:": day(20)}
    assert stands(consent("a", -9, until="for ever")) == {"return:": day(-9)}
    soon = replace(GIRL, birth_date=date(2008, 9, 20))
    assert stands(consent("a", -9, by="both"), case=soon) == {"return:": date(2026, 9, 19)}
    assert stands(guardians, case=replace(WOMAN, birth_date=date(2008, 9, 8))) == {
        "return:": date(2026, 9, 7)
    }
    grown = stands(guardians, consent("c", -1), case=replace(WOMAN, birth_date=date(2008, 9, 8)))
    assert grown == {"return:": date(2027, 9, 9)}


def test_a_consent_of_a_day_to_come_stands_only_where_nothing_else_was_said() -> None:
    ahead = consent("a", 400, until=day(500).isoformat())
    assert stands(ahead) == {"return:": day(500)}
    assert stands(ahead, consent("b", -3, until=day(9).isoformat())) == {"return:": day(9)}
    assert stands(ahead, consent("w", -3, decision="withdrawn")) == {}


def test_who_has_said_no_has_ended_it_and_who_was_never_asked_or_whose_yes_ran_out_has_not() -> None:
    def no_more(*found: Evidence) -> bool:
        return ended("monitoring", found, TODAY)

    yes, no = consent("c", purpose="monitoring"), consent("w", purpose="monitoring", decision="withdrawn")
    assert not no_more()
    assert not no_more(consent("c", -400, purpose="monitoring"))
    assert not no_more(yes, consent("w", -1, purpose="monitoring", decision="hm"))
    assert no_more(yes, consent("w", 400, purpose=None, decision="withdrawn"))
    assert no_more(no, consent("c", 400, purpose="monitoring"))
    assert no_more(consent("r", purpose="monitoring", decision="refused"))
    assert no_more(no, consent("c", -1, purpose="monitoring", author="ana"))
    assert not no_more(
        no, consent("c", -1, purpose="monitoring", author="ana", withdrawn_on=day(-5).isoformat())
    )


def test_a_no_answers_only_what_it_names_and_silence_answers_nothing() -> None:
    assert answered_no("retention", [consent("r", purpose="retention", decision="refused")], TODAY)
    for said_otherwise in ({"purpose": None}, {"decision": "we talked"}, {"decision": "given"}):
        answers = {"purpose": "retention", "decision": "refused", **said_otherwise}
        assert not answered_no("retention", [consent("r", **answers)], TODAY)
    assert not answered_no("retention", [consent("r", 1, purpose="retention", decision="refused")], TODAY)


def test_she_has_spoken_herself_when_she_said_yes_or_no_after_that_day() -> None:
    for decision, by, offset, there in (
        ("given", "person", -1, True), ("refused", "both", -1, True), ("given", "guardian", -1, False),
        ("hm", "person", -1, False), ("given", "person", -7, False), ("given", "person", 1, False),
    ):  # fmt: skip
        word = consent("c", offset, decision=decision, by=by)
        assert decided_since(day(-6), [word], TODAY) is there
    entered_late = consent("c", -1, on=day(-9).isoformat())
    assert not decided_since(day(-6), [entered_late], TODAY)


# --- taken back, and given anew by somebody who does not know of it -----------------------------


def test_a_consent_that_does_not_know_of_a_withdrawal_is_to_be_cleared_up() -> None:
    first, no = (
        consent("a", -9, purpose=["monitoring", "photo"]),
        consent("b", -6, purpose="monitoring", decision="withdrawn", author="besa"),
    )
    anew = consent("c", -3, purpose="monitoring", author="luc")

    def doubts(*found: Evidence, at: date = TODAY) -> list[tuple[str, str]]:
        return [(purpose, source.record) for purpose, source in unclear(found, at)]

    assert doubts(first) == doubts(first, no) == doubts(first, anew) == []
    assert doubts(first, no, anew) == [("monitoring", "c")]
    assert ended("monitoring", [first, no, anew], TODAY), "the contacts stay stopped meanwhile"
    assert doubts(first, no, anew, at=day(-4)) == [], "a consent that is dated ahead was not given"
    # Whoever has asked writes the day of the withdrawal into the new consent, or the no anew.
    knowing = consent("d", -1, purpose="monitoring", withdrawn_on=day(-6).isoformat(), author="luc")
    assert doubts(first, no, anew, knowing) == []
    assert not ended("monitoring", [first, no, anew, knowing], TODAY)
    again = consent("d", -1, purpose="monitoring", decision="withdrawn", author="luc")
    assert doubts(first, no, anew, again) == []
    by_herself = consent("c", -3, purpose="monitoring", author="besa")
    assert doubts(first, no, by_herself) == [], "who wrote the withdrawal knows of it"
    refused = consent("b", -6, purpose="monitoring", decision="refused", author="besa")
    assert doubts(refused, anew) == [], "a yes after a no is a new mind"
    everything = consent("b", -6, purpose=[], decision="withdrawn", author="besa")
    assert doubts(everything, anew) == [("monitoring", "c")]


@pytest.mark.parametrize(
    ("own", "spoken", "why"),
    [
        (("zgh", ""), ("zgh", ""), []),
        (("zgh", ""), ("ar", ""), ["interpreter_missing"]),
        (("other", "Romani"), ("other", " romani"), []),
        (("other", "Romani"), ("other", "Turkish"), ["interpreter_missing"]),
        (("other", "Romani"), ("other", ""), ["language_unknown"]),
        (("other", ""), ("other", ""), ["language_unknown"]),
        (("sgn", "left over"), ("sgn", ""), []),
    ],
)
def test_another_language_is_told_by_its_name(
    own: tuple[str, str], spoken: tuple[str, str], why: list[str]
) -> None:
    case = replace(WOMAN, language=own[0], language_other=own[1])
    given = consent("c", language=spoken[0], language_other=spoken[1])
    assert told(of_return(given, case=case)) == why
    with_somebody = consent("c", language=spoken[0], interpreter="F. T.")
    assert of_return(with_somebody, case=case).in_force


# --- the programme's part --------------------------------------------------------------------


@pytest.mark.parametrize(
    "table",
    [
        {"months": 0}, {"months": 25}, {"months": True}, {"months": "12"}, {"own_consent_from": 13},
        {"disclosure_days": 31}, {"month": 3}, {"months_for": {"everything": 3}},
        {"months_for": {"photo": 121}},
    ],
)  # fmt: skip
def test_a_programme_cannot_set_what_would_protect_nobody(table: dict[str, Any]) -> None:
    with pytest.raises(FormProblem, match=r"form\.programme\.value_"):
        ConsentRules.from_table(table)


def test_a_record_that_says_nothing_of_consent_states_nothing() -> None:
    assert statements([said("x")({"plan.state": "draft"}), said("y")({"consent.purpose": "return"})]) == []


def test_no_other_module_interprets_what_records_say_of_consent() -> None:
    """One reader: what two read differently protects nobody. Lists of what is read take `consent.READ`."""
    root = Path(forms.__file__).parent.parent
    read = "|".join(re.escape(meaning) for meaning in sorted(STATED))
    own = {"consent.py", "consent_rules.py", "consent_statement.py", "meanings.py"}
    others = [
        f"{path.relative_to(root)}: {found}"
        for folder in ("app", "forms", "sync_server")
        for path in sorted((root / folder).rglob("*.py"))
        if path.name not in own
        for found in re.findall(rf"[\"'](?:{read})[\"']", path.read_text("utf-8"))
    ]
    assert others == []

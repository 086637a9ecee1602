"""A case in the words of HTCDS: what is known is said, what is not stays empty, what has no word is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from forms.casework.consent import in_force
from forms.casework.consent_rules import PURPOSES
from forms.casework.facts import Evidence
from forms.casework.htcds import Read, Unplaced, Written, export, read, standard, write
from forms.xform.load import load_form
from forms.xlsform.to_xform import xform_from_xlsform
from tests.casework.journeys import GIRL, TODAY, WOMAN, consent, said

SHARE = "share_with_organisation"
DRITA = replace(WOMAN, given_name="Drita", family_name="Hoxha", sex="female", stage="shelter")


def record_of(*found: Evidence, case: Any = DRITA, recipient: str = "", **how: Any) -> Written:
    return export(
        found, TODAY, case=case, purpose=how.pop("purpose", "statistics"), recipient=recipient, **how
    )


def screening(record: str = "screening", offset: int = -5, **answers: Any) -> Evidence:
    return said(record, offset)({f"screening.{name}": value for name, value in answers.items()})


def test_mira_exports_a_case_with_all_that_is_known_of_it() -> None:
    written = record_of(
        screening(
            referring_organisation="Vatra",
            coercion=["debt", "violence", "none"],
            conditions=["hours"],
            exploitation=["labour", "begging"],
            outcome="possible",
        ),
        said("trade")({"exploitation.sector": "construction", "exploitation.recruited_by": "relative"}),
        said("referral")(
            {
                "referral.direction": "in",
                "referral.sent_on": "2026-08-30",
                "referral.request": "A place to sleep",
                "referral.remarks": "Speaks Albanian",
            }
        ),
        consent("c", purpose="statistics"),
    )
    assert written.record == {
        "con_Consent": "TRUE",
        "prs_First_Name": "Drita",
        "prs_Second_Name": "Hoxha",
        "prs_Birthdate": "2003-04-02",
        "prs_Gender": "Feminine",
        "vic_MethodOfRecruitment": ["ThroughFamilyOrFamilyEvents"],
        "vic_TraffickingStatus": "PossibleVictimOfTrafficking",
        "vic_Methods_of_Control": ["DebtBondage ", "PhysicalAbuse", "ExcessiveWorkingHours"],
        "vic_TypeOfExploitation": ["ForcedLabour", "ForcedBegging"],
        "vic_ForcedLabourIndustry": ["F_Construction"],
        "cas_Status": "Active",
        "cas_ReferringOrganisation": "Vatra",
        "cas_IncomingReferralDate": "2026-08-30",
        "cas_ReasonForIncomingReferral": "A place to sleep",
        "cas_IncomingReferralDetails": "Speaks Albanian",
    }
    assert list(written.record) == [name for name in standard().fields if name in written.record]


def test_nothing_is_guessed_where_nothing_is_known() -> None:
    unknown = replace(WOMAN, birth_date=None, country="MA")
    assert record_of(screening(coercion=["no_answer"]), case=unknown).record == {"cas_Status": "Active"}
    assert write({}) == Written({})


def test_a_birth_date_known_in_part_is_not_made_whole() -> None:
    written = record_of(said("age")({"age.born": "2009-05"}), case=replace(WOMAN, birth_date=None))
    assert "prs_Birthdate" not in written.record
    assert Unplaced("age.born", "2009-05", "no_word") in written.left_out
    known = record_of(said("age")({"age.born": "2009-05"}))
    assert known.record["prs_Birthdate"] == "2003-04-02"
    assert "age.born" not in {each.name for each in known.left_out}


@pytest.mark.parametrize(
    ("statuses", "outcome", "told"),
    [
        ([], "possible", "PossibleVictimOfTrafficking"),
        ([], "victim", "ActualVictimOfTrafficking"),
        ([], "not_victim", "NotAVictimOfTrafficking"),
        ([], "not", None),
        ([], "open", None),
        (["presumed", "official"], "possible", "ActualVictimOfTrafficking"),
        (["official", "presumed"], "possible", "ActualVictimOfTrafficking"),
        (["official_victim"], "not", "ActualVictimOfTrafficking"),
        (["potential_victim"], "not_victim", "PossibleVictimOfTrafficking"),
        (["refused"], "possible", "PossibleVictimOfTrafficking"),
        (["residence"], None, None),
    ],
)
def test_what_an_authority_has_decided_comes_before_what_a_screening_thinks(
    statuses: list[str], outcome: str | None, told: str | None
) -> None:
    rows = [{"status.kind": kind} for kind in statuses]
    answers = {"screening.outcome": outcome} if outcome else {}
    written = record_of(said("r")(answers, status=tuple(rows)))
    assert written.record.get("vic_TraffickingStatus") == told


def test_the_last_word_counts_and_a_record_of_a_day_to_come_says_nothing_yet() -> None:
    written = record_of(
        screening("second", -2, outcome="victim", exploitation=["sexual"]),
        screening("first", -9, outcome="possible", exploitation=["labour"]),
        screening("wrong year", 300, outcome="not_victim"),
    )
    assert written.record["vic_TraffickingStatus"] == "ActualVictimOfTrafficking"
    assert written.record["vic_TypeOfExploitation"] == ["SexualExploitation"]


def test_a_referral_to_others_is_not_taken_for_one_to_us() -> None:
    ours = {"referral.direction": "out", "referral.sent_on": "2026-09-05", "referral.request": "A lawyer"}
    assert "cas_IncomingReferralDate" not in record_of(said("out", -1)(ours)).record
    came = {"referral.direction": "in", "referral.sent_on": "2026-08-01"}
    later = {"referral.direction": "in", "referral.sent_on": "2026-09-01", "referral.request": "Once more"}
    records = (said("out", -30)(ours), said("in", -20)(came), said("again", -3)(later))
    written = record_of(*records, said("once more", -1)(ours))
    assert written.record["cas_IncomingReferralDate"] == "2026-08-01"
    assert "cas_ReasonForIncomingReferral" not in written.record, "of one referral, never of several"


@pytest.mark.parametrize(
    ("stage", "outcome", "told"),
    [
        ("reintegration", None, "Active"),
        ("closed", None, "Closed"),
        ("closed", "plan_reached", "Closed"),
        ("closed", "transferred", "ClosedReferred"),
        ("shelter", "transferred", "Active"),
    ],
)
def test_a_case_that_was_opened_again_is_active(stage: Any, outcome: str | None, told: str) -> None:
    found = [said("closure")({"closure.outcome": outcome})] if outcome else []
    assert record_of(*found, case=replace(DRITA, stage=stage)).record["cas_Status"] == told


# Consent


def test_consent_is_told_for_the_purpose_and_the_recipient_of_the_record() -> None:
    vatra = consent("c", purpose=SHARE, recipient="Vatra")
    told = {
        (purpose, name): record_of(vatra, purpose=purpose, recipient=name).record.get("con_Consent")
        for purpose, name in ((SHARE, "Vatra"), (SHARE, "Another"), ("statistics", ""))
    }
    assert told == {(SHARE, "Vatra"): "TRUE", (SHARE, "Another"): None, ("statistics", ""): None}


@pytest.mark.parametrize("decision", ["refused", "withdrawn"])
def test_who_refuses_or_withdraws_does_not_consent(decision: str) -> None:
    given = consent("c", -9, purpose="statistics")
    taken_back = consent("d", -2, purpose="statistics", decision=decision)
    assert record_of(given, taken_back).record["con_Consent"] == "FALSE"


def test_a_consent_that_counts_for_nothing_is_not_told_as_one() -> None:
    ended = consent("c", purpose="statistics", until="2026-09-01")
    nobody_saw = consent("c", purpose="statistics", how="thumbprint")
    of_a_girl = consent("c", purpose="statistics")
    for found, case in ((ended, DRITA), (nobody_saw, DRITA), (of_a_girl, GIRL)):
        assert "con_Consent" not in record_of(found, case=case).record


def test_no_consent_to_anything_follows_from_an_imported_record() -> None:
    for word in ("TRUE", "FALSE"):
        taken_over = said("import")(read({"con_Consent": word}).values)
        for purpose in PURPOSES:
            assert not in_force(purpose, "Vatra", [taken_over], TODAY, case=WOMAN).in_force
            assert not in_force(purpose, "", [taken_over], TODAY, case=WOMAN).in_force


# What has no word


def test_what_htcds_has_no_word_for_is_told_and_not_written_as_something_near() -> None:
    written = write(
        {
            "person.sex": "other",
            "screening.coercion": ["papers", "denounce", "locked_in"],
            "screening.exploitation": ["surrogacy", "crime"],
            "exploitation.sector": "care",
            "consent.decision": "withdrawn",
        }
    )
    assert written.record == {
        "con_Consent": "FALSE",
        "vic_Methods_of_Control": ["Other"],
        "vic_TypeOfExploitation": ["Other"],
    }
    assert {(each.value, each.why) for each in written.left_out} == {
        ("other", "no_word"),
        ("papers", "no_word"),
        ("denounce", "no_word"),
        ("locked_in", "less_exact"),
        ("surrogacy", "no_word"),
        ("crime", "less_exact"),
        ("care", "no_word"),
        ("withdrawn", "less_exact"),
    }


def test_what_one_field_cannot_hold_beside_what_counts_more_is_told() -> None:
    written = write({"status.kind": "official", "screening.outcome": "possible"})
    assert Unplaced("screening.outcome", "possible", "overruled") in written.left_out
    closed = write({"case.stage": "closed", "closure.outcome": "transferred"})
    assert closed == Written({"cas_Status": "ClosedReferred"}), "that it is closed is part of the word"


def test_a_word_of_a_newer_form_is_told_and_does_not_stop_the_export() -> None:
    written = write({"person.sex": ["new"], "person.birth_date": "spring", "person.given_name": True})
    assert written.record == {}
    assert {(each.name, each.why) for each in written.left_out} == {
        ("person.sex", "no_word"),
        ("person.birth_date", "not_readable"),
        ("person.given_name", "not_readable"),
    }


# Their records


def test_a_record_of_others_is_read_and_the_rest_is_kept_aside_with_the_reason() -> None:
    found = read(
        {
            "data/prs_First_Name": "Олена",
            "prs_Birthdate": "1999-02-28T10:00:00+02:00",
            "prs_Gender": "TransgenderFeminine",
            "prs_Citizenship": "UA",
            "vic_Methods_of_Control": "DebtBondage  WithholdsDocuments FalsePromises Magic",
            "vic_ForcedLabourIndustry": "F_Construction C_Manufacturing",
            "cas_Status": "ClosedReferred",
            "cas_IncomingReferralDate": "soon",
            "prs_Email": "",
            "prs_MobilePhone": None,
            "shoe_size": 38,
        }
    )
    assert found.values == {
        "person.given_name": "Олена",
        "person.birth_date": "1999-02-28",
        "screening.coercion": ["debt", "papers"],
        "case.stage": "closed",
        "closure.outcome": "transferred",
    }
    assert {(each.name, each.value, each.why) for each in found.aside} == {
        ("prs_Birthdate", "1999-02-28T10:00:00+02:00", "less_exact"),
        ("prs_Gender", "TransgenderFeminine", "no_word"),
        ("prs_Citizenship", "UA", "not_asked"),
        ("vic_Methods_of_Control", "WithholdsDocuments", "less_exact"),
        ("vic_Methods_of_Control", "FalsePromises", "no_word"),
        ("vic_Methods_of_Control", "Magic", "no_choice"),
        ("vic_ForcedLabourIndustry", "F_Construction", "of_several"),
        ("vic_ForcedLabourIndustry", "C_Manufacturing", "of_several"),
        ("cas_IncomingReferralDate", "soon", "not_readable"),
        ("shoe_size", 38, "no_field"),
    }


@pytest.mark.parametrize("written", ["TRUE", "true", True, " True ", ["TRUE"]])
def test_a_choice_is_known_however_a_table_has_written_it(written: Any) -> None:
    assert read({"con_Consent": written}) == Read({"consent.decision": "given"})


@pytest.mark.parametrize("written", ["1999", "1999-02", "1999-02-30", "28.02.1999", "1999-02-28 10:00", 1999])
def test_a_date_that_is_none_or_only_a_part_of_one_is_kept_aside(written: Any) -> None:
    assert read({"prs_Birthdate": written}) == Read({}, (Unplaced("prs_Birthdate", written, "not_readable"),))


def test_two_fields_that_contradict_each_other_are_not_settled_by_their_order() -> None:
    found = read({"a/prs_First_Name": "Drita", "b/prs_First_Name": "Mimoza"})
    assert found.values == {"person.given_name": "Drita"}
    assert found.aside == (Unplaced("prs_First_Name", "Mimoza", "said_twice"),)
    assert not read({"a/prs_First_Name": "Drita", "b/prs_First_Name": "Drita"}).aside


# Own forms

OWN = """
| settings |
| | form_id | version | namespaces |
| | own | 1 | homeward="https://homeward.invalid/xforms" |
| survey |
| | type | name | label | bind::homeward:meaning | bind::homeward:htcds |
| | select_one country | nationality | Nationality | person.citizenship | prs_Citizenship |
| | text | called | Called | own.called | prs_First_Name |
| | select_multiple sign | sign | Signs | own.signs | vic_Methods_of_Control |
| | text | lost | Lost | | prs_Email |
| | text | shoe | Shoe | own.shoe | prs_Shoe |
| choices |
| | list_name | name | label |
| | country | al | Albania |
| | country | xk | Kosovo |
| | sign | DebtBondage | Debt |
| | sign | own_sign | Own |
"""


def test_an_office_adds_what_its_own_form_asks_by_marking_the_question() -> None:
    own = standard().marked([load_form(xform_from_xlsform(OWN).xml)])
    values = {
        "person.citizenship": "al",
        "own.called": "Dita",
        "person.given_name": "Drita",
        "own.signs": ["DebtBondage", "own_sign"],
        "screening.coercion": ["violence"],
        "own.shoe": "38",
    }
    written = write(values, own)
    assert written.record == {
        "prs_First_Name": "Dita",
        "prs_Citizenship": "AL",
        "vic_Methods_of_Control": ["DebtBondage ", "PhysicalAbuse"],
    }
    assert {(each.value, each.why) for each in written.left_out} == {
        ("Drita", "overruled"),
        ("own_sign", "no_word"),
    }
    assert read(written.record, own).values == {
        "person.citizenship": "al",
        "own.called": "Dita",
        "own.signs": ["DebtBondage"],
        "screening.coercion": ["violence"],
    }
    said_there = said("own")({"person.citizenship": "al"})
    assert record_of(said_there, crosswalk=own).record["prs_Citizenship"] == "AL"
    assert write({"person.citizenship": "xk"}, own).left_out[0].why == "no_word"
    assert "prs_Citizenship" not in record_of(said_there).record, "the standard's own is not changed by it"


def test_a_mark_on_what_the_file_knows_already_changes_nothing() -> None:
    table = OWN.replace("own.called | prs_First_Name", "person.given_name | prs_First_Name")
    own = standard().marked([load_form(xform_from_xlsform(table).xml)])
    assert own.fields["prs_First_Name"] == standard().fields["prs_First_Name"]


def test_a_date_is_written_as_a_day() -> None:
    moment = {"referral.direction": "in", "referral.sent_on": "2026-08-30T23:30:00.000+02:00"}
    assert write(moment).record == {"cas_IncomingReferralDate": date(2026, 8, 30).isoformat()}

"""Three ways through real stores and a real server: a woman who returns, a boy who returns, one who stays.

Athens opens the case and shares it with Tirana. Each gate is refused and passed; a merge closes one that
was passed, and both offices are told.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.problems import Problem
from tests.scenarios.office import PASSWORD, RunningServer, Tablet, command, copy_server
from tests.scenarios.ways_home import TODAY, assessment, consent, day, decide, plan, travel

GUARDIAN: dict[str, Any] = {
    "guardian_appointed": "yes", "guardian_name": "E. P.", "guardian_kind": "social_worker",
    "guardian_document": "court", "document_expires": day(200), "conflict_check": "none",
    "family_signs": ["none"], "risk_screen": "clear",
}  # fmt: skip
AUNT: dict[str, Any] = {
    "taken_in_by": "family", "assessed_how": "visit", "relation": "aunt_uncle", "household_known": "yes",
    "strengths": ["school"], "willing": "yes", "child_wants": "yes", "lawful_custody": "yes",
    "custody_basis": "court",
}  # fmt: skip
DETERMINATION: dict[str, Any] = {
    "age_basis": ["said"], "age_established": "minor", "views_how": "alone",
    "child_views": "He wants to go to school and fears the journey", "child_wish": "return",
    "guardian_view": "for", "option_kinds": ["relatives", "stay"], "options_weighed": "His aunt; staying",
    "decision_makers": "Guardian, child protection", "bid_outcome": "in_favour",
    "bid_reasons": "An aunt who is able and willing", "review_on": day(30), "bid_expires": day(60),
}  # fmt: skip
ATHENS = {"eleni": "officer", "nikos": "coordinator"}


@dataclass(frozen=True)
class TwoOffices:
    """Eleni and Nikos in Athens, an officer and a coordinator in Tirana, each with a tablet."""

    server: RunningServer
    eleni: Tablet
    nikos: Tablet
    mira: Tablet
    drita: Tablet

    def meet(self, *who: Tablet) -> None:
        """Everybody syncs, and everybody once more, so that all of them have what all of them wrote."""
        for tablet in (who or (self.eleni, self.nikos, self.mira, self.drita)) * 2:
            tablet.sync()

    def case(self, birth: str) -> str:
        """A case of Athens alone."""
        case = self.eleni.new_case("al", "sq")
        self.eleni.change(self.eleni.case_file(case), birth_date=birth, stage="pre_departure")
        return case

    def shared_case(self, birth: str) -> str:
        """A case of Athens that Tirana has too, with the person's consent to that."""
        case = self.case(birth)
        consent(self.eleni, case, "share_with_country", recipient="Tirana")
        self.eleni.book.decisions.share(case, "Tirana").wait(30)
        self.meet()
        return case


@pytest.fixture(scope="module")
def template(server_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template") / "server"
    shutil.copytree(server_template, folder)
    for login, role in ATHENS.items():
        command(
            *("add-user", "--dir", str(folder), "--login", login, "--role", role, "--office", "Athens"),
            *("--country", "gr", "--zone", "Europe/Athens"),
            HOMEWARD_PASSWORD=PASSWORD,
        )
    return folder


@pytest.fixture
def offices(template: Path, tmp_path: Path) -> Iterator[TwoOffices]:
    server = copy_server(template, tmp_path / "server")
    server.start()
    tablets = [
        Tablet(tmp_path / login, login, server) for login in ("eleni", "nikos", "officer", "coordinator")
    ]
    yield TwoOffices(server, *tablets)
    for tablet in tablets:
        tablet.close()
    server.stop()


def test_a_woman_returns_and_no_gate_opens_before_its_time(offices: TwoOffices) -> None:
    eleni, nikos, mira = offices.eleni, offices.nikos, offices.mira
    case = offices.shared_case("2003-04-02")

    # The family is contacted by nobody before the screen and her own consent.
    assert mira.missing(case, "contact_family") == {"risk_screen_missing", "consent_missing"}
    mira.fill(
        case, "guardian_and_tracing", guardian_appointed="no", family_signs=["none"], risk_screen="clear"
    )
    assert mira.missing(case, "contact_family") == {"consent_missing"}
    consent(eleni, case, "tracing")
    offices.meet()
    assert mira.missing(case, "contact_family") == set()

    # Clearing: everything is missing, and one office's word for both countries is not enough.
    assert mira.missing(case, "clear_to_travel") == {
        "consent_missing", "assessment_host_missing", "assessment_return_missing", "plan_missing",
        "monitoring_plan_missing", "itinerary_missing", "documents_missing", "reception_missing",
    }  # fmt: skip
    consent(eleni, case, "return")
    assessment(eleni, case, "host")
    wrong = assessment(eleni, case, "return")
    the_plan = plan(eleni, case)
    travel(eleni, case)
    assert eleni.missing(case, "clear_to_travel") == {"assessments_of_one_country"}
    decide(nikos, case)
    offices.meet()
    (told,) = mira.alarms()
    assert (told.kind, told.case) == ("alarm.clearance.lapsed", case)

    # Eleni corrects hers. Tirana writes its own: first that she had better wait, then that she can come.
    eleni.change(wrong, side="host")
    mira_says = assessment(mira, case, "return", "postpone")
    offices.meet()
    assert "assessment_return_postpone" in eleni.missing(case, "clear_to_travel")
    mira.change(mira_says, outcome="proceed")
    offices.meet()
    assert eleni.missing(case, "clear_to_travel") == set()
    assert mira.missing(case, "clear_to_travel") == set()
    assert eleni.gate(case, "clear_to_travel").open_until is not None
    decide(nikos, case)
    offices.meet()
    for tablet in (eleni, nikos, mira):
        given = tablet.book.case(case).wait(30).protection.clearance
        assert given is not None
        assert given.stands, given.reasons
        assert tablet.alarms() == ()

    # The evening before, without a network, she takes her consent back at the gate of the shelter.
    consent(eleni, case, "return", decision="withdrawn")
    assert mira.alarms() == ()
    offices.meet()
    for tablet in (eleni, nikos, mira, offices.drita):
        (told,) = tablet.alarms()
        assert told.kind == "alarm.clearance.lapsed"
        assert {each.code for each in told.reasons} == {"gate.clear_to_travel.consent_withdrawn"}
        assert told.alert == ("Athens", "Tirana")
        assert tablet.book.reminder().wait(30).code == "reminder.alarm"

    # A week later she wants to go after all: a new consent, a new clearance.
    consent(eleni, case, "return")
    offices.meet()
    assert mira.missing(case, "clear_to_travel") == set()
    decide(nikos, case)
    offices.meet()
    assert mira.alarms() == ()

    # She travels, is received, and begins anew: nothing is begun before the arrival is known.
    assert mira.missing(case, "close_arrival") == {"outcome_missing"}
    assert "arrival_unconfirmed" in mira.missing(case, "start_reintegration")
    (journey,) = (row.id for row in eleni.book.case(case).wait(30).records if row.form == "travel")
    eleni.change(journey, boarded="yes")
    offices.meet()
    received(mira, case)
    assert mira.missing(case, "close_arrival") == set()
    assert mira.missing(case, "start_reintegration") == {
        "plan_unconfirmed", "monitoring_plan_unconfirmed", "plan_unsigned"
    }  # fmt: skip
    mira.change(the_plan, state="confirmed", monitoring="confirmed", signed="written")
    assert mira.missing(case, "start_reintegration") == set()

    # She would testify: with her own consent to it, and only when it is safe.
    assert mira.missing(case, "testify") == {"consent_missing", "safety_assessment_missing"}
    said = asked_to_testify(mira, case, "unsafe")
    consent(mira, case, "testimony", recipient="")
    assert mira.missing(case, "testify") == {"safety_assessment_missing"}
    mira.change(said, pressed="no", measures=["escort"], safety_assessment="safe")
    assert mira.missing(case, "testify") == set()

    # The case is closed only when what is open was handed over and she was asked what is kept.
    assert mira.missing(case, "close_case") == {"outcome_missing", "services_open", "retention_not_asked"}
    mira.fill(case, "closure", outcome="plan_reached", person_told="agrees", services_open="no",
              services_handed_over="yes", kept="minimum")  # fmt: skip
    assert mira.missing(case, "close_case") == {"retention_not_asked"}
    consent(mira, case, "retention")
    assert mira.missing(case, "close_case") == set()
    offices.meet()
    assert offices.nikos.missing(case, "close_case") == set()
    assert offices.nikos.alarms() == ()


def test_what_is_soft_a_coordinator_passes_with_a_reason_and_what_is_hard_nobody(offices: TwoOffices) -> None:
    eleni, nikos, mira = offices.eleni, offices.nikos, offices.mira
    case = offices.shared_case("2003-04-02")
    consent(eleni, case, "return")
    assessment(eleni, case, "host")
    plan(eleni, case)
    journey = travel(eleni, case, reception="open", received_by=None)
    offices.meet()
    assert nikos.missing(case, "clear_to_travel") == {"assessment_return_missing", "reception_missing"}
    soft, hard = "gate.clear_to_travel.reception_missing", "gate.clear_to_travel.assessment_return_missing"
    assert refusal(eleni, case, soft, "Her sister is at the airport") == "gate.pass.not_coordinator"
    assert refusal(nikos, case, hard, "They will say yes") == "gate.pass.hard"
    assert refusal(nikos, case, soft, "-") == "gate.pass.reason_missing"
    nikos.book.decisions.pass_gate(case, "clear_to_travel", [soft], "Her sister is at the airport").wait(30)
    assert nikos.missing(case, "clear_to_travel") == {"assessment_return_missing"}
    assessment(mira, case, "return")
    offices.meet()
    gate = mira.gate(case, "clear_to_travel")
    assert gate.open
    assert [each.code for each in gate.passed] == [soft]

    # Something new is written about it: what was passed is not passed any more.
    eleni.change(journey, reception="arranged", received_by="Somebody")
    eleni.change(journey, reception="open")
    offices.meet()
    assert mira.missing(case, "clear_to_travel") == {"reception_missing"}


def test_a_duty_to_report_shares_the_file_of_a_child_and_of_no_adult(offices: TwoOffices) -> None:
    """The device refuses by the same rule as the server, and says what to do in its place."""
    eleni, mira = offices.eleni, offices.mira

    def refused(case: str) -> str:
        with pytest.raises(Problem) as problem:
            eleni.book.decisions.share(case, "Tirana", "duty_to_report", "The law asks for it").wait(30)
        return problem.value.code

    woman = offices.case(f"{TODAY.year - 30}-01-15")
    assert refused(woman) == "share.ground.adult"
    nobody_knows = eleni.new_case("al", "sq")
    assert refused(nobody_knows) == "share.age.unknown"
    boy = offices.case(f"{TODAY.year - 14}-01-15")
    eleni.book.decisions.share(boy, "Tirana", "duty_to_report", "The law asks for it").wait(30)
    offices.meet(eleni, mira)
    assert {each.id for each in mira.book.cases().wait(30)} == {boy}
    eleni.change(eleni.case_file(boy), birth_date=f"{TODAY.year - 19}-01-15")
    offices.meet(eleni, mira)
    assert mira.book.cases().wait(30) == ()


def test_a_boy_returns_only_with_all_that_protects_a_child(offices: TwoOffices) -> None:
    """He says that he is 16; until the contrary is established he is a minor."""
    eleni, nikos, mira = offices.eleni, offices.nikos, offices.mira
    case = offices.case(f"{TODAY.year - 14}-01-15")
    consent(eleni, case, "share_with_country", recipient="Tirana")
    with pytest.raises(Problem) as refused:
        eleni.book.decisions.share(case, "Tirana").wait(30)
    assert refused.value.code == "share.ground.missing", "a child's own word is not enough"
    assert "minor_guardian_missing" in eleni.missing(case, "clear_to_travel")
    eleni.fill(case, "guardian_and_tracing", **GUARDIAN)
    consent(eleni, case, "share_with_country", recipient="Tirana", decided_by="both")
    eleni.book.decisions.share(case, "Tirana").wait(30)
    consent(eleni, case, "return")
    offices.meet()
    assessment(eleni, case, "host")
    assessment(mira, case, "return")
    plan(eleni, case)
    journey = travel(eleni, case)
    offices.meet()
    missing = nikos.missing(case, "clear_to_travel")
    assert missing == {
        "consent_guardian_missing", "minor_bid_missing", "minor_home_missing", "minor_escort_missing"
    }  # fmt: skip
    for code in missing:
        assert refusal(nikos, case, f"gate.clear_to_travel.{code}", "He wants to go") == "gate.pass.hard"

    consent(eleni, case, "return", decided_by="both")
    mira.fill(case, "family_assessment", **AUNT, concerns=["none"], family_outcome="positive")
    offices.meet()
    assert nikos.missing(case, "clear_to_travel") == {"minor_bid_missing", "minor_escort_missing"}
    eleni.fill(case, "best_interest", **DETERMINATION)
    offices.meet()
    assert nikos.missing(case, "clear_to_travel") == {"minor_escort_missing"}
    opened = eleni.book.edit(journey).wait(30)
    escorted = {"leg_escort": "guardian", "leg_escort_name": "E. P."}
    eleni.answer_rows(opened, "leg", escorted, escorted)
    eleni.finish(opened)
    offices.meet()
    for tablet in (nikos, mira):
        assert tablet.missing(case, "clear_to_travel") == set()
    decide(nikos, case)
    offices.meet()

    # Offline, Tirana learns that the aunt's husband is violent: the clearance lapses for both offices.
    mira.fill(case, "family_assessment", **AUNT, concerns=["violence"], family_outcome="negative")
    assert eleni.alarms() == ()
    offices.meet()
    for tablet in (eleni, nikos, mira, offices.drita):
        (told,) = tablet.alarms()
        assert told.kind == "alarm.clearance.lapsed"
        assert told.alert == ("Athens", "Tirana")


def test_who_stays_is_cleared_for_no_journey_and_may_decide_anew(offices: TwoOffices) -> None:
    eleni, nikos, mira = offices.eleni, offices.nikos, offices.mira
    case = offices.shared_case("2007-04-02")
    consent(eleni, case, "return")
    assessment(eleni, case, "host")
    assessment(mira, case, "return")
    plan(eleni, case)
    travel(eleni, case)
    offices.meet()
    assert nikos.missing(case, "clear_to_travel") == set()
    decision = {"explained": ["return", "stay"], "decided_by": "person", "review_on": day(60)}
    stays = {"decision": "stay", "integration_wishes": ["language", "apprenticeship"]}
    decided = eleni.fill(case, "durable_solution", **stays, **decision)
    offices.meet()
    assert mira.missing(case, "clear_to_travel") == {"decided_to_stay"}
    assert (
        refusal(nikos, case, "gate.clear_to_travel.decided_to_stay", "The flight is paid") == "gate.pass.hard"
    )

    # Integration needs no arrival, but a plan that she has signed.
    assert mira.missing(case, "start_reintegration") == {
        "plan_unconfirmed", "monitoring_plan_unconfirmed", "plan_unsigned"
    }  # fmt: skip
    plan(eleni, case, "confirmed", "verbal_witnessed", "integration_plan", plan_witness="Interpreter")
    offices.meet()
    assert mira.missing(case, "start_reintegration") == set()

    eleni.change(decided, decision="return")
    offices.meet()
    assert mira.missing(case, "clear_to_travel") == set()


def received(tablet: Tablet, case: str) -> str:
    came = f"{day(-1)}T22:50:00.000+01:00"
    return tablet.fill(
        case,
        "airport_reception",
        reception_outcome="received",
        identity_confirmed="code_word",
        arrived_at=came,
        met_by="officer",
        urgent_health=["none"],
        escorted_to="accommodation",
        handed_over_to="A. D.",
        handed_over_at=f"{day(-1)}T23:50:00.000+01:00",
    )


def asked_to_testify(tablet: Tablet, case: str, safety: str) -> str:
    return tablet.fill(
        case,
        "testimony",
        wish="yes",
        manner=["video"],
        safety_assessment=safety,
        safety_reasons="By video only",
    )


def refusal(tablet: Tablet, case: str, code: str, reason: str) -> str:
    """The code by which a gate is not passed."""
    with pytest.raises(Problem) as refused:
        tablet.book.decisions.pass_gate(case, "clear_to_travel", [code], reason).wait(30)
    return refused.value.code

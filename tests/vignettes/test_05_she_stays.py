"""Who stays has a way of her own; the way back is closed and is not locked."""

from __future__ import annotations

from forms.casework.due import agenda
from forms.casework.pathway import decided, pathway, tracks
from tests.vignettes.conftest import Told
from tests.vignettes.usual import (
    asked,
    assessment,
    case_file,
    codes,
    consent,
    day,
    host,
    integration_plan,
    leg,
    plan,
    travel,
)

TODAY = day("2026-09-10")
NICOSIA = host("CY", "nicosia", "andri")


def test_an_asylum_seeker_decides_to_stay_and_may_decide_anew(told: Told) -> None:
    story = told(
        """An asylum seeker of 19 in Cyprus, identified during the asylum interview, two indicators strong.
        She decides to stay; language course, apprenticeship in a bakery; the return branch stays closed
        but may be opened later."""
    )
    file = case_file(
        story, day("2026-03-01"), country="cm", language="fr", sex="female", birth_date="2007-01-15"
    )
    file.fact("in Cyprus", host_country="cy")
    screening = story.sheet("screening", day("2026-03-01"), **NICOSIA).usual(can_talk="yes")
    screening.fact("An asylum seeker", asylum_status="applied")
    screening.fact("of 19", age_estimate="19")
    screening.fact("identified during the asylum interview", referred_by="asylum")
    screening.fact("two indicators strong", coercion=["violence", "locked_in"])
    screening.usual(screening_outcome="possible")
    story.rule(
        "two indicators strong",
        [int(screening.value("strong")), screening.value("suggested")] == [2, "likely"],
    )
    story.rule("during the asylum interview", "asylum_note" in screening.shown())
    wish = story.sheet("durable_solution", day("2026-04-01"), **NICOSIA).usual(decided_by="person")
    wish.usual(explained=["return", "stay", "third_country"], wish="stay", pressed="no", legal_advice="yes")
    wish.fact("She decides to stay", decision="stay")
    wish.usual(integration_wishes=["language", "apprenticeship"], told_open="yes")
    steps = integration_plan(
        story, day("2026-04-10"), where=NICOSIA, state="confirmed", goals="To bake", signed="written"
    )
    steps.usual(monitoring="confirmed", safe_here="no")
    steps.row("step").fact("language course", service_kind="language", service_what="Greek, evenings")
    baking = steps.row("step").fact("apprenticeship", service_kind="apprenticeship", allowed="applied")
    baking.fact("in a bakery", provider="A bakery").usual(service_what="To learn to bake")
    baking.usual(service_due="2026-10-01", service_owner="worker")
    steps.fact("may be opened later", return_open="told")
    case = story.case()

    story.rule("She decides to stay", decided(story.evidence(), TODAY) == "stay")
    way = pathway("decision", decided(story.evidence(), TODAY))
    assert not {"pre_departure", "travel", "arrival"} & set(way.stages)
    assert asked("start_reintegration", case, story.evidence(), TODAY).open, "no arrival is waited for"
    (track,) = tracks(story.evidence(), TODAY)
    story.rule("An asylum seeker", (track.kind, track.state) == ("asylum", "applied"))
    # Nineteen by an estimate may be 16: a child, until the contrary is established.
    shut = codes(asked("clear_to_travel", case, story.evidence(), TODAY))
    story.follows("the return branch stays closed", {"decided_to_stay", "minor_bid_missing"} <= shut)
    settled = story.sheet("best_interest", day("2026-04-20"), **NICOSIA)
    settled.usual(age_basis=["papers", "decision"], age_established="adult")
    shut = codes(asked("clear_to_travel", case, story.evidence(), TODAY))
    story.rule("of 19", "decided_to_stay" in shut and not [code for code in shut if code.startswith("minor")])

    # Half a year on she wants to go home: the way is there, with everything that it asks for.
    story.sheet("durable_solution", day("2026-08-20"), **NICOSIA).usual(
        explained=["return", "stay", "third_country"], wish="return", decision="return", decided_by="person"
    )
    assert "travel" in pathway("decision", decided(story.evidence(), TODAY)).stages
    shut = codes(asked("clear_to_travel", case, story.evidence(), TODAY))
    assert "decided_to_stay" not in shut
    assert "consent_missing" in shut
    consent(story, day("2026-08-21"), ["return"], where=NICOSIA, spoken="fr")
    assessment(story, day("2026-08-22"), "host", where=NICOSIA)
    assessment(story, day("2026-08-23"), "return", where=host("CM", "douala", "paul"))
    journey = travel(story, day("2026-08-30"), "2026-09-13T09:00:00+03:00", "2026-09-14T02:40:00+01:00")
    leg(journey, "Larnaca", "Douala", "2026-09-13T09:00:00+03:00")
    journey.usual(itinerary="complete", reception="declined")
    # The plan of who stays is no plan for a journey.
    shut = codes(asked("clear_to_travel", case, story.evidence(), TODAY))
    assert shut == {"plan_missing", "monitoring_plan_missing"}
    plan(story, day("2026-08-31"), where=NICOSIA)
    story.rule("may be opened later", asked("clear_to_travel", case, story.evidence(), TODAY).open)
    story.end()


def test_a_young_man_with_a_refused_claim_stays_undecided_and_is_talked_with_again(told: Told) -> None:
    story = told(
        """A man of 27 in Malta, whose asylum claim was refused; a doctor found marks of violence, and he had
        been made to carry drugs. He does not know yet whether he goes or stays: he wants training as an
        electrician first. He has a residence permit as a victim until next June. The talk is taken up
        again in May."""
    )
    malta = host("MT", "valletta", "grace")
    file = case_file(story, day("2026-03-01"), country="ng", language="en", has_status="yes")
    file.fact("A man", sex="male").fact("in Malta", host_country="mt")
    file.row("status").usual(status_country="mt", status_authority="Police").fact(
        "a residence permit as a victim until next June", status_kind="residence", status_expires="2027-06-01"
    )
    screening = story.sheet("screening", day("2026-03-01"), **malta).usual(can_talk="yes")
    screening.fact("of 27", age_estimate="27")
    screening.fact("whose asylum claim was refused", asylum_status="refused")
    screening.fact("a doctor", referred_by="health")
    screening.fact("found marks of violence", coercion=["violence"])
    screening.fact("he had been made to carry drugs", exploitation=["crime"])
    screening.usual(screening_outcome="possible")
    wish = story.sheet("durable_solution", day("2026-04-01"), **malta).usual(explained=["return", "stay"])
    wish.fact("He does not know yet whether he goes or stays", wish="undecided", decision="undecided")
    wish.fact("The talk is taken up again in May", review_on="2026-05-04")
    steps = integration_plan(story, day("2026-04-02"), where=malta)
    steps.row("step").fact(
        "he wants training as an electrician first", service_kind="vocational", service_what="Electrician"
    )
    story.rule("whether he goes or stays", decided(story.evidence(), TODAY) is None)
    story.rule(
        "marks of violence, and he had been made to carry drugs", screening.value("suggested") == "likely"
    )
    due = {item.kind: item.due for item in agenda(story.case(), story.evidence(), TODAY)}
    story.rule("The talk is taken up again in May", due["solution.review"] == day("2026-05-04"))
    story.rule("until next June", due["status.expires"] == day("2027-06-01"))
    assert "asylum_note" not in screening.shown()
    assert [each.state for each in tracks(story.evidence(), TODAY)] == ["refused"]
    story.end()

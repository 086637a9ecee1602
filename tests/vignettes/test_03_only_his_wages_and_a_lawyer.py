"""Who wants no shelter gets none, and the lawyer all the same; a word by video is asked for by itself."""

from __future__ import annotations

from forms.casework.consent import may_send
from forms.casework.due import agenda
from forms.casework.pathway import tracks
from forms.casework.referral import Agreement, Refused, parcel
from tests.vignettes.conftest import Told
from tests.vignettes.usual import (
    asked,
    assessment,
    case_file,
    cleared,
    codes,
    consent,
    day,
    hazard,
    host,
    leg,
    plan,
    travel,
)

TODAY = day("2026-09-10")
WARSAW = host("PL", "warsaw", "jan")


def test_a_man_who_wants_his_wages_travels_to_his_sister_and_testifies_by_video(told: Told) -> None:
    story = told(
        """A man of 41 from western Ukraine, exploited in construction in Poland, passport withheld, back
        injury. He wants no shelter, only his wages and a lawyer; he will testify only by video. His
        village cannot be reached now; he goes to his sister in another oblast."""
    )
    file = case_file(story, day("2026-08-01"), language="uk", safe_channel=["phone_call"])
    file.fact("A man", sex="male")
    file.fact("Ukraine", country="ua")
    file.fact("in Poland", host_country="pl")
    file.fact("western", region="Ternopil oblast")
    screening = story.sheet("screening", day("2026-08-01"), **WARSAW).usual(can_talk="yes")
    screening.usual(referred_by="labour", screening_outcome="possible")
    screening.fact("of 41", age_estimate="41")
    screening.fact("exploited", exploitation=["labour"], conditions=["no_pay"])
    screening.fact("in construction", sector="construction")
    screening.fact("passport withheld", coercion=["papers", "pay_kept"])
    in_host = assessment(story, day("2026-08-20"), "host", where=WARSAW)
    in_host.fact("back injury", health_needs=["injury"])
    in_host.usual(papers="withheld", support=["legal"])
    hazard(in_host, "retaliation", "medium")
    there = assessment(story, day("2026-08-21"), "return", where=host("UA", "lviv", "oksana"))
    there.fact("his sister", place_to_live="relatives", circle="no_sign")
    there.fact("His village cannot be reached now", person_view="elsewhere", welcome="elsewhere")
    hazard(there, "armed_conflict", "high", "He goes to his sister in another oblast")
    solution = story.sheet("durable_solution", day("2026-08-22"), **WARSAW)
    solution.usual(explained=["return", "stay"], decided_by="person", wish="return", decision="return")
    solution.fact("in another oblast", place="With his sister in Lviv oblast")
    wishes = plan(story, day("2026-08-23"), where=WARSAW)
    wishes.fact("He wants no shelter", not_wanted="No shelter, no escort")
    wishes.row("service").usual(service_kind="legal", service_what="A lawyer", service_due="2026-09-20")

    court = story.sheet("testimony", day("2026-08-24"), **WARSAW).usual(
        wish="yes", pressed="no", role="witness"
    )
    court.fact("only his wages", claims=["wages"])
    court.fact("a lawyer", lawyer="requested")
    court.fact("he will testify only by video", manner=["video"])
    court.usual(court_date="2026-11-12", measures=["address_secret"], safety_assessment="safe")
    court.usual(safety_reasons="By video, from another oblast")

    consent(story, day("2026-08-25"), ["return"], where=WARSAW, spoken="uk")
    way = travel(
        story,
        day("2026-09-01"),
        "2026-09-13T09:00:00+02:00",
        "2026-09-13T19:40:00+03:00",
        documents="missing",
    )
    leg(way, "Warsaw", "Lviv", "2026-09-13T09:00:00+02:00")
    way.usual(itinerary="complete", reception="declined")
    story.rule("passport withheld", codes(asked("clear_to_travel", story.case(), story.evidence(), TODAY))
               == {"documents_missing"})  # fmt: skip

    # The consulate gives a paper for one journey; who declines a reception is an adult and may.
    again = travel(
        story, day("2026-09-04"), "2026-09-13T09:00:00+02:00", "2026-09-13T19:40:00+03:00",
        document_kinds=["emergency"], document_expires="2026-09-30",
    )  # fmt: skip
    leg(again, "Warsaw", "Lviv", "2026-09-13T09:00:00+02:00")
    again.fact("he goes", itinerary="complete").usual(reception="declined")
    assert "declined_note" in again.shown()
    open_now = asked("clear_to_travel", story.case(), story.evidence(), TODAY)
    story.rule("He wants no shelter", (open_now.open, codes(open_now)) == (True, set()))

    # A return is no testimony: it has a consent of its own.
    shut = asked("testify", story.case(), story.evidence(), TODAY)
    assert codes(shut) == {"consent_missing"}
    consent(story, day("2026-09-05"), ["testimony"], where=WARSAW, spoken="uk").usual(limits="By video only")
    story.rule("testify only by video", asked("testify", story.case(), story.evidence(), TODAY).open)
    (track,) = tracks(story.evidence(), TODAY)
    story.rule(
        "only his wages",
        (track.kind, track.state, track.next_on) == ("testifying", "safe", day("2026-11-12")),
    )

    referral = story.sheet("referral", day("2026-09-06"), **WARSAW).usual(
        direction="out", referral_state="sent"
    )
    referral.usual(referral_partner="Legal aid of the union", services=["legal"], urgency="today")
    referral.usual(consent_covers="yes", agreed_fields=["code", "language"], answer_by="2026-09-09")
    due = {item.kind: item for item in agenda(story.case(), story.evidence(), TODAY)}
    # Who must have an answer today is not told after a week.
    story.rule(
        "a lawyer", (due["referral.answer"].due, due["referral.answer"].overdue) == (day("2026-09-07"), True)
    )
    assert due["plan.milestone"].subject == "legal"
    lawyer = "Legal aid of the union"
    agreed = Agreement(lawyer, "share_with_organisation", frozenset({"needs.papers", "proceedings.claims"}))
    refused = parcel(lawyer, story.evidence(), [agreed], TODAY, case=story.case())
    assert refused == Refused("referral.consent.missing", lawyer)
    consent(story, day("2026-09-07"), ["share_with_organisation"], spoken="uk", recipient=lawyer)
    sent = parcel(lawyer, story.evidence(), [agreed], TODAY, case=story.case())
    assert sent.fields == ("needs.papers",), "what concerns the proceedings goes with no referral"  # type: ignore[union-attr]
    story.end()


def test_a_woman_held_in_a_kitchen_leaves_with_an_open_route_that_a_coordinator_answers_for(
    told: Told,
) -> None:
    story = told(
        """A woman of 52 from Albania, nine years in the kitchen of a hotel in Greece; her identity card is
        in the safe of the owner. She has diabetes. She claims compensation, and will speak behind a
        screen in closed court. She goes to her daughter by bus; nobody knows yet when the second bus
        leaves."""
    )
    athens = host("GR", "athens", "eleni")
    file = case_file(story, day("2026-08-01"))
    file.fact("A woman", sex="female")
    file.fact("from Albania", country="al")
    file.fact("in Greece", host_country="gr")
    screening = story.sheet("screening", day("2026-08-01"), **athens).usual(
        referred_by="health", can_talk="yes"
    )
    screening.fact("of 52", age_estimate="52")
    screening.fact(
        "nine years in the kitchen of a hotel", sector="hospitality", conditions=["lives_there", "not_free"]
    )
    screening.fact("the owner", profited="employer")
    screening.fact("her identity card is in the safe", coercion=["papers"])
    screening.usual(screening_outcome="possible")
    in_host = assessment(story, day("2026-08-20"), "host", where=athens)
    in_host.fact("She has diabetes", health_needs=["treatment", "medicine"])
    assessment(story, day("2026-08-21"), "return").fact("her daughter", place_to_live="relatives")
    court = story.sheet("testimony", day("2026-08-24"), **athens).usual(
        wish="yes", pressed="no", role="party"
    )
    court.fact("She claims compensation", claims=["compensation"])
    court.fact("will speak behind a screen in closed court", manner=["no_sight", "closed_court"])
    court.usual(measures=[], safety_assessment="open", safety_reasons="The owner knows her street")
    plan(story, day("2026-08-23"))
    consent(story, day("2026-08-25"), ["return", "testimony"], where=athens)
    way = travel(story, day("2026-09-01"), "2026-09-13T09:00:00+03:00", "2026-09-13T19:40:00+02:00")
    leg(way, "Athens", "Ioannina", "2026-09-13T09:00:00+03:00")
    way.row("leg").fact(
        "She goes to her daughter by bus", leg_from="Ioannina", leg_to="Berat", leg_escort="none"
    )
    way.fact("nobody knows yet when the second bus leaves", itinerary="open")
    way.usual(reception="arranged", received_by="Her daughter")

    # Safe is not said of it yet, so nobody testifies.
    story.rule("in closed court", codes(asked("testify", story.case(), story.evidence(), TODAY))
               == {"safety_assessment_missing"})  # fmt: skip
    shut = asked("clear_to_travel", story.case(), story.evidence(), TODAY)
    assert codes(shut) == {"itinerary_missing"}
    decided = story.sheet("clearance", TODAY, by="mira")
    decided.usual(asked_again="yes", new_danger="no", open_points=["itinerary"], decision="cleared")
    decided.usual(reason="Every bus of that day goes on to Berat")
    assert not asked("clear_to_travel", story.case(), story.evidence(), TODAY).open, "a worker cannot pass it"
    decided.by = "ana"
    passed = asked("clear_to_travel", story.case(), story.evidence(), TODAY)
    story.rule(
        "when the second bus leaves", passed.open and [r.evidence for r in passed.passed] == [(decided.id,)]
    )
    given = cleared(story.case(), story.evidence(), TODAY)
    assert given is not None
    assert given.stands
    # A doctor is told without consent only where her life is at stake, with who decided and why, for days.
    clinic = "Hospital of Berat"
    assert not may_send("share_with_organisation", clinic, story.evidence(), TODAY, case=story.case()).allowed
    called = story.sheet("referral", day("2026-09-09")).usual(direction="out", referral_partner=clinic)
    called.usual(services=["medical"], referral_state="sent", consent_covers="vital_interest")
    called.usual(without_consent_why="Unconscious; the coordinator decided")
    sent = may_send("share_with_organisation", clinic, story.evidence(), TODAY, case=story.case())
    story.rule("She has diabetes", (sent.allowed, sent.basis) == (True, "vital_interest"))
    story.end()

"""A booked flight is no reason. Who withdraws stays, and both countries know it at once."""

from __future__ import annotations

from forms.casework.clearance import lapsed
from forms.casework.due import agenda
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
    taken_back,
    travel,
)

LYON = host("FR", "lyon", "claire")


def test_one_side_says_postpone_and_two_days_before_the_flight_she_takes_her_consent_back(told: Told) -> None:
    story = told(
        """The risk assessment says proceed in the host state and postpone in the country of return; the
        flight is booked for Friday. Two days before, she withdraws her consent to return at the gate of
        the shelter."""
    )
    wednesday, friday = day("2026-09-16"), day("2026-09-18")
    assert (wednesday.strftime("%A"), friday.strftime("%A")) == ("Wednesday", "Friday")
    file = case_file(story, day("2026-08-01"), sex="female", birth_date="2000-02-02", stage="pre_departure")
    file.fact("in the host state", host_country="fr")
    screening = story.sheet("screening", day("2026-08-01"), **LYON).usual(referred_by="ngo", can_talk="yes")
    screening.usual(screening_outcome="possible")
    in_host = assessment(story, day("2026-08-20"), "host", where=LYON)
    in_host.fact("The risk assessment says proceed", outcome="proceed")
    there = assessment(story, day("2026-08-22"), "return")
    there.fact("postpone", outcome="postpone")
    there.fact("in the country of return", side="return")
    hazard(
        there,
        "retaliation",
        "high",
        "The one who sold her is free until his trial; she would live in a shelter",
    )
    consent(story, day("2026-08-25"), ["return"], where=LYON)
    plan(story, day("2026-08-28"))
    way = travel(story, day("2026-09-01"), "2026-09-18T09:00:00+02:00", "2026-09-18T12:40:00+02:00")
    way.fact("for Friday", departure_at="2026-09-18T09:00:00+02:00")
    leg(way, "Lyon", "Tirana", "2026-09-18T09:00:00+02:00")
    way.fact("the flight is booked", itinerary="complete").usual(
        reception="arranged", received_by="The duty worker"
    )

    case = story.case()
    monday = day("2026-09-07")
    shut = asked("clear_to_travel", case, story.evidence(), monday)
    story.rule(
        "proceed in the host state and postpone in the country of return",
        codes(shut) == {"assessment_return_postpone"} and all(reason.hard for reason in shut.reasons),
    )
    rushed = story.sheet("clearance", day("2026-09-07"), by="ana")
    rushed.usual(asked_again="yes", new_danger="no", open_points=["none"], decision="cleared")
    early = cleared(case, story.evidence(), monday)
    story.rule("the flight is booked for Friday", early is not None and not early.stands)

    again = assessment(story, day("2026-09-09"), "return")
    hazard(again, "retaliation", "high", "He is in custody; she lives in the shelter")
    assert asked("clear_to_travel", case, story.evidence(), day("2026-09-10")).open
    given = story.sheet("clearance", day("2026-09-10"), by="ana")
    given.usual(
        asked_again="yes", new_danger="no", open_points=["none"], decision="cleared", other_office="yes"
    )
    assert "lapses_note" in given.shown()
    tuesday = cleared(case, story.evidence(), day("2026-09-15"))
    assert tuesday is not None
    assert tuesday.stands

    back = taken_back(story, wednesday, ["return"], by="guard")
    back.fact("Two days before", consented_on=wednesday.isoformat())
    back.fact("she withdraws", decision="withdrawn")
    back.fact("her consent to return", purpose=["return"])
    assert "withdrawn_note" in back.shown()
    stopped = story.sheet("clearance", wednesday, by="ana")
    stopped.usual(asked_again="no", new_danger="no", open_points=["none"], decision="not_cleared")
    stopped.fact("at the gate of the shelter", reason="She took it back at the gate of the shelter")

    found = [each for each in story.evidence() if each.record != stopped.id]
    after = cleared(case, found, wednesday)
    assert after is not None
    story.rule(
        "she withdraws her consent to return",
        [r.code for r in after.reasons] == ["gate.clear_to_travel.consent_withdrawn"],
    )
    lapse = lapsed(tuesday, after)
    assert lapse is not None
    # Both offices, whoever wrote it down.
    story.rule("in the host state and", set(lapse.alert) == {"lyon", "tirana"})
    told_no = lapsed(tuesday, cleared(case, story.evidence(), wednesday))
    assert told_no is not None
    assert set(told_no.alert) == {"lyon", "tirana"}

    # A colleague who was offline cannot revive it; on Friday nobody boards.
    consent(story, friday, ["return"], by="luc", where=LYON)
    boarding = asked("clear_to_travel", case, story.evidence(), friday)
    assert codes(boarding) == {"consent_withdrawn"}
    # Nobody leaves it at that: somebody asks her what she means.
    (doubt,) = [item for item in agenda(case, story.evidence(), friday) if item.kind == "consent.unclear"]
    story.rule("she withdraws", (doubt.subject, doubt.due) == ("return", friday))
    consent(story, friday, ["return"], where=LYON, taken_back_before=wednesday.isoformat())
    kinds = {item.kind for item in agenda(case, story.evidence(), friday)}
    assert "consent.unclear" not in kinds
    story.end()


def test_an_assessment_expires_at_midnight_and_the_father_of_two_is_not_put_on_the_bus(told: Told) -> None:
    story = told(
        """A man returns from Poland to Ukraine with a lung disease. Poland says proceed with oxygen on
        board; Ukraine says proceed until the 14th. The bus goes on the 15th. At the border he says by
        telephone that he does not want to go."""
    )
    warsaw, lviv = host("PL", "warsaw", "jan"), host("UA", "lviv", "oksana")
    file = case_file(
        story, day("2026-08-01"), country="ua", language="uk", birth_date="1980-02-02", where=lviv
    )
    file.fact("A man", sex="male")
    in_host = assessment(story, day("2026-08-20"), "host", where=warsaw)
    in_host.fact("Poland says proceed", outcome="proceed")
    in_host.fact("with a lung disease", health_needs=["treatment"])
    hazard(in_host, "health", "high", "Oxygen on board, a nurse goes along", "host_office")
    there = assessment(story, day("2026-08-22"), "return", where=lviv)
    there.fact("Ukraine says proceed until the 14th", expires="2026-09-14")
    story.sheet("durable_solution", day("2026-08-23"), **warsaw).usual(
        explained=["return", "stay"], decided_by="person", wish="return"
    ).fact("returns from Poland to Ukraine", decision="return")
    consent(story, day("2026-08-25"), ["return"], where=warsaw, spoken="uk")
    plan(story, day("2026-08-28"))
    way = travel(
        story,
        day("2026-09-01"),
        "2026-09-15T06:00:00+02:00",
        "2026-09-15T21:00:00+03:00",
        fit_to_travel="conditions",
    )
    way.fact("oxygen on board", fitness_conditions="Oxygen on board")
    way.fact("The bus goes on the 15th", departure_at="2026-09-15T06:00:00+02:00")
    leg(way, "Warsaw", "Lviv", "2026-09-15T06:00:00+02:00", "staff", "A nurse")
    way.usual(itinerary="complete", reception="arranged", received_by="The hospital")
    given = story.sheet("clearance", day("2026-09-12"), by="ana")
    given.usual(asked_again="yes", new_danger="no", open_points=["none"], decision="cleared")
    case = story.case()
    until = asked("clear_to_travel", case, story.evidence(), day("2026-09-14"))
    story.rule("until the 14th", (until.open, until.opens_until) == (True, day("2026-09-14")))
    before = cleared(case, story.evidence(), day("2026-09-14"))
    after = cleared(case, story.evidence(), day("2026-09-15"))
    assert before is not None
    assert before.stands
    lapse = lapsed(before, after)
    assert lapse is not None
    story.rule(
        "The bus goes on the 15th",
        [r.code for r in lapse.reasons] == ["gate.clear_to_travel.assessment_return_expired"],
    )
    assert set(lapse.alert) >= {"warsaw", "lviv"}
    back = taken_back(story, day("2026-09-15"), ["return"], by="jan")
    back.fact("he says", decision="withdrawn")
    back.fact("he does not want to go", purpose=["return"])
    story.sheet("clearance", day("2026-09-15"), by="ana").usual(
        asked_again="no", new_danger="no", open_points=["none"], decision="not_cleared"
    ).fact("At the border he says by telephone", reason="By telephone, at the border")
    story.rule(
        "he does not want to go",
        codes(asked("clear_to_travel", case, story.evidence(), day("2026-09-15")))
        == {"consent_withdrawn", "assessment_return_expired"},
    )
    story.end()

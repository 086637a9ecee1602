"""Nobody confirms: an alarm in both countries. Somebody unknown met her: an alarm until she was heard."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from forms.casework.due import DueRules, agenda, arrival_alarm
from forms.casework.reminders import Pending, reminder
from forms.casework.risk import standing
from tests.vignettes.conftest import Told
from tests.vignettes.usual import COORDINATORS, asked, case_file, codes, day, host, leg, travel

TIRANA = ZoneInfo("Europe/Tirane")


def test_an_arrival_that_nobody_confirms_is_an_alarm_at_02_00_and_so_is_the_man_with_a_sign(
    told: Told,
) -> None:
    story = told(
        """Arrival expected at 22:40; at 02:00 nobody has confirmed. The officer at the gate finds that a man
        with a sign met her. Her phone is off."""
    )
    case_file(
        story, day("2026-09-01"), stage="travel", risk="high", birth_date="2001-01-01", host_country="fr"
    )
    way = travel(story, day("2026-09-10"), "2026-09-13T18:00:00+02:00", "2026-09-13T22:40:00+02:00")
    way.fact("Arrival expected at 22:40", arrival_at="2026-09-13T22:40:00+02:00")
    leg(way, "Lyon", "Tirana", "2026-09-13T18:00:00+02:00")
    way.usual(itinerary="complete", reception="arranged", received_by="The duty worker")
    case = story.case()

    def at(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=TIRANA)

    assert arrival_alarm(case, story.evidence(), at("2026-09-14T01:39")) is None
    silence = arrival_alarm(case, story.evidence(), at("2026-09-14T02:00"))
    assert silence is not None
    story.follows(
        "at 02:00 nobody has confirmed",
        (silence.code, silence.countries, silence.since.isoformat())
        == ("alarm.arrival.unconfirmed", ("AL", "FR"), "2026-09-14T01:40:00+02:00"),
    )
    patient = DueRules(arrival_watch_hours=6)
    assert arrival_alarm(case, story.evidence(), at("2026-09-14T02:00"), patient) is None, (
        "the office's own hours"
    )
    night = [
        Pending(item)
        for item in agenda(case, story.evidence(), date(2026, 9, 14), now=at("2026-09-14T02:00"))
    ]
    woken = reminder(night, at("2026-09-14T02:00"))
    story.rule("at 02:00", woken is not None and woken.code == "reminder.alarm")
    assert "outcome_missing" in codes(asked("close_arrival", case, story.evidence(), date(2026, 9, 14)))

    gate = story.sheet("airport_reception", day("2026-09-14"), by="besa")
    gate.fact(
        "The officer at the gate finds",
        reception_outcome="unknown_person",
        arrived_at="2026-09-13T22:35:00+02:00",
    )
    gate.fact("met her", met_by="unknown")
    gate.fact("a man with a sign", seen_at_gate="A man with a sign, a grey car towards Durrës")
    story.rule("finds that a man with a sign", "unknown_note" in gate.shown())
    tries = story.sheet("monitoring_contact", day("2026-09-14"), by="besa").usual(risk_level="high")
    tries.fact("Her phone is off", outcome="unreachable", attempts="3", news="Her phone is off")
    told_now = arrival_alarm(case, story.evidence(), at("2026-09-14T03:00"))
    assert told_now is not None
    story.rule("a man with a sign met her", told_now.code == "alarm.arrival.unknown_person")
    assert told_now.countries == ("AL", "FR")

    # A contact that is missed at high risk goes to the coordinator after a day, and to the other country.
    late = agenda(case, story.evidence(), date(2026, 9, 19), now=at("2026-09-19T09:00"))
    owners = {item.owner for item in late if item.kind == "escalation.missed_contact"}
    story.rule("Her phone is off", owners == {"coordinator", "other_country"})
    incident = story.sheet("safety_incident", day("2026-09-14"), by="besa").usual(
        danger_now="unsure",
        incident_on="2026-09-14",
        incident_kind=["missing"],
        facts="Taken along by a man",
        incident_risk="high",
        new_exploitation="suspected",
        next_step="The police of the airport",
        step_owner="coordinator",
        next_on="2026-09-14",
    )
    now = agenda(case, story.evidence(), date(2026, 9, 14), now=at("2026-09-14T03:00"))
    to_whom = {item.owner for item in now if item.kind == "escalation.suspected_retrafficking"}
    assert to_whom == {"coordinator", "other_country"}
    assert [i.owner for i in now if i.kind == "action.agreed"] == ["coordinator"]
    assert standing(story.evidence(), date(2026, 9, 14), COORDINATORS).level == "high"
    assert incident.value("new_exploitation") == "suspected"

    # Only that she was met or heard ends it.
    heard = story.sheet("monitoring_contact", day("2026-09-15"), by="besa")
    heard.usual(outcome="phone_only", present=["nobody"], safe_to_talk="yes", risk_level="high")
    assert arrival_alarm(case, story.evidence(), at("2026-09-15T23:00")) is None
    story.end()


def test_a_boy_is_not_on_the_plane_and_the_office_of_departure_is_told(told: Told) -> None:
    story = told(
        """A boy is expected in Casablanca at 06:15 from Madrid with a member of staff. The officer waits;
        neither of them comes out, his case came without him. The staff's phone does not answer. His
        suitcase is kept."""
    )
    file = case_file(
        story,
        day("2026-09-01"),
        stage="travel",
        risk="medium",
        country="ma",
        language="ar",
        where=host("MA", "rabat", "hind"),
    )
    file.fact("A boy", sex="male").usual(birth_date="2010-05-05")
    madrid = host("ES", "madrid", "lola")
    file.fact("from Madrid", host_country="es")
    way = travel(
        story, day("2026-09-10"), "2026-09-13T05:00:00+02:00", "2026-09-13T06:15:00+01:00", where=madrid
    )
    way.fact("expected in Casablanca at 06:15", arrival_at="2026-09-13T06:15:00+01:00")
    way.row("leg").usual(leg_from="Madrid", leg_to="Casablanca", leg_at="2026-09-13T05:00:00+02:00").fact(
        "with a member of staff", leg_escort="staff", leg_escort_name="Lola R."
    )
    way.usual(itinerary="complete", reception="arranged", received_by="The officer")
    gate = story.sheet("airport_reception", day("2026-09-13"), by="hind", country="MA", office="rabat")
    gate.fact("The officer waits; neither of them comes out", reception_outcome="not_arrived")
    assert "not_arrived_note" in gate.shown()
    incident = story.sheet("safety_incident", day("2026-09-13"), by="hind", country="MA", office="rabat")
    incident.fact(
        "The staff's phone does not answer", incident_kind=["missing"], affected=["person", "staff"]
    )
    incident.usual(
        danger_now="unsure",
        incident_risk="high",
        next_step="Madrid asks the airline",
        step_owner="other_office",
    )
    incident.fact("his case came without him", facts="Nobody came out; his suitcase came, and is kept")
    incident.fact("His suitcase is kept", actions=["other_office"], next_on="2026-09-13")
    case, rabat = story.case(), ZoneInfo("Africa/Casablanca")
    now = datetime(2026, 9, 13, 7, 0, tzinfo=rabat)
    alarm = arrival_alarm(case, story.evidence(), now)
    assert alarm is not None
    story.rule(
        "neither of them comes out",
        (alarm.code, alarm.countries) == ("alarm.arrival.not_arrived", ("ES", "MA")),
    )
    story.rule(
        "The staff's phone", standing(story.evidence(), date(2026, 9, 13), COORDINATORS).level == "high"
    )
    (step,) = [
        item for item in agenda(case, story.evidence(), date(2026, 9, 14)) if item.kind == "action.agreed"
    ]
    story.rule(
        "The officer waits", (step.owner, step.overdue, step.due) == ("other_office", True, date(2026, 9, 13))
    )
    assert now - alarm.since >= timedelta(0)
    story.end()

"""She is not alone and says little; two workers judge it, on tablets that do not hear each other."""

from __future__ import annotations

from datetime import date

import pytest

from forms.casework.due import agenda
from forms.casework.facts import Evidence, evidence
from forms.casework.indicators.follow_up import contact_done
from forms.casework.indicators.population import Person
from forms.casework.risk import standing
from forms.casework.safe_contact import safe_contact
from forms.definition import FormDefinition
from forms.record import Record
from tests.scenarios.office import RunningServer, Tablet
from tests.scenarios.test_merge_rules import ORDERS, meet, same_everywhere
from tests.vignettes.conftest import Told
from tests.vignettes.usual import COORDINATORS, case_file, day, plan

ARRIVED = day("2026-06-10")
VISIT = day("2026-09-10")


def test_what_she_says_on_the_balcony_has_its_place_and_the_visit_is_planned_anew(told: Told) -> None:
    story = told(
        """Month 3 visit: the mother-in-law stays in the room. On the balcony she says she is 'paying back'.
        The officer marks low risk on the tablet; a colleague in the office, the same afternoon, offline,
        marks high."""
    )
    case_file(story, ARRIVED, stage="reintegration", birth_date="2000-01-01", arrived_on=ARRIVED.isoformat())
    first = story.sheet("monitoring_contact", day("2026-08-10"), by="besa")
    first.usual(outcome="met", present=["nobody"], safe_to_talk="yes", risk_level="medium", own_safety="4")
    visit = story.sheet("monitoring_contact", VISIT, by="besa")
    visit.fact("Month 3 visit", contact_date=VISIT.isoformat(), outcome="not_alone")
    visit.fact("the mother-in-law stays in the room", present=["in_laws"], lives_with=["partner", "in_laws"])
    assert visit.refuses(present=["nobody", "in_laws"])
    visit.usual(threats=["none"], safe_to_talk="no")
    visit.fact("she says she is 'paying back'", debt="pressure")
    visit.fact("The officer marks low risk on the tablet", risk_level="low")
    story.rule("stays in the room", "not_safe_note" in visit.shown() and visit.value("threats") == ["none"])
    story.rule("'paying back'", visit.value("suggested_risk") == "high" and "high_note" in visit.shown())
    where = plan(story, VISIT)
    where.fact("On the balcony", where_to_meet="On the balcony, while the washing is hung up")
    case, found = story.case(), story.evidence()

    # An officer's low does not lower what was medium; what the answers say is told beside it.
    level = standing(found, VISIT, COORDINATORS)
    assert (level.level, level.advice.level) == ("medium", "high")
    assert {"risk.lowering.not_coordinator", "risk.advice.higher"} <= set(level.notes)
    story.rule("marks low risk", "because.life.debt.pressure" in level.advice.because)
    office = story.sheet("monitoring_contact", VISIT, by="ana")
    office.fact("a colleague in the office, the same afternoon", outcome="not_alone", safe_to_talk="no")
    office.fact("marks high", risk_level="high")
    story.follows("offline, marks high", standing(story.evidence(), VISIT, COORDINATORS).level == "high")

    # A visit that was not alone is half a visit: it does not count, and another one is planned at once.
    person = Person("p", case, tuple(found))
    assert [entry.on for entry in contact_done(person, day("2026-10-01"))] == [first.on]
    (again,) = [item for item in agenda(case, found, VISIT) if item.kind == "contact.again"]
    story.rule("Month 3 visit", (again.due, again.overdue) == (day("2026-09-17"), False))
    (sooner,) = [item for item in agenda(case, story.evidence(), VISIT) if item.kind == "contact.again"]
    assert sooner.due == day("2026-09-12"), "after high risk it is planned sooner"
    story.end()


@pytest.mark.parametrize("order", ORDERS)
def test_low_and_high_meet_by_sync_and_high_stands(
    server: RunningServer,
    officer: Tablet,
    coordinator: Tablet,
    definitions: dict[str, FormDefinition],
    order: str,
) -> None:
    """The same record on both tablets, offline; both come online, one before the other."""
    case = officer.new_case()
    record = officer.fill(
        case,
        "monitoring_contact",
        outcome="not_alone",
        present=["in_laws"],
        safe_to_talk="no",
        debt="pressure",
        risk_level="unknown",
    )
    meet(ORDERS[0], officer, coordinator)
    coordinator.change(record, risk_level="high")
    officer.change(record, risk_level="low")  # the later of the two, by the clock
    meet(order, officer, coordinator)

    assert same_everywhere(server, record, "risk_level", officer, coordinator) == "high"
    (told,) = officer.conflicts()
    assert (told.lost, told.kept, told.kept_by) == ("low", "high", "coordinator")
    assert coordinator.conflicts() == ()
    found = on_server(server, definitions["monitoring_contact"], record)
    level = standing([found], date.today(), {"coordinator"})
    assert (level.level, level.advice.level) == ("high", "high")


def on_server(server: RunningServer, form: FormDefinition, record: str) -> Evidence:
    """A record as rules read it, from what the server holds."""
    kept = Record(record, record, form.id, form.version, "finished", server.values(record))
    return evidence(form, kept, on=date.today(), author="officer")


def test_a_brother_listens_on_the_phone_and_a_man_says_that_he_may_not_go_out(told: Told) -> None:
    story = told(
        """Week 2, by telephone to Lviv: his brother listens. He answers only yes and no, he is never let out
        alone and his papers are with the brother. Asked how safe he feels he says two. The worker cannot
        judge it; the next talk is to be on Thursday in the clinic."""
    )
    arrived = day("2026-09-01")
    case_file(
        story,
        arrived,
        stage="reintegration",
        country="ua",
        language="uk",
        birth_date="1990-01-01",
        sex="male",
        arrived_on=arrived.isoformat(),
    )
    call = story.sheet("monitoring_contact", day("2026-09-15"), by="oksana", country="UA", office="lviv")
    call.fact("Week 2, by telephone to Lviv", contact_date="2026-09-15", outcome="not_alone")
    call.fact("his brother listens", present=["other_relative", "listening"], safe_to_talk="no")
    call.fact("He answers only yes and no", channel_still_safe="unsure")
    call.fact("he is never let out alone", home=["controlled", "locked_in"])
    call.fact("his papers are with the brother", own_documents="someone_else", lives_with=["other_relatives"])
    call.fact("Asked how safe he feels he says two", own_safety="2")
    call.fact("The worker cannot judge it", risk_level="unknown")
    call.fact("the next talk is to be on Thursday", next_agreed="2026-09-17")
    plan(story, day("2026-09-15")).fact("in the clinic", where_to_meet="The clinic, at his appointment")
    case, found = story.case(), story.evidence()
    level = standing(found, day("2026-09-15"), COORDINATORS)
    story.rule(
        "he is never let out alone", level.advice.level == "high" and "risk.advice.higher" in level.notes
    )
    (again,) = [item for item in agenda(case, found, day("2026-09-15")) if item.kind == "contact.again"]
    story.rule("the next talk is to be on Thursday", again.due == day("2026-09-17"))
    safe = safe_contact(found, day("2026-09-16"))
    story.rule("his brother listens", "contact.frozen.doubted" in safe.frozen and safe.channels == ())
    story.end()

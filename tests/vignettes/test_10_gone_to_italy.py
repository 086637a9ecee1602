"""Who is out of reach is somebody's duty, and money that is booked wrongly is found."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from forms.casework.due import agenda
from forms.casework.indicators.follow_up import retrafficking_suspected
from forms.casework.indicators.journey import assistance
from forms.casework.indicators.population import Person
from forms.casework.money import Rate, Rates
from forms.casework.plan import Plan, account, costs_of
from forms.casework.risk import standing
from tests.vignettes.conftest import Told
from tests.vignettes.story import Sheet, Story
from tests.vignettes.usual import COORDINATORS, case_file, day, plan

RATES = Rates(
    (
        Rate("ALL", date(2026, 4, 30), Decimal("98.40"), "Bank of Albania"),
        Rate("ALL", date(2026, 5, 31), Decimal("97.90"), "Bank of Albania"),
        Rate("UAH", date(2026, 4, 30), Decimal("48.00"), "National Bank of Ukraine"),
    ),
    stale_days=60,
)
DONORS = {"B-1": "Donor B"}


def help_given(story: Story, on: date, **answers: str) -> Sheet:
    usual = {
        "assistance_kind": "vocational",
        "received": "yes",
        "in_plan": "yes",
        "paid_by": "us",
        "currency": "EUR",
    }
    return story.sheet("assistance", on).usual(**{**usual, **answers})


def test_who_is_unreachable_twice_is_told_to_others_and_a_receipt_in_the_wrong_line_is_found(
    told: Told,
) -> None:
    story = told(
        """Month 7: unreachable twice; the neighbour says she went to Italy. The plan has 640 EUR unspent; a
        receipt of 35,000 ALL from May is in the other donor's line."""
    )
    case_file(
        story, day("2026-02-10"), stage="reintegration", birth_date="2000-01-01", arrived_on="2026-02-10"
    )
    steps = plan(
        story, day("2026-02-20"), state="confirmed", goals="To sew", signed="written", monitoring="confirmed"
    )
    steps.row("service").usual(service_kind="training", service_what="Tailoring course", service_line="A-3")
    steps.row("service").usual(service_kind="health", service_what="A dentist", service_line="A-4")
    steps.row("budget").fact("The plan has", budget_line="A-3", budget_amount="700", budget_donor="Donor A")
    steps.row("budget").usual(budget_line="A-4", budget_amount="300", budget_donor="Donor A")
    help_given(
        story,
        day("2026-03-10"),
        amount="360",
        donor="Donor A",
        budget_line="A-3",
        receipt="12/26",
        provider_kind="partner",
    )
    heard = story.sheet("monitoring_contact", day("2026-08-10"))
    heard.usual(outcome="met", present=["nobody"], safe_to_talk="yes", risk_level="medium")
    wrong = help_given(story, day("2026-05-14"), donor="Donor B", budget_line="B-1", receipt="117/26")
    wrong.fact("a receipt of 35,000 ALL", currency="ALL", amount="35000", receipt="117/26")
    wrong.fact("from May", delivered_on="2026-05-14")
    wrong.fact("in the other donor's line", budget_line="B-1", donor="Donor B")
    first = story.sheet("monitoring_contact", day("2026-09-10")).usual(risk_level="medium")
    first.fact("Month 7: unreachable", outcome="unreachable", attempts="2")
    second = story.sheet("monitoring_contact", day("2026-09-13")).usual(risk_level="medium")
    second.fact("unreachable twice", outcome="unreachable", attempts="3")
    second.fact("she went to Italy", news="She went to Italy")

    today, case = day("2026-09-13"), story.case()
    due = {item.kind: item for item in agenda(case, story.evidence(), today)}
    story.rule("unreachable twice", due["escalation.unreachable"].owner == "coordinator")
    assert due["contact.again"].due == day("2026-09-16")
    level = standing(story.evidence(), today, COORDINATORS)
    assert (level.level, level.advice.level) == ("medium", "medium")

    incident = story.sheet("safety_incident", today)
    incident.usual(
        danger_now="unsure", incident_on="2026-09-13", incident_kind=["missing"], incident_risk="high"
    )
    incident.fact(
        "the neighbour says", incident_source="relative", facts="A neighbour: gone to Italy, by bus"
    )
    incident.usual(
        new_exploitation="suspected", next_step="Ask the office in Italy", step_owner="other_office"
    )
    incident.usual(next_on="2026-09-14")
    told_to = {
        i.owner
        for i in agenda(case, story.evidence(), today)
        if i.kind == "escalation.suspected_retrafficking"
    }
    story.rule("she went to Italy", told_to == {"coordinator", "other_country"})
    assert standing(story.evidence(), today, COORDINATORS).level == "high"
    person = Person("p", case, tuple(story.evidence()))
    assert [entry.on for entry in retrafficking_suspected(person, today)] == [today]
    (step,) = [item for item in agenda(case, story.evidence(), today) if item.kind == "action.agreed"]
    assert (step.owner, step.due) == ("other_office", day("2026-09-14"))

    found = account(Plan.of(story.evidence(), today), costs_of(story.evidence()), RATES, today, DONORS)
    story.follows("640 EUR unspent", found.unspent == Decimal("640.00"))
    (finding,) = found.findings
    story.rule(
        "in the other donor's line", (finding.code, finding.lines) == ("cost.line.other_donor", ("A-3",))
    )
    # By the rate of the day before the receipt, not by the next one.
    story.rule("35,000 ALL from May", (finding.eur, found.outside) == (Decimal("355.69"), Decimal("355.69")))

    # The same receipt, entered again in its right line: one cost, and it is shown that it was told twice.
    twice = help_given(
        story, day("2026-09-12"), delivered_on="2026-05-14", donor="Donor A", budget_line="A-3"
    )
    twice.usual(currency="ALL", amount="35000", receipt=" 117/26 ")
    found = account(Plan.of(story.evidence(), today), costs_of(story.evidence()), RATES, today, DONORS)
    assert [(again.cost.evidence, again.other_line) for again in found.twice] == [(twice.id, True)]
    assert found.unspent == Decimal("640.00")
    # Once the wrong record is corrected it draws down the line that it belongs to.
    wrong.usual(budget_line="A-3", donor="Donor A")
    twice_gone = [each for each in story.evidence() if each.record != twice.id]
    found = account(Plan.of(twice_gone, today), costs_of(twice_gone), RATES, today, DONORS)
    assert (found.findings, found.unspent) == ((), Decimal("300.00"))
    assert (found.lines[0].left, found.lines[0].codes) == (Decimal("-15.69"), ("budget.line.over",))
    wrong.usual(over_line_reason="The course was a month longer")
    found = account(Plan.of(twice_gone, today), costs_of(story.evidence()), RATES, today, DONORS)
    assert found.lines[0].codes == ("budget.line.over_explained",)
    story.end()


def test_a_father_moved_to_poland_and_a_bill_without_a_rate_is_told_as_at_least(told: Told) -> None:
    story = told(
        """Month 4: he has moved; his mother says he works in Poland, of his own will. He is heard on the
        phone a week later and is well. A doctor's bill of 9,600 UAH is paid from the line for training; a
        hearing aid for 500 USD has no receipt. Driving lessons were offered, he declined them."""
    )
    where = {"country": "UA", "office": "lviv", "by": "oksana"}
    case_file(
        story, day("2026-02-10"), where=where, stage="reintegration", country="ua", language="uk", sex="male",
        birth_date="1985-01-01", arrived_on="2026-02-10",
    )  # fmt: skip
    steps = plan(story, day("2026-02-20"), where=where)
    steps.row("service").usual(service_kind="health", service_what="A doctor", service_line="Health")
    steps.row("service").usual(service_kind="training", service_what="Driving", service_line="Training")
    steps.row("budget").usual(budget_line="Health", budget_amount="600")
    steps.row("budget").usual(budget_line="Training", budget_amount="400")
    moved = story.sheet("monitoring_contact", day("2026-06-10"), **where).usual(risk_level="medium")
    moved.fact("Month 4: he has moved", outcome="moved")
    moved.fact(
        "his mother says he works in Poland, of his own will",
        news="His mother: works in Poland, of his own will",
    )
    bill = help_given(
        story, day("2026-06-01"), assistance_kind="medical", donor="D", budget_line="Training", receipt="9"
    )
    bill.fact("A doctor's bill of 9,600 UAH", currency="UAH", amount="9600")
    bill.fact("paid from the line for training", budget_line="Training")
    aid = help_given(story, day("2026-06-02"), assistance_kind="medical", donor="D", budget_line="Health")
    aid.fact("a hearing aid for 500 USD", currency="USD", amount="500")
    offered = story.sheet("assistance", day("2026-06-03")).usual(assistance_kind="education", in_plan="yes")
    offered.fact(
        "Driving lessons were offered, he declined them", received="declined", declined_because="not_needed"
    )
    today = day("2026-06-20")
    soon = {item.kind: item.due for item in agenda(story.case(), story.evidence(), day("2026-06-12"))}
    story.rule("he has moved", soon["contact.again"] == day("2026-06-17"))
    later = story.sheet("monitoring_contact", day("2026-06-17"), **where)
    later.fact(
        "He is heard on the phone a week later", outcome="phone_only", present=["nobody"], safe_to_talk="yes"
    )
    later.fact("is well", health="good", own_safety="5", risk_level="medium")
    case = story.case()
    kinds = {item.kind for item in agenda(case, story.evidence(), today)}
    story.rule("He is heard on the phone", not kinds & {"contact.again", "escalation.unreachable"})
    found = account(Plan.of(story.evidence(), today), costs_of(story.evidence()), RATES, today)
    codes = {(finding.cost.evidence, finding.code) for finding in found.findings}
    helped = assistance(Person("p", case, tuple(story.evidence())), today)
    assert {entry.key.partition("/")[0] for entry in helped} == {bill.id, aid.id}
    story.rule("paid from the line for training", (bill.id, "cost.line.not_in_plan") in codes)
    story.follows(
        "has no receipt",
        (aid.id, "cost.receipt.missing") in codes and (aid.id, "money.rate.missing") in codes,
    )
    health = found.lines[0]
    assert (health.left, health.codes) == (Decimal(600), ("budget.line.incomplete",))
    # What was declined helped nobody: the need stays open.
    need = story.sheet("monitoring_contact", day("2026-06-01"), **where)
    need.usual(outcome="met", present=["nobody"], safe_to_talk="yes", risk_level="medium", needs_any="yes")
    need.row("need").usual(need_kind="training", need_action="Driving lessons", need_due="2026-06-10")
    need.row("need").usual(need_kind="health", need_action="A hearing aid", need_due="2026-06-10")
    open_ones = [i.subject for i in agenda(case, story.evidence(), today) if i.kind == "action.agreed"]
    story.rule("he declined them", open_ones == ["training"])
    story.end()

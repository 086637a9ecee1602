"""She asks to be forgotten. What the rules say of it today; what nobody can do yet is listed at the end."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from forms.casework.case import Case
from forms.casework.consent import in_force, may_send
from forms.casework.due import add_months, agenda
from forms.casework.facts import Evidence
from forms.casework.indicators.population import Office, Person
from forms.casework.indicators.public import Ledger, publish
from forms.casework.plan import costs_of
from forms.casework.risk import standing
from tests.vignettes.conftest import Told
from tests.vignettes.story import CODE
from tests.vignettes.test_10_gone_to_italy import help_given
from tests.vignettes.usual import COORDINATORS, asked, case_file, codes, consent, day, taken_back

CLOSED = day("2026-05-20")
ASKED = add_months(CLOSED, 11)


def neighbours(found: list[Evidence], case: Case, count: int, region: str) -> list[Person]:
    """Other persons with records like hers, of this district."""
    persons = []
    for number in range(count):
        mine = [
            replace(
                each, record=f"{region}{number}-{each.record}", values={**each.values, "case.region": region}
            )
            if "case.region" in each.values
            else replace(each, record=f"{region}{number}-{each.record}")
            for each in found
        ]
        persons.append(Person(f"{region}{number}", case, tuple(mine)))
    return persons


def rows(office: Office, on: date, ledger: Ledger) -> tuple[dict[str, dict[str, int]], Ledger]:
    report, kept = publish(office, on, ledger)
    return {table.code: dict(table.rows) for table in report.tables}, kept


def test_she_asks_to_be_forgotten_and_the_district_of_two_is_never_told(told: Told) -> None:
    story = told(
        """She asks to be forgotten, eleven months after closure; the donor audits the receipts next spring;
        one tablet has been lost since March; a newspaper has asked for 'anonymous' figures of her
        district, where two women were assisted."""
    )
    file = case_file(
        story, day("2025-05-01"), stage="reintegration", birth_date="1999-01-01", arrived_on="2025-05-01"
    )
    file.fact("women", sex="female")
    file.fact("her district", region="Mat")
    story.sheet("durable_solution", day("2025-05-01")).usual(
        explained=["return", "stay"], decided_by="person", decision="return", place="Mat"
    )
    consent(story, day("2025-05-02"), ["statistics"], valid_until="2027-12-31")
    receipt = help_given(
        story, day("2025-06-01"), assistance_kind="medical", amount="120", donor="D", budget_line="H"
    )
    receipt.fact("the receipts", receipt="117/25")
    receipt.fact("were assisted", received="yes")
    kept = consent(story, day("2026-05-20"), ["retention"], valid_until="2028-06-30")
    kept.fact("next spring", valid_until="2028-06-30")
    end = story.sheet("closure", CLOSED).usual(
        outcome="plan_reached", person_told="agrees", services_open="no"
    )
    end.usual(services_handed_over="yes", contact_later="no", door_open="yes")
    end.fact("the donor audits", kept="minimum")
    assert asked("close_case", story.case(), story.evidence(), CLOSED).open
    lost = story.sheet("safety_incident", day("2027-03-08"))
    lost.fact("one tablet has been lost", incident_kind=["lost_device"], affected=["other_cases"])
    lost.fact("since March", incident_on="2027-03-08")
    lost.usual(danger_now="no", facts="Left in a bus", incident_risk="medium", incident_state="open")
    lost.usual(
        next_step="The tablet is struck off at the server", step_owner="coordinator", next_on="2027-03-09"
    )
    story.rule("one tablet has been lost", "lost_note" in lost.shown())

    wish = story.sheet("feedback", ASKED).usual(writer_concerned="no")
    wish.fact("She asks to be forgotten", feedback_kind="erasure").usual(identity_check="code_word")
    wish.fact("eleven months after closure", given_on=ASKED.isoformat())
    assert wish.refuses(handler="worker")
    wish.usual(
        handler="data_protection", answer_wanted="yes", answer_by="2027-05-20", feedback_state="received"
    )
    wish.meant("a newspaper has asked for 'anonymous' figures", request__from="A newspaper")

    case = story.case()
    assert in_force("retention", "", story.evidence(), ASKED, case=case).in_force
    back = taken_back(story, ASKED, ["retention", "statistics"])
    found = story.evidence()
    gone = in_force("retention", "", found, ASKED, case=case)
    story.rule("to be forgotten", [r.code for r in gone.reasons] == ["consent.withdrawn"])
    assert "retention_not_asked" not in codes(asked("close_case", case, found, ASKED)), (
        "she was asked, and said no"
    )
    # The receipts stay, under a code that names nobody.
    (cost,) = costs_of(found)
    story.rule("the donor audits the receipts", (cost.receipt, cost.evidence) == ("117/25", receipt.id))
    assert not {"person.given_name", "person.birth_date"} & found[0].values.keys() - {"person.birth_date"}
    assert found[0].get("case.code") == CODE
    for who in ("A newspaper", "Donor D"):
        assert not may_send("share_with_organisation", who, found, ASKED, case=case).allowed

    # Two women of one district among 24: their row is never told, nor can it be told from what is left.
    before = [each for each in found if each.record != back.id]
    elsewhere = neighbours(before, case, 22, "Tirana")
    hers = [Person("her", case, tuple(before)), *neighbours(before, case, 1, "Mat")]
    shown, ledger = rows(Office((*elsewhere, *hers)), day("2027-03-31"), Ledger())
    story.follows(
        "her district, where two women were assisted",
        shown["country"] == {"al": 24} and shown["country/al"] == {},
    )
    more = neighbours(before, case, 33, "Tirana")
    shown, ledger = rows(Office((*more, *hers)), day("2027-04-10"), ledger)
    assert "Mat" not in shown["country/al"]
    # After she has taken it back she enters no figure that she was not in; nobody is subtracted from one.
    alone = Person("her", case, tuple(found))
    fresh, _ = rows(Office((*neighbours(before, case, 10, "Tirana"), alone)), ASKED, Ledger())
    story.rule("'anonymous' figures", fresh["persons"] == {})
    again, _ = rows(Office((*more, alone, hers[1])), ASKED, ledger)
    assert again["persons"] == shown["persons"]

    # The step after the lost tablet goes on waiting on a case that is open; of a closed one what she asked.
    (step,) = [item for item in agenda(case, found, ASKED) if item.kind == "action.agreed"]
    assert (step.owner, step.overdue) == ("coordinator", True)
    closed = replace(case, stage="closed")
    waiting = {item.kind: item for item in agenda(closed, found, ASKED)}
    story.rule(
        "She asks to be forgotten",
        {kind: item.owner for kind, item in waiting.items()}
        == {"erasure.asked": "coordinator", "feedback.answer": "data_protection"},
    )
    assert waiting["erasure.asked"].on_desk(ASKED)
    wish.usual(feedback_state="answered", outcome_told="Erased, but for the receipts under a number")
    assert {item.kind for item in agenda(closed, story.evidence(), ASKED)} == {"erasure.asked"}
    wish.usual(erased_on=ASKED.isoformat())
    assert agenda(closed, story.evidence(), ASKED) == ()
    assert standing(found, ASKED, COORDINATORS).level == "medium"
    story.end()


def test_a_man_asks_what_is_written_of_him_and_has_a_date_corrected(told: Told) -> None:
    story = told(
        """A man in Morocco asks to see his own file and has a date of birth put right. He was counted
        without a name until last year and does not want it any more. At closure he said that everything
        be deleted. A letter with his address went to a wrong office in June."""
    )
    file = case_file(story, day("2025-05-01"), country="ma", language="ar", arrived_on="2025-05-01")
    file.fact("A man", sex="male")
    file.fact("in Morocco", country="ma")
    counted = consent(story, day("2025-05-02"), ["statistics"], spoken="ar", valid_until="2026-05-01")
    counted.fact("He was counted without a name until last year", purpose=["statistics"])
    story.sheet("assistance", day("2025-06-01")).usual(
        assistance_kind="legal", received="yes", paid_by="free"
    )
    end = story.sheet("closure", CLOSED).usual(
        outcome="person_ended", person_told="agrees", services_open="no"
    )
    end.fact("At closure he said that everything be deleted", kept="erase").usual(services_handed_over="yes")
    closed = replace(story.case(), stage="closed")
    (wish,) = agenda(closed, story.evidence(), add_months(CLOSED, 2))
    story.rule(
        "At closure he said that everything be deleted",
        (wish.kind, wish.owner, wish.overdue) == ("erasure.asked", "coordinator", True),
    )
    leak = story.sheet("safety_incident", day("2026-06-05")).usual(danger_now="no", incident_risk="medium")
    leak.fact(
        "A letter with his address went to a wrong office",
        incident_kind=["leak"],
        facts="A letter with the address",
    )
    leak.fact("in June", incident_on="2026-06-04", place_known="unsure")
    view = story.sheet("feedback", ASKED).usual(writer_concerned="no", feedback_state="received")
    view.fact("asks to see his own file", feedback_kind="access")
    view.usual(handler="data_protection", identity_check="met")
    fix = story.sheet("feedback", ASKED).usual(writer_concerned="no", feedback_state="answered")
    fix.usual(
        feedback_kind="correction", identity_check="met", handler="data_protection", outcome_told="Put right"
    )
    fix.fact("has a date of birth put right", which_entry="Born 1990, not 1991")
    no = story.sheet("consent", ASKED).usual(decided_by="person", decision="refused")
    no.fact("does not want it any more", purpose=["statistics", "retention"])
    case, found = story.case(), story.evidence()
    story.rule("asks to see his own file", view.refuses(handler="worker"))
    story.rule("does not want it any more", not in_force("statistics", "", found, ASKED, case=case).in_force)
    fresh, _ = rows(Office((*neighbours(found, case, 12, "Fes"),)), ASKED, Ledger())
    story.rule("counted without a name until last year", fresh["persons"] == {})
    story.rule("everything be deleted", not in_force("retention", "", found, ASKED, case=case).in_force)
    assert asked("close_case", case, found, ASKED).open, "a no to keeping closes the case as well as a yes"
    story.end()

"""On the 18th birthday what others decided for her ends, and she is asked herself."""

from __future__ import annotations

from datetime import date

from forms.casework.consent import in_force
from forms.casework.due import agenda
from forms.casework.minors import changes_at_18
from forms.casework.programme import programme
from tests.vignettes.conftest import Told
from tests.vignettes.story import Story
from tests.vignettes.usual import asked, case_file, codes, consent, day, host, plan, taken_back

TACT = programme("tact")


def guardian(story: Story, on: date, **answers: str) -> None:
    usual = {"guardian_appointed": "yes", "guardian_document": "court"}
    usual |= {"document_expires": "2028-01-01", "conflict_check": "none"}
    story.sheet("guardian_and_tracing", on).usual(**{**usual, "risk_screen": "possible", **answers})


def determination(story: Story, on: date, **answers: object) -> object:
    sheet = story.sheet("best_interest", on)
    return sheet.usual(
        age_basis=["papers"],
        age_established="minor",
        views_how="alone",
        option_kinds=["relatives", "stay"],
        child_views="School near her aunt",
        options_weighed="The aunt: kin. Foster family: none near her school.",
        decision_makers="Guardian and court",
        bid_outcome="in_favour",
        bid_reasons="School",
        **answers,
    )


def test_in_month_5_she_is_of_age_and_nobody_decides_for_her_any_more(told: Told) -> None:
    story = told(
        """She turns 18 in month 5; her guardian's consent ends, the determination expires, the transport
        grant for minors stops."""
    )
    # She arrives in February, and is 18 in July.
    birthday = day("2026-07-04")
    file = case_file(story, day("2026-02-10"), stage="reintegration", arrived_on="2026-02-10", sex="female")
    file.fact("She turns 18 in month 5", birth_date="2008-07-04")
    guardian(story, day("2026-01-10"))
    consent(story, day("2026-01-10"), ["return"], decided_by="both")
    agreed = consent(story, day("2026-02-12"), ["monitoring", "assistance"], decided_by="both")
    agreed.fact("her guardian's consent", decided_by="both")
    own = determination(story, day("2026-01-15"), review_on="2026-06-15", bid_expires="2026-12-31")
    own.fact("the determination expires", bid_outcome="in_favour")  # type: ignore[attr-defined]
    steps = plan(story, day("2026-02-20"))
    steps.row("service").fact(
        "the transport grant",
        service_kind="transport",
        service_what="Bus to school",
        service_line="Transport for minors",
    )
    steps.row("budget").fact("grant for minors", budget_line="Transport for minors", budget_amount="240")

    case, found = story.case(), story.evidence()
    eve, on = day("2026-07-03"), birthday
    before = in_force("monitoring", "", found, eve, case=case, rules=TACT.consent)
    assert (before.in_force, before.until) == (True, eve), "no consent of a minor reaches beyond childhood"
    after = in_force("monitoring", "", found, on, case=case, rules=TACT.consent)
    story.follows(
        "her guardian's consent ends", [r.code for r in after.reasons] == ["consent.given_as_minor"]
    )
    change = changes_at_18(case, found, day("2026-06-20"), minors=TACT.minors, consents=TACT.consent)
    assert change is not None
    assert change.on == birthday
    ends = {(each.kind, each.about) for each in change.ends}
    story.rule("the determination expires", ("determination", "") in ends and ("guardianship", "") in ends)
    story.follows("the transport grant for minors stops", ("grant", "transport") in ends)
    assert {("guardian_consent", "monitoring"), ("own_consent", "monitoring")} <= ends
    assert ("monitoring", "") in change.asks
    assert ("assistance", "") in change.asks

    due = {item.kind: item for item in agenda(case, found, day("2026-06-20"))}
    story.rule(
        "She turns 18",
        (due["birthday.18"].due, due["birthday.18"].on_desk(day("2026-06-20"))) == (birthday, True),
    )
    assert due["determination.expires"].due == eve, "it does not outlive childhood, whatever it says"
    assert due["consent.expires"].due <= day("2026-12-10")
    late = {item.kind: item for item in agenda(case, found, day("2026-07-10"))}
    assert late["birthday.18"].overdue
    assert "determination.expires" not in late
    gate = codes(asked("clear_to_travel", case, found, day("2026-07-10"), TACT))
    assert not [code for code in gate if code.startswith("minor_")]

    consent(story, day("2026-07-12"), ["monitoring", "assistance"])
    assert in_force(
        "monitoring", "", story.evidence(), day("2026-07-12"), case=case, rules=TACT.consent
    ).in_force
    assert "birthday.18" not in {item.kind for item in agenda(case, story.evidence(), day("2026-07-12"))}
    told_again = changes_at_18(
        case, story.evidence(), day("2026-07-12"), minors=TACT.minors, consents=TACT.consent
    )
    assert told_again is not None
    assert {purpose for purpose, _ in told_again.asks} <= {"return"}
    story.end()


def test_a_boy_whose_age_is_a_year_only_stays_a_child_until_its_last_day(told: Told) -> None:
    story = told(
        """A boy of whom only the year 2008 is known waits in Poland for his return to Ukraine. His guardian
        is a public office and agreed in April; in the summer the guardian takes it back. The court
        decides in November that he is an adult."""
    )
    warsaw = host("PL", "warsaw", "jan")
    file = case_file(story, day("2026-01-10"), country="ua", language="uk")
    file.fact("A boy", sex="male")
    file.fact("of whom only the year 2008 is known", born="2008")
    assert file.refuses(born="2008-13")
    assert file.refuses(born="2031")
    screening = story.sheet("screening", day("2026-01-10"), **warsaw).usual(
        referred_by="border", can_talk="yes"
    )
    screening.usual(age_estimate="17")
    file.fact("waits in Poland", host_country="pl")
    screening.usual(screening_outcome="possible")
    wish = story.sheet("durable_solution", day("2026-02-01"), **warsaw).usual(
        explained=["return"], decided_by="guardian"
    )
    wish.fact("for his return to Ukraine", decision="return")
    appointed = story.sheet("guardian_and_tracing", day("2026-04-02"), **warsaw).usual(
        guardian_appointed="yes",
        guardian_document="court",
        conflict_check="none",
        document_expires="2028-01-01",
        risk_screen="possible",
    )
    appointed.fact(
        "His guardian is a public office", guardian_kind="public", guardian_name="Office for children, Warsaw"
    )
    agreed = consent(
        story, day("2026-04-02"), ["return"], where=warsaw, decided_by="guardian", spoken="other",
        spoken_other="Polish", interpreter="Ewa K.",
    )  # fmt: skip
    assert "guardian_note" in agreed.shown(), "his own no counts"
    agreed.fact("agreed in April", decision="given", consented_on="2026-04-02")
    consent(story, day("2026-04-02"), ["return"], where=warsaw, spoken="uk")
    case = story.case()

    def alone(on: str) -> set[str]:
        return {r.code for r in in_force("return", "", story.evidence(day(on)), day(on), case=case).reasons}

    assert alone("2026-04-10") == set()
    back = taken_back(story, day("2026-08-02"), ["return"], by="jan", decided_by="guardian")
    back.fact("in the summer the guardian takes it back", decision="withdrawn", consented_on="2026-08-02")
    story.rule("the guardian takes it back", "consent.withdrawn" in alone("2026-08-10"))
    court = story.sheet("best_interest", day("2026-11-02"), **warsaw)
    court.fact("The court decides in November", age_basis=["decision"], determined_on="2026-11-02")
    court.fact("he is an adult", age_established="adult")
    # Until the court, and by the year until its last day, he is a child.
    gate = codes(asked("clear_to_travel", case, story.evidence(day("2026-10-30")), day("2026-10-30")))
    story.rule("only the year 2008", {"minor_bid_missing", "minor_home_missing"} <= gate)
    later = codes(asked("clear_to_travel", case, story.evidence(), day("2026-11-10")))
    story.rule("he is an adult", not [code for code in later if code.startswith("minor_")])
    assert "consent.given_as_minor" in alone("2026-11-10") or "consent.withdrawn" in alone("2026-11-10")
    story.end()

"""What is known of a case is shown, and never answers a question by itself."""

from __future__ import annotations

from typing import Any

from app.fieldbook import Fieldbook


def done(job: Any) -> Any:
    return job.wait(30)


def fill(book: Fieldbook, case: str, form: str, **answers: Any) -> str:
    opened = done(book.begin(case, form))
    paths = {path.rpartition("/")[2]: path for path in opened.entry.definition.questions}
    for name, value in answers.items():
        change = opened.entry.answer(paths[name], value)
        assert change.violation is None, name
        done(book.save(opened.record, change))
    assert done(book.finish(opened.record)) == ()
    record: str = opened.record
    return record


CONSENT: dict[str, Any] = {
    "decided_by": "person", "purpose": ["tracing"], "decision": "given", "in_private": "yes",
    "spoken": "sq", "understood": "yes", "pressure": "no", "valid_until": "2026-08-01",
    "how_given": "written",
}  # fmt: skip
AUNT: dict[str, Any] = {
    "taken_in_by": "family", "assessed_how": "visit", "relation": "aunt_uncle", "household_known": "yes",
    "concerns": ["none"], "strengths": ["school"], "willing": "yes", "child_wants": "yes",
    "lawful_custody": "yes", "custody_basis": "court", "family_outcome": "positive",
}  # fmt: skip


def test_with_whom_a_child_was_to_live_is_shown_on_the_visit(book: Fieldbook) -> None:
    case = done(book.new_case("al", "sq"))
    fill(book, case, "family_assessment", **AUNT)
    visit = done(book.begin(case, "child_monitoring"))
    visit.entry.answer("contact/outcome", "met")
    assert visit.entry.values()["daily/arranged_with"] == "aunt_uncle"


def test_an_earlier_consent_answers_no_question_of_the_next(book: Fieldbook) -> None:
    case = done(book.new_case("al", "sq"))
    fill(book, case, "consent", **CONSENT)
    entry = done(book.begin(case, "consent")).entry
    answered = {path for path, value in entry.values().items() if value is not None}
    assert {path.rpartition("/")[2] for path in answered} <= {"case_code", "consented_on"}


def test_a_form_is_told_whether_she_is_of_age_by_all_that_is_known(book: Fieldbook) -> None:
    """Whether she is of age is told by the case file and the records, and by no answer of the form."""
    case = done(book.new_case("al", "sq"))

    def of_age() -> Any:
        entry = done(book.begin(case, "travel")).entry
        assert entry.answer("at_the_end/reception", "declined").violation is None
        return entry.values().get("at_the_end/of_age")

    assert of_age() == "no", "nobody knows her age"
    file = done(book.edit(done(book.case(case)).file))
    done(book.save(file.record, file.entry.answer("birth_date", "1999-04-02")))
    assert done(book.finish(file.record)) == ()
    assert of_age() == "yes"
    fill(
        book, case, "best_interest", age_basis=["said"], age_established="unclear", views_how="alone",
        child_views="Not yet", child_wish="unsure", guardian_view="no_guardian",
        option_kinds=["stay", "relatives"], options_weighed="Staying",
        decision_makers="Child protection", bid_outcome="more_needed",
        bid_reasons="Her age", review_on="2026-08-01", bid_expires="2026-08-02",
    )  # fmt: skip
    assert of_age() == "no", "somebody doubts her age again"

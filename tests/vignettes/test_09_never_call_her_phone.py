"""Who is not to be called is not called, also where somebody had not heard of it yet."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from forms.casework.case import Case
from forms.casework.due import Due
from forms.casework.facts import Evidence
from forms.casework.reminders import Pending, SafeTimes, reminder
from forms.casework.safe_contact import may_remind, safe_contact
from tests.scenarios.office import RunningServer, Tablet
from tests.scenarios.test_merge_rules import ORDERS, facts_of, meet, same_everywhere
from tests.vignettes.conftest import Told
from tests.vignettes.usual import case_file, day, plan

TODAY = day("2026-09-10")


def visit_is_due(case: Case, *, frozen: bool) -> Pending:
    return Pending(
        Due("contact.month_3", "monitoring_contact", TODAY, False), SafeTimes.of(case, frozen=frozen)
    )


def test_the_wish_never_to_be_called_has_its_place(told: Told) -> None:
    story = told(
        """She asks that her phone is never called again; a colleague who has not synced adds a messenger
        account on that phone as a channel."""
    )
    before = case_file(
        story, day("2026-08-01"), safe_channel=["phone_call", "in_person"], code_word_agreed="no"
    )
    assert safe_contact(story.evidence(), TODAY).channels == ("in_person", "phone_call")
    wish = case_file(story, day("2026-09-08"), safe_channel=["in_person"], code_word_agreed="no")
    wish.fact("She asks that her phone is never called again", safe_never="Her phone, never again")
    other = case_file(story, day("2026-09-09"), code_word_agreed="no")
    other.fact("adds a messenger account on that phone as a channel", safe_channel=["messenger", "in_person"])
    assert before.refuses(safe_channel=["none", "in_person"])

    found = story.evidence()
    contested = safe_contact(found, TODAY, {"contact.safe_channel"})
    story.follows(
        "a colleague who has not synced",
        (contested.channels, contested.frozen) == ((), ("contact.frozen.conflict",)),
    )
    # While it is contested no message goes out, and nobody is reminded of the visit.
    story.rule("adds a messenger account", may_remind(contested, "messenger").code == "reminder.frozen")
    due = visit_is_due(story.case(), frozen=bool(contested.frozen))
    morning = datetime(2026, 9, 10, 10, 0)
    assert reminder([due], morning) is None
    quiet = reminder([visit_is_due(story.case(), frozen=False)], morning)
    assert quiet is not None
    assert quiet.held == 0
    safe = safe_contact(story.evidence(day("2026-09-08")), TODAY)
    story.rule("her phone is never called again", not safe.allows("phone_call") and "Her phone" in safe.never)
    story.end()


@pytest.mark.parametrize("order", ORDERS)
def test_the_narrower_way_stands_by_sync_and_nobody_contacts_until_a_person_has_looked(
    server: RunningServer, officer: Tablet, coordinator: Tablet, order: str
) -> None:
    case = officer.new_case()
    officer.sync()
    record = officer.case_file(case)
    officer.change(record, safe_channel=["phone_call", "in_person"], code_word_agreed="no")
    meet(ORDERS[0], officer, coordinator)
    officer.change(record, safe_channel=["in_person"], safe_never="Her phone, never again")
    coordinator.change(record, safe_channel=["phone_call", "messenger", "in_person"])
    meet(order, officer, coordinator)
    assert same_everywhere(server, record, "safe_channel", officer, coordinator) == ["in_person"]
    (told,) = coordinator.conflicts()
    assert (told.rule, told.kept, told.kept_by) == ("narrow", ["in_person"], "officer")
    for tablet in (officer, coordinator):
        found, contested = facts_of(tablet, record)
        safe = safe_contact(found, date.today(), contested)
        assert (safe.channels, safe.frozen, "Her phone" in safe.never) == (
            (),
            ("contact.frozen.conflict",),
            True,
        )
    coordinator.book.accept(told.id).wait(10)
    meet(order, officer, coordinator)
    for tablet in (officer, coordinator):
        found, contested = facts_of(tablet, record)
        assert safe_contact(found, date.today(), contested).channels == ("in_person",)


def test_a_way_that_is_doubted_at_a_visit_is_not_used_until_it_is_confirmed(told: Told) -> None:
    story = told(
        """His letters were opened by the landlord: e-mail only now, and a code word. In the evening he is in
        class and may not be disturbed. At the visit he is not sure whether the mailbox is still his own.
        We meet in the library."""
    )
    file = case_file(story, day("2026-08-01"), sex="male", country="ma", language="ar")
    file.fact("His letters were opened by the landlord", safe_never="No letters: the landlord opens them")
    file.fact("e-mail only now", safe_channel=["email"])
    file.fact("a code word", code_word_agreed="yes")
    file.fact(
        "In the evening he is in class and may not be disturbed",
        safe_times="Not in the evening: he is in class",
    )
    assert safe_contact(story.evidence(), TODAY).channels == ("email",)
    visit = story.sheet("monitoring_contact", day("2026-09-01"))
    visit.usual(outcome="met", present=["nobody"], safe_to_talk="yes", risk_level="low")
    visit.fact(
        "At the visit he is not sure whether the mailbox is still his own", channel_still_safe="unsure"
    )
    plan(story, day("2026-09-01")).fact("We meet in the library", where_to_meet="The library of the quarter")
    found: list[Evidence] = story.evidence()
    doubted = safe_contact(found, TODAY)
    story.rule(
        "he is not sure whether the mailbox",
        (doubted.frozen, doubted.agreed) == (("contact.frozen.doubted",), ("email",)),
    )
    story.rule("e-mail only now, and a code word", may_remind(doubted, "email").code == "reminder.frozen")
    sure = story.sheet("monitoring_contact", day("2026-09-08"))
    sure.usual(
        outcome="met", present=["nobody"], safe_to_talk="yes", risk_level="low", channel_still_safe="yes"
    )
    again = safe_contact(story.evidence(), TODAY)
    # The same may be written into the case file, when he says so between two visits.
    case_file(
        story, day("2026-09-09"), sex="male", country="ma", language="ar", safe_channel=["email"],
        code_word_agreed="yes", safe_times="Not in the evening", contact_confirmed_on="2026-09-09",
    )  # fmt: skip
    by_phone = [each for each in story.evidence() if each.record != sure.id]
    assert safe_contact(by_phone, TODAY).frozen == ()
    assert (again.channels, again.frozen, again.code_word) == (("email",), (), True)
    assert may_remind(again, "email").code == "reminder.code_word_needed"
    told_first = reminder([visit_is_due(story.case(), frozen=False)], datetime(2026, 9, 10, 10, 0))
    story.rule("In the evening", told_first is not None and told_first.read_first)
    story.end()

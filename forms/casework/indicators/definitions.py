"""What each indicator counts, stated as data: numerator, denominator, cut-off date, missing values.

A definition is kept in each frozen report. Who changes what one counts, here or in the function that it
names, raises its version.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from forms.casework.indicators import activities, follow_up, journey
from forms.casework.indicators.entries import OfActivity, OfPerson

#: How entries become a number: how many persons, how many entries, their sum, or the middle one.
Measure = Literal["persons", "entries", "sum", "median"]
#: Which entries a report counts: those dated in its period, or all up to its end.
CutOff = Literal["in_period", "until_end"]
#: What becomes of an entry whose fact is not known. Its number is told in each case.
#: `own_row`: a row 'unknown' of its own · `not_counted`: not in the numerator, but in the denominator ·
#: `left_out`: in neither.
Missing = Literal["own_row", "not_counted", "left_out"]

#: The denominator that is no count, but agreed.
TARGET: Final = "target"


@dataclass(frozen=True, slots=True)
class Definition:
    """One indicator. `dated` names the day that decides whether an entry is in the period; `by` are the
    rows that it has of its own, before any breakdown; `denominator` is empty for a mere number.
    """

    code: str
    numerator: str
    measure: Measure
    dated: str
    missing: Missing
    denominator: str = ""
    cut_off: CutOff = "in_period"
    by: tuple[str, ...] = ()
    version: int = 1

    def as_data(self) -> dict[str, Any]:
        """The definition in plain values, as a frozen report keeps it."""
        return {**asdict(self), "by": list(self.by)}


#: What is counted of each person, by its code.
OF_PERSON: Final[Mapping[str, OfPerson]] = {
    "identified": journey.identified,
    "assisted": journey.assisted,
    "assisted_minors": journey.assisted_minors,
    "decided": journey.decided,
    "returned": journey.returned,
    "assessed": journey.assessed,
    "assessed_by_both": journey.assessed_by_both,
    "plan_agreed": journey.plan_agreed,
    "received": journey.received,
    "no_show": journey.no_show,
    "arrival_expected": journey.arrival_expected,
    "arrived": journey.arrived,
    "checked_up": journey.checked_up,
    "minor_returned": journey.minor_returned,
    "minor_determined": journey.minor_determined,
    "assistance": journey.assistance,
    "assistance_cost": journey.assistance_cost,
    "referred": journey.referred,
    "referral_accepted": journey.referral_accepted,
    "referral_completed": journey.referral_completed,
    "first_contact": follow_up.first_contact,
    "contact_done": follow_up.contact_done,
    "contact_due": follow_up.contact_due,
    "contact_overdue": follow_up.contact_overdue,
    "reached": follow_up.reached,
    "retrafficking_suspected": follow_up.retrafficking_suspected,
    "retrafficking_confirmed": follow_up.retrafficking_confirmed,
    "lost": follow_up.lost,
    "refused": follow_up.refused,
    "dropped_out": follow_up.dropped_out,
    "month_reached": follow_up.month_reached,
    "risk_at_month": follow_up.risk_at_month,
    "unmet_needs": follow_up.unmet_needs,
    "asked_for_needs": follow_up.asked_for_needs,
}
#: What is counted of each record, of a case or of none.
OF_RECORD: Final[Mapping[str, OfActivity]] = {
    "meeting": activities.meeting,
    "training": activities.training,
    "awareness": activities.awareness,
    "participants": activities.participants,
    "participants_by_organisation": activities.participants_by_organisation,
    "leaflets": activities.leaflets,
    "leaflets_by_reader": activities.leaflets_by_reader,
    "knowledge_tested": activities.knowledge_tested,
    "knowledge_gained": activities.knowledge_gained,
    "knowledge_before": activities.knowledge_before,
    "knowledge_after": activities.knowledge_after,
    "exchange": activities.exchange,
    "complaint": activities.complaint,
}

#: All indicators, in the order of a report.
INDICATORS: Final[tuple[Definition, ...]] = (
    Definition("assisted", "assisted", "persons", "first_help", "not_counted", TARGET, "until_end"),
    Definition(
        "assisted.minors", "assisted_minors", "persons", "first_help", "not_counted", TARGET, "until_end"
    ),
    Definition("identified", "identified", "persons", "first_finding", "not_counted", by=("outcome",)),
    Definition("decided", "decided", "persons", "last_decision", "not_counted", by=("solution",)),
    Definition(
        "returned", "returned", "persons", "departure", "not_counted", by=("host_state", "country")
    ),
    Definition("assessed", "assessed", "persons", "assessment", "own_row", by=("side", "outcome")),
    Definition("assessed.both", "assessed_by_both", "persons", "departure", "not_counted", "returned"),
    Definition("plan.agreed", "plan_agreed", "persons", "agreement", "not_counted", "assisted", "until_end"),
    Definition("reception", "received", "persons", "arrival", "left_out", by=("outcome",)),
    Definition("reception.no_show", "no_show", "persons", "arrival", "not_counted", "arrival_expected"),
    Definition("first_contact.days", "first_contact", "median", "arrival", "left_out"),
    Definition("check_up.days", "checked_up", "median", "arrival", "left_out", by=("kind",)),
    Definition("assistance", "assistance", "entries", "help", "own_row", by=("kind",)),
    Definition("assistance.cost", "assistance_cost", "sum", "help", "left_out", by=("budget_line",)),
    Definition("assistance.cost.kind", "assistance_cost", "sum", "help", "left_out", by=("kind",)),
    Definition("contacts.done", "contact_done", "entries", "contact", "not_counted", by=("month",)),
    Definition("contacts.due", "contact_due", "entries", "due_day", "not_counted", by=("month",)),
    Definition(
        "contacts.overdue", "contact_overdue", "entries", "due_day", "not_counted", "contact_due",
        by=("month",),
    ),
    Definition("lost", "lost", "persons", "loss", "not_counted", "arrived", "until_end"),
    Definition("refused", "refused", "persons", "first_refusal", "not_counted", "arrived", "until_end"),
    Definition(
        "dropped_out", "dropped_out", "persons", "end_of_contacts", "not_counted", "arrived", "until_end"
    ),
    Definition(
        "risk.month", "risk_at_month", "persons", "due_day", "own_row", "month_reached", "until_end",
        by=("month", "level"),
    ),
    Definition(
        "retrafficking.suspected", "retrafficking_suspected", "persons", "suspicion", "not_counted",
        "reached", "until_end",
    ),
    Definition(
        "retrafficking.confirmed", "retrafficking_confirmed", "persons", "confirmation", "not_counted",
        "reached", "until_end",
    ),
    Definition(
        "minors.determination", "minor_determined", "persons", "departure", "not_counted", "minor_returned"
    ),
    Definition("referrals.made", "referred", "entries", "referral", "own_row"),
    Definition("referrals.accepted", "referral_accepted", "entries", "referral", "not_counted", "referred"),
    Definition("referrals.completed", "referral_completed", "entries", "referral", "not_counted", "referred"),
    Definition(
        "needs.unmet", "unmet_needs", "persons", "contact", "own_row", "asked_for_needs", "until_end",
        by=("kind",),
    ),
    Definition("complaints", "complaint", "entries", "record", "not_counted", by=("about",), version=2),
    Definition("meetings", "meeting", "entries", "record", "not_counted"),
    Definition("trainings", "training", "entries", "record", "not_counted", by=("children",), version=2),
    Definition("awareness", "awareness", "entries", "record", "not_counted"),
    Definition("participants", "participants", "sum", "record", "left_out", by=("kind",), version=2),
    Definition(
        "participants.organisation", "participants_by_organisation", "sum", "record", "left_out",
        by=("organisation", "sex"),
    ),
    Definition(
        "knowledge.gained", "knowledge_gained", "entries", "record", "left_out", "knowledge_tested",
        by=("children",), version=2,
    ),
    Definition(
        "knowledge.before", "knowledge_before", "sum", "record", "left_out", "knowledge_before",
        by=("children",),
    ),
    Definition(
        "knowledge.after", "knowledge_after", "sum", "record", "left_out", "knowledge_after", by=("children",)
    ),
    Definition("leaflets", "leaflets", "sum", "record", "left_out"),
    Definition(
        "leaflets.reader", "leaflets_by_reader", "sum", "record", "left_out", by=("to", "language")
    ),
    Definition("exchanges", "exchange", "entries", "record", "own_row", by=("from", "to"), version=2),
)  # fmt: skip

BY_CODE: Final[Mapping[str, Definition]] = {each.code: each for each in INDICATORS}

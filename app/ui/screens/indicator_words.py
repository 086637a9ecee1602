"""What an indicator counts, of whom, up to when, and what becomes of what is not known: in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from babel import dates, numbers

from app.reports import ReportLine, ReportView
from app.ui.i18n import N_, T, joined, language
from app.ui.screens import directory_words, wording

OUTPUTS: Mapping[str, str] = {"internal": N_("Internal"), "donor": N_("For a donor"), "public": N_("Public")}
#: For whom each output is, and what it protects against.
ABOUT: Mapping[str, str] = {
    "internal": N_("Exact numbers. For who may see the cases, and for nobody else."),
    "donor": N_("The tables that were agreed. Rows of few persons are withheld. Never to be published."),
    "public": N_(
        "Fixed tables of who agreed to statistics, in rows of at least 11 persons. To make one is to "
        "publish it."
    ),
}
#: What is counted, by the code of a numerator or denominator.
COUNTED: Mapping[str, str] = {
    "assisted": N_("Persons who got help of any kind"),
    "assisted_minors": N_("Minors who got help of any kind"),
    "identified": N_("Persons found to be a victim, or possibly one"),
    "decided": N_("Persons for whom a durable solution was decided"),
    "returned": N_("Persons who departed"),
    "assessed": N_("Persons with a risk assessment before departure, by side"),
    "assessed_by_both": N_("Persons who departed and were assessed by both sides before"),
    "plan_agreed": N_("Persons who agreed to a plan and signed it"),
    "received": N_("Persons whose reception is recorded, by its outcome"),
    "no_show": N_("Persons who did not arrive"),
    "arrival_expected": N_("Persons whose reception is recorded, whatever its outcome"),
    "arrived": N_("Persons who arrived"),
    "checked_up": N_("Days from arrival to the first check-up, the middle value"),
    "minor_returned": N_("Persons who departed and may have been minors"),
    "minor_determined": N_("Minors who departed with a determination in favour, in force"),
    "assistance": N_("Times that help was given"),
    "assistance_cost": N_("What help cost, in EUR"),
    "referred": N_("Referrals that were sent"),
    "referral_accepted": N_("Referrals that were accepted"),
    "referral_completed": N_("Referrals that were completed"),
    "first_contact": N_("Days from arrival to the first contact, the middle value"),
    "contact_done": N_("Contacts that were made"),
    "contact_due": N_("Contacts that were due"),
    "contact_overdue": N_("Contacts that were due and not made"),
    "reached": N_("Persons who could be reached"),
    "retrafficking_suspected": N_("Persons of whom new exploitation is suspected"),
    "retrafficking_confirmed": N_("Persons of whom new exploitation is confirmed"),
    "lost": N_("Persons who were lost to follow-up"),
    "refused": N_("Persons who refused follow-up"),
    "dropped_out": N_("Persons whose contacts ended early"),
    "month_reached": N_("Persons who came to that month after arrival"),
    "risk_at_month": N_("Persons by their risk in a month after arrival"),
    "unmet_needs": N_("Persons with needs that are not met"),
    "asked_for_needs": N_("Persons who were asked for their needs"),
    "meeting": N_("Meetings"),
    "training": N_("Trainings"),
    "awareness": N_("Events to raise awareness"),
    "participants": N_("Participants"),
    "participants_by_organisation": N_("Participants by kind of organisation"),
    "leaflets": N_("Leaflets handed out"),
    "leaflets_by_reader": N_("Leaflets handed out, by reader"),
    "knowledge_tested": N_("Activities with the same test before and after"),
    "knowledge_gained": N_("Activities after which more was known"),
    "knowledge_before": N_("Right answers before, of all papers"),
    "knowledge_after": N_("Right answers after, of all papers"),
    "exchange": N_("Exchanges between states"),
    "complaint": N_("Complaints"),
    "target": N_("the target that was agreed"),
    "public.persons": N_("Persons assisted who agreed to statistics"),
    "public.country": N_("By country of return"),
    "public.region": N_("By region"),
    "public.host_state": N_("By host state"),
    "public.sector": N_("By sector of exploitation"),
    "public.sex": N_("By sex"),
    "public.minority": N_("Minors and adults"),
    "public.solution": N_("By durable solution"),
}
#: The day that decides whether something is in the period.
DATED: Mapping[str, str] = {
    "first_help": N_("first help"),
    "first_finding": N_("first finding"),
    "last_decision": N_("last decision"),
    "departure": N_("departure"),
    "assessment": N_("assessment"),
    "agreement": N_("agreement"),
    "arrival": N_("arrival"),
    "help": N_("help"),
    "contact": N_("contact"),
    "due_day": N_("day on which it was due"),
    "loss": N_("loss of contact"),
    "first_refusal": N_("first refusal"),
    "end_of_contacts": N_("last contact"),
    "suspicion": N_("suspicion"),
    "confirmation": N_("confirmation"),
    "referral": N_("referral"),
    "record": N_("record"),
    "activity": N_("activity"),
}
CUT_OFF: Mapping[str, str] = {
    "in_period": N_("in the period, by the day: {day}"),
    "until_end": N_("all up to the end of the period, by the day: {day}"),
}
MISSING: Mapping[str, str] = {
    "own_row": N_("not known: in a row of their own"),
    "not_counted": N_("not known: not counted here, but in the whole"),
    "left_out": N_("not known: left out of both"),
}
GROUPS: Mapping[str, str] = {
    "programme": N_("Programme"),
    "donor": N_("Donor"),
    "host_state": N_("Host state"),
    "country": N_("Country of return"),
    "region": N_("Region"),
    "sector": N_("Sector of exploitation"),
    "sex": N_("Sex"),
    "age_group": N_("Age group"),
    "minority": N_("Minor or adult"),
}
VALUES: Mapping[str, str] = {
    "unknown": N_("Not known"),
    "minor": N_("Minors"),
    "adult": N_("Adults"),
    "not_established": N_("Age not established"),
    "host": N_("Host state"),
    "return": N_("Country of return"),
    "male": N_("Male"),
    "female": N_("Female"),
    "other": N_("Other"),
}
REASONS: Mapping[str, str] = {
    "new_data": N_("recorded since"),
    "late_data": N_("came late, was changed or withdrawn"),
    "time_passed": N_("days went by"),
    "definition": N_("it is counted otherwise"),
    "period": N_("another period"),
    "target": N_("another target"),
}


def title(line: ReportLine, view: ReportView) -> T:
    """What a line counts, in words of its own; an indicator of a newer version shows as its code."""
    definition = view.definitions.get(line.indicator, {})
    return counted(str(definition.get("numerator", line.indicator)))


def counted(code: str) -> T:
    return T(COUNTED[code]) if code in COUNTED else T.of(lambda: code)


def how(definition: Mapping[str, Any]) -> T:
    """Denominator, cut-off and missing values of an indicator, in one paragraph."""
    day = DATED.get(str(definition["dated"]), "")
    until, lacking = CUT_OFF[definition["cut_off"]], MISSING[definition["missing"]]
    of = definition["denominator"]
    return joined(
        T("of: {whole}", whole=counted(str(of))) if of else T("a mere number"),
        T(until, day=T(day) if day else str(definition["dated"])),
        T(lacking),
    )


def value(line: ReportLine, view: ReportView) -> T:
    """'12 of 40 (30 %)'; what is withheld says why."""
    if line.withheld:
        return T("Withheld: of fewer than {k} persons, or it would tell such a number", k=view.k or 0)
    if line.value is None:
        return T("Nothing to tell")
    if line.of is None:
        return _number(line.value)
    if not line.of:
        return T("{value} of {whole}", value=_number(line.value), whole=_number(line.of))
    share = T.of(lambda: numbers.format_percent(line.value / line.of, "#,##0 %", language.locale))  # type: ignore[operator]
    return T("{value} of {whole} ({share})", value=_number(line.value), whole=_number(line.of), share=share)


def missing(line: ReportLine, view: ReportView) -> T | str:
    """How many are not known; of a public table, how many wait to be told."""
    if view.output == "public":
        return (
            T.n("{n} waits until a row has 11", "{n} wait until a row has 11", line.missing)
            if line.missing
            else ""
        )
    if line.withheld:
        return ""
    if line.missing is None:
        return T("few are not known: how many is withheld")
    return T.n("{n} not known", "{n} not known", line.missing) if line.missing else ""


def group(line: ReportLine, view: ReportView) -> T:
    return joined(*(_value_of(name, code, view) for name, code in line.group))


def period(first: date | None, last: date | None) -> T | str:
    if first is None or last is None:
        return ""
    return T("{first} to {last}", first=wording.date_of(first), last=wording.date_of(last))


def _value_of(name: str, code: str, view: ReportView) -> T:
    titles = view.named.get(name, {}).get(code)
    if titles:
        return T.titles(titles)
    if name in ("country", "host_state", "from", "to") and len(code) == 2:
        return directory_words.country(code)
    if name == "language":
        return directory_words.tongue(code)
    if name == "level":
        return wording.risk(code)
    if name == "month" and code.isdigit():
        return T("Month {n}", n=code)
    if name == "month" and len(code) == 7:
        return T.of(lambda: dates.format_date(date.fromisoformat(f"{code}-01"), "LLLL y", language.locale))
    return T(VALUES[code]) if code in VALUES else T.of(lambda: code.replace("_", " "))


def _number(number: Decimal) -> T:
    return T.of(lambda: numbers.format_decimal(number, "#,##0.##", language.locale))

"""Gates: what must be true before a family is contacted, a journey cleared, a case closed.

A gate may stop clearing, never recording: nothing here refuses a record. What is hard nobody can pass. What
is soft a coordinator can, with a reason that is a record of its own (`gate.override`); it counts only if it
was given after the facts that it is about.

No passing of time opens a hard gate, and no record but one that speaks for it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from forms.casework import minors
from forms.casework.age import Age, age
from forms.casework.case import Case
from forms.casework.consent import ANSWER, answered_no, in_force
from forms.casework.dangers import unmet
from forms.casework.facts import Evidence
from forms.casework.pathway import decided
from forms.casework.table import only, words
from forms.casework.word import Reason, ids, in_order, last_word, named, newer

if TYPE_CHECKING:
    from forms.casework.programme import Programme

Gate = Literal[
    "contact_family", "clear_to_travel", "close_arrival", "start_reintegration", "testify", "close_case"
]
GATES: Final[tuple[Gate, ...]] = get_args(Gate)

#: An arrival so much before the expected day is still that arrival; an earlier one was another journey.
EARLY: Final = timedelta(days=3)
_ARRIVED: Final = ("received", "declined", "unknown_person")
_OUTCOMES: Final = (*_ARRIVED, "not_arrived")
_RELATIVES: Final = {
    "exploitation.recruited_by": ("parents", "partner", "relative"),
    "exploitation.profited": ("relative",),
    "risk.circle": ("possible", "known"),
}
#: What a clearance may call open, as the codes of this gate begin.
_OPEN_POINTS: Final = {
    "plan": ("plan_", "monitoring_plan_"),
    "documents": ("documents_",),
    "itinerary": ("itinerary_",),
    "reception": ("reception_",),
}
#: The answers by which a coordinator passes something: it is as old as they are.
_PASSING: Final = ("gate.override", "gate.override_of", "clearance.decision", "clearance.open_points")
_FIT: Final = ("yes", "conditions")
_FITNESS: Final = ("travel.fitness", "checkup.travel")
_SIGNED: Final = ("written", "verbal_witnessed", "thumbprint")

#: The soft reasons of each gate, and the meanings that each is read from.
SOFT: Final[Mapping[Gate, Mapping[str, tuple[str, ...]]]] = {
    "contact_family": {},
    "clear_to_travel": {
        "plan_missing": ("plan.state",),
        "monitoring_plan_missing": ("plan.monitoring",),
        "documents_missing": ("travel.documents",),
        "documents_expiry_missing": ("travel.documents", "travel.document_expires"),
        "documents_expired": ("travel.documents", "travel.document_expires", "travel.departure_at",
                              "travel.arrival_at"),
        "itinerary_missing": ("travel.itinerary", "travel.departure_at"),
        "itinerary_gap": ("travel.itinerary",),
        "reception_missing": ("travel.reception",),
        "reception_declined_by_minor": ("travel.reception",),
    },
    "close_arrival": {},
    "start_reintegration": {
        "arrival_unconfirmed": ("arrival.outcome",),
        "plan_unconfirmed": ("plan.state",),
        "monitoring_plan_unconfirmed": ("plan.monitoring",),
        "plan_unsigned": ("plan.signed",),
    },
    "testify": {},
    "close_case": {
        "outcome_missing": ("closure.outcome",),
        "services_open": ("closure.services_handed_over",),
        "retention_not_asked": ANSWER,
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class GateRules:
    """What a programme may set of gates: which soft reasons are hard in it. It can soften none."""

    hard: frozenset[str] = frozenset()

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> GateRules:
        """Problem form.programme.value_invalid, form.programme.value_unknown."""
        only(table, "hard")
        soft = {f"{gate}.{code}" for gate, codes in SOFT.items() for code in codes}
        return cls(frozenset(words(table, "hard", soft)))


@dataclass(frozen=True, slots=True)
class GateResult:
    """Whether a gate is open. `reasons` keep it closed; `passed` are those that a coordinator passed.

    `opens_until` is the last day on which it is open if nothing else changes; None where it is closed or
    nothing of it ends.
    """

    gate: Gate
    open: bool
    reasons: tuple[Reason, ...] = ()
    passed: tuple[Reason, ...] = ()
    opens_until: date | None = None


@dataclass
class _Sheet:
    """What is asked of one gate, as it is being filled in."""

    case: Case
    found: list[Evidence]
    today: date
    programme: Programme
    age: Age
    reasons: list[Reason] = field(default_factory=list)
    until: list[date] = field(default_factory=list)

    @property
    def minor(self) -> bool:
        return self.age.minor_on(self.today)

    def lacks(self, code: str, of: Iterable[Evidence] = (), expires: date | None = None) -> None:
        self.reasons.append(Reason(code, True, ids(of), expires))

    def newest(self, meaning: str, *fine: str) -> tuple[Evidence, ...]:
        return last_word(self.found, self.today, meaning, good=lambda each: each.text(meaning) in fine)

    def says(self, code: str, meaning: str, *fine: str) -> bool:
        """Whether the newest word on a meaning is one of these; otherwise that is a reason."""
        newest = self.newest(meaning, *fine)
        if newest and all(each.text(meaning) in fine for each in newest):
            return True
        self.lacks(code, newest)
        return False

    def consent(self, purpose: str) -> None:
        consent = in_force(purpose, "", self.found, self.today, case=self.case, rules=self.programme.consent)
        self.reasons += [replace(each, code=each.code.replace(".", "_", 1)) for each in consent.reasons]
        self.until += [consent.until] if consent.until else []


def check(
    gate: Gate,
    case: Case,
    evidence: Iterable[Evidence],
    today: date,
    programme: Programme,
    *,
    coordinators: Collection[str] = (),
) -> GateResult:
    """Whether this gate is open today, and by which reasons not.

    `coordinators` are the authors whose word passes a soft reason. Codes are
    `gate.<gate>.<reason>`; the reasons of minors and of consent are among them. `programme_unread`: the rules
    that hold for the case cannot be read, and may ask for more than is asked here.
    """
    found = in_order(evidence)
    sheet = _Sheet(case, found, today, programme, age(case, found, today, programme.consent.age))
    _ASKED[gate](sheet)
    if not programme.readable and gate != "close_arrival":
        sheet.lacks("programme_unread")
    closed, passed = [], []
    for reason in dict.fromkeys(sheet.reasons):
        about = SOFT[gate].get(reason.code)
        hard = about is None or f"{gate}.{reason.code}" in programme.gates.hard
        told = replace(reason, code=f"gate.{gate}.{reason.code}", hard=hard)
        overrides = () if about is None or hard else _overrides(gate, reason, about, sheet, coordinators)
        if overrides:
            passed.append(replace(told, evidence=ids(overrides)))
        else:
            closed.append(told)
    until = None if closed else min(sheet.until, default=None)
    return GateResult(gate, not closed, tuple(closed), tuple(passed), until)


def _overrides(
    gate: Gate, reason: Reason, about: tuple[str, ...], sheet: _Sheet, coordinators: Collection[str]
) -> list[Evidence]:
    """The records by which a coordinator passes this reason, each after all that was said of it."""
    facts = [
        each
        for each in sheet.found
        if set(about) & each.values.keys()
        or ("itinerary" in reason.code and each.rows.get("leg"))
        or ("retention" in reason.code and each.rows.get("consent"))
    ]
    return [
        each
        for each in sheet.found
        if _passes(gate, reason.code, each)
        and each.author
        and each.author in coordinators
        and each.on <= sheet.today
        and all(newer(each, fact, *_PASSING) for fact in facts)
    ]


def _passes(gate: Gate, code: str, each: Evidence) -> bool:
    """Whether a record passes this reason, with a reason of its own: by name, or as a clearance that calls
    the point open and clears all the same."""
    if each.text("gate.override") == gate and code in each.chosen("gate.override_of"):
        return named(each.get("gate.override_reason"))
    if gate != "clear_to_travel" or each.text("clearance.decision") != "cleared":
        return False
    begins = tuple(
        start for point in each.chosen("clearance.open_points") for start in _OPEN_POINTS.get(point, ())
    )
    return bool(begins) and code.startswith(begins) and named(each.get("clearance.reason"))


def _contact_family(sheet: _Sheet) -> None:
    screen = sheet.newest("tracing.risk_screen", "clear")
    if not screen:
        sheet.lacks("risk_screen_missing")
    risky = [each for each in screen if each.text("tracing.risk_screen") != "clear"]
    # What was said of relatives elsewhere stands until a risk screen that is newer clears them.
    risky += [
        each
        for each in sheet.found
        if _of_relatives(each)
        and not all(newer(clear, each, "tracing.risk_screen") for clear in screen or (each,))
    ]
    if risky:
        sheet.lacks("relatives_may_be_complicit", risky)
    sheet.consent("tracing")


def _of_relatives(each: Evidence) -> bool:
    """Whether a record says that relatives may have recruited, sold or held the person."""
    return any(each.text(meaning) in words for meaning, words in _RELATIVES.items())


def _clear_to_travel(sheet: _Sheet) -> None:
    if decided(sheet.found, sheet.today) == "stay":
        sheet.lacks("decided_to_stay", sheet.newest("solution.decision", "return", "third_country"))
    sheet.consent("return")
    _assessments(sheet)
    if sheet.minor:
        reasons, until = minors.before_travel(sheet.found, sheet.today)
        sheet.reasons += [replace(each, code=f"minor_{each.code}") for each in reasons]
        sheet.until += [*until, *minors.last_day_of_childhood(sheet.age.adult_from)]
    plan = _with_plans(sheet, "journey")
    plan.says("plan_missing", "plan.state", "draft", "confirmed")
    plan.says("monitoring_plan_missing", "plan.monitoring", "draft", "confirmed")
    _journey(sheet)


def _assessments(sheet: _Sheet) -> None:
    """Both countries assess, each by its own office: one office's word for both is the word of one."""
    countries: dict[str, set[str]] = {}
    for side in ("host", "return"):
        mine = [
            each
            for each in sheet.found
            if each.text("assessment.side") == side
            # A side that cannot be read: what speaks against the journey does so on both.
            or (each.text("assessment.side") not in ("host", "return") and _flaws(each, sheet.today))
        ]
        newest = last_word(
            mine, sheet.today, "assessment.outcome", "assessment.side",
            good=lambda each: not _flaws(each, each.on), dated="assessment.on",
        )  # fmt: skip
        if not newest:
            sheet.lacks(f"assessment_{side}_missing")
        for each in newest:
            expires = each.day("assessment.expires")
            sheet.until += [expires] if expires else []
            for flaw in _flaws(each, sheet.today):
                sheet.lacks(f"assessment_{side}_{flaw}", [each], expires if flaw == "expired" else None)
        countries[side] = {each.country.casefold() for each in newest}
    by_both = any(
        host and home and host != home for host in countries["host"] for home in countries["return"]
    )
    if countries["host"] and countries["return"] and not by_both:
        sheet.lacks("assessments_of_one_country")


def _flaws(each: Evidence, today: date) -> list[str]:
    """Why a risk assessment does not speak for the journey."""
    outcome = each.text("assessment.outcome")
    codes = []
    if outcome != "proceed":
        codes.append(outcome if outcome in ("postpone", "not_advised") else "undecided")
    told = each.get("assessment.on") not in (None, "")
    if told and ((on := each.day("assessment.on")) is None or on > today):
        codes.append("dated_ahead")
    expires = each.day("assessment.expires")
    if expires is None:
        codes.append("expiry_missing")
    elif expires < today:
        codes.append("expired")
    single = {meaning: value for meaning, value in each.values.items() if meaning.startswith("hazard.")}
    hazards = (*each.rows.get("hazard", ()), *([single] if single else []))
    if outcome == "proceed":
        codes += [f"{danger}_unmet" for danger in unmet(each, hazards)]
    for hazard in hazards:
        # A hazard whose level nobody told is not a low one.
        lesser = hazard.get("hazard.level") in ("medium", "low")
        if not lesser and not named(hazard.get("hazard.mitigation")):
            codes.append("mitigation_missing")
    return codes


def _journey(sheet: _Sheet) -> None:
    """The documents, valid on the last day of the journey; the itinerary; who receives the person."""
    departure, arrival = _day_of(sheet, "travel.departure_at"), _day_of(sheet, "travel.arrival_at")
    legs = minors.legs(sheet.found, sheet.today)
    if sheet.says("itinerary_missing", "travel.itinerary", "complete") and departure is None:
        sheet.lacks("itinerary_missing", sheet.newest("travel.itinerary", "complete"))
    stops = [(_place(row, "leg.from"), _place(row, "leg.to")) for _, row in legs]
    gaps = [to and start and to != start for (_, to), (start, _) in pairwise(stops)]
    if any(gaps):
        sheet.lacks("itinerary_gap", (each for each, _ in legs))
    if sheet.says("documents_missing", "travel.documents", "ready"):
        last_day = max(departure or sheet.today, arrival or date.min)
        for each in sheet.newest("travel.documents", "ready"):
            expires = each.day("travel.document_expires")
            if expires is None:
                sheet.lacks("documents_expiry_missing", [each])
            elif expires < last_day:
                sheet.lacks("documents_expired", [each], expires)
    unfit = _unfit(sheet)
    if unfit:
        sheet.lacks("not_fit", unfit)
    if sheet.says("reception_missing", "travel.reception", "arranged", "declined") and sheet.minor:
        reception = sheet.newest("travel.reception", "arranged", "declined")
        declined = [each for each in reception if each.text("travel.reception") == "declined"]
        if declined:
            sheet.lacks("reception_declined_by_minor", declined)


def _unfit(sheet: _Sheet) -> list[Evidence]:
    """The records by which somebody must not make this journey now, for health, until a newer word allows it.
    That nobody was asked keeps nobody."""
    words = (("travel.fitness", "no"), ("checkup.travel", "not_yet"))
    allowed = [
        each
        for each in sheet.found
        if each.on <= sheet.today
        and (each.text("travel.fitness") in _FIT or each.text("checkup.travel") in ("possible", "conditions"))
    ]
    return [
        each
        for each in sheet.found
        for meaning, against in words
        if each.text(meaning) == against and not any(newer(one, each, *_FITNESS) for one in allowed)
    ]


def _place(row: Mapping[str, Any], meaning: str) -> str:
    value = row.get(meaning)
    return " ".join(value.split()).casefold() if isinstance(value, str) else ""


def _day_of(sheet: _Sheet, meaning: str) -> date | None:
    days = [
        day
        for each in last_word(sheet.found, sheet.today, meaning, good=lambda each: bool(each.day(meaning)))
        if (day := each.day(meaning))
    ]
    return max(days, default=None)


def _close_arrival(sheet: _Sheet) -> None:
    """An arrival is closed by how it ended, be it that nobody arrived; nobody can pass over not knowing."""
    if not _arrivals(sheet, _OUTCOMES):
        sheet.lacks("outcome_missing")


def _arrivals(sheet: _Sheet, outcomes: tuple[str, ...]) -> list[Evidence]:
    """The newest word on how this journey ended, if it is one of these outcomes."""
    expected = sheet.case.expected_arrival
    since = date.min if expected is None else expected.date() - EARLY
    boarded = [e.on for e in sheet.found if e.text("travel.boarded") == "yes" and e.on <= sheet.today]
    since = max([since, *boarded])
    newest = [each for each in sheet.newest("arrival.outcome", *outcomes) if each.on >= since]
    return newest if all(each.text("arrival.outcome") in outcomes for each in newest) else []


def _start_reintegration(sheet: _Sheet) -> None:
    """Who stays in the host state has no arrival to wait for."""
    after = date.min
    stays = decided(sheet.found, sheet.today) == "stay"
    plan = _with_plans(sheet, "stay" if stays else "journey")
    if not stays:
        days = [each.on for each in _arrivals(sheet, _ARRIVED)]
        told = sheet.case.arrived_on
        days += [told] if told is not None and told <= sheet.today else []
        if not days:
            sheet.lacks("arrival_unconfirmed")
        after = max(days, default=date.max)
    for code, meaning, *fine in (
        ("plan_unconfirmed", "plan.state", "confirmed"),
        ("monitoring_plan_unconfirmed", "plan.monitoring", "confirmed"),
        ("plan_unsigned", "plan.signed", *_SIGNED),
    ):
        if plan.says(code, meaning, *fine):
            before = [each for each in plan.newest(meaning, *fine) if each.on < after]
            if before:
                sheet.lacks(code, before)


def _with_plans(sheet: _Sheet, way: str) -> _Sheet:
    """The same sheet without the plans that are for the other way: who was to stay and travels after all
    needs a plan for the journey, and the other way round. One that does not say its way is for both."""
    return replace(sheet, found=[each for each in sheet.found if each.text("plan.way") in ("", way)])


def _testify(sheet: _Sheet) -> None:
    sheet.consent("testimony")
    sheet.says("safety_assessment_missing", "testimony.safety_assessment", "safe")


def _close_case(sheet: _Sheet) -> None:
    newest = last_word(
        sheet.found, sheet.today, "closure.outcome", good=lambda each: named(each.get("closure.outcome"))
    )
    if not newest or not all(named(each.get("closure.outcome")) for each in newest):
        sheet.lacks("outcome_missing", newest)
    sheet.says("services_open", "closure.services_handed_over", "yes")
    # What is kept is the person's to decide: either answer closes, that nobody asked does not.
    answered = answered_no("retention", sheet.found, sheet.today)
    kept = in_force("retention", "", sheet.found, sheet.today, case=sheet.case, rules=sheet.programme.consent)
    if not answered and not kept.in_force:
        sheet.lacks("retention_not_asked", [])


_ASKED: Final = {
    "contact_family": _contact_family,
    "clear_to_travel": _clear_to_travel,
    "close_arrival": _close_arrival,
    "start_reintegration": _start_reintegration,
    "testify": _testify,
    "close_case": _close_case,
}

"""Codes of the rules put into words: why a gate is closed, a level of risk is advised, nobody makes contact.

Each text says what is missing, in a caseworker's words, and leaves open who is a woman and who a man.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.ui.i18n import N_, T
from app.views import ReasonView
from forms.casework.case import Risk
from forms.casework.risk import LEVELS

GATES: Mapping[str, str] = {
    "contact_family": N_("Contact with the family"),
    "clear_to_travel": N_("Clearance to travel"),
    "close_arrival": N_("Close the arrival"),
    "start_reintegration": N_("Start of reintegration"),
    "testify": N_("Testimony"),
    "close_case": N_("Close the case"),
}
#: What a closed gate stops. It never stops anybody from writing down what happened.
STOPS: Mapping[str, str] = {
    "contact_family": N_("You can record everything; this only stops contact with the family."),
    "clear_to_travel": N_("You can record everything; this only stops the journey."),
    "close_arrival": N_("You can record everything; this only keeps the arrival open."),
    "start_reintegration": N_("You can record everything; this only holds up the start of reintegration."),
    "testify": N_("You can record everything; this only stops the testimony."),
    "close_case": N_("You can record everything; this only keeps the case open."),
}
_CONSENT_OF: Mapping[str, str] = {
    "contact_family": N_("Consent to the search for the family"),
    "clear_to_travel": N_("Consent to the return"),
    "testify": N_("Consent to testify"),
}
_CONSENT: Mapping[str, str] = {
    "missing": N_("not given yet"),
    "guardian_missing": N_("the guardian’s is missing"),
    "child_missing": N_("the child’s own is missing"),
    "withdrawn": N_("withdrawn"),
    "refused": N_("refused"),
    "expired": N_("no longer valid"),
    "dated_ahead": N_("the date is still to come"),
    "witness_missing": N_("spoken or by thumbprint, and no independent witness is named"),
    "interpreter_missing": N_("explained in another language, and no interpreter is named"),
    "language_unknown": N_("in which language it was explained is not recorded"),
    "how_unknown": N_("how it was given is not recorded"),
    "until_unclear": N_("until when it holds cannot be read"),
    "given_as_minor": N_("given before the 18th birthday; to be asked anew"),
    "guardian_conflict": N_("the guardian has a conflict of interest, or is not appointed"),
    "recipient_unknown": N_("who receives something is not named"),
}
_ASSESSMENT_OF: Mapping[str, str] = {
    "host": N_("Risk assessment of the host country"),
    "return": N_("Risk assessment of the country of return"),
}
_ASSESSMENT: Mapping[str, str] = {
    "missing": N_("missing"),
    "undecided": N_("no outcome yet"),
    "postpone": N_("postpone the journey"),
    "not_advised": N_("the journey is not advised"),
    "dated_ahead": N_("the date is still to come"),
    "expiry_missing": N_("until when it holds is not recorded"),
    "expired": N_("no longer valid"),
    "mitigation_missing": N_("for one danger, what is done about it is missing"),
    "return_known_unmet": N_("the exploiters know of the return, and no step against it is named"),
    "threats_unmet": N_("threats or contact by the exploiters, and no step against it is named"),
    "circle_unmet": N_("relatives or friends may be involved, and no step against it is named"),
    "debt_unmet": N_("a debt to the exploiters or the recruiter, and no step against it is named"),
    "welcome_unmet": N_("violence is expected there, and no step against it is named"),
    "place_unmet": N_("no safe place to live, and no step against it is named"),
    "self_harm_doubt_unmet": N_("self-harm is not ruled out, and no step against it is named"),
    "self_harm_unmet": N_("thoughts of self-harm: the journey waits"),
}
_DETERMINATION: Mapping[str, str] = {
    "missing": N_("missing"),
    "open": N_("no outcome yet"),
    "against": N_("the journey is not advised"),
    "more_needed": N_("more information is needed first"),
    "decision_makers_missing": N_("who decided is not recorded"),
    "reasons_missing": N_("the reasons are not recorded"),
    "options_missing": N_("which options were weighed is not recorded"),
    "child_views_missing": N_("the child’s own views are not recorded"),
    "review_on_missing": N_("the day of the review is not recorded"),
    "expires_missing": N_("until when it holds is not recorded"),
    "expired": N_("no longer valid"),
    "review_overdue": N_("the review is overdue"),
}
#: Reasons by their own name; where two gates mean different things by one name, with the gate's before it.
_REASONS: Mapping[str, str] = {
    "record_unread": N_("A record is of a form that is not on this device yet: sync first"),
    "programme_unread": N_("The rules of the programme need a newer version of the app: update the app"),
    "risk_screen_missing": N_("Whether relatives could be involved was not looked at yet"),
    "relatives_may_be_complicit": N_("Relatives may be involved in the exploitation"),
    "decided_to_stay": N_("The decision that stands is to stay"),
    "assessments_of_one_country": N_(
        "Both risk assessments come from one country; each country makes its own"
    ),
    "minor_guardian_missing": N_("The document that appoints a guardian is missing"),
    "minor_guardian_copy_only": N_(
        "Of the document that appoints a guardian only a plain copy was seen: "
        "the original or a certified copy is needed"
    ),
    "minor_guardian_conflict_unchecked": N_(
        "Whether the guardian has a conflict of interest was not checked"
    ),
    "minor_guardian_conflict": N_("The guardian has a conflict of interest"),
    "minor_guardian_document_expired": N_("The guardian’s document is no longer valid"),
    "minor_home_missing": N_(
        "No safe home is confirmed: neither a suitable family with lawful custody, "
        "nor an organisation that takes the child in"
    ),
    "minor_legs_missing": N_("The parts of the journey are not recorded"),
    "minor_escort_missing": N_("On a part of the journey nobody escorts the child"),
    "plan_missing": N_("The reintegration plan is missing"),
    "monitoring_plan_missing": N_("How contact is kept after arrival is not planned"),
    "documents_missing": N_("The travel documents are not ready"),
    "documents_expiry_missing": N_("Until when the travel documents are valid is not recorded"),
    "documents_expired": N_("The travel documents are not valid to the end of the journey"),
    "itinerary_missing": N_("The route or the time of departure is missing"),
    "itinerary_gap": N_("The route has a gap: a part does not begin where the one before it ends"),
    "reception_missing": N_("The reception on arrival is not arranged"),
    "reception_declined_by_minor": N_("A child cannot decline the reception: it has to be arranged"),
    "not_fit": N_("For health, this journey cannot be made now"),
    "not_cleared": N_("The clearance was taken back"),
    "close_arrival.outcome_missing": N_("How the arrival ended is not recorded"),
    "arrival_unconfirmed": N_("The arrival is not confirmed"),
    "plan_unconfirmed": N_("The reintegration plan is not confirmed after arrival"),
    "monitoring_plan_unconfirmed": N_("How contact is kept is not confirmed after arrival"),
    "plan_unsigned": N_("The plan is not signed after arrival"),
    "safety_assessment_missing": N_("No assessment says that testifying is safe"),
    "close_case.outcome_missing": N_("How the case ended is not recorded"),
    "services_open": N_("Open services are not handed over"),
    "retention_not_asked": N_("What may be kept of the file was not asked"),
}
TOPICS: Mapping[str, str] = {
    "child.carer_heard": N_("Who cares for the child"),
    "contact.outcome": N_("Outcome of the contact"),
    "contact.safe_to_talk": N_("Safe to talk"),
    "incident.retrafficking": N_("New exploitation"),
    "safety.threats": N_("Threats"),
    "safety.home": N_("How it is at home"),
    "safety.offers_abroad": N_("Offers abroad"),
    "safety.own_view": N_("Own view of safety"),
    "health.wellbeing": N_("Well-being"),
    "checkup.self_harm": N_("Self-harm, at the check-up"),
    "life.documents": N_("Own documents"),
    "life.debt": N_("Debt"),
    "life.work_conditions": N_("Conditions of work"),
    "child.danger_now": N_("Danger to the child"),
    "child.arranged": N_("Where the child lives"),
    "child.work": N_("Work of the child"),
    "child.marriage": N_("Talk of marriage"),
    "child.care_seen": N_("How the child looks"),
    "child.carer_strain": N_("How the carer copes"),
}
_BECAUSE: Mapping[str, str] = {
    "child.carer_heard.no_carer": N_("Nobody cares for the child"),
    "contact.outcome.suspected_retrafficking": N_("New exploitation is suspected"),
    "contact.outcome.unreachable": N_("Nobody could be reached"),
    "contact.safe_to_talk.no": N_("Could not talk safely"),
    "contact.safe_to_talk.unsure": N_("Perhaps could not talk safely"),
    "incident.retrafficking.suspected": N_("An incident points to new exploitation"),
    "incident.retrafficking.confirmed": N_("New exploitation is confirmed"),
    "safety.threats.contact": N_("The exploiters made contact"),
    "safety.threats.threats": N_("Threats to the person"),
    "safety.threats.family": N_("Threats to family or friends"),
    "safety.threats.watched": N_("Being followed or watched"),
    "safety.threats.online": N_("Pressure or pictures on the internet"),
    "safety.threats.proceedings": N_("Pressure because of a court case"),
    "safety.home.hurt": N_("Threats or violence at home"),
    "safety.home.locked_in": N_("Not allowed to go out alone"),
    "safety.home.insults": N_("Insults or blame at home"),
    "safety.home.controlled": N_("Others control money or telephone"),
    "safety.home.neglected": N_("Left alone, or without food or care"),
    "safety.offers_abroad.yes": N_("An offer to go abroad"),
    "safety.offers_abroad.unsure": N_("Perhaps an offer to go abroad"),
    "safety.own_view.1": N_("Feels not safe at all"),
    "safety.own_view.2": N_("Feels not very safe"),
    "safety.own_view.3": N_("Feels only partly safe"),
    "safety.own_view.safe": N_("Feels safe"),
    "health.wellbeing.self_harm": N_("Thoughts of self-harm"),
    "checkup.self_harm.yes": N_("Self-harm was spoken of at the check-up"),
    "checkup.self_harm.unsure": N_("Self-harm was not ruled out at the check-up"),
    "life.documents.someone_else": N_("Somebody else keeps the documents"),
    "life.documents.missing": N_("Documents are missing"),
    "life.debt.pressure": N_("A debt, with pressure"),
    "life.debt.debt": N_("A debt"),
    "life.debt.unsure": N_("Perhaps a debt"),
    "life.work_conditions.not_free": N_("Not free to leave the work"),
    "life.work_conditions.papers_kept": N_("Papers or telephone are kept at work"),
    "life.work_conditions.unpaid": N_("Work is not paid as agreed"),
    "life.work_conditions.hours": N_("Too many hours of work"),
    "life.work_conditions.unsafe": N_("Dangerous work"),
    "life.work_conditions.abuse": N_("Insults, threats or blows at work"),
    "child.danger_now.yes": N_("The child is in danger now"),
    "child.danger_now.unsure": N_("The child may be in danger now"),
    "child.arranged.changed": N_("The child lives elsewhere, and nobody told the office"),
    "child.arranged.unsure": N_("Where the child lives is not sure"),
    "child.work.begging": N_("The child begs"),
    "child.work.dangerous": N_("The child does dangerous work"),
    "child.work.night": N_("The child works at night"),
    "child.work.for_someone": N_("Somebody else keeps what the child earns"),
    "child.work.street": N_("The child works in the street"),
    "child.work.hours": N_("The child works too many hours"),
    "child.marriage.planned": N_("A marriage of the child is planned"),
    "child.marriage.married": N_("The child lives as a couple already"),
    "child.marriage.talk": N_("There is talk of a marriage of the child"),
    "child.care_seen.injuries": N_("Injuries that nobody explains"),
    "child.care_seen.hungry": N_("The child looks hungry or too thin"),
    "child.care_seen.ill": N_("The child is ill and not treated"),
    "child.care_seen.fear": N_("The child is afraid of somebody there"),
    "child.care_seen.presents": N_("Money or things that nobody explains"),
    "child.carer_strain.gives_up": N_("The carer does not want to go on"),
}
NOTES: Mapping[str, str] = {
    "risk.lowering.not_coordinator": N_("A lower level was given. Only a coordinator can lower it."),
    "risk.lowering.without_reason": N_("A lower level was given without a reason, so it does not count."),
    "risk.stated.unclear": N_("A level could not be read; it counts as medium."),
    "risk.stated.in_future": N_("A level has a date that is still to come. Please check the date."),
    "risk.advice.higher": N_("The last answers speak for a higher level."),
}
FROZEN: Mapping[str, str] = {
    "contact.frozen.conflict": N_("Two different answers on safe contact stand side by side."),
    "contact.frozen.doubted": N_("The agreed way was said to be perhaps not safe any more."),
    "contact.frozen.unknown": N_("No safe way is agreed yet."),
    "contact.frozen.none": N_("No way of contact is safe."),
}
#: What a worker does about it.
THAWS: Mapping[str, str] = {
    "contact.frozen.conflict": N_("Find out which answer is right, and decide the conflict."),
    "contact.frozen.doubted": N_("Agree on a safe way anew, in person, and record that it is safe."),
    "contact.frozen.unknown": N_("Ask at the next meeting, and record it in the case file."),
    "contact.frozen.none": N_("Wait until the person gets in touch; talk to the coordinator."),
}
ALARMS: Mapping[str, str] = {
    "alarm.arrival.unconfirmed": N_("The arrival is not confirmed"),
    "alarm.arrival.not_arrived": N_("Did not arrive"),
    "alarm.arrival.unknown_person": N_("Somebody unknown was there on arrival"),
    "alarm.clearance.lapsed": N_("The clearance to travel no longer stands"),
}


def gate(code: str) -> T:
    return T(GATES[code]) if code in GATES else _plain(code)


_SHARING: Mapping[str, str] = {
    "sharing.office.unknown": N_("The server does not know this office."),
    "sharing.office.denied": N_("The deny list of the case names this office."),
    "sharing.denial.unnamed": N_(
        "Somebody must not see this case, and nobody wrote who. Write the name in the case file."
    ),
    "sharing.record.ended": N_("The sharing has ended."),
    "sharing.record.dated_ahead": N_("The sharing begins on a later day."),
    "sharing.ground.unknown": N_("No ground is given."),
    "sharing.ground.adult": N_(
        "For an adult, a duty to report does not share the file. Send a referral with the fields agreed."
    ),
    "sharing.age.unknown": N_(
        "No record tells the age. On a duty to report, only the file of who may be a child is shared."
    ),
    "sharing.reason.missing": N_("The reason is missing."),
    "consent.missing": N_("The person has not agreed to it."),
    "consent.withdrawn": N_("Consent was taken back."),
    "consent.refused": N_("Consent was refused."),
    "consent.expired": N_("Consent has run out."),
}


def stops(code: str) -> T:
    return T(STOPS[code]) if code in STOPS else T("You can record everything.")


def reason(code: str) -> T:
    """What a gate misses, by the whole code (`gate.close_case.services_open`)."""
    of_gate, _, name = code.removeprefix("gate.").partition(".")
    for begins, what, whys in (
        ("consent_", _CONSENT_OF.get(of_gate, N_("Consent")), _CONSENT),
        ("assessment_host_", _ASSESSMENT_OF["host"], _ASSESSMENT),
        ("assessment_return_", _ASSESSMENT_OF["return"], _ASSESSMENT),
        ("minor_bid_", N_("Determination of the child’s best interest"), _DETERMINATION),
    ):
        why = whys.get(name.removeprefix(begins)) if name.startswith(begins) else None
        if why is not None:
            return T("{what}: {why}", what=T(what), why=T(why))
    for known in (f"{of_gate}.{name}", name):
        if known in _REASONS:
            return T(_REASONS[known])
    return _plain(name or code)


def passable(found: ReasonView) -> T:
    return T("Nobody can waive this") if found.hard else T("A coordinator can waive this with a reason")


def because(code: str) -> T:
    """Why a level is advised. A programme may name answers of its own: then the question is told."""
    said = code.removeprefix("because.")
    if said in _BECAUSE:
        return T(_BECAUSE[said])
    topic, _, choice = said.rpartition(".")
    if topic not in TOPICS:
        return _plain(said)
    if choice == "unclear":
        return T("{what}: {why}", what=T(TOPICS[topic]), why=T("the answer is unclear"))
    return T(TOPICS[topic])


def advice(level: Risk, advised: Risk) -> T:
    """What is said beside a level that stands where the last answers speak for another one."""
    if LEVELS.index(advised) > LEVELS.index(level):
        return T("The last answers speak for a higher level.")
    return T("The last answers speak for a lower level. A coordinator may lower it, with a reason.")


def sharing(code: str) -> T:
    """Why another office has not got a case."""
    return T(_SHARING[code]) if code in _SHARING else _plain(code.removeprefix("sharing."))


def note(code: str) -> T:
    return T(NOTES[code]) if code in NOTES else _plain(code)


def frozen(code: str) -> T:
    return T(FROZEN[code]) if code in FROZEN else _plain(code)


def thaws(code: str) -> T:
    return T(THAWS[code]) if code in THAWS else T("Talk to the coordinator.")


def alarm(kind: str) -> T:
    return T(ALARMS[kind]) if kind in ALARMS else _plain(kind.removeprefix("alarm."))


def _plain(code: str) -> T:
    """A code of a newer server, so that nothing stands where something is to be said."""
    return T.of(lambda: code.replace(".", " ").replace("_", " "))

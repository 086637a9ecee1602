"""The forms that come with Homeward, each a reviewable XLSForm in one folder.

A form is a Markdown table (`<form id>/form.md`), complete in every language of the library, so that
a change of a word is one line of a diff. The order is the one in which an office publishes them.
"""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

#: Languages that every text of every form has, as BCP 47 codes; the first is the default.
LANGUAGES: Final = ("en", "fr", "sq", "ar", "uk")

#: The record that holds a case's own facts; every case has exactly one.
CASE_FILE: Final = "case_file"
AIRPORT_RECEPTION: Final = "airport_reception"
MONITORING_CONTACT: Final = "monitoring_contact"
CONSENT: Final = "consent"
NEEDS_AND_RISKS: Final = "needs_and_risks"
DURABLE_SOLUTION: Final = "durable_solution"
TRAVEL: Final = "travel"
CLEARANCE: Final = "clearance"
GATE_PASSED: Final = "gate_passed"
REINTEGRATION_PLAN: Final = "reintegration_plan"
TESTIMONY: Final = "testimony"
CLOSURE: Final = "closure"
SCREENING: Final = "screening"
SHELTER_INTAKE: Final = "shelter_intake"
BEST_INTEREST: Final = "best_interest"
GUARDIAN_AND_TRACING: Final = "guardian_and_tracing"
FAMILY_ASSESSMENT: Final = "family_assessment"
ASSISTANCE: Final = "assistance"
SAFETY_INCIDENT: Final = "safety_incident"
REFERRAL: Final = "referral"
FEEDBACK: Final = "feedback"
#: Which other offices have the case; one record for each of them.
SHARING: Final = "sharing"

#: That two files are of one person.
SAME_PERSON: Final = "same_person"

#: Written by the checklist of a case, a record for each tick.
PROCEDURE_STEP: Final = "procedure_step"

#: What the app itself opens where it belongs; among the forms to choose from they are not listed.
BUILT_IN: Final = (CASE_FILE, SHARING, GATE_PASSED, SAME_PERSON, PROCEDURE_STEP)
CHECK_UP: Final = "check_up"
SKILLS_AND_CONTACTS: Final = "skills_and_contacts"
INTEGRATION_PLAN: Final = "integration_plan"
CHILD_MONITORING: Final = "child_monitoring"
MEETING: Final = "meeting"
COORDINATION: Final = "coordination"
EXCHANGE: Final = "exchange"
#: An entry of the service directory that an office keeps itself.
ORGANISATION: Final = "organisation"

_IDS: Final = (
    CASE_FILE,
    AIRPORT_RECEPTION,
    MONITORING_CONTACT,
    CONSENT,
    NEEDS_AND_RISKS,
    DURABLE_SOLUTION,
    TRAVEL,
    CLEARANCE,
    GATE_PASSED,
    REINTEGRATION_PLAN,
    TESTIMONY,
    CLOSURE,
    SCREENING,
    SHELTER_INTAKE,
    BEST_INTEREST,
    GUARDIAN_AND_TRACING,
    FAMILY_ASSESSMENT,
    ASSISTANCE,
    SAFETY_INCIDENT,
    REFERRAL,
    FEEDBACK,
    SHARING,
    SAME_PERSON,
    CHECK_UP,
    SKILLS_AND_CONTACTS,
    INTEGRATION_PLAN,
    CHILD_MONITORING,
    EXCHANGE,
    MEETING,
    COORDINATION,
    ORGANISATION,
    PROCEDURE_STEP,
)


def forms() -> tuple[tuple[str, Traversable], ...]:
    """Each form's id and its table, wherever the package was installed (a zip or a frozen app too)."""
    return tuple((form_id, _table(form_id)) for form_id in _IDS)


def read(form_id: str) -> str:
    """The table of one form as text. Raises KeyError for a form that the library does not have."""
    if form_id not in _IDS:
        raise KeyError(form_id)
    return _table(form_id).read_text(encoding="utf-8")


def _table(form_id: str) -> Traversable:
    return files(__name__) / form_id / "form.md"

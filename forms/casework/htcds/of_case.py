"""The record of HTCDS that a case makes, from what its records say and from the facts of its case file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any, Final

from forms.casework.case import Case
from forms.casework.consent import DECISION, ConsentRules, in_force
from forms.casework.due.statements import statements
from forms.casework.facts import Evidence
from forms.casework.htcds.crosswalk import Crosswalk, standard
from forms.casework.htcds.record import Unplaced, Written, write

_REFERRAL: Final = "referral."
_DIRECTION: Final = "referral.direction"
_PARTLY_BORN: Final = "age.born"
_STANDARD: Final = ConsentRules()


def export(
    found: Iterable[Evidence],
    today: date,
    *,
    case: Case,
    purpose: str,
    recipient: str = "",
    rules: ConsentRules = _STANDARD,
    crosswalk: Crosswalk | None = None,
) -> Written:
    """What this case is in HTCDS today, and what of it HTCDS has no word for.

    It holds names and what was suffered. Whether any of it may go to somebody is not decided here: whoever
    sends it asks `consent.may_send`, or sends a parcel of `referral`, first. `con_Consent` only tells whether
    consent to this purpose and recipient is in force (TRUE) or was refused or withdrawn (FALSE); otherwise it
    stays empty, as all of which nothing is known.

    The last word on each meaning counts. What was asked of us on the way in comes from the first referral to
    us, whole, and never from one of ours to others.
    """
    said = list(found)
    known = crosswalk or standard()
    wanted = [name for name in known.meanings if not name.startswith(_REFERRAL)]
    values = {name: value for name in wanted if (value := _last(said, today, name)) is not None}
    values |= _asked_of_us(said, today)
    values |= _facts(case)
    values.pop(DECISION, None)
    if (decision := _consent(said, today, case, purpose, recipient, rules)) is not None:
        values[DECISION] = decision
    written = write(values, known)
    born = _last(said, today, _PARTLY_BORN)
    if born is None or "prs_Birthdate" in written.record:
        return written
    return replace(written, left_out=(*written.left_out, Unplaced(_PARTLY_BORN, born, "no_word")))


def _last(said: list[Evidence], today: date, meaning: str) -> Any:
    """The last word on it; of a repeat the words of all its rows in the last record that has any."""
    found = statements(said, today, meaning)
    if not found:
        return None
    words = [each.values[meaning] for each in found if each.record == found[-1].record]
    return words[0] if len(words) == 1 else words


def _asked_of_us(said: list[Evidence], today: date) -> dict[str, Any]:
    """The answers of the first record of a referral to us."""
    for each in statements(said, today, _DIRECTION):
        if each.get(_DIRECTION) == "in":
            return {name: value for name, value in each.values.items() if name.startswith(_REFERRAL)}
    return {}


def _facts(case: Case) -> dict[str, Any]:
    """What the case file says; it is one record that merges, so its word stands for all of the case."""
    facts = {
        "person.given_name": case.given_name,
        "person.family_name": case.family_name,
        "person.birth_date": case.birth_date.isoformat() if case.birth_date else "",
        "person.sex": case.sex,
        "case.stage": case.stage,
    }
    return {name: value for name, value in facts.items() if value}


def _consent(
    said: list[Evidence], today: date, case: Case, purpose: str, recipient: str, rules: ConsentRules
) -> str | None:
    found = in_force(purpose, recipient, said, today, case=case, rules=rules)
    if found.in_force:
        return "given"
    codes = {reason.code for reason in found.reasons}
    return next((each for each in ("withdrawn", "refused") if f"consent.{each}" in codes), None)

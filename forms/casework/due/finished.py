"""Records as the rules on arrivals and contacts read them: which one, on which date, with which end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal, cast

from forms.casework.case import RISKS, Risk, local_date, text
from forms.casework.facts import Evidence
from forms.library import AIRPORT_RECEPTION, CHILD_MONITORING, MONITORING_CONTACT

About = Literal["arrival", "contact", "other"]

#: A visit is written in one of these: a child's in the form for children.
_CONTACTS: Final = frozenset({MONITORING_CONTACT, CHILD_MONITORING})


@dataclass(frozen=True, slots=True)
class Finished:
    """What the rules need of one finished record.

    `about` tells what it records, whatever its form is called; where it is empty, the form's id tells it.
    """

    form: str
    on: date
    outcome: str = ""
    risk: Risk = "unknown"
    further: str = ""
    next_agreed: date | None = None
    about: About | None = None

    @property
    def is_contact(self) -> bool:
        return self.about == "contact" or (self.about is None and self.form in _CONTACTS)

    @property
    def is_arrival(self) -> bool:
        return self.about == "arrival" or (self.about is None and self.form == AIRPORT_RECEPTION)

    @classmethod
    def from_values(cls, form: str, values: Mapping[str, Any], changed_on: date) -> Finished:
        """From a record's values by path; `changed_on` stands in where the record tells no date.

        Values are found by the question's name, whatever group it is in, so that a later version of
        the form may arrange its groups anew.
        """
        named = {path.rpartition("/")[2]: value for path, value in values.items() if "[" not in path}
        if form == AIRPORT_RECEPTION:
            on = local_date(named.get("arrived_at")) or local_date(named.get("handed_over_at"))
            return cls(form, on or changed_on, text(named, "reception_outcome"))
        risk = named.get("risk_level")
        return cls(
            form,
            local_date(named.get("contact_date")) or changed_on,
            text(named, "outcome"),
            cast(Risk, risk) if risk in RISKS else "unknown",
            text(named, "further_contact"),
            local_date(named.get("next_agreed")),
        )

    @classmethod
    def from_evidence(cls, found: Evidence) -> Finished:
        """From a record by what its answers mean: an arrival, a contact, or neither."""
        if found.text("arrival.outcome"):
            on = found.day("arrival.at") or found.day("arrival.handed_over_at") or found.on
            return cls(found.form, on, found.text("arrival.outcome"), about="arrival")
        if not found.text("contact.outcome"):
            return cls(found.form, found.on, about="other")
        risk = found.text("contact.risk")
        return cls(
            found.form,
            found.day("contact.date") or found.on,
            found.text("contact.outcome"),
            cast(Risk, risk) if risk in RISKS else "unknown",
            found.text("contact.further"),
            found.day("contact.next_agreed"),
            about="contact",
        )


def finished_of(evidence: Iterable[Evidence]) -> list[Finished]:
    """All arrivals and contacts, the oldest first; of one day the later written last."""
    read = [(each, Finished.from_evidence(each)) for each in evidence]
    told = [(done.on, each.order, done) for each, done in read if done.about != "other"]
    return [done for _, _, done in sorted(told, key=lambda each: each[:2])]

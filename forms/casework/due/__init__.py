"""What is due in a case, by one mechanism: `agenda` for all of it, `due` for its arrival and contacts.

Rules over facts and dates, decided anew each day and stored nowhere, so that a correction of a date
corrects what is due. All dates are local dates of the office that has the case. Offsets are a programme's
data (`DueRules`).
"""

from forms.casework.case import add_months
from forms.casework.due.agenda import READ, agenda, due
from forms.casework.due.arrival import ARRIVAL_WATCH, EARLY, ArrivalAlarm, arrival_alarm, arrived_on
from forms.casework.due.contacts import Milestone, milestones, risk_of
from forms.casework.due.finished import Finished, finished_of
from forms.casework.due.items import KINDS, Due, in_order, shown_to
from forms.casework.due.rules import DueRules, Offset, Step

__all__ = [
    "ARRIVAL_WATCH",
    "EARLY",
    "KINDS",
    "READ",
    "ArrivalAlarm",
    "Due",
    "DueRules",
    "Finished",
    "Milestone",
    "Offset",
    "Step",
    "add_months",
    "agenda",
    "arrival_alarm",
    "arrived_on",
    "due",
    "finished_of",
    "in_order",
    "milestones",
    "risk_of",
    "shown_to",
]

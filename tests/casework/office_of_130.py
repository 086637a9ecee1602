# ruff: noqa: E501 (rows of a table are one line)
"""An invented office of 130 persons, 10 of them minors, that can be counted on paper.

All persons of one group have the same facts, so each figure is a sum over groups. Empty cells were not
recorded. Dates are days; what each column becomes is told in `person`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from forms.casework.case import Case
from forms.casework.facts import Evidence
from forms.casework.indicators.population import Office, Person

WHO = """
group | persons | programme | country | host | region     | sector       | sex    | age | entered    | found    | solution      | statistics
A     | 30      | CARE      | al      | fr   | Tirana     | sexual       | female | 24  | 2026-01-15 | victim   | return        | given
B     | 22      | CARE      | al      | it   | Shkoder    | construction | male   | 35  | 2026-01-15 | victim   | return        | given
C     | 12      | CARE      | ma      | es   | BeniMellal | agriculture  | female | 30  | 2026-01-15 | victim   | return        | given
D     | 8       | CARE      | ma      | fr   | Tanger     | domestic     | female | 28  | 2026-01-15 | victim   | return        | refused
E     | 24      | CARE      | ua      | pl   | Lviv       | construction | male   | 41  | 2026-01-15 | victim   | return        | given
F     | 5       | CARE      | ua      | pl   | Lviv       | construction | male   | 41  | 2026-01-15 | victim   | return        | given
G     | 6       | CARE      | al      | gr   | Tirana     | begging      | male   | 14  | 2026-07-01 | victim   | return        | given
H     | 2       | CARE      | al      | gr   | Durres     | begging      | female | 16  | 2026-07-01 | victim   | return        | given
I     | 2       | CARE      | ua      | pl   | Kyiv       | begging      | female | 15  | 2026-11-02 | victim   | stay          | given
J     | 11      | TACT      | ma      | es   | Casablanca | sexual       | female | 22  | 2026-11-02 | possible | stay          | given
K     | 4       | TACT      | ua      | it   | Kyiv       | domestic     | female | 33  | 2026-11-02 | victim   | third_country | given
L     | 3       | CARE      | al      | fr   | Tirana     | sexual       | female |     | 2026-11-02 | possible |               | given
M     | 1       | CARE      | al      | it   | Shkoder    | construction | male   | 35  | 2026-01-15 | victim   | return        | given
"""

JOURNEY = """
group | host_risk   | return_risk | plan       | determination | departed   | arrival      | medical | psychosocial | referral
A     | proceed     | proceed     | written    |               | 2026-03-10 | received     | 3       | 5            | completed
B     | proceed     | proceed     | written    |               | 2026-04-15 | received     |         |              | accepted
C     | proceed     | proceed     | thumbprint |               | 2026-05-20 | declined     |         |              |
D     | proceed     |             | draft      |               | 2026-06-10 | received     | 7       |              | made
E     | proceed     | proceed     | written    |               | 2026-02-10 | received     | 10      |              |
F     | proceed     | proceed     | written    |               | 2026-02-10 | not_arrived  |         |              |
G     | proceed     | proceed     | written    | in_favour     | 2026-09-01 | received     | 1       | 2            | completed
H     | proceed     | not_advised |            | more_needed   | 2026-09-01 | received     | 1       |              |
I     | not_advised |             |            |               |            |              |         |              |
J     |             |             | written    |               |            |              |         |              | declined
K     |             |             |            |               |            |              |         |              |
L     |             |             |            |               |            |              |         |              |
M     | proceed     | proceed     | written    |               | 2026-04-15 | received     |         |              |
"""

# kind, cost in EUR, budget line; given ten days after the person entered
HELP = """
A | housing 200.00 L1 ; psychosocial 50.00 L2
B | income 500.00 L3
C | medical 80.50 L2 ; income 400.00 L3
D | housing 200.00 L1
E | legal - L2 ; income 500.00 L3
F | transport 30.00 L1
G | school 100.00 L2
H | school 100.00 L2
I | housing 150.00 L1
J | language 60.00 L4
K | legal 40.00 L2
L | housing 150.00 L1
M | income 500.00 L3
"""

# day, outcome, risk, and for some: further contact, unmet needs
CONTACTS = """
A | 2026-03-11 met high ; 2026-04-10 met high ; 2026-06-10 met medium ; 2026-09-10 phone_only low ; 2027-03-10 met low needs=no
B | 2026-04-16 met medium ; 2026-05-15 met medium ; 2026-07-15 phone_only medium ; 2026-10-15 met low needs=income
C | 2026-05-25 met low ; 2026-08-20 met low further=stop
D | 2026-06-11 met high ; 2026-07-10 unreachable ; 2026-07-20 unreachable
E | 2026-02-12 phone_only medium ; 2026-03-10 met medium ; 2026-05-10 refused ; 2026-08-10 met low ; 2027-02-10 met low needs=health,housing
G | 2026-09-02 met medium ; 2026-10-01 met medium ; 2026-12-01 met low ; 2027-03-01 met low
H | 2026-09-02 not_alone high
M | 2026-04-16 met medium ; 2026-06-15 suspected_retrafficking high ; 2026-07-01 confirmed
"""

# what is of no case
ACTIVITIES = """
2026-02-03 | activity.kind=meeting activity.participants=12 leaflets.given=500
2026-03-03 | activity.kind=meeting activity.participants=8
2026-05-05 | activity.kind=meeting activity.participants=10 leaflets.given=250
2026-06-09 | activity.kind=meeting
2026-04-14 | activity.kind=training activity.participants=20
2026-10-20 | activity.kind=training activity.participants=15
2026-11-11 | activity.kind=awareness activity.participants=40
2026-12-01 | activity.kind=training activity.participants=10 activity.children=main knowledge.tested=yes \
knowledge.points=20 knowledge.papers_before=10 knowledge.before=8 knowledge.papers_after=8 knowledge.after=15
2026-12-02 | activity.kind=leaflets
2026-02-01 | exchange.from=fr exchange.to=al
2026-02-02 | exchange.from=fr exchange.to=al
2026-03-01 | exchange.from=fr exchange.to=al
2026-03-01 | exchange.from=pl exchange.to=ua
2026-03-02 | exchange.from=pl exchange.to=ua
2026-03-03 | exchange.from=al exchange.to=al
2026-03-04 | exchange.from=fr exchange.to=al exchange.state=not_sent
2026-08-01 | feedback.kind=complaint feedback.about=staff
2026-08-02 | feedback.kind=complaint feedback.about=service
2026-08-03 | feedback.kind=praise feedback.about=service
2026-09-02 | feedback.kind=complaint feedback.about=service
"""
# of the first training 15 gained, 3 did not, 2 left before the second test; of the second 10 and 5
SCORES = {
    "2026-04-14": [("40", "70")] * 15 + [("60", "60")] * 3 + [("50", None)] * 2,
    "2026-10-20": [("30", "80")] * 10 + [("70", "65")] * 5,
}

# of the two first trainings, by kind of organisation: women and men
ATTENDANCE = {
    "2026-04-14": [("police", 12, 8)],
    "2026-10-20": [("child_protection", 9, 4), ("police", 1, 1)],
}
# of the first meeting: to whom, in which language, how many
LEAFLETS = {"2026-02-03": [("organisations", "sq", 300), ("beneficiaries", "sq", 200)]}

TARGETS = {"assisted": 130, "assisted.minors": 10}


def rows(table: str) -> list[dict[str, str]]:
    """The rows of one of the tables with a head."""
    head, *lines = [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]
    return [dict(zip(head, line, strict=True)) for line in lines]


def lists(table: str) -> dict[str, list[list[str]]]:
    """The rows of one of the tables that have a list in each row."""
    found = {}
    for line in table.strip().splitlines():
        group, _, rest = line.partition("|")
        found[group.strip()] = [item.split() for item in rest.split(";")]
    return found


def office_of_130() -> Office:
    """The whole office."""
    journeys = {row["group"]: row for row in rows(JOURNEY)}
    persons = [
        person(f"{row['group']}{place:02}", row, journeys[row["group"]])
        for row in rows(WHO)
        for place in range(1, int(row["persons"]) + 1)
    ]
    return Office(tuple(persons), tuple(_activities()), TARGETS)


def person(key: str, who: dict[str, str], journey: dict[str, str]) -> Person:
    """One person of a group."""
    entered = date.fromisoformat(who["entered"])
    born = date(2026 - int(who["age"]), 1, 1) if who["age"] else None
    case = Case(code=key, country=who["country"], sex=who["sex"], birth_date=born, given_name=key)
    found: list[tuple[date, dict[str, Any], dict[str, tuple[dict[str, Any], ...]]]] = [
        (
            entered,
            {
                "programme.code": who["programme"], "programme.donor": "EU", "case.host_country": who["host"],
                "case.region": who["region"], "exploitation.sector": who["sector"],
                "screening.outcome": who["found"],
            },
            {},
        ),
        (
            entered,
            {
                "consent.purpose": ["statistics"], "consent.decision": who["statistics"],
                "consent.by": "both" if case.may_be_minor(entered) else "person", "consent.how": "written",
                "consent.interpreter": "Ana D., Vatra", "consent.until": "2030-12-31",
            },
            {},
        ),
        (entered + timedelta(days=3), {"solution.decision": who["solution"]}, {}),
    ]  # fmt: skip
    for side in ("host", "return"):
        if outcome := journey[f"{side}_risk"]:
            values = {"assessment.side": side, "assessment.outcome": outcome}
            found.append((entered + timedelta(days=5), values, {}))
    if plan := journey["plan"]:
        values = (
            {"plan.state": "draft"} if plan == "draft" else {"plan.state": "confirmed", "plan.signed": plan}
        )
        found.append((entered + timedelta(days=6), values, {}))
    if outcome := journey["determination"]:
        found.append((entered + timedelta(days=7), {"bid.outcome": outcome, "bid.expires": "2026-12-31"}, {}))
    helped = tuple(
        {
            "assistance.kind": kind, "assistance.line": line, "assistance.currency": "EUR",
            **({} if cost == "-" else {"assistance.amount": cost}),
        }
        for kind, cost, line in lists(HELP)[who["group"]]
    )  # fmt: skip
    found.append((entered + timedelta(days=10), {}, {"assistance": helped}))
    if state := journey["referral"]:
        answer = {} if state == "made" else {"referral.answer": state}
        found.append((entered + timedelta(days=12), {"referral.state": "sent", **answer}, {}))
    if journey["departed"]:
        found += _after(who["group"], date.fromisoformat(journey["departed"]), journey)
    evidence = tuple(
        Evidence(f"{key}-{place}", "form", on, values, each) for place, (on, values, each) in enumerate(found)
    )
    return Person(key, case, evidence)


def _after(
    group: str, departed: date, journey: dict[str, str]
) -> Iterator[tuple[date, dict[str, Any], dict[str, tuple[dict[str, Any], ...]]]]:
    yield departed, {"travel.boarded": "yes"}, {}
    yield departed, {"arrival.outcome": journey["arrival"]}, {}
    for kind in ("medical", "psychosocial"):
        if journey[kind]:
            yield departed + timedelta(days=int(journey[kind])), {"checkup.kind": [kind]}, {}
    for day, outcome, *more in lists(CONTACTS).get(group, []):
        if outcome == "confirmed":
            yield date.fromisoformat(day), {"incident.retrafficking": "confirmed"}, {}
            continue
        values: dict[str, Any] = {"contact.outcome": outcome}
        needs: tuple[dict[str, Any], ...] = ()
        for word in more:
            name, _, said = word.rpartition("=")
            if name == "needs":
                values["plan.unmet_needs"] = "no" if said == "no" else "yes"
                needs = () if said == "no" else tuple({"need.kind": kind} for kind in said.split(","))
            else:
                values["contact.further" if name == "further" else "contact.risk"] = said
        yield date.fromisoformat(day), values, {"need": needs} if needs else {}


def _activities() -> Iterator[Evidence]:
    for place, line in enumerate(ACTIVITIES.strip().splitlines()):
        day, _, told = (part.strip() for part in line.partition("|"))
        values = dict(word.split("=") for word in told.split())
        scores = SCORES.get(day, []) if values.get("activity.kind") == "training" else []
        knowledge = tuple(
            {"knowledge.before": before, **({"knowledge.after": after} if after else {})}
            for before, after in scores
        )
        attendance = tuple(
            {"attendance.kind": kind, "attendance.women": women, "attendance.men": men}
            for kind, women, men in ATTENDANCE.get(day, [])
        )
        leaflet = tuple(
            {"leaflet.to": to, "leaflet.language": language, "leaflet.copies": copies}
            for to, language, copies in LEAFLETS.get(day, [])
        )
        told_in_rows = {"knowledge": knowledge, "attendance": attendance, "leaflet": leaflet}
        rows = {noun: found for noun, found in told_in_rows.items() if found}
        yield Evidence(f"activity-{place}", "activity", date.fromisoformat(day), values, rows)

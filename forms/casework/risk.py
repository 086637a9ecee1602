"""How much risk a person is at: what the answers suggest and why, what a worker said, and over the months.

The suggestion is not validated, and advisory. What a worker says counts; it is raised by anybody and
lowered by nobody but a coordinator with a reason.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, cast

from forms.casework.case import Risk
from forms.casework.due import add_months
from forms.casework.facts import Evidence, saying
from forms.casework.table import only, section, words

#: The least first. Who nobody has judged is not at low risk, but a judgement of low is more than none.
LEVELS: Final[tuple[Risk, ...]] = ("unknown", "low", "medium", "high")
#: The months after arrival whose risk is reported.
MONTHS: Final = (1, 3, 6, 12)

STATED: Final = "contact.risk"
#: After an incident a worker judges as well; it is stated like that of a contact.
AFTER_INCIDENT: Final = "incident.risk"
REASON: Final = "contact.risk_lowered_because"
CASE: Final = "case.risk"
_OWN_VIEW: Final = "safety.own_view"
#: A check-up at which nothing of it came up says nothing against what a contact has told.
_CHECK_UP: Final = "checkup.self_harm"

#: Every code that `Standing.notes` can have.
NOTES: Final = (
    "risk.lowering.not_coordinator",
    "risk.lowering.without_reason",
    "risk.stated.unclear",
    "risk.stated.in_future",
    "risk.advice.higher",
)

Answers = Mapping[str, frozenset[str]]


def _answers(**choices: str) -> Answers:
    return {meaning.replace("__", "."): frozenset(names.split()) for meaning, names in choices.items()}


@dataclass(frozen=True, slots=True)
class RiskTable:
    """Which answers speak for which level, by meaning. `calm` ones speak for none, `silent` ones say nothing.

    Another answer of these questions is unclear, and speaks for medium.
    """

    high: Answers = field(
        default_factory=lambda: _answers(
            contact__outcome="suspected_retrafficking",
            incident__retrafficking="suspected confirmed",
            safety__threats="contact threats family watched online proceedings",
            safety__home="hurt locked_in",
            health__wellbeing="self_harm",
            checkup__self_harm="yes unsure",
            life__debt="pressure",
            life__work_conditions="not_free papers_kept abuse",
            safety__own_view="1",
            child__danger_now="yes",
            child__work="begging dangerous night for_someone",
            child__marriage="planned married",
            child__care_seen="injuries",
            child__carer_heard="no_carer",
        )
    )
    medium: Answers = field(
        default_factory=lambda: _answers(
            contact__outcome="unreachable",
            contact__safe_to_talk="no unsure",
            safety__home="insults controlled neglected",
            safety__offers_abroad="yes unsure",
            life__documents="someone_else missing",
            life__debt="debt unsure",
            life__work_conditions="unpaid hours unsafe",
            safety__own_view="2 3",
            child__danger_now="unsure",
            child__arranged="changed unsure",
            child__work="street hours",
            child__marriage="talk",
            child__care_seen="hungry ill fear presents",
            child__carer_strain="gives_up",
        )
    )
    calm: Answers = field(
        default_factory=lambda: _answers(
            contact__outcome="met phone_only not_alone refused moved",
            incident__retrafficking="ruled_out",
            contact__safe_to_talk="yes",
            safety__threats="none",
            safety__home="well none",
            safety__offers_abroad="no",
            health__wellbeing="sleep fear sadness lonely substances none",
            checkup__self_harm="no not_asked",
            life__documents="self shared",
            life__debt="none",
            life__work_conditions="none",
            safety__own_view="4 5",
            child__danger_now="no",
            child__arranged="yes agreed_change",
            child__work="helps light none",
            child__marriage="none",
            child__care_seen="clothes bed tired none",
            child__carer_heard="apart child_near others_near absent refused",
            child__carer_strain="copes tired overwhelmed",
        )
    )
    silent: frozenset[str] = frozenset({"no_answer"})

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> RiskTable:
        """From a programme's table `[risk.high]`, `[risk.medium]`, `[risk.calm]`: meaning = [choices].

        What it names replaces the answers of that meaning at that level; the rest stays as it is here. A
        choice that two levels name counts for the higher one. Problem form.programme.value_invalid,
        form.programme.value_unknown.
        """
        usual = cls()
        only(table, "high", "medium", "calm")

        def level(name: str, answers: Answers) -> Answers:
            said = section(table, name)
            return {**answers, **{meaning: frozenset(words(said, meaning)) for meaning in said}}

        return cls(
            level("high", usual.high), level("medium", usual.medium), level("calm", usual.calm), usual.silent
        )

    @property
    def meanings(self) -> tuple[str, ...]:
        """All that the table speaks of, in order."""
        return tuple(sorted({*self.high, *self.medium, *self.calm}))


@dataclass(frozen=True, slots=True)
class Advice:
    """A level that answers suggest. `because`: codes, the graver first (`because.safety.threats.watched`)."""

    level: Risk
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """The level that stands on a day: since when, what the answers of that record suggested, and what is to
    be looked at."""

    level: Risk
    since: date | None
    advice: Advice
    notes: tuple[str, ...] = ()


def advice(record: Evidence, table: RiskTable | None = None) -> Advice:
    """What the answers of one record suggest; low only where the person's own view says so."""
    table = table or RiskTable()
    high, medium = [], []
    calm_view = False
    for meaning in table.meanings:
        for choice in sorted(_said(record, meaning)):
            code = f"because.{meaning}.{choice}"
            if choice in table.high.get(meaning, ()):
                high.append(code)
            elif choice in table.medium.get(meaning, ()):
                medium.append(code)
            elif choice in table.calm.get(meaning, ()):
                calm_view = calm_view or meaning == _OWN_VIEW
            elif choice not in table.silent:
                medium.append(f"because.{meaning}.unclear")
    because = tuple(dict.fromkeys((*high, *medium)))
    if high:
        return Advice("high", because)
    if medium:
        return Advice("medium", because)
    return Advice("low", (f"because.{_OWN_VIEW}.safe",)) if calm_view else Advice("unknown")


def standing(
    found: Iterable[Evidence],
    today: date,
    coordinators: Collection[str],
    table: RiskTable | None = None,
) -> Standing:
    """The level that stands today.

    The contacts are gone through in their order. Each may raise the level; one that lowers it counts only
    as a coordinator's, with the reason in that record. The case file's own level, which its merge rule
    guards in the same way, can only add to it. A level that is dated after today raises at once and
    lowers nothing; one that nobody understands is medium; of two of one moment the higher counts.
    """
    records = list(found)
    told = saying(records, STATED, AFTER_INCIDENT, *(table or RiskTable()).meanings)
    told.sort(key=lambda each: (*each.at(STATED, AFTER_INCIDENT), _weight(_stated(each))))
    level: Risk = "unknown"
    since: date | None = None
    last = Advice("unknown")
    notes: list[str] = []
    for record in told:
        suggested = advice(record, table)
        silent = suggested.level == "unknown" and _CHECK_UP in record.values
        if record.on <= today and not silent:
            last = suggested
            notes = [note for note in notes if note != "risk.advice.higher"]
        said = _level(_stated(record))
        if _stated(record) is not None and said is None:
            notes.append("risk.stated.unclear")
            said = "medium" if _rank(level) < _rank("medium") else level
        if said is not None and _rank(said) >= _rank(level):
            since = since if said == level else record.on
            level = said
            if record.on > today:
                notes.append("risk.stated.in_future")
        elif said is not None and (refused := _not_lowered(record, today, coordinators)):
            notes.append(refused)
        elif said is not None:
            level, since, notes = said, record.on, []
        if _rank(suggested.level) > _rank(level):
            notes.append("risk.advice.higher")
    for record in saying(records, CASE):
        of_case = _level(record.get(CASE))
        if of_case is None:
            notes.append("risk.stated.unclear")
            of_case = "medium"
        if _rank(of_case) > _rank(level):
            level, since = of_case, record.on
    return Standing(level, since, last, tuple(dict.fromkeys(notes)))


def over_the_months(
    found: Iterable[Evidence],
    arrived: date,
    today: date,
    coordinators: Collection[str],
    months: Iterable[int] = MONTHS,
) -> dict[int, Risk]:
    """The level that stood at the end of each month after arrival; months that are not over are left out.

    Of a month without any contact that judged it before, `unknown`. It is counted from the contacts alone:
    what the case file says today was not said then.
    """
    contacts = [record for record in found if STATED in record.values]
    levels: dict[int, Risk] = {}
    for month in months:
        end = add_months(arrived, month)
        if end <= today:
            until = [record for record in contacts if record.on <= end]
            levels[month] = standing(until, end, coordinators).level
    return levels


def _not_lowered(record: Evidence, today: date, coordinators: Collection[str]) -> str:
    """Why a lower level does not count; empty where it does."""
    if record.on > today:
        return "risk.stated.in_future"
    if record.author not in coordinators:
        return "risk.lowering.not_coordinator"
    return "" if record.text(REASON).strip() else "risk.lowering.without_reason"


def _said(record: Evidence, meaning: str) -> frozenset[str]:
    """The choices of an answer; of a number, its text."""
    value = record.get(meaning)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return frozenset({f"{value:g}"})
    return record.chosen(meaning) - {""}


def _stated(record: Evidence) -> object:
    """The level that a record states: of a contact, or else after an incident."""
    contact = record.get(STATED)
    return record.get(AFTER_INCIDENT) if contact is None else contact


def _level(value: object) -> Risk | None:
    return cast(Risk, value) if isinstance(value, str) and value in LEVELS else None


def _rank(level: Risk) -> int:
    return LEVELS.index(level)


def _weight(stated: object) -> int:
    return _rank(_level(stated) or ("unknown" if stated is None else "medium"))

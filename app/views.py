"""What the fieldbook hands to screens: plain, immutable, ready to be drawn, without widgets.

Screens never see a table row. Text that depends on the language is not in here: titles come as
codes or as `{language: text}` and are chosen when drawn, so that the language can change live.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

Titles = Mapping[str, str]
Risk = Literal["high", "medium", "low", "unknown"]
RecordState = Literal["draft", "only_here", "on_server", "refused"]


@dataclass(frozen=True, slots=True)
class Session:
    """Who is at work on which device. `demo` decides the permanent banner."""

    login: str
    display_name: str
    role: Literal["officer", "reception", "coordinator"]
    office: str
    zone: str
    device: str
    demo: bool


@dataclass(frozen=True, slots=True)
class DueItem:
    """One thing to do in one case. `kind` is a message code: contact.week_2, arrival, ...

    What is due from the office's own file has no code, and in `detail` the `record` that says so. `words` in
    `detail` are what was written of it: for the case's own page alone, since they may name anybody.
    """

    case: str
    code: str
    risk: Risk
    kind: str
    form: str | None
    due: date
    overdue: bool
    detail: Mapping[str, Any] = field(default_factory=dict)
    opens: date | None = None
    """The day from which it is to be seen, where that is before the day on which it is due."""


@dataclass(frozen=True, slots=True)
class DraftView:
    """A form begun and not finished; it exists on this device only."""

    record: str
    case: str
    code: str
    form: str
    titles: Titles
    answered: int
    questions: int
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class ConflictView:
    """An answer of this worker that another one replaced. Values are shown as `*_text`, but in a list only
    those that cannot name anybody: `personal` is what somebody typed, and what the form seals."""

    id: str
    record: str
    case: str
    code: str
    form_titles: Titles
    path: str
    question: Titles
    kept: Any
    kept_text: Titles
    kept_by: str
    kept_at: datetime
    lost: Any
    lost_text: Titles
    lost_at: datetime
    rule: str
    can_restore: bool
    state: Literal["open", "restored", "accepted"]
    personal: bool = True


@dataclass(frozen=True, slots=True)
class TodayView:
    day: date
    overdue: tuple[DueItem, ...]
    today: tuple[DueItem, ...]
    drafts: tuple[DraftView, ...]
    conflicts: tuple[ConflictView, ...]
    only_here: int
    last_sync: datetime | None
    alarms: tuple[AlarmView, ...] = ()
    office: tuple[DueItem, ...] = ()
    """What is due of what the office does for no single person, overdue or not."""


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in a list: a code, never a name. The office's own file has neither, and is in no list."""

    id: str
    code: str
    country: str
    stage: str
    risk: Risk
    language: str
    next_due: date | None
    next_kind: str | None
    only_here: int


@dataclass(frozen=True, slots=True)
class AsideView:
    """An answer that the form of its record has no question for: it is kept, and shown."""

    path: str
    titles: Titles
    text: Titles


@dataclass(frozen=True, slots=True)
class ChangeView:
    """What is different about one question between two versions of a form; kinds are forms.revision's."""

    kinds: tuple[str, ...]
    titles: Titles


@dataclass(frozen=True, slots=True)
class RevisionView:
    """What a draft's author sees before it moves to a newer version of its form."""

    record: str
    old_version: str
    new_version: str
    changes: tuple[ChangeView, ...]
    aside: tuple[AsideView, ...]


@dataclass(frozen=True, slots=True)
class RecordRow:
    id: str
    form: str
    titles: Titles
    changed_at: datetime
    state: RecordState
    on_server_since: datetime | None
    refused: str | None
    author: str


@dataclass(frozen=True, slots=True)
class StageView:
    code: str
    state: Literal["done", "now", "later"]


@dataclass(frozen=True, slots=True)
class FormOffer:
    """A form that can be begun for a case."""

    form: str
    version: str
    titles: Titles


@dataclass(frozen=True, slots=True)
class StageOffers:
    """Forms of another stage than the one where the case stands; of none where `stage` is empty. `titles`:
    where a programme has its own."""

    stage: str
    titles: Titles
    offers: tuple[FormOffer, ...]


@dataclass(frozen=True, slots=True)
class OffersView:
    """The forms that can be begun for a case, each once. `needed`: what is due first, then the stage's."""

    needed: tuple[FormOffer, ...]
    own: tuple[FormOffer, ...]
    by_stage: tuple[StageOffers, ...]


@dataclass(frozen=True, slots=True)
class StepView:
    """A step of the stage's procedure: done or left out, by whom, when, and why."""

    id: str
    titles: Titles
    guidance: Titles
    state: Literal["open", "done", "deviated"]
    by: str
    on: date | None
    reason: str


@dataclass(frozen=True, slots=True)
class LeafletView:
    """What people are handed, in `language`; of those in `unreviewed` no native speaker has signed it off."""

    id: str
    titles: Titles
    text: Titles
    language: str
    unreviewed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class GuidanceView:
    """`can_tick` is false while the form that a tick is written with has not come down."""

    steps: tuple[StepView, ...]
    can_tick: bool
    leaflets: tuple[LeafletView, ...]


@dataclass(frozen=True, slots=True)
class ReasonView:
    """Why a gate is closed, or was passed. What is `hard` nobody can pass; `records` say so.

    `form` is the one that answers it, where no record does yet, or the one that did has ended.
    """

    code: str
    hard: bool
    records: tuple[str, ...] = ()
    expires: date | None = None
    form: FormOffer | None = None


@dataclass(frozen=True, slots=True)
class GateView:
    """One gate today: what it still misses, and what a coordinator passed."""

    gate: str
    open: bool
    reasons: tuple[ReasonView, ...]
    passed: tuple[ReasonView, ...]
    open_until: date | None


@dataclass(frozen=True, slots=True)
class ClearanceView:
    """The clearance to travel that was given last. `alert`: the offices that must know when it lapsed."""

    stands: bool
    reasons: tuple[ReasonView, ...]
    alert: tuple[str, ...]
    boarded_on: date | None


@dataclass(frozen=True, slots=True)
class RiskView:
    """The level that stands, and since when; what the last answers suggest, and why; what is to be looked
    at; and the level at the end of months 1, 3, 6 and 12 after arrival."""

    level: Risk
    since: date | None
    advised: Risk
    because: tuple[str, ...]
    notes: tuple[str, ...]
    months: Mapping[int, Risk]


@dataclass(frozen=True, slots=True)
class ProtectionView:
    """What protects the person of a case. `frozen`: why nobody makes contact now; empty where one may.

    `ahead` are the gates that lie before the stage of the case, the nearest first. `thaws` is the form in
    which a worker says that a doubted way is safe.
    """

    gates: tuple[GateView, ...]
    clearance: ClearanceView | None
    risk: RiskView
    frozen: tuple[str, ...]
    ahead: tuple[str, ...] = ()
    thaws: FormOffer | None = None


@dataclass(frozen=True, slots=True)
class OfficeView:
    """An office of this server; `country` is a code, empty where it is not known."""

    id: str
    country: str


@dataclass(frozen=True, slots=True)
class ShareView:
    """Another office that some record names: whether it has the case today, until when, or why not."""

    office: str
    shared: bool
    ground: str
    reasons: tuple[ReasonView, ...]
    until: date | None


@dataclass(frozen=True, slots=True)
class LikelyView:
    """A case that may be of the same person, with codes of what speaks for it and against it."""

    case: str
    code: str
    score: int
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NewCaseView:
    """What can be chosen of a new case, each a value with its titles; `country` is where the office itself
    is, empty where nobody returns there."""

    countries: tuple[tuple[str, Titles], ...]
    languages: tuple[tuple[str, Titles], ...]
    sexes: tuple[tuple[str, Titles], ...]
    country: str


@dataclass(frozen=True, slots=True)
class FactConflict:
    """A fact that several files of one person tell differently: each file's code and its value.

    `texts` has the values in the order of `values`, as a person reads them. Where it `freezes`, nobody makes
    contact until the files agree. What is `named` is a name: no list shows it, and it has no texts.
    """

    fact: str
    values: tuple[tuple[str, Any], ...]
    freezes: bool = False
    named: bool = False
    titles: Titles = field(default_factory=dict)
    texts: tuple[Titles, ...] = ()


@dataclass(frozen=True, slots=True)
class FileView:
    """The record of the facts of one of the files of a person; `begun`: it lies open as a draft."""

    code: str
    case: str
    record: str
    begun: bool


@dataclass(frozen=True, slots=True)
class AlarmView:
    """What must not wait. `case` is None where this device does not hold it: then only its code is known."""

    kind: str
    case: str | None
    case_code: str
    since: datetime
    reasons: tuple[ReasonView, ...] = ()
    alert: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseView:
    """One case opened. `name` is in here, and the screen shows it only when asked."""

    row: CaseRow
    name: str
    stages: tuple[StageView, ...]
    safe_contact: Titles
    facts: tuple[tuple[Titles, Titles], ...]
    due: tuple[DueItem, ...]
    records: tuple[RecordRow, ...]
    offers: OffersView
    protection: ProtectionView
    guidance: GuidanceView
    file: str
    """The record of the case's own facts."""
    other_files: tuple[CaseRow, ...] = ()
    """Other files of the same person, and what all of them tell differently."""
    file_conflicts: tuple[FactConflict, ...] = ()
    files: tuple[FileView, ...] = ()
    """All files of the person, the one to work in first."""


@dataclass(frozen=True, slots=True)
class OfficeFileView:
    """What the office of this device does for no single person: its meetings, trainings, agreements. `id`
    stands for it where a case's does."""

    id: str
    due: tuple[DueItem, ...]
    records: tuple[RecordRow, ...]
    offers: tuple[FormOffer, ...]
    only_here: int


@dataclass(frozen=True, slots=True)
class FigureView:
    """One number of a report: exact, for who may see the cases, and for nobody else.

    `group` is empty in the row over all. `value` is None where nothing can be told, `of` where there is no
    denominator; `missing` are those whose fact is not known.
    """

    indicator: str
    group: tuple[tuple[str, str], ...]
    value: Decimal | None
    of: Decimal | None
    persons: int
    missing: int


@dataclass(frozen=True, slots=True)
class SyncView:
    """What is only here, what is under way, and how the last attempt ended."""

    running: bool
    phase: str | None
    last_try: datetime | None
    last_success: datetime | None
    problem: str | None
    problem_params: Mapping[str, Any]
    waiting: int
    waiting_attachments: int
    refused: tuple[RecordRow, ...]
    next_try: datetime | None
    sent: int
    received: int

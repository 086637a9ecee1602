"""Everything one worker has on one device, unlocked: the only object that screens call.

Each method returns a `Job` at once; the work happens on the threads of the store, and results
come back on the UI thread through `deliver`. Nothing here touches a widget, and saving an answer
never touches the network.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from app.background import Deliver, Job, deliver_here
from app.problems import Problem
from app.settings import Settings
from app.views import CaseRow, CaseView, ConflictView, FormOffer, Session, SyncView, TodayView

if TYPE_CHECKING:
    from forms.entry import EntryChange, FormEntry
    from forms.validation import Violation

    from app.sync.outcome import Outcome

Topic = Literal["cases", "records", "conflicts", "sync"]


@dataclass(frozen=True, slots=True)
class OpenEntry:
    """A record opened for filling in. `entry` belongs to the screen, on the UI thread only."""

    record: str
    case: CaseRow
    form: str
    entry: FormEntry


def unlock(settings: Settings, passphrase: str, deliver: Deliver = deliver_here) -> Job[Fieldbook]:
    """Open the store in `settings.folder`. Problems: store.passphrase.wrong, store.file.damaged, ..."""
    raise NotImplementedError


class Fieldbook:
    """What one worker can do on this device. Made by `unlock`, ended by `close`.

    `on_change` are called on the UI thread with the topics that a save or a sync changed;
    `on_problem` with each problem that nobody asked for, such as a save that failed.
    """

    session: Session
    on_change: list[Callable[[frozenset[Topic]], None]]
    on_problem: list[Callable[[Problem], None]]

    # -- what screens show

    def today(self) -> Job[TodayView]:
        """What is due today and overdue, drafts, open conflicts, and how much is only here."""
        raise NotImplementedError

    def cases(self, query: str = "", stage: str | None = None) -> Job[tuple[CaseRow, ...]]:
        """Cases whose code or names match `query` (all for an empty one), those due first."""
        raise NotImplementedError

    def case(self, case_id: str) -> Job[CaseView]:
        """One case with its facts, records, what is due, and the forms that can be begun."""
        raise NotImplementedError

    def forms(self) -> Job[tuple[FormOffer, ...]]:
        """The forms on this device, newest version each."""
        raise NotImplementedError

    # -- filling in

    def new_case(self, country: str, language: str) -> Job[str]:
        """Open a case with a new code, made offline; returns its id. Its `case_file` is a draft to complete."""
        raise NotImplementedError

    def begin(self, case_id: str, form_id: str, language: str | None = None) -> Job[OpenEntry]:
        """Begin a form for a case. Nothing is stored before the first save. `language`: of labels, default the form's."""
        raise NotImplementedError

    def resume(self, record_id: str, language: str | None = None) -> Job[OpenEntry]:
        """Open a draft again, as it was at its last saved answer."""
        raise NotImplementedError

    def edit(self, record_id: str, language: str | None = None) -> Job[OpenEntry]:
        """Open a finished record to change it: a draft on top of it, until it is finished again."""
        raise NotImplementedError

    def save(self, record_id: str, change: EntryChange) -> Job[None]:
        """Keep one answer with all that it changed; when the job ends well it survives a crash."""
        raise NotImplementedError

    def finish(self, record_id: str) -> Job[tuple[Violation, ...]]:
        """Check the whole form as it is saved; without violations its changes wait for the next sync."""
        raise NotImplementedError

    def discard(self, record_id: str) -> Job[None]:
        """Throw a draft away; of a finished record only the changes since it was finished."""
        raise NotImplementedError

    def attach(self, record_id: str, path: str, source: Path) -> Job[str]:
        """Seal a copy of a file beside the store; returns the name to answer the question at `path` with."""
        raise NotImplementedError

    def attachment(self, name: str) -> Job[bytes]:
        """The content of an attachment. Problem attachment.file.missing when it has not come down yet."""
        raise NotImplementedError

    # -- conflicts

    def conflicts(self) -> Job[tuple[ConflictView, ...]]:
        """Answers of this worker that another one replaced, newest first, settled ones last."""
        raise NotImplementedError

    def restore(self, conflict_id: str) -> Job[None]:
        """Put the lost answer back: a new change, which goes to the server like any other."""
        raise NotImplementedError

    def accept(self, conflict_id: str) -> Job[None]:
        """Let the other answer stand."""
        raise NotImplementedError

    # -- sync

    def sync_now(self) -> Job[Outcome]:
        """Sync at once; while one is under way, its outcome. A failure is in the outcome, not raised."""
        raise NotImplementedError

    def sync_view(self) -> Job[SyncView]:
        """What is only here, what is under way, and how the last attempt ended."""
        raise NotImplementedError

    def close(self) -> Job[None]:
        """Stop syncing, checkpoint and close the store. Nothing can be called afterwards."""
        raise NotImplementedError

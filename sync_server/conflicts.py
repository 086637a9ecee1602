"""The conflict log's use cases: what is told to whom, and how a conflict ends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from sync_server.accounts import Actor
from sync_server.protocol.change import ChangeSet
from sync_server.protocol.merge import Conflict, same
from sync_server.protocol.messages import ConflictNotice, Settled
from sync_server.storage.base import LoggedConflict

Ending = Literal["restored", "accepted"]


def notice(record: str, case: str, form: str, conflict: Conflict) -> ConflictNotice:
    """What the author of the losing value is told, and what the log keeps."""
    kept, lost = conflict.kept, conflict.lost
    return ConflictNotice(
        id=conflict.id_in(record),
        record=record,
        case=case,
        form=form,
        path=conflict.path,
        rule=conflict.rule,
        state="open",
        kept=kept.value,
        kept_author=kept.author,
        kept_stamp=kept.stamp,
        kept_effective=kept.effective,
        lost=lost.value,
        lost_author=lost.author,
        lost_stamp=lost.stamp,
        lost_effective=lost.effective,
    )


def settled_by_choice(
    found: Mapping[str, LoggedConflict], actor: Actor, settled: Iterable[Settled]
) -> dict[str, Ending]:
    """The open conflicts among those `found` that the actor settles in so many words.

    One that is unknown, somebody else's, or settled before is passed over: the outcome that the
    device asks for either stands already or is not hers to give.
    """
    wanted = {one.conflict: one.state for one in settled}
    return {
        id: wanted[id]
        for id, logged in found.items()
        if id in wanted and logged.notice.state == "open" and logged.notice.lost_author == actor.login
    }


def settled_by_change(
    open_conflicts: Iterable[LoggedConflict], change_sets: Iterable[ChangeSet]
) -> dict[str, Ending]:
    """The open conflicts whose loser wrote on, on top of her lost value: restored when she wrote
    that value again, otherwise accepted. A restore counts even when word of it never arrives."""
    endings: dict[str, Ending] = {}
    waiting: dict[tuple[str, str], list[ConflictNotice]] = {}
    for logged in open_conflicts:
        waiting.setdefault((logged.notice.record, logged.notice.path), []).append(logged.notice)
    for change_set in change_sets if waiting else ():
        for change in change_set.changes():
            for lost in waiting.get((change_set.record, change.path), ()):
                if lost.lost_stamp in change.parents and lost.lost_author == change.author:
                    endings[lost.id] = "restored" if same(change.value, lost.lost) else "accepted"
    return endings

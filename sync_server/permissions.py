"""Who may have which cases, and who may do what with them: decided here and nowhere else.

Everybody in an office has the cases of that office, and those that other offices share with it. What is
shared is in what the case's records say; `SharedCase` is how that was decided. An office's own file, in which
is what it does for no single person, is that office's alone: its id can be worked out from the office's, and
so nobody else may open it first, nor may anybody share it.
"""

from __future__ import annotations

from forms.casework.office_file import FORMS, is_office_file, office_file
from sync_server.accounts import Actor
from sync_server.protocol.change import ChangeSet
from sync_server.storage.shared_base import SharedCase


def refusal(
    actor: Actor,
    change_set: ChangeSet,
    home: str | None,
    share: SharedCase | None,
    shares_on: bool,
    written_ms: int,
) -> str:
    """The code by which a change of the actor's is refused; empty where she may make it.

    What somebody wrote while her office had the case is taken in, also when the sharing has ended before it
    came: it may say that the person takes something back. `written_ms` is when that was, by the server's
    clock.

    `home` is the office whose case it is; None is a case that nobody knows yet, which she opens in her own
    office. `share` is what her office has of it. `shares_on`: the change says which offices are to have
    the case, and that only people of its home may say.
    """
    if is_office_file(change_set.case):
        if change_set.case != office_file(actor.office):
            return "sync.office_file.not_yours"
        if shares_on or change_set.form not in FORMS:
            return "sync.office_file.other_form"
    if home is None or home == actor.office:
        return ""
    if share is None or share.standing == "asked":
        return "sync.case.not_granted"
    if not share.shared and not (share.ended_ms is not None and written_ms < share.ended_ms):
        return "sync.case.sharing_ended"
    return "sync.case.not_yours_to_share" if shares_on else ""


def scope(actor: Actor) -> str:
    """The office whose feed the actor pulls: its own cases, and what others share with it."""
    return actor.office

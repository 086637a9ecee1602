"""Who may have which cases, and who may do what with them: decided here and nowhere else.

Everybody in an office has the cases of that office, and those that other offices share with it. What is
shared is in what the case's records say; `SharedCase` is how that was decided.
"""

from __future__ import annotations

from sync_server.accounts import Actor
from sync_server.storage.shared_base import SharedCase


def refusal(actor: Actor, home: str | None, share: SharedCase | None, shares_on: bool) -> str:
    """The code by which a change of the actor's to a case is refused; empty where she may make it.

    `home` is the office whose case it is; None is a case that nobody knows yet, which she opens in her own
    office. `share` is what her office has of it. `shares_on`: the change says which offices are to have
    the case, and that only people of its home may say.
    """
    if home is None or home == actor.office:
        return ""
    if share is None or share.standing == "asked":
        return "sync.case.not_granted"
    if not share.shared:
        return "sync.case.sharing_ended"
    return "sync.case.not_yours_to_share" if shares_on else ""


def scope(actor: Actor) -> str:
    """The office whose feed the actor pulls: its own cases, and what others share with it."""
    return actor.office

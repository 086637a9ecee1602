"""Who may have which cases. In this version: everybody in an office has the cases of that office."""

from __future__ import annotations

from sync_server.accounts import Actor


def may_write(actor: Actor, office: str | None) -> bool:
    """Whether the actor may change a case of `office`; None is a case that nobody knows yet,
    which she opens in her own office."""
    return office is None or office == actor.office


def scope(actor: Actor) -> str:
    """The office whose changes the actor pulls."""
    return actor.office

"""Who is calling: the bearer token of a device, checked before a byte of the body is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flask import g, request

from sync_server.accounts import Accounts, Actor
from sync_server.protocol.problems import Problem

#: A token is 43 characters; nothing much longer is worth hashing.
GREATEST_TOKEN: Final = 128


def require_actor(accounts: Accounts) -> Callable[[], None]:
    """A `before_request` that lets only known devices pass and leaves their `Actor` for the view."""

    def authenticate() -> None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token or len(token) > GREATEST_TOKEN:
            raise Problem("auth.token.invalid")
        g.actor = accounts.actor_of(token)

    return authenticate


def actor() -> Actor:
    """The caller of the request that is being answered."""
    caller: Actor = g.actor
    return caller

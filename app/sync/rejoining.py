"""Making a restored device known to the server, under a name of its own, with all the work that it brings.

    rejoin(store, server, password)

1. What the old device had finished is sent in its name, as its own next sync would have: what the server has
   of it already it knows again, by number, id and claims. Then everything since the backup is here, too.
2. The device gets a name and a token of its own; what no server has seen goes on under that name.

Where the server does not take the old token any more, it is a device that was revoked, perhaps since
thieves have it: nothing can be sent in its name, and `inherited.adopt` tells what becomes of its work.
Whatever cuts this off, it can be done again.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from app.problems import Problem
from app.store import Identity, Store, Transaction, inherited, meta, outbox, reference
from app.sync import receipt
from app.sync.http_client import HttpClient
from app.sync.syncer import RECOUNTS, batch_id, miscounted, refuse_standstill, take_in
from sync_server.protocol.messages import About, ClockReading, EnrolRequest, SyncRequest

#: What a server says to a device that it does not know (any more).
_UNKNOWN: str = "auth.token.invalid"
_BYTES = 1_000_000

#: From an address and a token to the way to that server.
OpenLine = Callable[[str, str | None], HttpClient]


def rejoin(
    store: Store,
    server: str,
    login: str,
    password: str,
    *,
    label: str = "",
    open_line: OpenLine = HttpClient,
) -> tuple[Identity, int]:
    """Make the device of `store`, which was restored, known to `server`; who now works here, and how many
    answers are uncertain and wait for their author.

    `server` is typed by who does this, and not taken from the backup: anybody can make a backup that names
    a server of his own. Problems restore.device.known (it has its name already), restore.login.other,
    sync.server.other, sync.demo.mismatch, sync.enrolment.unreachable, and those of a sync.
    """
    came_from = store.read(inherited.of)
    if came_from is None:
        raise Problem("restore.device.known")
    was = store.identity
    if login.strip().lower() != was.login:
        raise Problem("restore.login.other")
    client = open_line(server, None)
    try:
        about = _about(client, was)
        sent = _send_in_its_name(store, client.address, came_from, about, open_line)
        enrolled = client.enrol(EnrolRequest(was.login, password, label or "device", was.demo))
    finally:
        client.close()
    identity = Identity(
        device=enrolled.device,
        login=enrolled.user.login,
        display_name=enrolled.user.display_name,
        role=enrolled.user.role,
        office=enrolled.user.office,
        zone=enrolled.user.zone,
        server=client.address,
        server_id=enrolled.server,
        epoch=enrolled.epoch,
        demo=was.demo,
        token=enrolled.token,
    )
    if not sent:
        # What the server has of the old device's work is seen only in what it shows of the records.
        own = open_line(identity.server, identity.token)
        try:
            _exchange(store, own, None, about)
        finally:
            own.close()
    uncertain: list[int] = []

    def adopt(db: Transaction) -> None:
        uncertain.append(inherited.adopt(db, identity.device))
        receipt.forget_put_back(db)

    store.identify(identity, adopt)
    return identity, uncertain[0]


def _about(client: HttpClient, was: Identity) -> About:
    try:
        about = client.about()
    except Problem as problem:
        if problem.code != "sync.server.unreachable":
            raise
        raise Problem("sync.enrolment.unreachable", problem.params) from None
    if about.demo != was.demo:
        raise Problem("sync.demo.mismatch")
    if about.server != was.server_id:
        raise Problem("sync.server.other")
    return about


def _send_in_its_name(
    store: Store, address: str, came_from: inherited.Inherited, about: About, open_line: OpenLine
) -> bool:
    """False where the server does not take the old device's token any more."""
    if not came_from.token:
        return False
    client = open_line(address, came_from.token)
    try:
        _exchange(store, client, came_from.device, about)
    except Problem as problem:
        if problem.code != _UNKNOWN:
            raise
        return False
    finally:
        client.close()
    return True


def _exchange(store: Store, client: HttpClient, device: str | None, about: About) -> None:
    """Push what waits of `device`, and pull, until nothing is left of either."""
    more, miscounts, begun = True, 0, time.monotonic()
    while more:
        changes, cursor, known = store.read(
            lambda db: (
                outbox.batch(db, _BYTES, device=device) if device is not None else (),
                meta.cursor(db),
                reference.fingerprint(db),
            )
        )
        request = SyncRequest(
            # By the server's own clock: what this machine's says tells nothing of the other one's.
            clock=ClockReading(about.now + round((time.monotonic() - begun) * 1000)),
            batch=batch_id(changes, ()),
            changes=changes,
            cursor=cursor,
            limit=_BYTES,
            reference=known,
            demo=store.identity.demo,
        )
        response = client.sync(request)
        refuse_standstill(request, response)
        store.write(lambda db, said=(request, response): take_in(db, *said))  # type: ignore[misc]
        problem = miscounted(response)
        miscounts = miscounts + 1 if problem else 0
        if problem and miscounts > RECOUNTS:
            raise problem
        more = response.page.more or (device is not None and store.read(inherited.waits))

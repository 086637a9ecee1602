"""Making this device known to a server, and the store that goes with it: once in a device's life."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from app import passphrases
from app.boot import boot_facts
from app.problems import Problem
from app.store import Identity, KeyCost, Store, reference
from app.store.keys import FLOOR
from app.sync.http_client import HttpClient
from sync_server.protocol.messages import EnrolRequest, Reference
from sync_server.protocol.recovery_key import fingerprint, from_text


def enrol(
    folder: Path,
    server: str,
    login: str,
    password: str,
    passphrase: str,
    label: str = "",
    *,
    demo: bool = False,
    cost: KeyCost = FLOOR,
    tell_recovery_key: Callable[[str], object] = lambda fingerprint: None,
) -> Identity:
    """Enrol with `server` and create the store in `folder`; returns who now works here.

    A demo device is refused by a real server and a real one by a demo server, before the password
    is sent (sync.demo.mismatch). Nothing is stored when any step fails, and a folder that holds a
    store already is refused before the server is asked. A server that is away is told as
    sync.enrolment.unreachable: there is nothing yet that a later sync could send. A passphrase that is
    too weak is refused first of all (store.passphrase.empty, .short, .trivial). `tell_recovery_key` hears
    the fingerprint of the key by which the office opens this device, too, for somebody to compare. `cost`
    below the default is for tests.
    """
    if Store.exists(folder):
        raise Problem("store.file.exists", {"name": folder.name})
    passphrases.refuse_weak(passphrase)
    client = HttpClient(server)
    try:
        about = client.about()
        if about.demo != demo:
            raise Problem("sync.demo.mismatch")
        enrolled = client.enrol(EnrolRequest(login, password, label or "device", demo))
    except Problem as problem:
        if problem.code != "sync.server.unreachable":
            raise
        raise Problem("sync.enrolment.unreachable", problem.params) from None
    finally:
        client.close()
    if enrolled.server != about.server:
        raise Problem("sync.server.other")
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
        demo=demo,
        token=enrolled.token,
    )
    told = enrolled.reference or Reference()
    store = Store.create(
        folder,
        passphrase,
        identity,
        boot_facts=boot_facts,
        cost=cost,
        recovery_key=from_text(told.recovery_key),
    )
    try:
        if enrolled.reference is not None:
            store.write(lambda db: reference.put(db, told))
            store.settle_keys()
    finally:
        store.close()
    if (public := from_text(told.recovery_key)) is not None:
        tell_recovery_key(fingerprint(public))
    return identity

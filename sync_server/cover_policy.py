"""How an office wants its devices left alone: when they lock, how long a cover lasts, which PIN is enough.

It travels with the reference data. A device may be stricter than its office, and never less strict.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any, Final

from sync_server.config import SetupProblem
from sync_server.protocol.messages import CoverPolicy
from sync_server.storage.base import Storage

_KEPT: Final = "cover.policy"
#: Seconds that a policy may ask for, and digits of a PIN: the least and the most of each.
LIMITS: Final[Mapping[str, tuple[int, int]]] = {
    "lock_after": (30, 3_600),
    "cover_lasts": (10, 3_600),
    "pin_least": (4, 6),
}


def policies(storage: Storage) -> dict[str, CoverPolicy]:
    """What offices have decided, by their id."""
    kept = json.loads(storage.meta(_KEPT) or "{}")
    return {office: CoverPolicy(**told) for office, told in sorted(kept.items())}


def policy_for(storage: Storage, device: str) -> CoverPolicy | None:
    """That of the office in which the worker of a device is; None where it has decided nothing."""
    decided = policies(storage)
    if not decided:
        return None
    logins = {each.id: each.login for each in storage.devices()}
    offices = {each.login: each.office for each in storage.users()}
    return decided.get(offices.get(logins.get(device, ""), ""))


def decide(storage: Storage, office: str, **changes: Any) -> CoverPolicy:
    """Change what an office has decided; what is not named stays. What holds from now on.

    SetupProblem cover.office.unknown, cover.policy.out_of_range.
    """
    if all(each.id != office for each in storage.offices()):
        raise SetupProblem("cover.office.unknown", office=office)
    for name, value in changes.items():
        least, most = LIMITS.get(name, (0, 1))
        if not least <= value <= most:
            raise SetupProblem("cover.policy.out_of_range", name=name, least=least, most=most)
    decided = policies(storage)
    decided[office] = replace(decided.get(office, CoverPolicy()), **changes)
    storage.set_meta(_KEPT, json.dumps({each: asdict(policy) for each, policy in decided.items()}))
    return decided[office]


def told(office: str, policy: CoverPolicy) -> list[str]:
    """What a command says of it."""
    lock = f"after {policy.lock_after} s" if policy.lock_after else "when each device says"
    lasts = f"for {policy.cover_lasts} s" if policy.cover_lasts else "as long as each device says"
    pin = (
        f"by a PIN of {policy.pin_least} digits or more"
        if not policy.without_pin
        else "by the passphrase only"
    )
    return [
        f"Devices of {office} lock by themselves {lock}; a cover comes off {lasts}, {pin}.",
        "They get it with their next sync. Each may be stricter, and none less strict.",
    ]

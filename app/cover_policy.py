"""How this device is left alone: the office's word is a bound, and the device's settings may be stricter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.settings import Settings
from app.store import Snapshot, reference
from sync_server.protocol.messages import CoverPolicy

#: Digits of a quick PIN: on a telephone's keys more is no quick one.
PIN_LEAST: Final = 4
PIN_MOST: Final = 6


#: Seconds below which no office's word goes.
LEAST_S: Final = 30


@dataclass(frozen=True, slots=True)
class CoverRules:
    """What holds: seconds without a touch until it locks, seconds that a cover comes off, whether by a PIN,
    and of how many digits at least. `of_office`: the office has decided something of it."""

    lock_after: float
    cover_lasts: float
    pin: bool = True
    pin_least: int = PIN_LEAST
    of_office: bool = False


def rules(settings: Settings, office: CoverPolicy | None = None) -> CoverRules:
    """The stricter of both, in each of the four. More digits than there can be are the most."""
    decided = office or CoverPolicy()
    least = max(PIN_LEAST, decided.pin_least, int(settings.pin_least))
    return CoverRules(
        lock_after=_stricter(settings.lock_after, decided.lock_after),
        cover_lasts=_stricter(settings.cover_lasts, decided.cover_lasts),
        pin=settings.pin and not decided.without_pin,
        pin_least=min(PIN_MOST, least),
        of_office=office is not None,
    )


def _stricter(own: float, of_office: int | None) -> float:
    """Whatever a server tells, a device can be used."""
    return min(own, max(LEAST_S, of_office)) if of_office else own


def rules_of(settings: Settings, db: Snapshot) -> CoverRules:
    """With what the last sync, or the enrolment, told of the office."""
    return rules(settings, reference.get(db).cover)

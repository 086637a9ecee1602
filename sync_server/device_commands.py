"""The devices of a server, for who runs it: which there are, and that one is lost."""

from __future__ import annotations

from datetime import UTC, datetime

from sync_server.config import SetupProblem
from sync_server.storage.base import Device, Storage


def listed(storage: Storage) -> list[str]:
    """A line a device: number, whose, when it last called, what it is called; those that may call first."""
    devices = sorted(storage.devices(), key=lambda each: (each.revoked_ms is not None, each.login, each.id))
    return [_line(each) for each in devices] or ["No device is enrolled."]


def revoke(storage: Storage, device: str, now_ms: int) -> list[str]:
    """From now on the server takes nothing from it and tells it nothing. SetupProblem device.id.unknown."""
    found = next((each for each in storage.devices() if each.id == device), None)
    if found is None or found.revoked_ms is not None:
        raise SetupProblem("device.id.unknown", device=device)
    storage.revoke_device(device, now_ms)
    return [
        f"The device {device} of {found.login} is no device of this server any more.",
        "What it had not sent by now comes from it no more. What is on it is as safe as its passphrase.",
    ]


def _line(device: Device) -> str:
    called = "never called" if device.last_contact_ms is None else f"called {_moment(device.last_contact_ms)}"
    state = "" if device.revoked_ms is None else f", revoked {_moment(device.revoked_ms)}"
    label = f", {device.label}" if device.label else ""
    return f"{device.id}  {device.login}, {called}{state}{label}"


def _moment(milliseconds: int) -> str:
    return f"{datetime.fromtimestamp(milliseconds / 1000, UTC):%Y-%m-%d %H:%M} UTC"

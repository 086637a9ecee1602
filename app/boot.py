"""Which boot of this machine runs, and since how many milliseconds, by a clock that nobody can set.

With them the server sees through a wall clock that was set between two answers of one boot.
"""

from __future__ import annotations

import time
import uuid
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def boot_facts() -> tuple[str | None, int | None]:
    """(id of the boot, milliseconds since it, time asleep included); (None, None) where they are not told."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    try:
        boot = str(uuid.UUID(_BOOT_ID.read_text().strip()))
    except (OSError, ValueError):
        return None, None
    if clock is None:
        return None, None
    return boot, time.clock_gettime_ns(clock) // 1_000_000

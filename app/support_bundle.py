"""The device's support bundle: logs, versions, settings and sizes, without its passphrase."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from app import log_lines
from app.problems import Problem
from app.settings import LANGUAGES, Settings
from sync_server.protocol import support

#: Those whose version the bundle tells.
LIBRARIES: Final = (
    *("kivy", "sqlcipher3", "pynacl", "requests", "marshmallow", "zstandard", "apscheduler", "fpdf2"),
    *("pillow", "babel", "google-re2", "defusedxml"),
)


def write(settings: Settings, out: Path) -> str:
    """Make the bundle; what a person should read about it.

    Problems support.folder.missing, support.file.exists, support.file.not_written.
    """
    if not os.path.isdir(settings.folder):
        raise Problem("support.folder.missing", {"name": settings.folder.name})
    parts, now = _parts(settings), datetime.now(UTC)
    try:
        support.write_new(out, support.packed("device", parts, now))
    except FileExistsError:
        raise Problem("support.file.exists", {"name": out.name}) from None
    except OSError:
        raise Problem("support.file.not_written", {"name": out.name}) from None
    return support.told(out, parts)


def _parts(settings: Settings) -> list[support.Part]:
    folder = settings.folder
    logs = support.log_parts(folder / log_lines.FOLDER)
    chosen = {
        "language": settings.language if settings.language in LANGUAGES else "",
        "sync_every": settings.sync_every,
        "sync_pause_limit": settings.sync_pause_limit,
        "auto_sync": settings.auto_sync,
        "cover_lasts": settings.cover_lasts,
        "lock_after": settings.lock_after,
    }
    sizes = support.sizes(
        {
            "store": folder / "store.db",
            "store journal": folder / "store.db-wal",
            "keys": folder / "keys.json",
        },
        {"photos and files, sealed": folder / "attachments"},
    )
    return [
        support.system_part(LIBRARIES, folder),
        support.facts_part(
            "settings.json", "language of the screens, how often the device syncs, when it locks", chosen
        ),
        support.facts_part("sizes.json", "how large the device's own files are, in bytes", sizes),
        support.codes_part(logs),
        *logs,
    ]

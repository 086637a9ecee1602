"""Where the app keeps its files and how it behaves: `settings.toml`, then HOMEWARD_* overrides.

No secret is ever in here: the token, the server's address and who is at work are in the store.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Final

import platformdirs

from app.problems import Problem

#: Fields that a file or the environment may set, and what a value is made of.
_SETTABLE = {
    "language": str,
    "sync_every": float,
    "sync_pause_limit": float,
    "auto_sync": bool,
    "cover_lasts": float,
    "lock_after": float,
    "erase_when_locked": bool,
    "pin": bool,
    "pin_least": float,
}


LANGUAGES: Final = ("en", "fr", "sq", "ar", "uk")


@dataclass(frozen=True, slots=True)
class Settings:
    """`folder` holds everything of one device: store, attachments, Kivy's own files.

    `sync_every` and `sync_pause_limit` are seconds: the pause between syncs while all is well, and
    the longest one after failures. `cover_lasts` and `lock_after` are seconds too: for how long a cover can
    be taken off without the passphrase, and after how long without a touch or a key the app locks itself.
    `pin` and `pin_least`: whether a PIN takes the cover off, and of how many digits at least. Of all four the
    office's word is a bound (`app.cover_policy`). `erase_when_locked`: whether whoever holds the locked
    device may erase it. An empty `language` means the system's.
    """

    folder: Path
    language: str = ""
    sync_every: float = 300.0
    sync_pause_limit: float = 3600.0
    auto_sync: bool = True
    cover_lasts: float = 300.0
    lock_after: float = 600.0
    erase_when_locked: bool = False
    pin: bool = True
    pin_least: float = 4


def load(folder: Path | None = None, environment: Mapping[str, str] | None = None, **given: Any) -> Settings:
    """Defaults, then `settings.toml` in the folder, then HOMEWARD_<NAME>, then `given` (None = not given)."""
    environment = os.environ if environment is None else environment
    settings = defaults(folder, environment)
    from_file = _read_file(settings.folder / "settings.toml")
    from_environment = {
        name: environment[key] for name in _SETTABLE if (key := f"HOMEWARD_{name.upper()}") in environment
    }
    chosen = {name: value for name, value in given.items() if value is not None}
    for layer in (from_file, from_environment, chosen):
        settings = replace(settings, **{name: _typed(name, value) for name, value in layer.items()})
    return settings


def defaults(folder: Path | None = None, environment: Mapping[str, str] = os.environ) -> Settings:
    """What holds where nothing is set, in the folder that is meant."""
    where = folder or Path(environment.get("HOMEWARD_DIR") or platformdirs.user_data_path("homeward"))
    return Settings(where.expanduser().resolve())


def _read_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, ValueError) as error:
        raise Problem("settings.file.invalid", {"name": path.name}) from error


def _typed(name: str, value: Any) -> Any:
    kind = _SETTABLE.get(name)
    if kind is None:
        raise Problem("settings.name.unknown", {"name": name})
    if kind is bool:
        if isinstance(value, bool):
            return value
        if str(value).lower() in ("1", "true", "yes", "on", "0", "false", "no", "off"):
            return str(value).lower() in ("1", "true", "yes", "on")
    elif kind is float and not isinstance(value, bool):
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = -1.0
        if 0 < number < 1e7:
            return number
    elif isinstance(value, str) and (not value or re.split("[_.-]", value)[0].lower() in LANGUAGES):
        return value
    raise Problem("settings.value.invalid", {"name": name})


assert set(_SETTABLE) < {each.name for each in fields(Settings)}

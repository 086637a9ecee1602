"""How this worker likes the window: language, size of text, light or dark. Kept in `window.json`."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

LANGUAGES: dict[str, str] = {
    "en": "English",
    "fr": "Français",
    "sq": "Shqip",
    "ar": "العربية",
    "uk": "Українська",
}
TEXT_SIZES = (0.9, 1.0, 1.2, 1.4)


@dataclass(frozen=True, slots=True)
class Preferences:
    language: str = "en"
    text_size: float = 1.0
    dark: bool = False

    @classmethod
    def load(cls, folder: Path, language: str = "") -> Preferences:
        """What was kept in `folder`; `language` (of the command line) wins when it is one of ours.

        A file that cannot be read or holds nonsense counts as none: no one is locked out for a liking.
        """
        try:
            kept = json.loads((folder / "window.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            kept = {}
        known = cls()
        if isinstance(kept, dict):
            if kept.get("language") in LANGUAGES:
                known = replace(known, language=kept["language"])
            if kept.get("text_size") in TEXT_SIZES:
                known = replace(known, text_size=float(kept["text_size"]))
            known = replace(known, dark=kept.get("dark") is True)
        short = language.split("-")[0].split("_")[0].lower()
        return replace(known, language=short) if short in LANGUAGES else known

    def save(self, folder: Path) -> None:
        """Written beside and moved into place, so that a crash leaves the old file or the new one.

        Where it cannot be written the liking lasts until the app is closed; nothing else suffers.
        """
        fresh = folder / "window.json.new"
        with suppress(OSError):
            fresh.write_text(json.dumps(asdict(self)), encoding="utf-8")
            os.replace(fresh, folder / "window.json")

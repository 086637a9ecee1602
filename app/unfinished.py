"""What was typed and belongs to no record yet: kept in the store over a lock, and handed back once.

Answers are saved as they are given. A new case before it is made, and a text that is no answer of its
question's type, are not: without this they would end with the process that the lock replaces.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from app.background import Job
from app.store import Transaction, drafts, meta

#: How the names of what was typed into the form of a record begin; the record follows.
ENTRY: Final = meta.TYPED_INTO
#: How the names of what was typed in a dialog begin; what the dialog keeps follows.
DIALOG: Final = "dialog."

Typed = Mapping[str, Any]


class Unfinished:
    """`keep` before the lock, `take` after the next unlocking."""

    def __init__(self, write: Callable[[Callable[[Transaction], Any]], Job[Any]]) -> None:
        self._write = write

    def keep(self, typed: Typed) -> Job[None]:
        """Keep this instead of what was kept; nothing forgets it. Only what JSON can say."""
        kept = json.dumps(typed, ensure_ascii=False) if typed else None
        return self._write(lambda db: meta.put(db, meta.TYPED, kept))

    def take(self) -> Job[dict[str, Any]]:
        """What was kept; from now on it is with the caller only. Of a draft that was thrown away, nothing."""

        def take(db: Transaction) -> dict[str, Any]:
            kept = meta.get(db, meta.TYPED)
            meta.put(db, meta.TYPED, None)
            typed = dict(json.loads(kept)) if kept else {}
            return {name: each for name, each in typed.items() if _has_a_place(db, name)}

        return self._write(take)


def _has_a_place(db: Transaction, name: str) -> bool:
    return not name.startswith(ENTRY) or drafts.is_open(db, name.removeprefix(ENTRY))

"""Finding a case by code or name, in any script, as people type: no accents, in part, in any order."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from app.store.transaction import Snapshot, Transaction

#: Letters that are written one for the other, where Unicode sees two letters.
_ALIKE: Final = str.maketrans(
    {
        "ى": "ي",  # Arabic: alef maqsura for yeh
        "ی": "ي",  # Persian yeh
        "ک": "ك",  # Persian kaf
        "ة": "ه",  # teh marbuta for heh
        "ٱ": "ا",  # alef wasla
        "ـ": None,  # tatweel only stretches
        "ґ": "г",  # Ukrainian
        "ı": "i",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        **dict.fromkeys("'’ʼ`´‘", None),  # Дар'я, O'Neill: typed with any of these or none
    }
)
#: Crockford's reading of a case code: what looks like a digit is one.
_DIGITS: Final = str.maketrans("oil", "011")
_WORD: Final = re.compile(r"[^\W_]+")


def fold(text: str) -> str:
    """A text as it is compared: no case, no accents or vowel signs, letters that look alike made one.

    Й becomes и and ї becomes і by the same rule as é becomes e: on both sides of a search, so that
    nothing is missed; a name more may be found.
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return unicodedata.normalize("NFC", bare).translate(_ALIKE)


def index(db: Transaction, row: int, code: str, names: Iterable[str]) -> None:
    """Make a case findable; `row` is its rowid in `case_index`. Its earlier entry must be gone."""
    parts = _WORD.findall(fold(code).translate(_DIGITS))
    words = " ".join(_WORD.findall(fold(" ".join(names))))
    db.run(
        "INSERT INTO case_search (rowid, code, names) VALUES (?, ?, ?)",
        row,
        " ".join([*parts, "".join(parts), "".join(parts[1:])]),
        words,
    )


def find(db: Snapshot, query: str) -> tuple[str, ...]:
    """The ids of the cases that match every word of the query, each as the beginning of a name or code."""
    words = _WORD.findall(fold(query))
    if not words:
        return ()
    # A code may be typed with or without its dashes: try it whole as well as word by word.
    whole = "".join(words).translate(_DIGITS)
    each = " AND ".join(f'(names : "{word}"* OR code : "{word.translate(_DIGITS)}"*)' for word in words)
    return tuple(
        case
        for (case,) in db.rows(
            "SELECT id FROM case_index WHERE rowid IN"
            " (SELECT rowid FROM case_search WHERE case_search MATCH ?) ORDER BY code, id",
            f'({each}) OR (code : "{whole}"*)',
        )
    )

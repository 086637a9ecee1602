"""The appearances of the ODK reference: what a form may say about how a question looks.

An appearance that nobody knows is no mistake: forms carry those of other tools, and are shown without.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_CHOICES: Final = frozenset(
    {
        "minimal",
        "autocomplete",
        "search",
        "quick",
        "columns",
        "columns-pack",
        "columns-N",
        "no-buttons",
        "list-nolabel",
        "label",
        "list",
        "table-list",
        "likert",
        "image-map",
        "map",
        "picker",
        "horizontal",
        "horizontal-compact",
        "compact",
        "compact-N",
        "quickcompact",
    }
)
_NUMBERS: Final = frozenset({"thousands-sep", "bearing", "counter", "masked", "ex"})
_DAYS: Final = frozenset(
    {
        "no-calendar",
        "month-year",
        "year",
        "ethiopian",
        "coptic",
        "islamic",
        "bikram-sambat",
        "myanmar",
        "persian",
        "buddhist",
    }
)
_GROUPS: Final = frozenset({"field-list", "table-list", "intent", "wN"})
_PLACES: Final = frozenset(
    {"maps", "placement-map", "hide-input", "quick", "streets", "satellite", "terrain"}
)

#: Our own, of a note that tells to break off or to act at once. Other tools pass it by.
STOP: Final = "stop"

#: The known appearances of each type of question, and of groups. `columns-N` stands for any number.
KNOWN: Final[Mapping[str, frozenset[str]]] = {
    "text": frozenset(
        {"multiline", "numbers", "url", "masked", "hidden-answer", "thousands-sep", "printer", "ex"}
    ),
    "integer": _NUMBERS,
    "decimal": _NUMBERS,
    "range": frozenset({"vertical", "no-ticks", "picker", "rating", "distress"}),
    "date": _DAYS,
    "dateTime": _DAYS,
    "time": frozenset(),
    "select_one": _CHOICES,
    "select_multiple": _CHOICES,
    "rank": frozenset(),
    "image": frozenset({"signature", "draw", "annotate", "new", "new-front", "selfie", "textscan", "ex"}),
    "audio": frozenset({"new", "ex"}),
    "video": frozenset({"new", "new-front", "selfie", "ex"}),
    "file": frozenset({"ex"}),
    "geopoint": _PLACES,
    "geotrace": _PLACES,
    "geoshape": _PLACES,
    "barcode": frozenset({"front", "hidden-answer"}),
    "acknowledge": frozenset(),
    "note": frozenset({"wN", "printer", STOP}),
    "calculate": frozenset(),
    "group": _GROUPS,
}
_NUMBERED: Final = re.compile(r"(columns-|compact-|w)[0-9]{1,2}")
_CALL: Final = re.compile(r"([\w:.-]+)\s*\(.*\)", re.DOTALL)


def known_appearances(kind: str, written: str) -> frozenset[str]:
    """The appearances that a question of this type can have, as far as they are known, numbers kept.

    What calls another program (`ex:org.example.scan(…)`) is told as `ex`.
    """
    known = KNOWN.get(kind, frozenset())
    call = _CALL.fullmatch(written.strip())
    words = [call[1].partition(":")[0]] if call else written.split()
    return frozenset(word for word in words if _general(word) in known)


def _general(word: str) -> str:
    if word.startswith("ex:"):
        return "ex"
    numbered = _NUMBERED.fullmatch(word)
    return f"{numbered[1]}N" if numbered else word

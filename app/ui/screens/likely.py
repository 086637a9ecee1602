"""Cases that may be of one person, as screens tell of them: a code and why, never a name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kivy.uix.widget import Widget

from app.ui.i18n import N_, T, joined
from app.ui.widgets import Row
from app.views import LikelyView

#: What speaks for it.
FOR: Mapping[str, str] = {
    "duplicate.document": N_("the same document"),
    "duplicate.name.full": N_("the same names"),
    "duplicate.name.one": N_("one name, the same"),
    "duplicate.name.part": N_("some of the names"),
    "duplicate.phone": N_("the same telephone or account"),
    "duplicate.birth.same": N_("born on the same day"),
    "duplicate.birth.swapped": N_("day and month of birth swapped"),
    "duplicate.birth.partly": N_("the same birth, as far as known"),
    "duplicate.birth.near": N_("nearly the same birth"),
}
#: What speaks against it.
AGAINST: Mapping[str, str] = {
    "duplicate.name.differs": N_("other names"),
    "duplicate.birth.differs": N_("another birth"),
    "duplicate.sex.differs": N_("another sex"),
}
#: So many in sight; who types on has fewer.
SHOWN = 6


def because(found: LikelyView) -> T:
    """Why, in one line: what speaks for it, then what speaks against it."""
    said = [T(FOR[code]) for code in found.because if code in FOR]
    against = [T(AGAINST[code]) for code in found.because if code in AGAINST]
    if not against:
        return joined(*said)
    return joined(*said, T("but: {reasons}", reasons=joined(*against, separator=", ")))


def likely_row(
    found: LikelyView, name: str, chosen: Callable[[LikelyView], Any], *, trailing: Widget | None = None
) -> Row:
    """A case to look at; `name` is that of the row, and what is `trailing` stands at its end."""
    return Row(
        name=name,
        title=found.code,
        subtitle=because(found),
        trailing=trailing,
        meaning="attention",
        pressable=True,
        on_release=lambda *_: chosen(found),
    )

"""What is on no server, in words: how much of each, and what of one record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from app.leaving import LossView
from app.problems import N_
from app.ui.i18n import T

PARTS: Final[Mapping[str, str]] = {
    "draft": N_("Draft"),
    "waiting": N_("Not sent yet"),
    "refused": N_("Refused by the server"),
    "typed": N_("Text that is not in the form yet"),
    "files": N_("Photos or files"),
}


def counts(loss: LossView) -> Sequence[T]:
    """A line for each kind of work that is on this device alone."""
    told = (
        (loss.finished, T.n("{n} finished record", "{n} finished records", loss.finished)),
        (loss.drafts, T.n("{n} draft", "{n} drafts", loss.drafts)),
        (loss.files, T.n("{n} photo or file", "{n} photos or files", loss.files)),
        (loss.settled, T.n("{n} settled conflict", "{n} settled conflicts", loss.settled)),
        (
            loss.typed,
            T.n("{n} new case that is being typed", "{n} new cases that are being typed", loss.typed),
        ),
        (loss.reports, T.n("{n} frozen report", "{n} frozen reports", loss.reports)),
    )
    return [text for count, text in told if count]


def set_aside(loss: LossView) -> Sequence[T]:
    """What a repair has put aside."""
    if not loss.set_aside:
        return []
    return [
        T.n(
            "{n} damaged file that a repair has set aside goes, too.",
            "{n} damaged files that a repair has set aside go, too.",
            loss.set_aside,
        )
    ]

"""What happened to this device and must be told until somebody has heard it: on Today and under Sync."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kivy.uix.widget import Widget

from app.aftermath import AftermathView
from app.ui.i18n import T
from app.ui.screens import wording
from app.ui.screens.repair import record_rows
from app.ui.screens.screen import flow, heading
from app.ui.widgets import BidiLabel, Button, Card, Icon, Row

if TYPE_CHECKING:
    from app.ui.navigation import Navigator


def aftermath_rows(desk: Navigator, left: AftermathView) -> list[Widget]:
    """On Today: a line each, which leads to what it means."""
    told: list[tuple[str, T, T]] = []
    if left.put_back is not None:
        when = T("Seen {when}", when=wording.moment(left.put_back))
        told.append(("put_back", T("An old copy of this device's records was put back"), when))
    if left.missing:
        counted = T.n("{n} record is missing", "{n} records are missing", len(left.missing))
        told.append(("missing", T("Not all could be saved by the repair"), counted))
    return [_row(desk, f"today.{name}", title, below) for name, title, below in told]


def _row(desk: Navigator, name: str, title: T, below: T) -> Row:
    def read(*_: Any) -> None:
        desk.switch("sync")

    return Row(
        name=name,
        title=title,
        subtitle=below,
        leading=Icon(icon="warning", tone="danger", extent=28),
        trailing=Button(text=T("What to do"), name=f"{name}.open", on_release=read),
        meaning="danger",
        pressable=True,
        on_release=read,
    )


def aftermath_cards(desk: Navigator, left: AftermathView, heard: Callable[[], Any]) -> list[Widget]:
    """Under Sync: what it means, what to do, and that it was heard."""
    cards: list[Widget] = []
    if left.put_back is not None:
        cards.append(_put_back(desk, left, heard))
    if left.missing:
        cards += _missing(desk, left, heard)
    return cards


def _put_back(desk: Navigator, left: AftermathView, heard: Callable[[], Any]) -> Card:
    card = Card(fill="danger_container", border="danger", border_width=2, name="sync.put_back")
    card.add_widget(
        BidiLabel(
            text=T("An old copy of this device's records was put back"), style="question", tone="danger"
        )
    )
    assert left.put_back is not None
    card.add_widget(
        BidiLabel(
            text=T("Seen {when}: the server has work of this device that the device does not remember.",
                   when=wording.moment(left.put_back)),
            style="secondary",
            tone="ink2",
        )
    )  # fmt: skip
    for line in (
        T("What had been sent is here again. What was not sent since that copy is lost, drafts too."),
        T("Look through the cases that you worked on last, and write again what is missing."),
        T("Tell the coordinator today. If nobody of your office put the copy back, somebody had this device "
          "in hand: do not leave it alone, and change the passphrase under Settings."),
    ):  # fmt: skip
        card.add_widget(BidiLabel(text=line))
    card.add_widget(
        flow(
            [
                Button(
                    text=T("I have told the coordinator"),
                    kind="outlined",
                    name="sync.put_back.heard",
                    on_release=lambda *_: _heard(desk, heard, "put_back"),
                )
            ]
        )
    )
    return card


def _missing(desk: Navigator, left: AftermathView, heard: Callable[[], Any]) -> list[Widget]:
    coming = [each for each in left.missing if each.fate == "server"]
    card = Card(fill="attention_container", border="attention", name="sync.missing")
    card.add_widget(BidiLabel(text=T("Not all could be saved by the repair"), style="question"))
    lines = []
    if coming:
        lines.append(T("What the server has comes with the next sync. What does not come, it never had: "
                       "write it again."))  # fmt: skip
    if left.lost:
        lines.append(T("Unsent work that is lost is listed below. Write it again, and tell the coordinator."))
    for line in lines:
        card.add_widget(BidiLabel(text=line))
    card.add_widget(
        flow(
            [
                Button(
                    text=T("I have taken this down"),
                    kind="outlined",
                    name="sync.missing.heard",
                    on_release=lambda *_: _heard(desk, heard, "missing"),
                )
            ]
        )
    )
    parts: list[Widget] = [card]
    if left.lost:
        parts += [heading(T("Lost: write these again"), len(left.lost))]
        parts += record_rows("sync.lost", left.lost, left.titles)
    if coming:
        parts += [heading(T("Comes back with the next sync"), len(coming))]
        parts += record_rows("sync.coming", coming, left.titles)
    return parts


def _heard(desk: Navigator, then: Callable[[], Any], which: str) -> None:
    book = desk.fieldbook
    if book is not None:
        told = book.aftermath.heard_put_back if which == "put_back" else book.aftermath.heard_missing
        told().then(lambda _: then())

"""Which other offices have a case: to give it to one, and to take it back."""

from __future__ import annotations

from typing import Any

from kivy.uix.widget import Widget

from app.ui.i18n import N_, T, joined
from app.ui.screens import reasons, wording
from app.ui.screens.ask import Ask
from app.ui.screens.screen import Screen, below, flow, heading, note
from app.ui.widgets import BidiLabel, Button, Card, ChoiceList, TextField
from app.views import OfficeView, ShareView

#: On what the case may go to another office.
GROUNDS = {
    "consent": N_("The person has agreed to it"),
    "vital_interest": N_("To protect life or health"),
    "duty_to_report": N_("There is a duty to report"),
}


class SharingScreen(Screen):
    place = "cases"
    topics = frozenset({"records", "sync"})

    def __init__(self, desk: Any, **where: Any) -> None:
        super().__init__(desk, **where)
        self._offices: tuple[OfficeView, ...] = ()

    def enter(self) -> None:
        self.titled(T("Shared with other offices"), back=True)
        self.book.decisions.offices().then(self._know)

    def _know(self, offices: tuple[OfficeView, ...]) -> None:
        own = self.book.session.office
        self._offices = tuple(each for each in offices if each.id != own)
        self.book.decisions.shares(self.where["case"]).then(self._show)

    def _show(self, shares: tuple[ShareView, ...]) -> None:
        told = {each.office: each for each in shares}
        body: list[Widget] = [
            note(
                T(
                    "The other office gets the whole file, what was written before as well, and may write "
                    "in it. It ends when consent is taken back or runs out."
                )
            ),
            heading(T("Other offices"), len(self._offices)),
            *(self._office(each, told.get(each.id)) for each in self._offices),
        ]
        if not self._offices:
            body.append(note(T("No other office works with this server."), name="sharing.none"))
        self.fill(*body)

    def _office(self, office: OfficeView, share: ShareView | None) -> Card:
        card = Card(name=f"sharing.{office.id}")
        has = share is not None and share.shared
        button = (
            Button(
                text=T("Take it back"),
                name=f"sharing.end.{office.id}",
                on_release=lambda *_: self.book.decisions.unshare(self.where["case"], office.id),
            )
            if has
            else Button(
                text=T("Share the case…"),
                kind="filled",
                name=f"sharing.share.{office.id}",
                on_release=lambda *_: self._ask(office),
            )
        )
        card.add_widget(
            below(
                BidiLabel(text=joined(office.id, office.country.upper()), style="strong"),
                BidiLabel(text=_stands(share), style="secondary", tone="done" if has else "ink2"),
                flow([button]),
            )
        )
        return card

    def _ask(self, office: OfficeView) -> None:
        """On what ground; without consent with a reason."""
        ground = ChoiceList(
            prefix="sharing.ground",
            choices=[(code, T(text)) for code, text in GROUNDS.items()],
            value="consent",
            clearable=False,
        )
        why = TextField(name="sharing.reason", multiline=True, hint=T("Why, where there is no consent"))

        Ask(
            self.desk,
            title=T("Share with {office}", office=office.id),
            body=below(ground, why),
            do=T("Share"),
            keeps=f"{self.where['case']}/share {office.id}",
            act=lambda: self.book.decisions.share(
                self.where["case"], office.id, ground.value, why.text.strip()
            ),
        ).open()


def _stands(share: ShareView | None) -> T:
    if share is None:
        return T("It does not have the case.")
    if share.shared and share.until is not None:
        return T("It works on the case until {day}.", day=wording.date_of(share.until))
    if share.shared:
        return T("It works on the case.")
    return joined(
        T("It does not have the case."), *(reasons.sharing(each.code) for each in share.reasons[:1])
    )

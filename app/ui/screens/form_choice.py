"""The sheet 'Which form?': what is needed now, what the office has of its own, the rest by stage, and a
search over the titles."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from kivy.metrics import dp
from kivy.uix.widget import Widget

from app.ui.i18n import T, chosen
from app.ui.screens import wording
from app.ui.screens.screen import heading, note
from app.ui.searched import has_all_words
from app.ui.theme import M
from app.ui.widgets import Button, Column, Fold, Sheet, TextField, focus
from app.views import FormOffer, OffersView, StageOffers


def found(offers: Iterable[FormOffer], query: str) -> list[FormOffer]:
    """Those whose title in the language of now has every word of the query."""
    return [each for each in offers if has_all_words(chosen(each.titles), query)]


def everything(offers: OffersView) -> list[FormOffer]:
    of_stages = [offer for stage in offers.by_stage for offer in stage.offers]
    return [*offers.needed, *offers.own, *of_stages]


def _title(stage: StageOffers) -> T:
    if not stage.stage:
        return T("Of no stage")
    return T.titles(stage.titles) if stage.titles else wording.stage(stage.stage)


class FormChoice(Sheet):
    """`FormChoice(offers, begin).open()`; `begin(form)` when one was chosen, and the sheet is gone.

    Names: case.offers.search, case.offer.<form>, case.offers.fold.<stage>.
    """

    def __init__(self, offers: OffersView, begin: Callable[[str], Any]) -> None:
        self._offers = offers
        self._begin = begin
        self._search = TextField(hint=T("Search in the titles"), name="case.offers.search")
        self._list = Column(spacing=dp(M))
        content = Column(spacing=dp(M))
        content.add_widget(self._search)
        content.add_widget(self._list)
        super().__init__(title=T("Which form?"), content=content, name="case.offers")
        self._search.fbind("text", self._draw)
        self._search.fbind("on_text_validate", self._first)
        self._draw()

    def open(self) -> FormChoice:
        """Whoever came by the keyboard can type at once; nobody else's screen is covered by one."""
        by_key = focus.current is not None and focus.current.by_key
        super().open()
        if by_key:
            focus.give(self._search, by_key=True)
        return self

    def _draw(self, *_: Any) -> None:
        self._list.clear_widgets()
        for widget in self._found() if self._search.text.strip() else self._groups():
            self._list.add_widget(widget)

    def _found(self) -> list[Widget]:
        matching = found(everything(self._offers), self._search.text)
        if not matching:
            return [note(T("No form has this in its title."), name="case.offers.none")]
        return [self._button(offer, first=offer is matching[0]) for offer in matching]

    def _groups(self) -> list[Widget]:
        needed, own, by_stage = self._offers.needed, self._offers.own, self._offers.by_stage
        shown: list[Widget] = []
        if needed:
            shown.append(heading(T("Needed now"), len(needed)))
            shown += [self._button(offer, first=offer is needed[0]) for offer in needed]
        if own:
            shown.append(heading(T("Of this office"), len(own)))
            shown += [self._button(offer) for offer in own]
        if by_stage:
            shown.append(heading(T("Others by stage"), sum(len(each.offers) for each in by_stage)))
        for stage in by_stage:
            shown.append(
                Fold(
                    title=_title(stage),
                    told=str(len(stage.offers)),
                    make=partial(self._buttons, stage.offers),
                    name=f"case.offers.fold.{stage.stage}",
                )
            )
        return shown

    def _buttons(self, offers: Iterable[FormOffer]) -> list[Widget]:
        return [self._button(offer) for offer in offers]

    def _button(self, offer: FormOffer, *, first: bool = False) -> Button:
        return Button(
            text=T.titles(offer.titles),
            kind="filled" if first else "outlined",
            stretch=True,
            min_height=dp(56),
            name=f"case.offer.{offer.form}",
            on_release=lambda *_: self._choose(offer),
        )

    def _first(self, *_: Any) -> None:
        matching = found(everything(self._offers), self._search.text)
        if self._search.text.strip() and matching:
            self._choose(matching[0])

    def _choose(self, offer: FormOffer) -> None:
        self.dismiss()
        self._begin(offer.form)

"""A leaflet, to read aloud or to hand the device over with: in the language of the case, or another one."""

from __future__ import annotations

from kivy.uix.widget import Widget

from app.ui.bidi import has_rtl
from app.ui.i18n import T, language
from app.ui.preferences import LANGUAGES
from app.ui.screens.screen import Screen, heading
from app.ui.widgets import Banner, BidiLabel, Card, ChoiceList
from app.views import LeafletView


class LeafletScreen(Screen):
    place = "cases"

    def enter(self) -> None:
        leaflet: LeafletView = self.where["leaflet"]
        shown = self.where.setdefault("language", leaflet.language)
        self.titled(leaflet.titles.get(shown) or leaflet.titles["en"], back=True)
        body: list[Widget] = []
        if shown in leaflet.unreviewed:
            body.append(
                Banner(
                    text=T("This translation is a draft: nobody who speaks it has reviewed it."),
                    meaning="attention",
                    name="leaflet.draft",
                )
            )
        card = Card(name="leaflet.text")
        for line in leaflet.text[shown].strip().splitlines():
            # A text begins at the side where its own script begins, whatever the language of the window.
            side = "start" if has_rtl(line) == language.rtl else "end"
            card.add_widget(BidiLabel(text=line, style="question", bold=False, halign=side))
        body.append(card)
        others = [(code, LANGUAGES.get(code, code)) for code in leaflet.text]
        choice = ChoiceList(prefix="leaflet.language", choices=others, value=shown, clearable=False)
        choice.fbind("on_choice", lambda _list, code: self._turn(code))
        self.fill_two(body, [heading(T("Language")), choice])

    def _turn(self, code: str) -> None:
        self.where["language"] = code
        self.enter()

"""Folds, rows and the sheet of forms."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from kivy.metrics import dp
from kivy.uix.widget import Widget

from app.ui.screens.form_choice import FormChoice
from app.ui.screens.today import TodayScreen
from app.ui.widgets import (
    Button,
    Column,
    Flow,
    Fold,
    Row,
    focus,
)
from app.views import AlarmView, FormOffer, OffersView, StageOffers
from tests.ui_kit.hands import (
    ENTER,
    TAB,
    frames,
    key,
    named,
    show,
    touch,
)


def case_a_fold_shows_what_is_below_it_only_when_it_is_opened_by_hand_or_by_key() -> None:
    turned: list[bool] = []
    made: list[int] = []

    def make() -> list[Widget]:
        made.append(1)
        return [Button(text="Below", name="below")]

    column = Column(width=600, size_hint_x=None)
    fold = Fold(title="Checklist", told="0 of 3", make=make, name="fold")
    fold.fbind("on_turn", lambda _fold, opened: turned.append(opened))
    column.add_widget(fold)
    show(column)
    assert not made
    assert named("fold").height >= dp(48)
    touch(named("fold"))
    assert named("below").height > 0
    key(TAB)
    assert focus.current is named("below")
    key(TAB, "shift")
    assert focus.current is named("fold")
    key(ENTER)
    assert turned == [True, False]
    assert not [widget for widget in column.walk() if getattr(widget, "name", "") == "below"]


def case_a_button_that_is_longer_than_its_line_wraps_and_stays_inside() -> None:
    flow = Flow(width=220, size_hint_x=None)
    flow.add_widget(Button(text="Begin: Reintegration plan with a rather long title", name="long"))
    flow.add_widget(Button(text="Open", name="short"))
    show(flow)
    frames(6)
    long, short = named("long"), named("short")
    assert long.width <= 220
    assert long.height > short.height
    assert short.right <= flow.right


def case_the_sheet_of_forms_folds_what_other_stages_ask_for_and_begins_the_first_that_is_found() -> None:
    begun: list[str] = []
    offers = OffersView(
        (FormOffer("consent", "1", {"en": "Consent"}),),
        (FormOffer("places", "1", {"en": "Places"}),),
        (StageOffers("identified", {}, (FormOffer("screening", "1", {"en": "Screening"}),)),),
    )
    sheet = FormChoice(offers, begun.append)
    sheet.open()
    frames(6)
    shown = lambda: [name for name in _names(sheet) if name.startswith("case.offer.")]  # noqa: E731
    assert shown() == ["case.offer.consent", "case.offer.places"]
    assert all(widget.height >= dp(48) for widget in sheet.walk() if isinstance(widget, Button))
    touch(named("case.offers.fold.identified"))
    assert shown() == ["case.offer.consent", "case.offer.places", "case.offer.screening"]
    named("case.offers.search").text = "scr"
    frames(4)
    assert shown() == ["case.offer.screening"]
    named("case.offers.search").dispatch("on_text_validate")
    frames(4)
    assert begun == ["screening"]
    assert not focus.modals


def case_an_alarm_of_a_case_that_is_elsewhere_tells_its_code_and_whom_to_call() -> None:
    gone: list[str] = []
    desk: Any = SimpleNamespace(wide=True, go=lambda name, **where: gone.append(where["case"]))
    screen = TodayScreen(desk)
    since = datetime(2026, 11, 20, 19, 30, tzinfo=UTC)
    here = screen._alarm(AlarmView("alarm.arrival.unconfirmed", "c1", "AL-1", since))
    elsewhere = screen._alarm(AlarmView("alarm.arrival.unconfirmed", None, "MA-2", since))
    show(Column(width=700, size_hint_x=None)).add_widget(here)
    frames(4)
    touch(named("today.alarm.AL-1.alarm.arrival.unconfirmed.open"))
    assert gone == ["c1"]
    assert (elsewhere.pressable, elsewhere.trailing, str(elsewhere.title)) == (False, None, "MA-2")
    assert "call the office that holds it" in str(elsewhere.subtitle)
    assert "call the office" not in str(here.subtitle)


def case_a_row_that_must_not_wait_has_its_own_colour() -> None:
    row = show(Row(title="AL-1", subtitle="The arrival is not confirmed", meaning="danger"))
    assert (row.fill, row.border) == ("danger_container", "danger")
    row.meaning = "none"
    assert (row.fill, row.border) == ("card", "line")


def _names(root: Widget) -> list[str]:
    return [name for widget in root.walk() if (name := getattr(widget, "name", ""))]

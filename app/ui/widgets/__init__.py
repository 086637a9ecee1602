"""The kit that all screens are made of. Import widgets from here.

Conventions: `text` of any widget is a `str` or a lazy text (`T("…")`, see app.ui.i18n); `tone` is a colour
token of the theme; `name` is the stable name by which tests find a widget; sizes are given in dp.

Kivy applies its own rules by the name of a class: `Button` and `ProgressBar` have other names inside.
"""

from app.ui.widgets.buttons import IconButton
from app.ui.widgets.buttons import PushButton as Button
from app.ui.widgets.chips import Badge, Chip, RiskMark
from app.ui.widgets.choices import ChoiceList, ChoiceRow
from app.ui.widgets.dialog import Dialog, Sheet
from app.ui.widgets.fields import TextField
from app.ui.widgets.focus import Focusable, focus
from app.ui.widgets.fold import Fold
from app.ui.widgets.icon import Icon
from app.ui.widgets.label import BidiLabel
from app.ui.widgets.layouts import Column, Flow, Hairline, Page, RowLayout, Spacer
from app.ui.widgets.live import Live
from app.ui.widgets.messages import Banner, DemoBar, LockSoon, Toast
from app.ui.widgets.navigation_bars import BottomBar, NavEntry, Rail
from app.ui.widgets.pick import Pick
from app.ui.widgets.pin_pad import PinPad
from app.ui.widgets.progress import Progress as ProgressBar
from app.ui.widgets.rows import Row
from app.ui.widgets.surfaces import Card, Painted

__all__ = [
    "Badge",
    "Banner",
    "BidiLabel",
    "BottomBar",
    "Button",
    "Card",
    "Chip",
    "ChoiceList",
    "ChoiceRow",
    "Column",
    "DemoBar",
    "Dialog",
    "Flow",
    "Focusable",
    "Fold",
    "Hairline",
    "Icon",
    "IconButton",
    "Live",
    "LockSoon",
    "NavEntry",
    "Page",
    "Painted",
    "Pick",
    "PinPad",
    "ProgressBar",
    "Rail",
    "RiskMark",
    "Row",
    "RowLayout",
    "Sheet",
    "Spacer",
    "TextField",
    "Toast",
    "focus",
]

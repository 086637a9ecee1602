"""Looking through a form that is open in the window: each page, from its top to its end."""

from __future__ import annotations

from collections.abc import Callable

from tests.ui.window import AppWindow

_ENDLESS = 100


def leaf_through(window: AppWindow, take: Callable[[str], None]) -> int:
    """From the first page to the last; `take` gets a name for each view, as `03b`. How many pages."""
    for number in range(1, _ENDLESS):
        for part in "abcdefghijklmn":
            take(f"{number:02}{part}")
            if _all_in_sight(window) or not window.scroll_down(notches=_nearly_a_page(window)):
                break
        if window.find("entry.finish"):
            return number
        before = window.names("entry.")
        window.keys("Page_Down")
        window.wait_for(lambda old=before: window.names("entry.") != old, "another page")
        window.settle()
    raise AssertionError("the form never ends")


def _all_in_sight(window: AppWindow) -> bool:
    """Where the page ends well above its foot there is nothing to scroll to."""
    widgets = window.widgets()
    body = next(each for each in widgets if each["name"] == "page.body")
    inside = [
        each["y"] + each["h"]
        for each in widgets
        if each["name"] != "page.body" and body["x"] <= each["x"] < body["x"] + body["w"]
    ]
    foot = body["y"] + body["h"]
    return not any(foot - 60 < end <= foot for end in inside)


def _nearly_a_page(window: AppWindow) -> int:
    """Turns of the wheel, of 20 pixels each, after which the last row of before is still in sight."""
    return max(4, (int(window.see("page.body")["h"]) - 100) // 20)

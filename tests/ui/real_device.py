"""A device of real people, in one process with its window: what nobody outside may watch is told by itself.

    python -m tests.ui.real_device FOLDER RESULTS.json

Its cases bear canary names in four scripts. The window is walked through by the app's own finger, and after
each step the whole tree of widgets is searched for them. RESULTS.json: {story: what was found or went wrong}.
"""

from __future__ import annotations

import asyncio
import json
import sys
import traceback
import uuid
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.commands.window import prepare_kivy
from app.fieldbook import Fieldbook, World
from app.fieldbook import unlock as unlock_fieldbook
from app.persons import NewPerson
from app.settings import Settings
from app.store import conflicts
from forms import library
from forms.xlsform.to_xform import xform_from_xlsform
from sync_server.protocol.messages import ConflictNotice
from tests.fieldbook.conftest import CHEAP, IDENTITY, PASSPHRASE, Clock, device_of

#: One person a script, and what she told.
NAMES = (
    ("Kanarina", "Fshehtaj"),
    ("Секретенко", "Пташина"),
    ("عصفورة", "السرّية"),
    ("ⵜⴰⴳⵔⴰⵡⵍⴰ", "ⴰⴼⵔⵓⵅ"),
)
PHONE = "+355 69 8472913"
BIRTH = "1999-05-01"
TOLD = "Zogëza këndon vonë"
CANARIES = (*(name for pair in NAMES for name in pair), "8472913", "Zogëza")
PIN = "2580"


def make_device(folder: Path, clock: Clock) -> None:
    forms = ("case_file", "monitoring_contact", "meeting")
    xforms = {form: xform_from_xlsform(library.read(form)).xml for form in forms}
    device_of(replace(IDENTITY, demo=False), folder, xforms, clock)
    book = open_book(Settings(folder, auto_sync=False), clock)
    try:
        for given, family in NAMES:
            case = book.decisions.open_case(
                "al", "sq", NewPerson(given_name=given, family_name=family, birth=BIRTH, phones=(PHONE,))
            ).wait(60)
            draft = book.begin(case, "monitoring_contact").wait(60)
            book.save(draft.record, draft.entry.answer("conclusion/observation", TOLD)).wait(60)
        view = book.case(case).wait(60)
        file = next(each.id for each in view.records if each.form == "case_file")
        book._store.write(
            lambda db: conflicts.take_in(
                db,
                [
                    _lost(file, case, "given_name", NAMES[0][0], NAMES[1][0]),
                    _lost(file, case, "sex", "female", "male"),
                ],
            )
        )
    finally:
        book.close().wait(60)


def _lost(record: str, case: str, path: str, kept: str, lost: str) -> ConflictNotice:
    stamp = "019c00000000-0000-0a1b2c3d"
    return ConflictNotice(
        str(uuid.uuid4()), record, case, "case_file", path, "last", "open",
        kept, "elira", stamp, stamp, lost, "officer", stamp, stamp,
    )  # fmt: skip


def open_book(settings: Settings, clock: Clock, passphrase: str = PASSPHRASE, deliver: Any = None) -> Any:
    job = unlock_fieldbook(
        settings, passphrase, *([deliver] if deliver else []), world=World(now_ms=clock, floor=CHEAP)
    )
    return job if deliver else job.wait(60)


class Walk:
    """The window of a real device, with what may be known of it."""

    def __init__(self, app: Any, clock: Clock) -> None:
        from app.ui.finger import Finger

        self.app, self.finger, self.clock = app, Finger(20), clock
        self.results: dict[str, str] = {}
        self.locked: list[str] = []
        self.seen: list[str] = []

    @property
    def desk(self) -> Any:
        return self.app.navigator

    def found(self) -> list[str]:
        """Canaries anywhere in the tree, in any text of any widget."""
        return sorted({canary for text in texts() for canary in CANARIES if canary in text})

    async def look(self, screen: str) -> None:
        await self.finger.rest(12)
        self.seen.append(screen)
        if found := self.found():
            raise AssertionError(f"{screen} names {', '.join(found)}")

    async def tell(self, story: str, telling: Callable[[], Awaitable[None]]) -> None:
        try:
            await telling()
            self.results[story] = ""
        except Exception:
            self.results[story] = traceback.format_exc()

    # -- stories ------------------------------------------------------------------------------------

    async def everything(self) -> None:
        await self.tell("a PIN is offered right after the passphrase, and its keys are typed", self.unlock)
        await self.tell("no screen outside of a case names anybody", self.walk_outside)
        await self.tell("inside a case the name is shown when it is asked for", self.inside)
        await self.tell("a covered window holds nothing of a case", self.covered)
        await self.tell("what comes while it is covered stays out of sight", self.comes_late)
        await self.tell("the PIN takes the cover off, and what came meanwhile is there", self.back_by_pin)
        await self.tell("without a PIN a touch on the cover locks", self.without_pin)

    async def unlock(self) -> None:
        finger = self.finger
        await finger.see("unlock.passphrase")
        await finger.touch("unlock.passphrase")
        await finger.write(PASSPHRASE)
        await finger.press("enter")
        await finger.see("pin.go_on")
        for _ in range(2):
            for digit in PIN:
                await finger.press(digit)
            await finger.press("enter")
        await finger.until(lambda: finger.find("pin.go_on") is None, "the PIN to be kept")
        assert self.desk.guard.pin.is_set

    async def walk_outside(self) -> None:
        finger = self.finger
        for place in ("today", "cases", "directory", "conflicts", "sync", "settings"):
            await finger.touch(f"nav.{place}")
            await finger.see("page.title")
            await self.look(place)
        await finger.touch("nav.cases")
        await finger.until(lambda: finger.names("cases.row."), "cases")
        assert len(finger.names("cases.row.")) == len(NAMES)
        await self.look("cases, filled")
        await finger.touch("cases.office")
        await finger.see("office.offer.meeting")
        await self.look("office")
        await finger.touch("nav.cases")
        await finger.touch("cases.new")
        await finger.see("new_case.make")
        await finger.touch("new_case.phone")
        await finger.write("+355 69 8472 913")
        await finger.touch("new_case.birth")
        await finger.write("1.5.1999")
        await finger.until(lambda: finger.names("new_case.likely."), "cases of the same phone and birthday")
        await self.look("new case, with those that are likely the same")
        await finger.touch("new_case.empty")
        await finger.touch("nav.today")
        await finger.until(lambda: finger.names("today.continue."), "drafts")
        await self.look("today, filled")

    async def inside(self) -> None:
        """So that a walk which sees nothing is not taken for one on which nothing is."""
        finger = self.finger
        await finger.touch("nav.cases")
        await finger.until(lambda: finger.names("cases.row."), "cases")
        await finger.touch(finger.names("cases.row.")[0])
        await finger.see("case.new_form")
        await self.look("a case, its name folded away")
        await finger.touch("case.show_name")
        await finger.rest(12)
        assert len(self.found()) >= 2, self.found()

    async def covered(self) -> None:
        from kivy.core.window import Window

        finger = self.finger
        assert self.found()
        await finger.touch("case.new_form")
        await finger.see("case.offers.search")
        await finger.press("f12")
        await finger.see("cover")
        await self.look("the cover over a sheet, over a case")
        assert [type(child).__name__ for child in Window.children] == ["Navigator"]

    async def comes_late(self) -> None:
        """A form that was asked for, a question, a word, a problem: all of them come back from a thread."""
        from app.problems import Problem
        from app.ui.i18n import T
        from app.ui.widgets import Dialog

        case = self.desk._stack[-1].where["case"]
        self.desk.begin(case, "monitoring_contact")
        Dialog(title=NAMES[0][0], message=NAMES[1][0]).open()
        self.desk.tell(T.of(lambda: NAMES[2][0]))
        self.desk.tell_problem(Problem("conflict.row.unknown"))
        self.desk.switch("today")
        await self.finger.rest(40)
        await self.look("the cover, with what came late")
        assert self.finger.find("cover") is not None
        assert not self.finger.names("nav.")

    async def back_by_pin(self) -> None:
        for digit in PIN:
            await self.finger.press(digit)
        await self.finger.see("nav.today")
        await self.finger.rest(12)
        assert "dialog" in self.finger.names("dialog"), "what was opened under the cover is there now"
        while "dialog" in self.finger.names("dialog"):
            await self.finger.press("escape")

    async def without_pin(self) -> None:
        self.desk.guard.pin.forget()
        await self.finger.touch("nav.cover")
        await self.finger.see("cover")
        assert self.locked == []
        await self.finger.touch("cover")
        assert self.locked == ["locked"]


def texts() -> Iterator[str]:
    """Every text in the tree of the window, of widgets in sight or not, with what fields keep for copying."""
    from kivy.core.window import Window

    for child in Window.children:
        for widget in child.walk():
            for name in ("text", "title", "hint", "hint_text", "name", "message", "value", "source", "_undo"):
                held = getattr(widget, name, None)
                if held is not None:
                    yield str(held)


def main(folder: Path, results: Path) -> int:
    clock = Clock()
    make_device(folder, clock)
    settings = Settings(folder, auto_sync=False)
    prepare_kivy(folder)
    from app.ui import navigation
    from app.ui.homeward_app import HomewardApp

    def unlock(settings: Settings, passphrase: str, deliver: Any) -> Any:
        return open_book(settings, clock, passphrase, deliver)

    app = HomewardApp(settings, unlock=unlock)
    walk = Walk(app, clock)

    def lock(_book: Fieldbook | None, _settings: Settings) -> None:
        walk.locked.append("locked")

    navigation.lock = lock  # type: ignore[assignment]

    async def told() -> None:
        try:
            await walk.everything()
        finally:
            results.write_text(json.dumps({"stories": walk.results, "seen": walk.seen}), "utf-8")
            app.stop()

    async def both() -> None:
        await asyncio.gather(app.async_run("asyncio"), told())

    asyncio.run(both())
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))

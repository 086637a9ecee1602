"""A walk through the real app by a finger of its own: the command `tour --dir DIR --out DIR`.

    --languages en,ar          in which languages
    --sizes 1280x800,1366x768  in which sizes of the window
    --walk                     also do a day's work: fill in a reception with a photo, finish, sync, restore
    --lock                     last of all lock the app: this process goes on at the unlock screen

The passphrase comes from HOMEWARD_PASSPHRASE. Pictures show names, and the walk writes into the
device: a device that is not a demo's is refused as soon as it is unlocked, before any picture of it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from PIL import Image, ImageDraw

from app.settings import Settings
from app.ui.homeward_app import HomewardApp  # arranges the window, which the finger makes Kivy open

# isort: split
from app.ui.finger import Finger, NotInSight

Size = tuple[int, int]
PLACES = ("today", "cases", "directory", "conflicts", "sync", "settings")


def main(settings: Settings, chosen: argparse.Namespace) -> int:
    """0 when every picture was taken, 1 when something did not come into sight; it says what."""
    passphrase = os.environ.pop("HOMEWARD_PASSPHRASE", "")
    if not passphrase:
        print("tour: HOMEWARD_PASSPHRASE is not set", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="tour-") as pictures:
        _draw_luggage_tag(Path(pictures) / "luggage-tag.png")
        os.environ["HOMEWARD_PICTURES"] = pictures
        first: str = chosen.languages[0]
        app = HomewardApp(replace(settings, language=first, auto_sync=False))
        tour = Tour(app, Finger(), passphrase, chosen.out)
        return asyncio.run(_both(app, tour, chosen))


async def _both(app: HomewardApp, tour: Tour, chosen: argparse.Namespace) -> int:
    async def walk() -> int:
        try:
            await tour.everything(chosen.languages, chosen.sizes, work=chosen.walk)
            if chosen.lock:
                print(f"tour: {tour.taken} pictures in {chosen.out}")
                await tour.lock()
        except NotADemo:
            print("tour: this is not the device of a demo, so no picture of it is taken", file=sys.stderr)
            return 1
        except NotInSight as error:
            print(f"tour: did not come into sight: {error}", file=sys.stderr)
            await tour.picture("stopped-here")
            return 1
        finally:
            app.stop()
        print(f"tour: {tour.taken} pictures in {chosen.out}")
        return 0

    _ended, result = await asyncio.gather(app.async_run("asyncio"), walk())
    return result


class NotADemo(Exception):
    """The device holds real people's data."""


class Tour:
    """The walk itself: what a visitor would want to see, in the order in which a day goes."""

    def __init__(self, app: HomewardApp, finger: Finger, passphrase: str, out: Path) -> None:
        self._app = app
        self._finger = finger
        self._passphrase = passphrase
        self._out = out
        self._suffix = ""
        self.taken = 0

    async def everything(self, languages: list[str], sizes: list[Size], *, work: bool) -> None:
        finger = self._finger
        await finger.see("unlock.passphrase")
        await self._in_each(languages, sizes, self._locked)
        await finger.touch("unlock.passphrase")
        await finger.write(self._passphrase)
        await finger.press("enter")
        await finger.see("nav.today")
        if not self._app.is_demo:
            raise NotADemo
        await self._in_each(languages, sizes, self._rooms)
        if work:
            await self._in_each(languages, sizes, self._work)

    async def lock(self) -> None:
        """The end of this program; another one takes its place, and the walk does not come back."""
        await self._finger.touch("nav.settings")
        await self._finger.see("settings.lock")
        print("tour: locking", flush=True)
        await self._finger.touch("settings.lock")
        await self._finger.until(lambda: False, "the lock")

    async def _in_each(
        self, languages: list[str], sizes: list[Size], part: Callable[[], Awaitable[None]]
    ) -> None:
        for language in languages:
            for width, height in sizes:
                await self._finger.resize(width, height)
                self._app.prefer(language=language)
                self._suffix = f"{language}-{width}x{height}"
                await part()

    async def picture(self, screen: str) -> None:
        await self._finger.picture(self._out / f"{screen}-{self._suffix}.png")
        self.taken += 1

    # -- the rooms ----------------------------------------------------------------------------------

    async def _locked(self) -> None:
        await self.picture("unlock")

    async def _rooms(self) -> None:
        """Every screen once, without changing anything."""
        finger = self._finger
        for place in PLACES:
            await finger.touch(f"nav.{place}")
            await self.picture(place)
        await finger.touch("settings.calendar.write")
        await self.picture("calendar")
        await finger.press("escape")
        await self._new_case()
        await self._protection()
        await self._open_case()
        await self.picture("case")
        await self._forms()
        await finger.touch("case.offer.monitoring_contact")
        await finger.see("entry.progress")
        await self.picture("entry")
        await finger.press("escape")
        await finger.see("case.new_form")
        await finger.touch("nav.conflicts")
        compare = finger.names("conflict.compare.")
        if compare:
            await finger.touch(compare[0])
            await self.picture("conflict")
        await finger.touch("nav.cover")
        await finger.see("cover")
        await self.picture("cover")
        await finger.press("enter")
        await finger.see("nav.today")

    async def _new_case(self) -> None:
        """Empty; with a name of somebody who is here already; and emptied again, for nothing is made."""
        finger = self._finger
        await finger.touch("nav.cases")
        await finger.touch("cases.new")
        await finger.see("new_case.make")
        await self.picture("new-case")
        await finger.touch("new_case.given_name")
        await finger.write("Besa")
        await finger.touch("new_case.birth")
        await finger.write("17.8.2003")
        await finger.until(lambda: finger.names("new_case.likely."), "a case of the same name")
        await self.picture("new-case-likely")
        await finger.touch("new_case.empty")

    async def _protection(self) -> None:
        """A clearance that lapsed, from its alarm; a gate and what it misses; nobody makes contact."""
        finger = self._finger
        await finger.touch("nav.today")
        await finger.until(lambda: finger.names("today.alarm."), "an alarm")
        await finger.touch(finger.names("today.alarm.")[0])
        await finger.see("case.clearance.lapsed")
        await self.picture("case-lapsed")
        await self._open_case("besa")
        await self.picture("case-before-departure")
        await finger.touch("case.gate.clear_to_travel")
        await finger.see("gate.stops")
        await self.picture("gate")
        await finger.press("escape")
        await finger.touch("case.checklist")
        await finger.show("case.checklist")
        await self.picture("checklist")
        await finger.touch("case.leaflets")
        await finger.touch("case.leaflet.your_rights")
        await finger.see("leaflet.text")
        await self.picture("leaflet")
        await self._open_case("tilelli")
        await self.picture("case-frozen")
        await self._open_case("vesa")
        await self.picture("case-months")
        await finger.touch("case.directory")
        await finger.until(lambda: finger.names("directory.refer."), "somebody to refer to")
        await self.picture("case-directory")
        await finger.press("escape")
        await finger.touch("case.money")
        await finger.see("money.no_lines")
        await self.picture("money")
        await finger.press("escape")

    async def _forms(self) -> None:
        """The sheet 'Which form?': its groups, one stage unfolded, and the search."""
        finger = self._finger
        await finger.touch("case.new_form")
        await finger.see("case.offer.monitoring_contact")
        await self.picture("new-form")
        await finger.touch(finger.names("case.offers.fold.")[0])
        await self.picture("new-form-others")
        await finger.touch("case.offers.search")
        await finger.write("a")
        await self.picture("new-form-search")
        await finger.press("backspace")

    async def _open_case(self, name: str = "") -> None:
        """The first case, or the one that is found by a name."""
        finger = self._finger
        await finger.touch("nav.cases")
        await finger.until(lambda: finger.names("cases.row."), "a case")
        if name:
            await finger.touch("cases.search")
            await finger.write(name)
            await finger.until(lambda: len(finger.names("cases.row.")) == 1, f"the case of {name}")
        await finger.touch(finger.names("cases.row.")[0])
        await finger.see("case.new_form")

    async def _begin(self, form: str) -> None:
        """A form of the sheet, be it folded away under another stage."""
        finger = self._finger
        await finger.touch("case.new_form")
        await finger.see("case.offers.search")
        for fold in finger.names("case.offers.fold."):
            if finger.find(f"case.offer.{form}") is None:
                await finger.touch(fold)
        await finger.touch(f"case.offer.{form}")

    # -- a day's work -------------------------------------------------------------------------------

    async def _work(self) -> None:
        """Find a case by its code, receive the person, finish, sync, and restore an answer."""
        finger = self._finger
        await finger.touch("nav.cases")
        await finger.until(lambda: finger.names("cases.row."), "a case")
        code = finger.names("cases.row.")[0].removeprefix("cases.row.")
        await finger.touch("cases.search")
        await finger.write(code[3:7].lower())
        await finger.see(f"cases.row.{code}")
        await self.picture("find-a-case")
        await finger.press("enter")
        await self._begin("airport_reception")
        await finger.see("entry.progress")
        await self._receive()
        await finger.touch("entry.finish")
        await finger.see("review.finish")
        await self.picture("review")
        await finger.touch("review.finish")
        await finger.see("receipt.only_here")
        await self.picture("finished")
        await finger.touch("receipt.sync")
        await finger.see("receipt.on_server")
        await self.picture("receipt")
        await finger.touch("receipt.case")
        await finger.see("case.new_form")
        await finger.touch("nav.conflicts")
        await finger.rest(10)
        restore = finger.names("conflict.restore.")
        if restore:
            await self.picture("before-restoring")
            await finger.touch(restore[0])
            await finger.until(lambda: finger.find(restore[0]) is None, "the answer restored")
            await self.picture("restored")
            await finger.press("f2")

    async def _receive(self) -> None:
        """The reception form from its first sheet to its last, one answer after the other."""
        finger = self._finger
        answers: dict[str, Callable[[str], Awaitable[None]]] = {
            "reception_outcome": self._choose("received"),
            "identity_confirmed": self._choose("code"),
            "arrived_at": self._now,
            "met_by": self._choose("officer"),
            "with_others": self._choose("yes"),
            "urgent_health": self._choose("none"),
            "feels_safe": self._choose("yes"),
            "luggage": self._first,
            "escorted_to": self._first,
            "handed_over_to": self._type("Shelter team, night shift"),
            "handed_over_at": self._now,
            "paper_photo": self._photo,
            "companion_relation": self._choose("child"),
            "companion_age": self._type("4"),
        }
        done: set[str] = set()
        number = 0
        while True:
            while True:
                asked = [
                    name.removeprefix("entry.question.")
                    for name in finger.names("entry.question.")
                    if name not in done
                ]
                if not asked:
                    break
                path = asked[0]
                done.add(f"entry.question.{path}")
                answer = answers.get(path.rpartition("/")[2])
                if answer is not None:
                    await answer(path)
                adders = [name for name in finger.names("entry.add.") if name not in done]
                if adders and not any("companion[" in name for name in finger.names("entry.question.")):
                    done.add(adders[0])
                    await finger.touch(adders[0])
            number += 1
            await self.picture(f"reception-{number}")
            if finger.find("entry.next") is None:
                return
            await finger.touch("entry.next")

    def _choose(self, choice: str) -> Callable[[str], Awaitable[None]]:
        async def choose(path: str) -> None:
            name = f"entry.choice.{path}.{choice}"
            if self._finger.find(name) is None:
                await self._first(path)
            else:
                await self._finger.choose(name)

        return choose

    async def _first(self, path: str) -> None:
        await self._finger.choose(self._finger.names(f"entry.choice.{path}.")[0])

    def _type(self, words: str) -> Callable[[str], Awaitable[None]]:
        async def write(path: str) -> None:
            await self._finger.touch(f"entry.question.{path}")
            await self._finger.write(words)

        return write

    async def _now(self, path: str) -> None:
        await self._finger.touch(f"entry.now.{path}")

    async def _photo(self, path: str) -> None:
        finger = self._finger
        await finger.touch(f"entry.question.{path}")
        await finger.touch("files.file.luggage-tag.png")
        await finger.see(f"entry.picture.{path}")


def _draw_luggage_tag(target: Path) -> None:
    """A picture to attach: invented, like everything of the demo."""
    image = Image.new("RGB", (900, 560), "#D9C7A3")
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((60, 60, 840, 500), radius=40, fill="#F7F1E3", outline="#5B4A2F", width=6)
    draw.ellipse((110, 240, 190, 320), fill="#D9C7A3", outline="#5B4A2F", width=6)
    for line, width in enumerate((420, 500, 360)):
        draw.rectangle((260, 150 + 90 * line, 260 + width, 190 + 90 * line), fill="#8B7B5E")
    image.save(target)

"""A device is backed up, goes on or is lost, is revoked or not, and is restored on another one. Whatever was
done in which order: all end equal, no word vanishes untold, and none stands again that was replaced."""

from __future__ import annotations

import json
import shutil
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.problems import Problem
from app.store import Store, backup, outbox, records, recovery
from app.store import keys as key_files
from app.store.restore import restore
from app.sync.rejoining import rejoin
from sync_server.accounts import Actor
from sync_server.protocol.messages import EnrolledUser, EnrolRequest, EnrolResponse
from sync_server.protocol.recovery_key import RecoveryKey
from tests.sync.workers import CHEAP, OFFICE, Line, Server, Worker, World

KEY = RecoveryKey(bytes(range(32)))
ZONE = "Europe/Tirane"
PATHS = ("phone", "outcome")
HOUR = 3_600_000


class OfficeLine(Line):
    """The server's door for whoever comes, by token; `revoked` tokens open nothing."""

    address = "x"
    revoked = False

    def __init__(self, server: Server, token: str | None, devices: dict[str, str]) -> None:
        self._token, self._devices = token, devices
        super().__init__(server, Actor("mira", "mira", "officer", OFFICE, ZONE, devices.get(token or "", "")))

    def sync(self, request: Any) -> Any:
        if self._token == "t" and OfficeLine.revoked:
            raise Problem("auth.token.invalid")
        return super().sync(request)

    def enrol(self, wanted: EnrolRequest) -> EnrolResponse:
        device = "000000ff"
        self.server.database.add_device(device, wanted.login, "", "f" * 64, self.server.world.now)
        self._devices["new"] = device
        user = EnrolledUser(wanted.login, wanted.login, "officer", OFFICE, ZONE)
        return EnrolResponse(device, "new", user, "srv", "1", self.server.world.now)

    def close(self) -> None:
        """Nothing is open."""


class Replacement(Worker):
    """The tablet that was restored: one that lives in another folder, and has her login."""

    def __init__(self, folder: Path, server: Server, old: Worker, file: Path) -> None:
        self.folder, self.server, self.login, self.off = folder, server, "mira", 0
        self.booted, self.boot = server.world.now - HOUR, "00000000-0000-0000-0000-0000000000ff"
        self.chance = old.chance
        restore(folder, file, KEY, "new", now_ms=self.now, cost=CHEAP)
        self.store = Store.open(
            folder, "new", now_ms=self.now, boot_facts=self.boot_facts, new_id=self.new_id, floor=CHEAP
        )

    def rejoin(self, devices: dict[str, str]) -> None:
        rejoin(
            self.store,
            "x",
            "mira",
            "secret",
            open_line=lambda _, token: OfficeLine(self.server, token, devices),  # type: ignore[arg-type,return-value]
        )
        self.line = Line(self.server, Actor("mira", "mira", "officer", OFFICE, ZONE, "000000ff"))
        self._begin_syncing()


class Story:
    """Who has said what, having seen what. Every word is said once."""

    def __init__(self, world: World, record: str) -> None:
        self.world, self.record = world, record
        self.words = 0
        #: By path: each word with those on top of which its author put it.
        self.said: dict[str, dict[str, set[Any]]] = {path: {} for path in PATHS}

    def edit(self, who: Worker, path: str) -> str:
        self.world.later(HOUR // 60)
        self.words += 1
        word = f"word {self.words}"
        before = who.store.read(lambda db: records.state(db, self.record)).get(path)
        self.said[path][word] = {head.value for head in before.in_full} if before else set()
        self.said[path][word].add(who.values(self.record).get(path))
        who.change(self.record, **{path: word})
        return word

    def replaced_by(self, words: set[str]) -> set[str]:
        """What the authors of these words, and those of whatever they replaced, had before them."""
        found: set[str] = set()
        following = words
        while following:
            seen = {word for said in self.said.values() for each in following for word in said.get(each, ())}
            following = seen - found - {None}
            found |= following
        return found


def logged(server: Server, record: str) -> set[str]:
    """Every word that the server has taken in."""
    rows = server.database._in_read(
        lambda db: db.execute(text("SELECT body FROM changes WHERE record = :r"), {"r": record}).all()
    )
    return {word for (body,) in rows for word in json.loads(body)["values"].values() if word}


def still_here(worker: Worker) -> set[str]:
    """Every word that waits on a device for its author."""
    refused = worker.store.read(outbox.refused)
    return {word for each in refused for word in each.change_set.values.values() if word}


Steps = st.lists(
    st.sampled_from(["she phone", "she outcome", "she syncs", "they phone", "they syncs"]), max_size=6
)


def play(story: Story, hers: Worker, theirs: Worker, steps: list[str]) -> set[str]:
    """What she said."""
    words = set()
    for step in steps:
        whose, _, path = step.partition(" ")
        who = hers if whose == "she" else theirs
        if path == "syncs":
            story.world.later(HOUR // 60)
            who.syncer.sync()
        else:
            word = story.edit(who, path)
            words |= {word} if who is hers else set()
    return words


def situation(**facts: Any) -> Any:
    """One of those that must always be tried."""
    none: dict[str, Any] = {"before": [], "after": [], "between": [], "later": [], "usual": False}
    return example(**{**none, "revoked": False, "found_again": False, "off": 0, **facts})


@settings(max_examples=12, deadline=None)
@given(
    before=Steps,
    after=Steps,
    between=st.lists(st.sampled_from(["she phone", "she outcome"]), max_size=2),
    later=Steps,
    usual=st.booleans(),
    revoked=st.booleans(),
    found_again=st.booleans(),
    off=st.sampled_from([0, 0, -2 * HOUR, 48 * HOUR]),
)
@situation(usual=True, revoked=True, off=48 * HOUR)
@situation(before=["she phone"], after=["she syncs"], revoked=True)
@situation(before=["she phone"], after=["they phone", "they syncs"], revoked=True)
@situation(before=["she phone"], after=["she phone"], between=["she phone"], found_again=True)
def test_all_end_equal_and_no_word_vanishes_or_comes_back(
    before: list[str],
    after: list[str],
    between: list[str],
    later: list[str],
    usual: bool,
    revoked: bool,
    found_again: bool,
    off: int,
) -> None:
    if usual:
        # What the backup has and no server had then is sent since, and answered by somebody who saw it.
        before, after = (
            [*before, "she phone"],
            ["she syncs", "they syncs", "they phone", "they syncs", *after],
        )
    folder = Path(tempfile.mkdtemp())
    stores: list[Worker] = []
    try:
        OfficeLine.revoked = revoked
        world = World()
        server = Server(folder / "server", world)
        with closing(server.database):
            mira, arben = (
                Worker(folder / name, server, name, n) for n, name in enumerate(("mira", "arben"), 1)
            )
            stores += [mira, arben]
            mira.off = off
            key_files.set_recovery_key(mira.folder, mira.store._keys, KEY.public)
            mira.store.write(lambda db: recovery.take(db, KEY.public))
            story = Story(world, mira.fill(phone="first", outcome="first"))
            mira.sync()
            arben.sync()

            kept = play(story, mira, arben, before)
            (folder / "stick").mkdir()
            made = backup.back_up(mira.store, folder / "stick", now_ms=world.now)
            play(story, mira, arben, after)
            sent_by_old = logged(server, story.record)

            other = Replacement(folder / "other", server, mira, made.path)
            stores.append(other)
            kept |= play(story, other, arben, between)
            other.rejoin({"t": mira.store.identity.device})
            shown = {value for value in server.values(story.record).values() if value}
            assert not still_here(other) & shown, "nobody is asked about what stands"
            kept |= play(story, other, arben, later)
            alive = [other, arben]
            if found_again and not revoked:
                alive.append(mira)
                kept |= play(
                    story, mira, arben, ["she syncs", *(["she phone", "she syncs"] if usual else [])]
                )
            for _ in range(3):
                for worker in alive:
                    worker.syncer.sync()

            final = server.values(story.record)
            taken = logged(server, story.record)
            waiting = still_here(other)
            lost = {notice.lost for notice in server.conflict_log()}
            assert sent_by_old <= taken
            known = taken | waiting
            # What she replaced herself before anybody had it is her own affair.
            vanished = kept - known - story.replaced_by(known)
            assert not vanished, f"vanished: {vanished}"
            for path in PATHS:
                gone = set[Any]().union(*(seen for word, seen in story.said[path].items() if word in taken))
                assert final[path] not in gone, f"{final[path]} was replaced, and stands again"
                untold = taken & story.said[path].keys() - gone - lost - {final[path]}
                assert not untold, f"nobody was told that {untold} did not stay"
            for worker in alive:
                shown = {path: worker.values(story.record)[path] for path in PATHS}
                told = {path: shown[path] for path in PATHS if shown[path] not in waiting}
                assert told.items() <= final.items()
            for worker in alive:
                counts = worker.states()
                assert (counts["waiting"], counts["sent"]) == (0, 0)
    finally:
        for worker in stores:
            worker.store.close()
        shutil.rmtree(folder, ignore_errors=True)

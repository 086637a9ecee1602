"""Whatever the order of denials, liftings, pushes and pulls, in one office and in two: nobody ever gets a row
of a case that denies her at that moment, in the end she has nothing of it, and all others have all of it."""

from __future__ import annotations

import hashlib
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync_server.attachments import Attachments
from sync_server.protocol.problems import Problem
from sync_server.storage.blobs import Blobs
from sync_server.storage.database import Database
from tests.contracts.shared_offices import Country, Tablet, bears_one, outside_of_its_grants

#: Ana and Nikos are coordinators, Ana of the home of both cases; nobody denies Drin, who can always lift.
WHO = {
    "ana": ("tirana", "coordinator"),
    "arta": ("tirana", "officer"),
    "besnik": ("tirana", "officer"),
    "drin": ("tirana", "coordinator"),
    "eleni": ("athens", "officer"),
    "nikos": ("athens", "coordinator"),
}
DENIED = ["ana", "arta", "besnik", "eleni", "gjergj", "athens", "tirana"]
WORK = [
    *["write"] * 2, *["change"] * 5, *["deny"] * 3, *["lift"] * 4, "rename", "share", "end", "settle",
    *["sync"] * 6, "small sync", "lose the reply", "send late", "early", "new tablet", "a day", "engage",
]  # fmt: skip
STEPS = st.lists(
    st.tuples(st.sampled_from(sorted(WHO)), st.sampled_from(WORK), st.integers(0, 2**32 - 1)), max_size=40
)
CODES = {
    "sync.case.not_granted", "sync.case.sharing_ended", "sync.case.not_yours_to_share", "sync.parent.refused",
}  # fmt: skip


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    """One for all examples."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database.embedded(Path(folder) / "server.db", b"k" * 32)
        database.migrate()
        yield database
        database.close()


class Days:
    """Random work of six people on two cases of Tirana's, of which one is shared with Athens."""

    def __init__(self, database: Database, folder: Path, seed: int) -> None:
        self.country = Country(database, random.Random(seed))
        self.files = Attachments(database, Blobs(folder), lambda: self.country.now)
        self.tablets = [self.country.tablet(login, *place) for login, place in WHO.items()]
        self.of = {login: [tablet] for login, tablet in zip(WHO, self.tablets, strict=True)}
        (arta,) = self.of["arta"]
        self.cases = [arta.open_case(), arta.open_case()]
        self.photos = dict(zip(self.cases, self._photos(arta), strict=True))
        arta.consent(self.cases[0], "athens")
        arta.share(self.cases[0], "athens")
        for tablet in self.tablets:
            tablet.sync()

    def _photos(self, arta: Tablet) -> Iterator[str]:
        for case in self.cases:
            hash = hashlib.blake2b(case.encode(), digest_size=32).hexdigest()
            arta.write(case, "picture", {"photo": f"{hash}:{'k' * 43}"})
            arta.sync()
            self.files.put(arta.actor, hash, [case.encode()])
            yield hash

    def step(self, login: str, what: str, number: int) -> None:
        chance = random.Random(number)
        tablet = chance.choice(self.of[login])
        self.country.now += 1_000
        case, whom = chance.choice(self.cases), chance.choice(DENIED)
        here = sorted(record for record, home in tablet.homes.items() if home[0] == case)
        of_form = {
            form: [record for record in here if tablet.homes[record][1] == form]
            for form in ("visit", "sharing", "deny_list")
        }
        text = f"{login} {self.country.now}"
        match what:
            case "write":
                tablet.write(case, "visit", {"status": text, "narrative": text})
            case "change" if of_form["visit"]:
                path = chance.choice(["status", "weight", "narrative"])
                tablet.write(case, "visit", {path: text}, chance.choice(of_form["visit"]))
            case "deny":
                tablet.deny(case, whom)
            case "lift":
                tablet.lift(case, whom)
            case "rename" if of_form["deny_list"]:
                values = {"decision": chance.choice(["denied", "lifted"])}
                tablet.write(case, "deny_list", values, chance.choice(of_form["deny_list"]))
            case "share":
                tablet.share(case, "athens", share_ground="vital_interest", share_reason="In danger")
            case "end" if of_form["sharing"]:
                tablet.end(chance.choice(of_form["sharing"]))
            case "settle":
                tablet.settle_one()
            case "sync":
                tablet.sync()
            case "small sync":
                tablet.take(tablet.send(tablet.request(limit=1_000, most=1)))
            case "lose the reply":
                tablet.send(tablet.request())
            case "send late":
                late = tablet.request()
                tablet.sync()
                tablet.send(late)
            case "early" if here:
                self.country.now -= 500
                tablet.write(case, "visit", {"status": text})
                self.country.now += 500
            case "new tablet":
                self._add(login, self.country.tablet(login, *WHO[login]))
            case "engage" if "gjergj" not in self.of:
                self._add("gjergj", self.country.tablet("gjergj", "tirana"))
            case "a day":
                self.country.a_day_passes()

    def _add(self, login: str, tablet: Tablet) -> None:
        self.tablets.append(tablet)
        self.of.setdefault(login, []).append(tablet)

    def last_rounds(self) -> None:
        for _ in range(2):
            for tablet in self.tablets:
                self.country.now += 1_000
                tablet.sync()

    def check(self) -> None:
        assert outside_of_its_grants(self.tablets) == []
        assert [each.actor.login for each in self.tablets if each.got_though_denied] == []
        for case in self.cases:
            holders, denied = self.country.decided(case)
            held = self.country.held(case)
            for tablet in self.tablets:
                may = tablet.actor.office in holders and not bears_one(tablet.actor, denied)
                assert tablet.of_case(case) == (held if may else {}), (tablet.actor.login, may)
                assert self._has_photo(tablet, case) == may, (tablet.actor.login, may)
        for tablet in self.tablets:
            assert tablet.pending == []
            assert set(tablet.codes()) <= CODES
            assert self._logged(tablet) == set(tablet.accepted), "nothing that was acknowledged is lost"
        self._every_loser_was_told()

    def _has_photo(self, tablet: Tablet, case: str) -> bool:
        try:
            return self.files.get(tablet.actor, self.photos[case]) == case.encode()
        except Problem:
            return False

    def _logged(self, tablet: Tablet) -> set[int]:
        home = self.country.office("tirana")
        return set(
            self.country.database.read(
                lambda ledger: ledger.logged(home, tablet.actor.device, tablet.accepted)
            )
        )

    def _every_loser_was_told(self) -> None:
        log = [each.notice for each in self.country.log("tirana")]
        decided = {case: self.country.decided(case) for case in self.cases}
        for tablet in self.tablets:
            told = {
                notice.id: notice
                for notice in log
                if notice.lost_author == tablet.actor.login
                and tablet.actor.office in decided[notice.case][0]
                and not bears_one(tablet.actor, decided[notice.case][1])
            }
            assert tablet.notices == told, tablet.actor.login


def run(database: Database, folder: Path, steps: list[tuple[str, str, int]], seed: int) -> Days:
    days = Days(database, folder, seed)
    for step in steps:
        days.step(*step)
    days.last_rounds()
    days.check()
    return days


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("blobs")


#: So that every example has ids of its own in the one database.
SEEDS = iter(range(1_000_000))


@settings(max_examples=15, deadline=None)
@given(STEPS)
def test_nobody_has_what_denies_her_and_all_others_have_everything(
    database: Database, folder: Path, steps: list[tuple[str, str, int]]
) -> None:
    run(database, folder, steps, next(SEEDS))


def test_long_days_in_which_people_are_denied_lifted_and_denied_again(
    database: Database, folder: Path
) -> None:
    """The same with more steps, and they have what this is about."""
    seen: set[str] = set()
    for seed in range(2):
        chance = random.Random(seed)
        steps = [
            (chance.choice(sorted(WHO)), chance.choice(WORK), chance.getrandbits(32)) for _ in range(120)
        ]
        days = run(database, folder, steps, 10_000_000 + seed)
        for tablet in days.tablets:
            at_home = "at home" if tablet.actor.office == days.country.office("tirana") else "abroad"
            seen |= {*tablet.codes(), *([f"purged {at_home}"] if tablet.purged else [])}
            back = tablet.purged & tablet.base.keys()
            seen |= {f"back {at_home}"} if back else set()
    assert seen >= {"purged at home", "purged abroad", "back at home", "sync.case.not_granted"}

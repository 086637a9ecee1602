"""Whatever the order of pushes, pulls, grants and withdrawals: in the end every office has what it may have,
and none ever got a row of a case that it did not have at that moment."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync_server.storage.database import Database
from tests.contracts.shared_offices import Country, Tablet, outside_of_its_grants
from tests.examples import examples

WHO = {"arta": "tirana", "besnik": "tirana", "eleni": "athens", "kostas": "athens", "youssef": "rabat"}
WORK = [
    *["write"] * 3, *["change"] * 9, "consent", "consent", "take back", "share", "end", "urgent",
    *["sync"] * 6, "small sync", "small sync", "lose the reply", "send late", "a day", "settle", "settle",
]  # fmt: skip
STEPS = st.lists(
    st.tuples(st.sampled_from(sorted(WHO)), st.sampled_from(WORK), st.integers(0, 2**32 - 1)), max_size=50
)


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    """One for all examples."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database.embedded(Path(folder) / "server.db", b"k" * 32)
        database.migrate()
        yield database
        database.close()


class Days:
    """Random work of five people on two cases: one of Tirana's, one of Athens'."""

    def __init__(self, database: Database, seed: int) -> None:
        self.country = Country(database, random.Random(seed))
        self.tablets = {login: self.country.tablet(login, office) for login, office in WHO.items()}
        self.cases = [self.tablets["arta"].open_case(), self.tablets["eleni"].open_case()]
        self.homes = dict(zip(self.cases, ("tirana", "athens"), strict=True))
        for case, login, other in zip(self.cases, ("arta", "eleni"), ("athens", "tirana"), strict=True):
            self.tablets[login].consent(case, other)
            self.tablets[login].share(case, other)
            self.tablets[login].write(case, "visit", {"status": "first", "weight": "60"})
            self.tablets[login].sync()
        for login in WHO:
            self.tablets[login].sync()

    def step(self, login: str, what: str, number: int) -> None:
        tablet, chance = self.tablets[login], random.Random(number)
        self.country.now += 1_000
        case, other = chance.choice(self.cases), chance.choice(["tirana", "athens", "rabat"])
        here = sorted(record for record, home in tablet.homes.items() if home[0] == case)
        visits = [record for record in here if tablet.homes[record][1] == "visit"]
        sharing = [record for record in here if tablet.homes[record][1] == "sharing"]
        text = f"{login} {self.country.now}"
        match what:
            case "write" if here or chance.random() < 0.2:
                tablet.write(case, "visit", {"status": text, "narrative": text})
            case "change" if visits:
                path = chance.choice(["status", "weight", "narrative"])
                tablet.write(case, "visit", {path: text}, chance.choice(visits))
            case "consent" if here:
                known = {"given/taken_back_before": self.country.today()} if chance.random() < 0.5 else {}
                tablet.consent(case, other, until=chance.choice([0, 1, 30]), **known)
            case "take back" if here:
                tablet.take_back(case)
            case "share" if here:
                tablet.share(case, other)
            case "urgent" if here:
                tablet.share(case, other, share_ground="vital_interest", share_reason="She is in danger")
            case "end" if sharing:
                tablet.end(chance.choice(sharing))
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
            case "a day":
                self.country.a_day_passes()

    def last_rounds(self) -> None:
        for _ in range(2):
            for tablet in self.tablets.values():
                self.country.now += 1_000
                tablet.sync()

    def check(self) -> None:
        tablets = self.tablets.values()
        assert outside_of_its_grants(list(tablets)) == []
        for case in self.cases:
            held, holders = self.country.held(case), self.country.holders(case)
            for tablet in tablets:
                there = held if tablet.actor.office in holders else {}
                assert tablet.of_case(case) == there, (tablet.actor.login, holders)
        for tablet in tablets:
            assert tablet.pending == []
            self._nothing_accepted_is_lost(tablet)
            assert set(tablet.codes()) <= {
                "sync.case.not_granted", "sync.case.sharing_ended", "sync.case.not_yours_to_share",
                "sync.parent.refused",
            }  # fmt: skip
        self._every_loser_was_told()

    def _nothing_accepted_is_lost(self, tablet: Tablet) -> None:
        """Each accepted change is in the log of its case's home and nowhere else."""
        for sequence in tablet.accepted:
            home = self.homes[tablet.saved[sequence].case]
            for office in WHO.values():
                found = self.country.database.read(
                    lambda ledger, office=office, sequence=sequence: ledger.logged(
                        self.country.office(office), tablet.actor.device, [sequence]
                    )
                )
                assert bool(found) == (office == home)

    def _every_loser_was_told(self) -> None:
        logs = {
            name: {each.notice.id: each.notice for each in self.country.log(name)}
            for name in sorted({*WHO.values()})
        }
        for tablet in self.tablets.values():
            told = {
                notice.id: notice
                for home, log in logs.items()
                for notice in log.values()
                if notice.lost_author == tablet.actor.login
                and tablet.actor.office in self.country.holders(notice.case)
                and self.homes[notice.case] == home
            }
            assert tablet.notices == told


def run(database: Database, steps: list[tuple[str, str, int]], seed: int) -> Days:
    days = Days(database, seed)
    for step in steps:
        days.step(*step)
    days.last_rounds()
    days.check()
    return days


#: So that every example has ids of its own in the one database.
SEEDS = iter(range(1_000_000))


@pytest.mark.random
@settings(max_examples=examples(40), deadline=None)
@given(STEPS)
def test_every_office_ends_with_what_it_may_have_and_never_had_more(
    database: Database, steps: list[tuple[str, str, int]]
) -> None:
    run(database, steps, next(SEEDS))


@pytest.mark.random
def test_long_days_in_which_cases_are_shared_lost_and_shared_again(database: Database) -> None:
    """The same with hundreds of steps, and they have what this is about."""
    seen: set[str] = set()
    for seed in range(examples(4)):
        chance = random.Random(seed)
        steps = [
            (chance.choice(sorted(WHO)), chance.choice(WORK), chance.getrandbits(32)) for _ in range(250)
        ]
        days = run(database, steps, 10_000_000 + seed)
        for tablet in days.tablets.values():
            seen |= {*tablet.codes(), *(["purged"] if tablet.purged else [])}
            for notice in tablet.told:
                at_home = tablet.actor.office == days.country.office(days.homes[notice.case])
                seen.add(f"{notice.state} {'at home' if at_home else 'abroad'}")
    assert seen >= {"sync.case.sharing_ended", "sync.case.not_yours_to_share", "purged"}
    assert seen >= {"open at home", "open abroad", "accepted at home", "accepted abroad"}

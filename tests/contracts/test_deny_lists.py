"""Whom a case denies, on each database: nothing of it reaches her, in its own office too, until a coordinator
of that office lifts it; then all of it is there again."""

from __future__ import annotations

import random
import threading
from dataclasses import replace
from typing import Any

import pytest

from forms.casework.office_file import office_file
from sync_server.deny_lists import without_coordinator
from sync_server.permissions import fingerprints
from sync_server.protocol.messages import Settled
from sync_server.shared_cases import SharedCases
from sync_server.storage.base import Alarm
from sync_server.storage.database import Database
from tests.contracts.shared_offices import Country, Tablet, meet, outside_of_its_grants


@pytest.fixture
def country(storage: Database) -> Country:
    return Country(storage, random.Random(11))


@pytest.fixture
def arta(country: Country) -> Tablet:
    return country.tablet("arta", "tirana")


@pytest.fixture
def besnik(country: Country) -> Tablet:
    """A relative of the person, as it turns out."""
    return country.tablet("besnik", "tirana")


@pytest.fixture
def ana(country: Country) -> Tablet:
    return country.tablet("ana", "tirana", "coordinator")


@pytest.fixture
def case(arta: Tablet, besnik: Tablet, ana: Tablet) -> str:
    """A case of Tirana's that everybody there has, with a visit."""
    case = arta.open_case()
    arta.write(case, "visit", {"status": "calm", "weight": "60"})
    meet(arta, besnik, ana)
    return case


def nothing_went_wrong(*tablets: Tablet) -> bool:
    return outside_of_its_grants(tablets) == [] and not any(each.got_though_denied for each in tablets)


def test_whom_a_case_denies_loses_it_in_its_own_office_and_nobody_else_does(
    country: Country, arta: Tablet, besnik: Tablet, ana: Tablet, case: str
) -> None:
    other = arta.open_case()
    meet(arta, besnik)
    had = set(besnik.of_case(case))
    denied = arta.deny(case, "besnik")
    meet(arta, ana)
    later = arta.write(case, "visit", {"status": "not for Besnik"})
    arta.sync()
    response = besnik.send(besnik.request())
    assert set(response.page.purged) == {*had, denied}
    assert response.page.items == ()
    assert later not in str(response)
    besnik.take(response)
    meet(arta, besnik, ana)
    assert besnik.of_case(case) == {}
    assert besnik.of_case(other) == country.held(other)
    assert arta.of_case(case) == ana.of_case(case) == country.held(case)
    # Another tablet of his, and this one from the start, are given nothing of it.
    for again in (country.tablet("besnik", "tirana"), besnik):
        again.cursor = None
        again.sync()
        assert (again.of_case(case), set(again.of_case(other))) == ({}, set(country.held(other)))
    assert nothing_went_wrong(arta, besnik, ana)


def test_what_he_pushes_is_answered_like_a_push_to_a_case_that_was_never_his(
    country: Country, arta: Tablet, besnik: Tablet, case: str
) -> None:
    strange = country.tablet("eleni", "athens")
    theirs = strange.open_case()
    strange.sync()
    visit = next(id for id, home in arta.homes.items() if home == (case, "visit"))
    arta.deny(case, "besnik")
    arta.sync()
    country.now += 60_000
    before = country.held(case)
    for into in (case, theirs):
        besnik.write(into, "visit", {"status": "let me in"})
    besnik.write(case, "visit", {"status": "changed"}, visit)
    answered = besnik.send(besnik.request())
    assert {(one.code, tuple(one.params)) for one in answered.refused} == {("sync.case.not_granted", ())}
    assert len(answered.refused) == 3
    assert country.held(case) == before


def test_what_he_wrote_before_is_heard_and_stays_with_the_others(
    country: Country, arta: Tablet, besnik: Tablet, case: str
) -> None:
    """Offline, he had written down what the person said: it is not lost, and the tablet does not keep it."""
    visit = next(id for id, home in arta.homes.items() if home == (case, "visit"))
    new = besnik.take_back(case)
    besnik.write(case, "visit", {"weight": "55"}, visit)
    country.now += 1_000
    arta.deny(case, "besnik")
    arta.sync()
    response = besnik.send(besnik.request())
    assert (len(response.accepted), response.refused, response.page.items) == (2, (), ())
    assert {new, visit} <= set(response.page.purged)
    besnik.take(response)
    meet(besnik, arta)
    assert besnik.of_case(case) == {}
    assert arta.values(visit)["weight"] == "55"
    assert new in arta.of_case(case)
    assert nothing_went_wrong(arta, besnik)


def test_a_coordinator_lifts_it_and_the_whole_history_is_there_again(
    country: Country, arta: Tablet, besnik: Tablet, ana: Tablet, case: str
) -> None:
    arta.deny(case, "besnik")
    meet(arta, besnik, ana)
    arta.write(case, "visit", {"status": "while he was away"})
    arta.lift(case, "besnik")
    meet(arta, besnik)
    assert besnik.of_case(case) == {}, "an officer lifts nothing"
    ana.lift(case, "besnik")
    meet(ana, besnik, arta)
    assert besnik.of_case(case) == arta.of_case(case) == country.held(case)
    mine = besnik.write(case, "visit", {"status": "back"})
    meet(besnik, arta)
    assert mine in arta.of_case(case)
    # And again, while he is away: what was given back goes once more.
    arta.deny(case, "besnik")
    meet(arta, ana)
    ana.lift(case, "besnik")
    meet(ana)
    arta.deny(case, "besnik")
    meet(arta, besnik)
    assert besnik.of_case(case) == {}
    assert nothing_went_wrong(arta, besnik, ana)


def test_a_history_that_comes_back_is_cut_into_pages(
    country: Country, arta: Tablet, besnik: Tablet, ana: Tablet, case: str
) -> None:
    for number in range(30):
        arta.write(case, "visit", {"status": f"{number}", "narrative": "x" * 500})
    arta.deny(case, "besnik")
    meet(arta, besnik, ana)
    ana.lift(case, "besnik")
    ana.sync()
    pages = 0
    while True:
        response = besnik.send(besnik.request(limit=2_000))
        besnik.take(response)
        pages += 1
        # Whatever he has of a record, he has all of it.
        held = country.held(case)
        assert all(states == held[record] for record, states in besnik.of_case(case).items())
        if not response.page.more:
            break
    assert pages > 8
    assert besnik.of_case(case) == country.held(case)


def test_a_conflict_of_the_case_is_told_to_him_and_settled_by_him_only_while_he_has_it(
    country: Country, arta: Tablet, besnik: Tablet, ana: Tablet, case: str
) -> None:
    visit = next(id for id, home in arta.homes.items() if home == (case, "visit"))
    besnik.write(case, "visit", {"status": "his"}, visit)
    country.now += 1_000
    arta.write(case, "visit", {"status": "hers"}, visit)
    besnik.send(besnik.request())
    arta.deny(case, "besnik")
    arta.sync()
    (logged,) = country.log("tirana")
    again = country.tablet("besnik", "tirana")
    again.settled.append(Settled(logged.notice.id, "accepted"))
    meet(besnik, again)
    assert besnik.notices == again.notices == {}
    assert [each.notice.state for each in country.log("tirana")] == ["open"]
    ana.sync()
    ana.lift(case, "besnik")
    meet(ana, besnik, again)
    assert set(besnik.notices) == set(again.notices) == {logged.notice.id}


def test_his_own_alarms_name_nothing_of_it_wherever_he_works(
    country: Country, arta: Tablet, besnik: Tablet, case: str
) -> None:
    vangelis = country.tablet("vangelis", "athens")
    eleni = country.tablet("eleni", "athens")
    alarm = Alarm(country.office("tirana"), case, "alarm.a", "AL-1", 10, ("AL", "GR"))
    country.database.put_alarms(country.office("tirana"), [alarm], country.now)
    assert len(besnik.sync().alarms) == len(vangelis.sync().alarms) == 1
    arta.deny(case, "besnik")
    arta.sync()
    for tablet, told in ((besnik, 0), (vangelis, 1), (arta, 1), (eleni, 1)):
        assert len(country.exchange.alarms(tablet.actor)) == told, tablet.actor.login
    # She would tell him: whoever is named of another office, nobody there hears of it.
    arta.deny(case, "vangelis")
    arta.sync()
    for tablet, told in ((vangelis, 0), (arta, 1), (eleni, 0)):
        assert len(country.exchange.alarms(tablet.actor)) == told, tablet.actor.login


@pytest.mark.parametrize("named", ["athens", "Support Centre Athens", "GR", "officer"])
def test_alarms_do_not_reach_another_office_that_is_named_and_always_its_own(
    country: Country, arta: Tablet, case: str, named: str
) -> None:
    eleni = country.tablet("eleni", "athens")
    alarm = Alarm(country.office("tirana"), case, "alarm.a", "AL-1", 10, ("AL", "GR"))
    country.database.put_alarms(country.office("tirana"), [alarm], country.now)
    assert len(eleni.sync().alarms) == 1
    for name in (named, "tirana", "AL"):
        arta.write(case, "deny_list", {"who": name, "decision": "denied"})
    arta.sync()
    assert country.exchange.alarms(eleni.actor) == ()
    assert len(country.exchange.alarms(arta.actor)) == 1


def test_who_comes_to_work_later_and_bears_the_name_never_gets_it(
    country: Country, arta: Tablet, case: str, ana: Tablet
) -> None:
    arta.deny(case, "Gjergj")
    arta.sync()
    gjergj = country.tablet("gjergj", "tirana")
    called = country.tablet("g.hoxha", "tirana")
    called.actor = replace(called.actor, display_name="GJERGJ" + country.sign)
    for tablet in (gjergj, called):
        tablet.sync()
        assert tablet.of_case(case) == {}
        # Nor is he heard by a clock that claims a time before the denial: he never had it.
        country.now -= 3_600_000
        tablet.write(case, "visit", {"status": "from before"})
        country.now += 3_600_000
        tablet.sync()
        assert tablet.codes() == ["sync.case.not_granted"]
    meet(ana)
    ana.lift(case, "Gjergj")
    meet(ana, gjergj)
    assert gjergj.of_case(case) == country.held(case)
    assert nothing_went_wrong(gjergj, called, arta)


def test_who_is_denied_takes_nobody_off_whatever_her_clock_claims(
    country: Country, arta: Tablet, ana: Tablet, case: str
) -> None:
    """The only coordinator is the relative. She has seen the list, and writes over it as of yesterday."""
    denied = arta.deny(case, "somebody")
    meet(arta, ana)
    arta.write(case, "deny_list", {"who": f"somebody{country.sign}\nana{country.sign}"}, denied)
    arta.sync()
    country.now -= 3_600_000
    ana.write(case, "deny_list", {"who": "nobody", "decision": "lifted"}, denied)
    ana.write(case, "visit", {"status": "she was there"})
    country.now += 3_600_000
    ana.sync()
    ana.lift(case, "ana")
    ana.sync()
    assert ana.codes() == ["sync.case.not_granted"] * 2
    assert country.denies(case, ana.actor)
    assert ana.of_case(case) == {}
    assert nothing_went_wrong(ana)


def test_the_only_coordinator_is_denied_the_others_work_on_and_a_second_one_lifts_it(
    country: Country, arta: Tablet, ana: Tablet, case: str
) -> None:
    arta.deny(case, "ana")
    meet(arta, ana)
    assert ana.of_case(case) == {}
    # The log tells the administrator how many such cases there are, and nothing else of them.
    assert without_coordinator(country.database) == 1
    visit = arta.write(case, "visit", {"status": "goes on"})
    arta.sync()
    assert arta.of_case(case) == country.held(case)
    # The administrator makes another account: the case is there at once, and she may lift.
    drin = country.tablet("drin", "tirana", "coordinator")
    drin.sync()
    assert drin.of_case(case) == country.held(case)
    assert without_coordinator(country.database) == 0
    drin.lift(case, "ana")
    meet(drin, ana)
    assert ana.of_case(case) == country.held(case)
    assert visit in ana.of_case(case)


def test_a_coordinator_of_another_office_lifts_nothing(
    country: Country, arta: Tablet, besnik: Tablet, case: str
) -> None:
    nikos = country.tablet("nikos", "athens", "coordinator")
    arta.consent(case, "athens")
    arta.share(case, "athens")
    arta.deny(case, "besnik")
    meet(arta, besnik, nikos)
    nikos.lift(case, "besnik")
    meet(nikos, besnik)
    assert nikos.codes() == []
    assert besnik.of_case(case) == {}


def test_somebody_of_the_other_office_denies_one_of_the_home_and_he_loses_it_too(
    country: Country, arta: Tablet, besnik: Tablet, case: str
) -> None:
    eleni = country.tablet("eleni", "athens")
    arta.consent(case, "athens")
    arta.share(case, "athens")
    meet(arta, besnik, eleni)
    eleni.deny(case, "besnik")
    meet(eleni, besnik, arta)
    assert besnik.of_case(case) == {}
    assert eleni.of_case(case) == arta.of_case(case) == country.held(case)
    assert nothing_went_wrong(arta, besnik, eleni)


def test_who_denies_herself_loses_it_with_the_answer_to_that(
    country: Country, arta: Tablet, besnik: Tablet, case: str
) -> None:
    """She sees that the person is her cousin, and says so."""
    said = besnik.deny(case, "besnik")
    had = set(besnik.of_case(case))
    response = besnik.send(besnik.request())
    assert (response.accepted, set(response.page.purged)) == ((besnik.sequence,), {said, *had})
    besnik.take(response)
    assert besnik.of_case(case) == {}
    arta.sync()
    assert said in arta.of_case(case)


def test_the_name_of_the_home_office_locks_nobody_out(
    country: Country, arta: Tablet, besnik: Tablet, case: str
) -> None:
    arta.deny(case, "tirana")
    # Nor does a denial that does not say whom.
    arta.write(case, "deny_list", {"decision": "denied"})
    meet(arta, besnik)
    assert besnik.of_case(case) == arta.of_case(case) == country.held(case)
    assert not country.database.read(lambda ledger: ledger.taken_cases("tirana", "besnik"))


def test_each_day_decides_it_anew_and_says_the_same(
    country: Country, arta: Tablet, besnik: Tablet, ana: Tablet, case: str
) -> None:
    arta.deny(case, "besnik")
    meet(arta, besnik, ana)
    rows = country.database.read(lambda ledger: ledger.deny_lists({case}))
    assert {row.decided_on for row in rows} == {country.today()}
    country.a_day_passes()
    assert country.database.read(lambda ledger: ledger.decided_before("tirana", country.today())) == []
    besnik.sync()
    assert besnik.of_case(case) == {}


def test_the_file_of_an_office_denies_nobody(country: Country, arta: Tablet, besnik: Tablet) -> None:
    own = office_file(country.office("tirana"))
    arta.deny(own, "besnik")
    arta.sync()
    assert arta.codes() == ["sync.office_file.other_form"]


def test_what_is_on_its_way_while_its_sender_is_denied_does_not_stay_with_him(
    postgres: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgres.migrate()
    country = Country(postgres, random.Random(5))
    arta, besnik = country.tablet("arta", "tirana"), country.tablet("besnik", "tirana")
    case = arta.open_case()
    meet(arta, besnik)
    on_its_way, denied = threading.Event(), threading.Event()
    lock = SharedCases.lock

    def slow(self: SharedCases, *wanted: Any) -> dict[str, int]:
        if threading.current_thread().name == "besnik" and not on_its_way.is_set():
            on_its_way.set()
            assert denied.wait(20)
        return lock(self, *wanted)

    monkeypatch.setattr(SharedCases, "lock", slow)
    visit = besnik.write(case, "visit", {"status": "written before"})
    country.now += 1_000
    pushing = threading.Thread(target=besnik.sync, name="besnik")
    pushing.start()
    assert on_its_way.wait(20)
    arta.deny(case, "besnik")
    arta.sync()
    denied.set()
    pushing.join(60)
    assert visit in country.held(case)
    assert visit in besnik.purged
    assert besnik.of_case(case) == {}


def test_the_rows_of_a_denial_say_no_name(
    storage: Database, country: Country, arta: Tablet, case: str
) -> None:
    arta.deny(case, "besnik")
    arta.sync()
    (row,) = storage.read(lambda ledger: ledger.deny_lists({case}))
    assert {row.name} == fingerprints("besnik")
    assert "besnik" not in str(row)
    assert storage.read(lambda ledger: ledger.denied_to(fingerprints("besnik"))) == {case: row.since_ms}
    assert storage.read(lambda ledger: ledger.denied_to(fingerprints("arta"))) == {}

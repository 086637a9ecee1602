"""Cases of several offices, on each database: who gets what, under which numbers, and who may write."""

from __future__ import annotations

import random
import threading
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from sync_server.protocol.messages import Settled
from sync_server.shared_cases import SharedCases
from sync_server.storage.base import Collision, Ledger
from sync_server.storage.database import Database
from sync_server.storage.shared_base import SharedCase
from tests.contracts.shared_offices import Country, Tablet, meet, outside_of_its_grants


@pytest.fixture
def country(storage: Database) -> Country:
    return Country(storage, random.Random(3))


@pytest.fixture
def arta(country: Country) -> Tablet:
    return country.tablet("arta", "tirana")


@pytest.fixture
def eleni(country: Country) -> Tablet:
    return country.tablet("eleni", "athens")


@pytest.fixture
def youssef(country: Country) -> Tablet:
    return country.tablet("youssef", "rabat")


@pytest.fixture
def case(arta: Tablet) -> str:
    """A case of Tirana's with a visit of long ago."""
    case = arta.open_case()
    arta.write(case, "visit", {"status": "calm"})
    arta.sync()
    return case


def standing(country: Country, case: str) -> dict[str, tuple[str, str]]:
    rows = country.database.read(lambda ledger: ledger.shared_cases({case}))
    return {row.office: (row.standing, row.code) for row in rows}


def test_a_grant_brings_the_whole_history_whatever_the_cursor_and_changes_flow_both_ways(
    country: Country, arta: Tablet, eleni: Tablet, youssef: Tablet, case: str
) -> None:
    eleni.open_case()
    eleni.sync()
    arta.consent(case, "athens")
    arta.share(case, "athens")
    meet(arta, eleni, youssef)
    assert eleni.of_case(case) == arta.of_case(case) == country.held(case)
    hers = eleni.write(case, "visit", {"status": "met in Athens"})
    meet(eleni, arta)
    arta.write(case, "visit", {"weight": "60"}, hers)
    meet(arta, eleni)
    assert eleni.values(hers) == {"status": "met in Athens", "weight": "60"}
    assert youssef.base == {}
    assert standing(country, case) == {"athens": ("shared", "")}
    assert outside_of_its_grants([arta, eleni, youssef]) == []
    for tablet in (arta, eleni, youssef):
        response = tablet.sync()
        assert (response.page.items, response.page.purged, response.conflicts) == ((), (), ())


def test_nobody_is_given_a_case_because_a_device_says_so(
    country: Country, arta: Tablet, eleni: Tablet, case: str
) -> None:
    arta.share(case, "athens")
    eleni.write(case, "visit", {"status": "let me in"})
    eleni.consent(case, "athens")
    eleni.share(case, "athens", share_ground="duty_to_report", share_reason="I say so")
    meet(arta, eleni)
    assert eleni.codes() == ["sync.case.not_granted"] * 3
    assert standing(country, case) == {"athens": ("asked", "consent.missing")}
    assert eleni.base == {}


def test_only_people_of_its_home_share_a_case_on_or_end_it(
    country: Country, arta: Tablet, eleni: Tablet, youssef: Tablet, case: str
) -> None:
    arta.consent(case, "athens")
    shared = arta.share(case, "athens")
    meet(arta, eleni)
    eleni.consent(case, "rabat")
    eleni.share(case, "rabat")
    eleni.end(shared)
    meet(eleni, youssef)
    assert eleni.codes() == ["sync.case.not_yours_to_share"] * 2
    assert youssef.base == {}
    assert country.holders(case) == {"tirana", "athens"}


def test_when_it_ends_the_ids_come_as_purged_and_what_is_pushed_is_refused(
    country: Country, arta: Tablet, eleni: Tablet, case: str
) -> None:
    arta.consent(case, "athens")
    shared = arta.share(case, "athens")
    meet(arta, eleni)
    had = set(eleni.of_case(case))
    arta.end(shared)
    arta.sync()
    later = arta.write(case, "visit", {"status": "not for Athens"})
    arta.sync()
    eleni.write(case, "visit", {"status": "unsent"})
    response = eleni.send(eleni.request())
    assert set(response.page.purged) == had
    assert response.page.items == ()
    assert [one.code for one in response.refused] == ["sync.case.sharing_ended"]
    assert later not in str(response)
    eleni.take(response)
    assert eleni.of_case(case) == {}
    assert standing(country, case) == {"athens": ("ended", "sharing.record.ended")}
    # A tablet that was away all the time is told the same, and a new one nothing that is not hers.
    assert eleni.send(replace(eleni.request(), cursor=None)).page.items == ()


def test_who_sends_the_word_that_ends_it_does_not_keep_that_word(
    country: Country, arta: Tablet, eleni: Tablet, case: str
) -> None:
    arta.consent(case, "athens")
    arta.share(case, "athens")
    meet(arta, eleni)
    said = eleni.take_back(case)
    before = set(eleni.of_case(case))
    response = eleni.send(eleni.request())
    assert set(response.page.purged) == {said, *before}
    assert response.page.items == ()
    eleni.take(response)
    arta.sync()
    assert said in arta.of_case(case)


def test_agreed_anew_all_of_it_comes_again(country: Country, arta: Tablet, eleni: Tablet, case: str) -> None:
    arta.consent(case, "athens")
    arta.share(case, "athens")
    meet(arta, eleni)
    arta.take_back(case)
    meet(arta, eleni)
    assert eleni.of_case(case) == {}
    country.now += 60_000
    arta.consent(case, "athens", **{"given/taken_back_before": country.today()})
    meet(arta, eleni)
    assert eleni.of_case(case) == arta.of_case(case) == country.held(case)


def test_a_conflict_reaches_its_author_in_whichever_office_and_ends_from_there(
    country: Country, arta: Tablet, eleni: Tablet, case: str
) -> None:
    second = country.tablet("eleni", "athens")
    arta.consent(case, "athens")
    arta.share(case, "athens")
    visit = arta.write(case, "visit", {"status": "first"})
    meet(arta, eleni, second)
    eleni.write(case, "visit", {"status": "in Athens"}, visit)
    country.now += 1_000
    arta.write(case, "visit", {"status": "in Tirana"}, visit)
    meet(arta, eleni, second)
    (told,) = eleni.notices.values()
    assert (told.lost, told.kept, told.lost_author) == ("in Athens", "in Tirana", "eleni")
    assert second.notices == eleni.notices
    assert arta.notices == {}
    assert [each.notice for each in country.log("tirana")] == [told]
    assert country.log("athens") == []
    eleni.settled.append(Settled(told.id, "accepted"))
    meet(eleni, second, arta)
    assert second.notices[told.id].state == eleni.notices[told.id].state == "accepted"
    assert [each.notice.state for each in country.log("tirana")] == ["accepted"]


def test_somebody_of_a_third_office_settles_nothing(
    country: Country, arta: Tablet, eleni: Tablet, youssef: Tablet, case: str
) -> None:
    arta.consent(case, "athens")
    shared = arta.share(case, "athens")
    visit = arta.write(case, "visit", {"status": "first"})
    meet(arta, eleni)
    eleni.write(case, "visit", {"status": "in Athens"}, visit)
    country.now += 1_000
    arta.write(case, "visit", {"status": "in Tirana"}, visit)
    meet(arta, eleni)
    (id,) = eleni.notices
    youssef.settled.append(Settled(id, "accepted"))
    youssef.sync()
    assert [each.notice.state for each in country.log("tirana")] == ["open"]
    # Nor does its author once the case is not shared with her any more: the inbox obeys the day's grants.
    arta.end(shared)
    arta.sync()
    again = country.tablet("eleni", "athens")
    again.settled.append(Settled(id, "accepted"))
    again.sync()
    assert again.notices == {}
    assert [each.notice.state for each in country.log("tirana")] == ["open"]


def test_a_batch_sent_again_is_answered_again_and_a_change_sent_again_is_known(
    country: Country, arta: Tablet, eleni: Tablet, case: str
) -> None:
    arta.consent(case, "athens")
    arta.share(case, "athens")
    meet(arta, eleni)
    eleni.write(case, "visit", {"status": "once"})
    request = eleni.request()
    first = eleni.send(request)
    assert eleni.send(request).accepted == first.accepted == (1,)
    # The reply was lost, and the same change comes in another batch.
    assert eleni.send(replace(request, batch=country.new_id())).accepted == (1,)
    assert len(country.held(case)) == 5
    other = replace(request.changes[0], id=country.new_id())
    refused = eleni.send(replace(request, batch=country.new_id(), changes=(other,))).refused
    assert [one.code for one in refused] == ["sync.sequence.reused"]


def test_a_record_of_one_office_is_not_written_into_a_case_of_another(
    country: Country, arta: Tablet, eleni: Tablet, case: str
) -> None:
    arta.consent(case, "athens")
    arta.share(case, "athens")
    own = eleni.open_case()
    meet(arta, eleni)
    theirs = next(iter(arta.of_case(case)))
    (hers,) = eleni.of_case(own)
    for record, into in ((theirs, own), (hers, case)):
        eleni.write(into, "visit", {"status": "moved"})
        eleni.pending = [replace(eleni.pending[0], record=record)]
        eleni.sync()
    assert eleni.codes() == ["sync.record.moved"] * 2
    assert theirs not in country.held(own)
    assert hers not in country.held(case)


def test_the_pages_of_the_other_office_are_cut_like_all_others(
    country: Country, arta: Tablet, eleni: Tablet, case: str
) -> None:
    for number in range(30):
        arta.write(case, "visit", {"status": f"{number}", "narrative": "x" * 500})
    eleni.open_case()
    arta.consent(case, "athens")
    shared = arta.share(case, "athens")
    arta.sync()
    pages = 0
    while True:
        response = eleni.send(eleni.request(limit=2_000))
        eleni.take(response)
        pages += 1
        if not response.page.more and not eleni.pending:
            break
    assert pages > 8
    assert eleni.of_case(case) == country.held(case)
    arta.end(shared)
    arta.sync()
    assert len(eleni.send(eleni.request(limit=1_000)).page.purged) < 30
    eleni.sync(limit=1_000)
    assert eleni.of_case(case) == {}


def test_two_offices_that_share_with_each_other_and_push_at_once_all_get_through(
    country: Country, arta: Tablet, eleni: Tablet, case: str
) -> None:
    other = eleni.open_case()
    arta.consent(case, "athens")
    arta.share(case, "athens")
    eleni.consent(other, "tirana")
    eleni.share(other, "tirana")
    meet(arta, eleni, arta)
    waits: list[float] = []
    country.database._pause = waits.append
    together = threading.Barrier(2)
    errors: list[Exception] = []

    def work(tablet: Tablet) -> None:
        try:
            for number in range(24):
                own, theirs = (case, other) if tablet is arta else (other, case)
                for into in (own, theirs) if number % 4 == 0 else (own,):
                    tablet.write(into, "visit", {"status": f"{tablet.actor.login} {number}"})
                together.wait(30)
                tablet.take(tablet.send(tablet.request()))
        except Exception as error:
            errors.append(error)
            together.abort()

    threads = [threading.Thread(target=work, args=[tablet]) for tablet in (arta, eleni)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert errors == []
    meet(arta, eleni)
    for each in (case, other):
        assert arta.of_case(each) == eleni.of_case(each) == country.held(each)
    assert arta.codes() == eleni.codes() == []
    assert waits == [], "nobody was in the other one's way"


def test_what_is_on_its_way_while_a_case_is_shared_reaches_the_other_office_too(
    postgres: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgres.migrate()
    country = Country(postgres, random.Random(5))
    arta, besnik = country.tablet("arta", "tirana"), country.tablet("besnik", "tirana")
    eleni = country.tablet("eleni", "athens")
    case = arta.open_case()
    meet(arta, besnik)
    on_its_way, shared = threading.Event(), threading.Event()
    lock = SharedCases.lock

    def slow(self: SharedCases, *wanted: Any) -> dict[str, int]:
        if threading.current_thread().name == "besnik" and not on_its_way.is_set():
            on_its_way.set()
            assert shared.wait(20)
        return lock(self, *wanted)

    monkeypatch.setattr(SharedCases, "lock", slow)
    visit = besnik.write(case, "visit", {"status": "written before Besnik knew"})
    pushing = threading.Thread(target=besnik.sync, name="besnik")
    pushing.start()
    assert on_its_way.wait(20)
    arta.consent(case, "athens")
    arta.share(case, "athens")
    arta.sync()
    shared.set()
    pushing.join(60)
    eleni.sync()
    assert visit in eleni.of_case(case)
    assert eleni.of_case(case) == country.held(case)


def test_a_push_that_meets_a_new_grant_on_its_way_is_run_again(storage: Database) -> None:
    storage._pause = lambda seconds: None
    runs: list[int] = []

    def work(ledger: Ledger) -> int:
        runs.append(len(runs))
        ledger.put_shared_cases([SharedCase("a", "c", "h", "asked", "", "", "2026-01-01")], 1)
        if len(runs) == 1:
            raise Collision
        return len(ledger.shared_cases({"c"}))

    assert storage.write(work) == 1
    assert len(runs) == 2


def test_a_day_ends_and_begins_what_depends_on_it(
    country: Country, arta: Tablet, eleni: Tablet, case: str
) -> None:
    arta.consent(case, "athens", until=2)
    arta.share(case, "athens")
    meet(arta, eleni)
    for _ in range(2):
        country.a_day_passes()
        assert country.holders(case) == {"tirana", "athens"}
        eleni.sync()
        assert eleni.of_case(case) != {}
    country.a_day_passes()
    assert standing(country, case) == {"athens": ("ended", "consent.expired")}
    eleni.sync()
    assert eleni.of_case(case) == {}
    assert country.watch.look() == 0


def test_nobody_lifts_a_denial_under_the_name_of_a_coordinator(
    country: Country, arta: Tablet, eleni: Tablet, case: str
) -> None:
    besnik = country.tablet("besnik", "tirana", "coordinator")
    arta.consent(case, "athens")
    arta.share(case, "athens")
    arta.write(case, "deny_list", {"who": "athens", "decision": "denied"})
    meet(arta, besnik)
    lifted = besnik.write(case, "deny_list", {"who": "Somebody", "decision": "lifted"})
    meet(besnik, arta)
    assert standing(country, case) == {"athens": ("asked", "sharing.office.denied")}
    arta.write(case, "deny_list", {"who": "Athens"}, lifted)
    arta.write(case, "deny_list", {"who": "Athens", "decision": "lifted"})
    meet(arta, besnik, eleni)
    assert standing(country, case) == {"athens": ("asked", "sharing.office.denied")}
    assert eleni.base == {}
    besnik.write(case, "deny_list", {"decision": "lifted", "who": "Support Centre  athens"})
    besnik.write(case, "deny_list", {"decision": "lifted", "who": "Athens"})
    meet(besnik, eleni)
    assert eleni.of_case(case) == country.held(case)


def test_a_case_is_not_shared_with_an_office_in_which_somebody_works_whom_it_denies(
    country: Country, arta: Tablet, eleni: Tablet, case: str
) -> None:
    """Her uncle comes to work there, and what is shared with an office comes to all who work there."""
    arta.consent(case, "athens")
    arta.share(case, "athens")
    meet(arta, eleni)
    assert eleni.of_case(case) == country.held(case)
    arta.write(case, "deny_list", {"who": "VANGELIS" + country.sign, "decision": "denied"})
    meet(arta, eleni)
    assert eleni.of_case(case) == country.held(case), "nobody of that name works there"
    country.tablet("vangelis", "athens")
    assert country.watch.look() == 1, "on the same day"
    assert country.watch.look() == 0
    eleni.sync()
    assert standing(country, case) == {"athens": ("ended", "sharing.office.denied")}
    assert eleni.of_case(case) == {}


def test_a_person_who_turns_out_to_be_a_child_is_not_shared_on_her_own_word(
    country: Country, arta: Tablet, eleni: Tablet, case: str
) -> None:
    arta.consent(case, "athens")
    arta.share(case, "athens")
    meet(arta, eleni)
    (case_file,) = (record for record, home in arta.homes.items() if home == (case, "case_file"))
    arta.write(case, "case_file", {"birth_date": "2012-03-08"}, case_file)
    meet(arta, eleni)
    assert standing(country, case) == {"athens": ("ended", "consent.guardian_missing")}
    assert eleni.of_case(case) == {}


def test_a_consent_of_today_is_not_one_of_tomorrow_because_it_was_written_further_east(
    country: Country,
) -> None:
    """At half past eleven in Tirana, when Athens has the next day."""
    arta = country.tablet("arta", "tirana", zone="Europe/Tirane")
    eleni = country.tablet("eleni", "athens", zone="Europe/Athens")
    country.now = round(datetime(2026, 11, 27, 22, 30, tzinfo=UTC).timestamp() * 1000)
    case = arta.open_case()
    arta.share(case, "athens", share_ground="vital_interest", share_reason="She is in danger there")
    arta.share(case, "rabat")
    meet(arta, eleni)
    assert country.holders(case) == {"tirana", "athens"}
    eleni.consent(case, "rabat", **{"choice/consented_on": "2026-11-28"})
    meet(eleni)
    assert country.holders(case) == {"tirana", "athens", "rabat"}


def test_a_consent_that_bears_a_day_which_no_office_has_yet_waits_for_it(country: Country) -> None:
    arta = country.tablet("arta", "tirana", zone="Europe/Tirane")
    country.now = round(datetime(2026, 11, 27, 22, 30, tzinfo=UTC).timestamp() * 1000)
    case = arta.open_case()
    arta.share(case, "athens")
    arta.consent(case, "athens", **{"choice/consented_on": "2026-11-28"})
    meet(arta)
    assert country.holders(case) == {"tirana"}

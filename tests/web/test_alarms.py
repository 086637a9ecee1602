"""The arrival watch on the server: from what tablets have synced to the alarm that offices read."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

import pytest

from sync_server.arrival_watch import ArrivalWatch
from sync_server.protocol.schema import AlarmsSchema
from sync_server.reference import add_programme
from tests.web.conftest import PASSWORD

EXPECTED = "2027-01-31T22:40:00.000+01:00"
CODE = "AL-7Q4KD2M-X"


def at(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)


class Night:
    """An office on the evening of an arrival, with the server's watch over it."""

    def __init__(self, office: Any) -> None:
        self.office = office
        self.move("2027-01-31T20:00:00+01:00")
        self.tablet = office.device()
        self.watch = self.started_anew()
        self.case, self.file = str(uuid.uuid4()), str(uuid.uuid4())
        facts = {
            "case_code": CODE, "country": "al", "stage": "travel", "given_name": "Mira",
            "expected_arrival": EXPECTED,
        }  # fmt: skip
        assert self.tablet.sync(self.tablet.change(facts, self.file, self.case)).status_code == 200

    def started_anew(self) -> ArrivalWatch:
        return ArrivalWatch(self.office.storage, self.office.services.forms, self.office.clock.now_ms)

    def move(self, moment: str) -> None:
        self.office.clock.seconds += (at(moment) - self.office.clock.now_ms()) / 1000

    def looks(self, moment: str) -> int:
        self.move(moment)
        return self.watch.look()

    def alarms(self, tablet: Any = None) -> list[dict[str, Any]]:
        headers = (tablet or self.tablet).headers
        response = self.office.client.get("/v1/alarms", headers=headers)
        assert response.status_code == 200
        assert AlarmsSchema().validate(response.json) == {}
        assert "Mira" not in response.text
        found: list[dict[str, Any]] = response.json["alarms"]
        return found

    def told(self) -> list[str]:
        return [each["code"] for each in self.alarms()]

    def record(self, form: str, values: dict[str, Any]) -> None:
        change = self.tablet.change(values, str(uuid.uuid4()), self.case, form=form)
        assert self.tablet.sync(change).json["accepted"]


@pytest.fixture
def night(office: Any) -> Night:
    return Night(office)


def test_at_two_nobody_has_confirmed_and_the_office_reads_the_alarm(night: Night) -> None:
    """Vignette 7: expected at 22:40, and at 02:00 nobody has confirmed."""
    assert night.looks("2027-02-01T01:39:00+01:00") == 0
    assert night.alarms() == []
    assert night.looks("2027-02-01T02:00:00+01:00") == 1
    (alarm,) = night.alarms()
    assert alarm == {
        "case": night.case,
        "case_code": CODE,
        "code": "alarm.arrival.unconfirmed",
        "since": at("2027-02-01T01:40:00+01:00"),
        "raised": at("2027-02-01T02:00:00+01:00"),
    }


def test_an_alarm_is_raised_once_and_a_restart_forgets_nothing(night: Night) -> None:
    night.looks("2027-02-01T02:00:00+01:00")
    assert night.looks("2027-02-01T02:05:00+01:00") == 0
    night.watch = night.started_anew()
    assert night.looks("2027-02-01T02:10:00+01:00") == 0
    assert night.alarms()[0]["raised"] == at("2027-02-01T02:00:00+01:00")


def test_a_confirmed_arrival_ends_it(night: Night) -> None:
    night.looks("2027-02-01T02:00:00+01:00")
    night.record("airport_reception", {"identity/reception_outcome": "received",
                                       "arrival/arrived_at": "2027-01-31T23:50:00.000+01:00"})  # fmt: skip
    assert night.looks("2027-02-01T02:30:00+01:00") == 1
    assert night.alarms() == []


def test_the_man_with_a_sign_is_an_alarm_of_its_own_until_she_is_heard(night: Night) -> None:
    """Vignette 7: the officer at the gate finds that a man with a sign met her. Her phone is off."""
    night.looks("2027-02-01T02:00:00+01:00")
    night.record("airport_reception", {"identity/reception_outcome": "unknown_person",
                                       "arrival/met_by": "unknown",
                                       "arrival/arrived_at": "2027-01-31T23:10:00.000+01:00"})  # fmt: skip
    night.looks("2027-02-01T02:20:00+01:00")
    assert night.told() == ["alarm.arrival.unknown_person"]
    assert night.alarms()[0]["since"] == at("2027-01-31T23:10:00+01:00")
    night.record(
        "monitoring_contact", {"contact/contact_date": "2027-02-01", "contact/outcome": "unreachable"}
    )
    night.looks("2027-02-01T09:00:00+01:00")
    assert night.told() == ["alarm.arrival.unknown_person"]
    night.record("monitoring_contact", {"contact/contact_date": "2027-02-01", "contact/outcome": "met"})
    night.looks("2027-02-01T12:00:00+01:00")
    assert night.told() == []


def test_the_office_of_the_other_country_reads_it_by_the_code_and_a_third_one_does_not(night: Night) -> None:
    accounts = night.office.services.accounts
    for office, country, zone in (("Athens", "gr", "Europe/Athens"), ("Rabat", "ma", "Africa/Casablanca")):
        accounts.add_office(office, country)
        accounts.add_user(office.lower(), office, "officer", office, zone, PASSWORD)
    athens, rabat = night.office.device("athens"), night.office.device("rabat")
    case = str(uuid.uuid4())
    facts = {"case_code": "AL-AAAAAAA-A", "country": "al", "stage": "travel", "expected_arrival": EXPECTED}
    athens.sync(athens.change(facts, str(uuid.uuid4()), case))
    night.looks("2027-02-01T02:00:00+01:00")
    assert [(a.get("case"), a["case_code"]) for a in night.alarms(athens)] == [(case, "AL-AAAAAAA-A")]
    seen = [(a.get("case"), a["case_code"]) for a in night.alarms()]
    assert sorted(seen, key=str) == sorted([(night.case, CODE), (None, "AL-AAAAAAA-A")], key=str)
    assert night.alarms(rabat) == []


def test_a_corrected_time_ends_the_alarm_and_silence_raises_it_anew(night: Night) -> None:
    night.looks("2027-02-01T02:00:00+01:00")
    later = night.tablet.change({"expected_arrival": "2027-02-01T10:00:00.000+01:00"}, night.file, night.case)
    assert night.tablet.sync(later).json["accepted"]
    assert night.looks("2027-02-01T03:00:00+01:00") == 1
    assert night.alarms() == []
    assert night.looks("2027-02-01T13:00:00+01:00") == 1
    assert night.alarms()[0]["since"] == at("2027-02-01T13:00:00+01:00")


def test_what_the_watch_keeps_in_memory_names_nobody(night: Night) -> None:
    night.watch.look()
    assert "Mira" not in repr(vars(night.watch)["_offices"])
    assert CODE in repr(vars(night.watch)["_offices"])


def test_who_has_no_token_reads_no_alarm(night: Night) -> None:
    assert night.office.client.get("/v1/alarms").status_code == 401


def test_a_programme_may_raise_the_alarm_sooner(night: Night) -> None:
    add_programme(night.office.storage, 'id = "own"\ntitle = "Own"\n[due]\narrival_watch_hours = 1\n')
    assert night.looks("2027-01-31T23:39:00+01:00") == 0
    assert night.looks("2027-01-31T23:41:00+01:00") == 1


@pytest.mark.parametrize("never", ["0001-01-01T00:00:00.000+14:00", "9999-12-31T23:59:59.000-14:00", -1, ""])
def test_a_date_that_is_none_in_one_case_silences_no_other(night: Night, never: Any) -> None:
    """By such a date some mean 'not known yet'. The watch goes through the cases of all offices."""
    facts = {"case_code": "AL-7Q4KD2M-Y", "country": "al", "stage": "travel", "expected_arrival": never}
    odd = night.tablet.change(facts, str(uuid.uuid4()), str(uuid.uuid4()))
    assert night.tablet.sync(odd).json["accepted"]
    night.looks("2027-02-01T02:00:00+01:00")
    assert CODE in {each["case_code"] for each in night.alarms()}

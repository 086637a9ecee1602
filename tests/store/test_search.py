"""A case is found by its code or by a name in any of the scripts, however it is typed."""

from __future__ import annotations

import pytest

from app.store import cases, drafts
from app.store.search import fold

PEOPLE = {
    "AL-7Q4KD2M-X": ("Élise", "Gjokë", ""),
    "MA-0B1C2D3-4": ("فاطمة", "الإدريسي", "أمّ ياسر"),
    "UA-9Z8Y7X6-5": ("Дарʼя", "Ґалаґан-Їжакевич", ""),
    "AL-11AA00B-7": ("Ardita", "Çela", "Dita"),
}


@pytest.fixture
def office_of_four(mira):
    def work(db):
        for number, (code, (given, family, other)) in enumerate(PEOPLE.items()):
            record = f"file-{number}"
            drafts.begin(db, record, f"case-{number}", "case_file", "1")
            drafts.save_answers(
                db,
                record,
                {
                    "case_code": code,
                    "given_name": given,
                    "family_name": family,
                    "other_names": other or None,
                    "stage": "travel" if number % 2 else "shelter",
                    "risk": "high",
                },
            )
            drafts.finish(db, record)

    mira.store.write(work)
    return mira


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("AL-7Q4KD2M-X", "AL-7Q4KD2M-X"),
        ("al7q4kd2mx", "AL-7Q4KD2M-X"),
        ("7q4", "AL-7Q4KD2M-X"),
        ("al 7q4kd", "AL-7Q4KD2M-X"),
        ("ma-obic2d3", "MA-0B1C2D3-4"),  # O for 0, I for 1
        ("AL-llAAooB", "AL-11AA00B-7"),
        ("elise", "AL-7Q4KD2M-X"),
        ("GJOKE", "AL-7Q4KD2M-X"),
        ("gjo éli", "AL-7Q4KD2M-X"),
        ("cela", "AL-11AA00B-7"),
        ("dita", "AL-11AA00B-7"),
        ("فاطمه", "MA-0B1C2D3-4"),
        ("الادريسي", "MA-0B1C2D3-4"),
        ("الإدريسى", "MA-0B1C2D3-4"),
        ("ام", "MA-0B1C2D3-4"),
        ("дар'я", "UA-9Z8Y7X6-5"),
        ("ДАРЯ", "UA-9Z8Y7X6-5"),
        ("галаган", "UA-9Z8Y7X6-5"),
        ("їжакевич", "UA-9Z8Y7X6-5"),
        ("Їжак дар’я", "UA-9Z8Y7X6-5"),
    ],
)
def test_a_case_is_found(office_of_four, typed, code):
    found = office_of_four.store.read(lambda db: cases.listed(db, typed))
    assert [case.code for case in found] == [code]


@pytest.mark.parametrize("typed", ["nobody", "elise cela", '"', "* OR code:*", "NEAR(", "'); DROP", "إ إ إ"])
def test_what_fits_nobody_finds_nobody_and_breaks_nothing(office_of_four, typed):
    found = office_of_four.store.read(lambda db: cases.listed(db, typed))
    assert len(found) in (0, 1)
    assert len(office_of_four.store.read(cases.listed)) == len(PEOPLE)


def test_an_empty_query_lists_all_by_code_and_a_stage_narrows_it(office_of_four):
    listed = office_of_four.store.read(cases.listed)
    assert [case.code for case in listed] == sorted(PEOPLE)
    travelling = office_of_four.store.read(lambda db: cases.listed(db, "", "travel"))
    assert {case.stage for case in travelling} == {"travel"}
    assert len(travelling) == 2


def test_a_new_name_replaces_the_old_one_in_the_index(office_of_four):
    def rename(db):
        drafts.open_draft(db, "file-0")
        drafts.save_answers(db, "file-0", {"given_name": "Noor"})
        drafts.finish(db, "file-0")

    store = office_of_four.store
    store.write(rename)
    assert len(store.read(lambda db: cases.listed(db, "noor"))) == 1
    assert store.read(lambda db: cases.listed(db, "elise")) == ()


def test_the_index_made_anew_is_the_same(office_of_four):
    store = office_of_four.store
    before = store.read(cases.listed)
    assert store.write(cases.rebuild) == len(PEOPLE)
    assert store.read(cases.listed) == before
    assert len(store.read(lambda db: cases.listed(db, "дарʼя"))) == 1


def test_a_case_that_came_by_a_pull_is_in_the_index(office_of_four, office, arben):
    office.sync(office_of_four)
    office.sync(arben)
    assert arben.store.read(cases.listed) == office_of_four.store.read(cases.listed)
    found = arben.store.read(lambda db: cases.by_code(db, "MA-0B1C2D3-4"))
    assert (found.name, found.risk, found.facts["stage"]) == ("فاطمة الإدريسي", "high", "travel")


def test_discarding_a_new_case_takes_it_off_the_index(mira):
    def begin(db):
        drafts.begin(db, "f", "c", "case_file", "1")
        drafts.save_answers(db, "f", {"case_code": "AL-7Q4KD2M-X", "given_name": "Noor"})

    mira.store.write(begin)
    assert len(mira.store.read(lambda db: cases.listed(db, "noor"))) == 1
    mira.store.write(lambda db: drafts.discard(db, "f"))
    assert mira.store.read(cases.listed) == ()
    assert mira.store.read(lambda db: db.rows("SELECT rowid FROM case_search")) == []


def test_folding_twice_is_folding_once():
    for name in [part for names in PEOPLE.values() for part in names]:
        assert fold(fold(name)) == fold(name)

"""A coordinator's reports: three outputs, frozen with their definitions, explained later, in a file."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from app.fieldbook import Fieldbook
from app.problems import Problem
from app.reports import Output, ReportView, Wanted
from app.store import meta, reference
from forms.casework.indicators.population import Period
from sync_server.protocol.messages import Reference
from tests.fieldbook.conftest import Clock
from tests.fieldbook.test_fieldbook import answer, done, finish_case_file
from tests.fieldbook.test_figures import APRIL_TO_JUNE, drita, help_given

__all__ = ["drita"]

CARE = """
id = "care"
title = "Care"
ends = 2026-12-31
[targets]
persons = 40
minors = 4
[donor]
k = 3
tables = [{ indicator = "assisted", by = ["country"] }]
[[rates.rates]]
currency = "ALL"
on = 2026-05-01
per_euro = 100
"""
OTHER = 'id = "tact"\ntitle = "Tact"\n'


@pytest.fixture
def office(drita: Fieldbook) -> Fieldbook:
    drita._store.write(lambda db: reference.put(db, Reference(programmes={"care": CARE, "tact": OTHER})))
    return drita


def helped(book: Fieldbook, country: str, programme: str = "care") -> str:
    case: str = done(book.new_case(country, "sq"))
    finish_case_file(book, case, programme=programme, birth_date="1990-05-01")
    help_given(book, case)
    return case


def agrees_to_be_counted(book: Fieldbook, case: str) -> None:
    """The person of a case agrees to statistics."""
    opened = done(book.begin(case, "consent"))
    answer(
        book, opened, consented_on="2026-05-04", decided_by="person", purpose=["statistics"],
        decision="given", in_private="yes", spoken="sq", understood="yes", pressure="no",
        valid_until="2026-11-01", how_given="verbal_witnessed", witness="Drita", witness_fits="yes",
        told_withdrawal="yes",
    )  # fmt: skip
    left = done(book.finish(opened.record))
    assert left == (), left


def wanted(output: Output = "internal", programme: str = "", by: tuple[str, ...] = ()) -> Wanted:
    return Wanted(output, APRIL_TO_JUNE, programme, by)


def look(book: Fieldbook, asked: Wanted) -> ReportView:
    found: ReportView = done(book.reports.look(asked))
    return found


def numbers(view: ReportView, indicator: str) -> dict[tuple[str, ...], Decimal | None]:
    return {
        tuple(name for _, name in line.group): line.value
        for line in view.lines
        if line.indicator == indicator
    }


def test_a_report_is_of_one_programme_or_of_all(office: Fieldbook) -> None:
    helped(office, "al")
    helped(office, "al", "tact")
    helped(office, "ma", "tact")
    assert numbers(look(office, wanted()), "assisted") == {(): 3}
    of_care = look(office, wanted(programme="care"))
    (total,) = (line for line in of_care.lines if line.indicator == "assisted")
    assert (total.value, total.of) == (1, 40)
    by_country = look(office, wanted(programme="tact", by=("country",)))
    assert numbers(by_country, "assisted") == {(): 2, ("al",): 1, ("ma",): 1}
    assert done(office.reports.programmes()) == {"care": "Care", "tact": "Tact"}


def test_each_line_comes_with_its_definition(office: Fieldbook) -> None:
    view = look(office, wanted())
    assert {line.indicator for line in view.lines} <= view.definitions.keys()
    assert view.definitions["assisted"]["denominator"] == "target"
    assert view.named["kind"]["medical"]["en"] == "Medical care"


def test_costs_are_told_in_euro_by_the_rate_of_their_day(office: Fieldbook) -> None:
    case = helped(office, "al")
    for amount, currency in (("5000", "ALL"), ("70", "MAD"), ("10", "EUR")):
        opened = done(office.begin(case, "assistance"))
        answer(
            office, opened, assistance_kind="medical", received="yes", paid_by="us", currency=currency,
            amount=amount, donor="Donor A", budget_line="Health",
        )  # fmt: skip
        assert done(office.finish(opened.record)) == ()
    (total, *_) = (line for line in look(office, wanted()).lines if line.indicator == "assistance.cost")
    assert (total.value, total.missing) == (60, 2), "without a rate, and without a cost: not known"


def test_a_donor_gets_the_agreed_tables_and_no_row_of_few(office: Fieldbook) -> None:
    for country in ("al", "al", "al", "ma"):
        helped(office, country)
    view = look(office, wanted("donor", "care"))
    assert view.k == 3
    told = {line.group: (line.value, line.withheld) for line in view.lines}
    assert told[()] == (4, False), "the total is exact, as agreed"
    assert told[("country", "ma"),] == (None, True)
    assert told[("country", "al"),] == (None, True), "else it could be subtracted"
    assert look(office, wanted("donor", "tact")).lines == (), "nothing was agreed"


def test_a_frozen_report_stays_as_it_was_and_says_why_a_later_one_differs(
    office: Fieldbook, clock: Clock
) -> None:
    helped(office, "al")
    frozen = done(office.reports.freeze(wanted(programme="care", by=("country",))))
    clock.now += timedelta(days=3)
    helped(office, "ma")
    view: ReportView = done(office.reports.open(frozen))
    assert numbers(view, "assisted") == {(): 1, ("al",): 1}
    assert (view.as_of, view.frozen_by) == (date(2026, 5, 4), "officer")
    assert view.frozen_at is not None
    assert view.frozen_at.hour == 9, "in the office's zone"
    assert view.definitions["assisted"]["cut_off"] == "until_end"
    changes = {(each.indicator, each.group): each for each in done(office.reports.changes(frozen))}
    assisted = changes["assisted", ()]
    assert (assisted.before, assisted.after) == ("1", "2")
    assert ("new_data", 1) in assisted.because


def test_frozen_reports_are_listed_the_last_one_first_and_survive_a_lock(
    office: Fieldbook, open_book: object, clock: Clock
) -> None:
    first = done(office.reports.freeze(wanted()))
    clock.now += timedelta(hours=1)
    second = done(office.reports.freeze(wanted("donor", "care")))
    done(office.close())
    again: Fieldbook = open_book()  # type: ignore[operator]
    rows = done(again.reports.frozen())
    assert [(each.id, each.output, each.programme) for each in rows] == [
        (second, "donor", "care"), (first, "internal", ""),
    ]  # fmt: skip
    assert done(again.reports.open(second)).output == "donor"


def test_a_frozen_report_that_was_changed_is_not_shown_as_if_it_were_whole(office: Fieldbook) -> None:
    report = done(office.reports.freeze(wanted()))
    key = f"report.body.{report}"

    def change(db: object) -> None:
        kept = meta.get(db, key)  # type: ignore[arg-type]
        meta.put(db, key, str(kept).replace('"2026-06-30"', '"2026-09-30"', 1))  # type: ignore[arg-type]

    office._store.write(change)
    with pytest.raises(Exception, match=r"indicators\.frozen\.damaged"):
        done(office.reports.open(report))


def test_the_public_report_tells_nobody_before_eleven_and_never_twice(
    office: Fieldbook, clock: Clock
) -> None:
    with pytest.raises(Problem, match=r"report\.public\.none"):
        look(office, wanted("public"))
    for _ in range(11):
        agrees_to_be_counted(office, helped(office, "al"))
    done(office.reports.freeze(wanted("public")))
    view = look(office, wanted("public"))
    assert numbers(view, "public.persons") == {(): 11}
    assert numbers(view, "public.country") == {(): 11, ("al",): 11}
    assert (view.programme, view.first) == ("", None), "of everybody: nobody subtracts one from another"
    clock.now += timedelta(days=1)
    agrees_to_be_counted(office, helped(office, "al"))
    done(office.reports.freeze(wanted("public")))
    assert numbers(look(office, wanted("public")), "public.persons") == {(): 11}


def test_month_12_after_the_programme_s_end_is_warned_of(office: Fieldbook) -> None:
    case = helped(office, "al")
    finish_case_file(office, case, arrived_on="2026-05-01", stage="reintegration")
    assert look(office, wanted(programme="care")).late == (1, date(2027, 5, 1))


def test_a_file_is_written_once_and_no_cell_of_it_is_a_formula(office: Fieldbook, tmp_path: Path) -> None:
    out = tmp_path / "report.csv"
    done(office.reports.write(out, [["Health", "=1+1", "مكتب"], ["-3"]]))
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    with out.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [["Health", "'=1+1", "مكتب"], ["'-3"]]
    assert out.stat().st_mode & 0o077 == 0, "for its owner's eyes"
    with pytest.raises(Problem, match=r"report\.file\.exists"):
        done(office.reports.write(out, []))
    with pytest.raises(Problem, match=r"report\.file\.not_written"):
        done(office.reports.write(tmp_path / "nowhere" / "report.csv", []))
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".report")] == []


def test_nobody_but_a_coordinator_gets_any_of_it(book: Fieldbook, tmp_path: Path) -> None:
    asked = Wanted("internal", Period(date(2026, 4, 1), date(2026, 6, 30)))
    for job in (
        book.reports.look(asked),
        book.reports.freeze(asked),
        book.reports.frozen(),
        book.reports.open("x"),
        book.reports.changes("x"),
        book.reports.write(tmp_path / "x.csv", []),
    ):
        with pytest.raises(Problem, match=r"figures\.role\.not_coordinator"):
            done(job)
    assert not (tmp_path / "x.csv").exists()


def test_what_is_asked_wrongly_is_not_answered(office: Fieldbook) -> None:
    with pytest.raises(Problem, match=r"figures\.period\.reversed"):
        look(office, Wanted("internal", Period(APRIL_TO_JUNE.last, APRIL_TO_JUNE.first)))
    with pytest.raises(Problem, match=r"figures\.group\.unknown"):
        look(office, wanted(by=("shoe_size",)))
    with pytest.raises(Problem, match=r"report\.frozen\.missing"):
        done(office.reports.open("0"))

"""What is due as a calendar file: it can be read by any calendar, and it tells nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.casework.calendar_feed import Entry, calendar

MADE = datetime(2026, 2, 1, 9, 30, tzinfo=UTC)
VISIT = Entry("0190aa", "contact.week_1", date(2026, 2, 7), code="AL-7Q4KD2M-X")


def unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


def test_an_entry_is_a_whole_day_with_a_neutral_word() -> None:
    lines = unfolded(calendar([VISIT], MADE))
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-1] == "END:VCALENDAR"
    assert "DTSTART;VALUE=DATE:20260207" in lines
    assert "DTEND;VALUE=DATE:20260208" in lines
    assert "DTSTAMP:20260201T093000Z" in lines
    assert "SUMMARY:Appointment" in lines


def test_no_entry_tells_the_case_or_the_work_unless_the_worker_asks_for_the_code() -> None:
    text = calendar([VISIT], MADE, word="Termin")
    for told in ("7Q4KD2M", "0190aa", "contact", "week"):
        assert told not in text
    assert "SUMMARY:Termin AL-7Q4KD2M-X" in unfolded(calendar([VISIT], MADE, word="Termin", with_codes=True))


def test_a_moment_is_written_in_utc() -> None:
    at = datetime.fromisoformat("2026-01-31T22:40:00+01:00")
    lines = unfolded(calendar([Entry("c", "arrival", at.date(), at)], MADE))
    assert "DTSTART:20260131T214000Z" in lines
    with pytest.raises(ValueError, match="offset"):
        calendar([Entry("c", "arrival", at.date(), at.replace(tzinfo=None))], MADE)


def test_the_same_thing_keeps_its_identity_and_stands_in_the_file_once() -> None:
    other = Entry("0190bb", "contact.week_1", date(2026, 2, 7))

    def identities(text: str) -> list[str]:
        return [line for line in unfolded(text) if line.startswith("UID:")]

    assert identities(calendar([VISIT, VISIT], MADE)) == identities(calendar([VISIT], MADE, word="x"))
    assert len(set(identities(calendar([VISIT, other], MADE)))) == 2


@given(st.text(), st.lists(st.builds(Entry, st.text(), st.text(), st.dates(), code=st.text()), max_size=4))
def test_whatever_the_words_each_line_is_short_and_unfolds_to_itself(word: str, entries: list[Entry]) -> None:
    text = calendar(entries, MADE, word=word, with_codes=True)
    assert text.endswith("\r\n")
    for line in text.split("\r\n"):
        assert len(line.encode()) <= 75
        assert "\n" not in line
        assert "\r" not in line
    assert calendar(entries, MADE, word=word, with_codes=True) == text
    lines = unfolded(text)
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") <= len(entries)
    for line in lines:
        assert ":" in line


@pytest.mark.parametrize("letter", ["a", "ї", "木", "𐌰"])
def test_no_line_of_a_long_title_has_more_than_75_octets(letter: str) -> None:
    text = calendar([VISIT], MADE, word=letter * 300)
    lengths = [len(line.encode()) for line in text.split("\r\n")]
    assert 72 <= max(lengths) <= 75
    assert f"SUMMARY:{letter * 300}" in unfolded(text)


def test_a_title_is_escaped_and_a_long_one_folded_between_characters() -> None:
    word = "Зустріч, важлива; дуже\\дуже\n" + "ї" * 80
    text = calendar([VISIT], MADE, word=word)
    (line,) = [each for each in unfolded(text) if each.startswith("SUMMARY:")]
    assert line == "SUMMARY:Зустріч\\, важлива\\; дуже\\\\дуже\\n" + "ї" * 80

"""How much is exchanged at once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.sync.pace import EXCHANGE, FIRST, HOLD, LARGEST, SMALLEST, Pace

seconds = st.floats(0, 1000)


@given(st.lists(st.tuples(seconds, seconds) | st.none()))
def test_whatever_happens_it_stays_within_its_bounds(exchanges: list[tuple[float, float] | None]) -> None:
    pace = Pace()
    for took in exchanges:
        before = pace.size
        if took is None:
            pace.failed()
            assert pace.size <= before
        else:
            pace.took(*took)
            assert pace.size <= before * 1.5
        assert SMALLEST <= pace.size <= LARGEST


def test_a_page_that_holds_the_store_too_long_is_followed_by_a_smaller_one() -> None:
    pace = Pace()
    pace.took(exchange=0.2, hold=HOLD * 4)
    assert pace.size == FIRST // 4


def test_a_slow_line_gets_less_at_once() -> None:
    pace = Pace()
    pace.took(exchange=EXCHANGE * 2, hold=0.001)
    assert pace.size == FIRST // 2


def test_after_a_loss_the_next_one_risks_a_quarter_and_then_it_grows_again() -> None:
    pace = Pace()
    pace.failed()
    assert pace.size == FIRST // 4
    for _ in range(10):
        pace.took(exchange=0.1, hold=0.001)
    assert pace.size == LARGEST

"""A record's first change set needs no merge: what is told of it is what a merge would say."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from sync_server.protocol.change import ChangeSet
from sync_server.protocol.clock import corrected, format_stamp
from sync_server.protocol.merge import Known, merge
from sync_server.protocol.messages import RecordDelta

DEVICE = "aaaaaaaa"
STAMPS = st.builds(format_stamp, st.integers(0, 4), st.integers(0, 2), st.just(DEVICE))
PATHS = ("status", "weight", "narrative", "sum")


@settings(max_examples=300, deadline=None)
@given(
    STAMPS,
    st.dictionaries(st.sampled_from(PATHS), st.sampled_from(["x", "", None, 0])),
    st.dictionaries(st.sampled_from(PATHS), STAMPS),
    st.integers(-3, 3),
    st.integers(0, 6),
)
def test_the_first_change_set_tells_the_state_that_a_merge_would_make(
    stamp: str, values: dict[str, object], stamps: dict[str, str], offset: int, received: int
) -> None:
    own = {path: claim for path, claim in stamps.items() if path in values}
    first = ChangeSet("", "record", "case", "visit", "1", stamp, "anna", DEVICE, 1, values, stamps=own)
    effective = {claim: corrected(claim, offset, received) for claim in (stamp, *own.values())}
    merged = merge({}, [Known(change, effective[change.stamp]) for change in first.changes()])
    delta = RecordDelta.of_first(first, effective)
    assert delta.states() == merged.state
    assert delta.latest == max([effective[stamp], *(state.effective for state in merged.state.values())])

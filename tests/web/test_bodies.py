"""What a compressed body may do to the server: nothing beyond its limit."""

from __future__ import annotations

import tracemalloc

import pytest
import zstandard
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from sync_server.protocol.problems import Problem
from sync_server.web.bodies import Bodies, unfold, unfolded_size

LIMIT = 1024 * 1024


def bomb(size: int, tell_size: bool) -> bytes:
    folder = zstandard.ZstdCompressor(level=19, write_content_size=tell_size)
    if tell_size:
        return folder.compress(bytes(size))
    stream = folder.compressobj()
    return b"".join([*(stream.compress(bytes(LIMIT)) for _ in range(size // LIMIT)), stream.flush()])


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=5000))
def test_a_body_comes_out_as_it_went_in(body: bytes) -> None:
    assert unfold(zstandard.compress(body), "zstd", LIMIT) == body
    assert unfold(body, "identity", LIMIT) == body


@pytest.mark.parametrize("tell_size", [True, False])
def test_a_bomb_is_refused_at_the_limit_without_taking_memory(tell_size: bool) -> None:
    small = bomb(512 * LIMIT, tell_size)
    assert len(small) < 64 * 1024
    tracemalloc.start()
    try:
        with pytest.raises(Problem) as raised:
            unfold(small, "zstd", unfolded_size(small, "zstd", LIMIT))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert raised.value.code == "sync.body.too_large"
    assert peak < 8 * LIMIT


def test_exactly_the_limit_is_allowed() -> None:
    assert len(unfold(zstandard.compress(bytes(LIMIT)), "zstd", LIMIT)) == LIMIT


def test_a_frame_that_wants_a_huge_window_is_refused() -> None:
    parameters = zstandard.ZstdCompressionParameters(window_log=27, write_content_size=False)
    stream = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    with pytest.raises(Problem) as raised:
        unfold(stream.compress(b"x" * 100) + stream.flush(), "zstd", LIMIT)
    assert raised.value.code == "sync.body.invalid"


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400), st.integers(0, 40), st.integers(0, 255))
def test_damaged_or_cut_bodies_are_a_problem_and_nothing_else(body: bytes, at: int, byte: int) -> None:
    folded = bytearray(zstandard.compress(body))
    folded[at % len(folded)] = byte
    for damaged in (bytes(folded), bytes(folded[: len(folded) // 2])):
        try:
            unfold(damaged, "zstd", LIMIT)
        except Problem as problem:
            refused = problem.code
            assert refused in ("sync.body.invalid", "sync.body.too_large")


def test_another_encoding_is_refused() -> None:
    with pytest.raises(Problem) as raised:
        unfold(b"x", "gzip", LIMIT)
    assert raised.value.params == {"what": "encoding"}


def test_all_bodies_together_get_the_room_of_the_largest_alone() -> None:
    app, bodies = Flask("test"), Bodies(limit=1000, patience=0.05)
    with app.test_request_context(data=b"x" * 600, method="POST"), bodies.body() as first:
        assert len(first) == 600
        with app.test_request_context(data=b"y" * 400, method="POST"), bodies.body() as second:
            assert len(second) == 400
        with (
            app.test_request_context(data=b"z" * 401, method="POST"),
            pytest.raises(Problem) as raised,
            bodies.body(),
        ):
            pytest.fail("there was no room")
    assert raised.value.code == "server.busy"
    with app.test_request_context(data=b"z" * 1000, method="POST"), bodies.body() as third:
        assert len(third) == 1000

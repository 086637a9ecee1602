"""What the tests of syncing share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sync.raw_server import RawServer


@pytest.fixture
def raw_server() -> Iterator[RawServer]:
    server = RawServer()
    yield server
    server.close()

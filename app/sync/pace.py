"""How much to send and to ask for at once, from how the last exchanges went."""

from __future__ import annotations

from typing import Final

SMALLEST: Final = 32_000
LARGEST: Final = 4_000_000
FIRST: Final = 1_000_000

#: Taking in a page holds the store for about this many seconds, so that a save never waits for long.
HOLD: Final = 0.05
#: Nor should one exchange take longer than this, since a cut loses the whole of it.
EXCHANGE: Final = 10.0


class Pace:
    """Bytes of a batch or page, before compression. Grows by at most a half, shrinks as far as needed."""

    def __init__(self, size: int = FIRST) -> None:
        self.size = min(max(size, SMALLEST), LARGEST)

    def took(self, exchange: float, hold: float) -> None:
        """One exchange went well: so many seconds on the line, so many to take its page in."""
        room = min(HOLD / max(hold, 1e-6), EXCHANGE / max(exchange, 1e-6))
        self._resize(self.size * min(max(room, 0.1), 1.5))

    def failed(self) -> None:
        """An exchange was lost: the next one risks a quarter."""
        self._resize(self.size / 4)

    def _resize(self, size: float) -> None:
        self.size = int(min(max(size, SMALLEST), LARGEST))

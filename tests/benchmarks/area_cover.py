"""Cover, PIN and lock at the real window through a worker's day of eight visits, beside what was promised."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from figures import Figure, figure

from tests.ui.conftest import opened, running_office
from tests.ui.window import Display
from tests.ui.workers_day import WorkersDay, policy

#: What the protection design promises: from the key to a blank window, and from the PIN to the screen.
COVER_MS, BACK_S, PASSPHRASES = 300.0, 2.0, 3
_VISITS = 8
_MINUTE = 4.0


def measure(scratch: Path) -> Iterator[Figure]:
    missing = [name for name in ("Xvfb", "xdotool") if shutil.which(name) is None]
    if missing:
        print(f"cover: no window can be driven here: {', '.join(missing)} not installed")
        return
    display = Display(1280, 800)
    try:
        with tempfile.TemporaryDirectory(dir=scratch) as folder:
            (Path(folder) / "office").mkdir()
            with (
                running_office(Path(folder) / "office") as office,
                policy(_MINUTE),
                opened(display, office, Path(folder)) as window,
            ):
                measured = WorkersDay(window, _MINUTE).go_through(_VISITS)
    finally:
        display.close()
    for how, taken in measured.to_cover.items():
        yield figure(
            "cover", f"to a blank window, {how}, the slowest of {len(taken)}", max(taken), "ms",
            beside=("limit", COVER_MS), goal="<= 1", judged=True,
        )  # fmt: skip
    yield figure(
        "cover", f"back by the PIN, the slowest of {len(measured.back)}", max(measured.back), "s",
        beside=("limit", BACK_S), goal="<= 1", judged=True, note="four digits by hand, or touched",
    )  # fmt: skip
    yield figure(
        "cover", f"passphrases in a day of {measured.visits} visits", measured.passphrases, "",
        beside=("limit", PASSPHRASES), goal="<= 1", judged=True,
    )  # fmt: skip
    yield figure(
        "cover", "texts of which a letter was lost", len(measured.lost), "", goal="== 0", judged=True
    )

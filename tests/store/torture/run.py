"""`make torture ONLY=store`: what crashes, bad disks and planted files do to a device's store, as one table.

    python -m tests.store.torture.run [--scale 1.0] [--only kill,flip] [--seed 7] [--seed-bug no-anchor]

`--scale 0.1` tries a tenth. Exits 1 when anything was lost, torn, falsely told or let in. With a seeded
bug it exits 0 only when the rows that must find it have.
"""

from __future__ import annotations

import argparse
import logging
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from tests.store.torture import shim
from tests.store.torture.rows import ROWS, Found, Share
from tests.store.torture.seeded import FOUND_BY, SEEDS


def tortured(
    names: Iterable[str],
    scale: float,
    seed: int,
    seed_bug: str = "",
    processes: int = 0,
    on_part: Callable[[str, Found], object] = lambda name, found: None,
) -> tuple[dict[str, Found], dict[str, float]]:
    """What came of each row, and the seconds that its parts took together.

    A row that cannot be tried on this machine is left out.
    """
    load_rows()
    chosen = [ROWS[name] for name in names or ROWS]
    without = shim.missing()
    if without:
        chosen = [each for each in chosen if not each.shim]
    found = {each.name: Found() for each in chosen}
    seconds = dict.fromkeys(found, 0.0)
    with tempfile.TemporaryDirectory(prefix="torture-", dir=_quick_folder()) as scratch:
        folder = Path(scratch).resolve()
        # Those that are started from here on have the faults at hand.
        before = os.environ.get("LD_PRELOAD")
        if not without:
            os.environ.update(shim.environment(shim.build(folder)))
        try:
            context = multiprocessing.get_context("spawn")
            with ProcessPoolExecutor(processes or os.cpu_count(), mp_context=context) as pool:
                running = [
                    pool.submit(_part, each.name, part, each.parts, scale, seed, seed_bug, folder)
                    for each in chosen
                    for part in range(each.parts)
                ]
                for each in as_completed(running):
                    name, part_found, took = each.result()
                    found[name].add(part_found)
                    seconds[name] += took
                    on_part(name, found[name])
        finally:
            if before is None:
                os.environ.pop("LD_PRELOAD", None)
            else:
                os.environ["LD_PRELOAD"] = before
    return found, seconds


def _quick_folder() -> str | None:
    """Memory instead of a disk, where the system has some: what is durable is decided by the trials."""
    shared = "/dev/shm"
    roomy = os.path.isdir(shared) and shutil.disk_usage(shared).free > 48 * 1024 * 1024
    return shared if roomy and os.access(shared, os.W_OK) else None


def load_rows() -> None:
    from tests.store.torture import crashes, damages, failing, leaks, leaving, mends, sticks  # noqa: F401 - they register


def _part(
    name: str, part: int, parts: int, scale: float, seed: int, seed_bug: str, scratch: Path
) -> tuple[str, Found, float]:
    """One part of a row, in a process of the pool. Its faults and its seeded bug end with it: a row may
    not be changed by the one before it."""
    load_rows()
    start = time.monotonic()
    heard, told = multiprocessing.get_context("fork").Pipe(duplex=False)

    def work() -> None:
        # What the store says of each fault would be most of what is printed.
        logging.disable(logging.CRITICAL)
        if seed_bug:
            SEEDS[seed_bug]()
        with tempfile.TemporaryDirectory(dir=scratch) as folder:
            told.send(ROWS[name].trial(Share(Path(folder), part, parts, scale, seed)))

    child = multiprocessing.get_context("fork").Process(target=work)
    child.start()
    told.close()
    try:
        found: Found = heard.recv()
    except EOFError:
        raise RuntimeError(f"the row {name} broke off") from None
    finally:
        child.join()
    return name, found, time.monotonic() - start


def _say_how_far(start: float) -> Callable[[str, Found], object]:
    """On standard error, as it takes its time: which row has got how far."""

    def say(name: str, found: Found) -> None:
        minutes = (time.monotonic() - start) / 60
        print(
            f"{minutes:5.1f} min  {name}: {found.trials:,} trials, {_told(found)}",
            file=sys.stderr,
            flush=True,
        )

    return say


def table(found: dict[str, Found], seconds: dict[str, float]) -> str:
    """One line a row: how many trials, what was expected, what was found."""
    lines = [("row", "what was tried", "count", "expected", "found", "s")]
    for name, each in found.items():
        told = _told(each)
        lines.append(
            (name, ROWS[name].what, f"{each.trials:,}", ROWS[name].expected, told, f"{seconds[name]:.0f}")
        )
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    text = [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]
    text += [f"  {name}: {example}" for name, each in found.items() for example in each.examples]
    return "\n".join(text)


def _told(each: Found) -> str:
    if each.failures:
        return "FAILED: " + "; ".join(f"{count:,} {what}" for what, count in each.failures.most_common(4))
    return "; ".join(f"{count:,} {what}" for what, count in each.outcomes.most_common(5))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=float, default=1.0, help="how much of the full number to try")
    parser.add_argument("--only", default="", help="rows, with commas between")
    parser.add_argument("--seed", type=int, default=20_261_128)
    parser.add_argument("--seed-bug", choices=sorted(SEEDS), default="")
    parser.add_argument("--processes", type=int, default=0)
    chosen = parser.parse_args(arguments)
    load_rows()
    names = [name for name in chosen.only.split(",") if name]
    if unknown := [name for name in names if name not in ROWS]:
        parser.error(f"no such row: {', '.join(unknown)}. There are {', '.join(ROWS)}.")
    if chosen.seed_bug and not names:
        names = list(FOUND_BY[chosen.seed_bug])
    if without := shim.missing():
        skipped = [name for name in names or ROWS if ROWS[name].shim]
        print(f"left out, as {without}: {', '.join(skipped)}")
    start = time.monotonic()
    found, seconds = tortured(
        names, chosen.scale, chosen.seed, chosen.seed_bug, chosen.processes, _say_how_far(start)
    )
    print(table(found, seconds))
    failed = [name for name, each in found.items() if each.failures or not each.trials]
    minutes = (time.monotonic() - start) / 60
    print(
        f"{sum(each.trials for each in found.values()):,} trials in {minutes:.1f} minutes, seed {chosen.seed}"
    )
    if chosen.seed_bug:
        unfound = [name for name in found if name in FOUND_BY[chosen.seed_bug] and not found[name].failures]
        print(
            f"seeded bug {chosen.seed_bug}: " + (f"NOT FOUND by {', '.join(unfound)}" if unfound else "found")
        )
        return 1 if unfound else 0
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

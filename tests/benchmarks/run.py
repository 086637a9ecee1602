"""`make bench`: measures the chosen areas, prints a table, writes build/bench.json.

    python tests/benchmarks/run.py [--only sync,store]

Exits 1 when a figure that was promised does not hold.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).resolve().parent)]

import area_cover  # noqa: E402
import area_forms  # noqa: E402
import area_store  # noqa: E402
import area_sync  # noqa: E402
from figures import Figure, table, write  # noqa: E402

AREAS = ("sync", "forms", "store", "cover", "app", "server", "console", "package")
MEASURES: dict[str, Callable[[Path], Iterable[Figure]]] = {
    "sync": area_sync.measure,
    "store": area_store.measure,
    "forms": area_forms.measure,
    "cover": area_cover.measure,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help=f"areas, with commas between: {', '.join(AREAS)}")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bench.json")
    chosen = parser.parse_args()
    names = [name for name in chosen.only.split(",") if name] or list(MEASURES)
    if unknown := [name for name in names if name not in AREAS]:
        parser.error(f"no such area: {', '.join(unknown)}. There are {', '.join(AREAS)}.")
    scratch = ROOT / "build" / "bench"
    scratch.mkdir(parents=True, exist_ok=True)
    measured: list[Figure] = []
    for name in names:
        if name not in MEASURES:
            print(f"{name}: nothing is measured in this area yet")
            continue
        measured.extend(MEASURES[name](scratch))
    print(table(measured))
    write(measured, chosen.out)
    print(f"written to {chosen.out}")
    return 1 if any(one.holds is False for one in measured) else 0


if __name__ == "__main__":
    sys.exit(main())

"""`make fuzz ONLY=forms`: mutated forms, answers and expressions, each within 2 s and 256 MB.

    python -m tests.fuzz.run [--only forms] [--cases 100000] [--seed 0] [--workers 2] [--show SEED]

Prints counts and the seeds that failed; the input of each is kept in build/fuzz. Exits 1 when one failed.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

from tests.fuzz import hostile
from tests.fuzz.cases import Case, attempt, case_of
from tests.fuzz.guarded import Result, run

ROOT = Path(__file__).resolve().parents[2]
AREAS = ("forms",)
_SHOWN = 20


def try_seed(seed: int) -> str:
    """A number from 0 on is a mutated case, one below 0 a hostile one that is written down."""
    if seed < 0:
        name = list(hostile.CASES)[-seed - 1]
        return f"hostile: {hostile.attempt(name)}"
    case = case_of(seed)
    return f"{case.kind}: {attempt(case)}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help=f"areas: {', '.join(AREAS)}")
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0, help="the first case's number")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--show", type=int, help="print one case and try it here")
    chosen = parser.parse_args()
    if unknown := [name for name in chosen.only.split(",") if name and name not in AREAS]:
        parser.error(f"no such area: {', '.join(unknown)}. There is {', '.join(AREAS)}.")
    if chosen.show is not None:
        return _show(chosen.show)
    seeds = [*range(-len(hostile.CASES), 0), *range(chosen.seed, chosen.seed + chosen.cases)]
    start = time.monotonic()
    counts: Counter[str] = Counter()
    failed: list[Result] = []
    slowest = largest = Result(0, "", 0.0, 0.0, "")
    for done, result in enumerate(run(try_seed, seeds, chosen.workers), 1):
        slowest = max(slowest, result, key=lambda one: one.seconds)
        largest = max(largest, result, key=lambda one: one.megabytes)
        if result.failure:
            failed.append(result)
            if len(failed) <= _SHOWN:
                _tell(result)
        else:
            counts[result.outcome] += 1
        if done % 10_000 == 0:
            print(f"{done} cases, {len(failed)} failed, {time.monotonic() - start:.0f} s", flush=True)
    _summarise(counts, failed, slowest, largest, time.monotonic() - start)
    return 1 if failed else 0


def _show(seed: int) -> int:
    if seed < 0:
        print(list(hostile.CASES)[-seed - 1])
    else:
        print(case_of(seed).content)
    print(try_seed(seed))
    return 0


def _tell(result: Result) -> None:
    if result.seed < 0:
        print(f"FAILED {list(hostile.CASES)[-result.seed - 1]}:\n{result.failure}", flush=True)
        return
    case: Case = case_of(result.seed)
    kept = ROOT / "build" / "fuzz" / f"{case.kind}-{case.seed}.txt"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(case.content, encoding="utf-8", errors="surrogatepass")
    print(f"FAILED seed {case.seed} ({case.kind}, {kept.relative_to(ROOT)}):\n{result.failure}", flush=True)


def _summarise(
    counts: Counter[str], failed: list[Result], slowest: Result, largest: Result, seconds: float
) -> None:
    kinds: dict[str, Counter[str]] = {}
    for outcome, count in counts.items():
        kind, _, word = outcome.partition(": ")
        kinds.setdefault(kind, Counter())[word] += count
    for kind, words in sorted(kinds.items()):
        total = sum(words.values())
        print(f"{kind:11} {total:6} cases, {words['accepted']:6} accepted; refused:")
        for word, count in words.most_common():
            if word != "accepted":
                print(f"{'':14}{count:6} {word}")
    print(f"slowest: seed {slowest.seed}, {slowest.seconds:.2f} s; most memory: seed {largest.seed}, "
          f"{largest.megabytes:.0f} MB more")  # fmt: skip
    print(f"{sum(counts.values()) + len(failed)} cases in {seconds:.0f} s, {len(failed)} failed"
          f"{': seeds ' if failed else ''}{', '.join(str(one.seed) for one in failed[:50])}")  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())

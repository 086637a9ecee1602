"""Runs cases in processes of their own, each case within a limit of time and of memory.

The time is processor time of the case, so that a busy machine accuses nobody. The memory is the growth of
the process's peak over what it had before the case, as the kernel counts it. A case that does not come
back, or that takes its process with it, is found by the parent.
"""

from __future__ import annotations

import gc
import multiprocessing
import resource
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

import psutil

SECONDS = 2.0
MEGABYTES = 256
_PATIENCE = 30.0
"""Seconds of its own time after which a case is given up that even a signal does not end."""
_AGAIN = 2
_ADDRESS_SPACE = 3 << 30
_BATCH = 50
_STATUS = Path("/proc/self/status")
_CLEAR = Path("/proc/self/clear_refs")


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one case. `failure` is empty when it was accepted or refused as it should be."""

    seed: int
    outcome: str
    seconds: float
    megabytes: float
    failure: str


class TooLong(BaseException):
    """Not an Exception: nothing in a case shall catch it."""


def guarded(work: Callable[[int], str], seed: int, limit: float = SECONDS) -> Result:
    """One case in this process, measured. What took too long is tried again: a busy machine charges a case
    for what it did not do, but not three times.
    """
    result = _measured(work, seed, limit)
    for _ in range(_AGAIN):
        if result.seconds > limit:
            result = min(result, _measured(work, seed, limit), key=lambda one: one.seconds)
    return result


def _measured(work: Callable[[int], str], seed: int, limit: float) -> Result:
    before = _memory("VmRSS")
    _forget_peak()
    start = time.process_time()
    signal.signal(signal.SIGPROF, _give_up)
    signal.setitimer(signal.ITIMER_PROF, limit * 1.5)
    failure, outcome = "", ""
    try:
        outcome = work(seed)
    except TooLong:
        failure = f"more than {limit} s"
    except MemoryError:
        failure = "out of memory"
    except BaseException:
        failure = traceback.format_exc(limit=-5)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    seconds = time.process_time() - start
    growth = _memory("VmHWM") - before
    if not failure and seconds > limit:
        failure = f"{seconds:.1f} s"
    if not failure and growth > MEGABYTES:
        failure = f"{growth:.0f} MB"
    return Result(seed, outcome, seconds, growth, failure)


def _give_up(number: int, frame: Any) -> None:
    raise TooLong


def _memory(name: str) -> float:
    for line in _STATUS.read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1]) / 1024
    return 0.0


def _forget_peak() -> None:
    """The kernel's mark of the highest memory starts anew."""
    try:
        _CLEAR.write_text("5")
    except OSError:
        gc.collect()


def run(work: Callable[[int], str], seeds: list[int], workers: int) -> Iterator[Result]:
    """All cases, in so many processes. Results come as they come."""
    batches = [seeds[at : at + _BATCH] for at in range(0, len(seeds), _BATCH)][::-1]
    crews = [_Crew(work) for _ in range(workers)]
    try:
        while batches or any(crew.waiting for crew in crews):
            for crew in crews:
                if not crew.waiting and batches:
                    crew.start(batches.pop())
            wait([crew.pipe for crew in crews if crew.waiting], timeout=1)
            for crew in crews:
                yield from crew.results()
    finally:
        for crew in crews:
            crew.end()


class _Crew:
    """One process, started again when a case has ended it."""

    def __init__(self, work: Callable[[int], str]) -> None:
        self._work = work
        self.waiting: list[int] = []
        self._begin()
        self._hear()

    def _begin(self) -> None:
        self.pipe, theirs = multiprocessing.Pipe()
        self._process = multiprocessing.Process(target=_serve, args=(theirs, self._work), daemon=True)
        self._process.start()
        theirs.close()

    def start(self, batch: list[int]) -> None:
        self.waiting = list(batch)
        self._hear()
        self.pipe.send(batch)

    def results(self) -> Iterator[Result]:
        try:
            while self.waiting and self.pipe.poll():
                result = self.pipe.recv()
                self._hear()
                self.waiting.remove(result.seed)
                yield result
        except (EOFError, OSError):
            yield from self._lost("the process ended")
        if self.waiting and self._stuck():
            yield from self._lost(f"no answer in {_PATIENCE:.0f} s of its own time")

    def _stuck(self) -> bool:
        """A process that was given no time by a busy machine is not stuck; one that waits for ever is."""
        waited = time.monotonic() - self._heard
        if waited <= _PATIENCE:
            return False
        return self._spent() - self._spent_before > _PATIENCE or waited > 20 * _PATIENCE

    def _spent(self) -> float:
        try:
            taken = psutil.Process(self._process.pid).cpu_times()
        except psutil.Error:
            return 0.0
        return float(taken.user + taken.system)

    def _hear(self) -> None:
        self._heard, self._spent_before = time.monotonic(), self._spent()

    def _lost(self, why: str) -> Iterator[Result]:
        """The case that was running is to blame; what comes after it is given to a new process."""
        guilty, *rest = self.waiting
        self.end()
        yield Result(guilty, "", 0.0, 0.0, why)
        self._begin()
        self.waiting = []
        if rest:
            self.start(rest)

    def end(self) -> None:
        self.pipe.close()
        self._process.kill()
        self._process.join()


def _serve(pipe: Connection, work: Callable[[int], str]) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))
    while True:
        try:
            batch = pipe.recv()
        except EOFError:
            return
        for seed in batch:
            pipe.send(guarded(work, seed))

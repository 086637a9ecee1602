"""Work away from the UI thread: a `Worker` runs one thing after the other, a `Job` is its promise.

The UI passes in `deliver`, which runs a callable on its own thread (Kivy: `Clock.schedule_once`).
Without one, callbacks run on the worker's thread; tests and scripts use `Job.wait` instead.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

from app.problems import Problem
from forms.errors import FormProblem
from sync_server.protocol.log_lines import error_facts

T = TypeVar("T")
Deliver = Callable[[Callable[[], Any]], Any]
OnProblem = Callable[[Problem], Any]

log = logging.getLogger(__name__)


def deliver_here(call: Callable[[], None]) -> None:
    """The `deliver` of programs without a UI thread: call at once, on the worker's thread."""
    call()


def as_problem(error: BaseException) -> Problem:
    """Any failure as a `Problem` that may be shown: its code, and never its text, which may be personal."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, FormProblem):
        return Problem(error.code, error.params)
    return Problem("app.work.failed", {"kind": type(error).__name__})


class Job(Generic[T]):
    """The result of some work, or the problem that it met, once there is one.

    `then` may be called any number of times, before or after the end; exactly one of each pair of
    callbacks is called, once, through `deliver`. Where a `then` names no `on_problem`, or where nobody
    has asked at all by the time the UI thread comes to it, the worker's `unheard` gets the problem, so
    that no screen fails in silence. Without a UI thread there is no such time: then whoever works waits.
    """

    def __init__(self, deliver: Deliver = deliver_here, unheard: OnProblem | None = None) -> None:
        self._deliver = deliver
        self._unheard = unheard
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._asked = False
        self._waiting: list[tuple[Callable[[T], Any] | None, OnProblem | None]] = []
        self._result: T | None = None
        self._error: BaseException | None = None

    @property
    def done(self) -> bool:
        return self._ended.is_set()

    def then(self, on_result: Callable[[T], Any] | None, on_problem: OnProblem | None = None) -> Job[T]:
        """Have `on_result(result)` or `on_problem(problem)` called on the UI thread; returns the job."""
        with self._lock:
            self._asked = True
            if not self._ended.is_set():
                self._waiting.append((on_result, on_problem))
                return self
        self._tell(on_result, on_problem)
        return self

    def wait(self, timeout: float | None = None) -> T:
        """The result; raises what the work raised, or TimeoutError. Never to be called on the UI thread."""
        self._asked = True
        if not self._ended.wait(timeout):
            raise TimeoutError("the job has not ended")
        if self._error is not None:
            raise self._error
        return self._result  # type: ignore[return-value]  # it is a T as soon as there was no error

    def run(self, work: Callable[[], T]) -> None:
        """Do the work here and now, and tell those who wait. For the worker that owns the job."""
        try:
            result = work()
        except Exception as error:
            if isinstance(error, Problem | FormProblem):
                log.info("work.refused", extra={"code": error.code})
            else:
                log.error("work.failed", extra=error_facts(error))
            self._end(None, error)
        else:
            self._end(result, None)

    def _end(self, result: T | None, error: BaseException | None) -> None:
        with self._lock:
            self._result, self._error = result, error
            self._ended.set()
            waiting, self._waiting = self._waiting, []
        for on_result, on_problem in waiting:
            self._tell(on_result, on_problem)
        if error is not None and not waiting and self._deliver is not deliver_here:
            self._deliver(self._tell_if_nobody_asked)

    def _tell_if_nobody_asked(self) -> None:
        """On the UI thread, where whoever asked has done so in the breath in which the work was given."""
        if self._error is not None and self._unheard is not None and not self._asked:
            self._unheard(as_problem(self._error))

    def _tell(self, on_result: Callable[[T], Any] | None, on_problem: OnProblem | None) -> None:
        if self._error is not None:
            problem, hear = as_problem(self._error), on_problem or self._unheard
            if hear is not None:
                self._deliver(lambda: hear(problem))
        elif on_result is not None:
            self._deliver(lambda: on_result(self._result))  # type: ignore[arg-type]  # a T, see wait


class Worker:
    """One thread that does what it is given, strictly in order.

    What was submitted before `close` is done first. Afterwards a submitted job ends at once with
    the problem `app.work.closed`, so that a late tap on a closing screen harms nothing.
    """

    def __init__(self, name: str, deliver: Deliver = deliver_here, unheard: OnProblem | None = None) -> None:
        self._queue: SimpleQueue[tuple[Job[Any], Callable[[], Any]] | None] = SimpleQueue()
        self._deliver = deliver
        self.unheard = unheard
        self._closed = False
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[], T]) -> Job[T]:
        """Do `work` on this worker's thread as soon as what came before is done."""
        job: Job[T] = Job(self._deliver, self.unheard)
        with self._lock:
            if not self._closed:
                self._queue.put((job, work))
                return job
        job.run(_refuse)
        return job

    def call(self, work: Callable[[], T]) -> T:
        """Do `work` on this worker's thread and wait for its result, from any thread, this one included."""
        if threading.current_thread() is self._thread:
            return work()
        return self.submit(work).wait()

    def close(self, timeout: float | None = 10) -> bool:
        """Take nothing new, finish what is under way; True when the thread has ended in time."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        if threading.current_thread() is not self._thread:
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def _work(self) -> None:
        while (item := self._queue.get()) is not None:
            job, work = item
            job.run(work)
            # A waiting loop must not keep the last result, which may be an opened case, alive.
            del item, job, work


def _refuse() -> Any:
    raise Problem("app.work.closed")

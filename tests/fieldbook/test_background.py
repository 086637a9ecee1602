"""Work away from the UI thread: results come back once, in order, and on the thread that asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from queue import Queue

import pytest

from app.background import Job, Worker
from app.problems import Problem
from sync_server.protocol.log_lines import JsonLines


@pytest.fixture
def worker() -> Iterator[Worker]:
    worker = Worker("test")
    yield worker
    worker.close()


def test_work_is_done_on_another_thread_and_its_result_waited_for(worker: Worker) -> None:
    assert worker.submit(threading.current_thread).wait(5) is not threading.current_thread()


def test_work_is_done_in_the_order_in_which_it_was_given(worker: Worker) -> None:
    done: list[int] = []
    jobs = [worker.submit(lambda n=n: done.append(n)) for n in range(200)]
    jobs[-1].wait(5)
    assert done == list(range(200))


def test_results_come_back_through_deliver_on_the_thread_of_the_screen() -> None:
    mailbox: Queue[Callable[[], None]] = Queue()
    seen: list[tuple[str, threading.Thread]] = []
    worker = Worker("test", deliver=mailbox.put)
    worker.submit(lambda: "ready").then(lambda text: seen.append((text, threading.current_thread())))
    mailbox.get(timeout=5)()
    assert seen == [("ready", threading.current_thread())]
    worker.close()


def test_who_asks_after_the_end_is_told_as_well(worker: Worker) -> None:
    job = worker.submit(lambda: 7)
    job.wait(5)
    seen: list[int] = []
    job.then(seen.append).then(seen.append)
    assert seen == [7, 7]


def test_a_problem_reaches_the_one_who_takes_it_with_its_code(worker: Worker) -> None:
    def fail() -> None:
        raise Problem("store.passphrase.wrong", {"wait": 4})

    heard: Queue[Problem] = Queue()
    worker.submit(fail).then(None, heard.put)
    problem = heard.get(timeout=5)
    assert (problem.code, problem.params) == ("store.passphrase.wrong", {"wait": 4})
    with pytest.raises(Problem, match="passphrase"):
        worker.submit(fail).wait(5)


def test_a_problem_that_nobody_takes_is_heard_all_the_same() -> None:
    heard: Queue[Problem] = Queue()
    worker = Worker("test", unheard=heard.put)
    worker.submit(lambda: 1 // 0).then(lambda _: None)
    assert heard.get(timeout=5).code == "app.work.failed"
    worker.close()


def test_work_that_fails_is_told_of_although_no_screen_asked_how_it_ended() -> None:
    """A tap that decides something shows nothing by itself: its refusal was lost."""
    mailbox: Queue[Callable[[], None]] = Queue()
    heard: list[str] = []
    worker = Worker("test", deliver=mailbox.put, unheard=lambda problem: heard.append(problem.code))
    worker.submit(lambda: 1 // 0)
    mailbox.get(timeout=5)()
    assert heard == ["app.work.failed"]
    worker.close()


def test_a_failure_is_told_once_however_quick_it_was() -> None:
    """It has ended before the screen has said who takes it; the screen says so in the same breath."""
    mailbox: Queue[Callable[[], None]] = Queue()
    heard: list[str] = []
    worker = Worker("test", deliver=mailbox.put, unheard=lambda _: heard.append("unheard"))
    failed = worker.submit(lambda: 1 // 0)
    nobodys = mailbox.get(timeout=5)
    failed.then(None, lambda _: heard.append("taken"))
    for told in (nobodys, mailbox.get(timeout=5)):
        told()
    waited = worker.submit(lambda: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        waited.wait(5)
    mailbox.get(timeout=5)()
    assert heard == ["taken"]
    worker.close()


def test_the_text_of_an_unforeseen_error_never_leaves(
    worker: Worker, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise ValueError("Arta Hoxha, Rruga e Durrësit 4")

    heard: Queue[Problem] = Queue()
    worker.submit(fail).then(None, heard.put)
    problem = heard.get(timeout=5)
    assert problem.params == {"kind": "ValueError"}
    (line,) = (json.loads(JsonLines().format(record)) for record in caplog.records)
    assert (line["event"], line["error"]) == ("work.failed", "ValueError")
    assert line["trace"][-1].startswith("tests/fieldbook/test_background.py:")
    assert "Arta" not in caplog.text + str(line)


def test_what_was_given_before_the_end_is_still_done_and_nothing_after(worker: Worker) -> None:
    gate = threading.Event()
    done: list[str] = []
    worker.submit(lambda: gate.wait(5))
    last = worker.submit(lambda: done.append("saved"))
    threading.Timer(0.05, gate.set).start()
    assert worker.close()
    last.wait(0)
    assert done == ["saved"]
    with pytest.raises(Problem, match=r"app\.work\.closed"):
        worker.submit(lambda: done.append("late")).wait(5)
    assert done == ["saved"]


def test_a_worker_may_call_itself_without_waiting_for_ever(worker: Worker) -> None:
    assert worker.call(lambda: worker.call(lambda: "inner")) == "inner"


def test_callbacks_are_called_exactly_once_whenever_they_are_added() -> None:
    for _ in range(200):
        job: Job[int] = Job()
        calls: list[int] = []
        ender = threading.Thread(target=job.run, args=(lambda: 1,))
        ender.start()
        for _ in range(5):
            job.then(calls.append)
        ender.join()
        assert calls == [1] * 5

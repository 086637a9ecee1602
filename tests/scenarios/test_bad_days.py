"""What a worker keeps when the server is away, the network lies, or the tablet dies."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.problems import Problem
from app.store import Store
from tests.scenarios.office import (
    CHEAP,
    PASSPHRASE,
    PASSWORD,
    ROOT,
    RunningServer,
    Tablet,
    wait_until,
)
from tests.sync.raw_server import RawServer, answer


def test_while_the_server_is_away_work_goes_on_and_is_sent_afterwards(
    server: RunningServer, officer: Tablet
) -> None:
    officer.sync()
    server.stop()
    case = officer.new_case()
    outcome = officer.try_to_sync()
    assert outcome.problem is not None
    assert outcome.problem.code == "sync.server.unreachable"
    view = officer.book.sync_view().wait(10)
    assert (view.problem, view.waiting, view.running) == ("sync.server.unreachable", 1, False)
    assert view.last_success is not None
    assert officer.book.case(case).wait(10).row.only_here == 1

    server.start()
    assert officer.sync().sent == 1
    view = officer.book.sync_view().wait(10)
    assert (view.problem, view.waiting, view.sent) == (None, 0, 1)
    (row,) = officer.book.case(case).wait(10).records
    assert row.state == "on_server"
    assert row.on_server_since is not None


def test_a_server_killed_in_the_middle_takes_nothing_twice(server: RunningServer, officer: Tablet) -> None:
    officer.sync()
    case = officer.new_case()
    server.stop(signal.SIGKILL)
    assert not officer.try_to_sync().succeeded
    server.start()
    officer.sync()
    officer.sync()
    assert server.values(officer.case_file(case))["country"] == "al"
    assert len(officer.book.cases().wait(10)) == 1


def test_a_log_in_page_in_between_is_told_and_costs_nothing(
    server: RunningServer, officer: Tablet, raw_server: RawServer
) -> None:
    officer.sync()
    officer.new_case()
    raw_server.say(answer(b"<html>Welcome! Please accept our terms.</html>", "text/html"))
    officer.book._client.address = raw_server.address
    outcome = officer.try_to_sync()
    assert outcome.problem is not None
    assert outcome.problem.code == "sync.answer.not_ours"

    # What comes after a failure greets first: nothing of the case was given to the stranger twice.
    officer.try_to_sync()
    assert raw_server.requests[-1].startswith(b"GET /v1/about ")

    officer.book._client.address = server.address
    assert officer.sync().sent == 1


def test_another_server_at_the_same_address_gets_nothing(
    server: RunningServer, officer: Tablet, raw_server: RawServer
) -> None:
    officer.new_case()
    stranger = {"protocols": [1], "server": "somebody-else", "name": "x", "demo": False, "now": 1}
    raw_server.say(answer(json.dumps(stranger).encode()))
    officer.book._client.address = raw_server.address
    outcome = officer.try_to_sync()
    assert outcome.problem is not None
    assert outcome.problem.code == "sync.server.other"
    assert [request.split(b" ")[1] for request in raw_server.requests] == [b"/v1/about"]


def test_a_device_that_the_server_no_longer_knows_is_told_and_keeps_its_work(
    server: RunningServer, officer: Tablet
) -> None:
    case = officer.new_case()
    officer.book._client._token = "not-a-token-of-this-server"
    outcome = officer.try_to_sync()
    assert outcome.problem is not None
    assert outcome.problem.code == "auth.token.invalid"
    assert officer.book.case(case).wait(10).row.only_here == 1


def test_a_wrong_password_enrols_nobody_and_leaves_no_store(server: RunningServer, tmp_path: Path) -> None:
    from app.sync.enrolment import enrol

    with pytest.raises(Problem, match=r"auth\.login\.failed"):
        enrol(tmp_path / "tablet", server.address, "officer", "guess", PASSPHRASE, cost=CHEAP)
    assert not (tmp_path / "tablet").exists()


@pytest.mark.parametrize("device_is_demo", [True, False])
def test_a_demo_device_and_a_real_server_never_meet(
    request: pytest.FixtureRequest, tmp_path: Path, device_is_demo: bool
) -> None:
    from app.sync.enrolment import enrol

    met = request.getfixturevalue("server" if device_is_demo else "demo_server")
    with pytest.raises(Problem, match=r"sync\.demo\.mismatch"):
        enrol(tmp_path / "x", met.address, "officer", PASSWORD, PASSPHRASE, demo=device_is_demo, cost=CHEAP)
    assert not (tmp_path / "x").exists()


def test_a_demo_device_that_is_pointed_to_a_real_server_sends_nothing(
    demo_server: RunningServer, server: RunningServer, tmp_path: Path
) -> None:
    tablet = Tablet(tmp_path / "demo-tablet", "officer", demo_server, demo=True)
    assert tablet.book.session.demo
    tablet.new_case()
    tablet.book._client.address = server.address
    outcome = tablet.try_to_sync()
    tablet.close()
    assert outcome.problem is not None
    assert outcome.problem.code == "sync.demo.mismatch"
    assert outcome.sent == 0


SAVE_AND_WAIT = """
import sys, time
from pathlib import Path
from app.fieldbook import World, unlock
from app.settings import Settings
from tests.scenarios.office import CHEAP, PASSPHRASE

book = unlock(Settings(Path(sys.argv[1]), auto_sync=False), PASSPHRASE, world=World(floor=CHEAP)).wait()
opened = book.begin(sys.argv[2], "monitoring_contact").wait()
by_name = {path.rpartition("/")[2]: path for path in opened.entry.definition.questions}
for name, raw in (("outcome", "unreachable"), ("observation", "No answer, curtains drawn.")):
    book.save(opened.record, opened.entry.answer(by_name[name], raw)).wait()
print(opened.record, flush=True)
time.sleep(60)
"""


def test_a_tablet_that_dies_between_saving_and_syncing_loses_no_answer(
    server: RunningServer, officer: Tablet, coordinator: Tablet
) -> None:
    case = officer.new_case()
    officer.sync()
    officer.close()

    dying = subprocess.Popen(
        [sys.executable, "-c", SAVE_AND_WAIT, str(officer.folder), case],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert dying.stdout is not None
    record = dying.stdout.readline().strip()
    dying.kill()
    dying.wait(10)

    officer.open()
    (draft,) = officer.book.today().wait(10).drafts
    assert (draft.record, draft.case, draft.form) == (record, case, "monitoring_contact")
    opened = officer.book.resume(record).wait(10)
    assert "No answer, curtains drawn." in opened.entry.values().values()
    officer.answer(opened, {"risk_level": "medium"})
    assert officer.book.finish(record).wait(10) == ()
    officer.sync()
    coordinator.sync()
    assert coordinator.values(record)["observation"] == "No answer, curtains drawn."


def test_the_headless_command_syncs_with_the_passphrase_from_the_environment(
    server: RunningServer, tmp_path: Path
) -> None:
    folder = tmp_path / "scripted"
    run = {"cwd": ROOT, "capture_output": True, "text": True, "timeout": 60}
    secrets = {**os.environ, "HOMEWARD_PASSWORD": PASSWORD, "HOMEWARD_PASSPHRASE": PASSPHRASE}
    words = [sys.executable, "-m", "app", "enrol", "--dir", str(folder), "--server", server.address]
    enrolled = subprocess.run([*words, "--login", "reception"], env=secrets, **run)
    assert enrolled.returncode == 0, enrolled.stderr
    assert "reception" in enrolled.stdout
    assert Store.exists(folder)
    synced = subprocess.run([sys.executable, "-m", "app", "sync", "--dir", str(folder)], env=secrets, **run)
    assert synced.returncode == 0, synced.stderr
    assert synced.stdout.startswith("sent 0, received 0")
    secrets["HOMEWARD_PASSPHRASE"] = "wrong"
    refused = subprocess.run([sys.executable, "-m", "app", "sync", "--dir", str(folder)], env=secrets, **run)
    assert refused.returncode == 1
    assert "store.passphrase.wrong" in refused.stderr
    assert PASSWORD not in enrolled.stdout + enrolled.stderr


def test_syncing_by_itself_reaches_the_server_without_being_asked(
    server: RunningServer, officer: Tablet
) -> None:
    from app.fieldbook import World, unlock
    from app.settings import Settings

    case = officer.new_case()
    record = officer.case_file(case)
    officer.close()
    settings = Settings(officer.folder, sync_every=1.0)
    officer.book = unlock(settings, PASSPHRASE, world=World(floor=CHEAP)).wait(30)
    wait_until(lambda: server.values(record).get("country") == "al")
    view = officer.book.sync_view().wait(10)
    assert view.problem is None

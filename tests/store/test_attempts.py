"""Wrong passphrases make the next one wait, whatever is done to the clock, the program or the file."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.problems import Problem
from app.store import Store, attempts, keys
from app.store.attempts import CODES_NAME, FILE_NAME, Attempts, Codes, Standing, pause_s
from app.store.keys import KeyCost
from sync_server.protocol.messages import UnlockCode
from sync_server.protocol.unlock_code import code_hash, written
from tests.store.key_files import write_format_1

CHEAP = KeyCost(8, 1)
DEVICE = "0a1b2c3d"


class Machine:
    """A computer whose clock is moved by hand; `tells` says whether it tells of its boots."""

    def __init__(self, tells: bool = True) -> None:
        self.tells = tells
        self.boot, self.uptime, self.monotonic = 1, 50_000, 7.0

    def facts(self) -> tuple[str | None, int | None]:
        return (f"boot-{self.boot}", self.uptime) if self.tells else (None, None)

    def later(self, seconds: float) -> None:
        self.uptime += int(seconds * 1000)
        self.monotonic += seconds

    def boot_again(self) -> None:
        self.boot, self.uptime, self.monotonic = self.boot + 1, 0, 0.0

    def at(self, folder: Path) -> Attempts:
        """A program that has just been started."""
        return Attempts(folder, self.facts, lambda: self.monotonic)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    attempts.begin(tmp_path)
    keys.create_keys(tmp_path, "the right one", CHEAP, True, None, lambda: None)
    return tmp_path


def try_it(tries: Attempts, folder: Path, passphrase: str = "wrong") -> str:
    try:
        tries.judge(lambda: keys.unwrap_keys(folder, passphrase, CHEAP, lambda: None))
    except Problem as problem:
        return problem.code
    return "open"


def fail(machine: Machine, folder: Path, times: int) -> None:
    tries = machine.at(folder)
    for _ in range(times):
        machine.later(tries.standing().wait_s)
        assert try_it(tries, folder) == "store.passphrase.wrong"


def give_codes(folder: Path, first: int = 0, count: int = 5) -> list[str]:
    words = [f"CODE{number:04}".replace("0", "A").replace("1", "C") for number in range(first, first + count)]
    told = tuple(UnlockCode(first + at, code_hash(DEVICE, word)) for at, word in enumerate(words))
    attempts.keep_codes(folder, Codes(DEVICE, told))
    return words


def test_the_pauses_double_up_to_an_hour() -> None:
    assert [pause_s(count) for count in range(15)] == [
        0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600,
    ]  # fmt: skip


def test_each_wrong_one_makes_the_next_wait_and_the_right_one_ends_it(folder: Path) -> None:
    machine = Machine()
    tries = machine.at(folder)
    for failures in range(1, 9):
        assert try_it(tries, folder) == "store.passphrase.wrong"
        assert tries.standing() == Standing(failures, 2.0 ** (failures - 1))
        assert try_it(tries, folder, "the right one") == "store.unlock.wait", "not even judged"
        machine.later(2 ** (failures - 1) - 0.01)
        assert try_it(tries, folder, "the right one") == "store.unlock.wait"
        machine.later(0.01)
    assert try_it(tries, folder, "the right one") == "open"
    assert tries.standing() == Standing()


def test_the_wait_survives_the_program_and_the_computer(folder: Path) -> None:
    machine = Machine()
    fail(machine, folder, 8)
    machine.later(28)
    assert machine.at(folder).standing().wait_s == 100
    machine.boot_again()
    machine.later(20)
    assert machine.at(folder).standing().wait_s == 108, "after another boot it counts from that one"


def test_no_clock_that_anybody_can_set_is_looked_at(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set back or forth, the wall clock of this computer shortens and lengthens nothing."""
    machine = Machine()
    fail(machine, folder, 6)
    for moved in (-1e9, 1e9):
        monkeypatch.setattr("time.time", lambda moved=moved: 1.8e9 + moved)
        monkeypatch.setattr("time.time_ns", lambda moved=moved: int((1.8e9 + moved) * 1e9))
        assert machine.at(folder).standing().wait_s == 32


def test_where_the_system_tells_no_boot_a_wait_begins_again_with_the_program(folder: Path) -> None:
    machine = Machine(tells=False)
    fail(machine, folder, 5)
    machine.later(10)
    assert machine.at(folder).standing().wait_s == 16
    tries = machine.at(folder)
    machine.later(16)
    assert tries.standing().wait_s == 0
    assert try_it(tries, folder, "the right one") == "open"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.unlink(),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"\0" * 512),
        lambda path: path.write_text("[" * 500),
        lambda path: path.write_text(path.read_text().replace('"failures": 3', '"failures": 0')),
    ],
)
def test_a_file_that_is_gone_or_edited_means_an_hour_and_never_none(folder: Path, spoil) -> None:
    machine = Machine()
    fail(machine, folder, 3)
    spoil(folder / FILE_NAME)
    assert machine.at(folder).standing().wait_s == 3600
    machine.later(3599)
    assert machine.at(folder).standing().wait_s == 1, "and it begins once, not with each look"
    machine.later(1)
    assert try_it(machine.at(folder), folder, "the right one") == "open"


def test_any_byte_of_the_file_flipped_never_shortens_the_wait(folder: Path) -> None:
    machine = Machine()
    fail(machine, folder, 3)
    whole = (folder / FILE_NAME).read_bytes()
    for place in range(len(whole)):
        (folder / FILE_NAME).write_bytes(whole[:place] + bytes([whole[place] ^ 2]) + whole[place + 1 :])
        assert machine.at(folder).standing().wait_s >= 4, place


def test_a_store_of_the_first_format_has_nothing_that_could_be_missing(tmp_path: Path) -> None:
    write_format_1(tmp_path, "a store", bytes(32), "the right one")
    tries = Machine().at(tmp_path)
    assert tries.standing() == Standing()
    assert try_it(tries, tmp_path) == "store.passphrase.wrong"
    assert tries.standing().wait_s == 1


def test_an_attempt_that_is_cut_off_counts(folder: Path) -> None:
    """The plug is pulled while the passphrase is being judged: the file counts it already."""
    machine = Machine()
    tries, counted = machine.at(folder), []

    def judged() -> None:
        counted.append(json.loads((folder / FILE_NAME).read_text())["failures"])

    tries.judge(judged)
    assert counted == [1]
    assert tries.standing().failures == 0


def test_damage_is_no_guess(folder: Path) -> None:
    machine = Machine()
    fail(machine, folder, 4)
    machine.later(8)
    (folder / keys.FILE_NAME).write_text("{}")
    tries = machine.at(folder)
    assert try_it(tries, folder) == "store.keys.damaged"
    assert tries.standing() == Standing(4, 0)


def test_a_disk_that_takes_no_count_is_no_way_to_guess_on(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "no space")

    monkeypatch.setattr(attempts, "_write", full)
    machine = Machine()
    tries = machine.at(folder)
    for failures in (1, 2, 3):
        assert try_it(tries, folder) == "store.passphrase.wrong"
        assert tries.standing().failures == failures
        assert try_it(tries, folder) == "store.unlock.wait"
        machine.later(2 ** (failures - 1))


# -- codes ----------------------------------------------------------------------------------------------


def test_after_ten_only_a_code_goes_on_and_it_opens_nothing_by_itself(folder: Path) -> None:
    machine, codes = Machine(), give_codes(folder)
    fail(machine, folder, 10)
    tries = machine.at(folder)
    machine.later(100_000)
    assert tries.standing() == Standing(10, 0, needs_code=True)
    assert try_it(tries, folder, "the right one") == "store.unlock.code_needed"
    tries.enter_code(written(codes[0]).lower())
    assert tries.standing() == Standing()
    assert try_it(tries, folder) == "store.passphrase.wrong"
    machine.later(1)
    assert try_it(tries, folder, "the right one") == "open"


def test_a_code_is_good_once_and_those_before_it_not_at_all(folder: Path) -> None:
    machine, codes = Machine(), give_codes(folder)
    tries = machine.at(folder)
    tries.enter_code(codes[2])
    for spent in codes[:3]:
        with pytest.raises(Problem, match=r"store\.unlock\.code_wrong"):
            tries.enter_code(spent)
        machine.later(tries.standing().wait_s)
    give_codes(folder)
    with pytest.raises(Problem, match=r"store\.unlock\.code_wrong"):
        tries.enter_code(codes[2])
    machine.later(tries.standing().wait_s)
    tries.enter_code(codes[3])


def test_a_wrong_code_makes_wait_as_a_wrong_passphrase_does(folder: Path) -> None:
    machine, codes = Machine(), give_codes(folder)
    fail(machine, folder, 10)
    tries = machine.at(folder)
    machine.later(512)
    with pytest.raises(Problem, match=r"store\.unlock\.code_wrong"):
        tries.enter_code("AAAA-AAAA")
    assert tries.standing() == Standing(11, 1024, needs_code=True)
    with pytest.raises(Problem, match=r"store\.unlock\.wait"):
        tries.enter_code(codes[0])


def test_a_code_of_another_device_lifts_nothing(folder: Path) -> None:
    give_codes(folder)
    told = (UnlockCode(9, code_hash("another0", "SAMEWORD")),)
    attempts.keep_codes(folder, Codes(DEVICE, told))
    with pytest.raises(Problem, match=r"store\.unlock\.code_wrong"):
        Machine().at(folder).enter_code("SAMEWORD")


def test_without_codes_ten_wrong_ones_wait_longer_and_longer(folder: Path) -> None:
    machine = Machine()
    fail(machine, folder, 14)
    tries = machine.at(folder)
    assert tries.standing() == Standing(14, 3600)
    machine.later(3600)
    assert try_it(tries, folder, "the right one") == "open"


def test_of_a_code_only_its_hash_lies_on_the_device(folder: Path) -> None:
    codes = give_codes(folder)
    kept = (folder / CODES_NAME).read_text()
    assert not any(code in kept or written(code) in kept for code in codes)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(["wrong", "wait a little", "wait it out", "start again", "boot again", "spoil"]),
        max_size=25,
    )
)
def test_nobody_guesses_faster_than_the_pauses_whatever_she_does(
    tmp_path_factory: pytest.TempPathFactory, steps: list[str]
) -> None:
    """Of any ways to wait, restart and spoil: n guesses take at least the sum of their pauses."""
    folder = tmp_path_factory.mktemp("guesses")
    attempts.begin(folder)
    keys.create_keys(folder, "the right one", CHEAP, True, None, lambda: None)
    machine, spent, guesses = Machine(), 0.0, 0
    tries = machine.at(folder)
    for step in steps:
        if step == "wrong":
            guesses += try_it(tries, folder) == "store.passphrase.wrong"
        elif step == "wait a little":
            machine.later(0.7)
            spent += 0.7
        elif step == "wait it out":
            wait = tries.standing().wait_s
            machine.later(wait)
            spent += wait
        elif step == "start again":
            tries = machine.at(folder)
        elif step == "boot again":
            machine.boot_again()
            tries = machine.at(folder)
        else:
            (folder / FILE_NAME).unlink(missing_ok=True)
            tries = machine.at(folder)
    least = list(itertools.accumulate((pause_s(count) for count in range(guesses)), initial=0))
    assert spent >= least[-1] - 0.01, (steps, guesses)


def test_a_store_counts_by_itself(tmp_path: Path, mira) -> None:
    mira.store.close()
    machine = Machine()
    for code in ("store.passphrase.wrong", "store.unlock.wait"):
        with pytest.raises(Problem, match=code.replace(".", r"\.")):
            Store.open(mira.folder, "wrong", floor=CHEAP, attempts=machine.at(mira.folder))
    machine.later(1)
    Store.open(mira.folder, mira.passphrase, floor=CHEAP, attempts=machine.at(mira.folder)).close()

"""The key store of the system's account as a second factor: used where it is real, and never trusted else."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.problems import Problem
from app.store import keys, system_keyring
from app.store.keys import KeyCost
from app.store.system_keyring import SystemKeyring
from sync_server.protocol.recovery_key import RecoveryKey

ROOT = Path(__file__).resolve().parents[2]
CHEAP = KeyCost(8, 1)
PASSPHRASE = "five small words of mine"
OFFICE_KEY = RecoveryKey(bytes(range(32)))
needs_library = pytest.mark.skipif(
    importlib.util.find_spec("keyring") is None, reason="the library keyring is not installed"
)


class Account:
    """The key store of one account of a system."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, name: str) -> str | None:
        if self.locked:
            raise RuntimeError("the person said no")
        return self.kept.get((service, name))

    def set_password(self, service: str, name: str, value: str) -> None:
        if self.locked:
            raise RuntimeError("the person said no")
        self.kept[service, name] = value


class Forgetful(Account):
    def set_password(self, service: str, name: str, value: str) -> None:
        """Says yes and keeps nothing, as the null back end does."""


@pytest.fixture
def account() -> Account:
    return Account()


def made(folder: Path, account: Account | None, *, demo: bool = False, office: bool = True) -> keys.StoreKeys:
    keyring = SystemKeyring(account) if account is not None else None
    recovery = OFFICE_KEY.public if office else None
    return keys.create_keys(folder, PASSPHRASE, CHEAP, demo, recovery, lambda: keyring)


def opens(folder: Path, account: Account | None, passphrase: str = PASSPHRASE) -> str:
    keyring = SystemKeyring(account) if account is not None else None
    try:
        keys.unwrap_keys(folder, passphrase, CHEAP, lambda: keyring)
    except Problem as problem:
        return problem.code
    return "open"


def test_what_is_bound_opens_with_both_and_with_neither_alone(tmp_path: Path, account: Account) -> None:
    made(tmp_path, account)
    assert keys.is_bound_to_keyring(tmp_path)
    assert opens(tmp_path, account) == "open"
    assert opens(tmp_path, account, "another one") == "store.passphrase.wrong"
    assert opens(tmp_path, None) == "store.keyring.missing"
    assert opens(tmp_path, Account()) == "store.keyring.missing", "copied to another computer"
    account.locked = True
    assert opens(tmp_path, account) == "store.keyring.missing"


def test_another_factor_than_the_one_it_was_made_with_opens_nothing(tmp_path: Path, account: Account) -> None:
    kept = made(tmp_path, account)
    other = Account()
    SystemKeyring(other).make(kept.store)
    assert opens(tmp_path, other) == "store.passphrase.wrong"


def test_the_office_opens_it_without_the_account_and_a_new_passphrase_binds_to_the_new_one(
    tmp_path: Path, account: Account
) -> None:
    before = made(tmp_path, account)
    recovered = keys.recover_keys(tmp_path, OFFICE_KEY)
    assert recovered.data_key == before.data_key
    keys.set_passphrase(tmp_path, recovered, "new words of mine to know", CHEAP, lambda: None)
    assert not keys.is_bound_to_keyring(tmp_path)
    assert opens(tmp_path, None, "new words of mine to know") == "open"
    elsewhere = Account()
    keys.set_passphrase(tmp_path, recovered, PASSPHRASE, CHEAP, lambda: SystemKeyring(elsewhere))
    assert opens(tmp_path, elsewhere) == "open"


def test_a_change_of_passphrase_keeps_the_factor(tmp_path: Path, account: Account) -> None:
    """So that whichever `keys.json` a crash leaves, the keyring has what it needs."""
    made(tmp_path, account)
    kept, old = dict(account.kept), (tmp_path / keys.FILE_NAME).read_bytes()
    find = lambda: SystemKeyring(account)  # noqa: E731
    keys.change_passphrase(tmp_path, PASSPHRASE, "other words of mine here", CHEAP, CHEAP, find)
    assert account.kept == kept
    (tmp_path / keys.FILE_NAME).write_bytes(old)
    assert opens(tmp_path, account) == "open"


@pytest.mark.parametrize(
    ("account", "demo", "office"),
    [(None, False, True), (Forgetful(), False, True), (Account(), True, True), (Account(), False, False)],
    ids=["there is none", "it keeps nothing", "invented people", "no recovery key"],
)
def test_it_is_the_passphrase_alone_where(
    tmp_path: Path, account: Account | None, demo: bool, office: bool
) -> None:
    made(tmp_path, account, demo=demo, office=office)
    assert not keys.is_bound_to_keyring(tmp_path)
    assert opens(tmp_path, None) == "open"


def test_an_account_that_refuses_leaves_the_passphrase_alone(tmp_path: Path, account: Account) -> None:
    account.locked = True
    made(tmp_path, account)
    assert opens(tmp_path, None) == "open"


def test_the_name_of_an_entry_tells_nothing(tmp_path: Path, account: Account) -> None:
    kept = made(tmp_path, account)
    assert list(account.kept) == [("notes", kept.store)]


@needs_library
@pytest.mark.parametrize("named", ["null", "fail", "planted"])
def test_a_back_end_that_somebody_names_is_never_asked(tmp_path: Path, named: str) -> None:
    """By the environment, or by the library's settings in the home of the user."""
    (tmp_path / "planted.py").write_text(
        "from keyring.backend import KeyringBackend\n"
        "class Plain(KeyringBackend):\n"
        "    priority = 99\n"
        "    def get_password(self, service, name):\n        raise SystemExit('asked')\n"
        "    set_password = delete_password = get_password\n"
    )
    backend = "planted.Plain" if named == "planted" else f"keyring.backends.{named}.Keyring"
    settings = tmp_path / ".config" / "python_keyring"
    settings.mkdir(parents=True)
    (settings / "keyringrc.cfg").write_text(
        f"[backend]\ndefault-keyring={backend}\nkeyring-path={tmp_path}\n"
    )
    outside = {name: value for name, value in os.environ.items() if name != "DBUS_SESSION_BUS_ADDRESS"}
    done = subprocess.run(
        [sys.executable, "-c", "from app.store import system_keyring as it; print(it.system_keyring())"],
        cwd=ROOT,
        env={**outside, "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / ".config"),
             "PYTHON_KEYRING_BACKEND": backend, "XDG_RUNTIME_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )  # fmt: skip
    assert (done.stdout, done.returncode) == ("None\n", 0), done.stderr


def test_only_back_ends_that_encrypt_are_listed() -> None:
    listed = {module for back_ends in system_keyring._BACK_ENDS.values() for module, _ in back_ends}
    assert listed == {"SecretService", "kwallet", "Windows", "macOS"}


REAL = """
import sys
from pathlib import Path
from app.store import keys
from app.store.keys import KeyCost
from app.store.system_keyring import SystemKeyring, system_keyring
from sync_server.protocol.recovery_key import RecoveryKey
folder, keyring = Path(sys.argv[1]), system_keyring()
assert isinstance(keyring, SystemKeyring), "the Secret Service does not answer"
made = keys.create_keys(folder, "a b c", KeyCost(8, 1), False, RecoveryKey(bytes(range(32))).public)
assert keys.is_bound_to_keyring(folder)
assert keys.unwrap_keys(folder, "a b c", KeyCost(8, 1)).data_key == made.data_key
print("opened")
"""


@needs_library
@pytest.mark.skipif(
    not (shutil.which("gnome-keyring-daemon") and shutil.which("dbus-run-session")),
    reason="there is no Secret Service on this machine",
)
def test_a_real_secret_service_keeps_the_factor_and_without_it_the_store_stays_shut(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    begin = 'printf secret | gnome-keyring-daemon --unlock --components=secrets --daemonize >&2; exec "$@"'
    done = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", begin, "sh", sys.executable, "-c", REAL, str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "HOME": str(home), "XDG_RUNTIME_DIR": str(home),
             "XDG_DATA_HOME": str(home / "data")},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )  # fmt: skip
    assert done.stdout.splitlines()[-1:] == ["opened"], done.stderr
    assert opens(tmp_path, None, "a b c") == "store.keyring.missing"
    assert keys.recover_keys(tmp_path, OFFICE_KEY).store

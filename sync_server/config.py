"""Where a server keeps its things, and its few settings: one TOML file, `HOMEWARD_*` on top.

Nothing secret is ever written to the TOML file. The master key lies in a file of its own only
where an unattended start was chosen; otherwise it comes from the environment or is typed.
"""

from __future__ import annotations

import base64
import binascii
import getpass
import json
import os
import re
import secrets
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from urllib.parse import urlsplit

import platformdirs

from sync_server.storage import disk

CONFIG_FILE = "server.toml"
KEY_FILE = "master.key"
KEY_BYTES = 32
_MIB = 1024 * 1024


class SetupProblem(Exception):
    """Something that the administrator has to put right. `code` is stable, `params` hold no secret."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(f"{code} {params}" if params else code)
        self.code = code
        self.params = params


@dataclass(frozen=True, slots=True)
class ServerConfig:
    """The settings of one server. `database` is None for the embedded encrypted file in `folder`."""

    folder: Path
    database: str | None = None
    threads: int = 8
    connections: int = 1000
    max_body: int = 8 * _MIB
    max_decoded_body: int = 64 * _MIB
    max_attachment: int = 64 * _MIB
    logins_at_once: int = 2
    drain_seconds: int = 20

    @property
    def database_file(self) -> Path:
        return self.folder / "server.db"

    @property
    def blobs(self) -> Path:
        return self.folder / "blobs"

    @property
    def key_file(self) -> Path:
        return self.folder / KEY_FILE


#: What server.toml may set, with the least and the greatest value of each number.
_BOUNDS: dict[str, tuple[int, int]] = {
    "threads": (1, 64),
    "connections": (101, 100_000),
    "max_body": (64 * 1024, 256 * _MIB),
    "max_decoded_body": (64 * 1024, 1024 * _MIB),
    "max_attachment": (64 * 1024, 1024 * _MIB),
    "logins_at_once": (1, 16),
    "drain_seconds": (0, 600),
}


def default_folder() -> Path:
    """Where a server lives when nobody says otherwise."""
    return Path(platformdirs.user_data_dir("homeward-server", appauthor=False))


def load_config(folder: Path, environ: Mapping[str, str] = os.environ) -> ServerConfig:
    """Read `server.toml` of an initialised folder. An unknown setting is refused, not ignored."""
    path = folder / CONFIG_FILE
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise SetupProblem("config.folder.not_initialised", folder=str(folder)) from None
    except OSError:
        raise SetupProblem("config.file.not_readable", file=str(path)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise SetupProblem("config.file.not_toml", file=str(path)) from None
    known = {field.name for field in fields(ServerConfig)} - {"folder"}
    for name in raw:
        if name not in known:
            raise SetupProblem("config.setting.unknown", setting=name)
    settings: dict[str, object] = dict(raw)
    for name in known:
        override = environ.get(f"HOMEWARD_{name.upper()}")
        if override:
            settings[name] = override
    return ServerConfig(folder=folder, **_checked(settings))  # type: ignore[arg-type]


def _checked(settings: Mapping[str, object]) -> dict[str, str | int]:
    checked: dict[str, str | int] = {}
    for name, value in settings.items():
        if name == "database":
            if not isinstance(value, str):
                raise SetupProblem("config.setting.invalid", setting=name)
            checked[name] = database_url(value)
            continue
        least, greatest = _BOUNDS[name]
        if isinstance(value, bool) or not re.fullmatch(r"[0-9]{1,12}", str(value)):
            raise SetupProblem("config.setting.invalid", setting=name)
        number = int(str(value))
        if not least <= number <= greatest:
            raise SetupProblem("config.setting.out_of_range", setting=name, least=least, greatest=greatest)
        checked[name] = number
    return checked


def database_url(text: str) -> str:
    """`text` as the URL that SQLAlchemy wants. Only PostgreSQL is reached by URL."""
    scheme, separator, rest = text.partition("://")
    if not separator or scheme not in ("postgresql", "postgres", "postgresql+psycopg"):
        raise SetupProblem("config.database.unsupported")
    try:
        urlsplit(text).port  # noqa: B018 - reading it is the check
    except ValueError:
        raise SetupProblem("config.database.invalid") from None
    return f"postgresql+psycopg://{rest}"


def new_folder(folder: Path) -> ServerConfig:
    """Make the empty folder of a new server, closed to others. Nothing that is there is overwritten.

    The folder counts as a server's only when `write_config` has been called, as the last step.
    What the disk refuses is told as server.storage.read_only or server.write.failed.
    """
    if os.path.exists(folder / CONFIG_FILE):
        raise SetupProblem("config.folder.already_initialised", folder=str(folder))
    try:
        with _writing(folder):
            folder.mkdir(parents=True, exist_ok=True)
            if any(folder.iterdir()):
                raise SetupProblem("config.folder.not_empty", folder=str(folder))
            folder.chmod(0o700)
    except OSError:
        raise SetupProblem("config.folder.not_made", folder=str(folder)) from None
    return ServerConfig(folder=folder)


def refuse_forbidden(config: ServerConfig) -> None:
    """Tell which file this user may not read or write, as when another user ran a command before.

    The key file is left to `master_key`, which does not always need it. What the disk refuses
    later ends as a Problem of the same codes, without the file.
    """
    database = config.database_file
    for path in (config.folder, database, *_beside(database), config.blobs):
        if not disk.may(path, os.R_OK):
            raise SetupProblem("config.file.not_readable", file=str(path))
        if not disk.may(path, os.W_OK):
            raise SetupProblem("server.storage.read_only", place=str(path))


def forget_new_folder(config: ServerConfig) -> None:
    """Empty a folder again that `new_folder` has found empty, so that the next try finds it so too."""
    database = config.database_file
    for path in (config.key_file, database, *_beside(database)):
        path.unlink(missing_ok=True)


def _beside(database: Path) -> tuple[Path, ...]:
    """What SQLite puts beside its file while it is open."""
    return tuple(database.with_name(database.name + end) for end in ("-wal", "-shm"))


def safe_to_write(database: str) -> str:
    """The URL as it may stand in a file, which is copied more freely than a password should be."""
    database = database_url(database)
    parts = urlsplit(database)
    if parts.password is not None or "password" in parts.query:  # in a query PostgreSQL takes it too
        raise SetupProblem("config.database.password_in_url")
    return database


def write_config(config: ServerConfig) -> None:
    """Write the settings that were chosen at the start, with a word on the others."""
    lines = [
        "# Settings of this Homeward server. Each may be overridden by HOMEWARD_<NAME> in the environment.",
        "# No secrets here: a database password belongs in PGPASSWORD, ~/.pgpass or HOMEWARD_DATABASE.",
        "# Names: " + ", ".join(["database", *_BOUNDS]) + ".",
    ]
    if config.database is not None:
        # A JSON string of printable text is a TOML basic string too.
        lines.append(f"database = {json.dumps(config.database)}")
    _write_private(config.folder / CONFIG_FILE, "\n".join(lines) + "\n")


def new_master_key() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


def key_as_text(key: bytes) -> str:
    """A key as a person writes it down: 13 groups of four letters and digits."""
    text = base64.b32encode(key).decode().rstrip("=")
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def key_from_text(text: str) -> bytes:
    """The key that was written down; case, spaces and dashes do not matter. Hex is accepted too."""
    compact = re.sub(r"[\s-]", "", text)
    try:
        if re.fullmatch(r"[0-9a-fA-F]{64}", compact):
            return bytes.fromhex(compact)
        key = base64.b32decode(compact.upper() + "=" * (-len(compact) % 8))
    except (binascii.Error, ValueError):
        raise SetupProblem("config.master_key.unreadable") from None
    if len(key) != KEY_BYTES:
        raise SetupProblem("config.master_key.unreadable")
    return key


def write_key_file(config: ServerConfig, key: bytes) -> None:
    """Keep the key beside the database, for a start without a person: the office's explicit choice."""
    _write_private(config.key_file, key_as_text(key) + "\n")


def ask_secret(prompt: str) -> str:
    """What a person types unseen, or the next line of a pipe. Raises EOFError when there is neither."""
    if sys.stdin is not None and sys.stdin.isatty():
        return getpass.getpass(prompt)
    line = sys.stdin.readline() if sys.stdin is not None else ""
    if not line:
        raise EOFError
    return line.rstrip("\r\n")


def master_key(
    config: ServerConfig,
    environ: Mapping[str, str] = os.environ,
    ask: Callable[[str], str] = ask_secret,
) -> bytes:
    """The key from the environment, else from the key file, else typed by the person who starts.

    A key file that others may read is refused: it is no longer a secret.
    """
    given = environ.get("HOMEWARD_MASTER_KEY")
    if given:
        return key_from_text(given)
    path = config.key_file
    if path.is_file():
        if os.name == "posix" and path.stat().st_mode & 0o077:
            raise SetupProblem("config.master_key.readable_by_others", file=str(path))
        try:
            return key_from_text(path.read_text("utf-8"))
        except PermissionError:
            raise SetupProblem("config.file.not_readable", file=str(path)) from None
    try:
        return key_from_text(ask("Master key of this server: "))
    except EOFError:
        raise SetupProblem("config.master_key.missing") from None


def _write_private(path: Path, text: str) -> None:
    with _writing(path):
        written_once(path, text)


def written_once(path: Path, text: str) -> None:
    """Write a new file that only its owner may read, from its first byte on. OSError where it cannot be."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _writing(place: Path) -> Iterator[None]:
    """Have what the disk refuses end as a SetupProblem that names the place."""
    try:
        yield
    except OSError as error:
        if refused := disk.problem_of(error):
            raise SetupProblem(refused.code, place=str(place)) from error
        raise

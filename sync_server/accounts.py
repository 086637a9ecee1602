"""Who may speak with the server: people by login and password, their devices by an opaque token.

A password is used once a device, at enrolment. After that the device shows its token, of which
the server keeps only a hash. Guessing is slowed down per login and for the whole server, and an
unknown login costs as much time as a wrong password.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import threading
import unicodedata
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import nacl.exceptions
import nacl.pwhash

from sync_server.config import SetupProblem
from sync_server.protocol.change import is_text
from sync_server.protocol.messages import About, EnrolledUser, EnrolRequest, EnrolResponse
from sync_server.protocol.problems import Problem
from sync_server.protocol.version import SPOKEN
from sync_server.reference import reference
from sync_server.storage.base import Office, Storage, User

#: Roles of the first version; what each may do is decided in permissions.py.
ROLES: Final = ("officer", "reception", "coordinator")
LEAST_PASSWORD: Final = 12
GREATEST_PASSWORD: Final = 256
_LOGIN: Final = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}", re.ASCII)
TOKEN_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is calling: a user of an office, on one of her devices."""

    login: str
    display_name: str
    role: str
    office: str
    zone: str
    device: str


class Passwords:
    """Hash and verify passwords by Argon2id, only so many at a time.

    Each run takes `memory` bytes and a core for a while, so a crowd of logins would exhaust the
    server: the one too many is told to come back instead of waiting in line for ever.
    """

    def __init__(
        self,
        at_once: int = 2,
        patience: float = 5.0,
        operations: int = 3,
        memory: int = 64 * 1024 * 1024,
    ) -> None:
        self._slots = threading.BoundedSemaphore(at_once)
        self._patience = patience
        self._operations = operations
        self._memory = memory
        self._nobody: bytes | None = None

    def hash(self, password: str) -> str:
        with self._slot():
            return self._hash(_normal(password)).decode("ascii")

    def matches(self, stored: str | None, password: str) -> bool:
        """Whether `password` is the one behind `stored`. None (no such user) takes the same time."""
        with self._slot():
            if stored is None and self._nobody is None:
                self._nobody = self._hash(secrets.token_bytes(16))
            against = self._nobody if stored is None else stored.encode("ascii")
            assert against is not None
            try:
                return nacl.pwhash.argon2id.verify(against, _normal(password)) and stored is not None
            except nacl.exceptions.InvalidkeyError:
                return False

    def _hash(self, password: bytes) -> bytes:
        return nacl.pwhash.argon2id.str(password, opslimit=self._operations, memlimit=self._memory)

    @contextmanager
    def _slot(self) -> Iterator[None]:
        if not self._slots.acquire(timeout=self._patience):
            raise Problem("server.busy", {"retry_after": 5})
        try:
            yield
        finally:
            self._slots.release()


def _normal(password: str) -> bytes:
    """The same bytes for the same letters, whichever keyboard composed them."""
    return unicodedata.normalize("NFKC", password).encode("utf-8")


class Throttle:
    """Slows down who guesses: per login after some failures, for the whole server above a rate.

    An attempt counts as a failure from its start until it has succeeded, so many guesses at once
    gain nothing. What is remembered is bounded; logins are kept as hashes.
    """

    FREE_FAILURES: Final = 5
    LONGEST_PAUSE: Final = 900.0
    FORGOTTEN_AFTER: Final = 86_400.0
    REMEMBERED_LOGINS: Final = 10_000
    FAILURES_A_MINUTE: Final = 60

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._failures: OrderedDict[bytes, tuple[int, float]] = OrderedDict()
        self._recent: deque[float] = deque()

    def attempt(self, login: str) -> None:
        """Note an attempt, or raise auth.throttled with the seconds to wait."""
        key = _login_key(login)
        with self._lock:
            now = self._monotonic()
            while self._recent and self._recent[0] <= now - 60:
                self._recent.popleft()
            if len(self._recent) >= self.FAILURES_A_MINUTE:
                raise _throttled(self._recent[0] + 60 - now)
            count, until = self._failures.get(key, (0, 0.0))
            if until > now:
                raise _throttled(until - now)
            if now - until > self.FORGOTTEN_AFTER:
                count = 0
            count += 1
            pause = 0.0
            if count >= self.FREE_FAILURES:
                pause = min(2.0 ** (count - self.FREE_FAILURES), self.LONGEST_PAUSE)
            self._failures[key] = (count, now + pause)
            self._failures.move_to_end(key)
            if len(self._failures) > self.REMEMBERED_LOGINS:
                self._failures.popitem(last=False)
            self._recent.append(now)

    def succeeded(self, login: str) -> None:
        """The attempt just made was the right password: it and those before are forgiven."""
        with self._lock:
            self._failures.pop(_login_key(login), None)
            if self._recent:
                self._recent.pop()

    def not_judged(self, login: str) -> None:
        """The attempt just made was not judged, since the server was busy: it does not count."""
        with self._lock:
            key = _login_key(login)
            count, _ = self._failures.get(key, (0, 0.0))
            if count > 1:
                self._failures[key] = (count - 1, 0.0)
            else:
                self._failures.pop(key, None)
            if self._recent:
                self._recent.pop()


def _login_key(login: str) -> bytes:
    return hashlib.blake2b(login.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _throttled(seconds: float) -> Problem:
    return Problem("auth.throttled", {"retry_after": max(1, int(seconds + 0.999))})


def token_hash(token: str) -> str:
    """What the server keeps of a token. 256 random bits need no salt and no slow hash."""
    return hashlib.blake2b(token.encode("utf-8", "surrogatepass"), digest_size=32).hexdigest()


def found_server(storage: Storage, name: str, demo: bool) -> None:
    """Say once what a new server is, for ever: a demo server never becomes a real one."""
    if storage.meta("name") is not None:
        raise SetupProblem("server.database.in_use")
    if not name.strip() or not name.isprintable() or len(name) > 100:
        raise SetupProblem("server.name.invalid")
    storage.set_meta("name", name)
    storage.set_meta("demo", "true" if demo else "false")


class Accounts:
    """The people and devices of one server, and what the server says of itself."""

    def __init__(
        self, storage: Storage, now_ms: Callable[[], int], passwords: Passwords, throttle: Throttle
    ) -> None:
        server, name = storage.meta("server"), storage.meta("name")
        if server is None or name is None:
            raise SetupProblem("server.database.not_initialised")
        self._storage = storage
        self._now_ms = now_ms
        self._passwords = passwords
        self._throttle = throttle
        self._server = server
        self._name = name
        # Anything but a plain "false" counts as a demo: a damaged fact must not let real data in.
        self.demo = storage.meta("demo") != "false"

    def about(self) -> About:
        return About(
            server=self._server, name=self._name, demo=self.demo, now=self._now_ms(), protocols=SPOKEN
        )

    def reach_database(self) -> None:
        """Raise whatever the database raises when it cannot be read."""
        self._storage.meta("server")

    def check_demo(self, demo: bool) -> None:
        """Invented and real people never meet: neither on a device nor on a server."""
        if demo != self.demo:
            raise Problem("sync.demo.mismatch")

    def actor_of(self, token: str) -> Actor:
        """Who shows this token. Unknown and revoked tokens are told apart by nobody."""
        found = self._storage.device_by_token_hash(token_hash(token))
        if found is None or found[0].revoked_ms is not None:
            raise Problem("auth.token.invalid")
        device, user = found
        return Actor(user.login, user.display_name, user.role, user.office, user.zone, device.id)

    def enrol(self, wanted: EnrolRequest) -> EnrolResponse:
        """A device id and a token for who knows the password."""
        self.check_demo(wanted.demo)
        login = wanted.login.strip().lower()
        user = self._who(login, wanted.password)
        token = secrets.token_urlsafe(TOKEN_BYTES)
        now_ms = self._now_ms()
        device = self._add_device(login, wanted.label, token, now_ms)
        return EnrolResponse(
            device=device,
            token=token,
            user=EnrolledUser(user.login, user.display_name, user.role, user.office, user.zone),
            server=self._server,
            epoch=self._storage.epoch,
            now=now_ms,
            reference=reference(self._storage, device),
        )

    def _who(self, login: str, password: str) -> User:
        self._throttle.attempt(login)
        user = self._storage.user_by_login(login)
        try:
            right = self._passwords.matches(user.password_hash if user else None, password)
        except Exception:
            # Whatever kept us from judging is no guess.
            self._throttle.not_judged(login)
            raise
        if user is None or not right:
            raise Problem("auth.login.failed")
        self._throttle.succeeded(login)
        return user

    def _add_device(self, login: str, label: str, token: str, now_ms: int) -> str:
        for _ in range(8):
            device = secrets.token_hex(4)
            try:
                self._storage.add_device(device, login, label, token_hash(token), now_ms)
            except ValueError:
                continue
            return device
        raise Problem("server.error")

    def add_office(self, name: str, country: str) -> None:
        """An office is known by its name; adding it again changes its country."""
        if not re.fullmatch(r"[a-z]{2}", country):
            raise SetupProblem("account.country.invalid")
        if not name.strip() or not name.isprintable() or len(name) > 100:
            raise SetupProblem("account.office.invalid")
        self._storage.add_office(Office(name, name, country))

    def add_user(
        self, login: str, display_name: str, role: str, office: str, zone: str, password: str
    ) -> None:
        """A new user. What an administrator typed wrong is a SetupProblem with a code of its own."""
        if not _LOGIN.fullmatch(login):
            raise SetupProblem("account.login.invalid")
        if role not in ROLES:
            raise SetupProblem("account.role.unknown", roles=", ".join(ROLES))
        if not display_name.strip() or not display_name.isprintable() or len(display_name) > 100:
            raise SetupProblem("account.display_name.invalid")
        if not LEAST_PASSWORD <= len(password) <= GREATEST_PASSWORD:
            raise SetupProblem("account.password.length", least=LEAST_PASSWORD, greatest=GREATEST_PASSWORD)
        if not is_text(password):
            raise SetupProblem("account.password.invalid")
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise SetupProblem("account.zone.unknown") from None
        if all(known.id != office for known in self._storage.offices()):
            raise SetupProblem("account.office.unknown")
        hashed = self._passwords.hash(password)
        try:
            self._storage.add_user(User(login, display_name, role, office, hashed, zone))
        except ValueError:
            raise SetupProblem("account.login.taken") from None

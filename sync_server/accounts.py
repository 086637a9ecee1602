"""Who may speak with the server: people by login and password, their devices by an opaque token.

A password is used once a device, at enrolment. After that the device shows its token, of which
the server keeps only a hash. Guessing is slowed down per login and for the whole server, and an
unknown login costs as much time as a wrong password.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import unicodedata
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import nacl.exceptions
import nacl.pwhash

#: Roles of the first version; what each may do is decided in permissions.py.
ROLES: Final = ("officer", "reception", "coordinator")
LEAST_PASSWORD: Final = 12
GREATEST_PASSWORD: Final = 256
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

"""What the server asks of a database about whose files are whose.

A file belongs to a case when the same person has done both: named it as an answer in the case (a *claim*),
and sent all of its bytes (the *proof* that she has it). Who only read its hash somewhere has no proof.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from typing import NamedTuple


class FileClaim(NamedTuple):
    case: str
    hash: str
    login: str


class FileLedger(ABC):
    """The part of a transaction that is about files."""

    @abstractmethod
    def claim_files(self, home: str, claims: Sequence[FileClaim]) -> None:
        """Note who named which file in which case of this office; again, it changes nothing."""

    @abstractmethod
    def keep_file(self, office: str, hash: str, size: int, device: str, login: str, now_ms: int) -> None:
        """Note that somebody of the office has sent all of this file; a second time changes nothing."""

    @abstractmethod
    def prove_files(self, office: str, proofs: Sequence[tuple[str, str]]) -> None:
        """Note that these people of the office have these files: hash and login."""

    @abstractmethod
    def cases_of_file(self, office: str, hash: str) -> set[str]:
        """The cases that this office has, its own and those that others share with it, to which a file
        belongs."""

    @abstractmethod
    def unproven_files(self, office: str, hashes: Collection[str]) -> set[str]:
        """Those of these files that people of the office have sent, and that belong to no case at all."""

"""What a server has to decide once about what it took in before it knew how: whom cases deny, in
which records files are joined, and which files are of which case.

It is done before the first device is answered. Until then a device is told of nobody's denial and is given
no file; what it does not get it asks for again with its next sync, so nothing is lost by that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from forms.errors import FormProblem
from forms.paths import template
from sync_server.attachments import files_named
from sync_server.form_catalogue import FormCatalogue
from sync_server.grants import Grants
from sync_server.protocol.change import ChangeSet
from sync_server.reference import Programmes
from sync_server.shared_cases import SharedCases
from sync_server.storage.base import Ledger, LoggedChange, Storage
from sync_server.storage.file_base import FileClaim

#: Under this name the server remembers up to which of these steps it has come.
_DONE: Final = "caught_up"
_STEP: Final = 2
#: The step since which files are of a case. A later one leaves them: who named a lost file since then may
#: have read its name where somebody else wrote it.
_FILES_SINCE: Final = 1
#: How much of a log is read at once.
_ROWS: Final = 500
#: The name of a file, as devices write it.
_FILE: Final = re.compile(r"[0-9a-f]{64}:[A-Za-z0-9_-]{43}", re.ASCII)


class CatchUp:
    """Goes through the log of every office. Safe to begin again after an interruption, and beside another
    process that does the same."""

    def __init__(self, storage: Storage, forms: FormCatalogue, now_ms: Callable[[], int]) -> None:
        self._storage = storage
        self._forms = forms
        self._now_ms = now_ms
        self._programmes = Programmes(storage)
        self._grants = Grants(lambda case: self._programmes.of(case).consent)

    def run(self) -> int:
        """How many cases and files there was something to decide about; 0 as well when all is done."""
        done = int(self._storage.meta(_DONE) or "0")
        if done >= _STEP:
            return 0
        self._programmes.refresh()
        with_files = done < _FILES_SINCE
        found = sum(self._run_for(office.id, with_files) for office in self._storage.offices())
        self._storage.set_meta(_DONE, str(_STEP))
        return found

    def _run_for(self, home: str, with_files: bool) -> int:
        denying: set[str] = set()
        joining: set[str] = set()
        originals: set[str] = set()
        first: dict[str, str] = {}
        for page in self._log(home):
            claims = []
            for logged in page:
                change_set = logged.change_set
                if self._speaks_of_denials(change_set):
                    denying.add(change_set.case)
                    originals |= self._originals(change_set)
                    joining |= {change_set.record} if self._joins(change_set) else set()
                for hash in self._files(change_set) if with_files else ():
                    claims.append(FileClaim(change_set.case, hash, change_set.author))
                    first.setdefault(hash, change_set.author)
            self._storage.write(partial(_claim, home=home, claims=claims))
        self._storage.write(partial(_note, home=home, records=joining))
        for case in sorted(denying | self._storage.read(partial(_at, home=home, cases=originals))):
            self._storage.write(partial(self._decide, home=home, case=case))
        self._storage.write(partial(_prove, home=home, first=first))
        return len(denying) + len(first)

    def _log(self, home: str) -> Iterator[list[LoggedChange]]:
        position = 0
        while found := self._storage.read(partial(_log_after, home=home, sequence=position)):
            position = found[-1][0]
            yield [logged for _, logged in found]

    def _speaks_of_denials(self, change_set: ChangeSet) -> bool:
        try:
            asked = self._forms.denials(change_set.form, change_set.form_version)
        except FormProblem:
            return False
        return bool(asked) and any(template(path) in asked for path in change_set.values)

    def _originals(self, change_set: ChangeSet) -> set[str]:
        return self._storage.read(lambda ledger: self._grants.originals(ledger, change_set))

    def _joins(self, change_set: ChangeSet) -> bool:
        form, version = change_set.form, change_set.form_version
        return self._storage.read(lambda ledger: self._grants.joins(ledger, form, version))

    def _files(self, change_set: ChangeSet) -> list[str]:
        """Of a form that this version of the server reads no more, whatever looks like the name of a file:
        nobody is to lose a photo by an update."""
        try:
            asked = self._forms.files(change_set.form, change_set.form_version)
        except FormProblem:
            answers = change_set.values.items()
            asked = frozenset(template(path) for path, value in answers if _is_file(value))
        return files_named(change_set, asked)

    def _decide(self, ledger: Ledger, home: str, case: str) -> None:
        shared = SharedCases(ledger, self._grants, home, {case: home})
        shared.lock({home: 0}, {case}, ())
        shared.tell({}, {case}, (), self._now_ms())


def _is_file(value: object) -> bool:
    return isinstance(value, str) and _FILE.fullmatch(value) is not None


def _log_after(ledger: Ledger, home: str, sequence: int) -> list[tuple[int, LoggedChange]]:
    return ledger.log_after(home, sequence, _ROWS)


def _note(ledger: Ledger, home: str, records: set[str]) -> None:
    if records:
        ledger.take(home, 0)
        ledger.note_joining(home, records)


def _at(ledger: Ledger, home: str, cases: set[str]) -> set[str]:
    """Those of these cases that are at home there."""
    return {case for case, office in ledger.offices_of(cases).items() if office == home}


def _claim(ledger: Ledger, home: str, claims: list[FileClaim]) -> None:
    ledger.claim_files(home, claims)


def _prove(ledger: Ledger, home: str, first: dict[str, str]) -> None:
    """A file that was sent, and would be of no case, is of the one in which it was named first: a hash is
    random, so nobody but its maker could have named it before.

    That is so where another device of the office had sent the same file before its maker's did.
    """
    lost = ledger.unproven_files(home, first.keys())
    ledger.prove_files(home, [(hash, first[hash]) for hash in sorted(lost)])

"""What every device of this server reads and none writes: who else works here, and the programmes' files.

A device knows by it from which country and office a record comes and whether a coordinator wrote it, and
it applies the rules of the programme that a case belongs to.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from typing import Final

from forms.casework.case import Case
from forms.casework.programme import Programme, programme_of, programme_text, programmes, read_programme
from forms.errors import FormProblem
from sync_server.config import SetupProblem
from sync_server.cover_policy import policy_for
from sync_server.protocol.messages import Colleague, Reference
from sync_server.recovery import recovery_key
from sync_server.storage.base import Storage
from sync_server.unlock_codes import hashes_for

log = logging.getLogger("sync_server.reference")

#: Under this name the server keeps the programmes' texts by id.
_PROGRAMMES: Final = "programmes"
#: A programme is a page of settings; every device gets all of them.
LARGEST: Final = 200_000


def reference(storage: Storage, device: str) -> Reference:
    """Everybody who has an account here, and all programmes, each in a fixed order; the office's recovery
    key, the hashes of this device's unlock codes, and its office's policy."""
    countries = {office.id: office.country for office in storage.offices()}
    colleagues = tuple(
        Colleague(
            user.login,
            user.display_name,
            user.role,
            user.office,
            countries.get(user.office, ""),
            user.zone,
        )
        for user in storage.users()
    )
    return Reference(
        colleagues,
        programme_texts(storage),
        recovery_key(storage),
        hashes_for(storage, device),
        policy_for(storage, device),
    )


class Programmes:
    """The programmes of this server, read once each time somebody says `refresh`. For any thread.

    A programme that this server cannot read any more is left out: its cases are judged by the standard.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._texts: Mapping[str, str] = {}
        self._known: Mapping[str, Programme] = {}

    def refresh(self) -> None:
        """Read anew. Not within a transaction: this is a question of its own to the database."""
        texts = programme_texts(self._storage)
        if texts != self._texts:
            self._texts, self._known = texts, dict(_readable(texts))

    def of(self, case: Case) -> Programme:
        """The programme whose rules hold for a case."""
        return programme_of(case.programme, self._known)


def _readable(texts: Mapping[str, str]) -> Iterator[tuple[str, Programme]]:
    for name, text in texts.items():
        try:
            yield name, read_programme(text)
        except FormProblem as problem:
            log.warning("programme.not_readable", extra={"code": problem.code})


def programme_texts(storage: Storage) -> dict[str, str]:
    """The programmes of this server, by id."""
    kept = storage.meta(_PROGRAMMES)
    return dict(sorted(json.loads(kept).items())) if kept else {}


def add_programme(storage: Storage, name_or_text: str) -> str:
    """Take in a programme that comes with Homeward by its name, or one's own by its file's text; its id.

    Again the same id replaces the earlier text. FormProblem with what is wrong in the file, SetupProblem
    server.programme.too_large; nothing is changed then.
    """
    text = programme_text(name_or_text) if name_or_text in programmes() else name_or_text
    if len(text) > LARGEST:
        raise SetupProblem("server.programme.too_large", most=LARGEST)
    added = read_programme(text)
    known = programme_texts(storage)
    known[added.id] = text
    storage.set_meta(_PROGRAMMES, json.dumps(known, ensure_ascii=False))
    return added.id

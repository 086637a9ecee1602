"""What every device of this server reads and none writes: who else works here, and the programmes' files.

A device knows by it from which country and office a record comes and whether a coordinator wrote it, and
it applies the rules of the programme that a case belongs to.
"""

from __future__ import annotations

import json
from typing import Final

from forms.casework.programme import programme_text, programmes, read_programme
from sync_server.config import SetupProblem
from sync_server.protocol.messages import Colleague, Reference
from sync_server.storage.base import Storage

#: Under this name the server keeps the programmes' texts by id.
_PROGRAMMES: Final = "programmes"
#: A programme is a page of settings; every device gets all of them.
LARGEST: Final = 200_000


def reference(storage: Storage) -> Reference:
    """Everybody who has an account here, and all programmes, each in a fixed order."""
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
    return Reference(colleagues, programme_texts(storage))


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

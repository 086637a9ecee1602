"""Who may have which cases, and who may do what with them: decided here and nowhere else.

Everybody in an office has the cases of that office, and those that other offices share with it, but for whom
a case denies: its deny list beats every role, in the case's own office too. What is shared and who is denied
is in what the case's records say; `SharedCase` and `Denial` are how that was decided. An office's own file,
in which is what it does for no single person, is that office's alone: its id can be worked out from the
office's, and so nobody else may open it first, nor may anybody share it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from forms.casework.deny_list import same_name
from forms.casework.office_file import FORMS, is_office_file, office_file
from sync_server.accounts import Actor
from sync_server.protocol.change import ChangeSet
from sync_server.protocol.merge_rules import COORDINATOR
from sync_server.storage.base import Office, User
from sync_server.storage.shared_base import SharedCase


@dataclass(frozen=True, slots=True)
class Denial:
    """That a case denies somebody since a moment; `had`: she is of its own office, and had it until then."""

    since_ms: int
    had: bool


def refusal(
    actor: Actor,
    change_set: ChangeSet,
    home: str | None,
    share: SharedCase | None,
    shares_on: bool,
    written_ms: int,
    denial: Denial | None = None,
) -> str:
    """The code by which a change of the actor's is refused; empty where she may make it.

    What somebody wrote while her office, or she, had the case is taken in, also when that has ended before
    it came: it may say that the person takes something back. `written_ms` is when that was, by the server's
    clock. Who is denied is answered as if the case were none of hers, and never had been.

    `home` is the office whose case it is; None is a case that nobody knows yet, which she opens in her own
    office. `share` is what her office has of it. `shares_on`: the change says which offices are to have
    the case, and that only people of its home may say. Of somebody whom the case denies: it lets an office
    have it, or alters what is said of who is denied; that she had ended a sharing before is heard.
    """
    if is_office_file(change_set.case):
        if change_set.case != office_file(actor.office):
            return "sync.office_file.not_yours"
        if shares_on or change_set.form not in FORMS:
            return "sync.office_file.other_form"
    if home is None or home == actor.office:
        if denial is None or (denial.had and written_ms < denial.since_ms and not shares_on):
            return ""
        return "sync.case.not_granted"
    if share is None or share.standing == "asked" or (share.shared and denial is not None):
        return "sync.case.not_granted"
    if not share.shared and not (share.ended_ms is not None and written_ms < share.ended_ms):
        return "sync.case.sharing_ended"
    return "sync.case.not_yours_to_share" if shares_on else ""


def joining_refusal(actor: Actor, home: str | None, joins: bool, parts: bool) -> str:
    """The code by which what a change says of files of one person is refused; empty where she may say it.

    What one file says against somebody counts in those that are joined to it, so to part them takes a
    protection away, as to lift a denial does: only a coordinator does (`parts`). And only in cases of her
    own office does anybody say which are of one person (`joins`): another office says it in its own.
    """
    if joins and home is not None and home != actor.office:
        return "sync.case.not_yours_to_join"
    return "sync.files.not_coordinator" if parts and actor.role != COORDINATOR else ""


def naming_refusal(actor: Actor, home: str | None, takes_off: bool) -> str:
    """The code by which a change is refused that takes a name off those whom a case denies, by writing
    another one in its place; empty where that is for this actor to do. A coordinator of the home does it:
    to anybody else a name may be added only, in a line or a row of its own."""
    if not takes_off or (actor.role == COORDINATOR and home in (None, actor.office)):
        return ""
    return "sync.denial.not_coordinator"


def scope(actor: Actor) -> str:
    """The office whose feed the actor pulls: its own cases, and what others share with it."""
    return actor.office


def names_of(person: Actor | User) -> frozenset[str]:
    """The names by which a case denies somebody herself, as fingerprints: her login, and what she is
    called. The name of her office is none of them: it would lock out the office whose case it is."""
    return fingerprints(person.login, person.display_name)


def names_of_place(office: Office, staff: Iterable[User]) -> frozenset[str]:
    """The names by which a case of another office denies itself to a whole office, as fingerprints: its own,
    its country's code, and those of all who work there, as for a sharing with it."""
    people = (name for user in staff for name in (user.login, user.display_name, user.role))
    return fingerprints(office.id, office.name, office.country, *people)


def fingerprints(*names: str) -> frozenset[str]:
    """Names as the deny lists of cases are kept by."""
    return frozenset(map(fingerprint, filter(None, map(same_name, names))))


@lru_cache(maxsize=4_096)
def fingerprint(name: str) -> str:
    """A name, as `same_name` writes it, in a fixed length."""
    return hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

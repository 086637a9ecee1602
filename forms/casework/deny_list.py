"""The deny list of a case: who must not see it, whatever their role.

A relative on the staff, a named authority, a complicit official. Anybody adds to it, and only a coordinator
who came later takes somebody off.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from forms.casework.facts import Evidence

WHO: Final = "deny.who"
DECISION: Final = "deny.decision"
_LIFTED: Final = "lifted"

Moment = tuple[date, str]


@dataclass(frozen=True, slots=True)
class DenyList:
    """`names` as `same_name` writes them. `ignored`: what was to be lifted and was not, with the reason.

    `unnamed`: somebody is denied, and nobody wrote whom.
    """

    names: frozenset[str]
    ignored: tuple[tuple[str, str], ...] = ()
    unnamed: bool = False

    def denies(self, *names: str) -> bool:
        """Whether any of the names of somebody (login, name, organisation, authority) is on the list."""
        return any(same_name(name) in self.names for name in names if name.strip())


def deny_list(found: Iterable[Evidence], coordinators: Collection[str], today: date) -> DenyList:
    """The list as all records together make it, in whatever order they came.

    A lifting counts when a coordinator wrote it, with a date that is not to come, after every denial of
    that name. A decision that says neither counts as a denial.
    """
    denied: dict[str, Moment] = {}
    lifted: dict[str, Moment] = {}
    ignored: set[tuple[str, str]] = set()
    unnamed = False
    for record in found:
        at = (record.on, record.order)
        for names, decision in _entries(record):
            if decision != _LIFTED:
                unnamed = unnamed or not names
                for name in names:
                    denied[name] = max(at, denied.get(name, at))
            elif record.author not in coordinators:
                ignored.update((name, "deny.lifting.not_coordinator") for name in names)
            elif record.on > today:
                ignored.update((name, "deny.lifting.in_future") for name in names)
            else:
                for name in names:
                    said = record.at(WHO, DECISION)
                    lifted[name] = max(said, lifted.get(name, said))
    left = frozenset(name for name, at in denied.items() if name not in lifted or lifted[name] <= at)
    return DenyList(left, tuple(sorted(each for each in ignored if each[0] in left)), unnamed)


def may_see(role_allows: bool, denied: DenyList, *names: str) -> bool:
    """Whether somebody may have the case: the list beats every role."""
    return role_allows and not denied.denies(*names)


def same_name(name: str) -> str:
    """A name as it is compared: letters of any width, case and accent alike, no signs, words in any order."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(
        sign if sign.isalnum() else " " for sign in plain if not unicodedata.category(sign).startswith("M")
    )
    # What has no letter at all is compared as it is.
    return " ".join(sorted(letters.split())) or " ".join(name.split())


def _entries(record: Evidence) -> Iterator[tuple[list[str], str]]:
    """(names, decision) of a record and of each of its rows."""
    for answers in (record.values, *record.rows.get("deny", ())):
        if WHO in answers or DECISION in answers:
            decision = answers.get(DECISION)
            yield _names(answers.get(WHO)), decision if isinstance(decision, str) else ""


def _names(value: Any) -> list[str]:
    several = value if isinstance(value, list | tuple) else [value]
    return [same_name(name) for name in several if isinstance(name, str) and name.strip()]

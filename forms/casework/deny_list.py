"""The deny list of a case: who must not see it, whatever their role.

A relative on the staff, a named authority, a complicit official. Anybody adds to it, and only a coordinator
who came later takes somebody off. A row of a repeat, as the case file has it, is lifted in its own place:
by a coordinator's decision there, which takes nobody off who is denied elsewhere.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from forms.casework.facts import Evidence, lines
from forms.casework.word import named

WHO: Final = "deny.who"
DECISION: Final = "deny.decision"
LIFTED: Final = "lifted"
#: Signs within a word that some write, some leave out and each keyboard has another one for: the apostrophes,
#: and the Arabic tatweel. Unicode takes two of them for letters.
_WITHIN_A_WORD: Final = dict.fromkeys(map(ord, "'\u2019\u02bc\u2018`\u00b4\u0640"))

Moment = tuple[date, str]


@dataclass(frozen=True, slots=True)
class DenyList:
    """`names` as `same_name` writes them. `ignored`: what was to be lifted and was not, with the reason.

    `unnamed`: somebody is denied, and nobody wrote whom: it may be anybody.
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
    that name. One that does not count may stand where a denial stood before: it denies. So does a decision
    that says neither.
    """
    denied: dict[str, Moment] = {}
    lifted: dict[str, Moment] = {}
    ignored: set[tuple[str, str]] = set()
    unnamed = False
    for record in found:
        at = (record.on, record.order)
        for names, decision, author, in_row in _entries(record):
            refused = "" if decision != LIFTED else _refused(record.on > today, author in coordinators)
            if decision == LIFTED and not refused:
                said = record.at(WHO, DECISION)
                lifted.update({} if in_row else {name: max(said, lifted.get(name, said)) for name in names})
                continue
            unnamed = unnamed or not named(names)
            denied.update({name: max(at, denied.get(name, at)) for name in names})
            ignored.update((name, refused) for name in names if refused)
    left = frozenset(name for name, at in denied.items() if name not in lifted or lifted[name] <= at)
    return DenyList(left, tuple(sorted(each for each in ignored if each[0] in left)), unnamed)


def may_see(role_allows: bool, denied: DenyList, *names: str) -> bool:
    """Whether somebody may have the case: the list beats every role."""
    return role_allows and not denied.denies(*names)


def denies(meaning: str) -> bool:
    """Whether an answer of this meaning says who is denied, or no more."""
    return meaning.startswith("deny.")


def same_name(name: str) -> str:
    """A name as it is compared: letters of any width, case and accent alike, no signs, words in any order.

    An apostrophe, a tatweel and what cannot be seen part no word: Мар'яна is Марʼяна and Маряна.
    """
    # Taken out before as well as after: some become others by it, and the acute accent a space.
    plain = unicodedata.normalize("NFKD", name.casefold().translate(_WITHIN_A_WORD)).translate(_WITHIN_A_WORD)
    letters = "".join(sign if sign.isalnum() else " " for sign in plain if not _unseen(sign))
    # What has no letter at all is compared as it is.
    return " ".join(sorted(letters.split())) or " ".join(name.split())


def _unseen(sign: str) -> bool:
    """Whether it is a mark over a letter, or one that only says how the text runs."""
    category = unicodedata.category(sign)
    return category == "Cf" or category.startswith("M")


def _refused(ahead: bool, coordinator: bool) -> str:
    """Why a lifting does not count; empty where it does."""
    if not coordinator:
        return "deny.lifting.not_coordinator"
    return "deny.lifting.in_future" if ahead else ""


def _entries(record: Evidence) -> Iterator[tuple[list[str], str, str, bool]]:
    """(names, decision, who decided, whether in a row) of a record and of each of its rows."""
    rows = record.rows.get("deny", ())
    authors = record.said_by.get("deny", ({},) * len(rows))
    decided = [
        (record.values, record.author),
        *zip(rows, (each.get(DECISION) for each in authors), strict=True),
    ]
    for place, (answers, author) in enumerate(decided):
        if WHO in answers or DECISION in answers:
            decision = answers.get(DECISION)
            said = decision if isinstance(decision, str) else ""
            yield _names(answers.get(WHO)), said, record.author if author is None else author, place > 0


def _names(value: Any) -> list[str]:
    """Names of one or of several; two that were written apart stand in a text one below the other."""
    several = value if isinstance(value, list | tuple) else [value]
    return [same_name(line) for each in several for line in lines(each)]

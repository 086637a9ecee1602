"""What the other files of a person say against somebody having one of them.

Two files that were said to be of one person stay two files: each is shared by its own records, and each has
a deny list of its own. But a no is a no of the person's, in whichever file it was written down: who is denied
in one of them is denied in all, and so are a refusal, a withdrawal, and an age by which there is no duty to
report. Nothing that gives a file to anybody counts in another one: that the two are of one person is what
somebody says, and it can be wrong. A denial is therefore lifted in the file in which it stands.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from forms.casework.age import age
from forms.casework.case import Case
from forms.casework.case_merge import in_force, said_in
from forms.casework.consent_rules import ConsentRules
from forms.casework.consent_statement import statements
from forms.casework.deny_list import DenyList, deny_list
from forms.casework.facts import Evidence

#: The answer that names the other file.
ORIGINAL: Final = "same.original"
#: The answers that part two files when they become others.
PARTING: Final = frozenset({ORIGINAL, "same.state"})


@dataclass(frozen=True, slots=True)
class JoinedFile:
    """Another file of the person: the facts of its case, and all that its records say."""

    case: Case
    evidence: Sequence[Evidence]


def joins(meaning: str) -> bool:
    """Whether an answer of this meaning says which files are of one person, or no more."""
    return meaning.startswith("same.")


def joined_to(case: str, said: Mapping[str, Iterable[Evidence]]) -> frozenset[str]:
    """The other files of the person of this one, directly or by way of others, as long as nobody has said
    that they are two people. `said` is what the records of each case say of that."""
    standing = in_force(each for file, found in said.items() for each in said_in(file, found))
    return reached(case, ((each.duplicate, each.original) for each in standing))


def reached(case: str, links: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Every other case to which these links lead, in whichever direction."""
    near: dict[str, set[str]] = {}
    for one, other in links:
        near.setdefault(one, set()).add(other)
        near.setdefault(other, set()).add(one)
    found, new = {case}, {case}
    while new:
        new = set[str]().union(*(near.get(each, ()) for each in new)) - found
        found |= new
    return frozenset(found - {case})


def denied_in(
    found: Iterable[Evidence], joined: Iterable[JoinedFile], coordinators: Collection[str], today: date
) -> DenyList:
    """Whom a file or one of those joined to it denies, each by its own records."""
    lists = [deny_list(each, coordinators, today) for each in (found, *(file.evidence for file in joined))]
    return DenyList(
        frozenset[str]().union(*(each.names for each in lists)),
        tuple(sorted({told for each in lists for told in each.ignored})),
        any(each.unnamed for each in lists),
    )


def refusals(joined: Iterable[JoinedFile]) -> list[Evidence]:
    """What was refused or taken back in these files, and nothing else of the records that say it."""
    return [
        replace(
            told.source,
            values={name: value for name, value in told.values.items() if name.startswith("consent.")},
            rows={},
            said_by={},
        )
        for file in joined
        for told in statements(file.evidence)
        if told.decision != "given"
    ]


def of_age_in(joined: Iterable[JoinedFile], at: date, rules: ConsentRules) -> bool:
    """Whether one of these files makes the person an adult on this day."""
    return any(not age(file.case, file.evidence, at, rules.age).minor_on(at) for file in joined)

"""Merge rules as a form's author writes them, and as they travel with the form.

The column `bind::homeward:merge` says what becomes of two answers that were given apart:

    highest                                       the list's own order, the most protective choice last
    highest: unknown low medium high; with=why    another order, and the question that gives the reason
    withdrawn: withdrawn refused; with=given_on   the choices that withdraw
    cautious: later                               of dates

`travelling` makes of it the text that devices and servers read, with every choice in its place. What the
rules do is said in docs/forms.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

LAST: Final = "last"
CALCULATED: Final = "calculated"
#: Those that keep the more protective of some choices, and need to know which that is.
ORDERED: Final = ("highest", "cautious")
#: Those that keep or drop single choices of several.
SEVERAL: Final = ("set", "narrow", "union")
NAMES: Final = (LAST, "both", *ORDERED, "withdrawn", *SEVERAL)
#: In the place of an order of choices: which of two dates is the more protective one.
DATES: Final = ("later", "earlier")
#: An author's word that of a kind of thing no choice protects more than another, so that the later stands.
KIND: Final = ("kind",)

_WITHDRAWING: Final = ("withdrawn", "refused")
_BETWEEN: Final = re.compile(r"[\s,<]+")
_QUESTION: Final = re.compile(r"[\w.\-]+")


@dataclass(frozen=True, slots=True)
class MergeRule:
    """A rule in its parts: its name, the choices after the colon, the question that has to come with it."""

    name: str
    choices: tuple[str, ...] = ()
    beside: str = ""

    def __str__(self) -> str:
        listed = f":{','.join(_quoted(choice) for choice in self.choices)}" if self.choices else ""
        return f"{self.name}{listed}{f';with={self.beside}' if self.beside else ''}"


def read_rule(text: str) -> MergeRule | None:
    """The rule of a cell; None where it is none, or says more than its rule can hear."""
    head, *options = text.split(";")
    name, colon, listed = (part.strip() for part in head.partition(":"))
    choices = tuple(part for part in _BETWEEN.split(listed) if part)
    beside = ""
    for option in options:
        key, _, value = (part.strip() for part in option.partition("="))
        # A reference is written out as a path before the form is read.
        value = value.removeprefix("${").removesuffix("}").rstrip().rpartition("/")[2]
        if key != "with" or not _QUESTION.fullmatch(value):
            return None
        beside = value
    if name not in NAMES or (colon and not choices):
        return None
    if choices and name not in (*ORDERED, "withdrawn") and (name, choices) != (LAST, KIND):
        return None
    if beside and name not in ("highest", "withdrawn"):
        return None
    return MergeRule(name, choices, beside)


def travelling(rule: MergeRule, names: Sequence[str]) -> str:
    """The rule with its choices in full; `names` are those of the question, in their order.

    A choice that an author's order leaves out comes first: it never beats one that the order names.
    """
    choices = () if rule.name == LAST else rule.choices
    if rule.name in ORDERED and choices not in ((DATES[0],), (DATES[1],)):
        choices = (*_without(names, choices), *choices)
    if rule.name == "withdrawn" and not choices:
        choices = tuple(name for name in _WITHDRAWING if name in names) or _WITHDRAWING[:1]
    return str(MergeRule(rule.name, choices, rule.beside))


def name_of(text: str) -> str:
    """The name of a rule that travels."""
    return re.split("[:;]", text, maxsplit=1)[0]


def _without(names: Iterable[str], listed: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in dict.fromkeys(names) if name not in listed)


def _quoted(choice: str) -> str:
    return choice.replace("%", "%25").replace(",", "%2C").replace(";", "%3B")

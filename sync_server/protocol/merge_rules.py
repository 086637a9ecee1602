"""The merge rules: what becomes of changes of one answer that their authors made apart.

A rule travels as text, from the form to the server and to every device:

    last · both · calculated · set · narrow · union
    highest:unknown,low,medium,high;with=risk_because
    cautious:no,unsure,yes
    withdrawn:withdrawn,refused;with=consent_on

After the colon stand choices: for `highest` and `cautious` in their order, the most protective last, or
`later` or `earlier` for dates; for `withdrawn` those that withdraw. `with` names the question of the same
group that must be answered in the same save. `%25`, `%2C` and `%3B` stand for `%`, `,` and `;` in a name.

Every rule is a function of the graph of a path's changes, so the order in which they came never matters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from sync_server.protocol.ancestry import Graph, Head
from sync_server.protocol.change import Change, Json

LAST: Final = "last"
BOTH: Final = "both"
#: Nobody typed it: the last one stands until the form calculates it anew, and nothing is lost by that.
CALCULATED: Final = "calculated"
HIGHEST: Final = "highest"
CAUTIOUS: Final = "cautious"
WITHDRAWN: Final = "withdrawn"
SET: Final = "set"
NARROW: Final = "narrow"
UNION: Final = "union"

#: Who may lower what `highest` keeps, and remove what `union` keeps.
COORDINATOR: Final = "coordinator"

Loss = tuple[Head, Head]
"""(what is kept, what is lost)"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The value that a path has, and what was lost on the way to it."""

    value: Json
    lost: tuple[Loss, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as its text says it."""

    name: str
    choices: tuple[str, ...] = ()
    beside: str = ""

    def admits(self, stands: Json, change: Change) -> bool:
        """Whether a change by someone who had seen what stands takes its place as it is."""
        if self.name == HIGHEST and self.choices:
            return self.rank(change.value) >= self.rank(stands) or self.lowers(change)
        if self.name == WITHDRAWN:
            return not self.withdraws(stands) or self.withdraws(change.value) or self.renews(change)
        if self.name == UNION:
            return _elements(stands) <= _elements(change.value) or change.role == COORDINATOR
        return True

    def rank(self, value: Json) -> tuple[int, str]:
        """How protective an answer is: none, then one that the order does not name, then in its order."""
        if not isinstance(value, str):
            return (0 if value is None else 1), ""
        if self.choices == ("later",):
            return 2, value
        if self.choices == ("earlier",):
            return 2, "".join(chr(0x10FFFF - ord(sign)) for sign in value)
        return (self.choices.index(value) + 2 if value in self.choices else 1), ""

    def lowers(self, change: Change) -> bool:
        """Whether it may lower: a coordinator's, with the reason given in the same save."""
        return change.role == COORDINATOR and bool(self.beside) and self._accompanied(change)

    def withdraws(self, value: Json) -> bool:
        return isinstance(value, str) and value in self.choices

    def renews(self, change: Change) -> bool:
        """Whether it is a new consent: not an old one put back, and with what has to come with it."""
        if change.restored or change.value is None:
            return False
        return not self.beside or self._accompanied(change)

    def _accompanied(self, change: Change) -> bool:
        group, slash, _ = change.path.rpartition("/")
        said = change.beside.get(f"{group}{slash}{self.beside}")
        return bool(said.strip()) if isinstance(said, str) else said is not None


@lru_cache(maxsize=4_096)
def parse(text: str) -> Rule:
    """The rule of a text; what is not understood is `last`, under its own name."""
    head, *options = text.split(";")
    name, _, listed = head.partition(":")
    beside = ""
    for option in options:
        key, _, value = option.partition("=")
        if key == "with":
            beside = value
    choices = tuple(_plain(choice) for choice in listed.split(",")) if listed else ()
    if name == WITHDRAWN and not choices:
        choices = (WITHDRAWN,)
    return Rule(name, choices, beside)


def decide(graph: Graph, rule: Rule) -> Outcome:
    """What the changes of a path come to. A rule that is not known here is `last`."""
    if rule.name in (HIGHEST, CAUTIOUS) and not rule.choices:
        return _last(graph, rule)
    return _RULES.get(rule.name, _last)(graph, rule)


def same(one: Json, other: Json) -> bool:
    """Whether two JSON values are equal; `true` is not 1 here, though it is in Python."""
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


# The rules


def _last(graph: Graph, rule: Rule) -> Outcome:
    *losers, winner = graph.heads
    return Outcome(winner.value, tuple(_losses([winner], losers)))


def _calculated(graph: Graph, rule: Rule) -> Outcome:
    return Outcome(graph.heads[-1].value)


def _both(graph: Graph, rule: Rule) -> Outcome:
    """Every different text, in the order of writing, each signed by all who wrote it.

    What was joined is not lost; a clearing beside a text is: it loses to the latest text.
    """
    heads = graph.heads
    if not all(head.value is None or isinstance(head.value, str) for head in heads):
        return _last(graph, rule)
    losses = _losses([head for head in heads if head.value], [head for head in heads if not head.value])
    texts: dict[str, list[str]] = {}
    for head in heads:
        if head.value:
            signed = texts.setdefault(head.value, [])
            if head.author not in signed:
                signed.append(head.author)
    if len(texts) < 2:
        value = next(iter(texts), heads[-1].value if len(heads) == 1 else None)
    else:
        value = "\n".join(f"{text}\n— {', '.join(authors)}" for text, authors in texts.items())
    return Outcome(value, tuple(losses))


def _cautious(graph: Graph, rule: Rule) -> Outcome:
    winner = max(graph.heads, key=lambda head: (rule.rank(head.value), head.order))
    return Outcome(winner.value, tuple(_losses([winner], graph.heads)))


def _highest(graph: Graph, rule: Rule) -> Outcome:
    standing = _standing(graph, rule)
    winner = max(standing, key=lambda head: (rule.rank(head.value), head.order))
    return Outcome(winner.value, tuple(_overruled(winner, graph.heads)))


def _withdrawn(graph: Graph, rule: Rule) -> Outcome:
    standing = _standing(graph, rule)
    withdrawals = [head for head in standing if rule.withdraws(head.value)]
    winner = max(withdrawals or standing, key=lambda head: head.order)
    if not withdrawals:
        return Outcome(winner.value, tuple(_losses([winner], graph.heads)))
    return Outcome(winner.value, tuple(_overruled(winner, graph.heads)))


def _set(graph: Graph, rule: Rule) -> Outcome:
    return _united(graph, rule, lambda change: True)


def _union(graph: Graph, rule: Rule) -> Outcome:
    return _united(graph, rule, lambda change: change.role == COORDINATOR)


def _narrow(graph: Graph, rule: Rule) -> Outcome:
    """What all heads have; nothing where one of them is no list."""
    latest = graph.heads[-1]
    if all(same(head.value, latest.value) for head in graph.heads):
        return Outcome(latest.value)
    shared = frozenset.intersection(*(_elements(head.value) for head in graph.heads))
    value = [name for name in _listed(graph.heads) if name in shared] or None
    kept = [replace(head, value=value) for head in graph.heads]
    losers = [head for head in graph.heads if _elements(head.value) != shared or not _is_several(head.value)]
    return Outcome(value, tuple(_losses(kept, losers)))


_RULES: Final[dict[str, Callable[[Graph, Rule], Outcome]]] = {
    LAST: _last,
    BOTH: _both,
    CALCULATED: _calculated,
    CAUTIOUS: _cautious,
    HIGHEST: _highest,
    WITHDRAWN: _withdrawn,
    SET: _set,
    NARROW: _narrow,
    UNION: _union,
}


# What they are made of


def _losses(keepers: Iterable[Head], losers: Iterable[Head]) -> Iterator[Loss]:
    """Each head whose value differs from one that another device wrote and that is kept."""
    kept = list(keepers)
    for lost in losers:
        others = [one for one in kept if one.device != lost.device and not same(one.value, lost.value)]
        if others:
            yield others[-1], lost


def _overruled(winner: Head, heads: Iterable[Head]) -> Iterator[Loss]:
    """Each head that does not count, whoever wrote it: also who could not change her own answer is told."""
    return ((winner, head) for head in heads if not same(head.value, winner.value))


def _standing(graph: Graph, rule: Rule) -> list[Head]:
    """The changes that nobody who had seen them has replaced by one that the rule admits."""
    found = [
        graph.head(stamp)
        for stamp, change in graph.changes.items()
        if not any(rule.admits(change.value, later) for later in graph.above(stamp))
    ]
    floor = graph.floor
    if floor and not any(rule.admits(floor.standing.value, later) for later in graph.above_floor()):
        found.append(floor.standing)
    # Only changes that are each other's ancestors could leave none; no honest device writes them.
    return found or list(graph.heads)


def _united(graph: Graph, rule: Rule, may_remove: Callable[[Change], bool]) -> Outcome:
    """The elements that somebody added and that nobody who had seen that has removed.

    What a change adds and removes is told by what its author had before her: the same, over all that she
    had seen. A removal that does not count is lost.
    """
    heads = graph.heads
    if not all(_is_several(head.value) for head in heads):
        return _last(graph, rule)
    added: dict[str, set[str]] = {}
    removed: dict[str, set[str]] = {}
    wished: dict[str, set[str]] = {}

    def left_of(known: frozenset[str]) -> set[str]:
        return {
            name
            for stamp in known
            for name in added.get(stamp, ())
            if not any(name in removed.get(later, ()) for later in known if stamp in graph.seen(later))
        }

    for stamp in graph.in_order:
        change = graph.changes[stamp]
        before, after = left_of(graph.seen(stamp)), set(_elements(change.value))
        added[stamp], wished[stamp] = after - before, before - after
        removed[stamp] = wished[stamp] if may_remove(change) else set()
    left = left_of(frozenset(graph.changes))
    if rule.name == UNION and graph.floor:
        left |= _elements(graph.floor.standing.value) - {
            name
            for change in graph.above_floor()
            if may_remove(change)
            for name in _elements(graph.floor.standing.value) - _elements(change.value)
        }
    first = _listed(heads)
    value = [name for name in first if name in left] + sorted(left.difference(first))
    if len(heads) == 1 and left == _elements(heads[0].value):
        return Outcome(heads[0].value)
    losses: list[Loss] = []
    for head in heads:
        chain = graph.seen(head.stamp) | {head.stamp}
        kept_on = {name for stamp in chain for name in wished[stamp]} & left - _elements(head.value)
        adders = [stamp for stamp in graph.in_order if added[stamp] & kept_on]
        if adders:
            keeper = max((graph.head(stamp) for stamp in adders), key=lambda one: one.order)
            losses.append((replace(keeper, value=value), head))
    return Outcome(value or None, tuple(losses))


def _is_several(value: Json) -> bool:
    return value is None or isinstance(value, list)


def _elements(value: Json) -> frozenset[str]:
    return frozenset(value) if isinstance(value, list) else frozenset()


def _listed(heads: Iterable[Head]) -> list[str]:
    """The elements of all heads, each once, in the order in which they were written."""
    return list(dict.fromkeys(name for head in heads if isinstance(head.value, list) for name in head.value))


def _plain(choice: str) -> str:
    return choice.replace("%3B", ";").replace("%2C", ",").replace("%25", "%")

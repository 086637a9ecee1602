"""What is worth a second look in the merge rules of a form: a rule that does not fit its question, an order
that nobody said is the protective one, an answer of safety that the later of two simply overwrites."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from forms.definition import FormDefinition, Question
from forms.merge_rules import DATES, KIND, LAST, ORDERED, SEVERAL, MergeRule, name_of, read_rule

Found = tuple[str, dict[str, str]]
"""(code, params); the place is the question."""

#: Choices of levels, the least first: a list in this order needs no word on which end is the protective one.
_LEVELS: Final = (
    *("none", "very_low", "minimal", "low", "medium", "moderate", "elevated"),
    *("high", "severe", "very_high", "extreme", "critical"),
)
_ANSWERS: Final = frozenset({"yes", "no", "unsure", "open"})
#: They say that nobody knows. Behind the levels they would beat the highest of them.
_SILENT: Final = frozenset({"unknown", "not_known", "no_answer", "not_assessed"})


def merge_findings(definition: FormDefinition, question: Question, cell: str) -> Iterator[Found]:
    """What is to be said of one question; `cell` is what its author wrote, empty where nothing."""
    name = name_of(question.merge)
    if question.computed:
        if name != LAST:
            yield "lint.merge.idle", {"rule": name}
        return
    rule = read_rule(cell) or MergeRule(LAST)
    kind = rule == MergeRule(LAST, KIND) and _may_be_kind(question)
    if question.safety and name == LAST and typed(question) and not kind:
        yield "lint.merge.safety_last", {"safety": question.safety}
    names = [choice.name for choice in question.choices]
    if not _fits(rule, question):
        yield "lint.merge.unfit", {"rule": name, "type": question.type}
        return
    if rule.name in ORDERED and question.type == "select_one":
        wrong = _order_wrong(rule, names)
        if wrong is not None:
            yield "lint.merge.order", {"rule": name, "why": wrong}
    if rule.name == "withdrawn":
        missing = [choice for choice in rule.choices if choice not in names]
        if missing or not set(names) & {"withdrawn", "refused", *rule.choices}:
            yield "lint.merge.withdrawing_missing", {"choice": missing[0] if missing else "withdrawn"}
    if rule.name == "highest" and not rule.beside:
        yield "lint.merge.reason_missing", {"question": ""}
    elif rule.beside:
        group, slash, _ = question.path.rpartition("/")
        reason = definition.questions.get(f"{group}{slash}{rule.beside}")
        if reason is None or not typed(reason):
            yield "lint.merge.reason_missing", {"question": f" of the name {rule.beside}"}


def typed(question: Question) -> bool:
    """Whether a person gives its answer: not one that is calculated, or shown only."""
    return question.asks and (question.readonly or "").strip() != "true()"


def _may_be_kind(question: Question) -> bool:
    """Whether its choices may be kinds of a thing: not levels, nor yes or no, of which one protects more.

    How to reach somebody, who and where they are, is nothing of which the later answer may simply stand.
    """
    names = {choice.name for choice in question.choices}
    return question.safety == "private" and not names <= {*_LEVELS, *_SILENT, *_ANSWERS}


def _fits(rule: MergeRule, question: Question) -> bool:
    if rule.choices == KIND and rule.name == LAST:
        return question.type == "select_one"
    if rule.name in SEVERAL:
        return question.type == "select_multiple"
    if rule.name == "cautious" and rule.choices in ((DATES[0],), (DATES[1],)):
        return question.type in ("date", "dateTime")
    if rule.name in (*ORDERED, "withdrawn"):
        return question.type == "select_one"
    return True


def _order_wrong(rule: MergeRule, names: list[str]) -> str | None:
    """What is wrong with an order of choices; None where it is known to be the protective one."""
    if not names:
        return "the choices are not known"
    if rule.choices:
        strange = [choice for choice in rule.choices if choice not in names]
        left_out = [name for name in names if name not in rule.choices]
        if strange:
            return f"'{strange[0]}' is no choice"
        if len(set(rule.choices)) < len(rule.choices):
            return "it names a choice twice"
        return f"it leaves out '{left_out[0]}'" if left_out else None
    levels = [_LEVELS.index(name) for name in names if name in _LEVELS]
    known = all(name in _LEVELS or name in _SILENT for name in names)
    silent_last = any(name in _SILENT for name in names[len(names) - len(levels) :])
    if known and levels == sorted(levels) and not silent_last:
        return None
    return "nothing says that the last choice of the list is the most protective one"

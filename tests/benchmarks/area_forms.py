"""What is counted of the library, and the form engine beside lxml and beside a bare XML parse: expressions,
filters, loading, answering, repeats, memory.

Measured on a form of 500 questions that is made here, and on the `whova_form` (469 questions) of
../shared/wild_forms where that folder is there. lxml gets the same document with the same values, each
expression compiled beforehand, and `selected()` written in the functions that it has itself; where a
function is missing it gets one in Python, and the note says in how many expressions. All times are
processor time of the thread, so that a busy machine changes no ratio.
"""

from __future__ import annotations

import gc
import random
import statistics
import time
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from defusedxml import ElementTree
from figures import Figure, figure
from generated_form import form_text
from lxml_beside import LxmlDocument

from forms import library
from forms.check import between_forms, check_of_library
from forms.definition import FormDefinition, Question
from forms.entry import FormEntry
from forms.expression.compile import Expression
from forms.instance import InstanceNode
from forms.library_figures import library_figures
from forms.xform.load import load_form
from forms.xlsform.to_xform import xform_from_xlsform

WHOVA = "web-forms__packages_common_src_fixtures_preview-service_xlsforms_whova_form__21477418.xlsx"
_WILD = Path(__file__).resolve().parents[3] / "shared" / "wild_forms"
_NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
_BOOLEANS = ("relevant", "constraint", "required", "readonly")

_NODE_SETS = (
    "/data/member/years",
    "/data/member",
    "sum(/data/member/years)",
    "count(/data/member/first)",
    "/data/*/years",
    "/data/member[last()]/first",
    "/data/member/first | /data/member/years",
)
_EQUALITY = (
    "instance('village')/root/item[district = /data/district]",
    "instance('village')/root/item[name = /data/village]/label",
    "count(instance('village')/root/item[district = /data/district and name != 'v7'])",
)
_OTHER_FILTERS = (
    "instance('village')/root/item[district != /data/district]",
    "instance('village')/root/item[starts-with(name, 'v12')]",
    "instance('village')/root/item[contains(name, /data/age)]",
    "instance('village')/root/item[district = 'd1' or district = /data/district]",
    "instance('village')/root/item[string-length(name) > 4]",
    "/data/member[years > 20]",
)
_ABOUT_FILTERS = "five over 5,000 choices; the second and fifth read nothing else and are worked out once"


def measure(scratch: Path) -> Iterator[Figure]:
    yield from _library()
    made = _Form("generated form", xform_from_xlsform(form_text()).xml)
    wild = _WILD / WHOVA
    if wild.exists():
        whova = _Form("whova_form", xform_from_xlsform(wild).xml)
        yield from _figures_of(whova, judged=True)
    else:
        print(f"forms: {_WILD} is not there; the form that is made here is measured alone")
    yield from _figures_of(made, judged=False)
    yield from _paths_and_filters(made)
    yield _adding(made)


def _figures_of(form: _Form, *, judged: bool) -> Iterator[Figure]:
    yield _loading(form)
    yield from _expressions(form)
    yield _answering(form, judged=judged)
    yield _memory(form)


class _Form:
    """One form, and an entry of it with answers in it."""

    def __init__(self, name: str, xml: str) -> None:
        self.name = name
        self.xml = xml
        self.definition = load_form(xml)
        self.entry = begin(self.definition)
        fill(self.entry, 600)

    def bound(self) -> dict[str, tuple[InstanceNode, str]]:
        """Each different expression of the form with the first node that has it, and the kind it has."""
        found: dict[str, tuple[InstanceNode, str]] = {}
        for element in (*self.definition.groups.values(), *self.definition.questions.values()):
            nodes = self.entry._document.nodes(element.path)
            if not nodes:
                continue
            for purpose in (*_BOOLEANS, "calculate"):
                source = getattr(element, purpose, None)
                if source:
                    found.setdefault(source, (nodes[0], "boolean" if purpose in _BOOLEANS else "value"))
        return found


def begin(definition: FormDefinition) -> FormEntry:
    return FormEntry(definition, now=lambda: _NOON, random=random.Random(1))


def fill(entry: FormEntry, answers: int) -> None:
    """So many answers, mostly those that make further questions appear; the same ones every time."""
    chance = random.Random(7)
    for _ in range(answers):
        asked = [line.path for line in entry.outline() if line.kind == "question"]
        path = chance.choice(asked)
        question = entry.definition.question_at(path)
        entry.answer(path, _likely(question, entry, path, chance))


def _likely(question: Question, entry: FormEntry, path: str, chance: random.Random) -> Any:
    if question.chooses:
        names = [choice.name for choice in entry.state(path).choices] if question.itemset else []
        names = names or [choice.name for choice in question.choices]
        if not names:
            return None
        return "yes" if "yes" in names and chance.random() < 0.7 else chance.choice(names)
    if question.data_type in ("int", "decimal"):
        return chance.randrange(1, 60)
    if question.data_type in ("date", "dateTime"):
        return f"{chance.randrange(1950, 2026)}-0{chance.randrange(1, 10)}-1{chance.randrange(10)}"
    return f"word {chance.randrange(100)}"


# The library


def _library() -> Iterator[Figure]:
    """What `forms check --library` counts at its end."""
    reports = {form_id: check_of_library(form_id) for form_id, _ in library.forms()}
    counted = library_figures(reports, len(between_forms(list(reports.values()))))
    for one in counted.figures:
        yield figure("forms", one.name, one.value, one.unit, goal=one.goal, judged=True, note=one.note)
    longest = max(counted.questions, key=lambda form_id: counted.questions[form_id])
    yield figure(
        "forms", "most questions on the usual path of a form", counted.questions[longest], "questions",
        note=", ".join(f"{form_id} {count}" for form_id, count in counted.questions.items()),
    )  # fmt: skip


# Loading


def _loading(form: _Form) -> Figure:
    encoded = form.xml.encode()
    bare = _best(lambda: ElementTree.fromstring(encoded, forbid_dtd=True), 5)
    anew = iter([f"{form.xml}<!-- {number} -->" for number in range(5)])  # the same XML is loaded once
    load = _best(lambda: load_form(next(anew)), 5)
    return figure(
        "forms", f"load the stored {form.name}", load * 1000, "ms",
        beside=("bare defusedxml parse", bare * 1000), goal="<= 12", judged=True,
        note=f"{len(encoded) // 1000} kB, {len(form.definition.questions)} questions",
    )  # fmt: skip


# Expressions


def _expressions(form: _Form) -> Iterator[Figure]:
    beside = LxmlDocument(form.entry)
    ratios: dict[str, list[float]] = {"itself": [], "in Python": []}
    ours_all, theirs_all, unequal = [], [], 0
    for source, (node, kind) in form.bound().items():
        expression = Expression(source, form.entry._world, node, kind)
        translated = beside.compile(source, node)
        unequal += not beside.agrees(expression, translated, kind)
        ours, theirs = _each(expression.evaluate), _each(translated)
        ours_all.append(ours)
        theirs_all.append(theirs)
        ratios["in Python" if translated.extended else "itself"].append(theirs / ours)
    every = [*ratios["itself"], *ratios["in Python"]]
    alone = statistics.geometric_mean(ratios["itself"]) if ratios["itself"] else float("nan")
    yield figure(
        "forms", f"all expressions of the {form.name}: rate beside lxml",
        statistics.geometric_mean(every), "x", goal=">= 10", judged=True,
        note=f"geometric mean over {len(every)} different ones, {statistics.median(ours_all) * 1e6:.2f} and "
        f"{statistics.median(theirs_all) * 1e6:.2f} us each in the median; {len(ratios['in Python'])} need a "
        f"function that lxml lacks, without them {alone:.1f} x; {unequal} results differ (XForms casts)",
    )  # fmt: skip


def _paths_and_filters(form: _Form) -> Iterator[Figure]:
    entry = begin(form.definition)
    for number in range(100):
        added = entry.add_instance("member").path
        entry.answer(f"{added}/first", f"Name {number}")
        entry.answer(f"{added}/years", number)
    for path, raw in (("person", "Ana"), ("age", 30), ("district", "d7"), ("village", "v207")):
        entry.answer(path, raw)
    beside = LxmlDocument(entry)
    yield _beside(entry, beside, "node-set paths", _NODE_SETS, ">= 2", "100 instances of a repeat")
    yield _beside(entry, beside, "equality filters over 5,000 choices", _EQUALITY, ">= 100", "")
    yield _beside(entry, beside, "other filters", _OTHER_FILTERS, ">= 3", _ABOUT_FILTERS)


def _beside(
    entry: FormEntry, beside: LxmlDocument, name: str, sources: tuple[str, ...], goal: str, note: str
) -> Figure:
    node = entry._document.at("summary")
    ratios = []
    for source in sources:
        expression = Expression(source, entry._world, node, "value")
        translated = beside.compile(source, node)
        if not beside.agrees(expression, translated, "value"):
            raise RuntimeError(f"lxml has another result for {source}")
        ratios.append(_each(translated) / _each(expression.evaluate))
    each = ", ".join(f"{ratio:.1f}" for ratio in ratios)
    return figure(
        "forms", f"{name}: rate beside lxml", statistics.geometric_mean(ratios), "x",
        goal=goal, judged=True, note=f"geometric mean of {each}{'; ' if note else ''}{note}",
    )  # fmt: skip


# Answering


def _answering(form: _Form, *, judged: bool) -> Figure:
    """The answers that a worker gives one after the other, each with what follows from it. In the form
    that is made here more depends on one answer than in most: its figure informs.
    """
    runs = [_answers(form) for _ in range(3)]
    # The same answers each time: the least of three is what each costs when nothing else is going on.
    taken = [min(each) for each in zip(*(answers for answers, _ in runs), strict=True)]
    full = [min(each) for each in zip(*(everything for _, everything in runs), strict=True)]
    late = statistics.quantiles(taken, n=20)[18]
    return figure(
        "forms", f"one answer with all that depends on it, p95, {form.name}", late * 1e6, "us",
        beside=("a full recalculation", statistics.median(full) * 1e6), goal="<= 0.05", judged=judged,
        note=f"median {statistics.median(taken) * 1e6:.0f} us, 600 answers; saving and redrawing told",
    )  # fmt: skip


def _answers(form: _Form) -> tuple[list[float], list[float]]:
    """The times of 600 answers, and of a full recalculation after every 20th."""
    entry = begin(form.definition)
    fill(entry, 300)
    calculation, root = entry._calculation, entry._document.root

    def everything() -> None:
        calculation.schedule_all(root)
        calculation.settle()

    chance = random.Random(3)
    taken: list[float] = []
    full: list[float] = []
    gc.collect()
    for number in range(600):
        asked = [line.path for line in entry.outline() if line.kind == "question"]
        path = chance.choice(asked)
        raw = _likely(entry.definition.question_at(path), entry, path, chance)
        start = time.thread_time()
        entry.answer(path, raw)
        taken.append(time.thread_time() - start)
        if number % 20 == 0:
            full.append(_best(everything, 3))
    return taken, full


def _adding(form: _Form) -> Figure:
    tenth, hundredth = [], []
    for _ in range(15):
        entry = begin(form.definition)
        while len(entry.repeat("member").instances) < 100:
            start = time.thread_time()
            entry.add_instance("member")
            spent = time.thread_time() - start
            count = len(entry.repeat("member").instances)
            if 8 <= count <= 12:
                tenth.append(spent)
            elif count >= 98:
                hundredth.append(spent)
    early, late = statistics.median(tenth), statistics.median(hundredth)
    return figure(
        "forms", "a repeat added as the 100th", late * 1e6, "us",
        beside=("as the 10th", early * 1e6), goal="<= 2", judged=True,
        note="six questions, a count and a sum of them outside; medians of 15 entries",
    )  # fmt: skip


def _memory(form: _Form) -> Figure:
    values = form.entry.values()
    gc.collect()
    tracemalloc.start()
    entry = FormEntry(form.definition, values, now=lambda: _NOON, random=random.Random(1))
    for line in entry.outline():
        if line.kind == "question":
            entry.state(line.path)
    entry.validate()
    gc.collect()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return figure(
        "forms", f"memory of an open record, {form.name}", size / 1e6, "MB", goal="<= 10", judged=True,
        note=f"{len(values)} values, every visible question shown, validated; the form itself is shared",
    )  # fmt: skip


# Times


def _best(work: Callable[[], object], times: int) -> float:
    taken = []
    for _ in range(times):
        start = time.thread_time()
        work()
        taken.append(time.thread_time() - start)
    return min(taken)


def _each(work: Callable[[], object], least: float = 0.001) -> float:
    """Seconds of one call: the best of three rounds that are long enough to be measured."""
    count = 1
    while True:
        spent = _round(work, count)
        if spent >= least:
            break
        count = max(count * 2, int(count * least / max(spent, 1e-9)))
    return min(spent, _round(work, count), _round(work, count)) / count


def _round(work: Callable[[], object], count: int) -> float:
    start = time.thread_time()
    for _ in range(count):
        work()
    return time.thread_time() - start

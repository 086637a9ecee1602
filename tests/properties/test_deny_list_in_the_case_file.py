"""The deny list of the case file, over random histories of three workers: whoever was put on it stays on it,
in whatever order tablets met, until a coordinator's word takes that very row off."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms import paths
from forms.casework.deny_list import DenyList, deny_list, same_name
from forms.casework.facts import evidence
from forms.definition import FormDefinition
from forms.library import CASE_FILE, read
from forms.record import Record
from forms.xform.load import load_form
from forms.xlsform.to_xform import xform_from_xlsform
from sync_server.protocol.change import Change
from sync_server.protocol.clock import format_stamp
from sync_server.protocol.merge import Known, merge

WORKERS = {"aaaaaaaa": "arta", "bbbbbbbb": "besnik", "cccccccc": "ana"}
COORDINATORS = {"ana"}
ROWS = [f"denied[{letter * 16}]" for letter in "abc"]
NAMES = ["Agim Hoxha", "Commune of Mat", "t.leka"]
TODAY = date(2026, 11, 22)
History = list[Known]


@pytest.fixture(scope="module")
def case_file() -> FormDefinition:
    return load_form(xform_from_xlsform(read(CASE_FILE)).xml)


@dataclass(frozen=True)
class Step:
    """One thing that a worker does to a row, having seen what others did to it or not."""

    device: str
    row: str
    what: str
    name: str
    seen: bool


def steps() -> st.SearchStrategy[list[Step]]:
    return st.lists(
        st.builds(
            Step,
            st.sampled_from(list(WORKERS)),
            st.sampled_from(ROWS),
            st.sampled_from(["deny", "deny", "lift", "clear", "take away"]),
            st.sampled_from(NAMES),
            st.booleans(),
        ),
        min_size=1,
        max_size=8,
    )


def named(done: list[Step]) -> list[Step]:
    """The steps that write a name: the first ones of each worker in each row."""
    first: dict[tuple[str, str], Step] = {}
    for step in done:
        if step.what == "deny":
            first.setdefault((step.device, step.row), step)
    return list(first.values())


def history(done: list[Step]) -> History:
    """The changes that these steps make. A name is written once by each who writes one, and over nobody's:
    the form locks it."""
    changes: History = []
    for number, step in enumerate(done):
        answers: dict[str, object] = {}
        if step.what == "deny":
            answers = {step.row: 1, f"{step.row}/deny_decision": "denied"}
            if any(step is each for each in named(done)):
                answers[f"{step.row}/deny_who"] = step.name
        elif step.what == "lift":
            answers = {f"{step.row}/deny_decision": "lifted"}
        elif step.what == "clear":
            answers = {f"{step.row}/deny_decision": None}
        else:
            answers = {step.row: None}
        for path, value in answers.items():
            stamp = format_stamp(5_000 + number, len(changes), step.device)
            over = step.seen and not path.endswith("deny_who")
            before = [each.change.stamp for each in changes if each.change.path == path] if over else []
            role = "coordinator" if WORKERS[step.device] in COORDINATORS else ""
            change = Change(
                path, value, stamp, tuple(sorted(before)), WORKERS[step.device], step.device, role=role,
                beside={f"{step.row}/deny_reason": "He left that office."},
            )  # fmt: skip
            changes.append(Known(change, stamp))
    return changes


def standing(form: FormDefinition, arrived: Iterable[Known]) -> DenyList:
    """What the rules make of the record that these changes merge to, one by one."""
    state, log = {}, History()
    for known in arrived:
        past = list(log)
        merged = merge(
            state,
            [known],
            lambda path: form.merge_rules.get(paths.template(path), "last"),
            lambda path, past=past: [each for each in past if each.change.path == path],
        )
        state = merged.state
        log.append(known)
    values = {path: field.value for path, field in state.items() if field.value is not None}
    record = Record("r", "c", form.id, form.version, "finished", values)
    found = evidence(form, record, on=TODAY, author="arta", wrote=lambda path: state[path].author)
    return deny_list([found], COORDINATORS, TODAY)


@settings(max_examples=300, deadline=None)
@given(steps(), st.randoms(use_true_random=False))
def test_who_was_put_on_the_list_stays_until_a_coordinator_lifts_that_row(
    case_file: FormDefinition, done: list[Step], chance: random.Random
) -> None:
    changes = history(done)
    mixed = list(changes)
    chance.shuffle(mixed)
    found = standing(case_file, changes)
    assert found == standing(case_file, mixed), "the order in which tablets met"
    lifted = {each.row for each in done if each.what == "lift" and WORKERS[each.device] in COORDINATORS}
    put_on = {(each.row, each.name) for each in named(done)}
    for row, name in put_on:
        if row not in lifted:
            assert found.denies(name), (row, name)
    assert found.names <= {same_name(name) for _, name in put_on}


@settings(max_examples=200, deadline=None)
@given(steps())
def test_without_a_coordinators_lifting_nobody_comes_off(case_file: FormDefinition, done: list[Step]) -> None:
    officers = [each for each in done if each.what == "deny" or WORKERS[each.device] not in COORDINATORS]
    found = standing(case_file, history(officers))
    assert all(found.denies(each.name) for each in named(officers))


def test_ana_lifts_what_she_has_seen_and_arta_does_not(case_file: FormDefinition) -> None:
    put_on = Step("aaaaaaaa", ROWS[0], "deny", NAMES[0], False)
    by_ana, by_arta = (Step(device, ROWS[0], "lift", "", True) for device in ("cccccccc", "aaaaaaaa"))
    assert not standing(case_file, history([put_on, by_ana])).denies(NAMES[0])
    assert standing(case_file, history([put_on, by_arta])).denies(NAMES[0])
    # What is denied in another row stays so.
    again = Step("bbbbbbbb", ROWS[1], "deny", NAMES[0], False)
    assert standing(case_file, history([put_on, again, by_ana])).denies(NAMES[0])
    # Who had not seen Ana's word says it anew: the more careful one stands.
    offline = Step("bbbbbbbb", ROWS[0], "deny", NAMES[0], False)
    assert standing(case_file, history([put_on, by_ana, offline])).denies(NAMES[0])

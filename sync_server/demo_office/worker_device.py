"""A worker's device without a screen: fills forms by the real engine, and syncs with the real exchange.

It keeps what it has pulled in memory only. Its clock is the simulated one of the demo's story.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from forms import paths
from forms.definition import FormDefinition
from forms.entry import FormEntry
from sync_server.accounts import Actor
from sync_server.demo_office.diary import Answers
from sync_server.protocol.change import ChangeSet
from sync_server.protocol.clock import HybridClock
from sync_server.protocol.merge import FieldState
from sync_server.protocol.messages import ClockReading, SyncRequest, SyncResponse


class Exchanges(Protocol):
    def sync(self, actor: Actor, request: SyncRequest) -> SyncResponse: ...


class DemoBroken(Exception):
    """The demo's story no longer fits its forms or the exchange; the text names form and question."""


class WorkerDevice:
    def __init__(
        self, actor: Actor, exchange: Exchanges, now: Callable[[], datetime], chance: random.Random
    ) -> None:
        self._actor = actor
        self._exchange = exchange
        self._now = now
        self._chance = chance
        self._clock = HybridClock(actor.device, self._now_ms)
        self._known: dict[str, dict[str, FieldState]] = {}
        self._outbox: list[ChangeSet] = []
        self._sequence = 0
        self._cursor: str | None = None

    def save(
        self, case: str, record: str, form: FormDefinition, answers: Answers, facts: Mapping[str, str]
    ) -> None:
        """Fill in or edit a record; what changed waits for the next `sync`."""
        known = self._known.setdefault(record, {})
        before = {path: state.value for path, state in known.items()}
        entry = FormEntry(
            form,
            before or None,
            language=form.default_language,
            now=self._now,
            random=self._chance,
            facts=facts,
        )
        fill(form.id, entry, answers)
        after = entry.values()
        values = {path: value for path, value in after.items() if before.get(path) != value}
        values |= {
            path: None for path, value in before.items() if value is not None and after.get(path) is None
        }
        stamp = self._clock.tick()
        self._sequence += 1
        self._outbox.append(
            ChangeSet(
                id=self._uuid(),
                record=record,
                case=case,
                form=form.id,
                form_version=form.version,
                stamp=stamp,
                author=self._actor.login,
                device=self._actor.device,
                sequence=self._sequence,
                values=values,
                path_parents={path: known[path].heads for path in values if path in known},
            )
        )
        for path, value in values.items():
            known[path] = FieldState(value, (stamp,), stamp, self._actor.login, self._actor.device)

    def sync(self) -> None:
        """Push what waits and pull everything new."""
        pushed = tuple(self._outbox)
        batch = self._uuid() if pushed else None
        more = True
        while more:
            response = self._exchange.sync(
                self._actor,
                SyncRequest(
                    clock=ClockReading(self._now_ms()),
                    batch=batch,
                    changes=pushed,
                    cursor=self._cursor,
                    demo=True,
                ),
            )
            if response.refused:
                raise DemoBroken(f"the exchange refused a change set: {response.refused[0].code}")
            for item in response.page.items:
                self._known.setdefault(item.record, {}).update(item.states())
            if response.max_stamp is not None:
                self._clock.observe(response.max_stamp)
            self._cursor = response.page.cursor
            self._outbox.clear()
            pushed, batch, more = (), None, response.page.more

    def _now_ms(self) -> int:
        return round(self._now().timestamp() * 1000)

    def _uuid(self) -> str:
        return str(uuid.UUID(int=self._chance.getrandbits(128), version=4))


def fill(form: str, entry: FormEntry, answers: Answers) -> None:
    """Answer the questions that are asked, by their names, and see that the form is valid then.

    An answer to a question that is not asked is left out, as on a screen. A list of maps answers a
    repeat, one instance for each map.
    """
    _answer_all(form, entry, "", {**answers})
    missing = entry.validate()
    if missing:
        raise DemoBroken(f"{form}: {missing[0].path} is not valid ({missing[0].kind})")


def _answer_all(form: str, entry: FormEntry, within: str, answers: dict[str, Any]) -> None:
    """Answer what is asked below `within`; an answer may bring further questions, so look again."""
    asked = True
    while answers and asked:
        asked = False
        for node in entry.outline():
            name = paths.template(node.path).rpartition("/")[2]
            if node.kind not in ("question", "repeat") or name not in answers:
                continue
            if not paths.is_within(node.path, within):
                continue
            answer = answers.pop(name)
            if node.kind == "repeat":
                _answer_repeat(form, entry, node.path, answer)
            else:
                change = entry.answer(node.path, answer)
                if change.violation is not None:
                    raise DemoBroken(f"{form}: {node.path} refuses its answer ({change.violation.kind})")
            asked = True
            break


def _answer_repeat(form: str, entry: FormEntry, repeat: str, instances: Sequence[Mapping[str, Any]]) -> None:
    for number, answers in enumerate(instances):
        if number >= len(entry.repeat(repeat).instances):
            entry.add_instance(repeat)
        _answer_all(form, entry, entry.repeat(repeat).instances[number], dict(answers))

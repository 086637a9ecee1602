"""A filled-in form of a case, as it is kept and sent: values by path, nothing else that is derived."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from forms import paths
from forms.definition import FormDefinition

RecordState = Literal["draft", "finished"]


@dataclass(frozen=True, slots=True)
class Record:
    """One record. `values` are JSON by instance path; a path that is not there is not answered."""

    id: str
    case: str
    form: str
    form_version: str
    state: RecordState
    values: Mapping[str, Any] = field(default_factory=dict)

    def with_values(self, changed: Mapping[str, Any]) -> Record:
        """The record after a change: None takes a value away."""
        merged = {**self.values, **changed}
        kept = {path: value for path, value in merged.items() if value is not None}
        return Record(self.id, self.case, self.form, self.form_version, self.state, kept)

    def by_meaning(self, definition: FormDefinition, meaning: str) -> Any:
        """The first value whose question has this meaning, or None."""
        wanted = {path for path, question in definition.questions.items() if question.meaning == meaning}
        return next((value for path, value in self.values.items() if paths.template(path) in wanted), None)

    def instances(self, repeat: str) -> tuple[str, ...]:
        """The paths of a repeat's instances, in order."""
        found = [
            (order, path)
            for path, order in self.values.items()
            if isinstance(order, int) and paths.instance_id(path) and paths.template(path) == repeat
        ]
        return tuple(path for _, path in sorted(found))


def changed_values(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """What has to change in `before` to become `after`; None where a value is gone."""
    changed = {path: value for path, value in after.items() if before.get(path) != value}
    changed.update(dict.fromkeys(before.keys() - after.keys()))
    return changed

"""What a form may ask of the device and of the one who holds it (ODK XForms, 'Metadata' and 'Preload').

A form that nobody gave anything learns nothing: the device's number or the worker's name come to a record
only where the app hands them over.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Literal

from forms import answer_types
from forms.definition import Question
from forms.expression.values import Moment
from forms.world import World


@dataclass(frozen=True, slots=True)
class Surroundings:
    """`properties` are those of ODK (`deviceid`, `username`, `email`, `phonenumber`), by name.

    `instance_id` is the record's own id, `uuid:` and all; where there is none, one is drawn. `location`
    gives the place where the device is, as text of a geopoint, or the empty text. `furthest` is the zone of
    the office, among all that write in one record, that has the next day first: a day that was right there
    breaks no constraint here.
    """

    properties: Mapping[str, str] = field(default_factory=dict)
    instance_id: str | None = None
    location: Callable[[], str] = str
    furthest: tzinfo | None = None


NOWHERE = Surroundings()


def preloaded(
    question: Question, moment: Literal["start", "end"], surroundings: Surroundings, world: World
) -> str:
    """The text that the question gets by itself when its record begins or ends; else the empty text."""
    kind, _, wanted = (question.preload or "").partition(":")
    if kind == "timestamp" and wanted == moment:
        now = world.now().astimezone(world.zone)
        return answer_types.from_result(question, Moment(now.date(), now, world.zone), world.zone)
    if moment == "end":
        return ""
    if kind == "date" and wanted == "today":
        today = Moment(world.now().astimezone(world.zone).date(), None, world.zone)
        return answer_types.from_result(question, today, world.zone)
    if kind == "property":
        return surroundings.properties.get(wanted, "")
    if kind == "uid":
        drawn = uuid.UUID(int=world.random.getrandbits(128), version=4)
        return surroundings.instance_id or f"uuid:{drawn}"
    return ""

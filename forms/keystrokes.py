"""How long the usual path of a form keeps a worker's hands busy: taps and keys by the keystroke-level model.

The model is that of Card, Moran and Newell (1983): a skilled user, no slip, each act with a time of its own.
Theirs are times of a desk with keyboard and mouse; nobody has been timed with Homeward. Where they leave a
choice the slower value is taken, since glass is slower than keys. What two people say to each other is not
in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from forms.definition import Question
from forms.sheets import Cut
from forms.usual_path import Given, UsualPath

#: To point at a target (1.10 s) and press (0.20 s).
TAP: Final = 1.30
#: A key; their value for random letters, above that of people who type without being typists (0.28 s).
KEY: Final = 0.50
#: To make up one's mind, here once for each question and each button that leads on.
MIND: Final = 1.35
#: The reply to a tap that leads to another page, our own assumption.
TURN: Final = 0.50
#: Until the passphrase has opened the store, our own assumption; on a small tablet one guess takes 0.4 s.
OPEN: Final = 3.00
#: Until a photo has been taken or found and sealed, our own assumption.
PHOTO: Final = 5.00
#: Five words of five letters, and the blanks between them.
PASSPHRASE: Final = 5 * 5 + 4
TIMES: Final = (
    f"tap {TAP:.2f} s, key {KEY:.2f} s, decision {MIND:.2f} s (Card, Moran and Newell 1983); "
    f"page {TURN:.2f} s, unlocking {OPEN:.2f} s, photo {PHOTO:.2f} s (our assumptions); "
    f"a passphrase of five words has {PASSPHRASE} keys"
)


@dataclass(frozen=True, slots=True)
class Step:
    """One stretch of the way: a screen, or a sheet of the form."""

    name: str
    taps: int = 0
    keys: int = 0
    decisions: int = 0
    waits: float = 0.0

    @property
    def seconds(self) -> float:
        return self.taps * TAP + self.keys * KEY + self.decisions * MIND + self.waits

    def and_(self, other: Step) -> Step:
        return Step(
            self.name,
            self.taps + other.taps,
            self.keys + other.keys,
            self.decisions + other.decisions,
            self.waits + other.waits,
        )


def from_locked(path: UsualPath) -> tuple[Step, ...]:
    """The way from a locked device, through Today and every sheet of the form, to the finished record."""
    return (
        Step("unlock", taps=1, keys=PASSPHRASE, decisions=1, waits=OPEN),
        Step("Today: the button of what is due", taps=1, decisions=1, waits=TURN),
        *_sheets(path),
        Step("check and finish", taps=1, decisions=1, waits=TURN),
    )


def seconds(steps: tuple[Step, ...]) -> float:
    return sum(step.seconds for step in steps)


def _sheets(path: UsualPath) -> Iterator[Step]:
    """Each sheet with its questions, one swipe through it, and the button that leads on."""
    given = {one.path: one for one in path.given}
    for sheet in Cut(path.entry.definition).sheets(path.entry.outline()):
        here = [given[node.path] for node in sheet.questions if node.path in given]
        step = Step(f"{sheet.section.label} ({len(here)} questions)", taps=2, decisions=1, waits=TURN)
        for one in here:
            step = step.and_(_act(one))
        yield step


def _act(given: Given) -> Step:
    """What one answer takes; to see that one is there already, or to pass a question over, is a decision."""
    question, raw = given.question, given.raw
    if raw is None:
        return Step("", decisions=1)
    if isinstance(raw, list):
        return Step("", taps=len(raw), decisions=1)
    if question.data_type == "binary":
        return Step("", taps=3, decisions=1, waits=PHOTO)
    if question.data_type in ("date", "time"):
        return Step("", taps=2, decisions=1)
    return Step("", taps=1, keys=_typed(question, str(raw)), decisions=1)


def _typed(question: Question, text: str) -> int:
    """A choice, 'now' and 'I have read this' are one tap."""
    one_tap = question.chooses or question.data_type == "dateTime" or question.type == "acknowledge"
    return 0 if one_tap else len(text)

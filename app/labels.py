"""How the forms on this device call the codes of their answers, in every language that they have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.shelf import Shelf, offers
from app.store import Snapshot
from app.views import Titles
from forms.display import text_of


def of_meanings(db: Snapshot, shelf: Shelf, meanings: Iterable[str]) -> Mapping[str, Titles]:
    """The label of each code that can be chosen in a question of one of these meanings, from the newest form
    that has it; of a code with several labels the one of the meaning that is named first."""
    wanted = {meaning: place for place, meaning in enumerate(meanings)}
    found: dict[str, tuple[int, Titles]] = {}
    for offer in offers(db):
        definition = shelf.find(db, offer.form, offer.version)
        if definition is None:
            continue
        for question in definition.questions.values():
            place = wanted.get(question.meaning or "")
            if place is None:
                continue
            for choice in question.choices:
                before = found.get(choice.name)
                if before is None or place < before[0]:
                    found[choice.name] = place, text_of(definition, question.path, choice.name)
    return {code: label for code, (_, label) in found.items()}

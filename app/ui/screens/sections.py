"""The sections of a form beside its questions: a list to jump in."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from kivy.metrics import dp
from kivy.uix.widget import Widget

from app.ui.i18n import T
from app.ui.screens.screen import heading
from app.ui.theme import TARGET, S
from app.ui.widgets import Icon, Row
from forms.entry import FormEntry
from forms.sheets import Sheet


def section_rows(
    entry: FormEntry, sheets: Iterable[Sheet], current: Sheet, turn_to: Callable[[str], None]
) -> list[Widget]:
    """All sections; that of the current sheet has the thick border. Nothing where there is only one.

    `turn_to(key)`: a section was chosen, which begins with the sheet of this key. Names:
    entry.section.<path>.
    """
    of_section: dict[str, list[Sheet]] = {}
    for sheet in sheets:
        of_section.setdefault(sheet.section.path, []).append(sheet)
    if len(of_section) < 2:
        return []
    rows = [_row(entry, those, path == current.section.path, turn_to) for path, those in of_section.items()]
    return [heading(T("Sections")), *rows]


def _row(entry: FormEntry, sheets: list[Sheet], selected: bool, turn_to: Callable[[str], None]) -> Row:
    section, first = sheets[0].section, sheets[0].key
    return Row(
        title=section.label,
        trailing=Icon(icon="check", tone="done", extent=20) if _all_answered(entry, sheets) else None,
        selected=selected,
        pressable=True,
        min_height=dp(TARGET + S),
        name=f"entry.section.{section.path}",
        on_release=lambda *_: turn_to(first),
    )


def _all_answered(entry: FormEntry, sheets: list[Sheet]) -> bool:
    states = [entry.state(node.path) for sheet in sheets for node in sheet.questions]
    asked = [state for state in states if state.type != "note" and not (state.calculated or state.readonly)]
    return all(state.value is not None for state in asked)

"""The question before a calendar file is written: it lies outside the encrypted store."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import platformdirs
from kivy.metrics import dp

from app.ui.i18n import T
from app.ui.theme import S
from app.ui.widgets import Banner, BidiLabel, Column, Dialog, TextField

FILE_NAME = "calendar.ics"


def usual_place() -> Path:
    """Where a person looks for a file that was written for her: her documents, else her own folder."""
    chosen = os.environ.get("HOMEWARD_DOCUMENTS")
    documents = Path(chosen) if chosen else platformdirs.user_documents_path()
    return (documents if documents.is_dir() else Path.home()) / FILE_NAME


class CalendarDialog(Dialog):
    """`CalendarDialog(write).open()`; `write(path, word)` when the worker wants it all the same."""

    def __init__(self, write: Callable[[Path, str], Any]) -> None:
        self._word = TextField(name="calendar.word", text=str(T("Appointment")))
        self._path = TextField(name="calendar.path", text=str(usual_place()))
        body = Column(spacing=dp(S))
        body.add_widget(
            Banner(
                text=T("This file is not encrypted. Whoever gets it can read it, also in copies and clouds."),
                meaning="attention",
            )
        )
        body.add_widget(
            BidiLabel(text=T("It holds days and one word for all of them; no name, no code, no place."))
        )
        for label, field in ((T("The word"), self._word), (T("The file"), self._path)):
            body.add_widget(BidiLabel(text=label, style="small", tone="ink2"))
            body.add_widget(field)
        super().__init__(
            title=T("A file outside the protected records"),
            body=body,
            name="calendar",
            keeps="calendar",
            actions=[
                (T("Write it"), "filled", lambda: write(self._out(), self._word.text.strip())),
                (T("Cancel"), "plain", None),
            ],
        )

    def _out(self) -> Path:
        out = Path(self._path.text.strip() or str(usual_place())).expanduser()
        return out / FILE_NAME if out.is_dir() else out

"""A report as a file outside the encrypted store: its table, and the question before it is written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from kivy.metrics import dp

from app.reports import ReportView
from app.ui.i18n import T, joined
from app.ui.screens import indicator_words as words
from app.ui.screens.calendar_dialog import usual_place
from app.ui.theme import S
from app.ui.widgets import Banner, BidiLabel, Column, Dialog, TextField

#: What has to be known before a file of an output leaves the store.
WARNINGS = {
    "internal": T(
        "This file is not encrypted, and its exact numbers can tell who somebody is. "
        "Give it to nobody outside, and delete it when it has served."
    ),
    "donor": T("This file is not encrypted. It is for the donor alone, and never to be published."),
    "public": T("This file may be published."),
}


def table(view: ReportView) -> list[list[str]]:
    """The report in the words of the language of now, with its definitions; what is withheld says so."""
    head = [
        T("Figure"),
        T("Row"),
        T("Number"),
        T("Of"),
        T("Not known"),
        T("Withheld"),
        T("How it is counted"),
    ]
    period = words.period(view.first, view.last)
    about = [str(T(words.OUTPUTS[view.output])), str(period), view.programme, view.as_of.isoformat()]
    rows = [about, [str(T(words.ABOUT[view.output]))], [], [str(each) for each in head]]
    for line in view.lines:
        definition = view.definitions.get(line.indicator)
        rows.append(
            [
                str(joined(words.title(line, view))),
                str(words.group(line, view)),
                "" if line.value is None else str(line.value),
                "" if line.of is None else str(line.of),
                "" if line.missing is None else str(line.missing),
                str(T("Withheld")) if line.withheld else "",
                str(words.how(definition)) if definition else "",
            ]
        )
    return rows


class ReportDialog(Dialog):
    """`ReportDialog(view, write).open()`; `write(path)` when the coordinator wants it all the same.

    Names: report.file.path, report.file.0 to write it.
    """

    def __init__(self, view: ReportView, write: Callable[[Path], Any]) -> None:
        self._usual = usual_place().with_name(f"{view.output}-{view.as_of.isoformat()}.csv")
        self._path = TextField(name="report.file.path", text=str(self._usual))
        body = Column(spacing=dp(S))
        meaning = {"internal": "danger", "donor": "attention"}.get(view.output, "primary")
        body.add_widget(Banner(text=WARNINGS[view.output], meaning=meaning, name="report.file.warning"))
        body.add_widget(BidiLabel(text=T("The file"), style="small", tone="ink2"))
        body.add_widget(self._path)
        super().__init__(
            title=T("A file outside the protected records"),
            body=body,
            name="report.file",
            keeps=f"report {view.output}",
            actions=[
                (
                    T("Write it"),
                    "danger" if view.output == "internal" else "filled",
                    lambda: write(self._out()),
                ),
                (T("Cancel"), "plain", None),
            ],
        )

    def _out(self) -> Path:
        out = Path(self._path.text.strip() or str(self._usual)).expanduser()
        return out / self._usual.name if out.is_dir() else out

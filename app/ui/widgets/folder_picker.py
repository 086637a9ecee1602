"""Choosing a folder, as on a stick: what is plugged in, the folders below, or a typed path."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kivy.metrics import dp

from app.ui.i18n import T
from app.ui.theme import S
from app.ui.widgets.buttons import PushButton
from app.ui.widgets.dialog import Sheet
from app.ui.widgets.fields import TextField
from app.ui.widgets.file_picker import entries
from app.ui.widgets.icon import Icon
from app.ui.widgets.label import BidiLabel
from app.ui.widgets.layouts import Column, Flow, RowLayout
from app.ui.widgets.rows import Row

_MOST = 120


class FolderPicker(Sheet):
    """`on_pick(path)` when a folder was chosen. `first` are offered above all others; it begins in the only
    one, or in `folder`. Names: folders.path, folders.up, folders.folder.<>, folders.take, folders.cancel."""

    def __init__(self, *, take: T, folder: Path, first: Sequence[Path] = (), **options: Any) -> None:
        self.register_event_type("on_pick")
        options.setdefault("name", "folders")
        super().__init__(max_width=640, **options)
        self._first = tuple(first)
        self._folder = folder
        self._path = TextField(name="folders.path")
        self._path.fbind("on_text_validate", self._typed)
        self._list = Column(spacing=dp(S))
        top = RowLayout()
        up = PushButton(icon="chevron-up", text=T("Up"), name="folders.up")
        up.fbind("on_release", lambda _: self._go(self._folder.parent))
        for widget in (self._path, up):
            top.add_widget(widget)
        line = Flow(spacing=dp(S))
        self._take = PushButton(text=take, kind="filled", name="folders.take")
        self._take.fbind("on_release", self._choose)
        close = PushButton(text=T("Cancel"), kind="plain", name="folders.cancel")
        close.fbind("on_release", self.dismiss)
        for widget in (self._take, close):
            line.add_widget(widget)
        for widget in (top, line, self._list):
            self.card.add_widget(widget)
        self._go(self._first[0] if len(self._first) == 1 else folder)

    def on_pick(self, path: Path) -> None:
        """A folder was chosen."""

    def _typed(self, *_: Any) -> None:
        path = self._written()
        if path.is_dir():
            self._go(path)
        else:
            self._list.clear_widgets()
            self._list.add_widget(
                BidiLabel(
                    text=T("There is no such folder."), style="label", tone="danger", name="folders.none"
                )
            )

    def _go(self, folder: Path) -> None:
        self._folder = folder
        self._path.text = str(folder)
        self._list.clear_widgets()
        for path in self._first:
            if path != folder:
                self._add(path, "document", T("Plugged in"))
        folders, _ = entries(folder)
        for path in folders[:_MOST]:
            if path not in self._first:
                self._add(path, "folder", "")

    def _add(self, path: Path, icon: str, told: Any) -> None:
        row = Row(
            title=path.name or str(path),
            subtitle=told,
            leading=Icon(icon=icon, tone="ink2"),
            pressable=True,
            name=f"folders.folder.{path.name}",
        )
        row.fbind("on_release", lambda _, chosen=path: self._go(chosen))
        self._list.add_widget(row)

    def _written(self) -> Path:
        return Path(self._path.text.strip() or str(self._folder)).expanduser()

    def _choose(self, *_: Any) -> None:
        """What is written in the line counts: a path may have been typed without pressing Enter."""
        path = self._written()
        if not path.is_dir():
            self._typed()
            return
        self.dismiss()
        self.dispatch("on_pick", path)

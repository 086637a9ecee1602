"""Choosing a picture among the files of the device: a small list of folders and pictures, or a typed path."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kivy.metrics import dp

from app.ui.i18n import T
from app.ui.theme import S
from app.ui.widgets.buttons import PushButton
from app.ui.widgets.dialog import Sheet
from app.ui.widgets.fields import TextField
from app.ui.widgets.icon import Icon
from app.ui.widgets.label import BidiLabel
from app.ui.widgets.layouts import Column, RowLayout
from app.ui.widgets.rows import Row

PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp"})
_MOST = 120


def entries(folder: Path) -> tuple[list[Path], list[Path]]:
    """Folders and pictures in `folder` without hidden ones, newest picture first; none if it is closed."""
    try:
        found = [path for path in folder.iterdir() if not path.name.startswith(".")]
        folders = sorted((path for path in found if path.is_dir()), key=lambda path: path.name.lower())
        files = [path for path in found if path.suffix.lower() in PICTURES and path.is_file()]
        files.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    except OSError:
        return [], []
    return folders, files


class FilePicker(Sheet):
    """`on_pick(path)` when a file was chosen. Names: files.path, files.up, files.folder.<>, files.file.<>."""

    def __init__(self, *, folder: Path, **options: Any) -> None:
        self.register_event_type("on_pick")
        options.setdefault("name", "files")
        super().__init__(max_width=640, **options)
        self._folder = folder
        self._path = TextField(name="files.path")
        self._path.fbind("on_text_validate", self._typed)
        self._problem = BidiLabel(style="label", tone="danger")
        self._list = Column(spacing=dp(S))
        top = RowLayout()
        up = PushButton(icon="chevron-up", text=T("Up"), name="files.up")
        up.fbind("on_release", lambda _: self._go(self._folder.parent))
        close = PushButton(text=T("Cancel"), kind="plain", name="files.cancel")
        close.fbind("on_release", self.dismiss)
        for widget in (self._path, up, close):
            top.add_widget(widget)
        self.card.add_widget(top)
        self.card.add_widget(self._list)
        self._go(folder)

    def on_pick(self, path: Path) -> None:
        """A file was chosen."""

    def _typed(self, *_: Any) -> None:
        path = Path(self._path.text.strip()).expanduser()
        if path.is_dir():
            self._go(path)
        elif path.is_file():
            self._choose(path)
        else:
            self._problem.text = T("There is no such file.")
            if self._problem.parent is None:
                self._list.add_widget(self._problem, index=len(self._list.children))

    def _go(self, folder: Path) -> None:
        self._folder = folder
        self._path.text = str(folder)
        self._list.clear_widgets()
        folders, files = entries(folder)
        for path in [*files[:_MOST], *folders[:_MOST]]:
            is_folder = path in folders
            row = Row(
                title=path.name,
                leading=Icon(icon="folder" if is_folder else "photo", tone="ink2"),
                pressable=True,
                name=f"files.{'folder' if is_folder else 'file'}.{path.name}",
            )
            row.fbind(
                "on_release",
                lambda _, chosen=path: self._go(chosen) if chosen.is_dir() else self._choose(chosen),
            )
            self._list.add_widget(row)
        if not folders and not files:
            self._list.add_widget(BidiLabel(text=T("No pictures here."), tone="ink2"))

    def _choose(self, path: Path) -> None:
        self.dismiss()
        self.dispatch("on_pick", path)

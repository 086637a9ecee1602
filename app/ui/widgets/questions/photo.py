"""A photo: chosen from the files of the device, shown from its bytes, never written by the screen."""

from __future__ import annotations

from typing import Any

from kivy.metrics import dp

from app.ui.i18n import T
from app.ui.theme import M
from app.ui.widgets.buttons import PushButton
from app.ui.widgets.file_picker import FilePicker
from app.ui.widgets.layouts import Flow
from app.ui.widgets.picture import Picture
from app.ui.widgets.questions.base import QuestionWidget, State


class PhotoQuestion(QuestionWidget):
    """`on_attach(path, source)` when a file was chosen; the state's value is the attachment's name."""

    def build(self) -> None:
        self._shown_name: str | None = None
        self.picture = Picture(name=f"entry.picture.{self.path}")
        self._choose = PushButton(icon="photo", text=T("Choose a photo"), name=f"entry.question.{self.path}")
        self._choose.fbind("on_release", self._pick)
        self._remove = PushButton(
            icon="trash", text=T("Remove"), kind="plain", name=f"entry.clear.{self.path}"
        )
        self._remove.fbind("on_release", lambda _: self.answer(None))
        self._line = Flow(spacing=dp(M))
        self.body.add_widget(self._line)

    def show(self, state: State) -> None:
        name = str(state.value) if state.value else None
        self._line.clear_widgets()
        if not state.readonly:
            self._choose.text = T("Choose another photo") if name else T("Choose a photo")
            self._line.add_widget(self._choose)
            if name:
                self._line.add_widget(self._remove)
        if name == self._shown_name:
            return
        self._shown_name = name
        self.picture.clear()
        if self.picture.parent is not None:
            self.body.remove_widget(self.picture)
        if name is not None:
            self.body.add_widget(self.picture, index=len(self.body.children))
            if self.context.load_picture is not None:
                self.context.load_picture(name, lambda data: self._loaded(name, data))

    def _loaded(self, name: str, data: bytes) -> None:
        if name == self._shown_name:
            self.picture.show(data)

    def _pick(self, *_: Any) -> None:
        picker = FilePicker(folder=self.context.pictures_folder, title=T("Choose a photo"))
        picker.fbind("on_pick", lambda _picker, source: self.dispatch("on_attach", self.path, str(source)))
        picker.open()

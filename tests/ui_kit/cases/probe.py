"""What the probe tells."""

from __future__ import annotations

import json
import socket
import tempfile
import threading
from pathlib import Path
from typing import Any

from kivy.base import EventLoop
from kivy.core.window import Window

from app.ui import probe
from app.ui.widgets import (
    Button,
    Column,
    TextField,
)
from tests.ui_kit.hands import (
    named,
    show,
)


def case_the_probe_tells_places_and_never_a_masked_value() -> None:
    column = Column(size_hint=(None, None), width=400, pos=(100, 500))
    column.add_widget(TextField(name="secret", secret=True, text="never told"))
    column.add_widget(Button(name="go", text="Go"))
    show(column)
    path = Path(tempfile.mkdtemp()) / "p.sock"
    allowed = [True]
    listening = probe.Probe(path, lambda: allowed[0])
    try:
        answer = _ask(path)
        assert "never told" not in json.dumps(answer)
        told = {entry["name"]: entry for entry in answer if entry["name"]}
        go = named("go")
        assert told["go"]["x"] == round(go.x)
        assert told["go"]["y"] == round(Window.height - go.y - go.height)
        assert told["go"]["text"] == "Go"
        assert oct(path.stat().st_mode & 0o777) == "0o600"
        allowed[0] = False
        assert _ask(path) == []
    finally:
        listening.close()


def _ask(path: Path) -> Any:
    answers: list[bytes] = []

    def ask() -> None:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(path))
            while part := connection.recv(65536):
                answers.append(part)

    thread = threading.Thread(target=ask)
    thread.start()
    while thread.is_alive():
        EventLoop.idle()
    return json.loads(b"".join(answers))

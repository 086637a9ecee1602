"""Which calls ask a system to keep the window out of pictures; the systems themselves are not here."""

from __future__ import annotations

import importlib
from types import SimpleNamespace
from typing import Any

import pytest

from app import capture

WINDOW = SimpleNamespace(get_window_info=lambda: SimpleNamespace(window=4711))


def _modules(monkeypatch: pytest.MonkeyPatch, modules: dict[str, Any]) -> None:
    real = importlib.import_module
    monkeypatch.setattr(
        capture.importlib,
        "import_module",
        lambda name: modules[name] if name in modules else real(name),
    )


@pytest.mark.parametrize(
    ("accepted", "calls"), [({0x11}, [0x11]), ({0x01}, [0x11, 0x01]), (set(), [0x11, 0x01])]
)
def test_windows_is_asked_for_no_window_at_all_and_an_older_one_for_a_black_one(
    monkeypatch: pytest.MonkeyPatch, accepted: set[int], calls: list[int]
) -> None:
    asked: list[tuple[int, int]] = []

    def affinity(handle: int, wish: int) -> int:
        asked.append((handle, wish))
        return int(wish in accepted)

    user32 = SimpleNamespace(SetWindowDisplayAffinity=affinity)
    _modules(monkeypatch, {"ctypes": SimpleNamespace(windll=SimpleNamespace(user32=user32))})
    assert capture.refuse(WINDOW, "win32") is bool(accepted)
    assert asked == [(4711, wish) for wish in calls]


def test_android_is_asked_on_its_own_thread_for_a_secure_window(monkeypatch: pytest.MonkeyPatch) -> None:
    flags: list[int] = []
    threads: list[str] = []
    activity = SimpleNamespace(getWindow=lambda: SimpleNamespace(addFlags=flags.append))

    def run_on_ui_thread(work: Any) -> Any:
        threads.append("ui")
        return work

    _modules(
        monkeypatch,
        {
            "jnius": SimpleNamespace(autoclass=lambda name: SimpleNamespace(mActivity=activity)),
            "android.runnable": SimpleNamespace(run_on_ui_thread=run_on_ui_thread),
        },
    )
    assert capture.refuse(WINDOW, "android")
    assert (flags, threads) == ([0x2000], ["ui"])


def test_a_system_that_cannot_or_fails_leaves_the_window_open_and_no_name_in_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert not capture.refuse(WINDOW, "linux")
    assert not capture.refuse(WINDOW, "darwin")
    assert caplog.records == []
    _modules(monkeypatch, {"ctypes": SimpleNamespace()})
    assert not capture.refuse(WINDOW, "win32")
    assert [each.getMessage() for each in caplog.records] == ["window.capture_not_refused"]

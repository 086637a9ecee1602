"""Asking the system to keep the window out of screenshots, recordings and the list of recent programs.

Windows and Android can refuse them; X11, Wayland and macOS leave no such word to a program, and
docs/cover.md says so. A demo may be photographed.
"""

from __future__ import annotations

import importlib
import logging
import sys
from typing import Any, Final

from sync_server.protocol.log_lines import error_facts

log = logging.getLogger("app.window")

#: WDA_EXCLUDEFROMCAPTURE (Windows 10 2004 and later: the window is not there) and WDA_MONITOR (it is black).
_EXCLUDED, _BLACK = 0x11, 0x01
#: WindowManager.LayoutParams.FLAG_SECURE.
FLAG_SECURE: Final = 0x2000


def refuse(window: Any, platform: str = sys.platform) -> bool:
    """Whether the system keeps `window` (Kivy's) out of pictures from now on. It never raises: a window
    that can be photographed is better than none."""
    try:
        if platform == "win32":
            return _on_windows(window)
        if platform == "android" or hasattr(sys, "getandroidapilevel"):
            return _on_android()
    except Exception as error:
        log.warning("window.capture_not_refused", extra=error_facts(error))
    return False


def _on_windows(window: Any) -> bool:
    user32 = importlib.import_module("ctypes").windll.user32
    handle = window.get_window_info().window
    return any(user32.SetWindowDisplayAffinity(handle, wish) for wish in (_EXCLUDED, _BLACK))


def _on_android() -> bool:
    """On the thread that owns Android's views, which is not ours."""
    jnius = importlib.import_module("jnius")
    runnable = importlib.import_module("android.runnable").run_on_ui_thread
    activity = jnius.autoclass("org.kivy.android.PythonActivity").mActivity
    runnable(lambda: activity.getWindow().addFlags(FLAG_SECURE))()
    return True

"""In place of the hook of PyInstaller: SDL2 for window, text and images; no sound, film or camera.

Kivy chooses its providers by name at run time, and its compiled modules import each other where no
analysis sees it. This hook does not import Kivy, which would write logs into the home folder.
"""

import platform
from pathlib import Path

from PyInstaller.utils.hooks import get_package_paths

_KIVY = Path(get_package_paths("kivy")[1])
#: Of Kivy's own data what it opens without being asked; its keyboards and tools are not ours.
_DATA = (
    "style.kv",
    "glsl/*",
    "fonts/Roboto*.ttf",
    "images/*.atlas",
    "images/*.png",
    "images/image-loading.*",
)


def _data(pattern: str) -> list[tuple[str, str]]:
    """Where PyInstaller's runtime hook for Kivy lets it look."""
    found = [file for file in (_KIVY / "data").glob(pattern) if file.is_file()]
    if not found:
        raise LookupError(f"Kivy has no data/{pattern} any more")
    return [(str(file), f"kivy_install/{file.parent.relative_to(_KIVY).as_posix()}") for file in found]


datas = [each for pattern in _DATA for each in _data(pattern)]

hiddenimports = [
    *(f"kivy.graphics.{file.name.partition('.')[0]}" for file in (_KIVY / "graphics").glob("[a-z]*.so")),
    *(f"kivy.graphics.{file.name.partition('.')[0]}" for file in (_KIVY / "graphics").glob("[a-z]*.pyd")),
    "kivy.core.clipboard.clipboard_dummy",
    "kivy.core.clipboard.clipboard_sdl2",
    "kivy.core.clipboard.clipboard_xclip",
    "kivy.core.clipboard.clipboard_xsel",
    "kivy.core.gl",
    "kivy.core.image.img_sdl2",
    "kivy.core.image.img_tex",
    "kivy.core.text.text_sdl2",
    "kivy.core.window.window_info",
    "kivy.core.window.window_sdl2",
    "kivy.graphics.cgl_backend.cgl_gl",
    "kivy.graphics.cgl_backend.cgl_glew",
    "kivy.graphics.cgl_backend.cgl_sdl2",
    "kivy.uix.boxlayout",
    "kivy.uix.bubble",
    "kivy.uix.label",
    "kivy.weakmethod",
]
if platform.system() == "Windows":
    hiddenimports += ["kivy.core.clipboard.clipboard_winctypes"]

excludedimports = [
    "_tkinter",
    "cv2",
    "docutils",
    "enchant",
    "ffpyplayer",
    "gi",
    "kivy.core.audio",
    "kivy.core.camera",
    "kivy.core.video",
    "kivy.lib.gstplayer",
    "kivy.lib.vidcore_lite",
    "numpy",
    "pygame",
    "pygments",
    "tkinter",
    "twisted",
]

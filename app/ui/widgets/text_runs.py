"""Textures of runs: one run of one direction and script, shaped by SDL_ttf's HarfBuzz, drawn in white.

Textures and widths are kept, least recently used first out, since lists show the same words again and again.
"""

from __future__ import annotations

from collections import OrderedDict
from functools import lru_cache

from kivy.core.text import Label as CoreLabel
from kivy.graphics.texture import Texture

from app.ui.bidi import Run, visual_runs
from app.ui.theme import BOLD, REGULAR

_KEPT_TEXTURES = 1500


class _RunLabel(CoreLabel):
    """Kivy's text provider with fonts kept apart by direction and script.

    Kivy 2.3.1 sets both on a font only while it renders, so that a width asked for before is that of
    unshaped letters: a blank is rendered first, always.
    """

    def _get_font_id(self) -> str:
        chosen = self.options
        kept_apart = ("font_size", "font_name_r", "font_direction", "font_script_name")
        return "|".join(str(chosen[name]) for name in kept_apart)

    def size_of(self, text: str) -> tuple[int, int]:
        self._size = (1, 1)
        self._render_begin()
        self._render_text(" ", 0, 0)
        return self.get_extents(text)

    def picture_of(self, text: str) -> Texture:
        self._size = self.size_of(text)
        self._render_begin()
        self._render_text(text, 0, 0)
        data = self._render_end()
        texture = Texture.create(size=self._size, colorfmt="rgba")
        texture.blit_data(data)
        texture.flip_vertical()
        return texture


@lru_cache(maxsize=256)
def _label(pixels: int, bold: bool, rtl: bool, script: str) -> _RunLabel:
    return _RunLabel(
        font_size=pixels,
        font_name=BOLD if bold else REGULAR,
        font_direction="rtl" if rtl else "ltr",
        font_script_name=script,
        font_hinting="light",
    )


@lru_cache(maxsize=20000)
def run_width(text: str, pixels: int, bold: bool, rtl: bool, script: str) -> int:
    """How far the pen moves over one run."""
    label = _label(pixels, bold, rtl, script)
    if not text.strip():
        return label.size_of(f"x{text}x")[0] - label.size_of("xx")[0]
    return label.size_of(text)[0]


@lru_cache(maxsize=256)
def ascent(pixels: int, bold: bool) -> int:
    """From the top of a run's texture down to its baseline."""
    label = _label(pixels, bold, False, "Latn")
    label.size_of("x")
    return label.get_ascent()


_textures: OrderedDict[tuple[str, int, bool, bool, str], Texture] = OrderedDict()


def texture(run: Run, pixels: int, bold: bool) -> Texture:
    """The picture of a run that is not blank, white on nothing, to be tinted."""
    key = (run.text, pixels, bold, run.rtl, run.script)
    known = _textures.get(key)
    if known is not None:
        _textures.move_to_end(key)
        return known
    made = _label(pixels, bold, run.rtl, run.script).picture_of(run.text)
    _textures[key] = made
    if len(_textures) > _KEPT_TEXTURES:
        _textures.popitem(last=False)
    return made


def measure(text: str, pixels: int, bold: bool, rtl: bool) -> int:
    """The width of one line of text, as it will be drawn."""
    return sum(run_width(run.text, pixels, bold, run.rtl, run.script) for run in visual_runs(text, rtl))

"""A picture from bytes, made small enough for any graphics card before it is drawn."""

from __future__ import annotations

import io
from typing import Any

from kivy.graphics import Color, Rectangle
from kivy.graphics.texture import Texture
from kivy.metrics import dp
from kivy.properties import NumericProperty
from PIL import Image, ImageOps, UnidentifiedImageError

from app.ui.i18n import T, language
from app.ui.theme import theme
from app.ui.widgets.label import BidiLabel
from app.ui.widgets.layouts import Column
from app.ui.widgets.live import Live

_LARGEST = 1280


class Picture(Column):
    """`show(bytes)`: at most `largest` dp high; what is no picture is said so."""

    largest = NumericProperty(280)

    def show(self, data: bytes) -> None:
        self.clear_widgets()
        try:
            with Image.open(io.BytesIO(data)) as opened:
                opened.draft("RGB", (_LARGEST, _LARGEST))
                picture = ImageOps.exif_transpose(opened).convert("RGBA")
        except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
            self.add_widget(BidiLabel(text=T("This file is not a picture that can be shown."), tone="danger"))
            return
        picture.thumbnail((_LARGEST, _LARGEST))
        texture = Texture.create(size=picture.size, colorfmt="rgba")
        texture.blit_buffer(picture.tobytes(), colorfmt="rgba", bufferfmt="ubyte")
        texture.flip_vertical()
        self.add_widget(_Drawing(texture, self.largest))

    def clear(self) -> None:
        self.clear_widgets()


class _Drawing(Live):
    def __init__(self, texture: Texture, largest: float, **options: Any) -> None:
        super().__init__(size_hint_y=None, **options)
        self._texture = texture
        self._largest = largest
        self.fbind("pos", self._draw)
        self.fbind("size", self._draw)
        self._draw()

    def look_changed(self) -> None:
        self._draw()

    def language_changed(self) -> None:
        self._draw()

    def _draw(self, *_: Any) -> None:
        wide, high = self._texture.size
        scale = min(dp(self._largest) / high, max(1.0, self.width) / wide)
        self.height = high * scale
        x = self.x + self.width - wide * scale if language.rtl else self.x
        self.canvas.clear()
        with self.canvas:
            Color(rgba=theme.colour("line"))
            Rectangle(pos=(x - 1, self.y - 1), size=(wide * scale + 2, self.height + 2))
            Color(1, 1, 1, 1)
            Rectangle(texture=self._texture, pos=(x, self.y), size=(wide * scale, self.height))

"""What a photo tells beside what it shows: place, time, camera. It is taken off before sealing."""

from __future__ import annotations

from io import BytesIO
from typing import Final

from PIL import Image, ImageOps

_FORMATS: Final = ("JPEG", "PNG")
#: EXIF's tag for how the camera was held.
_ORIENTATION: Final = 0x0112
#: What of a picture's own remarks is needed to show it rightly.
_NEEDED: Final = ("icc_profile", "transparency", "gamma")


def without_traces(content: bytes) -> bytes:
    """A JPEG or PNG without EXIF, XMP and comments, turned as the camera was held; anything else as it is.

    It is written anew from its pixels, so that nothing hidden behind the picture survives; a JPEG
    that needs no turning keeps its own quality. A file that only claims to be a picture, or is
    broken, is no picture: it is returned as it is.
    """
    try:
        with Image.open(BytesIO(content), formats=_FORMATS) as picture:
            form = picture.format
            turned = picture.getexif().get(_ORIENTATION, 1) != 1
            shown = ImageOps.exif_transpose(picture) if turned else picture
            shown.load()
            shown.info = {name: shown.info[name] for name in _NEEDED if name in shown.info}
            out = BytesIO()
            if form == "JPEG":
                profile = shown.info.get("icc_profile")
                if turned:
                    shown.save(out, "JPEG", quality=90, icc_profile=profile)
                else:
                    shown.save(out, "JPEG", quality="keep", icc_profile=profile)
            else:
                shown.save(out, "PNG")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return content
    return out.getvalue()

"""What the screens open by name: fonts, the icon, catalogues, and screens that are read when first needed."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from PyInstaller.config import CONF

_UI = Path(CONF["specpath"]).parent / "app" / "ui"
_COMPILED = Path(CONF["workpath"]) / "catalogues"


def _catalogue(source: Path) -> tuple[str, str]:
    """The catalogue as gettext reads it. Left to itself the app compiles it anew at each start."""
    inside = source.parent.relative_to(_UI)
    target = _COMPILED / inside / f"{source.stem}.mo"
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as texts, target.open("wb") as compiled:
        write_mo(compiled, read_po(texts, locale=source.parts[-3]))
    return str(target), f"app/ui/{inside.as_posix()}"


datas = [(str(_UI / "fonts" / each), "app/ui/fonts") for each in ("*.ttf", "OFL.txt")]
datas += [(str(_UI / "icon" / "*.png"), "app/ui/icon")]
datas += [_catalogue(source) for source in sorted(_UI.glob("locale/*/LC_MESSAGES/*.po"))]

hiddenimports = [f"app.ui.screens.{file.stem}" for file in sorted((_UI / "screens").glob("[a-z]*.py"))]

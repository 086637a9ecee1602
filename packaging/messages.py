"""Collects the texts of the app and merges them into its catalogues: `make messages`.

    python packaging/messages.py [--check]

Writes app/ui/locale/homeward.pot and updates <language>/LC_MESSAGES/homeward.po beside it; what was
translated stays. With --check nothing is written, and the exit status is 1 when a catalogue lacks a
text of the app or a translation of one.
"""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
LOCALE = ROOT / "app" / "ui" / "locale"
TEMPLATE = LOCALE / "homeward.pot"
TRANSLATED = ("fr", "sq", "ar", "uk")
_HEADER = "# Texts of the app. Drafts: no native speaker has reviewed the translations yet."
_DATED = (
    '"POT-Creation-Date',
    '"PO-Revision-Date',
    '"Generated-By',
    '"Project-Id-Version',
    '"Report-Msgid-Bugs-To',
    '"Last-Translator',
    '"Language-Team',
)
KEYWORDS = {"_": None, "N_": None, "T": None, "ngettext": (1, 2), "n": (1, 2)}


def collected() -> Catalog:
    """Every text of the app that a person may read, in the order of the sources."""
    texts = Catalog(header_comment=_HEADER, charset="utf-8", fuzzy=False)
    found = extract_from_dir(
        str(ROOT / "app"), method_map=[("**.py", "python")], keywords=KEYWORDS, comment_tags=("Translators:",)
    )
    for source, line, message, comments, context in found:
        texts.add(message, locations=[(f"app/{source}", line)], auto_comments=comments, context=context)
    return texts


def path_of(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "homeward.po"


def kept(language: str) -> Catalog:
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language, header_comment=_HEADER, charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def untranslated(language: str, texts: Catalog) -> list[str]:
    """The texts of the app that have no complete translation in this language."""
    there = kept(language)
    lacking = []
    for message in texts:
        if not message.id:
            continue
        name = message.id if isinstance(message.id, str) else message.id[0]
        translation = there.get(message.id, message.context)
        strings = (translation.string if translation else "") or ""
        whole = strings if isinstance(strings, (tuple, list)) else (strings,)
        if not whole or not all(whole) or (translation and translation.fuzzy):
            lacking.append(name)
    return lacking


def _write(path: Path, texts: Catalog) -> None:
    """Without line numbers and dates, so that a diff shows texts only."""
    out = io.BytesIO()
    write_po(
        out, texts, width=100, no_location=True, omit_header=False, sort_output=False, ignore_obsolete=True
    )
    lines = [line for line in out.getvalue().decode().splitlines() if not line.startswith(_DATED)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only tell what lacks a translation")
    only_check = parser.parse_args().check
    texts = collected()
    if not only_check:
        _write(TEMPLATE, texts)
        for language in TRANSLATED:
            catalogue = kept(language)
            catalogue.update(texts, no_fuzzy_matching=True)
            _write(path_of(language), catalogue)
    lacking = {language: untranslated(language, texts) for language in TRANSLATED}
    for language, names in lacking.items():
        print(f"{language}: {len(texts) - len(names)} of {len(texts)} texts translated")
        for name in names if only_check else []:
            print(f"  lacks: {name}")
    return 1 if only_check and any(lacking.values()) else 0


if __name__ == "__main__":
    sys.exit(main())

"""Names of any of our scripts in plain Latin letters, and as sounds that spellings have in common.

Latin, Arabic, Cyrillic (Ukrainian, and Russian letters) and Tifinagh (IRCAM's letters). It serves to
compare, never to show: who a person is called is as the person writes it. Letters after the Ukrainian
decree 55/2010 and the usual French and English spellings of Arabic, folded further by what is confused.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Final

_ARABIC: Final[Mapping[str, str]] = {
    "ا": "a", "أ": "a", "إ": "i", "آ": "a", "ٱ": "a", "ى": "a", "ة": "a", "ء": "", "ؤ": "w", "ئ": "y",
    "ب": "b", "ت": "t", "ث": "th", "ج": "j", "ح": "h", "خ": "kh", "د": "d", "ذ": "dh", "ر": "r", "ز": "z",
    "س": "s", "ش": "sh", "ص": "s", "ض": "d", "ط": "t", "ظ": "z", "ع": "", "غ": "gh", "ف": "f", "ق": "q",
    "ك": "k", "ک": "k", "ل": "l", "م": "m", "ن": "n", "ه": "h", "و": "w", "ي": "y", "ی": "y",
    "گ": "g", "ڭ": "g", "پ": "p", "چ": "ch", "ڤ": "v", "ڢ": "f", "ـ": "",
}  # fmt: skip
_CYRILLIC: Final[Mapping[str, str]] = {
    "а": "a", "б": "b", "в": "v", "г": "h", "ґ": "g", "д": "d", "е": "e", "є": "ie", "ё": "io", "ж": "zh",
    "з": "z", "и": "y", "і": "i", "ї": "i", "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o",
    "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh",
    "щ": "shch", "ь": "", "ъ": "", "ы": "y", "э": "e", "ю": "iu", "я": "ia",
}  # fmt: skip
_TIFINAGH: Final[Mapping[str, str]] = {
    "ⴰ": "a", "ⴱ": "b", "ⴲ": "b", "ⴳ": "g", "ⴴ": "g", "ⴷ": "d", "ⴸ": "d", "ⴹ": "d", "ⴻ": "e", "ⴼ": "f",
    "ⴽ": "k", "ⴾ": "k", "ⵀ": "h", "ⵃ": "h", "ⵄ": "", "ⵅ": "kh", "ⵇ": "q", "ⵉ": "i", "ⵊ": "j", "ⵍ": "l",
    "ⵎ": "m", "ⵏ": "n", "ⵓ": "u", "ⵔ": "r", "ⵕ": "r", "ⵖ": "gh", "ⵙ": "s", "ⵚ": "s", "ⵛ": "sh", "ⵜ": "t",
    "ⵟ": "t", "ⵠ": "v", "ⵡ": "w", "ⵢ": "y", "ⵣ": "z", "ⵥ": "z", "ⵯ": "", "ⵞ": "ch", "ⵆ": "gh", "ⵝ": "t",
}  # fmt: skip
# Latin letters that are none with a mark.
_LATIN: Final[Mapping[str, str]] = {"ł": "l", "ø": "o", "đ": "dj", "ß": "ss", "æ": "e", "œ": "e", "ı": "i"}
_LETTERS: Final = {**_ARABIC, **_CYRILLIC, **_TIFINAGH, **_LATIN}

#: What is written in these letters leaves out short vowels.
_WITHOUT_VOWELS: Final = frozenset(_ARABIC)

# The longest first. Capitals are sounds of their own: S as in 'she', C 'church', Z 'measure', J 'jam',
# X 'loch', Q the Latin 'ch', which is S in French, C in English, X in German and Polish.
_SOUNDS: Final = (
    ("shch", "S"), ("tsch", "C"), ("sch", "S"), ("tch", "C"), ("dzh", "J"), ("sh", "S"), ("ch", "Q"),
    ("cz", "C"), ("sz", "S"), ("zh", "Z"), ("kh", "X"), ("gh", "g"), ("ph", "f"), ("th", "t"), ("dh", "d"),
    ("dj", "J"), ("xh", "J"), ("gj", "J"), ("nj", "n"), ("ck", "k"), ("qu", "k"), ("ts", "s"), ("tz", "s"),
    ("ou", "u"), ("ee", "i"), ("oo", "u"), ("aa", "a"), ("ii", "i"), ("uu", "u"), ("x", "ks"),
    ("q", "k"), ("j", "J"), ("w", "w"), ("y", "i"), ("ç", "C"),
)  # fmt: skip
VOWELS: Final = frozenset("aeiou")


def latin(text: str) -> str:
    """The text in lower-case Latin letters, spaces and signs kept; letters of other scripts stay."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    out: list[str] = []
    for character in plain:
        if character == "ç":
            out.append("ç")
            continue
        if character in _LETTERS:
            out.append(_LETTERS[character])
            continue
        for part in unicodedata.normalize("NFD", character):
            if unicodedata.category(part) not in ("Mn", "Cf"):
                out.append(_LETTERS.get(part, part))
    return "".join(out)


def sounds(name: str) -> str:
    """One name as a row of sounds, the same for what is spelled differently: 'Youssef' and 'يوسف' keep
    their consonants in common. Empty where there is no letter.
    """
    out: list[str] = []
    for run in _runs(name):
        rest = run
        while rest:
            written, sound = next(
                ((written, sound) for written, sound in _SOUNDS if rest.startswith(written)),
                (rest[0], rest[0]),
            )
            if written == "c":
                sound = "s" if rest[1:2] in ("e", "i", "y") else "k"
            rest = rest[len(written) :]
            if not out or out[-1] != sound:  # a doubled letter is one sound
                out.append(sound)
    if len(out) > 2 and out[-1] == "h" and out[-2] in VOWELS:  # Fatimah
        out.pop()
    return "".join(out)


def _runs(name: str) -> list[str]:
    """What is read as one: a row of Latin letters, or a single letter of another script."""
    runs = [""]
    for character in unicodedata.normalize("NFC", unicodedata.normalize("NFKC", name).casefold()):
        written = "".join(each for each in latin(character) if each.isalpha())
        if character in _LETTERS and character not in _LATIN:
            written = "kh" if written == "kh" else "C" if written == "ch" else written
            runs += [written, ""]
        else:
            runs[-1] += written
    return [run for run in runs if run]


def without_vowels(name: str) -> bool:
    """Whether the name is in a script that leaves out short vowels."""
    return any(character in _WITHOUT_VOWELS for character in unicodedata.normalize("NFKC", name))

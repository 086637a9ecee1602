"""Words by which a bystander would learn what a form is about, in five languages.

A word counts from its beginning on (`threat` is in `threatened`, not in `undertake`). Whatever language is
on the screen, all are looked for, so that a form shows the same parts in each. It is a net for labels, not
a proof: what a form knows better it says by `bind::homeward:discreet`.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_STEMS: Final = (
    # English
    "exploit", "traffick", "retraffick", "victim", "survivor", "threat", "violen", "abus", "assault", "beat",
    "hurt", "harm", "selfharm", "rape", "sexual", "prostitut", "forced", "coerc", "debt", "shelter", "safe",
    "unsafe", "danger", "risk", "police", "judge", "prosecut", "testif", "testimon", "crime", "criminal",
    "lawsuit", "suicid", "drug", "alcohol", "pregnan", "hiv", "asylum", "refugee", "deport", "return",
    "reintegrat", "protect", "locked", "insult", "complain", "secret", "stigma", "perpetrat", "trauma",
    "psycholog", "guardian", "carer",
    # French
    "trafiqu", "victime", "menac", "agress", "viol", "sexuel", "forcé", "contraint", "dette", "hébergement",
    "sécurité", "sûreté", "risque", "tribunal", "témoign", "crimin", "drogue", "alcool", "enceinte",
    "grossesse", "asile", "réfugi", "expuls", "retour", "réintégr", "protég", "protec", "enferm", "insulte",
    "plainte", "secrète", "traumat", "tutelle", "tuteur",
    # Albanian
    "shfrytëz", "trafik", "viktim", "kërcën", "dhun", "abuz", "rrah", "lënd", "vetëdëm", "përdhun",
    "seksual", "prostituc", "detyruar", "borxh", "streh", "siguri", "rrezik", "polici", "gjykat", "gjyq",
    "dëshmi", "krim", "vetëvras", "drog", "alkool", "shtatzën", "azil", "refugjat", "dëbim", "kthim",
    "riintegr", "mbrojt", "mbyllur", "fyerje", "ankes", "fshehtë", "kujdestar", "psikolog",
    # Arabic, without the article and what is written together with it
    "استغل", "اتجار", "متاجر", "ضحي", "ضحايا", "تهديد", "عنف", "اعتداء", "ضرب", "اذى", "ايذا", "اغتصاب",
    "جنسي", "دعاره", "اكراه", "دين", "ديون", "ايواء", "ماوى", "امان", "امن", "سلامه", "خطر", "مخاطر", "شرطه",
    "محكمه", "قضاء", "شاهد", "جريمه", "جرائم", "انتحار", "مخدر", "كحول", "حمل", "حامل", "لجوء", "لاجي",
    "ترحيل", "عوده", "ادماج", "حمايه", "محبوس", "اهان", "شكوى", "سري", "وصي", "وصاي", "نفسي",
    # Ukrainian
    "експлуат", "торгівл", "жертв", "погроз", "насил", "насильств", "побо", "шкод", "самоушкод", "зґвалт",
    "секс", "проститу", "примус", "борг", "притул", "безпе", "небезпе", "ризик", "поліці", "суд", "свідч",
    "злочин", "самогуб", "наркот", "алкогол", "вагіт", "біжен", "депорт", "поверненн", "реінтегр", "захист",
    "замкн", "образ", "скарг", "таємн", "опік", "психолог",
)  # fmt: skip
_WORD: Final = re.compile(r"\w+")
#: What Arabic writes at the beginning of a word without being part of it.
_ATTACHED: Final = re.compile(r"^(?:[وف]?(?:ال|بال|لل|كال)|[وفبل])(?=\w{3})")
_ALIF: Final = str.maketrans("أإآىة", "اااىه")


def tells(text: str) -> bool:
    """Whether a word of the text would tell a bystander what it is about."""
    return any(_tells(word) for word in _WORD.findall(_plain(text)))


def _tells(word: str) -> bool:
    return word.startswith(_PLAIN_STEMS) or _ATTACHED.sub("", word).startswith(_PLAIN_STEMS)


def _plain(text: str) -> str:
    """Small letters, and Arabic without vowel signs and in one spelling."""
    decomposed = unicodedata.normalize("NFC", text).casefold().translate(_ALIF)
    joined = decomposed.replace("-", "").replace("’", "").replace("ـ", "")
    return "".join(letter for letter in joined if unicodedata.category(letter) != "Mn")


_PLAIN_STEMS: Final = tuple(_plain(stem) for stem in _STEMS)

"""The invented people of the demo office: names that say 'example' or 'fairy tale' in five scripts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

PASSWORD: Final = "demo-demo-demo"  # noqa: S105 - shown to everyone: a demo server holds invented people only
OFFICE: Final = "Demo office"
OFFICE_ZONE: Final = "Europe/Tirane"
OFFICE_COUNTRY: Final = "al"


@dataclass(frozen=True, slots=True)
class Worker:
    login: str
    display_name: str
    role: str


WORKERS: Final = (
    Worker("officer", "Drita Shembulli (demo)", "officer"),
    Worker("reception", "Youssef Mithal (demo)", "reception"),
    Worker("coordinator", "Оксана Прикладенко (demo)", "coordinator"),
)


@dataclass(frozen=True, slots=True)
class Person:
    """One invented beneficiary. Days are counted from the day on which the demo is made.

    She arrived `arrived` days ago, or is expected in `expected` days: 0 is today, and a negative
    number has passed without a word. `missed` are the contacts (days after arrival) not made; at those of
    `doubted` the person said that the agreed way is not safe any more. `journey` is one of `journeys`.
    """

    given_name: str
    family_name: str
    other_names: str
    sex: str
    birth_date: str
    country: str
    language: str
    stage: str
    risk: str
    carer: str
    arrived: int | None
    expected: int | None
    missed: frozenset[int]
    doubted: frozenset[int] = frozenset()
    journey: str = ""


# given name | family name | other names | sex | born | country | language | stage | risk | carer
# | arrived | expected | missed | doubted | journey (the last two where there is anything)
_TABLE = """
Mira | Shembulli | | f | 1998-03-14 | al | sq | reintegration | medium | officer | 30 | |
Arta | Përralla | Arta P.-Gurra | f | 2001-11-02 | al | sq | reintegration | high | officer | 7 | |
Ylber | Trillimi | | m | 1994-06-21 | al | sq | arrival | medium | officer | 2 | |
Teuta | Sajesa | | f | 1989-01-30 | al | sq | travel | high | officer | | 0 |
Besa | Ëndërrimi | | f | 2003-08-17 | al | sq | pre_departure | medium | officer | | 3 | | | asked
Gent | Shembulli | | m | 1996-12-05 | al | sq | pre_departure | low | coordinator | | 9 |
Lule | Fabula | Lule e Vogël | f | 2000-05-25 | al | sq | shelter | high | officer | | |
Zana | Përrallore | | f | 1992-09-09 | al | sq | decision | medium | officer | | |
Ilir | Legjenda | | m | 1987-02-19 | al | sq | identified | unknown | officer | | |
Vesa | Trillimi | | f | 1999-07-07 | al | en | reintegration | low | coordinator | 61 | |
Bora | Mythi | Borëbardha | f | 1995-10-28 | al | sq | closed | low | officer | 380 | |
Agim | Imagjinari | | m | 1991-04-11 | al | sq | shelter | medium | coordinator | | |
سلمى | المثالي | Salma El Mithali | f | 1997-02-08 | ma | ar | reintegration | medium | officer | 14 | |
ياسمين | الحكاية | Yasmine El Hikaya | f | 2002-04-23 | ma | ar | arrival | high | officer | 3 | | 2
خالد | بن مثال | Khalid Ben Mithal | m | 1990-09-15 | ma | ar | travel | medium | officer | | 1 |
Nadia | Exemplaire | نادية | f | 1993-12-12 | ma | fr | pre_departure | low | officer | | 5 | | | lapsed
ⵜⵉⵍⵍⵉ | ⴰⵎⴷⵢⴰ | Tilelli Amedya | f | 1999-01-13 | ma | fr | reintegration | high | officer | 4 | | | 2
ⵉⴷⵉⵔ | ⴰⵎⴷⵢⴰ | Idir Amedya | m | 1988-08-30 | ma | ar | decision | medium | coordinator | | |
مريم | الخيالي | Meryem El Khayali | f | 2004-06-03 | ma | ar | shelter | high | officer | | |
هشام | الأسطورة | Hicham El Ostoura | m | 1985-03-27 | ma | ar | identified | unknown | reception | | |
Leïla | Fictive | ليلى | f | 1996-05-19 | ma | fr | decision | medium | officer | | |
Оленка | Прикладенко | O. Prykladenko | f | 1995-07-16 | ua | uk | reintegration | medium | officer | 92 | |
Марічка | Казкова | Marichka Kazkova | f | 2000-10-10 | ua | uk | arrival | medium | officer | 1 | |
Тарас | Вигаданюк | Taras Vyhadaniuk | m | 1993-05-04 | ua | uk | pre_departure | low | officer | | 6 |
Соломія | Небувала | | f | 1998-12-24 | ua | uk | travel | high | officer | | -1 |
Ганна | Уявна | Hanna Uiavna | f | 1986-11-11 | ua | uk | decision | low | coordinator | | |
Остап | Байка | | m | 2001-02-28 | ua | uk | shelter | medium | officer | | |
Дарина | Легендарна | Daryna L. | f | 1997-09-01 | ua | uk | reintegration | high | coordinator | 15 | | 14
Єва | Прикладенко | | f | 2002-03-03 | ua | uk | identified | high | officer | | |
Лесь | Казковий | Les Kazkovyi | m | 1990-01-22 | ua | uk | pre_departure | medium | officer | | 12 |
"""


def _person(line: str) -> Person:
    cells = [cell.strip() for cell in line.split("|")]
    cells += [""] * (15 - len(cells))
    given, family, other, sex, born, country, language, stage, risk, carer, arrived, expected, *rare = cells
    missed, doubted, journey = rare
    return Person(
        given_name=given,
        family_name=family,
        other_names=other,
        sex={"f": "female", "m": "male"}[sex],
        birth_date=born,
        country=country,
        language=language,
        stage=stage,
        risk=risk,
        carer=carer,
        arrived=int(arrived) if arrived else None,
        expected=int(expected) if expected else None,
        missed=frozenset(int(day) for day in missed.split()),
        doubted=frozenset(int(day) for day in doubted.split()),
        journey=journey,
    )


PEOPLE: Final = tuple(_person(line) for line in _TABLE.strip().splitlines())

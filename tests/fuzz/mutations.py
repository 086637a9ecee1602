"""Changes of forms, XML, expressions and answers that nobody would make, each from a chance given to it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from random import Random
from typing import Any
from xml.etree import ElementTree

from forms.expression.functions.registry import _FUNCTIONS
from tests.fuzz.vocabulary import CELLS, LITERALS, OPERATORS, PATHS, PIECES


def _spot(chance: Random, length: int) -> tuple[int, int]:
    start = chance.randrange(length + 1)
    return start, min(length, start + chance.choice((0, 1, 1, 2, 5, 20, 100)))


def text(chance: Random, source: str, times: int) -> str:
    """The text with pieces cut out, doubled, moved, or put in that mean something somewhere."""
    for _ in range(times):
        start, end = _spot(chance, len(source))
        roll = chance.randrange(6)
        if roll == 0:
            source = source[:start] + source[end:]
        elif roll == 1:
            source = source[:end] + source[start:end] * chance.choice((1, 1, 2, 30)) + source[end:]
        elif roll == 2:
            other, beyond = _spot(chance, len(source))
            source = source[:start] + source[other:beyond] + source[end:]
        elif roll == 3:
            source = (
                source[:start]
                + chr(chance.choice((chance.randrange(128), chance.randrange(0x3000))))
                + source[end:]
            )
        else:
            source = source[:start] + chance.choice(PIECES) + source[end:]
    return source


# Tables


def table(chance: Random, source: str) -> str:
    """An XLSForm in Markdown with cells, rows and whole sheets changed."""
    lines = source.split("\n")
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        roll = chance.randrange(8)
        place = chance.randrange(len(lines))
        if roll == 0:
            del lines[place]
        elif roll == 1:
            lines.insert(place, lines[chance.randrange(len(lines))])
        elif roll == 2:
            lines[place : place + 1] = [lines[place]] * chance.choice((2, 3, 40))
        elif roll == 3:
            lines[place] = text(chance, lines[place], 2)
        elif roll == 4:
            depth = chance.choice((2, 10, 60))
            kind = chance.choice(("group", "repeat"))
            begins = [f"| | begin_{kind} | deep{number} | D |" for number in range(depth)]
            lines[place:place] = [*begins, "| | text | bottom | B |", *[f"| | end_{kind} | | |"] * depth]
        else:
            cells = lines[place].split("|")
            cells[chance.randrange(len(cells))] = f" {chance.choice(CELLS)} "
            lines[place] = "|".join(cells)
        if not lines:
            return ""
    return "\n".join(lines)


# XML


def xml(chance: Random, source: str) -> str:
    """An XForm with elements moved, doubled, renamed and nested, attributes changed, or plainly broken."""
    if chance.random() < 0.3:
        return text(chance, source, chance.choice((1, 2, 5)))
    root = ElementTree.fromstring(source)
    for _ in range(chance.choice((1, 1, 2, 4, 10))):
        elements = list(root.iter())
        _change_element(chance, chance.choice(elements), elements)
    try:
        return ElementTree.tostring(root, encoding="unicode")
    except (ValueError, TypeError, UnicodeError):
        return source


def _change_element(
    chance: Random, element: ElementTree.Element, elements: list[ElementTree.Element]
) -> None:
    roll = chance.randrange(8)
    if roll == 0 and len(element):
        element.remove(chance.choice(list(element)))
    elif roll == 1 and len(element):
        element.append(chance.choice(list(element)))
    elif roll == 2:
        element.tag = chance.choice(elements).tag
    elif roll == 3 and element.attrib:
        element.attrib.pop(chance.choice(list(element.attrib)))
    elif roll == 4:
        element.text = chance.choice((expression(chance, 2), *CELLS))
    elif roll == 5:
        for _ in range(chance.choice((1, 5, 120))):
            child = ElementTree.Element(element.tag, element.attrib)
            element.append(child)
            element = child
    elif roll == 6:
        other = chance.choice(elements)
        if other.attrib:
            key = chance.choice(list(other.attrib))
            element.set(key, other.attrib[key])
    elif element.attrib:
        key = chance.choice(list(element.attrib))
        element.set(key, chance.choice((expression(chance, 3), text(chance, element.attrib[key], 1), *CELLS)))


# Expressions


def expression(chance: Random, depth: int = 4) -> str:
    """An expression of the language that is mostly well formed, whatever it may mean."""
    if depth <= 0:
        return chance.choice((*LITERALS, *PATHS))
    roll = chance.randrange(10)
    if roll < 3:
        return f"{expression(chance, depth - 1)}{chance.choice(OPERATORS)}{expression(chance, depth - 2)}"
    if roll < 7:
        name = chance.choice(list(_FUNCTIONS))
        function = _FUNCTIONS[name]
        most = function.least + 2 if function.most is None else function.most
        count = chance.randint(function.least, most) if chance.random() < 0.9 else chance.randrange(5)
        return f"{name}({', '.join(expression(chance, depth - 1) for _ in range(count))})"
    if roll == 7:
        return f"{chance.choice(PATHS)}[{expression(chance, depth - 1)}]"
    if roll == 8:
        return f"-({expression(chance, depth - 1)})"
    return chance.choice((*LITERALS, *PATHS))


def broken_expression(chance: Random) -> str:
    """An expression, now and then with something cut or put in, or very long, or very deep."""
    source = expression(chance, chance.choice((1, 2, 4, 6)))
    roll = chance.random()
    if roll < 0.4:
        source = text(chance, source, chance.choice((1, 2, 3)))
    elif roll < 0.43:
        source = chance.choice(OPERATORS).join([source] * chance.choice((50, 500)))
    elif roll < 0.46:
        depth = chance.choice((20, 200, 3000))
        source = f"{'(' * depth}{source}{')' * depth}"
    elif roll < 0.48:
        source = f"{'not(' * 150}{source}{')' * 150}"
    elif roll < 0.5:
        source = source + "[1]" * chance.choice((5, 2000))
    return source[:40_000]


# Answers


def answer(chance: Random, likely: Sequence[Any]) -> Any:
    """Something to type, choose or send: of any type, or of none."""
    makers: tuple[Callable[[], Any], ...] = (
        lambda: chance.choice(likely) if likely else None,
        lambda: chance.choice(LITERALS).strip("'\""),
        lambda: text(chance, "2026-11-22T10:30:00.000+01:00", 2),
        lambda: text(chance, "41.33 19.82 110 5; 41.4 19.9 0 0", 2),
        lambda: chance.choice((math.nan, math.inf, -0.0, 1e300, 10**30, -(2**63), True, False)),
        lambda: [chance.choice(PIECES) for _ in range(chance.randrange(4))],
        lambda: chance.choice(PIECES) * chance.choice((1, 100)),
        lambda: "x" * chance.choice((1, 20_000, 20_001, 300_000)),
        lambda: chance.choice(("٣٤", "½", "１２", "Ⅷ", "1_000", "0x10", "1e5", "²", "+5", "1,5", "٫")),
    )  # fmt: skip
    return chance.choice(makers)()


def record(chance: Random, values: dict[str, Any]) -> dict[str, Any]:
    """The values of a record with paths and values changed, as another program may have sent them."""
    changed = dict(values)
    for _ in range(chance.choice((1, 2, 5))):
        paths = list(changed) or ["name"]
        path = chance.choice(paths)
        roll = chance.randrange(5)
        if roll == 0:
            changed.pop(path, None)
        elif roll == 1:
            changed[text(chance, path, 1)] = changed.get(path)
        elif roll == 2:
            changed[path] = chance.choice(
                (None, "", 0, -1, 10**20, 1.5, math.nan, [], ["a", 1], {"a": 1}, True, [[]])
            )
        else:
            changed[path] = answer(chance, list(changed.values()))
    return changed

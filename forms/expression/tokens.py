"""The text of an expression as tokens, by the rules of XPath 1.0, section 3.7.

Whether `*`, `and`, `or`, `div` and `mod` are operators or names depends on the token before them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from forms.errors import FormProblem

MAX_LENGTH = 20_000

TokenKind = Literal["number", "literal", "operator", "name", "symbol", "end"]

_NAME = r"[^\W\d][\w.\-\u00b7]*"
_TOKEN = re.compile(
    rf"""[ \t\r\n]*(?:
        (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{{1,3}}(?![\w.]))?)
      | (?P<literal>"[^"]*"|'[^']*')
      | (?P<name>{_NAME}(?::(?!:)(?:{_NAME}|\*))?)
      | (?P<symbol>//|::|\.\.|!=|<=|>=|[/|+\-=<>()\[\].@,*$])
    )""",
    re.VERBOSE,
)
_WORDS = frozenset({"and", "or", "div", "mod"})
_OPERATORS = frozenset({"/", "//", "|", "+", "-", "=", "!=", "<", "<=", ">", ">="})
_OPENS_OPERAND = frozenset({"@", "::", "(", "[", ",", "$"})


@dataclass(frozen=True, slots=True)
class Token:
    """One token; `text` of a literal is without its quotes. `at` is where it starts, for messages."""

    kind: TokenKind
    text: str
    at: int


def tokenize(source: str) -> list[Token]:
    """All tokens and a last one of kind 'end'."""
    if len(source) > MAX_LENGTH:
        raise FormProblem("form.expression.too_long", limit=MAX_LENGTH)
    tokens: list[Token] = []
    position = 0
    end = len(source.rstrip(" \t\r\n"))
    while position < end:
        match = _TOKEN.match(source, position)
        if match is None:
            raise FormProblem("form.expression.not_understood", expression=source, at=position)
        group = match.lastgroup or ""
        text = match.group(group)
        start = match.start(group)
        position = match.end()
        operand_before = bool(tokens) and not (
            tokens[-1].kind == "operator"
            or (tokens[-1].kind == "symbol" and tokens[-1].text in _OPENS_OPERAND)
        )
        if group == "literal":
            tokens.append(Token("literal", text[1:-1], start))
        elif group == "number":
            tokens.append(Token("number", text, start))
        elif group == "name":
            word = _operator_word(text) if operand_before else None
            if word is not None:
                position = start + len(word)
                tokens.append(Token("operator", word, start))
            else:
                tokens.append(Token("name", text, start))
        elif text in _OPERATORS or (text == "*" and operand_before):
            tokens.append(Token("operator", text, start))
        else:
            tokens.append(Token("symbol", text, start))
    tokens.append(Token("end", "", len(source)))
    return tokens


def _operator_word(text: str) -> str | None:
    """The operator at the start of a name that stands where only an operator can: `1 div2` divides."""
    if text in _WORDS:
        return text
    return next((word for word in _WORDS if text.startswith(word) and not text[len(word)].isalpha()), None)

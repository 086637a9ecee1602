"""How a text is searched for what somebody types of it."""

from __future__ import annotations

import unicodedata


def plain(text: str) -> str:
    """A text as it is searched: without accents, vowel signs and capitals."""
    bare = (each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))
    return "".join(bare).casefold()


def has_all_words(text: str, query: str) -> bool:
    """Whether every word of the query stands in the text, if only as a part of a word."""
    searched = plain(text)
    return all(word in searched for word in plain(query).split())

"""Words of a prompt, and where among them the names of a vocabulary stand."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from imagebuild_sketch.brief.vocabulary import COLOURS, Table

__all__ = ["colour_at", "matches", "meanings", "tokens"]

_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*|[,.;:]")
_NEGATIONS = frozenset(("no", "without", "not", "minus"))
_STOPS = frozenset((",", ".", ";", ":", "and", "but"))


def tokens(text: str, *, negations: bool = True) -> tuple[str, ...]:
    """Lower-case words and the punctuation between them; without what is said to be absent, unless told otherwise."""
    plain = unicodedata.normalize("NFC", text).lower()
    kept: list[str] = []
    absent = False
    for word in _WORD.findall(plain):
        if negations and word in _NEGATIONS:
            absent = True
        elif absent and word in _STOPS:
            absent = False
        if not absent:
            kept.append(word)
    return tuple(kept)


def meanings(words: Sequence[str], table: Table) -> Iterator[tuple[int, str]]:
    """Where in ``words`` each meaning of ``table`` is named, in order of appearance."""
    return ((at, meaning) for at, _, meaning in matches(words, table))


def matches(words: Sequence[str], table: Table, *, longest: int = 3) -> Iterator[tuple[int, int, str]]:
    """As :func:`meanings`, with the number of words each name takes; the longest name wins."""
    index = _indexed(tuple(table.items()))
    for at in range(len(words)):
        for length in range(min(longest, len(words) - at), 0, -1):
            meaning = index.get(" ".join(words[at : at + length]))
            if meaning:
                yield at, length, meaning
                break


@lru_cache(maxsize=32)
def _indexed(rows: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    index: dict[str, str] = {}
    for meaning, phrases in rows:
        for phrase in phrases.split(","):
            index.setdefault(phrase, meaning)
            index.setdefault(phrase + "s", meaning)
    return index


def colour_at(words: Sequence[str], at: int) -> tuple[str, int] | None:
    """The name of the colour that starts at ``at`` and how many words it takes: ``light blue`` is one colour."""
    double = "-".join(words[at : at + 2])
    if double in COLOURS and at + 2 <= len(words):
        return double, 2
    word = words[at].removesuffix("ish") if words[at] not in COLOURS else words[at]
    word = {"redd": "red", "whit": "white", "purpl": "purple"}.get(word, word)
    return (word, 1) if word in COLOURS else None

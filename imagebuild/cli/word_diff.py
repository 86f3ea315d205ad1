"""What changed between two texts, word by word, as git shows it: ``[-old-] {+new+}``."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from imagebuild.cli.text import Piece

__all__ = ["word_diff"]

_CONTEXT = 4  # words kept on each side of a change
_MOST_WORDS = 2000


def word_diff(old: str, new: str) -> list[Piece]:
    """One line of pieces; equal words far from any change are left out."""
    before, after = (re.findall(r"\S+", text)[:_MOST_WORDS] for text in (old, new))
    pieces: list[Piece] = []
    changes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    for number, (kind, start, end, at, to) in enumerate(changes):
        if kind == "equal":
            pieces.append(_context(before[start:end], first=number == 0, last=number == len(changes) - 1))
            continue
        if end > start:
            pieces.append((f"[-{' '.join(before[start:end])}-]", "red"))
        if to > at:
            pieces.append((f"{{+{' '.join(after[at:to])}+}}", "green"))
    spaced: list[Piece] = []
    for piece in pieces:
        spaced += [" ", piece] if spaced else [piece]
    return spaced


def _context(words: list[str], *, first: bool, last: bool) -> str:
    if first and last:
        return " ".join(words)
    if first and len(words) > _CONTEXT:
        return " ".join(["…", *words[-_CONTEXT:]])
    if last and len(words) > _CONTEXT:
        return " ".join([*words[:_CONTEXT], "…"])
    if len(words) > 2 * _CONTEXT:
        return " ".join([*words[:_CONTEXT], "…", *words[-_CONTEXT:]])
    return " ".join(words)

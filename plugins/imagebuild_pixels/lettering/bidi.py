"""Which way each character runs: the Unicode Bidirectional Algorithm (UAX #9) without explicit embeddings.

Characters that set a direction by hand are refused before (see ``shaping``), so every paragraph is one level run
sequence, and rules X1 to X10 have nothing to do.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from types import MappingProxyType

__all__ = ["EXPLICIT", "levels_of", "visual_order"]

EXPLICIT = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that set a direction by hand."""

_PAIRS = "()[]{}⁅⁆⁽⁾₍₎⌈⌉⌊⌋⟦⟧⟨⟩⟪⟫⟬⟭⟮⟯⦃⦄⦅⦆〈〉《》「」『』【】〔〕〖〗〘〙〚〛（）［］｛｝｟｠｢｣"
_OPENS = MappingProxyType(dict(zip(_PAIRS[::2], _PAIRS[1::2], strict=True)))
_CLOSES = MappingProxyType({closing: opening for opening, closing in _OPENS.items()})
_NEUTRAL = ("B", "S", "WS", "ON")
_DEEPEST = 63


def levels_of(text: str, direction: str) -> tuple[int, list[int]]:
    """The paragraph's level (0 runs to the right, 1 to the left) and that of each character.

    ``direction`` is ``ltr``, ``rtl`` or ``auto``: that of the first letter that has one (rules P2 and P3).
    """
    kinds = [unicodedata.bidirectional(character) or "L" for character in text]
    strong = next((kind for kind in kinds if kind in ("L", "R", "AL")), "L")
    base = int(strong != "L") if direction == "auto" else int(direction == "rtl")
    resolved = list(kinds)
    _resolve_weak(resolved, "R" if base else "L")
    _resolve_brackets(text, resolved, kinds, base)
    _resolve_neutral(resolved, base)
    return base, [_implicit(kind, base) for kind in resolved]


def visual_order(levels: Sequence[int]) -> list[int]:
    """The indices of these runs from left to right (rule L2)."""
    order = list(range(len(levels)))
    for level in range(max(levels, default=0), 0, -1):
        start = 0
        while start < len(order):
            if levels[order[start]] < level:
                start += 1
                continue
            end = start
            while end < len(order) and levels[order[end]] >= level:
                end += 1
            order[start:end] = reversed(order[start:end])
            start = end
    return order


def _implicit(kind: str, base: int) -> int:
    """Rules I1 and I2."""
    if base == 0:
        return {"R": 1, "AN": 2, "EN": 2}.get(kind, 0)
    return 1 if kind == "R" else 2


def _resolve_weak(kinds: list[str], edge: str) -> None:
    """Rules W1 to W7, in place; characters that are ignored (BN) take after what stands before them (5.2)."""
    before = edge
    for index, kind in enumerate(kinds):
        if kind in ("NSM", "BN"):
            kinds[index] = before
        before = kinds[index]
    strong = edge
    for index, kind in enumerate(kinds):
        if kind in ("L", "R", "AL"):
            strong = kind
        elif kind == "EN" and strong == "AL":
            kinds[index] = "AN"
    kinds[:] = ["R" if kind == "AL" else kind for kind in kinds]
    for index in range(1, len(kinds) - 1):
        around = {kinds[index - 1], kinds[index + 1]}
        if len(around) == 1 and ((kinds[index] in ("ES", "CS") and "EN" in around) or _joins_arabic(kinds, index)):
            kinds[index] = kinds[index - 1]
    _spread_terminators(kinds)
    strong = edge
    for index, kind in enumerate(kinds):
        if kind in ("ES", "ET", "CS"):
            kinds[index] = "ON"
        elif kind in ("L", "R"):
            strong = kind
        elif kind == "EN" and strong == "L":
            kinds[index] = "L"


def _joins_arabic(kinds: Sequence[str], index: int) -> bool:
    return kinds[index] == "CS" and kinds[index - 1] == "AN"


def _spread_terminators(kinds: list[str]) -> None:
    """Rule W5: signs such as ``%`` and ``$`` next to European numbers become part of them."""
    start = 0
    while start < len(kinds):
        end = start
        while end < len(kinds) and kinds[end] == "ET":
            end += 1
        if end > start and "EN" in (kinds[start - 1] if start else "", kinds[end] if end < len(kinds) else ""):
            kinds[start:end] = ["EN"] * (end - start)
        start = max(end, start + 1)


def _resolve_brackets(text: str, kinds: list[str], original: Sequence[str], base: int) -> None:
    """Rule N0: a pair of brackets takes the direction of what it holds, or of what stands before it."""
    towards = "R" if base else "L"
    for opening, closing in _bracket_pairs(text, original):
        inside = {_strong(kind) for kind in kinds[opening + 1 : closing]} - {""}
        if towards in inside:
            found = towards
        elif inside:
            before = next((strong for kind in reversed(kinds[:opening]) if (strong := _strong(kind))), towards)
            found = before
        else:
            continue
        for place in (opening, closing):
            kinds[place] = found
            after = place + 1
            while after < len(kinds) and original[after] == "NSM":
                kinds[after] = found
                after += 1


def _bracket_pairs(text: str, original: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs in the order of their openings (definition BD16)."""
    pairs: list[tuple[int, int]] = []
    waiting: list[tuple[str, int]] = []
    for index, character in enumerate(text):
        if original[index] != "ON":
            continue
        if character in _OPENS:
            if len(waiting) == _DEEPEST:
                return []
            waiting.append((character, index))
        elif character in _CLOSES:
            match = next((at for at in reversed(range(len(waiting))) if waiting[at][0] == _CLOSES[character]), None)
            if match is not None:
                pairs.append((waiting[match][1], index))
                del waiting[match:]
    return sorted(pairs)


def _strong(kind: str) -> str:
    return "R" if kind in ("R", "EN", "AN") else "L" if kind == "L" else ""


def _resolve_neutral(kinds: list[str], base: int) -> None:
    """Rules N1 and N2: neutral characters run with their neighbours where these agree, else with the paragraph."""
    edge = "R" if base else "L"
    start = 0
    while start < len(kinds):
        if kinds[start] not in _NEUTRAL:
            start += 1
            continue
        end = start
        while end < len(kinds) and kinds[end] in _NEUTRAL:
            end += 1
        before = _strong(kinds[start - 1]) if start else edge
        after = _strong(kinds[end]) if end < len(kinds) else edge
        kinds[start:end] = [before if before == after else edge] * (end - start)
        start = end

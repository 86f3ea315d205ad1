"""JSON text that is safe wherever it is put: it is also JavaScript, and ends no ``<script>`` it stands in."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping

__all__ = ["json_text"]

_DOUBTFUL = re.compile(r"[^\n\x20-;=-~]")
_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")


def json_text(value: object) -> str:
    """``value`` with sorted keys and an entry a line, without a line break at the end.

    Letters of any script stay readable. ``<``, control characters, marks of direction, line separators and lone
    surrogates are written as escapes.
    """
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, indent=2, default=_plain)
    return _DOUBTFUL.sub(lambda match: _escaped(match[0]), text)


def _escaped(char: str) -> str:
    if char != "<" and unicodedata.category(char) not in _UNSEEN:
        return char
    point = ord(char)
    if point < 0x10000:
        return f"\\u{point:04x}"
    point -= 0x10000
    return f"\\u{0xD800 + (point >> 10):04x}\\u{0xDC00 + (point & 0x3FF):04x}"


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} cannot stand in JSON")

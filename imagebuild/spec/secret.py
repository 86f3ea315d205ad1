"""Keys of services, recognised by their shape: they may stand in no spec, and are masked wherever text is shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

__all__ = ["find_secrets", "mask"]

# Bounded repetitions throughout: a hostile text must not make the search quadratic.
_SHAPES = (
    r"sk-(?:(?=[A-Za-z0-9_-]{0,200}[A-Z0-9])[A-Za-z0-9_-]{20,256}|(?:[A-Za-z0-9]{1,12}-){0,4}[A-Za-z0-9_]{20,256})",
    r"(?:AKIA|ASIA)[0-9A-Z]{16}",
    r"gh[pousr]_[A-Za-z0-9]{20,256}",
    r"github_pat_[A-Za-z0-9_]{20,256}",
    r"glpat-[A-Za-z0-9_-]{20,256}",
    r"AIza[0-9A-Za-z_-]{30,256}",
    r"xox[abeprs]-[A-Za-z0-9-]{10,256}",
    r"hf_[A-Za-z0-9]{30,256}",
    r"r8_[A-Za-z0-9]{30,256}",
    r"eyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,4000}",
    r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----",
)
_SHOWN = 4


@lru_cache(maxsize=1)
def _secret() -> re.Pattern[str]:
    return re.compile(r"(?<![A-Za-z0-9])(?:" + "|".join(_SHAPES) + ")")


def find_secrets(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of everything in ``text`` that has the shape of a key."""
    return (match.span() for match in _secret().finditer(text))


def mask(text: str) -> str:
    """``text`` with each key replaced by as many asterisks, its first four characters left to know it by."""
    return _secret().sub(lambda match: match[0][:_SHOWN] + "*" * (len(match[0]) - _SHOWN), text)

"""Ages and sizes as people write them on the command line and read them: ``30d``, ``500MB``."""

from __future__ import annotations

import re
from collections.abc import Mapping

import click

__all__ = ["read_age", "read_size", "size_text"]

_SECONDS = {"m": 60, "h": 3600, "d": 86400, "w": 7 * 86400, "y": 365 * 86400}
_BYTES = {
    "": 1,
    "b": 1,
    **{f"{letter}b": 1000**power for power, letter in enumerate("kmgt", 1)},
    **{f"{letter}ib": 1024**power for power, letter in enumerate("kmgt", 1)},
}
_QUANTITY = re.compile(r"(\d{1,15}(?:\.\d{1,9})?)\s?([a-z]{0,3})")


def read_age(ctx: click.Context, param: click.Parameter, value: str | None) -> int | None:
    """Seconds, of an option such as ``30d``."""
    return _read(value, _SECONDS, "an age like 30d, 12h or 2w", param, ctx)


def read_size(ctx: click.Context, param: click.Parameter, value: str | None) -> int | None:
    """Bytes, of an option such as ``500MB``; MB are a million, MiB 1024 * 1024."""
    return _read(value, _BYTES, "a size like 500MB or 2GB", param, ctx)


def _read(
    value: str | None, units: Mapping[str, int], expected: str, param: click.Parameter, ctx: click.Context
) -> int | None:
    if value is None:
        return None
    found = _QUANTITY.fullmatch(value.strip().lower())
    if found is None or found[2] not in units:
        raise click.BadParameter(f"expected {expected}, found '{value}'", ctx, param)
    return int(float(found[1]) * units[found[2]])


def size_text(size: int) -> str:
    """``123 bytes``, ``4.2 kB``, ``512 MB``."""
    if size < 1000:
        return f"{size} byte{'' if size == 1 else 's'}"
    amount = float(size)
    for unit in ("kB", "MB", "GB", "TB"):
        amount /= 1000
        if amount < 999.5 or unit == "TB":
            return f"{amount:.1f} {unit}" if amount < 99.95 else f"{amount:.0f} {unit}"
    raise AssertionError("the last unit takes all")

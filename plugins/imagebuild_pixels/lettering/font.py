"""Fonts as bytes, never as a name that the machine could answer: the built-in one, and those that a spec brings."""

from __future__ import annotations

import hashlib
import importlib.util
import os
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from msgspec import Struct

from imagebuild import Picture
from imagebuild.errors import StepError
from imagebuild_pixels.lettering.option import WEIGHTS

__all__ = ["UNITS", "Font", "built_in", "harfbuzz", "read_font"]

UNITS = 16_384
"""Every font is scaled to this many units an em, so that glyphs of two fonts can stand in one line."""

_PACKAGE = "font_source_sans_pro"
_DIGESTS = {
    "light": "4b3250ff",
    "regular": "6b096b47",
    "semibold": "ee3ba5c8",
    "bold": "9b8bd174",
    "black": "e447cd47",
}
_INSTALL = "pip install --force-reinstall uharfbuzz font-source-sans-pro==0.0.1"


class Font(Struct, frozen=True, eq=False):
    """One face, ready for shaping. ``ascent`` and ``descent`` are above and below the baseline, in ``UNITS``."""

    name: str
    face: Any
    characters: frozenset[int]
    ascent: int
    descent: int

    def covers(self, text: str) -> bool:
        """Whether there is a glyph for each of these characters as they stand."""
        return all(ord(character) in self.characters for character in text)


def harfbuzz() -> Any:
    """The module uharfbuzz, loaded at first use. Raises ``StepError`` where it is not installed."""
    try:
        import uharfbuzz
    except ImportError as error:
        raise StepError("text needs the library 'uharfbuzz'", hint=_INSTALL) from error
    return uharfbuzz


@lru_cache(maxsize=len(WEIGHTS))
def built_in(weight: str) -> Font:
    """Source Sans Pro: Latin, Greek, Cyrillic (SIL Open Font License 1.1), from the package ``font-source-sans-pro``.

    Its digest is checked, since another edition would give other bytes.
    """
    found = importlib.util.find_spec(_PACKAGE)
    folder = next(iter(found.submodule_search_locations or ()), None) if found else None
    path = os.path.join(folder or "", "files", f"SourceSansPro-{weight.capitalize()}.otf")
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        raise StepError("the built-in font is not installed", hint=_INSTALL) from error
    if not hashlib.sha256(data).hexdigest().startswith(_DIGESTS[weight]):
        raise StepError("the built-in font is not the edition that is expected", hint=_INSTALL)
    return _open(data, f"Source Sans Pro {weight.capitalize()}", None)


def read_font(file: Picture, option: str, weight: str | None, *, near: bool = False) -> Font:
    """The font that an option names, as heavy as ``weight``. Raises ``StepError``.

    A font that cannot be so heavy is an error, or with ``near`` as heavy as it can.
    """
    data = file.data
    if data[:4] in (b"wOFF", b"wOF2"):
        raise StepError(f"'{option}' is a web font, expected ttf or otf", hint="take the file it was made from")
    if data[:4] not in (b"\0\1\0\0", b"true", b"OTTO", b"ttcf"):
        raise StepError(f"'{option}' is no font, expected ttf or otf", hint=f"for example: {option}: {{file: x.ttf}}")
    return _open(data, f"'{option}'", weight, near=near)


def _open(data: bytes, name: str, weight: str | None, *, near: bool = False) -> Font:
    hb = harfbuzz()
    face = hb.Face(data)
    characters = frozenset(face.unicodes)
    if not face.glyph_count or not characters:
        raise StepError(f"{name} is damaged: it has no characters", hint="replace the file")
    font = hb.Font(face)
    font.scale = (UNITS, UNITS)
    if weight is not None:
        font.set_variations({"wght": _weight_of(face.axis_infos, name, weight, near=near)})
    extents = font.get_font_extents("ltr")
    return Font(name, font, characters, extents.ascender, -extents.descender)


def _weight_of(axes: Sequence[Any], name: str, weight: str, *, near: bool) -> float:
    axis = next((each for each in axes if each.tag == "wght"), None)
    wanted = float(WEIGHTS[weight])
    if near:
        return min(max(wanted, axis.min_value), axis.max_value) if axis else wanted
    if axis is None:
        raise StepError(f"{name} has one weight only, found 'weight: {weight}'", hint="leave 'weight' out")
    if not axis.min_value <= wanted <= axis.max_value:
        between = f"{axis.min_value:g} to {axis.max_value:g}"
        raise StepError(f"{name} has weights {between}, found '{weight}' ({wanted:g})", hint="choose another weight")
    return wanted

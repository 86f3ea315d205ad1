"""Characters to glyphs: a paragraph is cut where direction, script or font change, and HarfBuzz shapes the pieces."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from msgspec import Struct

from imagebuild.errors import StepError
from imagebuild_pixels.lettering.bidi import EXPLICIT, levels_of, visual_order
from imagebuild_pixels.lettering.font import Font, harfbuzz
from imagebuild_pixels.lettering.linebreak import is_glued, is_invisible, opportunities
from imagebuild_pixels.lettering.outline import has_outline

__all__ = ["ELLIPSIS", "Glyph", "Paragraph", "Run", "Typeface", "paragraphs_of"]

ELLIPSIS = "…"
_HYPHENS = "\u2010\u2011"
_MOST_CHARACTERS = 10_000


class Typeface(Struct, frozen=True):
    """The fonts of a text, the first that has a character setting it, and how the text is read.

    ``direction`` is ``auto``, ``ltr`` or ``rtl``; ``language`` a BCP 47 tag, for fonts that draw one character in
    several ways.
    """

    fonts: tuple[Font, ...]
    direction: str = "auto"
    language: str = "und"


class Glyph(Struct, frozen=True):
    """A glyph of a font at its place, in units from the run's start on the baseline (y upwards)."""

    font: Font
    number: int
    x: int
    y: int


class Run(Struct, frozen=True):
    """Some characters of a paragraph on one line, from left to right, as wide as ``width`` units."""

    glyphs: tuple[Glyph, ...]
    width: int


class _Piece(Struct, frozen=True):
    start: int
    end: int
    level: int
    script: str
    font: Font


class Paragraph:
    """A text without line breaks, ready to be cut into lines."""

    def __init__(self, text: str, typeface: Typeface) -> None:
        self.text = text
        self._typeface = typeface
        self.base, self._levels = levels_of(text, typeface.direction)
        self._fonts = _fonts_of(text, typeface.fonts)
        self._scripts = _scripts_of(text)
        self._runs: dict[tuple[int, int, str], Run] = {}
        self._codes = [_code(character, font) for character, font in zip(text, self._fonts, strict=True)]
        self._starts: set[int] = set()
        self.breaks = opportunities(text)
        self.advances = self._measure()

    def run(self, start: int, end: int, suffix: str = "") -> Run:
        """These characters on a line of their own, followed by ``suffix``: a hyphen or an ellipsis."""
        key = (start, end, suffix)
        if key not in self._runs:
            self._runs[key] = self._shape_line(start, end, suffix)
        return self._runs[key]

    def is_boundary(self, index: int) -> bool:
        """Whether a word may be torn apart before this character, where it must."""
        return index in self._starts and not is_glued(self.text, index)

    def _measure(self) -> list[int]:
        """How far each index is from the start when all stands on one line; what has no glyph is an error."""
        widths = [0] * (len(self.text) + 1)
        lacking: set[str] = set()
        for piece in self._pieces(0, len(self.text)):
            infos, positions = self._shape(piece, self._codes)
            for info, position in zip(infos, positions, strict=True):
                widths[info.cluster + 1] += position.x_advance
                self._starts.add(info.cluster)
            lacking.update(_lacking(self.text[piece.start : piece.end], piece, infos))
        if lacking:
            raise _no_glyph(lacking, self._typeface.fonts)
        for index in range(1, len(widths)):
            widths[index] += widths[index - 1]
        return widths

    def _shape_line(self, start: int, end: int, suffix: str) -> Run:
        codes = self._codes
        pieces = list(self._pieces(start, end))
        if suffix:
            level = self.base if not pieces or suffix == ELLIPSIS else pieces[-1].level
            written, font = _written(suffix, self._typeface.fonts)
            codes = [*codes[:end], *map(ord, written)]
            pieces.append(_Piece(end, len(codes), level, pieces[-1].script if pieces else "Latn", font))
        glyphs: list[Glyph] = []
        at = 0
        for index in visual_order([piece.level for piece in pieces]):
            piece = pieces[index]
            infos, positions = self._shape(piece, codes)
            for info, position in zip(infos, positions, strict=True):
                glyphs.append(Glyph(piece.font, info.codepoint, at + position.x_offset, position.y_offset))
                at += position.x_advance
        return Run(tuple(glyphs), at)

    def _pieces(self, start: int, end: int) -> Iterator[_Piece]:
        at = start
        for index in range(start + 1, end + 1):
            if index == end or self._kind(index) != self._kind(at):
                yield _Piece(at, index, self._levels[at], self._scripts[at], self._fonts[at])
                at = index

    def _kind(self, index: int) -> tuple[int, str, str]:
        return self._levels[index], self._scripts[index], self._fonts[index].name

    def _shape(self, piece: _Piece, codes: Sequence[int]) -> tuple[Sequence[Any], Sequence[Any]]:
        hb = harfbuzz()
        buffer = hb.Buffer()
        # What stands around a piece goes along, so that Arabic letters join across its edges.
        buffer.add_codepoints(codes, piece.start, piece.end - piece.start)
        buffer.direction = "rtl" if piece.level % 2 else "ltr"
        buffer.script = piece.script
        buffer.language = self._typeface.language
        hb.shape(piece.font.face, buffer)
        return buffer.glyph_infos, buffer.glyph_positions


def paragraphs_of(text: str, typeface: Typeface) -> list[Paragraph]:
    """A text's lines as it was written, each a paragraph. Raises ``StepError`` for what cannot be set."""
    if len(text) > _MOST_CHARACTERS:
        raise StepError(f"the text has {len(text)} characters, expected at most {_MOST_CHARACTERS}")
    plain = text.replace("\r\n", "\n").replace("\u2028", "\n").replace("\u2029", "\n").replace("\t", " ").strip("\n")
    for character in sorted(set(plain) - {"\n"}):
        if character in EXPLICIT:
            hint = "remove it; 'direction' says how the whole text runs"
            raise StepError(f"the text holds U+{ord(character):04X}, which sets a direction by hand", hint=hint)
        if unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn"):
            raise StepError(f"the text holds U+{ord(character):04X}, which is no character", hint="remove it")
    return [Paragraph(line.strip(" "), typeface) for line in plain.split("\n")]


def _fonts_of(text: str, fonts: Sequence[Font]) -> list[Font]:
    """The font of each character: the first that has all of what belongs together, as it stands or taken apart.

    Spaces are always the first font's, so that a text keeps its rhythm around a sign of the second.
    """
    chosen: list[Font] = []
    start = 0
    for end in range(1, len(text) + 1):
        if end < len(text) and is_glued(text, end):
            continue
        cluster = "".join(each for each in text[start:end] if not is_invisible(each))
        if not cluster and chosen:
            font = chosen[-1]
        elif cluster.isspace():
            font = fonts[0]
        else:
            font = next((each for each in fonts if _has(each, cluster)), fonts[0])
        chosen.extend([font] * (end - start))
        start = end
    return chosen


def _written(suffix: str, fonts: Sequence[Font]) -> tuple[str, Font]:
    """What stands at a line's end, and the font for it; three dots where no font has an ellipsis."""
    for text in (suffix, "...") if suffix == ELLIPSIS else (suffix,):
        for font in fonts:
            if font.covers(text):
                return text, font
    raise _no_glyph({suffix}, fonts)


def _has(font: Font, cluster: str) -> bool:
    plain = "-" if cluster in _HYPHENS else cluster
    return any(font.covers(unicodedata.normalize(form, plain)) for form in ("NFC", "NFD")) or font.covers(cluster)


def _code(character: str, font: Font) -> int:
    """Many fonts have one hyphen only, which then stands for all."""
    return ord("-") if character in _HYPHENS and not font.covers(character) else ord(character)


def _scripts_of(text: str) -> list[str]:
    """The script of each character; what belongs to none takes that before it, or the first there is."""
    own = [_script(character) for character in text]
    script = next((each for each in own if each), "Latn")
    found = []
    for each in own:
        script = each or script
        found.append(script)
    return found


@lru_cache(maxsize=4096)
def _script(character: str) -> str:
    buffer = harfbuzz().Buffer()
    buffer.add_str(character)
    buffer.guess_segment_properties()
    return buffer.script or ""


def _lacking(text: str, piece: _Piece, infos: Sequence[Any]) -> Iterator[str]:
    """Characters for which the font has no glyph, or one without an outline, such as a picture."""
    glyphs: dict[int, set[int]] = {}
    for info in infos:
        glyphs.setdefault(info.cluster, set()).add(info.codepoint)
    starts = sorted(glyphs)
    drawn = {number: has_outline(piece.font, number) for number in set().union(*glyphs.values())}
    for start, end in zip(starts, [*starts[1:], piece.end], strict=True):
        cluster = text[start - piece.start : end - piece.start]
        seen = [each for each in cluster if not is_invisible(each) and unicodedata.category(each) != "Zs"]
        if seen and (0 in glyphs[start] or not any(drawn[number] for number in glyphs[start])):
            yield "".join(seen)


def _no_glyph(lacking: set[str], fonts: Sequence[Font]) -> StepError:
    shown = sorted(lacking)[:6]
    names = ", ".join(f"'{each}' ({' '.join(f'U+{ord(character):04X}' for character in each)})" for each in shown)
    more = f" and {len(lacking) - len(shown)} more" if len(lacking) > len(shown) else ""
    owners = " and ".join(font.name for font in fonts)
    have = "has" if len(fonts) == 1 else "have"
    hint = "name a font file that has an outline for it: 'font' for the whole text, 'fallback' for what 'font' lacks"
    return StepError(f"{owners} {have} no glyph for {names}{more}", hint=hint)

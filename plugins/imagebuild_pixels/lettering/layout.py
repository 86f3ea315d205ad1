"""Lines that fit: wrapping at words, the largest size that a box allows, and an ellipsis where one is asked for."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from msgspec import Struct

from imagebuild_pixels.lettering.font import UNITS, Font
from imagebuild_pixels.lettering.linebreak import SOFT_HYPHEN
from imagebuild_pixels.lettering.shaping import ELLIPSIS, Paragraph, Run

__all__ = ["Block", "Box", "Line", "measure", "set_largest"]

_BALANCED_LINES = 10
"""Texts of more lines are left ragged: nobody sees the difference."""


class Box(Struct, frozen=True):
    """What lines must keep to: pixels of room, the height of a line in sizes, how many there may be, and whether they
    are made about equally long.
    """

    width: float
    height: float
    line_height: float
    most_lines: int | None = None
    balanced: bool = True


class Line(Struct, frozen=True):
    """One line, and whether its paragraph runs to the left."""

    run: Run
    leftward: bool


class Block(Struct, frozen=True):
    """Lines of a size in pixels, one below the other, as wide as the widest.

    ``ascent`` is from the top of the block to the first baseline, ``pitch`` from one baseline to the next.
    """

    lines: tuple[Line, ...]
    size: float
    width: float
    height: float
    ascent: float
    pitch: float

    def scaled(self, by: float) -> Block:
        """The same lines at another size."""
        return Block(self.lines, self.size * by, self.width * by, self.height * by, self.ascent * by, self.pitch * by)


class _Span(Struct, frozen=True):
    """The characters of one line, with the hyphen or ellipsis behind them."""

    paragraph: Paragraph
    start: int
    end: int
    suffix: str = ""


def set_largest(
    paragraphs: Sequence[Paragraph], fonts: Sequence[Font], box: Box, least: int, most: int, *, ellipsis: bool
) -> Block | None:
    """The text at the largest whole size from ``least`` to ``most`` at which it fits; None where there is none.

    A word is torn apart only where no size holds it whole, and the text is cut, with ``ellipsis``, only where it does
    not fit at ``least`` either.
    """
    for tearing in (False, True):
        size = _largest(paragraphs, fonts, box, least, most, tearing=tearing)
        if size is not None:
            spans = _spans(paragraphs, box.width * UNITS / size, tearing=tearing)
            assert spans is not None
            if box.balanced and 1 < len(spans) <= _BALANCED_LINES:
                spans = _balanced(paragraphs, box.width * UNITS / size, tearing=tearing)
            return _block(spans, fonts, box, size)
    cut = _cut(paragraphs, fonts, box, least) if ellipsis else None
    return _block(cut, fonts, box, least) if cut else None


def measure(paragraphs: Sequence[Paragraph], fonts: Sequence[Font], box: Box, size: int) -> str:
    """In words, what a text takes at a size where it does not fit."""
    spans = _spans(paragraphs, box.width * UNITS / size, tearing=True)
    if spans is None:
        return f"more than {box.width:g} px for a single character"
    return f"{len(spans)} line{'s' if len(spans) != 1 else ''}, {_height(len(spans), fonts, box, size):.0f} px high"


def _largest(
    paragraphs: Sequence[Paragraph], fonts: Sequence[Font], box: Box, least: int, most: int, *, tearing: bool
) -> int | None:
    """The largest size that fits; whatever fits at one size fits at all that are smaller."""
    if not _fits(paragraphs, fonts, box, least, tearing=tearing):
        return None
    low, high = least, most
    while low < high:
        middle = (low + high + 1) // 2
        if _fits(paragraphs, fonts, box, middle, tearing=tearing):
            low = middle
        else:
            high = middle - 1
    return low


def _fits(paragraphs: Sequence[Paragraph], fonts: Sequence[Font], box: Box, size: int, *, tearing: bool) -> bool:
    spans = _spans(paragraphs, box.width * UNITS / size, tearing=tearing)
    if spans is None or (box.most_lines is not None and len(spans) > box.most_lines):
        return False
    return _height(len(spans), fonts, box, size) <= box.height


def _height(lines: int, fonts: Sequence[Font], box: Box, size: float) -> float:
    ascent, descent = _extents(fonts)
    return (lines - 1) * box.line_height * size + (ascent + descent) * size / UNITS


def _extents(fonts: Sequence[Font]) -> tuple[int, int]:
    return max(font.ascent for font in fonts), max(font.descent for font in fonts)


def _spans(paragraphs: Sequence[Paragraph], limit: float, *, tearing: bool) -> list[_Span] | None:
    """The text in lines of at most ``limit`` units; None where a word is too long."""
    spans: list[_Span] = []
    for paragraph in paragraphs:
        start = 0
        while True:
            end = _line_end(paragraph, start, limit, tearing=tearing)
            if end is None:
                return None
            spans.append(_span(paragraph, start, end))
            start = _next_start(paragraph.text, end)
            if start >= len(paragraph.text):
                break
    return spans


def _next_start(text: str, end: int) -> int:
    while end < len(text) and text[end] == " ":
        end += 1
    return end


def _span(paragraph: Paragraph, start: int, end: int) -> _Span:
    """What is drawn of a line: no spaces at its end, and a hyphen for a soft one that was used."""
    text = paragraph.text
    suffix = "-" if end < len(text) and end > start and text[end - 1] == SOFT_HYPHEN else ""
    while end > start and text[end - 1] in (" ", "\u200b"):
        end -= 1
    return _Span(paragraph, start, end, suffix)


def _width(span: _Span) -> int:
    return span.paragraph.run(span.start, span.end, span.suffix).width


def _line_end(paragraph: Paragraph, start: int, limit: float, *, tearing: bool) -> int | None:
    """Where the line that begins at ``start`` ends, as far on as it fits."""
    if start >= len(paragraph.text):
        return start
    breaks = paragraph.breaks
    first = bisect_right(breaks, start)
    # Sums over the whole paragraph say about where; what a line really takes is known when it is shaped by itself.
    past = first
    while past < len(breaks) and _sum(paragraph, start, breaks[past]) <= limit:
        past += 1
    for index in range(min(past, len(breaks) - 1), first - 1, -1):
        if _width(_span(paragraph, start, breaks[index])) <= limit:
            return breaks[index]
    if not tearing:
        return None
    return _torn_end(paragraph, start, breaks[first], limit)


def _torn_end(paragraph: Paragraph, start: int, end: int, limit: float) -> int | None:
    for index in range(end - 1, start, -1):
        if paragraph.is_boundary(index) and paragraph.run(start, index).width <= limit:
            return index
    return None


def _sum(paragraph: Paragraph, start: int, end: int) -> int:
    span = _span(paragraph, start, end)
    return paragraph.advances[span.end] - paragraph.advances[start]


def _balanced(paragraphs: Sequence[Paragraph], limit: float, *, tearing: bool) -> list[_Span]:
    """The same number of lines, each paragraph's as narrow as that number allows."""
    balanced: list[_Span] = []
    for paragraph in paragraphs:
        best = _spans([paragraph], limit, tearing=tearing) or []
        low, high = 0, int(limit)
        while len(best) > 1 and high - low > UNITS // 16:
            middle = (low + high) // 2
            spans = _spans([paragraph], middle, tearing=False)
            if spans is not None and len(spans) <= len(best):
                best, high = spans, middle
            else:
                low = middle
        balanced.extend(best)
    return balanced


def _cut(paragraphs: Sequence[Paragraph], fonts: Sequence[Font], box: Box, size: int) -> list[_Span] | None:
    """As many lines as there is room for, the last ending in an ellipsis."""
    limit = box.width * UNITS / size
    spans = _spans(paragraphs, limit, tearing=True)
    room = box.most_lines if box.most_lines is not None else len(spans or ())
    while room and _height(room, fonts, box, size) > box.height:
        room -= 1
    if not spans or not room:
        return None
    last = spans[room - 1]
    places = [place for place in last.paragraph.breaks if last.start < place <= last.end]
    torn = [place for place in range(last.start + 1, last.end + 1) if last.paragraph.is_boundary(place)]
    for place in [last.end, *reversed(places), *reversed(torn)]:
        end = last.start + len(last.paragraph.text[last.start : place].rstrip(" ,;:–—\u200b\u00ad"))
        cut = _Span(last.paragraph, last.start, end, ELLIPSIS)
        if end > last.start and _width(cut) <= limit:
            return [*spans[: room - 1], cut]
    return None


def _block(spans: Sequence[_Span], fonts: Sequence[Font], box: Box, size: int) -> Block:
    lines = tuple(
        Line(span.paragraph.run(span.start, span.end, span.suffix), bool(span.paragraph.base)) for span in spans
    )
    scale = size / UNITS
    return Block(
        lines=lines,
        size=size,
        width=max(line.run.width for line in lines) * scale,
        height=_height(len(lines), fonts, box, size),
        ascent=_extents(fonts)[0] * scale,
        pitch=box.line_height * size,
    )

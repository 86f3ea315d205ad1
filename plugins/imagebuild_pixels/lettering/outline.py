"""Outlines of glyphs, as a font draws them, written as the path of an SVG."""

from __future__ import annotations

from typing import TypeAlias

from imagebuild_pixels.lettering.font import Font

__all__ = ["Command", "has_outline", "outline_of", "path_of"]

Command: TypeAlias = tuple[str, tuple[tuple[float, float], ...]]
"""A letter of SVG's path language and its points, in the font's units with y upwards."""


class _Pen:
    """Takes down what a glyph consists of; its methods are named by the pens of fontTools."""

    def __init__(self) -> None:
        self.commands: list[Command] = []

    def moveTo(self, *points: tuple[float, float]) -> None:  # noqa: N802 -- HarfBuzz calls it by this name
        self.commands.append(("M", points))

    def lineTo(self, *points: tuple[float, float]) -> None:  # noqa: N802 -- HarfBuzz calls it by this name
        self.commands.append(("L", points))

    def curveTo(self, *points: tuple[float, float]) -> None:  # noqa: N802 -- HarfBuzz calls it by this name
        self.commands.append(("C", points))

    def qCurveTo(self, *points: tuple[float, float]) -> None:  # noqa: N802 -- HarfBuzz calls it by this name
        self.commands.append(("Q", points))

    def closePath(self) -> None:  # noqa: N802 -- HarfBuzz calls it by this name
        self.commands.append(("Z", ()))


def outline_of(font: Font, number: int) -> list[Command]:
    """What a glyph consists of; empty for a space."""
    pen = _Pen()
    font.face.draw_glyph_with_pen(number, pen)
    return pen.commands


def has_outline(font: Font, number: int) -> bool:
    """Whether anything is drawn for a glyph."""
    return bool(outline_of(font, number))


def path_of(commands: list[Command], x: float, y: float, scale: float) -> str:
    """An outline as path data, its origin at ``x``, ``y`` (y downwards), with two decimals of a pixel."""
    return "".join(
        letter + " ".join(f"{_number(x + left * scale)} {_number(y - up * scale)}" for left, up in points)
        for letter, points in commands
    )


def _number(value: float) -> str:
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
